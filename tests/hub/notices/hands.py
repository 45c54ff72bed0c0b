"""What tests of notices do again and again."""

from __future__ import annotations

import httpx
from sqlalchemy import select

from hub.hub import Hub
from hub.notices.tables import Notice, SandboxText
from hub.tables import Case
from seeds.people import Person
from tests.hub.casework.bench import decide
from tests.hub.pictured import csrf_of
from tests.hub.running import FakeTerminal

ITEM = "sms-notices"
PHONE = "13800000002"


def notices_of(hub: Hub) -> list[tuple[str, str | None]]:
    """Each notice: its kind, and by whom it was heard."""
    with hub.database.reading() as session:
        rows = session.scalars(select(Notice).order_by(Notice.id))
        return [(one.kind, one.told_by) for one in rows]


def texts(hub: Hub) -> list[SandboxText]:
    """What the sandbox gateway was given."""
    with hub.database.reading() as session:
        return list(session.scalars(select(SandboxText).order_by(SandboxText.ticket)))


def agree(hub: Hub, terminal: FakeTerminal, person: Person, want: str = "yes") -> None:
    """Agrees to be written to, or stops it, at the terminal, which tells the outcome at once."""
    form = {"want": want, "phone": PHONE} if want == "yes" else {"want": want}
    event = terminal.event(terminal.application(person, item=ITEM, form=form), hub.catalogue.item(ITEM).event_type)
    assert terminal.send(event).results[0].status.value == "stored"
    decide(hub)
    with hub.database.reading() as session:
        last = select(Case.state).where(Case.item == ITEM).order_by(Case.id.desc())
        assert session.scalars(last).first() == "approved"


def behave(operator: httpx.Client, manner: str) -> None:
    """Sets how the sandbox gateway behaves, as an operator does."""
    form = {"manner": manner, "csrf": csrf_of(operator.get("/sandbox/sms"))}
    assert operator.post("/sandbox/sms", data=form).is_success
