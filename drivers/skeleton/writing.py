"""Puts the files of a new driver into a source tree, all of them or none."""

from __future__ import annotations

import keyword
import re
from pathlib import Path
from typing import Final

import yaml

from drivers.registry import Kind
from drivers.skeleton.files import class_name, driver_file, registry_with, test_file, texts_file
from drivers.skeleton.shape import NoSourceTree, port_of, stand_of

_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")


def write_driver(root: Path, kind: Kind, name: str) -> tuple[Path, ...]:
    """The files written or changed; raises NoSourceTree before the first one where any of them cannot be."""
    name = name.replace("-", "_")
    if not _NAME.fullmatch(name) or keyword.iskeyword(name):
        raise NoSourceTree(
            "device.driver_name", f"“{name}”不能作驱动的名字。", "请用小写英文字母、数字和下划线，以字母开头。"
        )
    room, tests = root / "drivers" / kind.name, root / "tests" / "drivers" / kind.name
    port = port_of(room / "port.py", f"drivers.{kind.name}.port")
    contract, stand = stand_of(tests / "contract.py", f"tests.drivers.{kind.name}.contract")
    registry = root / "drivers" / "registry.py"
    links = kind.drivers[0].links
    over_bytes = "serial" in links
    where = f"drivers.{kind.name}.{name}:{class_name(name, port.name)}"
    texts = texts_file(kind.name, _known_texts(root))
    files = {
        room / f"{name}.py": driver_file(kind.name, name, port, over_bytes=over_bytes),
        tests / f"test_{name}.py": test_file(kind.name, name, port, contract, stand, over_bytes=over_bytes),
        **({root / "seeds" / "texts" / f"drivers_{kind.name}_{name}.yaml": texts} if texts else {}),
    }
    for path in files:
        if path.exists():
            raise NoSourceTree("device.driver_exists", f"{path} 已经有了。", "请换一个名字，或先移走这个文件。")
    row = registry_with(registry.read_text(encoding="utf-8"), kind.name, name, where, links)
    for path, content in files.items():
        path.write_text(content, encoding="utf-8")
    registry.write_text(row, encoding="utf-8")
    return (*files, registry)


def _known_texts(root: Path) -> set[str]:
    known: set[str] = set()
    for path in sorted((root / "seeds" / "texts").glob("drivers_*.yaml")):
        known |= set(yaml.safe_load(path.read_text(encoding="utf-8")) or ())
    return known
