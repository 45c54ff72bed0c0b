"""A folder's own memory: a file that was created, renamed or linked is sure to have its name only after this."""

from __future__ import annotations

import os
from pathlib import Path


def sync_folder(folder: Path) -> None:
    """Brings the names in a folder onto the disk; raises OSError where the disk refuses."""
    sync_file(folder)


def sync_file(path: Path) -> None:
    """Brings what a file (or folder) holds onto the disk, whoever wrote it; raises OSError where the disk refuses."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
