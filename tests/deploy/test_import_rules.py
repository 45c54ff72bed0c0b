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
