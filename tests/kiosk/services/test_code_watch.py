"""What is held before the scanner is told once, in its own visit, and a scanner searches only where it is of use."""

from __future__ import annotations

import pytest

from drivers.code_scanner.diagnosis import SCANNER
from drivers.code_scanner.serial_line import SerialScanner
from drivers.code_scanner.simulator import SimulatedCodeScanner
from drivers.health import Health, State
from drivers.simulation import Simulation
from kiosk.doors import ManualDoor
from kiosk.journey.acts import Act, CodeScanned, CodeUnreadable
from kiosk.services.code_watch import AWAY_S, SEARCH_AGAIN_S, CodeWatch
from kiosk.services.roles import Slot
from kiosk.settings import DeviceSetting
from offline.wire.claims import check_digit
from offline.wire.slip_qr import slip_url
from tests.kiosk.journey.people import NOW
from tests.kiosk.services.played_scanner import PlayedScanner

CODE, OTHER = (body + check_digit(body) for body in ("123456789", "987654321"))
SLIP, ANOTHER_SLIP = slip_url("https://hub.example", CODE), slip_url("https://hub.example", OTHER)
POLL_S = 0.3


class Bench:
    def __init__(self) -> None:
        self.time = 100.0
        self.scanner = PlayedScanner()
        self.door = ManualDoor()
        self.told: list[Act] = []
        setting = DeviceSetting("code_scanner", "code_scanner", None, "played://")
        self.slot = Slot(
            "code_scanner",
            setting,
            self.door,
            changed=lambda _role, _ready: None,
            make=lambda _: self.scanner,
            monotonic=lambda: self.time,
        )
        self.watch = CodeWatch(self.slot, self.told.append, poll_s=POLL_S, deadline_s=4.0, monotonic=lambda: self.time)
        self.look()

    def look(self, seconds: float = POLL_S) -> None:
        self.time += seconds
        self.watch.tick()
        self.door.turn_all()

    def looks(self, seconds: float) -> None:
        for _ in range(round(seconds / POLL_S)):
            self.look()


@pytest.fixture
def bench() -> Bench:
    return Bench()


@pytest.mark.parametrize(
    ("held", "told"),
    [
        (SLIP, CodeScanned(CODE)),
        ("https://parcel.example/690123", CodeScanned("")),
        ("6901234567892", CodeScanned("")),
        (f"https://hub.example/verify/{CODE[:-1]}{(int(CODE[-1]) + 1) % 10}", CodeScanned("")),
        (SCANNER.health("half", NOW), CodeUnreadable()),
        (SCANNER.health("not_text", NOW), CodeUnreadable()),
    ],
)
def test_what_is_held_there_is_told(bench: Bench, held: str | Health, told: Act) -> None:
    bench.scanner.line.append(held)
    bench.look()
    bench.look()
    assert bench.told == [told]


def test_a_scanner_that_is_lost_is_no_code_that_could_not_be_read(bench: Bench) -> None:
    bench.scanner.line.append(SCANNER.health("absent", NOW))
    bench.look()
    bench.scanner.gone = True
    bench.look()
    assert bench.told == []
    assert bench.slot.doubtful


def test_what_was_scanned_in_one_visit_is_never_told_in_the_next(bench: Bench) -> None:
    bench.scanner.line.append(SLIP)  # it has come, and nobody has taken it off the line
    bench.watch.over()
    bench.look()
    bench.look()
    assert bench.told == []
    bench.scanner.line.append(ANOTHER_SLIP)
    bench.look()
    assert bench.told == [CodeScanned(OTHER)]


@pytest.mark.parametrize("held", [SLIP, "a parcel's code", SCANNER.health("half", NOW)])
def test_what_is_being_read_while_the_visit_ends_is_not_told_in_the_next(bench: Bench, held: str | Health) -> None:
    bench.scanner.line.append(held)
    bench.time += POLL_S
    bench.watch.tick()
    bench.watch.over()
    bench.door.turn_all()
    bench.looks(1.0)
    assert bench.told == []


def test_nor_is_what_came_before_the_terminal_looked_for_the_first_time() -> None:
    bench = Bench()
    bench.scanner.line.append(SLIP)
    bench.scanner.gone = True
    bench.look()
    bench.scanner.gone = False
    bench.looks(3.0)
    assert bench.told == []


def test_a_code_held_where_none_is_of_use_is_taken_off_the_line_untold(bench: Bench) -> None:
    bench.watch.want(False)
    bench.scanner.line.append(SLIP)
    bench.look()
    bench.watch.want(True)
    bench.looks(1.0)
    assert bench.told == []
    bench.scanner.line.append(SLIP)
    bench.look()
    assert bench.told == [CodeScanned(CODE)], "held again where it is of use, it counts at once"


def test_a_slip_left_lying_is_told_once_and_not_in_the_next_visit_either(bench: Bench) -> None:
    bench.scanner.lying = SLIP
    bench.looks(3 * AWAY_S)
    assert bench.told == [CodeScanned(CODE)]
    bench.watch.want(False)  # what was found is being shown: a scanner that is told so searches no more
    bench.scanner.lying = ""
    bench.looks(3 * AWAY_S)
    bench.scanner.lying = SLIP
    bench.watch.over()
    bench.watch.want(True)
    bench.looks(3 * AWAY_S)
    assert bench.told == [CodeScanned(CODE)]


def test_a_slip_that_was_taken_away_may_be_held_there_anew(bench: Bench) -> None:
    bench.scanner.line.append(SLIP)
    bench.look()
    bench.looks(AWAY_S + 2 * POLL_S)
    bench.scanner.line.append(SLIP)
    bench.look()
    assert bench.told == [CodeScanned(CODE)] * 2


def test_it_searches_only_while_a_code_is_of_use_and_again_when_it_gave_up(bench: Bench) -> None:
    assert bench.scanner.searches == [True]
    bench.looks(SEARCH_AGAIN_S + 2 * POLL_S)
    assert bench.scanner.searches == [True, True]
    bench.watch.want(False)
    bench.looks(3 * SEARCH_AGAIN_S)
    assert bench.scanner.searches == [True, True, False]


def test_after_a_find_it_searches_again_at_once(bench: Bench) -> None:
    bench.scanner.line.append("a parcel's code")
    bench.look()
    bench.look()
    assert bench.scanner.searches == [True, True]


@pytest.mark.parametrize("profile", ["generic", "gm65", "honeywell"])
def test_the_real_driver_reads_a_slip_from_the_wire_whatever_the_model(profile: str) -> None:
    device = SimulatedCodeScanner(model="honeywell" if profile == "honeywell" else "gm65")
    with Simulation(device).start() as simulation:
        bench = Bench()
        driver = SerialScanner(simulation.link, profile=profile)
        setting = DeviceSetting("code_scanner", "code_scanner", None, simulation.link)
        slot = Slot("code_scanner", setting, bench.door, changed=lambda _role, _ready: None, make=lambda _: driver)
        watch = CodeWatch(slot, bench.told.append, poll_s=0.0, deadline_s=4.0, monotonic=lambda: bench.time)
        watch.tick()
        bench.door.turn_all()
        device.show(SLIP)
        for _ in range(100_000):
            watch.tick()
            bench.door.turn_all()
            if bench.told:
                break
        slot.close()
        assert bench.told == [CodeScanned(CODE)]


def test_a_scanner_that_cannot_be_asked_is_offered_and_yet_told_as_unknown() -> None:
    with Simulation(SimulatedCodeScanner()).start() as simulation:
        door = ManualDoor()
        setting = DeviceSetting("code_scanner", "code_scanner", "serial", simulation.link)
        time = [0.0]
        slot = Slot("code_scanner", setting, door, changed=lambda _role, _ready: None, monotonic=lambda: time[0])
        for _ in range(12):
            time[0] += 10.0
            slot.check(4.0)
            door.turn_all()
            slot.age()
        assert (slot.health.state, slot.health.code, slot.ready) == (State.unknown, "code_scanner.untried", True)
        slot.close()
        door.turn_all()
