"""The switch that records: a link that writes down, blanked, what passes through it."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from drivers.capture.blanking import Blanker
from drivers.capture.text import (
    CAPTURE_BYTES_MAX,
    RECORD_BYTES_MAX,
    Direction,
    Happened,
    Happening,
    Passed,
    Record,
    heading,
    line_of,
)
from drivers.link import Link, LinkLost, LinkRefused
from drivers.trouble import DeviceTrouble

_LAST_LINE_BYTES: Final = 40
"""Room kept for the line that says that the capture is full."""


class Recorder:
    """One capture file. Opens links that are recorded; a file that is full or cannot be written stops no device."""

    def __init__(
        self,
        path: Path,
        kind: str,
        blanker: Callable[[], Blanker],
        connect: Callable[[str], Link],
        *,
        most_bytes: int = CAPTURE_BYTES_MAX,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Raises DeviceTrouble for a file that cannot be made. An old file is replaced, readable by its owner only."""
        self._blanker = blanker
        self._connect = connect
        self._left = most_bytes
        self._monotonic = monotonic
        self._began = monotonic()
        self._path = path
        try:
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
            path.chmod(0o600)
        except OSError as error:
            raise DeviceTrouble(
                "capture.unwritable", f"抓包文件 {path} 写不了。", "请换一个文件夹，或检查权限和磁盘空间。"
            ) from error
        self._write(heading(kind))

    def connect(self, url: str) -> Link:
        """Opens a link that is recorded; to be handed to a driver in place of `open_link`."""
        try:
            link = self._connect(url)
        except LinkRefused:
            self.happened("refused")
            raise
        self.happened("open")
        return RecordedLink(link, self, self._blanker())

    def passed(self, direction: Direction, blanked: bytes) -> None:
        """Writes down bytes that may be written down."""
        for start in range(0, len(blanked), RECORD_BYTES_MAX):
            self._note(Passed(self._at(), direction, blanked[start : start + RECORD_BYTES_MAX]))

    def happened(self, what: Happening) -> None:
        """Writes down what became of the link."""
        self._note(Happened(self._at(), what))

    def _at(self) -> float:
        return self._monotonic() - self._began

    def _note(self, record: Record) -> None:
        line = line_of(record)
        if len(line) + _LAST_LINE_BYTES > self._left > 0:
            self._write(line_of(Happened(self._at(), "full")))
            self._left = 0
        self._write(line)

    def _write(self, text: str) -> None:
        if self._left <= 0:
            return
        try:
            with self._path.open("a", encoding="utf-8", newline="\n") as file:
                file.write(text)
        except OSError:
            # A full disk ends the recording; the resident at the device must not feel it.
            self._left = 0
            return
        self._left -= len(text)


class RecordedLink:
    """A Link that tells a recorder."""

    def __init__(self, link: Link, recorder: Recorder, blanker: Blanker) -> None:
        self._link = link
        self._recorder = recorder
        self._blanker = blanker

    def read(self, limit: int, timeout_s: float) -> bytes:
        """See Link.read."""
        try:
            data = self._link.read(limit, timeout_s)
        except LinkLost:
            self._end("lost")
            raise
        if data:
            self._recorder.passed("<", self._blanker.heard(data))
        return data

    def write(self, data: bytes) -> None:
        """See Link.write."""
        self._recorder.passed(">", self._blanker.sent(data))
        try:
            self._link.write(data)
        except LinkLost:
            self._end("lost")
            raise

    def close(self) -> None:
        """See Link.close."""
        self._end("close")
        self._link.close()

    def _end(self, what: Happening) -> None:
        sent, heard = self._blanker.rest()
        self._recorder.passed(">", sent)
        self._recorder.passed("<", heard)
        self._recorder.happened(what)
