"""Where a bench that flushes puts its files: on a disk, for in memory every ratio would mean something else."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import gettempdir
from typing import Final

from deploy.trouble import RoofTrouble

MEMORY: Final = ("tmpfs", "ramfs")


def place_on_disk() -> Path:
    """A folder for temporary files; raises RoofTrouble where all that can be written to lie in memory."""
    for place in (Path(gettempdir()), Path("/var/tmp"), Path.cwd()):  # noqa: S108  (what is put there is made by mkdtemp)
        if place.is_dir() and os.access(place, os.W_OK) and file_system(place) not in MEMORY:
            return place
    raise RoofTrouble(
        "没有找到磁盘上可写的临时文件夹。No folder for temporary files on a disk.",
        "请把 TMPDIR 设为磁盘上的一个文件夹。Set TMPDIR to a folder on a disk.",
    )


def file_system(place: Path) -> str:
    """The kind of file system a folder lies on, as the kernel names it; `?` where it does not say."""
    device = place.stat().st_dev
    number = f"{os.major(device)}:{os.minor(device)}"
    for line in Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines():
        about, _, kind = line.partition(" - ")
        if about.split()[2] == number:
            return kind.split()[0]
    return "?"
