"""How a project's code and its permits stand on a day: each permit with its check and its state. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from hub.outside import is_numbered
from seeds.projects import Permit, Project, Projects

PREFIX: Final = "XM"
Word = Literal["misspelt", "unknown", "ended", "valid"]
"""Of a code: it was copied wrong; there is none; it does not count any more; it counts."""
State = Literal["granted", "pending", "over", "revoked", "doubtful"]
_NUMBER_CHARS: Final = 2


@dataclass(frozen=True, slots=True)
class PermitSeen:
    """A permit as anyone may see it; `checks`: whether its number holds together (None: it has none yet)."""

    permit: Permit
    state: State
    checks: bool | None


def read_code(untrusted: str, projects: Projects) -> tuple[Word, Project | None]:
    """What a scanned or typed code says."""
    code = untrusted.strip().upper()
    if not is_numbered(PREFIX, code):
        return "misspelt", None
    project = projects.by_code(code)
    if project is None:
        return "unknown", None
    return ("valid" if project.ended is None else "ended"), project


def permits_seen(project: Project, today: date) -> tuple[PermitSeen, ...]:
    """The permits in their order."""
    return tuple(_seen(permit, today) for permit in project.permits)


def _seen(permit: Permit, today: date) -> PermitSeen:
    if not permit.number or permit.issued_on is None or permit.issued_on > today:
        return PermitSeen(permit, "pending", None)
    checks = is_numbered(permit.number[:_NUMBER_CHARS], permit.number)
    if not checks:
        return PermitSeen(permit, "doubtful", checks)
    if permit.ended is not None:
        return PermitSeen(permit, "revoked", checks)
    return PermitSeen(permit, "over" if permit.until is not None and permit.until < today else "granted", checks)
