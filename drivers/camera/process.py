"""A child process that answers over pipes and may be killed at any moment: where a C library may hang."""

from __future__ import annotations

import os
import select
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

_ROOT: Final = Path(__file__).resolve().parents[2]


def module_command(module: str) -> tuple[str, ...]:
    """The command that runs a module of ours in a process of its own."""
    return (sys.executable, "-m", module)


class ChildProcess:
    """Started when first needed, killed when it overstays; every write and read has a moment by which it ends."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = tuple(command)
        self._child: subprocess.Popen[bytes] | None = None
        self.replaced = 0
        """How many children had to be killed or were found dead so far."""

    @property
    def running(self) -> bool:
        """Whether there is a child."""
        return self._child is not None

    def start(self) -> None:
        """Starts the child; harmless when there is one."""
        if self._child is not None:
            return
        path = os.pathsep.join(part for part in (str(_ROOT), os.environ.get("PYTHONPATH", "")) if part)
        self._child = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": path},
            bufsize=0,
        )
        assert self._child.stdin is not None
        os.set_blocking(self._child.stdin.fileno(), False)

    def write(self, data: bytes, until: float) -> None:
        """Sends everything, or raises TimeoutError or BrokenPipeError."""
        assert self._child is not None
        assert self._child.stdin is not None
        pipe, rest = self._child.stdin.fileno(), memoryview(data)
        while rest:
            left_s = until - time.monotonic()
            if left_s <= 0 or not select.select([], [pipe], [], left_s)[1]:
                raise TimeoutError
            rest = rest[os.write(pipe, rest) :]

    def read(self, size: int, until: float) -> bytes:
        """So many bytes, or raises TimeoutError or EOFError."""
        assert self._child is not None
        assert self._child.stdout is not None
        parts = bytearray()
        while len(parts) < size:
            left_s = until - time.monotonic()
            if left_s <= 0 or not select.select([self._child.stdout], [], [], left_s)[0]:
                raise TimeoutError
            part = os.read(self._child.stdout.fileno(), size - len(parts))
            if not part:
                raise EOFError
            parts += part
        return bytes(parts)

    def replace(self) -> None:
        """Ends a child that failed; the next `start` brings another."""
        self.replaced += 1
        self.kill()

    def kill(self) -> None:
        """Ends the child; harmless when there is none."""
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                pipe.close()
