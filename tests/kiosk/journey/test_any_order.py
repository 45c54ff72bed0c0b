"""Whatever happens, in whatever order: the journey never raises, never loses a kept act, and always finds home."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any

from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from kiosk.journey import acts, screens
from kiosk.journey import effects as wanted
from kiosk.journey.acts import Act
from kiosk.journey.bell import BellSeen, Panel, Ring
from kiosk.journey.buttons import Button
from kiosk.journey.claim import Answered, Certificate, ClaimView, Further, NeedSeen, Stage
from kiosk.journey.filing import Gift, Given, Kin, Known
from kiosk.journey.flow import advance
from kiosk.journey.power import Power
from kiosk.journey.screens import Doing, FaceStage, GiveStage, Paper, Reason
from kiosk.journey.session import Facts, Session
from kiosk.privacy import secrets_of, traces
from kiosk.viewmodels.derive_page import derive_page
from tests.kiosk.journey.people import CHEN, DUES, FACTS, LIN, WU
from tests.kiosk.journey.test_theme import BIRTH as NEWBORN
from tests.kiosk.journey.visit import DEVICES, Visit, with_device
from tests.words import WORDS

PEOPLE = st.sampled_from([LIN, WU, CHEN])
ADVICE = ("", "document_camera.glare.resident", "journey.give.lost")
NEEDING = ClaimView(
    "救助", Stage.SENT, state="waiting", case_no="4409-1", further=Further(needs=(NeedSeen("bank_book", "存折", ""),))
)
CLAIM = ClaimView("养老待遇资格认证", Stage.SETTLED, event_id="event-0")
SEALED = replace(CLAIM, further=Further((Certificate("证明", "ready", "a" * 64, "key"),)))
REFUSED = replace(CLAIM, state="refused", case_no="4409-2", further=Further(review="open"))
KNOWN = Known(household=(Kin(WU.number, WU.name, WU.masked_number, WU.masked_name, WU.birth),))
SECRETS = secrets_of(LIN) | secrets_of(WU) | secrets_of(CHEN)


def belongings(session: Session) -> tuple[object, ...]:
    """All that a resident has brought, typed, chosen or agreed to: everything but the screen, and the screen's kind."""
    screen = session.screen
    typed = screen.text if isinstance(screen, screens.Typing) else ""
    taking = isinstance(screen, screens.LaterCheck) and screen.agreed
    checking = session.candidate if isinstance(screen, screens.Witness) else None
    return (type(screen), typed, taking, checking, replace(session, screen=screens.Attract()))


def has_a_way_on(session: Session, facts: Facts) -> bool:
    """Whether some button that is shown leads to another screen; two screens end by themselves, one with the cut."""
    if isinstance(session.screen, screens.PowerOut):
        return facts.power is not Power.MAINS
    if isinstance(session.screen, screens.Working | screens.TakeCard):
        return True
    if isinstance(session.screen, screens.Giving) and session.screen.stage is GiveStage.SEALING:
        return True  # milliseconds, and it may not be left
    page = derive_page(session, facts, WORDS)
    rows = (*page.actions, *page.choices, *page.more, *page.ways_out)
    touches = [acts.Touched(row.button, row.value) for row in rows if row.usable and row.button is not None]
    awake = replace(session, idle_warning=None, bell=Panel.SHUT)
    return any(type(advance(awake, touch, facts).session.screen) is not type(session.screen) for touch in touches)


ORDERS = int(os.environ.get("ZHIZHU_ORDERS") or 30)
"""How many lives of a session; the nightly run lives more."""


class AnyOrder(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.visit = Visit()
        self.touches = 0
        self.events = 0
        self.sealed: set[str] = set()

    @initialize(face=st.booleans(), near=st.booleans(), camera=st.booleans(), helpers=st.booleans())
    def terminal(self, face: bool, near: bool, camera: bool, helpers: bool) -> None:
        self.visit.facts = replace(
            FACTS,
            items=(NEWBORN, *FACTS.items),
            face_ready=face,
            hub_near=near,
            camera_ready=camera,
            helpers_known=helpers,
            documents_here=camera,
            documents_ready=camera,
            gives=("document_camera",) if camera else (),
        )

    def do(self, act: Act) -> None:
        before = self.visit.session
        self.visit.act(act)
        if any(isinstance(each, wanted.Wipe) for each in self.visit.last):
            laid = isinstance(act, acts.CardLaid)
            secrets = SECRETS - secrets_of(act.person) if laid else SECRETS  # type: ignore[union-attr]
            assert traces(self.visit.session, secrets) == ()
            assert self.sealed <= self.sent_or_deleted(), "what was sealed is sent, or nothing of it stays"
            self.touches = 0
        elif isinstance(act, acts.Touched):
            self.touches += 1
        if screens.held(before.screen):
            assert not any(isinstance(each, wanted.Wipe) for each in self.visit.last)

    def sent_or_deleted(self) -> set[str]:
        sent = (given for each in self.visit.wanted(wanted.KeepEvent) for given in each.filed.given)
        brought = (each.given for each in self.visit.wanted(wanted.KeepSupplement))
        named = {each.sha256 for each in (*sent, *brought)}
        return named | {each.sha256 for each in self.visit.wanted(wanted.DropPicture)}

    @property
    def number(self) -> int:
        return self.visit.session.number

    @rule(button=st.sampled_from(Button), value=st.sampled_from(["", "pension-qualification", "1", "X", "nothing"]))
    def touch_anything(self, button: Button, value: str) -> None:
        self.do(acts.Touched(button, value))

    @rule(data=st.data())
    def touch_what_is_shown(self, data: st.DataObject) -> None:
        """A finger on some row of the page: random buttons alone seldom get through a course."""
        page = derive_page(self.visit.session, self.visit.facts, WORDS)
        rows = (*page.actions, *page.choices, *page.more, *page.fields, *page.ways_out)
        shown = [row for row in rows if row.usable and row.button is not None]
        if shown:
            row = data.draw(st.sampled_from(shown))
            assert row.button is not None
            self.do(acts.Touched(row.button, row.value))

    @rule(
        button=st.sampled_from(Button),
        value=st.sampled_from(["insurance-record", "allowance", "newborn", "household", "self", "later"]),
    )
    def touch(self, button: Button, value: str) -> None:
        self.do(acts.Touched(button, value))

    @rule(stage=st.sampled_from(GiveStage), found=st.booleans(), pages=st.integers(0, 3), text=st.sampled_from(ADVICE))
    def give(self, stage: GiveStage, found: bool, pages: int, text: str) -> None:
        screen = self.visit.screen
        key = screen.stop.key if isinstance(screen, screens.Giving) else "scan.bank_book"
        self.do(acts.GiveStood(self.number, key, stage, text, found, pages))

    @rule()
    def seal(self) -> None:
        screen = self.visit.screen
        name = screen.stop.name if isinstance(screen, screens.Giving) else "bank_book"
        given = Given(Gift.SCAN, name, f"{len(self.sealed):064d}", pages=1)
        self.sealed.add(given.sha256)
        self.do(acts.GiveSealed(self.number, f"scan.{name}", given))
        self.do(acts.SupplementKept(self.number, name))

    @rule(digits=st.sampled_from([LIN.number, WU.number, "1234567890", "0" * 18]))
    def type(self, digits: str) -> None:
        for each in digits:
            self.do(acts.Touched(Button.DIGIT, each))

    @rule(person=PEOPLE)
    def lay(self, person: Any) -> None:
        self.do(acts.CardReading())
        self.do(acts.CardLaid(person))

    @rule(act=st.sampled_from([acts.CardLifted(), acts.CardSeen(), acts.CardReading()]))
    def card(self, act: Act) -> None:
        self.do(act)

    @rule(reason=st.sampled_from([Reason.CARD_UNREADABLE, Reason.CARD_PULLED, Reason.READER_LOST]))
    def faulty(self, reason: Reason) -> None:
        self.do(acts.CardFaulty(reason))

    @rule(code=st.sampled_from(["", "1234567894"]))
    def scan(self, code: str) -> None:
        self.do(acts.CodeScanned(code))

    @rule()
    def scan_noise(self) -> None:
        self.do(acts.CodeUnreadable())

    @rule(role=st.sampled_from(DEVICES), lost=st.booleans())
    def device(self, role: str, lost: bool) -> None:
        self.visit.facts = with_device(self.visit.facts, role, there=not lost)
        self.do(acts.DeviceLost(role) if lost else acts.DeviceBack(role))

    @rule(power=st.sampled_from(Power))
    def power(self, power: Power) -> None:
        self.visit.facts = replace(self.visit.facts, power=power)
        self.do(acts.PowerChanged(power))

    @rule(seconds=st.sampled_from([0.0, 9.0, 61.0, 75.0, 100.0]))
    def idle(self, seconds: float) -> None:
        self.do(acts.Idle(seconds))

    @rule(stray=st.booleans(), person=PEOPLE, listed=st.sampled_from([True, False, None]))
    def helper_checked(self, stray: bool, person: Any, listed: bool | None) -> None:
        self.do(acts.HelperChecked(self.number - stray, person.number, listed))

    @rule(stray=st.booleans(), paper=st.sampled_from(Paper))
    def document_printer_answers(self, stray: bool, paper: Paper) -> None:
        self.do(acts.CertificateSettled(self.number - stray, paper, "" if paper is Paper.PRINTED else "x"))

    @rule(stray=st.booleans(), which=st.integers(0, 10))
    def answer(self, stray: bool, which: int) -> None:
        number = self.number - stray
        answers: list[Act] = [
            acts.DuesFound(number, DUES),
            acts.FaceProgress(number, FaceStage.TURNING, "face.prompt.turn_left", 0.5),
            acts.FacePassed(number, 0.7, "model"),
            acts.FaceFailed(number, Reason.FACE_NOT_LIVE),
            acts.FaceFailed(number, Reason.FACE_NO_DECODER, final=True),
            acts.PictureTaken(number, "ab" * 32, "/pictures/ab"),
            acts.PictureFailed(number),
            acts.Looked(number, (CLAIM,), Answered.HUB),
            acts.Looked(number, (NEEDING,), Answered.HUB),
            acts.Looked(number, (SEALED,), Answered.HUB),
            acts.Looked(number, (CLAIM, REFUSED), Answered.HUB),
            acts.ReviewKept(number, kept=True),
            acts.ReviewKept(number, kept=False),
            acts.PrintSettled(number, "event-0", Paper.NOT_PRINTED, "x"),
            acts.HubTold(number, KNOWN if stray else None),
        ]
        self.do(answers[which])

    @rule(well=st.booleans())
    def storage_answers(self, well: bool) -> None:
        screen = self.visit.screen
        if not isinstance(screen, screens.Working) or screen.doing is not Doing.KEEPING:
            return
        if not well:
            self.do(acts.KeepFailed(self.number, Reason.KEEP_FAILED))
            low = self.visit.facts.power is Power.LOW
            assert isinstance(self.visit.screen, screens.PowerOut if low else screens.Sorry)
            return
        self.events += 1
        event = f"event-{self.events}"
        self.do(acts.Kept(self.number, event, "1234567894", "2026-11-23T02:00:00Z"))
        if isinstance(self.visit.screen, screens.Working):
            assert self.visit.screen.doing is Doing.WAITING
            return
        self.one_slip(event)

    def one_slip(self, event: str) -> None:
        slips = [each for each in self.visit.last if isinstance(each, wanted.PrintSlip)]
        assert [slip.claim.event_id for slip in slips] == [event]
        assert isinstance(self.visit.screen, screens.Done)

    @rule(claim=st.sampled_from([None, CLAIM, SEALED]), final=st.booleans())
    def hub_answers(self, claim: ClaimView | None, final: bool) -> None:
        screen = self.visit.screen
        if isinstance(screen, screens.Working) and screen.done is not None:
            event = screen.done.event_id
            self.do(acts.AnswerHeard(self.number, event, claim, final))
            if final:
                self.one_slip(event)

    @invariant()
    def nothing_is_kept_while_another_persons_card_is_known_to_lie_there(self) -> None:
        confirming = acts.Touched(Button.CONFIRM)
        awake = replace(self.visit.session, idle_warning=None, bell=Panel.SHUT)
        if isinstance(awake.screen, screens.Confirm) and awake.another_card:
            page = derive_page(awake, self.visit.facts, WORDS)
            assert page.notice == WORDS(Reason.ANOTHER_CARD.value)
            assert not any(row.usable for row in page.actions)
            assert advance(awake, confirming, self.visit.facts).session.screen == awake.screen

    @rule(ring=st.sampled_from(Ring))
    def the_bell_stands_otherwise(self, ring: Ring) -> None:
        self.visit.facts = replace(self.visit.facts, bell=BellSeen(ring))

    @invariant()
    def the_bell_is_always_there_and_moves_nothing(self) -> None:
        before = replace(self.visit.session, idle_warning=None)
        rung = advance(before, acts.Touched(Button.BELL), self.visit.facts)
        assert rung.session.screen == before.screen
        assert rung.session.bell
        calls = [each for each in rung.effects if isinstance(each, wanted.RingBell)]
        assert len(calls) == (0 if self.visit.facts.bell.open else 1)
        assert len(rung.effects) == len(calls)
        shut = advance(rung.session, acts.Touched(Button.BELL_SEEN), self.visit.facts).session
        assert replace(shut, called=before.called, touches=before.touches) == replace(before, bell=Panel.SHUT)

    @invariant()
    def touches_are_counted(self) -> None:
        assert self.visit.session.touches == self.touches

    @invariant()
    def nobody_is_greeted_or_begins_without_power_and_nobody_is_turned_away_with_it(self) -> None:
        screen, power = self.visit.screen, self.visit.facts.power
        match power:
            case Power.MAINS:
                assert not isinstance(screen, screens.PowerOut)
            case Power.BATTERY:
                assert not isinstance(screen, screens.Attract | screens.Home)
            case Power.LOW:
                kept = screens.Done | screens.PowerOut
                assert isinstance(screen, kept) or screens.held(screen)

    @invariant()
    def home_is_always_near(self) -> None:
        session = self.visit.session
        mains = replace(self.visit.facts, power=Power.MAINS)
        session = advance(session, acts.PowerChanged(Power.MAINS), mains).session
        if isinstance(session.screen, screens.Working) and session.screen.doing is Doing.KEEPING:
            answer = acts.KeepFailed(session.number, Reason.KEEP_FAILED)
            session = advance(session, answer, mains).session
        if isinstance(session.screen, screens.Working) and session.screen.doing is Doing.WAITING:
            session = advance(
                replace(session, idle_warning=None, bell=Panel.SHUT), acts.Touched(Button.ENOUGH), mains
            ).session
        if isinstance(session.screen, screens.Working) and session.screen.doing is Doing.PRINTING:
            session = advance(session, acts.CertificateSettled(session.number, Paper.UNKNOWN), mains).session
        for button in (Button.STILL_HERE, Button.BELL_SEEN, Button.HOME, Button.WAKE):
            if isinstance(session.screen, screens.Home):
                break
            session = advance(session, acts.Touched(button), mains).session
        else:
            assert isinstance(session.screen, screens.Home)

    @invariant()
    def a_device_that_goes_and_comes_takes_nothing_from_the_resident(self) -> None:
        before = self.visit.session
        for role in DEVICES:
            lost_facts = with_device(self.visit.facts, role, there=False)
            lost = advance(before, acts.DeviceLost(role), lost_facts)
            back_facts = with_device(self.visit.facts, role, there=True)
            back = advance(lost.session, acts.DeviceBack(role), back_facts)
            for step, facts in ((lost, lost_facts), (back, back_facts)):
                assert belongings(step.session) == belongings(before)
                assert not any(isinstance(each, wanted.Wipe | wanted.DropPicture) for each in step.effects)
                assert has_a_way_on(step.session, facts)

    @invariant()
    def the_camera_runs_only_with_consent(self) -> None:
        agreed = {each.id for each in self.visit.session.consents}
        if any(isinstance(each, wanted.StartFace) for each in self.visit.last):
            assert {"processing", "face"} <= agreed
        if any(isinstance(each, wanted.TakePicture) for each in self.visit.last):
            assert "later_picture" in agreed


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = hypothesis_settings(max_examples=ORDERS, stateful_step_count=60, deadline=None)
