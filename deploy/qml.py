"""The gate over QML: type descriptions of the view models, then the linter without a warning, then the format."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
LEAST_FILES: Final = 10  # a scan that sees fewer has gone blind
LEAST_TYPES: Final = 4
DEADLINE_S: Final = 300


def _run(*command: str, capture: bool = False) -> subprocess.CompletedProcess[str]:
    tools = Path(sys.executable).parent
    # pyside6-project looks for its own tools on PATH and writes nothing where it does not find them.
    path = f"{tools}{os.pathsep}{os.environ.get('PATH', '')}"
    return subprocess.run(
        [str(tools / command[0]), *command[1:]],
        cwd=ROOT,
        timeout=DEADLINE_S,
        check=False,
        text=True,
        capture_output=capture,
        env={**os.environ, "PATH": path},
    )


def check() -> int:
    """Zero when every QML file lints without a warning and stands as qmlformat writes it."""
    files = sorted(str(path.relative_to(ROOT)) for home in ("kiosk", "deploy") for path in (ROOT / home).rglob("*.qml"))
    if len(files) < LEAST_FILES:
        print(f"only {len(files)} QML files found", file=sys.stderr)
        return 1
    for module in (ROOT / "zhizhu").rglob("qmldir"):
        module.unlink()  # the builder leaves one that is there as it is, also when a view model has come since
    built = _run("pyside6-project", "build", "pyproject.toml", capture=True)
    if built.returncode:
        print(built.stdout, built.stderr, file=sys.stderr)
        return built.returncode
    described = list((ROOT / "zhizhu").rglob("*.qmltypes"))
    if len(described) < LEAST_TYPES:
        print(f"only {len(described)} type descriptions were written", file=sys.stderr)
        return 1
    # pyside6-qmllint ends with 0 in spite of warnings unless it is told the maximum.
    linted = _run("pyside6-qmllint", "--max-warnings", "0", "-I", ".", *files)
    unformatted = [
        name
        for name in files
        if _run("pyside6-qmlformat", name, capture=True).stdout != (ROOT / name).read_text(encoding="utf-8")
    ]
    for name in unformatted:
        print(f"{name}: run pyside6-qmlformat -i", file=sys.stderr)
    return 1 if linted.returncode or unformatted else 0


if __name__ == "__main__":
    sys.exit(check())
