"""A certificate is offered where it can be printed, said where it cannot, and nobody leaves while it comes out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.journey.acts import AnswerHeard, CardLifted, CertificateSettled, Idle, Looked, Touched
from kiosk.journey.buttons import Button
from kiosk.journey.certificates import Standing, standing
from kiosk.journey.claim import Answered, Certificate, ClaimView, Further, Stage
from kiosk.journey.effects import AwaitAnswer, Awaited, PrintCertificate, PrintSlip, Say, Wipe
from kiosk.journey.flow import advance
from kiosk.journey.screens import Doing, Done, LookupResult, Paper, Working
from kiosk.journey.session import Facts, Session, Step
from kiosk.viewmodels.derive_page import derive_page
from kiosk.viewmodels.page_props import PageProps
from tests.kiosk.qml.fixture_sessions import FACTS, FACTS_A4, FACTS_NO_A4, RECORD
from tests.words import WORDS

SEALED = Certificate("参保证明", "ready", "a" * 64, "key", "b" * 64)
MAKING = Certificate("参保证明", "making")
CLAIM = ClaimView("参保证明", Stage.SETTLED, state="approved", outcome_text="已通过。", event_id="e")
PRINT = Touched(Button.PRINT_CERTIFICATE)


def found(*certificates: Certificate) -> Session:
    claim = replace(CLAIM, further=Further(certificates))
    return Session(number=7, screen=LookupResult((claim,), Answered.HUB))


def page(session: Session, facts: Facts = FACTS_A4) -> PageProps:
    return derive_page(session, facts, WORDS)


def buttons(props: PageProps) -> set[Button]:
    return {row.button for row in (*props.actions, *props.ways_out) if row.button is not None}


def printed(session: Session, paper: Paper, text: str = "") -> tuple[Step, Step]:
    begun = advance(session, PRINT, FACTS_A4)
    return begun, advance(begun.session, CertificateSettled(7, paper, text), FACTS_A4)


@pytest.mark.parametrize(
    ("certificate", "facts", "stands", "said"),
    [
        (SEALED, FACTS_A4, Standing.OFFERED, ""),
        (MAKING, FACTS_A4, Standing.MAKING, "正在盖章"),
        (replace(SEALED, key=""), FACTS_A4, Standing.BY_CODE, "输取件码或扫凭条"),
        (SEALED, FACTS, Standing.ELSEWHERE, "这台机器打不了证明"),
        (SEALED, FACTS_NO_A4, Standing.ELSEWHERE, "云潭镇便民服务中心"),
        (SEALED, replace(FACTS_A4, documents_ready=False), Standing.DOWN, "打印机现在用不了"),
        (Certificate("参保证明", "void"), FACTS_A4, Standing.VOID, "不能再打"),
    ],
)
def test_it_is_offered_or_said_why_not(certificate: Certificate, facts: Facts, stands: Standing, said: str) -> None:
    session = found(certificate)
    assert standing(Further((certificate,)), session, facts) is stands
    props = page(session, facts)
    assert said in props.notice
    assert (Button.PRINT_CERTIFICATE in buttons(props)) is (stands is Standing.OFFERED)
    if stands is not Standing.OFFERED:
        assert advance(session, PRINT, facts) == Step(replace(session, touches=1))


def test_nothing_takes_the_screen_away_while_it_is_printed() -> None:
    session = replace(found(SEALED), card_on_reader=True)
    begun, after = printed(session, Paper.PRINTED)
    assert [type(each) for each in begun.effects] == [PrintCertificate]
    assert isinstance(begun.session.screen, Working)
    assert begun.session.screen.doing is Doing.PRINTING
    assert page(begun.session).ways_out == ()
    for act in (Touched(Button.FINISH), Touched(Button.HOME), Touched(Button.BACK), Idle(1000), PRINT):
        step = advance(begun.session, act, FACTS_A4)
        assert isinstance(step.session.screen, Working), act
        assert not any(isinstance(each, Wipe | PrintCertificate) for each in step.effects)
    assert after.effects == (Say("journey.say.certificate"),)
    assert "请从出纸口取走" in page(after.session).notice
    gone = advance(begun.session, CertificateSettled(6, Paper.PRINTED), FACTS_A4)
    assert gone.session == begun.session, "an answer to somebody else's session is no answer"


def test_what_did_not_come_out_is_said_truly_and_may_be_tried_again() -> None:
    _, ill = printed(found(SEALED), Paper.NOT_PRINTED, "document_printer.paper_end.resident")
    props = page(ill.session)
    assert (props.notice_tone, "没有纸" in props.notice, "打好了" in props.notice) == ("warn", True, False)
    assert [row.button for row in props.actions] == [Button.PRINT_CERTIFICATE]
    _, unsure = printed(ill.session, Paper.UNKNOWN)
    assert "不能确定" in page(unsure.session).notice


def test_one_visit_prints_only_so_many_whatever_she_looks_up_in_it() -> None:
    session = found(SEALED)
    for _ in range(FACTS_A4.limits.certificate_copies):
        _, after = printed(session, Paper.PRINTED)
        session = replace(after.session, screen=found(SEALED).screen)
    assert advance(session, PRINT, FACTS_A4).effects == ()
    assert "打得够多了" in page(session).notice
    nothing = found(SEALED)
    for _ in range(FACTS_A4.limits.certificate_copies + 1):  # what does not come out is no copy
        _, after = printed(nothing, Paper.NOT_PRINTED, "journey.certificate.hub_away")
        nothing = after.session
    assert nothing.papers == 0
    looked = Looked(7, (CLAIM,), Answered.HUB)
    assert advance(session, looked, FACTS_A4).session.papers == FACTS_A4.limits.certificate_copies


def test_what_was_just_approved_is_waited_for_and_printed_where_she_stands() -> None:
    kept = Done(RECORD, "e", "1234567890", "1234-567-890")
    session = replace(Session(number=7), item=RECORD, screen=Working(Doing.WAITING, done=kept), card_on_reader=True)
    told = advance(session, AnswerHeard(7, "e", replace(CLAIM, further=Further((MAKING,))), True), FACTS_A4)
    assert [type(each) for each in told.effects] == [PrintSlip, Say, AwaitAnswer]
    assert told.effects[-1] == AwaitAnswer(7, "e", "1234567890", Awaited.CERTIFICATE)
    sealed = advance(told.session, AnswerHeard(7, "e", replace(CLAIM, further=Further((SEALED,))), True), FACTS_A4)
    assert sealed.effects == (), "the slip has said all else"
    assert Button.PRINT_CERTIFICATE in buttons(page(sealed.session))
    begun = advance(sealed.session, PRINT, FACTS_A4)
    lifted = advance(begun.session, CardLifted(), FACTS_A4)
    back = advance(lifted.session, CertificateSettled(7, Paper.PRINTED), FACTS_A4).session.screen
    assert isinstance(back, Done)
    assert not back.take_card, "the card was lifted while it was printed"
