"""Takes a rating: once for each case, only of a service that was given; a bad one opens a ticket."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from hub.applications import without_controls
from hub.casework.state import SETTLED
from hub.hub import Hub
from hub.moments import local_day
from hub.ratings.tables import Rating, RatingStep, RatingTicket
from hub.tables import Case
from seeds.ratings import CURRENT
from seeds.ratings.questions import GOOD_FROM

Way = Literal["terminal", "phone", "call_back"]
Word = Literal["taken", "duplicate", "too_early", "unknown_choice"]
"""What became of it: 一事一评 makes a second one a duplicate; the first stands."""
OPTIONS_MOST = 8
WORDS_CHARS = 200


class Given(BaseModel):
    """What a rating says; the payload of `cn.zhizhu.case.rated.v1` beside its `case`."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    level: int = Field(ge=1, le=5, strict=True)
    options: tuple[Annotated[str, Field(max_length=40)], ...] = Field(default=(), max_length=OPTIONS_MOST)
    version: str = Field(default=CURRENT, max_length=40)
    words: Annotated[str, Field(max_length=WORDS_CHARS), AfterValidator(without_controls)] = ""


@dataclass(frozen=True, slots=True)
class From:
    """By which way it came, and who wrote it down where somebody did."""

    way: Way
    staff: str | None = None


def word_on(session: Session, case: Case, way: Way) -> Word:
    """Whether a rating of this case would be taken now.

    A terminal asks when its own service is over, so what comes from there is of a service that was given; by phone it
    is the case itself that is rated, and that has to be settled.
    """
    if session.get(Rating, case.id) is not None:
        return "duplicate"
    return "taken" if way == "terminal" or case.state in SETTLED else "too_early"


def take_rating(session: Session, hub: Hub, case: Case, given: Given, come: From) -> Word:
    """Keeps a rating in the caller's transaction, which holds the case."""
    asked = hub.questionnaires.get(given.version)
    if asked is None or not asked.fitting(given.level, given.options):
        return "unknown_choice"
    if (word := word_on(session, case, come.way)) != "taken":
        return word
    now = hub.clock()
    session.add(
        Rating(
            case_id=case.id,
            level=given.level,
            options=list(given.options),
            version=given.version,
            words=given.words,
            way=come.way,
            staff=come.staff,
            given_at=now,
            month=local_day(now).isoformat()[:7],
            region=case.region,
            item=case.item,
            set_aside=False,
        )
    )
    session.flush()
    if given.level < GOOD_FROM:
        _open_ticket(session, hub, case)
    return "taken"


def _open_ticket(session: Session, hub: Hub, case: Case) -> None:
    now = hub.clock()
    ticket = RatingTicket(
        case_id=case.id,
        region=case.handled_in,
        state="open",
        kind="",
        unreached=0,
        asked_by="",
        asked_days=0,
        dismissed=False,
        begins_on=local_day(now),
        limit_days=hub.settings.rating_simple_days,
        extra_days=0,
        draft="",
        reply="",
    )
    session.add(ticket)
    session.flush()
    session.add(RatingStep(ticket_id=ticket.id, act="opened", actor="", state_after="open", words="", at=now))
    session.flush()
