"""A whole visit through the real services and files; reader, printer and hub are played, doors turned by hand."""

from __future__ import annotations

import errno
import io
import json
import os
from collections import deque
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from drivers.camera.port import Frame
from drivers.digital_line.diagnosis import DIGITAL_LINE
from drivers.digital_line.port import Active, Inactive, LineState, LineUnknown
from drivers.health import Cause, Health, State
from drivers.id_card.port import IdCard, ReadFault, ResidentCard
from drivers.power.diagnosis import POWER
from drivers.receipt_printer.port import Line, Place, Qr, Slip
from drivers.settlement import NotPrinted, Printed, PrintResult
from kiosk.doors import ManualDoor
from kiosk.face.check import FaceCheck
from kiosk.journey import screens
from kiosk.journey.acts import Act, DeviceBack, DeviceLost, Touched
from kiosk.journey.buttons import Button
from kiosk.journey.claim import Answered, ClaimView, Stage
from kiosk.journey.effects import KeepSupplement
from kiosk.journey.filing import Gift, Given
from kiosk.journey.flow import advance
from kiosk.journey.people import Person
from kiosk.journey.power import Power
from kiosk.journey.screens import Paper, Reason
from kiosk.journey.session import Session
from kiosk.services.door_sensor import DoorSensor
from kiosk.services.hub_line import HubLine
from kiosk.services.services import BESIDE, Services
from kiosk.services.slip_seals import SlipSeals
from kiosk.services.storage import Memory
from kiosk.settings import DeviceSetting, Settings
from offline.bounds import Bounds, Priority
from offline.keys import signing_key
from offline.pictures import FOLDER
from offline.projection import Projection
from offline.store import AgentStore, Kept, TerminalStore
from offline.terminal_store import DEFAULT_BOUNDS
from offline.trouble import DiskFull, StoreInDoubt
from offline.wire.attachment import LaterPicture, open_attachment, sha256_of
from offline.wire.batch import EventResult, EventStatus
from offline.wire.canonical import b64, unb64
from offline.wire.changes import CaseView, Change, NeedView
from offline.wire.claims import answer_key, new_code, seal_answer
from offline.wire.enrolment import EnrolmentReply
from offline.wire.event import event_aad
from offline.wire.real_name import Proven, read_real_name
from offline.wire.sealing import key_id, public_of, unseal
from offline.wire.signing import new_signing_key, signing_public
from offline.wire.slip_qr import SlipQr, read_slip, slip_url
from offline.wire.slip_signers import Genuineness
from tests.conftest import LogWatch
from tests.kiosk.journey.people import CHEN, LIN, PENSION, WU
from tests.kiosk.services.played_scanner import PlayedScanner
from tests.offline.ground import slips_unsettled
from tests.words import WORDS

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
PRIVATE = bytes(range(32))
WAITS = CaseView(
    item=PENSION.id,
    state="waiting",
    case_no="440981102999-20261123-00001",
    outcome_text="还差材料",
    needs=(
        NeedView(document="income", title="收入证明", due="2026-12-08"),
        NeedView(document="household", title="户口簿", due="2026-12-08"),
    ),
)


class PlayedReader:
    """A reader that finds a card once until another is laid, as most do."""

    def __init__(self) -> None:
        self.card: Person | None = None
        self.gone = False
        self.ill: Health | None = None

    def open(self) -> None:
        if self.gone:
            raise OSError("gone")

    def find(self) -> bool:
        if self.gone:
            raise OSError("gone")
        return self.card is not None

    def read(self) -> IdCard | ReadFault:
        person, self.card = self.card, None
        assert person is not None
        return ResidentCard(
            name=person.name,
            sex_code="2",
            ethnic_code="01",
            birth_text=person.birth,
            address="示例村",
            number=person.number,
            authority="示例公安局",
            valid_from="20200101",
            valid_to="长期",
            photo=person.photo,
        )

    def health(self) -> Health:
        if self.gone:
            raise OSError("gone")
        return self.ill or Health(State.ready, None, "id_card.ready", "", "", NOW)

    def close(self) -> None:
        pass


class PlayedPrinter:
    def __init__(self) -> None:
        self.paper = True
        self.slips: list[str] = []
        self.codes: list[str] = []
        self.lies = Place.unknown

    def open(self) -> None:
        pass

    def print(self, job: str, slip: Slip) -> PrintResult:
        if not self.paper:
            health = Health(State.failed, Cause.environment, "p", "receipt_printer.paper_end.resident", "", NOW)
            return NotPrinted(health)
        self.slips.append("\n".join(each.text for each in slip if isinstance(each, Line)))
        self.codes += [each.data for each in slip if isinstance(each, Qr)]
        return Printed()

    def health(self) -> Health:
        return Health(State.ready, None, "receipt_printer.ready", "", "", NOW)

    def place(self) -> Place:
        return self.lies

    def close(self) -> None:
        pass


class PlayedSupply:
    """Its health is `name`, one of what a supply can be."""

    def __init__(self) -> None:
        self.name = "ready"

    def open(self) -> None:
        pass

    def health(self) -> Health:
        return POWER.health(self.name, NOW)

    def close(self) -> None:
        pass


class PlayedDoor:
    """The contact at the cabinet's door."""

    def __init__(self) -> None:
        self.state: LineState = Inactive()

    def open(self) -> None:
        pass

    def read(self) -> LineState:
        return self.state

    def health(self) -> Health:
        return DIGITAL_LINE.health("ready", NOW)

    def close(self) -> None:
        pass


class PlayedCamera:
    """A camera that sees a grey wall larger than any picture that is sent."""

    def open(self) -> None:
        pass

    def grab(self, timeout_s: float) -> Frame:
        return Frame(np.full((1440, 2560, 3), 127, np.uint8), 0.0)

    def health(self) -> Health:
        return Health(State.ready, None, "camera.ready", "", "", NOW)

    def close(self) -> None:
        pass


class PlayedHub(HubLine):
    def __init__(self, state_dir: Path) -> None:
        super().__init__("http://127.0.0.1:9", state_dir, deadline_s=1)
        self.cases: tuple[CaseView, ...] | None = None
        self.slip_word: Genuineness | None = None

    def near(self) -> bool:
        return self.cases is not None

    def case_by_code(self, code: str) -> CaseView | None:
        return self.cases_of(code)[0]

    def check_slip(self, slip: SlipQr) -> Genuineness:
        if self.slip_word is None:
            raise ConnectionError
        return self.slip_word

    def cases_of(self, id_number: str) -> tuple[CaseView, ...]:
        if self.cases is None:
            raise ConnectionError
        return self.cases


class Terminal:
    def __init__(self, state_dir: Path, bounds: Bounds = DEFAULT_BOUNDS, **links: str) -> None:
        self.state_dir = state_dir
        self.links = links
        self.time = 0.0
        self.ups, self.door, self.scanner = PlayedSupply(), PlayedDoor(), PlayedScanner()
        self.reader, self.printer, self.hub = PlayedReader(), PlayedPrinter(), PlayedHub(state_dir)
        self.agent = AgentStore.open(state_dir)
        public = public_of(PRIVATE)
        reply = EnrolmentReply(
            terminal_id="T1",
            hub_sealing_public=b64(public),
            hub_sealing_key_id=key_id(public),
            hub_signing_public=b64(bytes(32)),
            claim_key=b64(bytes(32)),
            subject_key=b64(bytes(32)),
        )
        self.enrolment = self.agent.enrolment() or self.agent.enrol(reply, "440981102999", NOW)
        subject = self.enrolment.subject_of(LIN.number)
        due: dict[str, object] = {"subject": subject, "item": PENSION.id, "month": "2026-12"}
        self.agent.accept(1, [Change(n=1, kind="due", body=due)], NOW)
        self.seals = SlipSeals.open(state_dir)
        self.session = Session()
        self.inbox: deque[Act] = deque()
        self.told: list[Act] = []
        self.store = TerminalStore.open(state_dir, lambda: NOW, bounds=bounds)
        played: dict[str, Any] = {
            "id_card": self.reader,
            "receipt_printer": self.printer,
            "face_camera": PlayedCamera(),
            "code_scanner": self.scanner,
            "ups": self.ups,
            "door": DoorSensor(self.door),
        }
        self.doors = {name: ManualDoor() for name in (*played, *BESIDE)}
        self.services = Services(
            Settings(
                {"terminal.state_dir": str(state_dir)},
                {role: DeviceSetting(role, role, None, self.links.get(role, "played://")) for role in played},
            ),
            self.inbox.append,
            doors=self.doors,
            memory=Memory(self.store, Projection.open(state_dir)),
            texts=WORDS,
            items=(PENSION,),
            region_name="示例村",
            face=FaceCheck.on_terminal(None, None),
            hub=self.hub,
            seals=self.seals,
            make=lambda setting: played[setting.role],
            now=lambda: NOW,
            monotonic=lambda: self.time,
        )

    def settle(self, but: ManualDoor | None = None) -> None:
        """Lets everything happen that follows from what happened, except behind a door that hangs."""
        doors = [door for door in self.doors.values() if door is not but]
        while self.inbox or any(door.waiting for door in doors):
            while self.inbox:
                self.act(self.inbox.popleft())
            for door in doors:
                door.turn_all()

    def status(self) -> Any:
        """What the agent reads."""
        return json.loads((self.state_dir / "status.json").read_text(encoding="utf-8"))

    def act(self, act: Act) -> None:
        if isinstance(act, DeviceLost | DeviceBack):
            self.told.append(act)
        step = advance(self.session, act, self.services.facts())
        self.session = step.session
        self.services.saw(step.session)
        for effect in step.effects:
            self.services.run(effect)

    def tick(self, seconds: float = 20.0, but: ManualDoor | None = None) -> None:
        self.time += seconds
        self.services.tick()
        self.settle(but)

    def ticks(self, seconds: float) -> None:
        """As long, but second by second."""
        for _ in range(int(seconds)):
            self.tick(1.0)

    def lay(self, person: Person) -> None:
        self.tick()
        self.reader.card = person
        self.tick()

    def touch(self, *buttons: Button, value: str = "") -> None:
        for button in buttons:
            self.act(Touched(button, value))
            self.settle()

    def close(self) -> None:
        self.services.close()
        self.agent.close()


@pytest.fixture
def terminal(tmp_path: Path) -> Any:
    made = Terminal(tmp_path)
    yield made
    made.close()


def list_helper(terminal: Terminal) -> None:
    """The list is signed by the hub; here its row is written as the agent would after checking the signature."""
    writer = terminal.agent._writer
    writer.transaction(
        lambda db: db.execute("INSERT INTO helper VALUES (?, ?)", (terminal.enrolment.subject_of(WU.number), "吴*芳"))
    )


def apply_with_witness(terminal: Terminal) -> screens.Done:
    list_helper(terminal)
    terminal.lay(LIN)
    home = terminal.session.screen
    assert isinstance(home, screens.Home)
    assert [due.item.id for due in home.mine] == [PENSION.id]
    terminal.touch(Button.ITEM, value=PENSION.id)
    terminal.touch(Button.BEGIN, Button.WITNESS)
    terminal.lay(WU)
    assert isinstance(terminal.session.screen, screens.Confirm)
    terminal.touch(Button.CONFIRM)
    done = terminal.session.screen
    assert isinstance(done, screens.Done)
    return done


def test_the_witnessed_application_is_kept_sealed_and_its_slip_printed(terminal: Terminal) -> None:
    done = apply_with_witness(terminal)
    assert done.paper is Paper.PRINTED
    assert done.claim_shown in terminal.printer.slips[0]
    assert "林月兰" not in terminal.printer.slips[0]
    event, settled = terminal.store.events_after(0, 10)
    assert settled.type == "cn.zhizhu.slip.settled.v1"
    payload: dict[str, Any] = unseal(event.data, PRIVATE, event_aad(event.source, event.id, event.type))
    assert payload["applicant"]["id_number"] == LIN.number
    proven = Proven(LIN.number, "card_witnessed", "witness", WU.number)
    session = read_real_name(
        payload["identity"].pop("session"), proven, signing_public(signing_key(terminal.state_dir))
    )
    assert (session.session, session.began <= session.kept) == (event.id, True)
    assert payload["identity"] == {
        "level": "card_witnessed",
        "way": "witness",
        "witness": {"name": WU.name, "id_number": WU.number},
    }
    assert payload["claim"]["code"] == done.claim_code
    assert payload["journey"]["touches"] == 4


def to_later_check(terminal: Terminal) -> str:
    """Up to the confirmation; gives the name of the picture that rests on the disk."""
    terminal.lay(LIN)
    terminal.touch(Button.ITEM, value=PENSION.id)
    terminal.touch(Button.BEGIN, Button.LATER_CHECK, Button.AGREE_PICTURE)
    assert isinstance(terminal.session.screen, screens.Confirm)
    (picture,) = (terminal.state_dir / FOLDER).iterdir()
    return picture.name


def test_a_picture_for_a_clerk_is_sealed_with_the_cards_and_named_readably_for_the_agent(terminal: Terminal) -> None:
    name = to_later_check(terminal)
    terminal.touch(Button.CONFIRM)
    event = terminal.store.events_after(0, 1)[0]
    (pictured,) = terminal.store.pictured_after(0)
    assert (pictured.event_id, pictured.sha256) == (event.id, name)
    payload: dict[str, Any] = unseal(event.data, PRIVATE, event_aad(event.source, event.id, event.type))
    assert payload["identity"]["picture_sha256"] == name
    sealed = (terminal.state_dir / FOLDER / name).read_bytes()
    assert sha256_of(sealed) == name
    opened = LaterPicture.unpack(open_attachment(sealed, unb64(payload["identity"]["picture_key"], 32)))
    assert opened.card_photo == LIN.photo
    with Image.open(io.BytesIO(opened.taken)) as image:
        assert (image.format, image.size) == ("JPEG", (1280, 720))
    assert LIN.photo not in sealed


def test_a_visit_that_is_left_takes_its_picture_along(terminal: Terminal) -> None:
    to_later_check(terminal)
    terminal.touch(Button.CANCEL)
    assert list((terminal.state_dir / FOLDER).iterdir()) == []


def test_a_picture_the_disk_refuses_leaves_nothing_behind_and_the_other_ways_stay(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.services.pictures.sync_folder", _no_room)
    terminal.lay(LIN)
    terminal.touch(Button.ITEM, value=PENSION.id)
    terminal.touch(Button.BEGIN, Button.LATER_CHECK, Button.AGREE_PICTURE)
    screen = terminal.session.screen
    assert isinstance(screen, screens.LaterCheck)
    assert (screen.reason, screen.witness) == (Reason.PICTURE_FAILED, True)
    assert list((terminal.state_dir / FOLDER).iterdir()) == []


def _no_room(_: Path) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_keeping_that_is_tried_again_still_has_the_pictures_key(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, logs: LogWatch
) -> None:
    logs.expect("keep: DiskFull")
    to_later_check(terminal)
    with monkeypatch.context() as disk:
        disk.setattr(terminal.store, "_append", _full_disk)
        terminal.touch(Button.CONFIRM)
    assert isinstance(terminal.session.screen, screens.Sorry)
    terminal.touch(Button.RETRY)
    if isinstance(terminal.session.screen, screens.Confirm):
        terminal.touch(Button.CONFIRM)
    assert isinstance(terminal.session.screen, screens.Done)
    event = terminal.store.events_after(0, 1)[0]
    payload: dict[str, Any] = unseal(event.data, PRIVATE, event_aad(event.source, event.id, event.type))
    assert len(unb64(payload["identity"]["picture_key"], 32)) == 32


def test_a_full_terminal_says_so_before_the_start_and_a_race_is_told_truly(tmp_path: Path, logs: LogWatch) -> None:
    terminal = Terminal(tmp_path, Bounds(max_events=2))
    to_later_check(terminal)
    terminal.store.keep(PENSION.event_type, {"item": PENSION.id}, priority=Priority.ESSENTIAL)  # meanwhile it fills
    logs.expect("keep: OutboxFull")
    terminal.touch(Button.CONFIRM)
    sorry = terminal.session.screen
    assert isinstance(sorry, screens.Sorry)
    assert sorry.reason is Reason.DISK_FULL
    assert terminal.store.head().seq == 1
    terminal.tick()
    terminal.touch(Button.HOME)
    terminal.touch(Button.ITEM, value=PENSION.id)
    terminal.touch(Button.BEGIN)
    guide = terminal.session.screen
    assert isinstance(guide, screens.Guide)
    assert guide.blocked is Reason.ROOM_QUEUE
    stored = terminal.store.events_after(0, 1)[0]
    terminal.agent.acknowledge([(1, EventResult(id=stored.id, status=EventStatus.STORED))], NOW)
    terminal.tick()
    terminal.touch(Button.BACK)
    terminal.touch(Button.ITEM, value=PENSION.id)
    terminal.touch(Button.BEGIN)
    assert isinstance(terminal.session.screen, screens.Consent)
    terminal.close()


def _full_disk(*_: object, **_named: object) -> None:
    raise DiskFull


def test_keeping_that_is_tried_again_in_doubt_is_the_same_act_with_the_same_code(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch, logs: LogWatch
) -> None:
    logs.expect("keep: StoreInDoubt")
    logs.expect("keep: DiskFull")
    keep, asked = terminal.store.keep, list[tuple[object, object]]()

    def kept_but_who_knows(*words: Any, **names: Any) -> Kept:
        asked.append((names["event_id"], names["claim_code"]))
        if len(asked) == 2:
            raise DiskFull
        kept = keep(*words, **names)
        if len(asked) == 1:
            raise StoreInDoubt("terminal.db")
        return kept

    monkeypatch.setattr(terminal.store, "keep", kept_but_who_knows)
    to_later_check(terminal)
    terminal.touch(Button.CONFIRM)
    assert isinstance(terminal.session.screen, screens.Sorry)
    assert terminal.session.screen.reason is Reason.KEEP_IN_DOUBT
    terminal.touch(Button.RETRY)  # fails for sure now, which does not make the first try sure
    assert terminal.session.screen.reason is Reason.KEEP_IN_DOUBT
    terminal.touch(Button.RETRY)
    done = terminal.session.screen
    assert isinstance(done, screens.Done)
    assert asked == [(done.event_id, done.claim_code)] * 3
    applications = [each for each in terminal.store.events_after(0, 9) if each.type == PENSION.event_type]
    assert [each.id for each in applications] == [done.event_id]


def test_a_helpers_card_that_takes_the_residents_place_at_once_is_the_helpers(terminal: Terminal) -> None:
    list_helper(terminal)
    terminal.lay(LIN)
    terminal.touch(Button.ITEM, value=PENSION.id)
    terminal.touch(Button.BEGIN, Button.WITNESS)
    terminal.reader.card = WU  # between two looks: the reader was never seen empty
    terminal.tick()
    confirm = terminal.session.screen
    assert isinstance(confirm, screens.Confirm)
    assert confirm.witness_masked_name == WU.masked_name
    assert terminal.session.resident is not None
    assert terminal.session.resident.number == LIN.number


def test_another_card_between_two_looks_ends_a_visit_that_is_done(terminal: Terminal) -> None:
    apply_with_witness(terminal)
    terminal.reader.card = CHEN
    terminal.tick()
    assert isinstance(terminal.session.screen, screens.Home)
    assert terminal.session.resident is not None
    assert terminal.session.resident.number == CHEN.number


def test_a_slip_that_did_not_come_out_is_fetched_later_by_code(terminal: Terminal) -> None:
    terminal.printer.paper = False
    done = apply_with_witness(terminal)
    assert (done.paper, done.paper_text) == (Paper.NOT_PRINTED, "receipt_printer.paper_end.resident")
    terminal.touch(Button.FINISH)
    terminal.printer.paper = True
    terminal.touch(Button.WAKE, Button.WAKE, Button.LOOK_UP, Button.BY_CODE)
    for digit in done.claim_code:
        terminal.touch(Button.DIGIT, value=digit)
    terminal.touch(Button.ENTER)
    result = terminal.session.screen
    assert isinstance(result, screens.LookupResult)
    assert (result.answered, result.reason) == (Answered.HERE, Reason.HUB_AWAY)
    assert result.claims[0].slip_unsettled
    terminal.touch(Button.PRINT)
    assert "已保存" in terminal.printer.slips[0]
    assert slips_unsettled(terminal.store) == []


def test_a_slip_held_before_the_scanner_is_found_and_one_held_at_the_end_of_a_visit_is_nobodys(
    terminal: Terminal,
) -> None:
    code = apply_with_witness(terminal).claim_code
    slip = slip_url("https://hub.example", code)
    terminal.scanner.line.append(slip)  # held there on the last screen, where nobody asked for it
    terminal.touch(Button.FINISH, Button.WAKE)
    terminal.ticks(3)
    assert isinstance(terminal.session.screen, screens.Attract | screens.Home)
    terminal.scanner.line.append(slip)
    terminal.tick(1.0)
    result = terminal.session.screen
    assert isinstance(result, screens.LookupResult)
    assert (result.answered, result.claims[0].item_name) == (Answered.HERE, PENSION.name)
    assert terminal.session.resident is None


@pytest.mark.parametrize("word", [*Genuineness, None])
def test_another_terminals_slip_is_looked_up_unless_the_hub_says_that_it_is_false(
    terminal: Terminal, word: Genuineness | None
) -> None:
    code = apply_with_witness(terminal).claim_code
    terminal.touch(Button.FINISH, Button.WAKE)
    elsewhere = SlipSeals(new_signing_key()).seal(ClaimView("", Stage.KEPT, claim_code=code), NOW)
    terminal.hub.slip_word = word
    terminal.ticks(3)
    terminal.scanner.line.append(slip_url("https://hub.example", code, elsewhere))
    terminal.tick(1.0)
    result = terminal.session.screen
    assert isinstance(result, screens.LookupResult)
    if word in (Genuineness.FORGED, Genuineness.REVOKED):
        assert (result.claims, result.reason) == ((), Reason.SLIP_FORGED)
    else:
        assert [claim.item_name for claim in result.claims] == [PENSION.name]


def test_a_slip_printed_here_is_known_again_and_one_altered_in_any_way_is_not_looked_up(terminal: Terminal) -> None:
    done = apply_with_witness(terminal)
    code, other = done.claim_code, new_code()
    genuine = read_slip(terminal.printer.codes[0])
    assert genuine is not None
    assert genuine.code == code
    settled = SlipSeals.open(terminal.state_dir).seal(
        ClaimView("", Stage.SETTLED, item=PENSION.id, state="approved", claim_code=other), NOW
    )
    for seal, reason in (
        (genuine.seal, Reason.HUB_AWAY),
        (settled, Reason.SLIP_FORGED),  # this terminal's own seal, copied from another slip
        (genuine.seal[:1] + "B" + genuine.seal[2:], Reason.SLIP_FORGED),
        (genuine.seal[:-4], Reason.SLIP_FORGED),
    ):
        terminal.touch(Button.FINISH, Button.WAKE)
        terminal.ticks(7)  # the same slip counts anew only when it was away
        terminal.scanner.line.append(slip_url("https://hub.example", code, seal))
        terminal.tick(1.0)
        result = terminal.session.screen
        assert isinstance(result, screens.LookupResult)
        assert (bool(result.claims), result.reason) == (reason is Reason.HUB_AWAY, reason)


def test_the_owner_of_a_slip_that_did_not_come_out_is_told_at_the_next_card_and_has_it_in_two_touches(
    terminal: Terminal,
) -> None:
    terminal.printer.paper = False
    apply_with_witness(terminal)
    terminal.touch(Button.FINISH)
    terminal.printer.paper = True
    terminal.lay(WU)
    home = terminal.session.screen
    assert isinstance(home, screens.Home)
    assert home.slips_waiting == 0, "nobody else is told of it"
    terminal.touch(Button.FINISH)
    terminal.lay(LIN)
    home = terminal.session.screen
    assert isinstance(home, screens.Home)
    assert home.slips_waiting == 1
    terminal.touch(Button.FETCH_SLIP, Button.PRINT)
    assert "已保存" in terminal.printer.slips[0]
    assert slips_unsettled(terminal.store) == []
    terminal.touch(Button.FINISH)
    terminal.lay(LIN)
    home = terminal.session.screen
    assert isinstance(home, screens.Home)
    assert home.slips_waiting == 0


def test_a_slip_that_the_printer_drew_back_is_in_nobodys_hand(terminal: Terminal) -> None:
    terminal.printer.lies = Place.in_mouth
    apply_with_witness(terminal)
    terminal.tick()
    assert slips_unsettled(terminal.store) == []
    terminal.printer.lies = Place.retracted
    terminal.tick()
    assert len(slips_unsettled(terminal.store)) == 1
    events = len(terminal.store.events_after(0, 10))
    terminal.tick()
    assert len(terminal.store.events_after(0, 10)) == events, "it is settled once"


def test_by_card_the_hub_is_asked_and_says_so(terminal: Terminal) -> None:
    terminal.hub.cases = (
        CaseView(item=PENSION.id, state="approved", outcome_text="认证通过", next_due="2027-11", masked_name="林*兰"),
    )
    terminal.lay(LIN)
    terminal.touch(Button.LOOK_UP, Button.BY_CARD)
    result = terminal.session.screen
    assert isinstance(result, screens.LookupResult)
    assert result.answered is Answered.HUB
    assert (result.claims[0].stage, result.claims[0].next_due) == (Stage.SETTLED, "2027-11")


def test_what_was_taken_back_here_is_told_until_the_hub_has_had_its_say(terminal: Terminal) -> None:
    booked = CaseView.model_validate(
        {"item": PENSION.id, "state": "approved", "case_no": "A1", "withdraw": {"what": "place", "until": "2099-01-01"}}
    )
    terminal.hub.cases = (booked,)
    terminal.lay(LIN)
    terminal.touch(Button.LOOK_UP, Button.BY_CARD)
    terminal.touch(Button.WITHDRAW, value="0")
    terminal.touch(Button.CONFIRM)
    assert "要退掉（已保存）" in terminal.printer.slips[-1]
    (event,) = [each for each in terminal.store.events_after(0, 10) if each.type == "cn.zhizhu.case.withdrawn.v1"]
    terminal.touch(Button.BACK, Button.BY_CARD)

    def told() -> str:
        result = terminal.session.screen
        assert isinstance(result, screens.LookupResult)
        return result.claims[0].further.taken_back

    assert told() == "kept", "the hub has not heard of it, and says what it said"
    terminal.agent.acknowledge([(event.seq, EventResult(id=event.id, status=EventStatus.STORED))], NOW)
    terminal.touch(Button.BACK, Button.BY_CARD)
    assert told() == "sent"
    terminal.hub.cases = (booked.model_copy(update={"withdraw": None, "given_back": True}),)
    terminal.touch(Button.BACK, Button.BY_CARD)
    assert told() == "done"
    # what came too late is not called taken back for ever
    terminal.hub.cases = (booked.model_copy(update={"withdraw": None}),)
    terminal.touch(Button.BACK, Button.BY_CARD)
    assert told() == ""


def waits_for_a_paper(terminal: Terminal) -> tuple[str, str]:
    """A case of this terminal's that waits for a paper, as the hub's last word says; its code and its event."""
    code = apply_with_witness(terminal).claim_code
    terminal.touch(Button.FINISH)
    ((_, event_id),) = [(act.seq, act.event_id) for act in terminal.store.acts_after(0)]
    act = terminal.store.act(event_id)
    assert act is not None
    assert act.salt is not None
    terminal.agent.acknowledge([(act.seq, EventResult(id=event_id, status=EventStatus.STORED))], NOW)
    sealed = b64(seal_answer(answer_key(code, act.salt), WAITS.model_dump(mode="json")))
    body: dict[str, object] = {"event_id": event_id, "state": "waiting", "case_no": WAITS.case_no, "sealed": sealed}
    terminal.agent.accept(2, [Change(n=2, kind="answer", body=body)], NOW)
    return code, event_id


def looked_up(terminal: Terminal, code: str = "") -> ClaimView:
    """What a look-up shows of the one case: by code, or by the card that lies there."""
    if code:
        terminal.touch(Button.WAKE, Button.WAKE, Button.LOOK_UP, Button.BY_CODE)
        for digit in code:
            terminal.touch(Button.DIGIT, value=digit)
        terminal.touch(Button.ENTER)
    else:
        terminal.lay(LIN)
        terminal.touch(Button.LOOK_UP, Button.BY_CARD)
    result = terminal.session.screen
    assert isinstance(result, screens.LookupResult), result
    terminal.touch(Button.PRINT, Button.FINISH)
    return result.claims[0]


def test_a_paper_that_lies_in_the_outbox_is_not_asked_for_again_until_the_hub_has_it_and_asks_anew(
    terminal: Terminal,
) -> None:
    code, event_id = waits_for_a_paper(terminal)
    assert [need.title for need in looked_up(terminal, code).further.needs] == ["收入证明", "户口簿"]
    given = Given(Gift.SCAN, "income", "5" * 64, 1)
    number = str(WAITS.case_no)
    terminal.services.run(KeepSupplement(0, number, event_id, code, "", "income", "收入证明", given))
    terminal.settle()
    for found in (looked_up(terminal, code), looked_up(terminal)):
        assert found.further.brought == ("收入证明",), "with the line down, by code and by card"
        assert "收入证明" not in [need.title for need in found.further.needs]
    assert "已交来：收入证明" in "".join(terminal.printer.slips[-1].split())
    terminal.hub.cases = (WAITS,)
    for found in (looked_up(terminal, code), looked_up(terminal)):
        assert [need.title for need in found.further.needs] == ["户口簿"], "the hub has not got it yet"
        assert found.further.brought == ("收入证明",)
    ((seq, name),) = [(act.seq, act.event_id) for act in terminal.store.acts_after(1) if not act.item]
    terminal.agent.acknowledge([(seq, EventResult(id=name, status=EventStatus.STORED))], NOW)
    anew = looked_up(terminal, code)
    assert ([need.title for need in anew.further.needs], anew.further.brought) == (["收入证明", "户口簿"], ())


def test_a_reader_that_goes_away_is_told_after_the_grace_and_comes_back_at_once(terminal: Terminal) -> None:
    terminal.tick()
    terminal.reader.gone = True
    terminal.ticks(9)
    assert terminal.services.facts().reader_ready
    terminal.ticks(6)
    assert not terminal.services.facts().reader_ready
    terminal.reader.gone = False
    terminal.tick()
    assert terminal.services.facts().reader_ready
    terminal.lay(LIN)
    assert isinstance(terminal.session.screen, screens.Home)


def test_a_reader_that_blinks_is_not_told_and_its_health_stays(terminal: Terminal) -> None:
    terminal.lay(LIN)
    before = terminal.session
    well = terminal.services.roles.healths()["id_card"]
    for _ in range(4):
        terminal.reader.gone = True
        terminal.ticks(8)
        terminal.reader.gone = False
        terminal.ticks(6)
        assert terminal.told == []
        assert terminal.services.roles.healths()["id_card"] == well
    assert terminal.session == before


def test_a_reader_says_itself_that_it_failed_and_is_believed_at_once(terminal: Terminal) -> None:
    terminal.tick()
    terminal.reader.ill = Health(State.failed, Cause.device, "id_card.self_test", "", "", NOW)
    terminal.tick(10.0)
    assert terminal.told == [DeviceLost("id_card")]
    assert terminal.services.roles.healths()["id_card"].code == "id_card.self_test"


def test_a_port_that_vanishes_is_seen_though_nobody_asks_the_device(tmp_path: Path) -> None:
    port = tmp_path / "ttyUSB0"
    port.touch()
    terminal = Terminal(tmp_path, receipt_printer=f"serial://{port}?baud=9600")
    terminal.ticks(3)
    port.unlink()
    terminal.ticks(9)
    assert terminal.told == []
    terminal.ticks(5)
    assert terminal.told == [DeviceLost("receipt_printer")]
    assert terminal.services.roles.healths()["receipt_printer"].code == "device.unplugged"
    port.touch()
    terminal.ticks(3)
    assert terminal.told == [DeviceLost("receipt_printer"), DeviceBack("receipt_printer")]
    assert terminal.services.roles.healths()["receipt_printer"].code == "receipt_printer.ready"
    terminal.close()


def test_a_device_that_nobody_hears_of_is_unknown_on_the_console_and_not_counted_on(terminal: Terminal) -> None:
    terminal.ticks(8)
    assert terminal.status()["devices"]["receipt_printer"]["state"] == "ready"
    printer = terminal.doors["receipt_printer"]
    for _ in range(12):  # its door hangs: nothing it was asked is ever answered
        terminal.tick(6.0, but=printer)
    assert terminal.told == [DeviceLost("receipt_printer")]
    told = terminal.status()["devices"]["receipt_printer"]
    assert (told["state"], told["code"], told["cause"]) == ("unknown", "device.not_heard", None)
    terminal.ticks(8)
    assert terminal.status()["devices"]["receipt_printer"]["state"] == "ready"
    assert terminal.told[1:] == [DeviceBack("receipt_printer")]


def test_the_status_file_tells_the_agent_how_the_devices_are(terminal: Terminal) -> None:
    terminal.lay(LIN)
    terminal.tick()
    status = terminal.status()
    assert status["devices"]["id_card"]["state"] == "ready"
    assert status["devices"]["face_camera"]["state"] == "ready"
    assert status["last_card"]
    assert LIN.number not in json.dumps(status)


def test_a_power_cut_lets_the_one_in_the_middle_finish_and_greets_nobody_until_it_is_over(terminal: Terminal) -> None:
    list_helper(terminal)
    terminal.lay(LIN)
    terminal.touch(Button.ITEM, value=PENSION.id)
    terminal.touch(Button.BEGIN, Button.WITNESS)
    terminal.ups.name = "on_battery"
    for _ in ("asked", "heard", "believed"):
        terminal.tick()
    assert terminal.services.facts().power is Power.BATTERY
    terminal.lay(WU)
    terminal.touch(Button.CONFIRM)
    done = terminal.session.screen
    assert isinstance(done, screens.Done)
    assert done.paper is Paper.PRINTED
    terminal.touch(Button.FINISH, Button.WAKE)
    assert isinstance(terminal.session.screen, screens.PowerOut)
    terminal.lay(LIN)
    assert isinstance(terminal.session.screen, screens.PowerOut)
    terminal.ups.name = "ready"
    for _ in ("asked", "heard", "believed"):
        terminal.tick()
    assert isinstance(terminal.session.screen, screens.Attract)
    terminal.lay(LIN)
    assert isinstance(terminal.session.screen, screens.Home)


def test_a_low_battery_flushes_what_was_kept_and_says_so_in_the_status_file(terminal: Terminal) -> None:
    done = apply_with_witness(terminal)
    flushed = (terminal.state_dir / "terminal.db").stat().st_mtime_ns
    terminal.ups.name = "battery_low"
    terminal.tick()
    terminal.services.roles["ups"].check(1.0)
    terminal.doors["ups"].turn_all()
    terminal.services.tick()
    (terminal.state_dir / "status.json").unlink()
    terminal.settle()
    status = json.loads((terminal.state_dir / "status.json").read_text(encoding="utf-8"))
    assert status["devices"]["ups"]["code"] == "power.battery_low"
    assert status["devices"]["ups"]["cause"] == "environment"
    assert (terminal.state_dir / "terminal.db").stat().st_mtime_ns > flushed
    assert terminal.session.screen == done


def test_an_open_cabinet_is_told_and_takes_nothing_from_whoever_is_in_the_middle(terminal: Terminal) -> None:
    list_helper(terminal)
    terminal.lay(LIN)
    terminal.touch(Button.ITEM, value=PENSION.id)
    terminal.touch(Button.BEGIN, Button.WITNESS)
    before = terminal.session
    terminal.door.state = Active()
    terminal.tick()
    assert terminal.services.facts().cabinet_open
    assert terminal.session == before
    terminal.tick()
    status = json.loads((terminal.state_dir / "status.json").read_text(encoding="utf-8"))
    assert status["devices"]["door"]["code"] == "door.open"
    terminal.lay(WU)
    terminal.touch(Button.CONFIRM)
    assert isinstance(terminal.session.screen, screens.Done)
    terminal.door.state = Inactive()
    terminal.tick()
    assert not terminal.services.facts().cabinet_open


def test_a_door_nobody_can_speak_for_is_not_said_to_be_open(terminal: Terminal) -> None:
    terminal.door.state = LineUnknown(DIGITAL_LINE.health("flapping", NOW))
    terminal.tick()
    assert not terminal.services.facts().cabinet_open
    assert terminal.services.roles["door"].health.code == "digital_line.flapping"


def test_a_device_lost_is_an_act_for_the_journey(terminal: Terminal) -> None:
    terminal.touch(Button.WAKE)
    terminal.touch(Button.ITEM, value=PENSION.id)
    terminal.touch(Button.BEGIN)
    list_helper(terminal)
    terminal.tick()
    terminal.touch(Button.WITNESS)
    assert isinstance(terminal.session.screen, screens.CardWanted)
    terminal.reader.gone = True
    terminal.ticks(15)
    wanted = terminal.session.screen
    assert isinstance(wanted, screens.CardWanted)
    assert wanted.reason is Reason.READER_LOST
