"""A journey script, read and checked (design: one YAML file, a list of one-word steps)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from deploy.trouble import RoofTrouble


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Expect(_Value):
    """What must be on the screen; `screen` is its name, `text` and `all` are read by a person, `absent` must not be."""

    screen: str | None = None
    text: str | None = None
    all: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    within_s: float = 20.0


class SlipWanted(_Value):
    """What the newest slip must hold; `none` says that no slip may have come out."""

    contains: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    none: bool = False
    within_s: float = 20.0


class HubWanted(_Value):
    """What the hub must know of this terminal's newest case, or what a clerk decides about it, with the words for the
    resident; `cases` counts those that came since the script began."""

    case: str | None = None
    cases: int | None = None
    clerk: Literal["approve", "visit", "refuse"] | None = None
    reason: str = ""
    within_s: float = 20.0

    @model_validator(mode="after")
    def _says_something(self) -> HubWanted:
        if self.case is None and self.clerk is None:
            raise ValueError("case or clerk")
        return self


class FaceShown(_Value):
    """What stands before the camera: a living head, a print, a recording, or another person swapped in."""

    head: str | None = None
    print: str | None = None
    replay: str | None = None
    other: str | None = None


class Fault(_Value):
    """A device that fails (`state` is one of its simulator's faults; `none` mends it)."""

    device: str
    state: str


class SituationWanted(_Value):
    """What happens to a device: one of its simulator's situations, by name."""

    device: str
    happen: str


class BankWanted(_Value):
    """What the sandbox's bank says of the voucher on the screen; one that was seen before is kept and shown again."""

    reader: str
    says: str


class DocumentWanted(_Value):
    """What must have come out of the document printer since the script began, in all."""

    count: int = 1
    within_s: float = 30.0


# step word → the shape of its value
SHAPES: Final[dict[str, TypeAdapter[object]]] = {
    "network": TypeAdapter(Literal["up", "down"]),
    "card": TypeAdapter(str),
    "tap": TypeAdapter(str),
    "choose": TypeAdapter(Annotated[int, Field(ge=1)]),
    "rate": TypeAdapter(Annotated[int, Field(ge=1, le=5)]),
    "type": TypeAdapter(str),
    "scan": TypeAdapter(str),
    "pay": TypeAdapter(Literal["pay", "decline"]),
    "face": TypeAdapter(str | FaceShown),
    "table": TypeAdapter(Literal["paper", "blank", "none"]),  # what lies under the document camera
    "expect": TypeAdapter(Expect),
    "slip": TypeAdapter(SlipWanted),
    "bank": TypeAdapter(BankWanted),
    "document": TypeAdapter(DocumentWanted),
    "hub": TypeAdapter(HubWanted),
    "fault": TypeAdapter(Fault),
    "situation": TypeAdapter(SituationWanted),
    "power_cut": TypeAdapter(bool),
    "next_day": TypeAdapter(bool),
    "terminal": TypeAdapter(str),
    "touches": TypeAdapter(int),
    "wait_s": TypeAdapter(float),
}
MOST_STEPS: Final = 200


@dataclass(frozen=True)
class Step:
    """One line of a script: the word, its value, and how it is written in the report."""

    do: str
    value: object
    told: str


@dataclass(frozen=True)
class Script:
    """A journey: its name, whether the cable is in at the start, and its steps."""

    name: str
    network: str
    steps: tuple[Step, ...]


def read(path: Path) -> Script:
    """The script in the file; anything wrong is named with the step it stands in."""
    try:
        untrusted = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise RoofTrouble(
            f"剧本 {path} 读不了（{error.strerror}）。The script cannot be read.", "请检查文件名。Check the file name."
        ) from error
    except UnicodeDecodeError as error:
        raise RoofTrouble(
            f"剧本 {path} 不是 UTF-8 文字。The script {path} is not UTF-8 text.",
            "请用 UTF-8 另存。Save it as UTF-8.",
        ) from error
    except (yaml.YAMLError, ValueError) as error:  # a date that does not exist is a ValueError
        where = getattr(error, "problem_mark", None)
        line = where.line + 1 if where else 1
        raise RoofTrouble(
            f"剧本 {path} 第 {line} 行不是合格的 YAML。Line {line} of {path} is not valid YAML.",
            "请改正这一行。Mend that line.",
        ) from error
    if not isinstance(untrusted, dict) or not isinstance(untrusted.get("steps"), list):
        raise RoofTrouble(
            f"剧本 {path} 里没有 steps 列表。{path} has no list named steps.",
            "请照 tests/journeys 里的例子写。See the examples in tests/journeys.",
        )
    if len(untrusted["steps"]) > MOST_STEPS:
        raise RoofTrouble(f"剧本 {path} 超过 {MOST_STEPS} 步。{path} is too long.", "请拆成几个剧本。Split it.")
    steps = tuple(_step(path, n, raw) for n, raw in enumerate(untrusted["steps"], 1))
    network = untrusted.get("network", "up")
    if network not in ("up", "down"):
        raise RoofTrouble(
            f"剧本 {path} 的 network 只能是 up 或 down。The network of {path} is either up or down.",
            "请改正这一行。Mend that line.",
        )
    return Script(str(untrusted.get("journey", path.stem)), network, steps)


def _step(path: Path, n: int, raw: object) -> Step:
    if not isinstance(raw, dict) or len(raw) != 1:
        raise RoofTrouble(
            f"剧本 {path} 第 {n} 步应是一个词加一个值。Step {n} of {path} must be one word and its value.",
            f"请从这些词里选 Words: {', '.join(SHAPES)}.",
        )
    [(word, value)] = raw.items()
    shape = SHAPES.get(str(word))
    if shape is None:
        raise RoofTrouble(
            f"剧本 {path} 第 {n} 步的“{word}”不认识。Step {n} of {path}: unknown word.",
            f"请从这些词里选 Words: {', '.join(SHAPES)}.",
        )
    try:
        return Step(str(word), shape.validate_python(value), f"{word}: {value}")
    except ValidationError as error:
        raise RoofTrouble(
            f"剧本 {path} 第 {n} 步“{word}”的值不对：{error.errors()[0]['msg']}。Step {n} of {path} has a wrong value.",
            "请照 tests/journeys 里的例子写。See the examples in tests/journeys.",
        ) from error
