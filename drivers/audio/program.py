"""One run of `aplay` or `arecord`: fed, listened to, and killed at its deadline or when somebody says stop."""

from __future__ import annotations

import os
import selectors
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

_CHUNK_BYTES: Final = 4096
_COMPLAINT_BYTES_MAX: Final = 4096
_LAST_WORDS_S: Final = 1.0


@dataclass(frozen=True)
class Ended:
    """How a run ended: `taken` bytes were read by the program, `given` is what it wrote."""

    taken: int
    given: bytes
    complaint: str
    well: bool
    late: bool


class Program:
    """A child process of one job. `run` is called once; `kill` may come from any thread, also before it."""

    def __init__(self, command: tuple[str, ...], environment: Mapping[str, str]) -> None:
        """Raises OSError where the program cannot be started."""
        self._child = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **environment, "LC_ALL": "C"},
            bufsize=0,
        )
        self._killed = threading.Event()

    @property
    def killed(self) -> bool:
        """Whether somebody has said stop."""
        return self._killed.is_set()

    def kill(self) -> None:
        """End it now; what it holds of the device comes free."""
        self._killed.set()
        self._child.kill()

    def run(
        self,
        feed: bytes,
        most_bytes: int,
        within_s: float,
        begun: Callable[[], None] = lambda: None,
        gave: Callable[[bytes, int], bool] = lambda _piece, _all: True,
    ) -> Ended:
        """Feeds it, takes at most `most_bytes` of what it gives, and waits for its end, all within the deadline.

        `begun` is called when it has given its first bytes, `gave` with each piece and how much there is; where that
        says false it is enough: the program is ended and has ended well.
        """
        enough = False
        taken, given, complaint = 0, bytearray(), bytearray()
        deadline = time.monotonic() + within_s
        late = False
        stdin, stdout, stderr = self._child.stdin, self._child.stdout, self._child.stderr
        assert stdin is not None
        assert stdout is not None
        assert stderr is not None
        try:
            with selectors.DefaultSelector() as ready:
                ready.register(stdout, selectors.EVENT_READ)
                ready.register(stderr, selectors.EVENT_READ)
                os.set_blocking(stdin.fileno(), False)
                if feed:
                    ready.register(stdin, selectors.EVENT_WRITE)
                else:
                    stdin.close()
                while ready.get_map():
                    left_s = deadline - time.monotonic()
                    if left_s <= 0:
                        late = True
                        break
                    if enough:
                        self._child.kill()
                        break
                    for key, _ in ready.select(left_s):
                        if key.fileobj is stdin:
                            taken = _fed(stdin.fileno(), feed, taken)
                            if taken < 0 or taken == len(feed):
                                ready.unregister(stdin)
                                stdin.close()
                            taken = max(taken, 0)
                        else:
                            piece = os.read(key.fd, _CHUNK_BYTES)
                            if piece and key.fileobj is stdout and not given:
                                begun()
                            into, most = (
                                (given, most_bytes) if key.fileobj is stdout else (complaint, _COMPLAINT_BYTES_MAX)
                            )
                            into += piece[: most - len(into)]
                            if not piece:
                                ready.unregister(key.fileobj)
                            elif key.fileobj is stdout and not gave(piece, len(given)):
                                enough = True
            code = self._end(late)
        finally:
            for pipe in (stdin, stdout, stderr):
                pipe.close()
        return Ended(taken, bytes(given), complaint.decode("utf-8", "replace"), enough or code == 0, late)

    def _end(self, late: bool) -> int | None:
        if late:
            self._child.kill()
        for _ in range(2):
            try:
                return self._child.wait(_LAST_WORDS_S)
            except subprocess.TimeoutExpired:
                self._child.kill()
        # Held inside the kernel: it ends when the device lets go of it, and nobody waits for that.
        return None


def _fed(descriptor: int, feed: bytes, taken: int) -> int:
    """How much has been taken by now; -1 where the program reads no more."""
    try:
        return taken + os.write(descriptor, feed[taken : taken + _CHUNK_BYTES])
    except BrokenPipeError:
        return -1
