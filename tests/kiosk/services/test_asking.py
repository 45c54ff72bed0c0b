"""What the hub is asked beforehand, and how long the answer to what was kept is waited for."""

from __future__ import annotations

from collections.abc import Callable

from kiosk.doors import Err, Late, ManualDoor, Ok, Result
from kiosk.journey.acts import Act, AnswerHeard, HubTold
from kiosk.journey.claim import ClaimView, Stage
from kiosk.journey.effects import AskHub, AwaitAnswer
from kiosk.services.asking import AnswerWatch, AskService, known_of
from offline.wire.prefill import Prefill, PrefillKin, PrefillOption
from tests.kiosk.journey.people import ALLOWANCE, LIN, WU
from tests.kiosk.journey.test_theme import BIRTH

WAIT_S = 20.0


class Line:
    """A hub line that answers or does not."""

    def __init__(self, answer: Prefill | None) -> None:
        self.answer = answer

    def prefill(self, item: str, id_number: str, level: str) -> Prefill:
        assert (item, id_number, level) == (ALLOWANCE.id, LIN.number, "card_face")
        if self.answer is None:
            raise Late
        return self.answer


def asked(answer: Prefill | None) -> tuple[list[Act], list[str]]:
    told: list[Act] = []
    ill: list[str] = []
    door = ManualDoor()
    service = AskService(Line(answer), door, told.append, deadline_s=8.0, ill=lambda what, _: ill.append(what))
    service.ask(AskHub(1, ALLOWANCE, LIN, "card_face"))
    door.turn()
    return told, ill


def test_what_the_hub_told_is_masked_and_whoever_asks_is_not_their_own_kin() -> None:
    kin = tuple(PrefillKin(name=each.name, id_number=each.number, birth=each.birth) for each in (LIN, WU))
    options: dict[str, tuple[PrefillOption, ...]] = {"slots": (PrefillOption(value="d1-am", name="上午", left=2),)}
    values: dict[str, bool | int | str] = {"phone": "13800000001"}
    answer = Prefill(values=values, household=kin, options=options)
    (told,), ill = asked(answer)
    assert isinstance(told, HubTold)
    assert told.known == known_of(answer, LIN.number)
    assert told.known is not None
    assert [(each.masked_name, each.masked_number) for each in told.known.household] == [
        (WU.masked_name, WU.masked_number)
    ]
    assert told.known.offered("slots")[0].left == 2
    assert WU.name not in repr(told)
    assert ill == []


def test_for_a_theme_its_parts_are_asked_in_turn_and_what_the_first_told_stands() -> None:
    kin = PrefillKin(name=WU.name, id_number=WU.number, birth=WU.birth)
    answers = {
        "household": Prefill(values={"phone": "13800000001"}, household=(kin,), certificates=("电子户口簿",)),
        "insurance": Prefill(values={"phone": "1", "address": "一组"}, household=(kin,), certificates=("电子社保卡",)),
    }

    class Each:
        def prefill(self, item: str, id_number: str, level: str) -> Prefill:
            assert (id_number, level) == (LIN.number, "card_witnessed")
            return answers.pop(item)

    told: list[Act] = []
    door = ManualDoor()
    service = AskService(Each(), door, told.append, deadline_s=8.0, ill=lambda *_: None)
    service.ask(AskHub(1, BIRTH, LIN, "card_witnessed"))
    door.turn()
    (heard,) = told
    assert isinstance(heard, HubTold)
    assert heard.known is not None
    assert (heard.known.value("phone"), heard.known.value("address")) == ("13800000001", "一组")
    assert len(heard.known.household) == 1
    assert heard.known.certificates == ("电子户口簿", "电子社保卡")


def test_a_hub_that_does_not_answer_leaves_everything_to_be_filled_in_by_hand() -> None:
    assert asked(None) == ([HubTold(1, None)], ["prefill"])


class Followed:
    """An act that is followed, on a clock turned by hand."""

    def __init__(self) -> None:
        self.now = 0.0
        self.claim: ClaimView | None = ClaimView("x", Stage.KEPT)
        self.result: Result[ClaimView | None] | None = None
        self.heard: list[tuple[Stage | None, bool]] = []
        self.watch = AnswerWatch(
            self.by_code,
            self.tell,
            wait_s=WAIT_S,
            pay_wait_s=WAIT_S,
            certificate_wait_s=WAIT_S,
            monotonic=lambda: self.now,
        )
        self.watch.follow(AwaitAnswer(1, "event-1", "1234567894"))

    def by_code(self, code: str, then: Callable[[Result[ClaimView | None]], None]) -> None:
        assert code == "1234567894"
        then(self.result or Ok(self.claim))

    def tell(self, act: Act) -> None:
        assert isinstance(act, AnswerHeard)
        self.heard.append((None if act.claim is None else act.claim.stage, act.final))

    def after(self, seconds: float) -> None:
        self.now += seconds
        self.watch.tick()


def test_each_stage_is_told_once_and_the_answer_ends_it() -> None:
    act = Followed()
    for _ in range(3):
        act.after(1)
    act.claim = ClaimView("x", Stage.SENT, state="received")
    act.after(1)
    act.claim = ClaimView("x", Stage.SETTLED, state="approved")
    act.after(1)
    act.after(1)
    assert act.heard == [(Stage.KEPT, False), (Stage.SENT, False), (Stage.SETTLED, True)]


def test_when_the_time_is_over_what_is_known_is_told_also_where_nothing_could_be_seen() -> None:
    act = Followed()
    act.result = Err(Late())
    act.after(1)
    act.after(WAIT_S)
    assert act.heard == [(None, True)]


def test_who_leaves_is_told_nothing_any_more() -> None:
    act = Followed()
    act.watch.forget()
    act.after(1)
    assert act.heard == []
