"""Every named state of the screens against its reference picture; `--update-screens` accepts what is painted now."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage

from tests.kiosk.qml.booth import Booth
from tests.kiosk.qml.fixture_sessions import NAMES
from tests.kiosk.qml.picture_files import kept, saved, whole

REFERENCE: Final = Path(__file__).parent / "reference"
ACTUAL: Final = Path(__file__).parent / "actual"
WIDTH_PX: Final = 360
DIFFERENT_LEAST: Final = 64  # of 255, in any channel: less is the few colours of the kept file
DIFFERENT_MOST_PX: Final = 40  # counted pixels, never a mean


def small_picture(booth: Booth) -> QImage:
    """The whole screen at a third of its size: enough to see every change, small enough to keep."""
    return booth.picture().scaledToWidth(WIDTH_PX, Qt.TransformationMode.SmoothTransformation)


@pytest.mark.parametrize("name", NAMES)
def test_the_screen_looks_as_it_was_accepted(booth: Booth, name: str, pytestconfig: pytest.Config) -> None:
    booth.show(name)
    small = small_picture(booth)
    reference = REFERENCE / f"{name}.png"
    if pytestconfig.getoption("--update-screens", default=False):
        saved(small, reference)
        return
    assert reference.exists(), "no reference picture: look at the screen, then run with --update-screens"
    count = different_pixels(whole(small), kept(reference))
    if count > DIFFERENT_MOST_PX:
        saved(small, ACTUAL / f"{name}.png")
    assert count <= DIFFERENT_MOST_PX, f"{count} pixels differ, see {ACTUAL / name}.png"


def different_pixels(one: Image.Image, other: Image.Image) -> int:
    """How many pixels differ visibly; all of them where the sizes do."""
    if one.size != other.size:
        return max(one.width * one.height, other.width * other.height)
    apart = np.abs(np.asarray(one, dtype=np.int16) - np.asarray(other, dtype=np.int16))
    return int((apart.max(axis=2) >= DIFFERENT_LEAST).sum())


def test_the_comparison_sees_what_is_missing(booth: Booth) -> None:
    booth.show("attract")
    picture = whole(small_picture(booth))
    without = picture.copy()
    without.paste((255, 255, 255), (20, 568, 120, 620))
    assert different_pixels(picture, picture) == 0
    assert different_pixels(picture, without) > DIFFERENT_MOST_PX
