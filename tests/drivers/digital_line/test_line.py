"""Both drivers before every situation, the debouncing on a clock turned by hand, the codecs, and the real kernel."""

from __future__ import annotations

import errno
import json
import os
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from drivers.commands import device as device_command
from drivers.digital_line import gpio, modem
from drivers.digital_line.diagnosis import DIGITAL_LINE
from drivers.digital_line.gpio import LineAsked
from drivers.digital_line.gpio_line import GpioLine
from drivers.digital_line.kernel import SocketKernel
from drivers.digital_line.line import LOOKS, PATIENCE, DebouncedLine
from drivers.digital_line.modem import BadStruct
from drivers.digital_line.modem_line import ModemLine
from drivers.digital_line.port import Active, Inactive, LineUnknown
from drivers.digital_line.simulator import SimulatedDigitalLine
from drivers.link import LinkRefused
from drivers.simulation import Simulation
from drivers.texts import text
from drivers.trouble import DeviceTrouble

DRIVERS: dict[str, type[DebouncedLine]] = {"lines": ModemLine, "gpio": GpioLine}


@pytest.fixture(params=DRIVERS)
def device(request: pytest.FixtureRequest) -> Iterator[SimulatedDigitalLine]:
    device = SimulatedDigitalLine()
    with Simulation(device).start(request.param):
        yield device


def opened(device: SimulatedDigitalLine, **options: Any) -> DebouncedLine:
    line = DRIVERS[device.link.partition(":")[0]](device.link, settle_s=0.001, **options)
    line.open()
    return line


TOLD = {
    "flaps": "flapping",
    "silent": "silent",
    "busy": "busy",
    "denied": "denied",
    "no_lines": "no_lines",
    "unplugged": "absent",
}


@pytest.mark.parametrize("fault", SimulatedDigitalLine.fault_titles())
def test_every_fault_is_told_by_its_name_and_passes(device: SimulatedDigitalLine, fault: str) -> None:
    line = opened(device)
    device.fault(fault)
    said = line.read()
    if fault in TOLD:
        assert isinstance(said, LineUnknown)
        assert said.health.code == f"digital_line.{TOLD[fault]}"
    else:
        assert said == (Active() if fault == "active" else Inactive())
    device.clear()
    assert line.read() == Inactive()
    assert line.health().code == "digital_line.ready"
    line.close()


@pytest.mark.parametrize("situation", SimulatedDigitalLine.situations)
def test_in_every_situation_the_line_says_what_is_so_or_that_it_does_not_know(
    device: SimulatedDigitalLine, situation: str
) -> None:
    line = opened(device)
    device.happen(situation)
    said = [line.read() for _ in range(4)][-1]
    match situation:
        case "door_opened":
            assert said == Active()
        case "sensor_stuck":
            device.set(True)
            assert line.read() == Inactive()
        case _:
            assert isinstance(said, LineUnknown)
    line.close()


def test_a_sensor_that_never_changes_is_told_where_the_settings_say_how_long_is_too_long() -> None:
    kernel = PlayedKernel(lambda: True)
    line = kernel.line(stuck_after_s=100.0)
    assert line.health().code == "digital_line.ready"
    kernel.now += 101
    assert line.health().code == "digital_line.stuck"
    assert line.read() == Active()
    kernel.level = lambda: False
    assert line.health().code == "digital_line.ready"


class PlayedKernel:
    """A kernel whose line has the level that `level` says, on a clock that goes on only when the driver pauses."""

    def __init__(self, level: Callable[[], bool]) -> None:
        self.level = level
        self.now = 0.0
        self.body: bytes | None = None

    def open(self, path: str) -> int:
        return 7

    def ioctl(self, handle: int, number: int, body: bytes) -> bytes:
        if self.body is not None:
            return self.body
        return modem.answer(frozenset({"dcd"}) if self.level() else frozenset())

    def close(self, handle: int) -> None:
        pass

    def pause(self, seconds: float) -> None:
        self.now += seconds

    def line(self, **options: Any) -> ModemLine:
        line = ModemLine(
            "lines:///dev/x?line=dcd",
            kernel=lambda _: self,
            pause=self.pause,
            monotonic=lambda: self.now,
            **options,
        )
        line.open()
        return line


def test_a_bouncing_contact_is_waited_for_until_it_has_settled() -> None:
    bounces = iter([False, True, False, True, False])
    kernel = PlayedKernel(lambda: next(bounces, True))
    line = kernel.line(settle_s=0.05)
    began = kernel.now
    assert line.read() == Active()
    assert 0.05 <= kernel.now - began <= 0.05 * 2


def test_where_low_means_active_a_low_line_is_active() -> None:
    kernel = PlayedKernel(lambda: False)
    line = ModemLine("lines:///dev/x?line=dcd&active=low", kernel=lambda _: kernel, pause=kernel.pause)
    line.open()
    assert line.read() == Active()
    kernel.level = lambda: True
    assert line.read() == Inactive()


def test_a_contact_that_never_settles_is_unknown_within_a_bound() -> None:
    turns = iter(range(10_000))
    kernel = PlayedKernel(lambda: next(turns) % 2 == 0)
    line = kernel.line(settle_s=0.05)
    said = line.read()
    assert isinstance(said, LineUnknown)
    assert said.health.code == "digital_line.flapping"
    assert kernel.now == pytest.approx(0.05 * PATIENCE)
    assert next(turns) <= LOOKS * PATIENCE + 3


def test_an_answer_that_is_no_answer_is_told_as_silence() -> None:
    kernel = PlayedKernel(lambda: True)
    line = kernel.line()
    kernel.body = b"?"
    said = line.read()
    assert isinstance(said, LineUnknown)
    assert said.health.code == "digital_line.silent"


@pytest.mark.parametrize(
    ("driver", "link"),
    [
        (ModemLine, "lines:///dev/ttyUSB0"),
        (ModemLine, "lines:///dev/ttyUSB0?line=rts"),
        (ModemLine, "lines:///dev/ttyUSB0?line=cts&active=up"),
        (ModemLine, "lines:///dev/ttyUSB0?line=cts&pull=up"),
        (ModemLine, "lines://host/dev?line=cts"),
        (ModemLine, "gpio:///dev/gpiochip0?line=4"),
        (ModemLine, "/dev/ttyUSB0"),
        (GpioLine, "gpio:///dev/gpiochip0?line=-1"),
        (GpioLine, "gpio:///dev/gpiochip0?line=4096"),
        (GpioLine, "gpio:///dev/gpiochip0?line=4&pull=sideways"),
        (GpioLine, "gpio://?line=4"),
        (GpioLine, "lines:///dev/ttyUSB0?line=cts"),
    ],
)
def test_a_link_that_names_no_line_is_refused(driver: type[DebouncedLine], link: str) -> None:
    with pytest.raises(LinkRefused) as refused:
        driver(link)
    assert refused.value.code == "link.unreadable"


@pytest.mark.parametrize("fault", ["busy", "denied", "no_lines", "unplugged", "silent"])
def test_a_line_that_cannot_be_had_is_refused_with_what_to_do(device: SimulatedDigitalLine, fault: str) -> None:
    device.fault(fault)
    with pytest.raises(LinkRefused) as refused:
        opened(device)
    assert refused.value.code == f"digital_line.{TOLD[fault]}"


def test_a_real_pseudo_terminal_has_no_modem_lines_and_the_kernel_says_so() -> None:
    ours, theirs = os.openpty()
    try:
        with pytest.raises(LinkRefused) as refused:
            ModemLine(f"lines://{os.ttyname(theirs)}?line=cts").open()
        assert refused.value.code == "digital_line.no_lines"
    finally:
        os.close(ours)
        os.close(theirs)


@pytest.mark.parametrize(
    ("path", "code"), [("/dev/null", "no_lines"), ("/dev/nothing", "absent"), ("/dev", "no_lines")]
)
def test_the_real_kernel_knows_what_is_no_gpio_chip(path: str, code: str) -> None:
    with pytest.raises(LinkRefused) as refused:
        GpioLine(f"gpio://{path}?line=4").open()
    assert refused.value.code == f"digital_line.{code}"


def test_another_line_of_the_simulated_chip_does_not_exist() -> None:
    device = SimulatedDigitalLine()
    with Simulation(device).start("gpio"):
        with pytest.raises(LinkRefused) as refused:
            GpioLine(device.link.replace("line=4", "line=5")).open()
        assert refused.value.code == "digital_line.no_lines"
        assert device.answer(0, gpio.GET_LINE, b"short") == (errno.EINVAL, b"")
        assert device.answer(5, gpio.GET_VALUES, gpio.values_question()) == (errno.EINVAL, b"")
    with pytest.raises(RuntimeError):
        _ = device.link


def test_the_simulated_port_knows_its_one_question() -> None:
    device = SimulatedDigitalLine()
    assert device.answer(0, 0x1234, b"") == (errno.ENOTTY, b"")
    with pytest.raises(DeviceTrouble):
        device.start("usb")


def test_a_socket_that_is_not_open_answers_nothing() -> None:
    with pytest.raises(OSError, match="Bad file descriptor"):
        SocketKernel().ioctl(0, modem.TIOCMGET, modem.question())


def test_the_ioctl_numbers_are_those_of_the_kernels_headers() -> None:
    # <linux/gpio.h>: GPIO_V2_GET_LINE_IOCTL, GPIO_V2_LINE_GET_VALUES_IOCTL, as gcc writes them
    assert (gpio.GET_LINE, gpio.GET_VALUES) == (0xC250B407, 0xC010B40E)
    asked = gpio.question(LineAsked(4, "up", "zhizhu"))
    assert struct.unpack_from("=I", asked, 0) == (4,)
    assert asked[256:262] == b"zhizhu"
    assert struct.unpack_from("=Q", asked, 288) == (0x104,)  # INPUT | BIAS_PULL_UP
    assert struct.unpack_from("=I", asked, 560) == (1,)  # num_lines


@pytest.mark.parametrize(("bits", "line"), [(0x020, "cts"), (0x040, "dcd"), (0x080, "ri"), (0x100, "dsr")])
def test_the_bits_of_the_modem_lines_are_those_of_the_kernels_headers(bits: int, line: str) -> None:
    # <asm-generic/termios.h>: TIOCM_CTS, TIOCM_CAR, TIOCM_RNG, TIOCM_DSR
    assert {each for each in modem.LINES if modem.level(struct.pack("=I", bits), each)} == {line}
    assert modem.TIOCMGET == 0x5415


@given(
    offset=st.integers(0, 2**32 - 1),
    pull=st.sampled_from(list(gpio.PULLS)),
    name=st.text("abcxyz-", min_size=1, max_size=31),
)
def test_every_request_survives_its_structure(offset: int, pull: str, name: str) -> None:
    asked = LineAsked(offset, pull, name)
    assert gpio.asked_of(gpio.question(asked)) == asked
    assert gpio.handle_of(gpio.granted(gpio.question(asked), 9)) == 9


@given(lines=st.frozensets(st.sampled_from(list(modem.LINES))))
def test_every_set_of_modem_lines_survives_its_structure(lines: frozenset[str]) -> None:
    answer = modem.answer(lines)
    assert {line for line in modem.LINES if modem.level(answer, line)} == lines


@given(data=st.binary(max_size=20) | st.binary(min_size=592, max_size=592))
def test_hostile_bytes_are_a_bad_struct_or_a_value(data: bytes) -> None:
    reads: tuple[Callable[[bytes], object], ...] = (
        gpio.asked_of,
        gpio.handle_of,
        gpio.level,
        lambda body: modem.level(body, "cts"),
    )
    for read in reads:
        try:
            read(data)
        except BadStruct:
            continue


def test_a_line_is_read_from_the_command_line_and_set_over_the_door() -> None:
    with Simulation(SimulatedDigitalLine()).start("gpio", control="127.0.0.1:0") as simulation:
        command = ["read", "digital-line", "--link", simulation.link]
        assert "断开" in CliRunner().invoke(device_command, command).stdout
        assert httpx.post(f"{simulation.control}/line", json={"active": True}).json()["active"] is True
        assert json.loads(CliRunner().invoke(device_command, [*command, "--json"]).stdout)["active"] is True
        simulation.device.fault("flaps")
        done = CliRunner().invoke(device_command, [*command, "--json"])
        assert done.exit_code == 1
        assert json.loads(done.stdout)["active"] is None


@pytest.mark.parametrize("name", DIGITAL_LINE.names)
def test_everything_a_line_can_be_has_its_texts(name: str) -> None:
    for reader in ("resident", "technician"):
        assert text(f"digital_line.{name}.{reader}") != f"digital_line.{name}.{reader}"


def test_a_chip_that_grants_nothing_is_silent(tmp_path: Path) -> None:
    class Granting(PlayedKernel):
        def ioctl(self, handle: int, number: int, body: bytes) -> bytes:
            return gpio.granted(body, -1)

    kernel = Granting(lambda: True)
    with pytest.raises(LinkRefused) as refused:
        GpioLine("gpio:///dev/x?line=1", kernel=lambda _: kernel).open()
    assert refused.value.code == "digital_line.silent"
