"""A contact on a wire, at the kernel's side of the ioctl: a serial port's modem lines or a GPIO chip."""

from __future__ import annotations

import contextlib
import errno
import shutil
import socket
import tempfile
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar, Final

from fastapi import APIRouter

from drivers.digital_line import gpio, modem
from drivers.digital_line.kernel import ANSWER, BODY_BYTES_MAX, QUESTION, received
from drivers.digital_line.modem import BadStruct
from drivers.simulation import SimulatedDevice, Situation
from drivers.simulation.control import Asked
from drivers.trouble import DeviceTrouble

LINE: Final = "cts"
OFFSET: Final = 4
_TICK_S: Final = 0.05
_GRANTED: Final = 1
_LINKS: Final[Mapping[str, str]] = MappingProxyType(
    {"lines": f"lines://{{}}?line={LINE}&active=low", "gpio": f"gpio://{{}}?line={OFFSET}&active=low&pull=up"}
)
_ERRNOS: Final[Mapping[str, int]] = MappingProxyType(
    {"unplugged": errno.EIO, "busy": errno.EBUSY, "denied": errno.EACCES, "no_lines": errno.ENOTTY}
)


class LineAsked(Asked):
    """Whether the contact is to be active."""

    active: bool


class SimulatedDigitalLine(SimulatedDevice):
    """One contact, active low as contacts to ground are; inactive unless told otherwise."""

    kind: ClassVar[str] = "digital_line"
    faults: ClassVar[Mapping[str, str]] = {
        "active": "接通（门开了、有人来了）",
        "flaps": "接触不良，时通时断",
        "stuck": "卡住不动",
        "silent": "不回答",
        "busy": "接口被占用",
        "denied": "没有权限",
        "no_lines": "接口没有这条线",
    }
    situations: ClassVar[Mapping[str, Situation]] = {
        "door_opened": Situation("柜门打开", ("active",)),
        "door_flaps": Situation("柜门没关紧，来回晃", ("flaps",)),
        "sensor_stuck": Situation("感应器卡住", ("stuck",)),
        "cable_unplugged": Situation("用了一阵以后转接线被拔掉", ("unplugged",), after=30),
        "adapter_hangs": Situation("转接线不回答", ("silent",)),
    }

    def __init__(self) -> None:
        super().__init__()
        self._wiring = "lines"
        self._folder: Path | None = None
        self._listener: socket.socket | None = None
        self._ending = threading.Event()
        self._threads: list[threading.Thread] = []
        self._active = False
        self._flap = False

    @property
    def link(self) -> str:
        """See SimulatedDevice.link."""
        return _LINKS[self._wiring].format(self._path())

    def start(self, link: str) -> None:
        """See SimulatedDevice.start: `lines` (also for `pty`) or `gpio`."""
        wiring = "lines" if link == "pty" else link
        if wiring not in _LINKS:
            raise DeviceTrouble("simulate.link", f"看不懂模拟器的链接“{link}”。", "请写成 lines 或 gpio。")
        self._wiring = wiring
        self._folder = Path(tempfile.mkdtemp(prefix="zhizhu-line-"))
        self.plug()

    def stop(self) -> None:
        """See SimulatedDevice.stop."""
        self._ending.set()
        for thread in self._threads:
            thread.join(timeout=5)
        self._close_listener()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def pull(self) -> None:
        """See SimulatedDevice.pull: the device file goes, and what was open answers with an error."""
        self._path().unlink(missing_ok=True)

    def plug(self) -> None:
        """See SimulatedDevice.plug."""
        if self._path().exists():
            return
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(self._path()))
        listener.listen()
        listener.settimeout(_TICK_S)
        self._close_listener()
        self._listener = listener
        self._spawn(self._welcome, listener)

    def set(self, active: bool) -> None:
        """The door opens or shuts; a sensor that is stuck does not notice."""
        with self.lock:
            if not self.has("stuck"):
                self._active = active

    def state(self) -> dict[str, Any]:
        """See SimulatedDevice.state."""
        with self.lock:
            return {**super().state(), "active": self._active or self.has("active"), "wiring": self._wiring}

    def routes(self, router: APIRouter) -> None:
        """`POST /line`."""

        @router.post("/line")
        def line(asked: LineAsked) -> dict[str, Any]:
            """The contact is made or broken."""
            self.set(asked.active)
            return self.state()

    def answer(self, handle: int, number: int, body: bytes) -> tuple[int, bytes]:
        """One call into the kernel: the errno, 0 for none, and the structure as it is left. Number 0 is open(2)."""
        with self.lock:
            self.operation()
            failure = next((code for fault, code in _ERRNOS.items() if self.has(fault)), 0)
            if failure or number == 0:
                return failure, b""
            high = not self._seen_active()
            if self._wiring == "lines" and number == modem.TIOCMGET and len(body) == len(modem.question()):
                return 0, modem.answer(frozenset({LINE}) if high else frozenset())
            if self._wiring == "gpio":
                return self._gpio(handle, number, body, high)
            return errno.ENOTTY, b""

    def _gpio(self, handle: int, number: int, body: bytes, high: bool) -> tuple[int, bytes]:
        if number == gpio.GET_LINE and handle == 0:
            try:
                asked = gpio.asked_of(body)
            except BadStruct:
                return errno.EINVAL, b""
            return (0, gpio.granted(body, _GRANTED)) if asked.offset == OFFSET else (errno.EINVAL, b"")
        if number == gpio.GET_VALUES and handle == _GRANTED and len(body) == len(gpio.values_question()):
            return 0, gpio.values(high)
        return errno.EINVAL, b""

    def _seen_active(self) -> bool:
        if self.has("flaps"):
            self._flap = not self._flap
            return self._flap
        return self._active or self.has("active")

    def _path(self) -> Path:
        if self._folder is None:
            raise RuntimeError("the simulated digital_line has not been started")
        return self._folder / "digital_line"

    def _close_listener(self) -> None:
        if self._listener is not None:
            self._listener.close()
            self._listener = None

    def _spawn(self, work: Callable[[socket.socket], None], end: socket.socket) -> None:
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        thread = threading.Thread(target=work, args=(end,), name="simulated digital_line", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _welcome(self, listener: socket.socket) -> None:
        while not self._ending.is_set():
            try:
                opened, _ = listener.accept()
            except TimeoutError:
                continue
            except OSError:
                # The wire was pulled and put back: another listener is there.
                return
            self._spawn(self._serve, opened)

    def _serve(self, opened: socket.socket) -> None:
        # A driver that closes its end is the usual end of an opened device.
        with opened, contextlib.suppress(OSError):
            while not self._ending.is_set():
                opened.settimeout(_TICK_S)
                try:
                    head = opened.recv(1, socket.MSG_PEEK)
                except TimeoutError:
                    continue
                if not head:
                    return
                opened.settimeout(1.0)
                handle, number, length = QUESTION.unpack(received(opened, QUESTION.size))
                body = received(opened, min(length, BODY_BYTES_MAX))
                failure, answer = self.answer(handle, number, body)
                if not self.has("silent"):
                    opened.sendall(ANSWER.pack(failure, len(answer)) + answer)
