"""The far end of a simulated scanner in keyboard mode: a virtual keyboard of the kernel, or a pipe of its events."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from pathlib import Path

from drivers.code_scanner.uinput import DEVICE, VirtualKeyboard
from drivers.simulation.wire_end import WireEnd


def keyboard_end(name: str, uinput: Path = DEVICE) -> WireEnd:
    """A kernel's own keyboard where it makes virtual ones, else the pipe."""
    return UinputEnd(name, uinput) if os.access(uinput, os.W_OK) else PipeEnd(name)


class _NamedEnd:
    """A link with a name of its own, which stays when the device behind it changes. Nobody writes to a keyboard."""

    def __init__(self, name: str) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="zhizhu-device-"))
        self.path = self._folder / name

    @property
    def link(self) -> str:
        """See WireEnd.link."""
        return f"evdev://{self.path}"

    @property
    def baud(self) -> int | None:
        """See WireEnd.baud: a keyboard has none."""
        return None

    def wait(self, timeout_s: float) -> bool:
        """See WireEnd.wait."""
        time.sleep(timeout_s)
        return False

    def read(self) -> bytes:
        """See WireEnd.read."""
        return b""

    def remove(self) -> None:
        """Take the folder away at the end."""
        shutil.rmtree(self._folder, ignore_errors=True)


class PipeEnd(_NamedEnd):
    """A named pipe, for kernels without virtual keyboards: the same 24-byte events, nothing to grab."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._ours: int | None = None
        self.plug()

    def write(self, data: bytes) -> None:
        """See WireEnd.write. What nobody fetches is lost when the pipe is full, as in the kernel's own queue."""
        if self._ours is None:
            return
        try:
            os.write(self._ours, data)
        except BlockingIOError:
            return

    def pull(self) -> None:
        """See WireEnd.pull."""
        ours, self._ours = self._ours, None
        if ours is not None:
            self.path.unlink()
            os.close(ours)

    def plug(self) -> None:
        """See WireEnd.plug."""
        if self._ours is None:
            os.mkfifo(self.path, 0o600)
            # Both ways, so that the pipe lives on between two drivers.
            self._ours = os.open(self.path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)

    def close(self) -> None:
        """See WireEnd.close."""
        self.pull()
        self.remove()


class UinputEnd(_NamedEnd):
    """A keyboard made by the kernel, with a name that leads to whatever event node it was given."""

    def __init__(self, name: str, uinput: Path = DEVICE) -> None:
        super().__init__(name)
        self._uinput = uinput
        self._keyboard: VirtualKeyboard | None = None
        self.plug()

    def write(self, data: bytes) -> None:
        """See WireEnd.write."""
        if self._keyboard is not None:
            self._keyboard.type(data)

    def pull(self) -> None:
        """See WireEnd.pull."""
        keyboard, self._keyboard = self._keyboard, None
        if keyboard is not None:
            self.path.unlink()
            keyboard.close()

    def plug(self) -> None:
        """See WireEnd.plug."""
        if self._keyboard is None:
            self._keyboard = VirtualKeyboard(f"zhizhu simulated {self.path.name}", self._uinput)
            self.path.symlink_to(self._keyboard.node)

    def close(self) -> None:
        """See WireEnd.close."""
        self.pull()
        self.remove()
