"""The desk's section about what who applied was told of a case: each notice, by which channel, when, and by whom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.desk_panels import Panel
from hub.hub import Hub
from hub.moments import local_text
from hub.notices.tables import Notice, NoticeStep
from hub.staff import SignedIn
from hub.tables import Case


@dataclass(frozen=True, slots=True)
class Told:
    """A notice as a clerk reads it."""

    kind: str
    text: str
    whom: str  # where it is not who applied
    made: str
    steps: tuple[str, ...]
    heard: bool
    next: str


def notices_panel(session: Session, hub: Hub, case: Case, who: SignedIn) -> Panel | None:
    """What there was to hear, and how it was told; of a part as of its whole."""
    del who
    wanted = select(Notice).where(Notice.case_id == (case.parent_id or case.id)).order_by(Notice.id.desc())
    rows = session.scalars(wanted.limit(hub.settings.journal_shown)).all()
    if not rows:
        return None
    return Panel("desk/notices.html", {"rows": tuple(_told(session, hub, row) for row in rows)}, below=True)


def _told(session: Session, hub: Hub, row: Notice) -> Told:
    return Told(
        kind=hub.texts(f"hub.notice.kind.{row.kind}"),
        text=row.text,
        whom=row.masked,
        made=local_text(row.made_at),
        steps=tuple(_steps(session, hub, row)),
        heard=row.told_at is not None,
        next="" if row.told_at is not None else _next(hub, row),
    )


def _steps(session: Session, hub: Hub, row: Notice) -> Iterator[str]:
    for one in session.scalars(select(NoticeStep).where(NoticeStep.notice_id == row.id).order_by(NoticeStep.id)):
        yield hub.texts(f"hub.notice.step.{one.channel}.{one.word}", at=local_text(one.at), who=one.who)


def _next(hub: Hub, row: Notice) -> str:
    """What happens if she does not come to a terminal."""
    if row.sms_state in ("due", "sent") and row.sms_next_at is not None:
        trouble = hub.texts(f"hub.notice.trouble.{row.sms_trouble}") if row.sms_trouble else ""
        at = row.sms_since if row.sms_state == "due" and not row.sms_asks else row.sms_next_at
        return hub.texts(f"hub.notice.next.sms_{row.sms_state}", at=local_text(at)) + trouble
    if row.call_at is not None:
        return hub.texts("hub.notice.next.call", at=local_text(row.call_at))
    return hub.texts("hub.notice.next.card")
