"""The folder of sealed pictures: the terminal puts one in before the event that names it, the agent takes it out."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from offline.wire.attachment import MAX_SEALED_BYTES, SHA256_PATTERN, sha256_of

FOLDER: Final = "pictures"
_NAME: Final = re.compile(SHA256_PATTERN)


@dataclass(frozen=True, slots=True)
class Resting:
    """A picture on the disk."""

    sha256: str
    since: datetime


class PictureFolder:
    """The pictures of one state directory, as the agent handles them."""

    def __init__(self, state_dir: Path) -> None:
        self._folder = state_dir / FOLDER

    def read(self, sha256: str) -> bytes | None:
        """A picture's sealed bytes; None when it is gone, too large or no longer what its name says."""
        path = self._folder / sha256
        try:
            if path.stat().st_size > MAX_SEALED_BYTES:
                return None
            data = path.read_bytes()
        except FileNotFoundError:
            return None
        return data if sha256_of(data) == sha256 else None

    def size(self, sha256: str) -> int:
        """How many bytes a picture takes; 0 when it is gone."""
        try:
            return (self._folder / sha256).stat().st_size
        except FileNotFoundError:
            return 0

    def resting(self) -> Iterator[Resting]:
        """Every picture there; whatever else lies in the folder is not ours to judge."""
        if not self._folder.is_dir():
            return
        with os.scandir(self._folder) as entries:
            for entry in entries:
                if not _NAME.fullmatch(entry.name):
                    continue
                try:
                    since = datetime.fromtimestamp(entry.stat(follow_symlinks=False).st_mtime, UTC)
                except FileNotFoundError:
                    continue  # the terminal has just dropped it
                yield Resting(entry.name, since)

    def total_bytes(self) -> int:
        """How many bytes all that lies there takes, whatever it is: the disk holds it."""
        if not self._folder.is_dir():
            return 0
        total = 0
        with os.scandir(self._folder) as entries:
            for entry in entries:
                try:
                    total += entry.stat(follow_symlinks=False).st_size
                except FileNotFoundError:
                    continue  # dropped just now
        return total

    def drop(self, sha256: str) -> None:
        """Deletes a picture; one that is gone already is no trouble."""
        (self._folder / sha256).unlink(missing_ok=True)
