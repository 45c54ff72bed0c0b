"""The versions of the schema are told by the names of their files, so that a start needs nothing else to know them."""

from __future__ import annotations

from pathlib import Path

from alembic.script import ScriptDirectory

import hub
from hub.database import versions
from hub.schema import PARTS


def test_the_files_names_are_the_versions_in_their_order() -> None:
    scripts = ScriptDirectory(str(Path(hub.__file__).parent / "migrations"))
    assert versions() == tuple(script.revision for script in scripts.walk_revisions())[::-1]


def test_every_part_with_tables_stands_in_the_schema() -> None:
    room = Path(hub.__file__).parent
    parts = {f"hub.{path.parent.name}.tables" for path in room.glob("*/tables.py")} | {"hub.tables"}
    assert {part.__name__ for part in PARTS} == parts
