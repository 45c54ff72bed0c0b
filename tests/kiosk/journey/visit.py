"""A visit as tests write it: acts go in, the session and every effect are remembered."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from kiosk.journey import effects as wanted
from kiosk.journey.acts import Act, CardLaid, CardLifted, DuesFound, HelperChecked, Kept, PrintSettled, Touched
from kiosk.journey.buttons import Button
from kiosk.journey.effects import Effect
from kiosk.journey.flow import advance
from kiosk.journey.people import Person
from kiosk.journey.screens import Paper, Screen
from kiosk.journey.session import Facts, Session
from tests.kiosk.journey.people import DUES, FACTS, LIN

DEVICES = ("id_card", "face_camera", "receipt_printer", "code_scanner")
E = TypeVar("E")
S = TypeVar("S")


def with_device(facts: Facts, role: str, *, there: bool) -> Facts:
    """The facts as they are when the journey is told: the services know before it does."""
    match role:
        case "id_card":
            return replace(facts, reader_ready=there)
        case "face_camera":
            return replace(facts, camera_ready=there)
        case "code_scanner":
            return replace(facts, scanner_ready=there)
        case _:
            return replace(facts, printer_ready=there)


class Visit:
    def __init__(self, facts: Facts = FACTS) -> None:
        self.facts = facts
        self.session = Session()
        self.effects: list[Effect] = []
        self.last: tuple[Effect, ...] = ()

    @property
    def screen(self) -> Screen:
        return self.session.screen

    def warning(self) -> int | None:
        return self.session.idle_warning.seconds_left if self.session.idle_warning else None

    def shows(self, screen: Screen) -> bool:
        return self.screen == screen

    def on(self, kind: type[S]) -> S:
        assert isinstance(self.screen, kind), self.screen
        return self.screen

    def act(self, *acts: Act) -> Visit:
        for act in acts:
            step = advance(self.session, act, self.facts)
            self.session, self.last = step.session, step.effects
            self.effects += step.effects
        return self

    def touch(self, *buttons: Button | tuple[Button, str]) -> Visit:
        for button in buttons:
            name, value = button if isinstance(button, tuple) else (button, "")
            self.act(Touched(name, value))
        return self

    def typed(self, text: str) -> Visit:
        return self.touch(*((Button.DIGIT, each) for each in text))

    def wanted(self, kind: type[E]) -> list[E]:
        return [each for each in self.effects if isinstance(each, kind)]

    def lay(self, person: Person) -> Visit:
        return self.act(CardLaid(person))

    def to_consent(self, person: Person | None = LIN) -> Visit:
        if person is None:
            self.touch(Button.WAKE)
        else:
            self.lay(person).act(DuesFound(self.session.number, DUES))
        return self.touch((Button.ITEM, "pension-qualification"), Button.BEGIN)

    def witnessed(self, helper: Person) -> Visit:
        self.act(CardLifted(), CardLaid(helper))
        return self.act(HelperChecked(self.session.number, helper.number, listed=True))

    def kept(self) -> Visit:
        self.touch(Button.CONFIRM)
        return self.act(Kept(self.session.number, "event-1", "1234567894", "2026-11-23T02:00:00Z"))

    def printed(self, paper: Paper = Paper.PRINTED) -> Visit:
        slip = self.wanted(wanted.PrintSlip)[-1]
        return self.act(PrintSettled(self.session.number, slip.claim.event_id, paper))
