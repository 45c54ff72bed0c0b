"""The other end of a terminal's test door: JSON lines over a Unix socket."""

from __future__ import annotations

import json
import socket
import time
from pathlib import Path
from typing import Final

from deploy.trouble import RoofTrouble

DEADLINE_S: Final = 20.0
MOST_BYTES: Final = 4_000_000
POLL_S: Final = 0.1


class Door:
    """Asks one terminal what it shows and touches what a person would touch; a connection a question.

    An idle terminal replaces its process after a visit: for so long as `patience_s` a door that is shut is knocked at
    again. A question that got no answer was not carried out, for a process that was touched is not replaced.
    """

    def __init__(self, path: Path, patience_s: float = 0.0) -> None:
        self._path = path
        self._patience_s = patience_s

    def ask(self, do: str, **words: object) -> dict[str, object]:
        """The terminal's answer; a question it refuses is a RoofTrouble with its reason."""
        line = json.dumps({"do": do, **words}, ensure_ascii=False).encode() + b"\n"
        end = time.monotonic() + self._patience_s
        while True:
            try:
                return self._answer(line, f"({do} {words})")
            except _NoAnswer as error:
                if time.monotonic() >= end:
                    raise RoofTrouble(
                        f"终端没有应答（{error}）。The terminal's test door does not answer.",
                        "看终端是否还在运行。See whether the terminal still runs.",
                    ) from error
            time.sleep(POLL_S)

    def _answer(self, line: bytes, asked: str) -> dict[str, object]:
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as talk:
                talk.settimeout(DEADLINE_S)
                talk.connect(str(self._path))
                talk.sendall(line)
                answer = bytearray()
                while not answer.endswith(b"\n") and len(answer) < MOST_BYTES:
                    part = talk.recv(65536)
                    if not part:
                        break
                    answer += part
        except OSError as error:
            raise _NoAnswer(str(error)) from error
        if not answer:
            raise _NoAnswer("hung up")
        untrusted = json.loads(answer)
        if not isinstance(untrusted, dict) or not untrusted.get("ok", True) or "error" in untrusted:
            raise RoofTrouble(f"{untrusted.get('error', '没有回答 no answer')}", asked)
        return untrusted


class _NoAnswer(Exception):
    """Nobody is there, or went away before answering."""
