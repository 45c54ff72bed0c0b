"""The seam of the clerk's case page: parts of the hub bring sections of their own, none edits another's template.

A maker looks at a case and answers with a panel or nothing. A panel's partial finds its values as `p`, the case's row
as `case`, who looks as `who`. What it posts goes to a route of the part itself under `/desk/cases/{number}/…`, which
takes `clerk_of` and `case_of` from `hub.desk_door`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.orm import Session

from hub.hub import Hub
from hub.staff import SignedIn
from hub.tables import Case


@dataclass(frozen=True, slots=True)
class Panel:
    """A section of the page: a partial under pages/templates, and what it shows."""

    template: str
    values: Mapping[str, object]
    below: bool = False  # under the decision, where one only looks it up


class PanelMaker(Protocol):
    """Makes the section of one part of the hub; None where the part has nothing to say about the case."""

    def __call__(self, session: Session, hub: Hub, case: Case, who: SignedIn) -> Panel | None:
        """The panel of this case for this clerk."""


def panels_of(makers: Sequence[PanelMaker], session: Session, hub: Hub, case: Case, who: SignedIn) -> tuple[Panel, ...]:
    """The sections of a case's page, in the order in which their makers were given."""
    made = (maker(session, hub, case, who) for maker in makers)
    return tuple(panel for panel in made if panel is not None)
