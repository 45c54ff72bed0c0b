"""The gate over QML: type descriptions of the view models, then the linter without a warning, then the format."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
LEAST_FILES: Final = 10  # a scan that sees fewer has gone blind
DEADLINE_S: Final = 300


def _run(*command: str, capture: bool = False) -> subprocess.CompletedProcess[str]:
    tool = Path(sys.executable).parent / command[0]
    return subprocess.run(
        [str(tool), *command[1:]],
        cwd=ROOT,
        timeout=DEADLINE_S,
        check=False,
        text=True,
        capture_output=capture,
    )


def check() -> int:
    """Zero when every QML file lints without a warning and stands as qmlformat writes it."""
    files = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "kiosk" / "qml").rglob("*.qml"))
    if len(files) < LEAST_FILES:
        print(f"only {len(files)} QML files found", file=sys.stderr)
        return 1
    built = _run("pyside6-project", "build", "pyproject.toml", capture=True)
    if built.returncode:
        print(built.stdout, built.stderr, file=sys.stderr)
        return built.returncode
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
