"""Where cuts are laid out, and the chance they are drawn by."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Final

import pytest

SEED: Final = "ZHIZHU_POWER_CUT_SEED"


@pytest.fixture
def after(tmp_path: Path) -> Iterator[Path]:
    """Where what a cut has left is laid out: in memory where there is such a folder, for nothing here need last."""
    memory = Path("/dev/shm")
    with TemporaryDirectory(dir=memory if memory.is_dir() else tmp_path) as place:
        yield Path(place)


@pytest.fixture
def seed() -> int:
    """Drawn anew each time; printed, so that a failure can be played again."""
    seed = int(os.environ.get(SEED) or Random().getrandbits(32))
    print(f"{SEED}={seed}")
    return seed
