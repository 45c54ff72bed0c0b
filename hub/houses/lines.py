"""Checks the lines of a developer's list: each is believed or not, and why not is said in plain words. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StrictInt,
    StringConstraints,
    ValidationError,
    field_validator,
)

from hub.applications import without_controls
from hub.houses.port import Fault
from seeds.identifiers import id_number_ok
from seeds.projects import Projects

Word = Literal["delivered", "taken_back"]
_MOST_DAYS_BACK: Final = 3_650
_Place = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20), AfterValidator(without_controls)
]


class Line(BaseModel):
    """A line that holds together: a home, its buyer, and that it was handed over (or that this was said in error)."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    word: Word = "delivered"
    project: str = Field(pattern=r"^XM[0-9]{10}$")
    building: _Place
    room: _Place
    house: str = Field(pattern=r"^[0-9]{12}$")
    buyer_number: str = Field(max_length=30)
    area: str = Field(pattern=r"^[1-9][0-9]{0,4}(\.[0-9]{1,2})?$")  # square metres
    price_fen: StrictInt = Field(ge=100_000, le=10_000_000_000)
    delivered_on: date

    @field_validator("buyer_number")
    @classmethod
    def _a_number(cls, number: str) -> str:
        if not id_number_ok(number.upper()):
            raise ValueError("wrong check character")
        return number.upper()


_SAID: Final = {
    "word": "说明（word）只能写 delivered（已交房）或 taken_back（报错了，收回）。",
    "project": "项目码不对，要写 XM 加十位数字。",
    "building": "楼栋没有写、太长（最多二十个字），或有看不见的字符。",
    "room": "房号没有写、太长（最多二十个字），或有看不见的字符。",
    "house": "不动产单元号要写十二位数字。",
    "buyer_number": "买方的身份证号码不对，请对照身份证再核一遍。",
    "area": "建筑面积要写平方米数，比如 89.50。",
    "price_fen": "合同价要写整数的分，一千元到一亿元之间。",
    "delivered_on": "交房日期要写成 2026-11-20 这样。",
}


@dataclass(frozen=True, slots=True)
class Checked:
    """The lines that hold together, with their places, and what is wrong with the others."""

    lines: tuple[tuple[int, Line], ...]
    faults: tuple[Fault, ...]


def checked(untrusted: tuple[object, ...], developer: str, projects: Projects, today: date, most: int) -> Checked:
    """Looks at each line; a list longer than `most` is taken up to there, and that is said."""
    lines, faults, seen = list[tuple[int, Line]](), list[Fault](), set[Line]()
    for n, one in enumerate(untrusted[:most], 1):
        found = _line(n, one, developer, projects, today)
        if isinstance(found, Fault):
            faults.append(found)
        elif found not in seen:  # the same line twice is one
            seen.add(found)
            lines.append((n, found))
    if len(untrusted) > most:
        faults.append(Fault(most + 1, f"一份名单最多{most}行，后面的没有收，请另报一份。"))
    return Checked(tuple(lines), tuple(faults))


def _line(n: int, untrusted: object, developer: str, projects: Projects, today: date) -> Line | Fault:
    try:
        line = Line.model_validate(untrusted)
    except ValidationError as error:
        where = error.errors()[0]["loc"]
        name = str(where[0]) if where else ""
        return Fault(n, _SAID.get(name, "这一行看不懂，或多了不认识的内容，请按格式重报。"))
    project = projects.by_code(line.project)
    if project is None or project.builder != developer:
        return Fault(n, "这个项目码不是贵公司的项目，请核对。")
    if project.ended is not None:
        return Fault(n, "这个项目码已经停用，请用新的项目码。")
    if line.delivered_on > today:
        return Fault(n, "交房日期还没有到，交了房再报。")
    if (today - line.delivered_on).days > _MOST_DAYS_BACK:
        return Fault(n, "交房日期太早，请核对年份。")
    return line
