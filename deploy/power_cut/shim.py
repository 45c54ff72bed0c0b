"""Builds `disk_shim.c` and tells the environment that puts it under a program."""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
from dataclasses import dataclass
from enum import IntFlag
from pathlib import Path
from typing import Final

COMPILER: Final = "gcc"
_SOURCE: Final = Path(__file__).with_name("disk_shim.c")
_FAULT: Final = struct.Struct("=IIII112s")
ALWAYS: Final = 2**32 - 1


class Fails(IntFlag):
    """Which calls fail."""

    NONE = 0
    WRITES = 1
    SYNCS = 2
    NAMES = 4
    TRUNCATES = 8
    HALF = 16  # a write fails after half of its bytes
    FOLDER_SYNCS = 32  # of folders alone; SYNCS are those of files and folders


@dataclass(frozen=True)
class Shim:
    """One program's disk: what is written below `folder` is recorded, and fails while told to."""

    library: Path
    folder: Path
    record: Path
    fault: Path

    @staticmethod
    def can_be_built() -> bool:
        """Whether this machine has what it takes: the compiler, and the source, which no package carries."""
        return shutil.which(COMPILER) is not None and _SOURCE.exists()

    @classmethod
    def build(cls, place: Path, folder: Path) -> Shim:
        """Compiles it with gcc and lays out its files in `place`."""
        library = place / "disk_shim.so"
        subprocess.run(
            [
                COMPILER,
                "-shared",
                "-fPIC",
                "-O2",
                "-Wall",
                "-Wextra",
                "-Werror",
                "-o",
                library,
                _SOURCE,
                "-ldl",
                "-lpthread",
            ],
            check=True,
            timeout=120,
        )
        shim = cls(library, folder.resolve(), place / "record", place / "fault")
        shim.record.touch()
        shim.fault.write_bytes(_FAULT.pack(Fails.NONE, 0, 0, 0, b""))
        return shim

    @property
    def environment(self) -> dict[str, str]:
        """What a program's environment needs besides."""
        return {
            "LD_PRELOAD": str(self.library),
            "ZHIZHU_DISK_FOLDER": str(self.folder),
            "ZHIZHU_DISK_RECORD": str(self.record),
            "ZHIZHU_DISK_FAULT": str(self.fault),
        }

    def fail(self, calls: Fails, errno: int, *, after: int = 0, times: int = ALWAYS, only: str = "") -> None:
        """These calls fail with this errno, `times` of them, `after` so many have gone well, or until `heal`.

        `only`: a piece of the path. Running programs see it at their next call.
        """
        handle = os.open(self.fault, os.O_WRONLY)
        try:
            os.pwrite(handle, _FAULT.pack(calls, errno, after, times, only.encode()), 0)
        finally:
            os.close(handle)

    def heal(self) -> None:
        """Every call works again."""
        self.fail(Fails.NONE, 0)
