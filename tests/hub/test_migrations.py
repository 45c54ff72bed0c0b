"""The versions of the schema are told by the names of their files, so that a start needs nothing else to know them."""

from __future__ import annotations

from pathlib import Path

from alembic.script import ScriptDirectory

import hub
from hub.database import versions


def test_the_files_names_are_the_versions_in_their_order() -> None:
    scripts = ScriptDirectory(str(Path(hub.__file__).parent / "migrations"))
    assert versions() == tuple(script.revision for script in scripts.walk_revisions())[::-1]
