"""Rows' numbers as addresses bring them: whatever no row can have is refused before a database is asked."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Path, Query

MOST: Final = 2**63 - 1  # of a row, in both databases; SQLite's driver fails at what is larger
RowNumber = Annotated[int, Path(ge=1, le=MOST)]
"""One row, named in the address."""
BeforeRow = Annotated[int | None, Query(ge=1, le=MOST)]
"""Where an older page of a list ends."""
AfterRow = Annotated[int, Query(ge=0, le=MOST)]
"""Behind which row a page begins."""
