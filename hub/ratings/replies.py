"""What a resident reads about their own rating."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.hub import Hub
from hub.ratings.giving import Word, word_on
from hub.ratings.tables import Rating, RatingTicket
from hub.tables import Case
from offline.wire.changes import Reason

REPLY: Final = "rating_reply"


def rating_reply(session: Session, hub: Hub, case: Case) -> tuple[Reason, ...]:
    """The answer to a bad rating, beside the reasons of the case; nothing before two people stand behind it."""
    wanted = select(RatingTicket.reply).where(RatingTicket.case_id == case.id, RatingTicket.state == "closed")
    reply = session.scalars(wanted).one_or_none()
    return () if not reply else (Reason(code=REPLY, text=hub.texts("hub.ratings.replied", reply=reply)[:300]),)


@dataclass(frozen=True, slots=True)
class OwnRating:
    """The part of a phone page about the rating of its case."""

    word: Word  # whether one would be taken now
    level: str
    standing: str  # how far the ticket is; empty where none was opened
    reply: str


def own_rating(session: Session, hub: Hub, case: Case) -> OwnRating:
    """How the rating of a case stands."""
    row = session.get(Rating, case.id)
    if row is None:
        return OwnRating(word_on(session, case, "phone"), "", "", "")
    asked = hub.questionnaires.get(row.version) or hub.questionnaires.current
    ticket = session.scalars(select(RatingTicket).where(RatingTicket.case_id == case.id)).one_or_none()
    standing = "" if ticket is None else hub.texts(f"hub.ratings.told.{ticket.state}")
    return OwnRating("duplicate", asked.level(row.level).zh_hans, standing, "" if ticket is None else ticket.reply)
