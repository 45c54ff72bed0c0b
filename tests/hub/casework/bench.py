"""What tests of casework share: the one item worked on in another way, a case before a clerk, and the clerk's hands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import httpx
from sqlalchemy import select

from hub.casework.tables import CaseStep
from hub.decisions import DecisionWorker
from hub.hub import Hub
from hub.tables import Case
from offline.wire.canonical import unb64
from offline.wire.changes import CaseView
from offline.wire.claims import answer_key, open_answer
from seeds.casework import Casework
from seeds.catalogue import Catalogue
from seeds.form import Document
from seeds.people import Person
from seeds.words import Words
from tests.hub.pictured import csrf_of
from tests.hub.running import FakeTerminal

DAY_S = 86_400
BY_TYPING = {"level": "typed_witnessed", "way": "witness"}  # a way that the rule hands to a clerk
Browse = Callable[[str], httpx.Client]


def words(text: str) -> Words:
    """A name in every language."""
    return Words.model_validate({"zh-Hans": text, "zh-Hant": text, "en": "name"})


def paper(name: str, title: str, later_days: int | None = None) -> Document:
    """A paper of the item."""
    return Document.model_validate({"id": name, "name": words(title), "required": True, "later_days": later_days})


def with_item(hub: Hub, casework: Casework, *documents: Document, **limits: Any) -> Hub:
    """The hub with its one item worked on in another way."""
    item = hub.catalogue.item("pension-qualification")
    changes = {
        "casework": casework,
        "documents": documents,
        "time_limits": item.time_limits.model_copy(update=limits),
    }
    return replace(hub, catalogue=Catalogue((item.model_copy(update=changes),)))


def apply(terminal: FakeTerminal, person: Person, **parts: object) -> dict[str, object]:
    """Sends an application; what was sent comes back."""
    payload = terminal.application(person, **parts)  # type: ignore[arg-type]
    event = terminal.event(payload)
    assert terminal.send(event).results[0].status.value == "stored"
    return payload | {"event_id": event.id}


def decide(hub: Hub) -> None:
    """Lets the worker do what waits, until nothing does."""
    worker = DecisionWorker(hub)
    while worker.run_once():
        pass


def case_of(hub: Hub, item: str = "pension-qualification") -> Case:
    """The one case of the item."""
    with hub.database.reading() as session:
        return session.scalars(select(Case).where(Case.item == item)).one()


def acts_of(hub: Hub) -> list[str]:
    """What the journal says was done, in order."""
    with hub.database.reading() as session:
        return list(session.scalars(select(CaseStep.act).order_by(CaseStep.id)))


def act(browser: httpx.Client, number: str, act: str, what: str = "", reason: str = "因为要") -> httpx.Response:
    """Posts what a section of the desk's page posts."""
    form = {"act": act, "what": what, "reason": reason, "csrf": csrf_of(browser.get(f"/desk/cases/{number}"))}
    return browser.post(f"/desk/cases/{number}/course", data=form)


def answer_of(terminal: FakeTerminal, applied: Mapping[str, object]) -> CaseView:
    """The last answer in the terminal's feed, opened with the slip's code."""
    claim = applied["claim"]
    assert isinstance(claim, dict)
    key = answer_key(str(claim["code"]), unb64(claim["answer_salt"], 16))
    answers = [one for one in terminal.changes()["answer"] if one["event_id"] == applied["event_id"]]
    return CaseView.model_validate(open_answer(key, unb64(answers[-1]["sealed"], 16_384)))
