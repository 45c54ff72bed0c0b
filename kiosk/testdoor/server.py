"""The socket of the door: reads a line, has it answered on the GUI thread, writes a line."""

from __future__ import annotations

import json
import queue
import socketserver
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

from kiosk.testdoor.question import MOST_BYTES, Question, WrongQuestion, parsed
from offline.trouble import OfflineTrouble

ANSWER_S: Final = 15.0

Answer = dict[str, object]
Records = Callable[[Question], Answer]
Deliver = Callable[[Callable[[], None]], None]


class TestDoor:
    """A Unix socket with mode 0600; `answer` runs where `deliver` brings it, the GUI thread.

    `records` reads files and runs in the door's own thread.
    """

    __test__ = False  # not a test case, for all its name

    def __init__(self, path: Path, answer: Callable[[Question], Answer], deliver: Deliver, records: Records) -> None:
        self._path, self._answer, self._deliver, self._records = path, answer, deliver, records
        path.unlink(missing_ok=True)
        door = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                while line := self.rfile.readline(MOST_BYTES):
                    answer = json.dumps(door.ask(line), ensure_ascii=False)
                    self.wfile.write(answer.encode() + b"\n")

        self._server = socketserver.ThreadingUnixStreamServer(str(path), Handler)
        self._server.daemon_threads = True
        path.chmod(0o600)
        self._thread = threading.Thread(target=self._server.serve_forever, name="test-door", daemon=True)
        self._thread.start()

    def ask(self, untrusted_line: bytes) -> Answer:
        """The answer to one line; what goes wrong is an answer too."""
        try:
            question = parsed(untrusted_line)
        except WrongQuestion as wrong:
            return {"ok": False, "error": str(wrong)}
        try:
            kept = self._records(question)  # read here, in the door's thread: files never hold up the screen
        except OfflineTrouble as trouble:
            return {"ok": False, "error": str(trouble)}
        answers: queue.Queue[Answer] = queue.Queue(1)

        def answer() -> None:
            try:
                answers.put({"ok": True, **kept, **self._answer(question)})
            except (LookupError, OSError) as refusal:
                answers.put({"ok": False, "error": str(refusal)})

        self._deliver(answer)
        try:
            return answers.get(timeout=ANSWER_S)
        except queue.Empty:
            return {"ok": False, "error": f"the screen did not answer within {ANSWER_S:.0f} s"}

    def close(self) -> None:
        """Takes the socket away."""
        self._server.shutdown()
        self._server.server_close()
        self._path.unlink(missing_ok=True)
