"""The other end of a terminal's test door: JSON lines over a Unix socket."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Final

from deploy.trouble import RoofTrouble

DEADLINE_S: Final = 20.0
MOST_BYTES: Final = 4_000_000


class Door:
    """Asks one terminal what it shows and touches what a person would touch; a connection a question."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def ask(self, do: str, **words: object) -> dict[str, object]:
        """The terminal's answer; a question it refuses is a RoofTrouble with its reason."""
        line = json.dumps({"do": do, **words}, ensure_ascii=False).encode() + b"\n"
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
            raise RoofTrouble(
                f"终端没有应答（{error}）。The terminal's test door does not answer.",
                "看终端是否还在运行。See whether the terminal still runs.",
            ) from error
        untrusted = json.loads(answer or b"{}")
        if not isinstance(untrusted, dict) or not untrusted.get("ok", True) or "error" in untrusted:
            raise RoofTrouble(f"{untrusted.get('error', '没有回答 no answer')}", f"({do} {words})")
        return untrusted
