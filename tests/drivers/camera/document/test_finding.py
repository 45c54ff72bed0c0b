"""Sheets are found where they lie, on every table, and straightened to what was printed on them.

Here some of the ways in which they lie, each table, turn and sheet among them; with ZHIZHU_PICTURES=all, as the nightly
run has it, every one.
"""

from __future__ import annotations

import itertools
import math
import os
from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt
import pytest

from drivers.camera.cv import cv2
from drivers.camera.document import flaws
from drivers.camera.document.judgement import sheet
from drivers.camera.document.mrz.codec import encode
from drivers.camera.document.port import Reason
from drivers.camera.document.quad import sheets
from drivers.camera.document.sheets import Sheet, blank_page, permit_card, qr_page, text_page
from drivers.camera.document.straighten import FORMATS, Shape, card_or_page, straightened
from drivers.camera.document.table import HEIGHT, WIDTH, Cover, Lying, Table, seen, view
from tests.drivers.camera.document.permits import HOME_RETURN, PASSPORT

CARD: Final = permit_card(encode(HOME_RETURN))
TEXT: Final = text_page()
SMALL_TEXT: Final = Sheet(TEXT.pixels, 120.0, 169.7)
NARROW: Final = Sheet(TEXT.pixels[:, 100:900], 100.0, 297.0)
EVERY: Final = os.environ.get("ZHIZHU_PICTURES") == "all"
LYING: Final = tuple(
    itertools.product(("dark", "bright", "wood"), (-45, -20, 0, 33, 45), ("page", "card"))
    if EVERY
    else (
        *(("dark", -45, "page"), ("bright", -20, "card"), ("wood", 0, "page")),
        *(("dark", 33, "card"), ("bright", 45, "page"), ("wood", -45, "card")),
    )
)
OFF_MAX_PX: Final = 5.0
"""Two thirds of a millimetre on the table."""
CHECKED_OFF_MAX_PX: Final = 30.0
"""Four millimetres: a line of the cloth that runs along the sheet's side may be taken for it."""


def corners_of(table: Table, lying: Lying) -> npt.NDArray[np.float64]:
    half = np.array([lying.sheet.width_mm, lying.sheet.height_mm]) / 2
    turn = math.radians(lying.roll_deg)
    turned = np.array([[math.cos(turn), -math.sin(turn)], [math.sin(turn), math.cos(turn)]])
    points = (np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half) @ turned.T + [lying.x_mm, lying.y_mm]
    return np.asarray(cv2.perspectiveTransform(points.reshape(-1, 1, 2), view(table)).reshape(-1, 2))


def off_px(table: Table, found: npt.NDArray[np.float64]) -> float:
    true = corners_of(table, table.papers[0])
    return min(float(np.abs(np.roll(true, turn, axis=0) - found).max()) for turn in range(4))


@pytest.mark.parametrize(("cover", "roll_deg", "what"), LYING)
def test_a_sheet_is_found_turned_and_in_perspective(cover: Cover, roll_deg: float, what: str) -> None:
    lying, shape = (CARD, Shape.card) if what == "card" else (SMALL_TEXT, Shape.a4)
    table = Table((Lying(lying, 8, -5, roll_deg),), cover, pitch_deg=9, yaw_deg=-6)
    found = sheet(seen(table), shape)
    assert not isinstance(found, Reason), found
    assert off_px(table, found) < OFF_MAX_PX


@pytest.mark.parametrize("roll_deg", [-45, -10, 0, 20, 45] if EVERY else [-45, 20])
def test_a_page_is_found_on_a_checked_cloth(roll_deg: float) -> None:
    table = Table((Lying(SMALL_TEXT, 8, -5, roll_deg),), "checked", pitch_deg=9)
    found = sheet(seen(table), Shape.a4)
    assert not isinstance(found, Reason), found
    assert off_px(table, found) < CHECKED_OFF_MAX_PX


@pytest.mark.parametrize("roll_deg", [-45, -30, -10, 0, 20, 45] if EVERY else [-30, 0])
def test_a_card_on_a_cloth_checked_in_its_own_white_is_found_right_or_refused(roll_deg: float) -> None:
    table = Table((Lying(CARD, 15, -5, roll_deg),), "checked", pitch_deg=-8, yaw_deg=6)
    found = sheet(seen(table), Shape.card)
    assert isinstance(found, Reason) or off_px(table, found) < CHECKED_OFF_MAX_PX


@pytest.mark.parametrize("cover", ["dark", "bright", "wood", "checked"])
def test_an_empty_table_has_no_page(cover: Cover) -> None:
    assert sheet(seen(Table((), cover, pitch_deg=5)), Shape.a4) is Reason.no_page


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        (Table((Lying(TEXT, 95, 0, 90),)), Reason.cut_off),
        (Table((Lying(TEXT, 3, -3, 82),), "wood", pitch_deg=8, yaw_deg=7), Reason.cut_off),
        (Table((Lying(CARD, -70, 0, 10), Lying(CARD, 60, 10, -20)), "bright"), Reason.two_pages),
        (Table((Lying(TEXT, 0, 0, 90),), hand_mm=(10, 40)), Reason.hand),
        (Table((Lying(CARD, 0, 0, 10),), "bright", hand_mm=(12, -5)), Reason.hand),
        (Table((Lying(CARD, 0, 0, 10),), "dark", hand_mm=(10, -60)), Reason.hand),
        (Table((Lying(TEXT, 0, 0, 90),), glare_mm=(20, 10)), Reason.glare),
        (Table((Lying(TEXT, 0, 0, 90),), light=0.25), Reason.dark),
        (Table((Lying(TEXT, 0, 0, 90),), light=0.03), Reason.dark),
        (Table((Lying(TEXT, 0, 0, 90),), blur_px=3.0), Reason.blurred),
        (Table((Lying(blank_page(), 0, 0, 90),)), Reason.blank),
        (Table((Lying(NARROW, 0, 0, 90),)), Reason.wrong_shape),
        (Table((Lying(CARD, 0, 0, 0),)), Reason.too_small),
        (Table((Lying(TEXT, 0, 0, 90),), hand_mm=None), None),
    ],
)
def test_a_picture_that_is_not_fit_is_refused_for_its_reason(table: Table, reason: Reason | None) -> None:
    found = sheet(seen(table), Shape.a4)
    assert found is reason if reason is not None else not isinstance(found, Reason)


def test_a_hand_over_a_card_on_a_table_of_its_own_colour_is_refused_in_any_case() -> None:
    table = Table((Lying(CARD, 0, 0, -25),), "wood", pitch_deg=6, hand_mm=(12, -5))
    assert sheet(seen(table), Shape.card) in (Reason.hand, Reason.no_page)


def test_a_page_with_three_corners_outside_is_never_straightened() -> None:
    assert sheet(seen(Table((Lying(TEXT, 0, 0, 60),), "wood")), Shape.a4) in (Reason.cut_off, Reason.no_page)


def test_a_sheet_whose_side_is_hidden_is_not_straightened() -> None:
    # A dark ribbon of the table's own colour across one side: no hand, and no straight edge either.
    picture = seen(Table((Lying(TEXT, 0, 0, 90),)))
    cv2.rectangle(picture, (WIDTH // 2 - 260, 0), (WIDTH // 2 + 260, HEIGHT // 5), (62, 66, 64), -1)
    assert sheet(picture, Shape.a4) in (Reason.unclear, Reason.no_page)


@pytest.mark.parametrize("shape", Shape)
def test_the_straightened_page_is_what_was_printed_at_the_stated_resolution(shape: Shape) -> None:
    printed = {Shape.a4: TEXT, Shape.card: CARD, Shape.small_page: permit_card(encode(PASSPORT))}[shape]
    roll_deg = 86.0 if shape is Shape.a4 else -30.0
    picture = seen(Table((Lying(printed, 3, -3, roll_deg),), "wood", pitch_deg=6, yaw_deg=4))
    corners = sheet(picture, shape)
    assert not isinstance(corners, Reason), corners
    flat = straightened(picture, corners, shape)
    size = FORMATS[shape]
    assert flat.shape[:2] == (round(size.short_mm / 25.4 * size.dpi), round(size.long_mm / 25.4 * size.dpi))
    upright = np.asarray(cv2.rotate(flat, cv2.ROTATE_90_COUNTERCLOCKWISE), np.uint8) if shape is Shape.a4 else flat
    expected = cv2.resize(printed.pixels, (upright.shape[1], upright.shape[0]), interpolation=cv2.INTER_AREA)
    # Compared over a few dots: half a dot of shift is not what is asked here.
    likeness = np.corrcoef(cv2.blur(upright, (5, 5)).ravel(), cv2.blur(expected, (5, 5)).ravel())[0, 1]
    assert likeness > 0.9


def test_cards_and_small_pages_are_told_apart() -> None:
    for what, shape in ((CARD, Shape.card), (permit_card(encode(PASSPORT)), Shape.small_page)):
        corners = sheet(seen(Table((Lying(what, 0, 0, 15),), pitch_deg=8)), None)
        assert not isinstance(corners, Reason)
        assert card_or_page(corners) is shape


def test_sharpness_falls_with_blur_and_is_not_judged_without_ink() -> None:
    table = Table((Lying(qr_page(["x"]), 0, 0, 90),))
    measured = []
    for blur_px in (0.0, 1.5, 3.0):
        picture = seen(replace(table, blur_px=blur_px))
        measured.append(flaws.sharpness(picture, sheets(picture)[0].corners) or 0.0)
    assert measured == sorted(measured, reverse=True)
    assert measured[0] > 1.5 * measured[1] > 1.5 * measured[2]
