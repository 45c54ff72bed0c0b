"""Reads the items from their YAML files: defaults first, then the department of the folder, then the item itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pydantic import ValidationError

from seeds.checking import parsed, troubles_of, unfinished
from seeds.item import Department, Item
from seeds.trouble import FileTrouble
from seeds.yaml_file import Place, YamlFile, read_yaml

DEPARTMENT_FILE: Final = "department.yaml"
DEFAULTS_FILE: Final = "defaults.yaml"


@dataclass(frozen=True)
class ItemFile:
    """A YAML file of the catalogue with its item, or with everything that is wrong with it."""

    path: Path
    item: Item | None
    troubles: tuple[FileTrouble, ...]
    file: YamlFile | None = None  # None where not even the YAML could be read


def item_paths(folder: Path) -> Iterator[Path]:
    """The item files, in a fixed order."""
    for path in sorted(folder.glob("*/*.yaml")):
        if path.name != DEPARTMENT_FILE:
            yield path


def read_items(folder: Path) -> tuple[ItemFile, ...]:
    """Every item file of the catalogue, the good and the broken."""
    defaults = _defaults(folder)
    departments: dict[Path, tuple[Department | None, list[FileTrouble]]] = {}
    files = []
    for path in item_paths(folder):
        if path.parent not in departments:
            departments[path.parent] = _department(path.parent)
        files.append(_read_item(path, defaults, *departments[path.parent]))
    return tuple(files)


def _defaults(folder: Path) -> dict[str, object]:
    path = folder / DEFAULTS_FILE
    return read_yaml(path).mapping() if path.exists() else {}


def _department(folder: Path) -> tuple[Department | None, list[FileTrouble]]:
    try:
        file = read_yaml(folder / DEPARTMENT_FILE)
        if marks := unfinished(file):
            return None, [trouble for trouble, _ in marks]
        return parsed(Department, file, {"id": folder.name.replace("_", "-"), **file.mapping()}), []
    except FileTrouble as trouble:
        return None, [trouble]


def _read_item(
    path: Path, defaults: dict[str, object], department: Department | None, above: list[FileTrouble]
) -> ItemFile:
    try:
        file = read_yaml(path)
        written = file.mapping()
    except FileTrouble as trouble:
        return ItemFile(path, None, (*above, trouble))
    marks = unfinished(file)
    troubles = [trouble for trouble, _ in marks]
    troubles += [
        file.trouble((key,), f"“{key}”由文件名和文件夹决定。", "请删去这一行。")
        for key in ("id", "department")
        if key in written
    ]
    given: dict[str, object] = {"id": path.stem.replace("_", "-")}
    if department is not None:
        given["department"] = department.model_dump(by_alias=True)
    item = None
    try:
        item = Item.model_validate(_over(_over(defaults, written), given))
    except ValidationError as error:
        # A place still to be filled in is one trouble, not two; nor is a broken department told for each of its items.
        troubles += [
            trouble
            for trouble, place in troubles_of(error, file)
            if place[:1] != ("department",) and not any(_around(place, mark) for _, mark in marks)
        ]
    troubles = [*above, *sorted(troubles, key=lambda trouble: trouble.line)]
    return ItemFile(path, None if troubles else item, tuple(troubles), file)


def _around(place: Place, mark: Place) -> bool:
    return mark[: len(place)] == place or place[: len(mark)] == mark


def _over(below: dict[str, object], above: dict[str, object]) -> dict[str, object]:
    """What is written in the item wins; mappings are merged, everything else replaced."""
    merged = dict(below)
    for key, value in above.items():
        under = merged.get(key)
        merged[key] = _over(under, value) if isinstance(under, dict) and isinstance(value, dict) else value
    return merged
