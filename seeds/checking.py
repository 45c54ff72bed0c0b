"""Turns what pydantic says about a value into one sentence that points at a line of a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from seeds.trouble import FileTrouble
from seeds.words import UNFINISHED
from seeds.yaml_file import Place, YamlFile

Model = TypeVar("Model", bound=BaseModel)
_SAID: Final[Mapping[str, str]] = {
    "missing": "少了“{field}”",
    "extra_forbidden": "不认识“{field}”",
    "string_type": "“{field}”应当是文字（数字和日期请加引号）",
    "int_type": "“{field}”应当是整数",
    "int_parsing": "“{field}”应当是整数",
    "bool_type": "“{field}”应当是 true 或 false",
    "bool_parsing": "“{field}”应当是 true 或 false",
    "tuple_type": "“{field}”应当是一个列表",
    "list_type": "“{field}”应当是一个列表",
    "dict_type": "“{field}”应当是“名称: 内容”的结构",
    "model_type": "“{field}”应当是“名称: 内容”的结构",
    "string_too_short": "“{field}”不能为空",
    "too_short": "“{field}”至少要有一项",
    "date_from_datetime_parsing": "“{field}”应当是日期，如 2026-11-23",
    "date_parsing": "“{field}”应当是日期，如 2026-11-23",
}


def parsed(model: type[Model], file: YamlFile, value: object, place: Place = ()) -> Model:
    """The typed value, or the FileTrouble of the first thing wrong with it."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise troubles_of(error, file, place)[0][0] from error


def troubles_of(error: ValidationError, file: YamlFile, place: Place = ()) -> list[tuple[FileTrouble, Place]]:
    """One trouble for each thing pydantic found, with its place, in the order of the file."""
    errors = error.errors()
    found = [
        (file.trouble(_standing(file, (*place, *e["loc"])), _sentence(e)), e["loc"])
        for e in errors
        if not _only_follows(e, errors)
    ]
    return sorted(found, key=lambda pair: pair[0].line)


def unfinished(file: YamlFile) -> list[tuple[FileTrouble, Place]]:
    """Every place that still holds the mark of the skeleton."""
    return [
        (file.trouble(place, f"“{_name(place)}”还没有填写（{UNFINISHED}）。", "请填上内容，去掉“待填”二字。"), place)
        for place, text in _leaves(file.value, ())
        if isinstance(text, str) and UNFINISHED in text
    ]


def _only_follows(error: ErrorDetails, errors: list[ErrorDetails]) -> bool:
    # pydantic counts a list without its broken entries, and so calls it too short as well.
    own = error["loc"]
    return error["type"] == "too_short" and any(e is not error and e["loc"][: len(own)] == own for e in errors)


def _sentence(error: ErrorDetails) -> str:
    field = _name(error["loc"])
    if error["type"] == "literal_error":
        return f"“{field}”不能写 {error['input']!r}，可以写 {error['ctx']['expected']}。"
    if error["type"] == "value_error":
        return f"“{field}”{error['ctx']['error']}。"
    known = _SAID.get(error["type"])
    return f"{known.format(field=field)}。" if known else f"“{field}”写得不对（{error['msg']}）。"


def _name(place: Place) -> str:
    return ".".join(str(part) for part in place) or "文件"


def _standing(file: YamlFile, place: Place) -> Place:
    # pydantic names branches of unions in its places; those are no places of the file.
    standing: Place = ()
    for part in place:
        if (*standing, part) in file.lines:
            standing = (*standing, part)
    return standing


def _leaves(value: object, place: Place) -> list[tuple[Place, object]]:
    if isinstance(value, dict):
        return [leaf for key, child in value.items() for leaf in _leaves(child, (*place, key))]
    if isinstance(value, list):
        return [leaf for n, child in enumerate(value) for leaf in _leaves(child, (*place, n))]
    return [(place, value)]
