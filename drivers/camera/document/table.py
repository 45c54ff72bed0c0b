"""A table under a document camera, as a value, and how it looks through a pinhole lens (pure).

The camera of such stands sees about 330 × 247 mm of the table from 45 cm above it, with five million pixels.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from drivers.camera.cv import cv2
from drivers.camera.document.sheets import Sheet
from drivers.camera.port import Pixels

WIDTH: Final = 2592
HEIGHT: Final = 1944
VIEW_MM: Final = 330.0
LENS_MM: Final = 450.0
SHADOW_PX: Final = 5.0
Cover = Literal["dark", "bright", "wood", "checked"]

_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Lying:
    """A sheet on the table: its middle in millimetres from the middle of the view, and how far it is turned."""

    sheet: Sheet
    x_mm: float = 0.0
    y_mm: float = 0.0
    roll_deg: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """What lies there and how it is seen. `pitch_deg` and `yaw_deg` lean the camera; light 1 is usual, 0 none."""

    papers: tuple[Lying, ...] = ()
    cover: Cover = "dark"
    pitch_deg: float = 0.0
    yaw_deg: float = 0.0
    light: float = 1.0
    glare_mm: tuple[float, float] | None = None
    """Where the lamp is mirrored, in millimetres from the middle of the view."""
    hand_mm: tuple[float, float] | None = None
    """Where the finger tips of a hand from the near edge of the table lie."""
    blur_px: float = 0.0


def seen(table: Table, n: int = 0) -> Pixels:
    """The frame; `n` chooses the sensor's noise."""
    lens = view(table)
    bare = cv2.warpPerspective(
        _cover(table.cover),
        lens @ _cover_to_mm(),
        (WIDTH, HEIGHT),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REFLECT,
    )
    frame = np.asarray(bare, dtype=np.uint8)
    for lying in table.papers:
        _lay(frame, lying, lens)
    if table.hand_mm is not None:
        _hand(frame, table.hand_mm, lens)
    picture = frame.astype(np.float32)
    if table.light != 1:
        picture *= table.light
    if table.glare_mm is not None:
        picture += _glare(table.glare_mm, lens)[:, :, None]
    if table.blur_px > 0:
        picture = np.asarray(cv2.GaussianBlur(picture, (0, 0), table.blur_px), dtype=np.float32)
    picture += _noise(n)
    return np.clip(picture, 0, 255, out=picture).astype(np.uint8)


def view(table: Table) -> _Floats:
    """From millimetres on the table to pixels: a pinhole that leans about the middle of what it sees."""
    pitch, yaw = math.radians(table.pitch_deg), math.radians(table.yaw_deg)
    about_x = np.array([[1, 0, 0], [0, math.cos(pitch), -math.sin(pitch)], [0, math.sin(pitch), math.cos(pitch)]])
    about_y = np.array([[math.cos(yaw), 0, math.sin(yaw)], [0, 1, 0], [-math.sin(yaw), 0, math.cos(yaw)]])
    turned = about_x @ about_y
    focal = WIDTH / VIEW_MM * LENS_MM
    sensor = np.array([[focal, 0, WIDTH / 2], [0, focal, HEIGHT / 2], [0, 0, 1]])
    plane = np.column_stack((turned[:, 0], turned[:, 1], np.array([0, 0, LENS_MM])))
    return np.asarray(sensor @ plane, dtype=np.float64)


def _lay(frame: Pixels, lying: Lying, lens: _Floats) -> None:
    sheet = lying.sheet
    height, width = sheet.pixels.shape[:2]
    turn = math.radians(lying.roll_deg)
    scale = sheet.width_mm / width
    place = np.array(
        [
            [math.cos(turn) * scale, -math.sin(turn) * scale, lying.x_mm],
            [math.sin(turn) * scale, math.cos(turn) * scale, lying.y_mm],
            [0, 0, 1],
        ]
    ) @ np.array([[1, 0, -width / 2], [0, 1, -height / 2], [0, 0, 1]])
    whole = lens @ place
    left, top, right, bottom = _around(whole, width, height)
    if left >= right or top >= bottom:
        return  # out of sight
    size = (right - left, bottom - top)
    part = frame[top:bottom, left:right]
    # The sheet is finer than the sensor: shrunk by the mean of what a pixel covers, as a lens does.
    fine = max(1, round(VIEW_MM / WIDTH / scale))
    small = cv2.resize(sheet.pixels, (width // fine, height // fine), interpolation=cv2.INTER_AREA)
    shift = np.array([[1, 0, -left], [0, 1, -top], [0, 0, 1]])
    shrunk = shift @ whole @ np.diag([width / small.shape[1], height / small.shape[0], 1.0])
    picture = cv2.warpPerspective(small, shrunk, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    solid = np.full(small.shape[:2], 255, np.uint8)
    mask = np.asarray(cv2.warpPerspective(solid, shrunk, size, flags=cv2.INTER_LINEAR), dtype=np.uint8)
    # Paper lies a little above the table and throws a thin shadow.
    aside = np.array([[1, 0, 4], [0, 1, 4]], np.float32)
    shade = cv2.warpAffine(cv2.GaussianBlur(mask, (0, 0), SHADOW_PX), aside, size)
    over = mask.astype(np.float32) / 255
    under = (1 - np.float32(0.35 / 255) * shade) * (1 - over)
    laid = part * under[:, :, None]
    laid += picture * over[:, :, None]
    part[:] = laid.astype(np.uint8)


def _around(to_pixels: _Floats, width: int, height: int) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of what a sheet of so many dots and its shadow can touch, within the frame."""
    edges = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
    seen_at = cv2.perspectiveTransform(edges.reshape(-1, 1, 2), to_pixels).reshape(-1, 2)
    room = 8 * SHADOW_PX
    (left, top), (right, bottom) = seen_at.min(axis=0) - room, seen_at.max(axis=0) + room
    return max(0, int(left)), max(0, int(top)), min(WIDTH, int(right) + 1), min(HEIGHT, int(bottom) + 1)


def _hand(frame: Pixels, tips_mm: tuple[float, float], lens: _Floats) -> None:
    skin, shadow = (118, 148, 196), (84, 112, 158)
    x, y = tips_mm
    for colour, wider in ((shadow, 1.5), (skin, 0.0)):
        palm = np.array([[x - 34, y + 62], [x + 34, y + 62], [x + 44, y + 330], [x - 44, y + 330]])
        cv2.fillConvexPoly(frame, _dots(palm, lens), colour, cv2.LINE_AA)
        for at, reach in enumerate((14, 0, 4, 20)):
            middle = x - 27 + at * 18
            ends = _dots(np.array([[middle, y + reach + 9], [middle, y + 78]]), lens)
            thick = round((17 + wider) * WIDTH / VIEW_MM)
            cv2.line(frame, tuple(map(int, ends[0])), tuple(map(int, ends[1])), colour, thick, cv2.LINE_AA)


def _glare(at_mm: tuple[float, float], lens: _Floats) -> npt.NDArray[np.float32]:
    [[x, y]] = _dots(np.array([at_mm]), lens)
    columns, rows = np.arange(WIDTH, dtype=np.float32) - x, np.arange(HEIGHT, dtype=np.float32) - y
    across, down = np.exp(-((columns / 170) ** 2)), np.exp(-((rows / 110) ** 2))
    return np.asarray(260.0 * np.outer(down, across), dtype=np.float32)


def _dots(points_mm: _Floats, lens: _Floats) -> npt.NDArray[np.int32]:
    flat = cv2.perspectiveTransform(points_mm.reshape(-1, 1, 2).astype(np.float64), lens)
    return np.rint(flat.reshape(-1, 2)).astype(np.int32)


def _cover_to_mm() -> _Floats:
    """The picture of a cover has two dots a millimetre and its middle in the middle."""
    return np.array([[0.5, 0, -250], [0, 0.5, -200], [0, 0, 1]])


@cache
def _cover(cover: Cover) -> Pixels:
    """The bare table; nobody may write into it."""
    picture = np.zeros((800, 1000, 3), np.uint8)
    match cover:
        case "dark":
            picture[:] = (62, 66, 64)
        case "bright":
            picture[:] = (205, 210, 212)
        case "wood":
            rows = np.arange(800)[:, None] + 14 * np.sin(np.arange(1000)[None, :] / 130)
            grain = np.sin(rows / 9) + 0.6 * np.sin(rows / 3.7)
            picture[:] = np.clip(np.array([78, 118, 158]) + 9 * grain[:, :, None], 0, 255)
        case "checked":
            odd = (np.arange(800)[:, None] // 36 + np.arange(1000)[None, :] // 36) % 2
            picture[:] = np.where(odd[:, :, None], np.array([214, 216, 220]), np.array([84, 70, 176]))
    picture.setflags(write=False)
    return picture


@cache
def _noise_tile() -> npt.NDArray[np.float32]:
    tile = np.random.default_rng(7).normal(0.0, 2.0, (HEIGHT // 4, WIDTH // 4, 3)).astype(np.float32)
    tile.setflags(write=False)
    return tile


def _noise(n: int) -> npt.NDArray[np.float32]:
    """A tile of sensor noise laid over the frame, moved with `n`: five million fresh numbers a frame are too slow."""
    tile = _noise_tile()
    return np.tile(np.roll(tile, (n * 37 % tile.shape[0], n * 53 % tile.shape[1]), (0, 1)), (4, 4, 1))
