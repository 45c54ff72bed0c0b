"""Zones read from pixels: what must be read without a fault, and what must not be taken.

Here two documents in each condition; with ZHIZHU_PICTURES=all, as the nightly run has it, every document.
"""

from __future__ import annotations

import os
from dataclasses import replace

import numpy as np
import pytest

from drivers.camera.document.mrz.codec import encode
from drivers.camera.document.mrz.glyphs import CELL, centred, glyphs, unit
from drivers.camera.document.mrz.layout import ALPHABET
from drivers.camera.document.mrz.reading import zone_of
from drivers.camera.document.mrz.strip import ink_of, lines
from drivers.camera.document.sheets import permit_card, text_page
from tests.drivers.camera.document.measure_mrz import CONDITIONS, Count, count, edits
from tests.drivers.camera.document.permits import DOCUMENTS, HOME_RETURN, PASSPORT

EVERY = os.environ.get("ZHIZHU_PICTURES") == "all"
CHOSEN = tuple(DOCUMENTS.values()) if EVERY else (HOME_RETURN, PASSPORT)
SURE = [
    "flat, sharp ends (another cut of the font)",
    "blur 2 px",
    "half the light",
    "camera leans 10°",
    "upside down, bright table",
]


@pytest.mark.parametrize("condition", SURE)
def test_every_character_of_every_document_is_read(condition: str) -> None:
    got = count(*CONDITIONS[condition], CHOSEN)
    assert (got.wrong, got.unread, got.accepted, got.accepted_wrongly) == (0, 0, len(CHOSEN), 0)


@pytest.mark.parametrize("condition", ["blur 4 px", "a tenth of the light", "camera leans 30°"])
def test_what_cannot_be_read_is_never_taken_for_something_else(condition: str) -> None:
    got: Count = count(*CONDITIONS[condition], CHOSEN)
    assert got.accepted_wrongly == 0
    assert got.accepted < len(CHOSEN)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_zone_is_read_either_way_up(name: str) -> None:
    zone = encode(DOCUMENTS[name])
    card = permit_card(zone).pixels
    first = list(DOCUMENTS).index(name)
    for turns in range(4) if EVERY else (first % 4, (first + 1) % 4):
        read = zone_of(np.ascontiguousarray(np.rot90(card, turns)))
        assert read is not None
        assert read.lines == zone


def test_a_document_without_a_zone_has_none() -> None:
    assert zone_of(text_page().pixels) is None
    assert zone_of(np.full((300, 480, 3), 220, np.uint8)) is None


def test_lines_are_counted_at_their_pitch() -> None:
    page = permit_card(encode(PASSPORT)).pixels
    assert [line.count for line in lines(ink_of(page))] == [44, 44]
    assert [line.count for line in lines(ink_of(np.ascontiguousarray(page[:, :, 0])))] == [44, 44]


def test_every_glyph_is_likest_to_itself() -> None:
    known = glyphs()
    assert set(known.characters) == set(ALPHABET)
    likeness = known.vectors @ known.vectors.T
    np.fill_diagonal(likeness, -1)
    assert [known.characters[at] for at in likeness.argmax(axis=1)] == list(known.characters)


def test_an_empty_cell_is_no_character() -> None:
    empty = np.zeros((CELL[1], CELL[0]), np.float32)
    assert centred(empty) is empty
    assert not unit(empty).any()


def test_edits_are_counted() -> None:
    assert [edits("", "abc"), edits("abc", "abc"), edits("abc", "axc"), edits("ab", "b")] == [3, 0, 1, 1]


def test_a_one_line_permit_may_have_print_above_it() -> None:
    document = replace(DOCUMENTS["one_line"], number="C88888888")
    read = zone_of(permit_card(encode(document)).pixels)
    assert read is not None
    assert read.lines == encode(document)
    assert HOME_RETURN.number not in read.lines[0]
