"""What is filed and costs something: the code stays on the screen until it is paid, and then the slip says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from kiosk.doors import Ok, Result
from kiosk.journey.acts import Act, AnswerHeard, Touched
from kiosk.journey.answers import came
from kiosk.journey.buttons import Button
from kiosk.journey.claim import ClaimView, Payable, Stage
from kiosk.journey.effects import AwaitAnswer, Awaited, PrintSlip, Say
from kiosk.journey.flow import advance
from kiosk.journey.screens import Doing, Done, Paper, Working
from kiosk.journey.session import Session
from kiosk.services.asking import AnswerWatch
from kiosk.viewmodels.derive_page import derive_page
from tests.kiosk.qml.fixture_sessions import FACTS, MEDICAL
from tests.words import WORDS

OWED = Payable(40_000, "unpaid", "还没有缴", "http://hub.test/pay/abcdefgh", "2026-11-26 09:28")
PAID = Payable(40_000, "paid", "已经缴了", receipt="演示1")
WAITING = ClaimView("医保", Stage.SENT, state="waiting", order=OWED)
SETTLED = ClaimView("医保", Stage.SETTLED, state="approved", outcome_text="办好了。", order=PAID)


def kept() -> Session:
    done = Done(MEDICAL, "e", "1234567890", "1234-567-890")
    return replace(Session(number=7), item=MEDICAL, screen=Working(Doing.WAITING, asks_hub=True, done=done))


def heard(session: Session, claim: ClaimView | None, *, final: bool = True) -> tuple[Session, tuple[object, ...]]:
    step = came(session, AnswerHeard(7, "e", claim, final), FACTS)
    return step.session, step.effects


def test_the_code_is_shown_the_slip_printed_and_the_payment_waited_for() -> None:
    session, effects = heard(kept(), WAITING)
    assert [type(each) for each in effects] == [PrintSlip, Say, AwaitAnswer]
    assert isinstance(effects[-1], AwaitAnswer)
    assert effects[-1].awaited is Awaited.PAYMENT
    page = derive_page(session, FACTS, WORDS)
    assert (page.qr, page.big) == (OWED.pay_url, "400.00元")
    assert OWED.pay_url not in repr(page)
    assert OWED.pay_url not in repr(session.screen)


def test_a_slip_printed_again_does_not_end_the_waiting_for_the_payment() -> None:
    waiting, _ = heard(kept(), WAITING)
    assert isinstance(waiting.screen, Done)
    jammed = replace(waiting, screen=replace(waiting.screen, paper=Paper.NOT_PRINTED))
    step = advance(jammed, Touched(Button.PRINT_AGAIN), FACTS)
    assert [type(each) for each in step.effects] == [PrintSlip, AwaitAnswer]


def test_paid_it_is_told_anew_with_a_slip_and_the_code_is_gone() -> None:
    waiting, _ = heard(kept(), WAITING)
    session, effects = heard(waiting, SETTLED)
    assert [type(each) for each in effects] == [PrintSlip, Say]
    page = derive_page(session, FACTS, WORDS)
    assert page.qr == ""
    assert [row.detail for row in page.fields] == ["400.00元 已经缴了", "演示1"]


def test_what_says_nothing_new_changes_nothing() -> None:
    waiting, _ = heard(kept(), WAITING)
    for claim in (None, WAITING, replace(WAITING, order=None), replace(SETTLED, state="received")):
        session, effects = heard(waiting, claim)
        assert (session, effects) == (waiting, ())


def test_the_watch_goes_on_until_it_is_paid_or_its_time_is_over() -> None:
    now, told = [0.0], list[Act]()
    answer: list[ClaimView] = [WAITING]

    def by_code(_: str, done: Callable[[Result[ClaimView | None]], None]) -> None:
        done(Ok(answer[0]))

    watch = AnswerWatch(by_code, told.append, wait_s=5, pay_wait_s=100, certificate_wait_s=9, monotonic=lambda: now[0])
    watch.follow(AwaitAnswer(7, "e", "1234567890", Awaited.PAYMENT))
    for at in (0.0, 50.0):
        now[0] = at
        watch.tick()
    assert [each.final for each in told if isinstance(each, AnswerHeard)] == [False]
    answer[0], now[0] = SETTLED, 60.0
    watch.tick()
    assert isinstance(told[-1], AnswerHeard)
    assert (told[-1].final, told[-1].claim) == (True, SETTLED)
