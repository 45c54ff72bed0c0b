"""A picture that does not fit is refused when it is taken, in words of its own, and nothing of it lies on the disk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from drivers.camera.port import Frame
from kiosk.doors import Err, Ok
from kiosk.journey.acts import Act, PictureFailed, PictureTaken
from kiosk.journey.screens import Reason
from kiosk.services.pictures import Pictures, TooLarge
from kiosk.services.roles import Slot
from offline.pictures import FOLDER


class NoiseCamera:
    """Sees what no JPEG can make small."""

    def grab(self, timeout_s: float) -> Frame:
        """A frame of noise."""
        pixels = np.random.default_rng(7).integers(0, 256, (480, 640, 3), np.uint8)
        return Frame(pixels, 0.0)


class NearSlot(Slot):
    """The camera's slot without a door between."""

    def __init__(self) -> None:
        """No device is made."""
        self.released = 0

    def use(self, work: Callable[[Any], Any], then: Callable[[Any], None], *, deadline_s: float) -> None:
        """Does it here and now."""
        try:
            then(Ok(work(NoiseCamera())))
        except TooLarge as error:
            then(Err(error))

    def release(self) -> None:
        """Lets go of the camera."""
        self.released += 1


@pytest.mark.parametrize(("most_kb", "fits"), [(2048, True), (40, False)])
def test_a_picture_over_the_bound_is_refused_at_capture(tmp_path: Path, most_kb: int, fits: bool) -> None:
    told: list[Act] = []
    slot = NearSlot()
    pictures = Pictures(slot, tmp_path, told.append, deadline_s=5, most_bytes=most_kb * 1024)
    pictures.take(3, bytes(1024))
    (act,) = told
    if fits:
        assert isinstance(act, PictureTaken)
    else:
        assert act == PictureFailed(3, Reason.PICTURE_TOO_LARGE)
    assert slot.released == 1
    lying = [path.stat().st_size for path in (tmp_path / FOLDER).glob("*")]
    assert len(lying) == (1 if fits else 0)
    assert all(size <= most_kb * 1024 for size in lying)


def test_a_picture_is_made_smaller_before_it_is_refused(tmp_path: Path) -> None:
    sizes = []
    for most_bytes in (2 * 1024 * 1024, 200 * 1024):
        told: list[Act] = []
        folder = tmp_path / str(most_bytes)
        folder.mkdir()
        Pictures(NearSlot(), folder, told.append, deadline_s=5, most_bytes=most_bytes).take(1, b"")
        (act,) = told
        assert isinstance(act, PictureTaken)
        sizes.append(Path(act.path).stat().st_size)
    assert sizes[1] <= 200 * 1024 < sizes[0]
