"""The driver before every situation of the simulator, and before hostile servers."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence

import pytest

from drivers.health import State
from drivers.link import Link, LinkLost, LinkRefused
from drivers.power.diagnosis import POWER
from drivers.power.nut import VARIABLES_MAX, NutSupply
from drivers.power.port import BatteryLow, OnBattery, OnMains, PowerUnknown
from drivers.power.simulator import SimulatedPower
from drivers.power.tcp_link import TcpLink
from drivers.simulation import Simulation
from drivers.texts import text


@pytest.fixture
def device() -> Iterator[SimulatedPower]:
    device = SimulatedPower()
    with Simulation(device).start():
        yield device


@pytest.fixture
def supply(device: SimulatedPower) -> Iterator[NutSupply]:
    supply = NutSupply(device.link, answer_s=0.3)
    supply.open()
    yield supply
    supply.close()


TOLD = {
    "on_battery": (OnBattery, "on_battery"),
    "battery_low": (BatteryLow, "battery_low"),
    "replace_battery": (OnMains, "replace_battery"),
    "overloaded": (OnMains, "overloaded"),
    "switched_off": (OnMains, "off"),
    "starting": (PowerUnknown, "waiting"),
    "data_stale": (PowerUnknown, "stale"),
    "driver_not_connected": (PowerUnknown, "driver_away"),
    "unknown_ups": (PowerUnknown, "unknown_ups"),
    "access_denied": (PowerUnknown, "denied"),
    "silent": (PowerUnknown, "silent"),
    "garbage": (PowerUnknown, "unexpected"),
    "half_answer": (PowerUnknown, "unexpected"),
    "endless": (PowerUnknown, "unexpected"),
    "unplugged": (PowerUnknown, "link_lost"),
}


@pytest.mark.parametrize("fault", SimulatedPower.fault_titles())
def test_every_fault_is_told_by_its_name_and_passes(device: SimulatedPower, supply: NutSupply, fault: str) -> None:
    kind, name = TOLD[fault]
    device.fault(fault)
    said = supply.read()
    assert type(said) is kind
    health = supply.health()
    assert health.code == f"power.{name}"
    if isinstance(said, PowerUnknown):
        assert said.health.state in (State.unknown, State.absent)
        assert said.health.code == health.code
    device.clear()
    assert isinstance(supply.read(), OnMains)
    assert supply.health().state is State.ready


@pytest.mark.parametrize("situation", SimulatedPower.situations)
def test_every_situation_comes_and_is_never_taken_for_mains(
    device: SimulatedPower, supply: NutSupply, situation: str
) -> None:
    device.happen(situation)
    for _ in range(SimulatedPower.situations[situation].after):
        assert isinstance(supply.read(), OnMains)
    assert not isinstance(supply.read(), OnMains)
    device.clear()
    assert isinstance(supply.read(), OnMains)


def test_one_failed_answer_is_followed_by_a_good_one(device: SimulatedPower, supply: NutSupply) -> None:
    device.fail_next("garbage")
    assert isinstance(supply.read(), PowerUnknown)
    assert isinstance(supply.read(), OnMains)


def test_a_server_that_is_not_there_cannot_be_opened(device: SimulatedPower) -> None:
    device.fault("unplugged")
    with pytest.raises(LinkRefused) as refused:
        NutSupply(device.link).open()
    assert refused.value.code == "link.refused"


@pytest.mark.parametrize(
    "link",
    [
        "nut://host",
        "nut://host/",
        "nut:///ups",
        "nut://host:99999/ups",
        "nut://host:x/ups",
        "nut://host/u ps",
        "nut://host/a/b",
        "nut://host/ups?x=1",
        "http://host/ups",
        "/dev/ttyUSB0",
        "nut://[::1/ups",
    ],
)
def test_a_link_that_names_no_supply_is_refused(link: str) -> None:
    with pytest.raises(LinkRefused) as refused:
        NutSupply(link)
    assert refused.value.code == "link.unreadable"


def test_the_port_is_the_registered_one_where_none_is_given() -> None:
    asked: list[str] = []

    def connect(where: str) -> Link:
        asked.append(where)
        return Played([])

    NutSupply("nut://ups.example/rack", connect=connect).open()
    assert asked == ["ups.example:3493"]


class Played:
    """A link that gives what it was told to; an exception among it is raised."""

    def __init__(self, script: Sequence[bytes | Exception]) -> None:
        self.script = list(script)
        self.written: list[bytes] = []
        self.closed = False

    def read(self, limit: int, timeout_s: float) -> bytes:
        if timeout_s == 0.0:
            return b""
        if not self.script:
            return b""
        given = self.script.pop(0)
        if isinstance(given, Exception):
            raise given
        return given

    def write(self, data: bytes) -> None:
        self.written.append(data)

    def close(self) -> None:
        self.closed = True


def lost() -> LinkLost:
    return LinkLost("link.lost", "断开了。", "请检查。")


def over(*links: Played | LinkRefused) -> NutSupply:
    """A driver whose connections are these, one after the other, on a clock that goes on by itself."""
    waiting = list(links)
    clock = iter(range(1_000_000))

    def connect(_: str) -> Link:
        given = waiting.pop(0)
        if isinstance(given, LinkRefused):
            raise given
        return given

    supply = NutSupply("nut://h/u", connect=connect, monotonic=lambda: float(next(clock)), answer_s=50.0)
    supply.open()
    return supply


def test_a_connection_the_server_let_go_while_idle_is_made_anew_within_the_same_call() -> None:
    gone = Played([lost()])
    anew = Played([b'VAR u ups.status "OL"\n'])
    supply = over(gone, anew)
    assert supply.health().state is State.ready
    assert gone.closed
    supply.close()
    assert anew.written[-1] == b"LOGOUT\n"
    assert anew.closed


def test_a_server_that_hangs_up_at_every_question_is_absent_after_two_tries() -> None:
    links = Played([lost()]), Played([lost()]), Played([lost()])
    supply = over(*links)
    assert supply.health().code == "power.link_lost"
    assert [bool(link.written) for link in links] == [True, True, False]
    assert supply.health().code == "power.link_lost"
    assert [bool(link.written) for link in links] == [True, True, True]


def test_a_server_that_is_gone_when_asked_again_is_absent() -> None:
    supply = over(Played([lost()]), LinkRefused("link.refused", "连不上。", "请检查。"))
    assert supply.health().code == "power.link_lost"


def test_a_late_answer_is_never_taken_for_the_answer_to_the_next_question() -> None:
    late, next_one = Played([]), Played([b'VAR u ups.status "OB"\n'])
    supply = over(late, next_one)
    assert supply.health().code == "power.silent"
    late.script.append(b'VAR u ups.status "OL"\n')
    assert supply.health().code == "power.on_battery"
    assert late.closed


def test_a_link_that_breaks_while_it_is_written_to_is_lost() -> None:
    ours, theirs = socket.socketpair()
    link = TcpLink(ours, "here")
    theirs.close()
    with pytest.raises(LinkLost):
        for _ in range(100):
            link.write(b"x" * 65536)
    with pytest.raises(LinkLost):
        while True:
            link.read(10, 1.0)
    link.close()


def test_saying_goodbye_to_nobody_is_harmless() -> None:
    class Deaf(Played):
        def write(self, data: bytes) -> None:
            raise lost()

    deaf = Deaf([])
    supply = over(deaf)
    supply.close()
    assert deaf.closed


@pytest.mark.parametrize(
    "said",
    [
        b'BEGIN LIST VAR other\nVAR other ups.status "OL"\nEND LIST VAR other\n',
        b'VAR u ups.status "OL"\n',
        b'BEGIN LIST VAR u\nVAR other ups.status "OL"\nEND LIST VAR u\n',
        b"BEGIN LIST VAR u\nBEGIN LIST VAR u\n",
        b"END LIST VAR u\n",
        b'BEGIN LIST VAR u\nVAR u ups.status "OL"\nEND LIST VAR other\n',
        b"ERR SOMETHING-NEW\n",
        b"\n",
        b"x" * 5000,
        b"BEGIN LIST VAR u\n" + b'VAR u ups.status "OL"',
        b"BEGIN LIST VAR u\n" + b"".join(b'VAR u a%d "1"\n' % n for n in range(VARIABLES_MAX + 1)),
    ],
)
def test_an_answer_out_of_place_is_unexpected_and_never_mains(said: bytes) -> None:
    supply = over(Played([said]))
    heard = supply.read()
    assert isinstance(heard, PowerUnknown)
    assert heard.health.code == "power.unexpected"


def test_a_list_without_a_status_is_unclear() -> None:
    heard = over(Played([b'BEGIN LIST VAR u\nVAR u battery.charge "50"\nEND LIST VAR u\n'])).read()
    assert isinstance(heard, PowerUnknown)
    assert heard.health.code == "power.unclear"


def test_unsolicited_chatter_before_the_question_is_dropped() -> None:
    class Chatty(Played):
        def __init__(self) -> None:
            super().__init__([b'VAR u ups.status "OB"\n'])
            self.old = [b'VAR u ups.status "OL"\n']

        def read(self, limit: int, timeout_s: float) -> bytes:
            if timeout_s == 0.0 and self.old:
                return self.old.pop()
            return super().read(limit, timeout_s)

    assert over(Chatty()).health().code == "power.on_battery"


def test_a_line_that_never_falls_quiet_still_ends() -> None:
    class Endless(Played):
        def read(self, limit: int, timeout_s: float) -> bytes:
            return b'VAR u ups.status "OL"\n'

    assert over(Endless([])).health().state is State.ready


@pytest.mark.parametrize("name", POWER.names)
def test_everything_a_supply_can_be_has_its_texts(name: str) -> None:
    for reader in ("resident", "technician"):
        assert text(f"power.{name}.{reader}") != f"power.{name}.{reader}"
