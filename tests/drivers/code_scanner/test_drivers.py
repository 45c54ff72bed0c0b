"""What the contract does not ask: models, the grab, links that are none, and devices that misbehave."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest

from drivers.code_scanner import gm65
from drivers.code_scanner.evdev import EvdevScanner
from drivers.code_scanner.input_node import EVIOCGRAB, open_input
from drivers.code_scanner.keyboard_end import PipeEnd
from drivers.code_scanner.keys import strokes_of
from drivers.code_scanner.port import Scanned
from drivers.code_scanner.profile import PROFILES
from drivers.code_scanner.serial_line import ANSWER_BYTES_MAX, SerialScanner
from drivers.code_scanner.simulator import SimulatedCodeScanner
from drivers.health import Health, State
from drivers.link import LinkLost, LinkRefused
from drivers.simulation import NotPossible, Simulation
from drivers.trouble import DeviceTrouble

CODE: Final = "取件码0042"


class ScriptedLink:
    """A link that says the next of its pieces at each reading, and keeps what was written."""

    def __init__(self, *pieces: bytes | LinkLost, answer: Callable[[bytes], bytes] | None = None) -> None:
        self.pieces = list(pieces)
        self.written: list[bytes] = []
        self.closed = 0
        self._answer = answer

    def read(self, limit: int, timeout_s: float) -> bytes:
        piece = self.pieces.pop(0) if self.pieces else b""
        if isinstance(piece, LinkLost):
            raise piece
        return piece

    def write(self, data: bytes) -> None:
        self.written.append(data)
        if self._answer is not None:
            self.pieces.append(self._answer(data))

    def close(self) -> None:
        self.closed += 1


def _giving(link: ScriptedLink) -> Callable[[str], ScriptedLink]:
    return lambda _: link


class Clock:
    """Time that goes on by a tick at each look."""

    def __init__(self, tick_s: float = 0.01) -> None:
        self.now = 0.0
        self._tick_s = tick_s

    def __call__(self) -> float:
        self.now += self._tick_s
        return self.now


@pytest.fixture
def gm65_device() -> Iterator[SimulatedCodeScanner]:
    device = SimulatedCodeScanner()
    with Simulation(device).start():
        yield device


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_chinese_is_read_from_a_serial_line(gm65_device: SimulatedCodeScanner, encoding: str) -> None:
    scanner = SerialScanner(gm65_device.link)
    scanner.open()
    gm65_device.show(CODE, encoding)
    assert scanner.scan(5.0) == Scanned(CODE, CODE.encode(encoding))
    scanner.close()


def test_a_gm65_is_set_up_once_and_not_again(gm65_device: SimulatedCodeScanner) -> None:
    for _ in range(2):
        scanner = SerialScanner(gm65_device.link, profile="gm65")
        scanner.open()
        assert scanner.health().state is State.ready
        scanner.close()
        assert (gm65_device.state()["mode"], gm65_device.state()["saves"]) == (gm65.BY_COMMAND, 1)


def test_a_gm65_that_lost_its_current_keeps_what_was_saved(gm65_device: SimulatedCodeScanner) -> None:
    scanner = SerialScanner(gm65_device.link, profile="gm65")
    scanner.open()
    gm65_device.fault("unplugged")
    gm65_device.clear()
    assert gm65_device.state()["mode"] == gm65.BY_COMMAND
    scanner.close()


def test_a_gm65_reads_only_while_it_is_told_to(gm65_device: SimulatedCodeScanner) -> None:
    scanner = SerialScanner(gm65_device.link, profile="gm65", gap_s=0.2)
    scanner.open()
    scanner.trigger(True)
    scanner.trigger(False)
    gm65_device.show(CODE)
    assert scanner.scan(0.2) is None
    assert scanner.trigger(True).state is State.ready
    assert isinstance(scanner.scan(5.0), Scanned)
    scanner.close()


def test_a_honeywell_is_told_in_its_own_bytes() -> None:
    link = ScriptedLink()
    scanner = SerialScanner("x", profile="honeywell", connect=lambda _: link)
    scanner.open()
    scanner.trigger(True)
    scanner.trigger(False)
    assert [data.hex() for data in link.written] == ["16540d", "16550d"]
    scanner.close()


def test_a_simulated_honeywell_stops_when_it_is_told_to() -> None:
    device = SimulatedCodeScanner(model="honeywell")
    device.hear(b"\x16T\r\x16U")
    assert device.state()["searching"]
    device.hear(b"\r")
    assert not device.state()["searching"]


def test_a_module_that_refuses_is_told() -> None:
    link = ScriptedLink(answer=lambda _: gm65.reply(b"\x05"))
    scanner = SerialScanner("x", profile="gm65", connect=lambda _: link)
    scanner.open()
    assert scanner.trigger(True).code == "code_scanner.refused"


def test_a_code_that_comes_with_the_answer_is_kept() -> None:
    link = ScriptedLink(answer=lambda _: b"AB" + gm65.reply(b"\x01") + b"CD\r")
    scanner = SerialScanner("x", profile="gm65", connect=lambda _: link)
    scanner.open()
    assert scanner.health().state is State.ready
    assert scanner.scan(0.0) == Scanned("ABCD", b"ABCD")


def test_noise_without_end_is_not_waited_for_as_an_answer() -> None:
    link = ScriptedLink(*[b"\x02\x00" * 2048] * 20)
    scanner = SerialScanner("x", profile="gm65", connect=lambda _: link, monotonic=Clock(0.0001))
    scanner.open()
    assert scanner.health().code == "code_scanner.silent"
    assert len(link.pieces) <= 20 - ANSWER_BYTES_MAX // 4096


def test_a_link_lost_while_it_is_told_something_is_told() -> None:
    lost = LinkLost("link.lost", "", "")
    for profile in ("gm65", "honeywell"):
        link = ScriptedLink()
        scanner = SerialScanner("x", profile=profile, connect=_giving(link), answer_s=0.01)
        scanner.open()

        def fail(data: bytes) -> None:
            raise lost

        link.write = fail  # type: ignore[method-assign]
        assert scanner.trigger(True).state is State.absent
        assert link.closed == 1


def test_a_link_lost_while_what_was_scanned_is_forgotten_is_told() -> None:
    link = ScriptedLink()
    scanner = SerialScanner("x", connect=lambda _: link, monotonic=Clock())
    scanner.open()
    link.pieces = [LinkLost("link.lost", "", "")]
    scanner.forget()
    assert scanner.chart.health.state is State.absent


def test_a_line_that_never_falls_quiet_does_not_hold_the_opening() -> None:
    link = ScriptedLink(*[b"noise"] * 1000)
    scanner = SerialScanner("x", connect=lambda _: link)
    scanner.open()
    assert link.pieces


def test_a_line_that_never_falls_quiet_does_not_hold_a_scan_beyond_its_deadline() -> None:
    link = ScriptedLink()
    scanner = SerialScanner("x", connect=lambda _: link, monotonic=Clock())
    scanner.open()
    link.pieces = [b"x"] * 100_000
    assert scanner.scan(1.0) is None
    assert len(link.pieces) > 99_000


def test_an_unknown_profile_is_told_with_those_there_are() -> None:
    with pytest.raises(DeviceTrouble) as trouble:
        SerialScanner("/dev/null", profile="teapot")
    assert all(name in trouble.value.advice for name in PROFILES)


def test_only_models_that_listen_can_be_triggered() -> None:
    assert {name for name, profile in PROFILES.items() if profile.can_trigger} == {"gm65", "honeywell"}


def test_a_link_without_baud_is_opened_at_9600(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    seen: list[int] = []

    def opened(url: str, baud: int) -> ScriptedLink:
        seen.append(baud)
        return ScriptedLink()

    monkeypatch.setattr("drivers.code_scanner.serial_line.open_link", opened)
    SerialScanner("/dev/ttyUSB0").open()
    assert seen == [9600]


@pytest.fixture
def keyboard() -> Iterator[PipeEnd]:
    end = PipeEnd("scanner")
    yield end
    end.close()


def test_a_real_input_device_is_grabbed_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, int]] = []
    monkeypatch.setattr(fcntl, "ioctl", lambda _, request, on: asked.append((request, on)))
    open_input("evdev:///dev/null").close()
    assert asked == [(EVIOCGRAB, 1)] == [(0x40044590, 1)]


def test_a_scanner_that_somebody_else_has_is_not_read(keyboard: PipeEnd) -> None:
    def taken(descriptor: int) -> None:
        raise OSError(errno.EBUSY, "busy")

    with pytest.raises(LinkRefused) as refused:
        open_input(keyboard.link, taken)
    assert refused.value.code == "link.busy"


def test_a_scanner_taken_by_another_while_it_was_unplugged_is_told(keyboard: PipeEnd) -> None:
    taken: list[bool] = []

    def grab(descriptor: int) -> None:
        if taken:
            raise OSError(errno.EBUSY, "busy")

    scanner = EvdevScanner(keyboard.link, connect=lambda url: open_input(url, grab))
    scanner.open()
    taken.append(True)
    keyboard.pull()
    outcome = scanner.scan(5.0)
    assert isinstance(outcome, Health)
    keyboard.plug()
    assert scanner.health().code == "code_scanner.grabbed"
    scanner.close()


@pytest.mark.parametrize(
    ("link", "code"),
    [
        ("/dev/input/event0", "link.unreadable"),
        ("evdev://", "link.unreadable"),
        ("evdev://relative", "link.unreadable"),
        ("evdev:///dev/input/\0", "link.unreadable"),
        ("evdev:///dev/input/no-such-scanner", "link.missing"),
        ("evdev:///etc/hostname", "link.not_a_port"),
        ("evdev:///dev/null", "link.not_a_port"),
    ],
)
def test_a_link_that_is_no_keyboard_is_told(link: str, code: str) -> None:
    with pytest.raises(LinkRefused) as refused:
        open_input(link)
    assert refused.value.code == code
    assert refused.value.advice.startswith("请")


@pytest.mark.parametrize("number", [errno.EACCES, errno.EPERM])
def test_a_missing_permission_is_told(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    def refuse(*_: object) -> int:
        raise OSError(number, "no")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(LinkRefused) as refused:
        open_input("evdev:///dev/input/event0")
    assert refused.value.code == "link.permission"


def test_a_keyboard_takes_nothing_and_is_closed_once(keyboard: PipeEnd) -> None:
    node = open_input(keyboard.link)
    with pytest.raises(LinkLost):
        node.write(b"x")
    node.close()
    node.close()


def test_a_reading_that_fails_is_a_lost_link(keyboard: PipeEnd, monkeypatch: pytest.MonkeyPatch) -> None:
    node = open_input(keyboard.link)
    keyboard.write(strokes_of("1"))

    def gone(*_: object) -> bytes:
        raise OSError(errno.ENODEV, "gone")

    with monkeypatch.context() as patched:
        patched.setattr(os, "read", gone)
        with pytest.raises(LinkLost):
            node.read(24, 1.0)
    node.close()


def test_a_reading_that_another_was_quicker_for_waits_on(keyboard: PipeEnd, monkeypatch: pytest.MonkeyPatch) -> None:
    node = open_input(keyboard.link)
    keyboard.write(strokes_of("1"))
    real = os.read
    times: list[int] = []

    def empty_at_first(descriptor: int, limit: int) -> bytes:
        times.append(limit)
        if len(times) == 1:
            raise BlockingIOError
        return real(descriptor, limit)

    with monkeypatch.context() as patched:
        patched.setattr(os, "read", empty_at_first)
        assert len(node.read(4096, 1.0)) == 96
        times.clear()
        keyboard.write(strokes_of("1"))
        assert node.read(4096, 0.0) == b""
    node.close()


def test_a_pipe_nobody_empties_loses_what_does_not_fit(keyboard: PipeEnd) -> None:
    for _ in range(100):
        keyboard.write(bytes(4000))
    keyboard.pull()
    keyboard.write(b"x")
    keyboard.pull()
    keyboard.plug()
    keyboard.plug()


def test_what_a_simulated_scanner_cannot_be_shown_is_told(gm65_device: SimulatedCodeScanner) -> None:
    with pytest.raises(NotPossible):
        gm65_device.show("x", "big5")
    typing = SimulatedCodeScanner()
    with Simulation(typing).start("evdev"), pytest.raises(NotPossible):
        typing.show(CODE)


@pytest.mark.parametrize(
    "frame", ["7E00", "7E000701002A", "FF7E000601002A02ABCD7E000701000001ABCD", "7E00080100FF01ABCD"]
)
def test_a_simulated_gm65_answers_whole_orders_only(frame: str) -> None:
    said: list[bytes] = []

    class Overheard(SimulatedCodeScanner):
        def say(self, data: bytes) -> None:
            said.append(data)

    device = Overheard()
    device.hear(bytes.fromhex(frame))
    assert len(said) == (1 if len(frame) > 12 else 0)
    device.hear(gm65.read_zone(0x00FF, 2))
    assert len(said) == (1 if len(frame) > 12 else 0), "beyond the last zone nobody answers"
