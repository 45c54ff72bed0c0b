"""The kernel's virtual keyboard, as far as a kernel without one lets it be tried: what it is asked, in which order."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any, Final

import pytest

from drivers.code_scanner import keyboard_end as ends
from drivers.code_scanner import keymap, uinput
from drivers.code_scanner.keyboard_end import PipeEnd, UinputEnd, keyboard_end
from drivers.code_scanner.uinput import VirtualKeyboard
from drivers.trouble import DeviceTrouble


class Kernel:
    """Keeps what it is asked, and names the keyboard it makes."""

    def __init__(self, sys: Path, name: str = "input7") -> None:
        self.asked: list[tuple[int, Any]] = []
        self._name = name
        (sys / "devices" / "virtual" / "input" / "input7" / "event3").mkdir(parents=True)

    def ioctl(self, descriptor: int, request: int, argument: Any = None) -> int:
        self.asked.append((request, bytes(argument) if isinstance(argument, bytes | bytearray) else argument))
        if request == uinput.UI_GET_SYSNAME:
            argument[: len(self._name)] = self._name.encode()
        return 0


def test_a_keyboard_is_made_typed_on_and_taken_away(tmp_path: Path) -> None:
    device = tmp_path / "uinput"
    device.touch()
    kernel = Kernel(tmp_path)
    keyboard = VirtualKeyboard("scanner", device, tmp_path, kernel.ioctl)
    assert keyboard.node == Path("/dev/input/event3")
    requests = [request for request, _ in kernel.asked]
    assert requests[-3:] == [uinput.UI_DEV_SETUP, uinput.UI_DEV_CREATE, uinput.UI_GET_SYSNAME]
    keys = {argument for request, argument in kernel.asked if request == uinput.UI_SET_KEYBIT}
    assert keys >= {*keymap.PLAIN, *keymap.SHIFTS, *keymap.ENDS}
    setup = dict(kernel.asked)[uinput.UI_DEV_SETUP]
    assert len(setup) == 92 == uinput.UI_DEV_SETUP >> 16 & 0x3FFF
    assert struct.unpack_from("=H", setup)[0] == 3
    assert setup[8:15] == b"scanner"
    keyboard.type(b"24 bytes of an input event")
    keyboard.close()
    assert device.read_bytes() == b"24 bytes of an input event"
    assert kernel.asked[-1][0] == uinput.UI_DEV_DESTROY


@pytest.mark.parametrize("trouble", ["no device", "no name"])
def test_a_kernel_that_makes_none_is_told(tmp_path: Path, trouble: str) -> None:
    device = tmp_path / "uinput"
    if trouble != "no device":
        device.touch()
    with pytest.raises(DeviceTrouble) as told:
        VirtualKeyboard("scanner", device, tmp_path, Kernel(tmp_path, "input8").ioctl)
    assert told.value.code == "simulate.uinput"


def test_a_simulated_scanner_takes_the_kernels_keyboard_where_there_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []

    class Keyboard:
        node: Final = Path("/dev/input/event3")

        def __init__(self, name: str, device: Path) -> None:
            made.append(name)

        def type(self, data: bytes) -> None:
            made.append(data.decode())

        def close(self) -> None:
            made.append("closed")

    monkeypatch.setattr(ends, "VirtualKeyboard", Keyboard)
    device = tmp_path / "uinput"
    device.touch()
    end = keyboard_end("code_scanner", device)
    assert isinstance(end, UinputEnd)
    path = Path(end.link.removeprefix("evdev://"))
    assert path.readlink() == Path("/dev/input/event3")
    end.plug()
    end.write(b"typed")
    end.pull()
    assert not path.is_symlink()
    end.write(b"lost")
    end.close()
    assert made == ["zhizhu simulated code_scanner", "typed", "closed"]
    assert not path.parent.exists()


def test_where_there_is_none_it_is_a_pipe(tmp_path: Path) -> None:
    end = keyboard_end("code_scanner", tmp_path / "none")
    assert isinstance(end, PipeEnd)
    end.close()
