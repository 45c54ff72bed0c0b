"""A recording of a head before a camera, as somebody might hold one up: made by the simulated camera beforehand."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from drivers.camera.simulator import STEP_DEG, SceneAsked, SimulatedCamera

STRAIGHT: Final = 6
LONGEST_TURN: Final = 8


def record(portrait: Path, yaw_deg: float, folder: Path) -> tuple[Path, ...]:
    """Frames of a head that looks straight, turns by `yaw_deg` and comes back."""
    turn = min(LONGEST_TURN, round(abs(yaw_deg) / STEP_DEG) + 1)
    camera = SimulatedCamera()
    camera.start(f"images://{folder / 'live'}")
    try:
        camera.show(camera.scene_of(SceneAsked(head=str(portrait))))
        frames: list[Path] = []
        for wanted, count in ((0.0, STRAIGHT), (yaw_deg, turn), (0.0, turn)):
            camera.turn(wanted)
            for _ in range(count):
                camera.render()
                newest = max((folder / "live").glob("frame-*.jpg"))
                frames.append(folder / f"film-{len(frames):03d}.jpg")
                frames[-1].write_bytes(newest.read_bytes())
    finally:
        camera.stop()
    return tuple(frames)
