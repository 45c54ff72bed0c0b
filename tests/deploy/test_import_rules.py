"""The architecture is executable: who may import whom, read from the imports themselves."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).resolve().parents[2]
ROOMS: Final = ("seeds", "drivers", "offline", "kiosk", "hub", "deploy")
MAY_IMPORT: Final[dict[str, tuple[str, ...]]] = {
    "seeds": (),
    "drivers": (),
    "offline": (),
    "kiosk": ("seeds", "drivers", "offline"),
    "hub": ("seeds", "offline.wire"),
    "deploy": ROOMS,
}
QT_HOMES: Final = ("kiosk/viewmodels/", "kiosk/terminal.py", "deploy/")
LEAST_FILES: Final = 5  # a scan that sees fewer has gone blind


def _files(room: str) -> list[Path]:
    return [path for path in (ROOT / room).rglob("*.py") if "__pycache__" not in path.parts]


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide the room they reach into"
            assert node.module is not None
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _allowed(room: str, name: str) -> bool:
    top = name.split(".")[0]
    if top not in ROOMS or top == room:
        return True
    # `import offline` for `offline.wire` alone would load nothing else, but says nothing: the full name is asked for.
    return any(name == may or name.startswith(may + ".") for may in MAY_IMPORT[room])


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_the_rooms_below_it(room: str) -> None:
    files = _files(room)
    assert len(files) >= LEAST_FILES, f"the scan of {room}/ sees only {len(files)} files"
    forbidden = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in files
        for name in _imports(path)
        if not _allowed(room, name) and not any(_allowed_parent(room, name))
    ]
    assert not forbidden


def _allowed_parent(room: str, name: str) -> Iterator[bool]:
    # `from offline import wire` yields "offline" and "offline.wire"; the first alone is only the way to the second.
    for may in MAY_IMPORT[room]:
        yield may.startswith(name + ".")


def test_qt_lives_only_in_the_view_models_and_the_entry() -> None:
    seen = 0
    strangers = []
    for room in ROOMS:
        for path in _files(room):
            relative = path.relative_to(ROOT).as_posix()
            if any(name.startswith("PySide6") for name in _imports(path)):
                seen += 1
                if not relative.startswith(QT_HOMES):
                    strangers.append(relative)
    assert seen >= 3, "the scan sees no Qt at all"
    assert not strangers


@pytest.mark.parametrize(
    ("module", "unwanted"),
    [
        ("offline.wire.event", ("sqlcipher3", "PySide6", "sqlite_utils")),
        ("kiosk.journey.flow", ("PySide6", "sqlcipher3", "cv2")),
        ("drivers.registry", ("PySide6", "cv2")),
        ("deploy.command", ("PySide6", "cv2", "fastapi", "sqlcipher3")),
    ],
)
def test_a_light_module_does_not_drag_in_heavy_ones(module: str, unwanted: tuple[str, ...]) -> None:
    code = f"import sys, {module}; print(*sorted(sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    ).stdout.split()
    assert module in loaded
    assert not set(unwanted) & set(loaded)


def test_the_project_names_no_machine_and_no_package_host() -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, timeout=60
    ).stdout.split(b"\0")
    paths = [ROOT / name.decode() for name in tracked if name]
    assert len(paths) >= 40
    # Put together here so that this file does not find itself.
    words = (
        "/wo" + "rk/main",
        "/ro" + "ot/",
        "pypi." + "org",
        "registry.npmjs." + "org",
        "deb." + "debian.org",
    )
    found = []
    for path in paths:
        if path.is_file() and path.suffix not in {".png", ".jpg", ".zip"}:
            text = path.read_text(encoding="utf-8", errors="replace")
            found += [f"{path.relative_to(ROOT)}: {word}" for word in words if word in text]
    assert not found


SANDBOX_HOMES: Final = {
    "hub/manners.py": "how every sandbox party behaves",
    "hub/certificates/issuers.py": "the sandbox's root and time-stamp authority",
}
"""Modules that are the sandbox though their names do not say so."""


def _sandbox_tables() -> dict[str, str]:
    """The tables in which a sandbox keeps what an outside party would: each class's name, and its table's."""
    found: dict[str, str] = {}
    for path in _files("hub"):
        if path.name != "tables.py":
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if not isinstance(node, ast.ClassDef):
                continue
            if node.name.startswith("Sandbox") or "演示" in (ast.get_docstring(node) or ""):
                (name,) = [
                    each.value.value
                    for each in node.body
                    if isinstance(each, ast.Assign)
                    and isinstance(each.value, ast.Constant)
                    and [getattr(target, "id", "") for target in each.targets] == ["__tablename__"]
                ]
                found[node.name] = str(name)
    return found


def _named(path: Path) -> Iterator[str]:
    """Every name and every text of a module: a table may also be reached by its own name."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                yield name
            case ast.ImportFrom(names=names):
                yield from (alias.name for alias in names)
            case ast.Constant(value=str(text)):
                yield text


def test_no_module_outside_of_the_sandbox_reads_a_table_of_the_sandbox() -> None:
    tables = _sandbox_tables()
    assert tables["BasePerson"] == "base_person"
    assert len(tables) >= 9, "the scan of the tables has gone blind"
    strangers, homes = [], 0
    for path in (*_files("hub"), *_files("deploy")):
        relative = path.relative_to(ROOT).as_posix()
        touched = {name for name in _named(path) if name in tables or name in tables.values()}
        if path.name == "tables.py" or "/migrations/" in relative or not touched:
            continue
        if "sandbox" in path.stem or relative in SANDBOX_HOMES:
            homes += 1
        else:
            strangers.append(f"{relative}: {', '.join(sorted(touched))}")
    assert homes >= 8, "the scan sees no sandbox"
    assert not strangers, "an outside party is asked through its port"
