"""A flat or bent print of a portrait held before the camera: what must not pass for a living head (pure)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from drivers.camera.cv import cv2
from drivers.camera.port import Pixels


@dataclass(frozen=True, slots=True)
class Hold:
    """How the print is held.

    Lengths are parts of the print's width, angles degrees; `bend` is the half angle of the arc into which the
    print is curved about its upright axis, towards the camera (0 flat, 90 a half pipe).
    """

    yaw_deg: float = 0.0
    pitch_deg: float = 0.0
    roll_deg: float = 0.0
    zoom: float = 1.0
    shift_x: float = 0.0
    shift_y: float = 0.0
    bend_deg: float = 0.0


# A hand-held print stands about three of its own widths from the lens: near enough for perspective to be honest.
DISTANCE_IN_WIDTHS = 3.0


def held(portrait: Pixels, hold: Hold, wall: Pixels) -> Pixels:
    """The wall with the print before it, seen by a pinhole camera."""
    height, width = portrait.shape[:2]
    wall_height, wall_width = wall.shape[:2]
    aspect = height / width
    columns, rows = 49, 49
    s, t = np.meshgrid(np.linspace(-0.5, 0.5, columns), np.linspace(-0.5, 0.5, rows))
    half_arc = math.radians(hold.bend_deg)
    if half_arc > 0:
        radius = 0.5 / half_arc
        x, z = radius * np.sin(s / radius), radius * (np.cos(s / radius) - 1.0)
        z = z - z.mean()
    else:
        x, z = s, np.zeros_like(s)
    y = t * aspect
    roll, yaw, pitch = (math.radians(a) for a in (hold.roll_deg, -hold.yaw_deg, hold.pitch_deg))
    x, y = x * math.cos(roll) - y * math.sin(roll), x * math.sin(roll) + y * math.cos(roll)
    x, z = x * math.cos(yaw) + z * math.sin(yaw), z * math.cos(yaw) - x * math.sin(yaw)
    y, z = y * math.cos(pitch) + z * math.sin(pitch), z * math.cos(pitch) - y * math.sin(pitch)
    scale = wall_height * 0.9 / aspect * hold.zoom
    nearness = DISTANCE_IN_WIDTHS / (DISTANCE_IN_WIDTHS - z)
    px = wall_width / 2 + (x * nearness + hold.shift_x) * scale
    py = wall_height / 2 + (y * nearness + hold.shift_y) * scale
    return _painted(portrait, wall, px, py, s, t)


def _painted(
    portrait: Pixels,
    wall: Pixels,
    px: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    py: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    s: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    t: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
) -> Pixels:
    """Paints the mesh strip by strip; each strip between two columns is narrow enough to be a plane."""
    height, width = portrait.shape[:2]
    out = wall.copy()
    for left in range(px.shape[1] - 1):
        source = np.array(
            [
                [(s[r, c] + 0.5) * width, (t[r, c] + 0.5) * height]
                for r, c in ((0, left), (0, left + 1), (-1, left + 1), (-1, left))
            ],
            np.float32,
        )
        target = np.array(
            [[px[r, c], py[r, c]] for r, c in ((0, left), (0, left + 1), (-1, left + 1), (-1, left))], np.float32
        )
        if (target[1, 0] - target[0, 0]) <= 0.05:
            continue  # turned away from the lens
        x0 = max(0, math.floor(float(target[:, 0].min())) - 1)
        x1 = min(wall.shape[1], math.ceil(float(target[:, 0].max())) + 2)
        if x1 <= x0:
            continue
        moved = target - np.array([x0, 0], np.float32)
        view = cv2.getPerspectiveTransform(source, moved)
        size = (x1 - x0, wall.shape[0])
        strip = cv2.warpPerspective(portrait, view, size, borderMode=cv2.BORDER_REPLICATE)
        mask = np.zeros((size[1], size[0]), np.uint8)
        cv2.fillConvexPoly(mask, np.rint(moved).astype(np.int32), 255)
        region = out[:, x0:x1]
        region[mask > 0] = strip[mask > 0]
    return out
