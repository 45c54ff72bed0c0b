"""One frame of a camera."""

from __future__ import annotations

from typing import Final

import click

from drivers.camera.port import Camera
from drivers.commands.reading.asked import Asked, Reading
from drivers.commands.reading.told import of_health
from drivers.health import Health

FRAME_WAIT_S: Final = 5.0


def read(camera: Camera, asked: Asked) -> Reading:
    """The frame's size; the frame itself goes into a file where one is named."""
    outcome = camera.grab(FRAME_WAIT_S)
    if isinstance(outcome, Health):
        return of_health(outcome)
    height, width = outcome.pixels.shape[:2]
    if asked.image is not None:
        from PIL import Image

        try:
            Image.fromarray(outcome.pixels[:, :, ::-1]).save(asked.image)
        except (OSError, ValueError) as error:
            raise click.ClickException(f"画面存不到 {asked.image}。请检查路径、权限和扩展名。") from error
    return Reading({"width": width, "height": height}, (f"一帧 {width} × {height}。One frame.",))
