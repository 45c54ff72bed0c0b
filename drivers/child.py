"""A process of our own for what can hang in a C library: asked over pipes, killed when it overstays, started anew."""

from __future__ import annotations

import os
import select
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, Literal, TypeVar

Answer = TypeVar("Answer")
Hear = Callable[[int], bytes]
"""Reads exactly so many bytes of the answer, within the deadline of the question."""

START_S: Final = 10.0
_ROOT: Final = Path(__file__).resolve().parents[1]


class ChildGone(Exception):
    """The child hung or died and was killed; the next question starts another. `how` is what to tell."""

    def __init__(self, how: Literal["hung", "died"]) -> None:
        super().__init__(how)
        self.how: Literal["hung", "died"] = how


class Child:
    """One such process. It says `greeting_bytes` bytes when it is ready, then answers one question after the other."""

    def __init__(self, command: tuple[str, ...], greeting_bytes: int) -> None:
        self._command = command
        self._greeting_bytes = greeting_bytes
        self._process: subprocess.Popen[bytes] | None = None
        self._greeted = False
        self.replaced = 0
        """How many were killed because they hung or had died."""

    @property
    def runs(self) -> bool:
        """Whether there is a process to ask."""
        return self._process is not None

    def start(self) -> None:
        """Start it where it does not run, without waiting for it."""
        if self._process is not None:
            return
        path = os.pathsep.join(part for part in (str(_ROOT), os.environ.get("PYTHONPATH", "")) if part)
        self._process = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": path},
            bufsize=0,
        )
        assert self._process.stdin is not None
        os.set_blocking(self._process.stdin.fileno(), False)
        self._greeted = False

    def ask(self, question: bytes, hear: Callable[[Hear], Answer], timeout_s: float) -> Answer:
        """Ask, and let `hear` read the answer; EOFError from it means that the child speaks another language.

        Raises ChildGone after the timeout, or where the child has died; it is killed then.
        """
        self.start()
        try:
            if not self._greeted:
                self._read(self._greeting_bytes, time.monotonic() + START_S)
                self._greeted = True
            until = time.monotonic() + timeout_s
            self._write(question, until)
            return hear(lambda size: self._read(size, until))
        except (TimeoutError, EOFError, BrokenPipeError) as trouble:
            self.kill()
            self.replaced += 1
            raise ChildGone("hung" if isinstance(trouble, TimeoutError) else "died") from trouble

    def kill(self) -> None:
        """End it at once; harmless where none runs."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()

    def _write(self, data: bytes, until: float) -> None:
        # A question may be a picture; a child that hangs would never take more of it than a pipe holds.
        assert self._process is not None
        assert self._process.stdin is not None
        pipe, rest = self._process.stdin.fileno(), memoryview(data)
        while rest:
            left_s = until - time.monotonic()
            if left_s <= 0 or not select.select([], [pipe], [], left_s)[1]:
                raise TimeoutError
            rest = rest[os.write(pipe, rest) :]

    def _read(self, size: int, until: float) -> bytes:
        assert self._process is not None
        assert self._process.stdout is not None
        parts = bytearray()
        while len(parts) < size:
            left_s = until - time.monotonic()
            if left_s <= 0 or not select.select([self._process.stdout], [], [], left_s)[0]:
                raise TimeoutError
            part = os.read(self._process.stdout.fileno(), size - len(parts))
            if not part:
                raise EOFError
            parts += part
        return bytes(parts)
