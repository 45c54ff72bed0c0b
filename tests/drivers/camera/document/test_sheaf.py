"""Pages gathered into one PDF: true sizes, bounds, and nothing about anybody in its metadata."""

from __future__ import annotations

import io
import re

import numpy as np
import pytest
from PIL import Image

from drivers.camera.document.port import Page
from drivers.camera.document.sheaf import Full, Sheaf
from drivers.camera.document.straighten import Shape


def page(shade: int, shape: Shape = Shape.a4, size: tuple[int, int] = (1754, 1240), dpi: int = 150) -> Page:
    pixels = np.full((*size, 3), shade, np.uint8)
    pixels[10:60, 10:200] = (255, 0, 0)
    return Page(pixels, shape, dpi)


def pictures(pdf: bytes) -> list[Image.Image]:
    found = re.findall(rb"/Filter /DCTDecode /Length (\d+) >>\nstream\n", pdf)
    starts = [match.end() for match in re.finditer(rb"/DCTDecode /Length \d+ >>\nstream\n", pdf)]
    return [Image.open(io.BytesIO(pdf[start : start + int(size)])) for start, size in zip(starts, found, strict=True)]


def test_the_pages_are_in_the_pdf_in_order_at_their_true_size() -> None:
    sheaf = Sheaf()
    assert sheaf.add(page(200)) is None
    assert sheaf.add(page(90, Shape.card, (638, 1011), 300)) is None
    pdf = sheaf.pdf()
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    sizes_mm = [tuple(round(float(side) / 72 * 25.4) for side in box) for box in boxes]
    assert sizes_mm == [(210, 297), (86, 54)]
    first, second = pictures(pdf)
    assert first.size == (1240, 1754)
    assert abs(int(np.asarray(first)[900, 600].mean()) - 200) < 4
    assert abs(int(np.asarray(second)[300, 600].mean()) - 90) < 4
    # Blue in the camera's order of colours is blue on paper.
    assert np.asarray(first)[30, 100].argmax() == 2


def test_the_table_of_places_is_true() -> None:
    sheaf = Sheaf()
    sheaf.add(page(200))
    pdf = sheaf.pdf()
    start = int(re.findall(rb"startxref\n(\d+)\n%%EOF\n$", pdf)[0])
    assert pdf[start:].startswith(b"xref\n0 6\n")
    for number, place in enumerate(re.findall(rb"(\d{10}) 00000 n ", pdf), 1):
        assert pdf[int(place) :].startswith(f"{number} 0 obj\n".encode())


def test_nothing_in_the_file_tells_who_when_or_where() -> None:
    sheaf = Sheaf()
    sheaf.add(page(200))
    pdf = sheaf.pdf()
    for word in (b"/Info", b"/ID", b"Date", b"/Author", b"/Title", b"/Producer", b"Metadata", b"Exif"):
        assert word not in pdf
    assert pdf == sheaf.pdf()


def test_pages_and_bytes_are_bounded_and_what_was_taken_stays() -> None:
    sheaf = Sheaf(pages_max=2)
    assert [sheaf.add(page(200)), sheaf.add(page(200)), sheaf.add(page(200))] == [None, None, Full.pages]
    assert len(sheaf) == 2
    small = Sheaf(bytes_max=1000)
    assert small.add(page(200)) is Full.bytes
    assert len(small) == 0


def test_a_page_can_be_laid_again_and_the_next_resident_starts_clean() -> None:
    sheaf = Sheaf()
    sheaf.drop_last()
    sheaf.add(page(200))
    sheaf.add(page(90))
    sheaf.drop_last()
    assert len(pictures(sheaf.pdf())) == 1
    sheaf.clear()
    with pytest.raises(ValueError, match="no document"):
        sheaf.pdf()
