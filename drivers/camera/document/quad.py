"""Finds the sheet on the table: its four corners in the picture (pure).

Several ways of telling paper from table each give closed outlines; the four-cornered ones are judged by how much of
their sides lies on a real edge of the picture. So a white sheet on a white table is found by its faint shadow line
and a sheet on a checked cloth by its brightness.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from drivers.camera.cv import cv2
from drivers.camera.port import Pixels

SEARCH_WIDTH: Final = 864
AREA_MIN: Final = 0.025
"""A card under a stand that sees 330 mm covers more than five hundredths of the picture."""
AREA_MAX: Final = 0.995
SUPPORT_MIN: Final = 0.62
CUT_SUPPORT_MIN: Final = 0.9
SIDE_MIN: Final = 0.30
PAPER_MIN: Final = 0.6
PAPER_SPREAD: Final = 20
MARGIN_PX: Final = 6
MARGIN_BARE: Final = 0.65
BORDER_PX: Final = 4
OUTLINES_MAX: Final = 60
_SAMPLES: Final = 48
_BESIDE: Final = np.arange(-3, 4)
"""How far from a side its edge may lie, in pixels."""

Corners = npt.NDArray[np.float64]
"""4 × 2: top left, top right, bottom right, bottom left, as the sheet lies in the picture."""
_Gray = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """One sheet: its corners in the full picture, the part of its sides that lies on edges, whether it is cut off."""

    corners: Corners
    support: float
    cut_off: bool

    @property
    def area(self) -> float:
        """In square pixels."""
        return float(cv2.contourArea(self.corners.astype(np.float32)))


def sheets(picture: Pixels) -> tuple[Found, ...]:
    """The sheets in the picture that do not overlap, the largest first; at most three."""
    scale = min(1.0, SEARCH_WIDTH / picture.shape[1])
    small = np.asarray(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    lab = np.asarray(cv2.cvtColor(cv2.GaussianBlur(small, (5, 5), 0), cv2.COLOR_BGR2LAB), dtype=np.uint8)
    slopes = _slopes(lab)
    height, width = small.shape[:2]
    judged: list[Found] = []
    light = np.ascontiguousarray(lab[:, :, 0])
    fine_light = light.astype(np.float32)
    for rough in _outlines(lab):
        sides = _finer(rough, fine_light) if len(rough) == 4 else rough
        support, weakest, cut_off = _support(sides, slopes, light)
        # Of a sheet that the picture cuts, the sides that are seen have to be beyond doubt.
        if (
            support >= (CUT_SUPPORT_MIN if cut_off else SUPPORT_MIN)
            and weakest >= SIDE_MIN
            and _paper_part(light, sides) >= PAPER_MIN
        ):
            corners = sides if len(sides) == 4 else _grown(sides, (height, width))
            judged.append(Found(ordered(corners), support, cut_off))
    # Large before small, for a table printed on a sheet has four corners too; but first what truly lies on edges.
    judged.sort(key=lambda each: each.area * each.support**8, reverse=True)
    apart: list[Found] = []
    for each in judged:
        if all(_overlap(each.corners, other.corners) < 0.02 * each.area for other in apart):
            apart.append(each)
        if len(apart) == 3:
            break
    gray = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).astype(np.float32)
    return tuple(_in_full(each, scale, gray) for each in apart)


def _in_full(found: Found, scale: float, gray: npt.NDArray[np.float32]) -> Found:
    """The sheet in the full picture; one whose corners would lie outside of it is cut off too."""
    corners = _finer(found.corners / scale, gray)
    height, width = gray.shape
    outside = bool((corners < -1).any() or (corners > np.array([width, height])).any())
    return Found(corners, found.support, found.cut_off or outside)


def _outlines(lab: Pixels) -> Iterator[Corners]:
    """Outlines with the four corners of a sheet, or with five or six where the picture cuts it."""
    size = lab.shape[:2]
    frame_area = size[0] * size[1]
    for mask in _masks(lab):
        # A frame of background, so that a sheet which the picture cuts has an outline at all.
        padded = cv2.copyMakeBorder(mask, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
        outlines, _ = cv2.findContours(padded, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
        for outline in sorted(outlines, key=cv2.contourArea, reverse=True)[:OUTLINES_MAX]:
            hull = cv2.convexHull(outline)
            area = cv2.contourArea(hull)
            # An outline much smaller than its hull is a letter or a pattern, not a sheet.
            if not AREA_MIN * frame_area <= area <= AREA_MAX * frame_area or cv2.contourArea(outline) < 0.75 * area:
                continue
            length = cv2.arcLength(hull, True)
            for part in (0.02, 0.035, 0.06):
                corners = cv2.approxPolyDP(hull, part * length, True).reshape(-1, 2).astype(np.float64) - 1.0
                cut = len(corners) in (5, 6) and int(_on_border(corners, (size[0], size[1])).sum()) >= 2
                if len(corners) == 4 or cut:
                    yield corners
                    break
            else:
                # Corners that an opened mask has lost: the sides are nearly right, and are looked at more closely.
                yield cv2.boxPoints(cv2.minAreaRect(hull)).astype(np.float64) - 1.0


def _on_border(points: Corners, size: tuple[int, int]) -> npt.NDArray[np.bool_]:
    height, width = size
    near = (points < BORDER_PX).any(axis=1)
    return np.asarray(near | (points > np.array([width, height]) - 1 - BORDER_PX).any(axis=1), dtype=np.bool_)


def _grown(corners: Corners, size: tuple[int, int]) -> Corners:
    """The rectangle about a sheet whose corner lies outside the picture, kept to the picture."""
    box = cv2.boxPoints(cv2.minAreaRect(corners.astype(np.float32)))
    return np.clip(box, 0, np.array([size[1], size[0]]) - 1).astype(np.float64)


def _paper_part(light: _Gray, corners: Corners) -> float:
    """How much of the inside is as light as most of it: a sheet is mostly bare, a pattern or a QR code is not."""
    inside = np.zeros(light.shape, np.uint8)
    cv2.fillConvexPoly(inside, np.rint(corners).astype(np.int32), 255)
    return _alike(light[inside > 0])


def _alike(lightness: _Gray) -> float:
    """The largest part that lies within a band of lightness."""
    counts = np.bincount(lightness, minlength=256)
    near = np.convolve(counts, np.ones(2 * PAPER_SPREAD + 1), mode="same")
    return float(near.max() / max(1, lightness.size))


def _masks(lab: Pixels) -> Iterator[_Gray]:
    light = np.ascontiguousarray(lab[:, :, 0])
    kernel = np.ones((5, 5), np.uint8)
    for low, high in ((12, 36), (40, 120)):
        edges = cv2.Canny(light, low, high)
        yield np.asarray(cv2.dilate(edges, np.ones((3, 3), np.uint8)), dtype=np.uint8)
    level, mask = cv2.threshold(light, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    yield np.asarray(cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8)), dtype=np.uint8)
    bright = float(np.percentile(light, 90))
    for below in (8, 16, 28):
        if bright - below > level:
            _, mask = cv2.threshold(light, bright - below, 255, cv2.THRESH_BINARY)
            closed = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
            yield np.asarray(closed, dtype=np.uint8)
            # Opened: what touches the sheet by its own light squares falls away.
            for size in (21, 45, 65):
                disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
                yield np.asarray(cv2.morphologyEx(closed, cv2.MORPH_OPEN, disc), dtype=np.uint8)
    for channel in (1, 2):
        colour = np.ascontiguousarray(lab[:, :, channel])
        for kind in (cv2.THRESH_BINARY, cv2.THRESH_BINARY_INV):
            _, mask = cv2.threshold(colour, 0, 255, kind + cv2.THRESH_OTSU)
            yield np.asarray(cv2.morphologyEx(mask, cv2.MORPH_CLOSE, kernel), dtype=np.uint8)


def _slopes(lab: Pixels) -> npt.NDArray[np.float32]:
    """Height × width × channel × 2: how steeply each channel rises to the right and down."""
    across = cv2.Sobel(lab, cv2.CV_32F, 1, 0, scale=0.25)
    down = cv2.Sobel(lab, cv2.CV_32F, 0, 1, scale=0.25)
    return np.stack((across, down), axis=-1).astype(np.float32)


def _support(corners: Corners, slopes: npt.NDArray[np.float32], light: _Gray) -> tuple[float, float, bool]:
    """How much of the sides lies on edges across them with bare paper behind, the worst side, whether one is cut."""
    height, width = light.shape
    parts: list[float] = []
    cut_off = False
    middle = corners.mean(axis=0)
    for start, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        along = _along(start, end)
        inward = np.array([-along[1], along[0]])
        inward = inward if inward @ (middle - start) > 0 else -inward
        points = start + (end - start) * np.linspace(0.06, 0.94, _SAMPLES)[:, None]
        if _on_border(points, (height, width)).mean() > 0.25:
            cut_off = True
            continue
        near = points + inward * _BESIDE[:, None, None]
        slope = slopes[_cells(near, (height, width))]
        across = np.abs(slope @ inward)
        hit = ((across > 3.5) & (across > 1.5 * np.abs(slope @ along))).any(axis=(0, 2))
        # The margin of a sheet is bare; behind the line of a checked cloth lie squares.
        margin = light[_cells(points + inward * MARGIN_PX, (height, width))]
        parts.append(float(hit.mean()) * (1.0 if _alike(margin) >= MARGIN_BARE else 0.0))
    if len(parts) < 2:
        return 0.0, 0.0, cut_off
    return float(np.mean(parts)), min(parts), cut_off


def _along(start: Corners, end: Corners) -> Corners:
    return np.asarray((end - start) / max(1.0, float(np.hypot(*(end - start)))), dtype=np.float64)


def _cells(points: Corners, size: tuple[int, int]) -> tuple[npt.NDArray[np.int_], npt.NDArray[np.int_]]:
    at = np.rint(points).astype(int)
    return np.clip(at[..., 1], 0, size[0] - 1), np.clip(at[..., 0], 0, size[1] - 1)


def ordered(corners: Corners) -> Corners:
    """The corners clockwise from the one that is top left as the sheet lies, whatever way it is turned by up to 45°."""
    middle = corners.mean(axis=0)
    around = corners[np.argsort(np.arctan2(corners[:, 1] - middle[1], corners[:, 0] - middle[0]))]

    def lean(turn: int) -> float:
        """How far the side that would be the top is from level."""
        side = np.roll(around, -turn, axis=0)
        along = side[1] - side[0]
        return abs(float(np.arctan2(along[1], along[0])))

    return np.roll(around, -min(range(4), key=lean), axis=0)


def _finer(corners: Corners, gray: npt.NDArray[np.float32]) -> Corners:
    """The corners moved to where lines through the picture's own edges meet."""
    lines = []
    reach = 9.0
    offsets = np.arange(-reach, reach + 0.5, 1.0)
    for start, end in zip(corners, np.roll(corners, -1, axis=0), strict=True):
        along = _along(start, end)
        normal = np.array([-along[1], along[0]])
        points = start + (end - start) * np.linspace(0.08, 0.92, 80)[:, None]
        if _on_border(points, (gray.shape[0], gray.shape[1])).mean() > 0.25:
            lines.append((start, along))
            continue
        grid = points[:, None, :] + offsets[None, :, None] * normal
        profile = cv2.remap(
            gray,
            grid[:, :, 0].astype(np.float32),
            grid[:, :, 1].astype(np.float32),
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
        steep = np.abs(np.gradient(cv2.GaussianBlur(profile, (3, 1), 0), axis=1))
        at = steep.argmax(axis=1)
        strong = steep[np.arange(len(points)), at] > 3.0
        if strong.sum() < 20:
            lines.append((start, along))
            continue
        edge = (points + offsets[at][:, None] * normal)[strong].astype(np.float32)
        dx, dy, x, y = np.asarray(cv2.fitLine(edge, cv2.DIST_HUBER, 0, 0.01, 0.01)).ravel()
        lines.append((np.array([x, y], float), np.array([dx, dy], float)))
    better = np.array([_meeting(lines[at - 1], lines[at]) for at in range(4)])
    moved = np.hypot(*(better - corners).T)
    return np.where((moved < 4 * reach)[:, None], better, corners)


def _meeting(one: tuple[Corners, Corners], other: tuple[Corners, Corners]) -> Corners:
    (p, d), (q, e) = one, other
    cross = d[0] * e[1] - d[1] * e[0]
    if abs(cross) < 1e-6:
        return p
    t = ((q[0] - p[0]) * e[1] - (q[1] - p[1]) * e[0]) / cross
    return np.asarray(p + t * d, dtype=np.float64)


def _overlap(one: Corners, other: Corners) -> float:
    area, _ = cv2.intersectConvexConvex(one.astype(np.float32), other.astype(np.float32))
    return float(area)
