"""A terminal with its real services, drivers and simulators on memory wires, and residents one after the other."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final

from drivers.camera.opencv import OpencvCamera
from drivers.camera.port import Camera, Frame
from drivers.health import Health
from drivers.id_card.port import ResidentCard
from drivers.id_card.sam import SamReader
from drivers.id_card.simulator import SimulatedIdCardReader
from drivers.power.nut import NutSupply
from drivers.power.simulator import SimulatedPower
from drivers.receipt_printer.escpos import EscposPrinter
from drivers.receipt_printer.memory import PrinterMemory
from drivers.receipt_printer.simulator import SimulatedReceiptPrinter
from drivers.simulation import SimulatedDevice, WireDevice
from drivers.simulation.device import UNPLUGGED
from kiosk.doors import ManualDoor, Ok, Result
from kiosk.journey import screens
from kiosk.journey.acts import Act, FaceFailed, FacePassed, Kept, PictureTaken, PrintSettled, Touched
from kiosk.journey.buttons import Button
from kiosk.journey.flow import advance
from kiosk.journey.people import Person
from kiosk.journey.power import Power
from kiosk.journey.screens import FaceStage, Paper
from kiosk.journey.session import Session
from kiosk.services.hub_line import HubLine
from kiosk.services.services import BESIDE, Services, roles_of
from kiosk.services.slip_seals import SlipSeals
from kiosk.services.storage import Memory
from kiosk.settings import DeviceSetting, Settings
from offline.agent_store import AgentStore
from offline.projection import Projection
from offline.store import TerminalStore
from offline.wire.canonical import b64
from offline.wire.chain import Head
from offline.wire.claims import shown
from offline.wire.enrolment import EnrolmentReply
from offline.wire.sealing import key_id, public_of
from offline.wire.signing import new_signing_key
from seeds.texts import Texts
from tests.kiosk.journey.people import CHEN, LIN, PENSION, WU
from tests.soak.camera import Judge, MemoryChild, PortraitCheck, VisitCamera
from tests.soak.wire import Clock, MemoryWire

MORNING: Final = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
TICK_S: Final = 2.0
STEPS_MOST: Final = 80
RECOVERY_TICKS: Final = 40
LOOK_S: Final = 2.0
LOOKS_MOST: Final = 3
PRIVATE: Final = bytes(range(32))


@dataclass
class Tally:
    """What happened; the five that must stay 0 come last."""

    journeys: int = 0
    kept: int = 0
    printed: int = 0
    not_printed: int = 0
    cannot_know: int = 0
    given_up: int = 0
    passed: int = 0
    failed: int = 0
    pictures: int = 0
    dark: int = 0
    frames: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    stuck: list[str] = field(default_factory=list)
    false_printed: list[str] = field(default_factory=list)
    double: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)
    false_health: list[str] = field(default_factory=list)

    @property
    def wrong(self) -> tuple[str, ...]:
        """Every lie, and everything that needs a technician."""
        return (*self.stuck, *self.false_printed, *self.double, *self.stale, *self.false_health)

    @property
    def well(self) -> bool:
        """Whether nobody was lied to and nothing needs a technician."""
        return not self.wrong


class OfflineHub(HubLine):
    """A hub that is never there: what the soak is about happens at the terminal."""

    def near(self) -> bool:
        return False


class Village:
    """One terminal, its clock, and fate: `chance` decides who comes, what they do, and what breaks when."""

    def __init__(self, state_dir: Path, seed: int, *, fault_share: float = 0.04) -> None:
        self.chance = Random(seed)
        self.clock = Clock()
        self.tally = Tally()
        self._fault_share = fault_share
        self._troubled = False
        self._reader = SimulatedIdCardReader(once_until_lifted=self.chance.random() < 0.7)
        self._printer = SimulatedReceiptPrinter()
        self._camera = VisitCamera(self.clock, self._moment)
        self._camera.start(f"images://{state_dir}/camera")
        wired: dict[str, WireDevice] = {
            "id_card": self._reader,
            "receipt_printer": self._printer,
            "ups": SimulatedPower(),
        }
        self._devices: dict[str, SimulatedDevice] = {**wired, "face_camera": self._camera}
        self._wires = {role: MemoryWire(device, self.clock, self._moment) for role, device in wired.items()}
        self._memory = PrinterMemory()
        self._claims: dict[str, str] = {}
        self._tickets: Counter[str] = Counter()
        self._inbox: deque[Act] = deque()
        self.session = Session()
        self.agent = AgentStore.open(state_dir)
        self._enrol()
        self.store = TerminalStore.open(state_dir, self._now)
        settings = Settings(
            {"terminal.state_dir": str(state_dir), "face.decoder": "none: the pictures are played"},
            {
                role: DeviceSetting(
                    role, device.kind, None, self._wires[role].link if role in self._wires else device.link
                )
                for role, device in self._devices.items()
            },
        )
        self._doors = {name: ManualDoor() for name in (*roles_of(settings), *BESIDE)}
        self.services = Services(
            settings,
            self._inbox.append,
            doors=self._doors,
            memory=Memory(self.store, Projection.open(state_dir)),
            texts=Texts.load(),
            items=(PENSION,),
            region_name="示例村",
            face=PortraitCheck(self.chance.random),
            hub=OfflineHub("http://127.0.0.1:9", state_dir, deadline_s=1),
            seals=SlipSeals(new_signing_key()),
            make=self._make,
            now=self._now,
            monotonic=self.clock,
        )

    def journey(self) -> None:
        """One resident, from the first look to the last, with whatever breaks on the way; then everything is mended."""
        self.tally.journeys += 1
        resident = self.chance.choice((LIN, CHEN))
        self._troubled = self.chance.random() < 0.8
        if self._troubled and self.chance.random() < 0.05:
            # It has been showing the resident before ever since she went.
            self._break("face_camera", "frozen")
        self._camera.visit += 1
        for _ in range(STEPS_MOST):
            if not self._move(resident):
                break
        else:
            self.tally.given_up += 1
        self._troubled = False
        self._mend()
        self._look_at_the_paper()

    def unplug(self, role: str) -> None:
        """Pulls this device's plug before the next resident comes."""
        self._break(role, UNPLUGGED)

    def close(self) -> None:
        """Puts the terminal away."""
        self.services.close()
        self._camera.stop()
        self.agent.close()

    def chain(self) -> Head | object:
        """The chain followed from its beginning."""
        return self.store.verify()

    # What a resident does.

    def _move(self, resident: Person) -> bool:
        """The next thing; False when the resident has gone."""
        touch = self._touch
        if self.chance.random() < 0.03:
            touch(Button.CANCEL, Button.HOME)
        match self.session.screen:
            case screens.Attract():
                if self._reader.state()["card"] is None:
                    self._lay(resident)
                touch(Button.WAKE)
            case screens.Home():
                touch(Button.ITEM, value=PENSION.id)
            case screens.Guide():
                touch(Button.BEGIN)
            case screens.Consent():
                touch(self.chance.choice((Button.AGREE_FACE, Button.AGREE_FACE, Button.LATER_CHECK, Button.WITNESS)))
            case screens.Face(stage=FaceStage.FAILED | FaceStage.UNAVAILABLE):
                touch(self.chance.choice((Button.RETRY, Button.LATER_CHECK, Button.WITNESS)))
            case screens.LaterCheck():
                touch(self.chance.choice((Button.AGREE_PICTURE, Button.AGREE_PICTURE, Button.WITNESS)))
            case screens.CardWanted():
                self._lay(resident)
            case screens.Witness():
                self._lay(WU)
            case screens.Confirm():
                touch(Button.CONFIRM)
            case screens.Done(paper=Paper.NOT_PRINTED | Paper.UNKNOWN) if self.chance.random() < 0.6:
                touch(Button.PRINT_AGAIN)
                if self.chance.random() < 0.2:
                    self._reader.lift()
                    touch(Button.FINISH)
                    return False
            case screens.Done():
                self._reader.lift()
                touch(Button.FINISH)
                self._tick()
                return False
            case screens.Sorry(ways=ways):
                touch(self.chance.choice(ways))
            case screens.TakeCard():
                self._reader.lift()
            case screens.PowerOut():
                self._reader.lift()
                self.tally.dark += 1
                self._tick()
                return False
            case _:
                touch(Button.BACK, Button.CANCEL)
        self._tick()
        return True

    def _lay(self, person: Person) -> None:
        self._reader.lift()
        self._tick()
        self._reader.lay(_card_of(person))
        self._tick()

    def _touch(self, *buttons: Button, value: str = "") -> None:
        for button in buttons:
            self._act(Touched(button, value))
            self._settle()

    # What the terminal does.

    def _make(self, setting: DeviceSetting) -> Any:
        if setting.role == "face_camera":
            driver: Camera = OpencvCamera(
                setting.link, make_child=lambda _, size: MemoryChild(self._camera, size), now=self._now
            )
            return Judge(driver, self._camera, self.tally)
        wire = self._wires[setting.role]
        if setting.role == "id_card":
            return SamReader(wire.link, connect=wire.connect, monotonic=self.clock, clock=self._now)
        if setting.role == "ups":
            return NutSupply("nut://memory/simulated", connect=wire.connect, monotonic=self.clock, now=self._now)
        given: dict[str, Any] = {"memory": self._memory, "connect": wire.connect, "monotonic": self.clock}
        options: dict[str, Any] = {**setting.options}
        return EscposPrinter(wire.link, now=self._now, **given, **options)

    def _tick(self) -> None:
        self.clock.now += TICK_S
        self.services.tick()
        self._settle()

    def _settle(self) -> None:
        while self._inbox or any(door.waiting for door in self._doors.values()):
            while self._inbox:
                self._act(self._inbox.popleft())
            for door in self._doors.values():
                door.turn_all()

    def _act(self, act: Act) -> None:
        self._note(act)
        step = advance(self.session, act, self.services.facts())
        self.session = step.session
        for effect in step.effects:
            self.services.run(effect)

    def _note(self, act: Act) -> None:
        match act:
            case FacePassed():
                self.tally.passed += 1
            case FaceFailed():
                self.tally.failed += 1
            case PictureTaken():
                self.tally.pictures += 1
            case Kept(event_id=event_id, claim_code=code):
                self.tally.kept += 1
                self._claims[event_id] = shown(code)
            case PrintSettled(event_id=event_id, paper=Paper.PRINTED):
                self.tally.printed += 1
                if self._on_paper(self._claims[event_id]) < 1:
                    self.tally.false_printed.append(f"journey {self.tally.journeys}")
            case PrintSettled(paper=Paper.NOT_PRINTED):
                self.tally.not_printed += 1
            case PrintSettled():
                self.tally.cannot_know += 1

    # What fate does.

    def _moment(self, waiting: bool) -> None:
        """Called whenever bytes move or somebody waits for them."""
        if not self._troubled or self.chance.random() >= self._fault_share:
            return
        role = self.chance.choice(sorted(self._devices))
        device = self._devices[role]
        if device.fault_now is not None and self.chance.random() < 0.7:
            # A printer that hung is switched off and on, which takes seconds: nobody does it between two bytes.
            if waiting or not self._printer.printer.sensors.silent:
                device.clear()
            return
        if role == "id_card" and self.chance.random() < 0.2:
            self._reader.lift()
            self.tally.faults["id_card: lifted"] += 1
            return
        self._break(role, self.chance.choice(sorted(device.fault_titles())))

    def _break(self, role: str, name: str) -> None:
        self._devices[role].fault(name)
        self.tally.faults[f"{role}: {name}"] += 1

    def _mend(self) -> None:
        """A technician mends everything; whatever does not work by itself then is stuck."""
        for device in self._devices.values():
            device.clear()
        self._reader.lift()
        for _ in range(RECOVERY_TICKS):
            self._touch(Button.HOME, Button.FINISH)
            self._tick()
            on_mains = self.services.facts().power is Power.MAINS
            here = all(self.services.roles[role].ready for role in self._devices)
            if isinstance(self.session.screen, screens.Attract) and here and on_mains:
                if not self._camera_shows():
                    self.tally.stuck.append(f"journey {self.tally.journeys}: no picture")
                return
        ill = [role for role in self._devices if not self.services.roles[role].ready]
        self.tally.stuck.append(f"journey {self.tally.journeys}: {ill or type(self.session.screen).__name__}")

    def _camera_shows(self) -> bool:
        """Whether a picture comes, as for the next check; a camera is otherwise looked through only with consent."""
        slot, seen = self.services.roles["face_camera"], list[bool]()

        def looked(result: Result[Frame | Health]) -> None:
            seen.append(isinstance(result, Ok) and isinstance(result.value, Frame))

        for _ in range(LOOKS_MOST):
            slot.use(lambda camera: camera.grab(LOOK_S), looked, deadline_s=2 * LOOK_S)
            self._settle()
            if seen[-1]:
                break
        slot.release()
        self._settle()
        return seen[-1]

    # What lies on the paper.

    def _on_paper(self, code: str) -> int:
        """Whole slips with this claim code that were cut, on all the paper so far."""
        return self._tickets[code] + self._in_tray(code)

    def _in_tray(self, code: str) -> int:
        tray = self._printer.printer.tickets
        return sum(ticket.cut and code in ticket.text and _LAST_LINE in ticket.text for ticket in tray)

    def _look_at_the_paper(self) -> None:
        for code in self._claims.values():
            if (count := self._on_paper(code)) > 1:
                self.tally.double.append(f"journey {self.tally.journeys}: {count}")
        for code in self._claims.values():
            self._tickets[code] += self._in_tray(code)
        self._printer.take_all()
        self._claims = dict(list(self._claims.items())[-3:])

    def _now(self) -> datetime:
        return MORNING + timedelta(seconds=self.clock.now)

    def _enrol(self) -> None:
        public = public_of(PRIVATE)
        reply = EnrolmentReply(
            terminal_id="T1",
            hub_sealing_public=b64(public),
            hub_sealing_key_id=key_id(public),
            hub_signing_public=b64(bytes(32)),
            claim_key=b64(bytes(32)),
            subject_key=b64(bytes(32)),
        )
        subject = self.agent.enrol(reply, "440981102999", MORNING).subject_of(WU.number)
        self.agent._writer.transaction(lambda db: db.execute("INSERT INTO helper VALUES (?, ?)", (subject, "吴*芳")))


_LAST_LINE: Final = Texts.load()("slip.take_card")


def _card_of(person: Person) -> ResidentCard:
    return ResidentCard(
        name=person.name,
        photo=person.photo.ljust(1024, b"\0"),
        sex_code="2",
        ethnic_code="01",
        birth_text=person.birth,
        address="示例村",
        number=person.number,
        authority="示例公安局",
        valid_from="20200101",
        valid_to="长期",
    )
