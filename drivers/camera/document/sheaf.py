"""A scan: pages of one paper gathered into one PDF, bounded, with nothing in it but the pages."""

from __future__ import annotations

import io
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from PIL import Image

from drivers.camera.document.port import Page

PAGES_MAX: Final = 20
BYTES_MAX: Final = 12 * 1024 * 1024
JPEG_QUALITY: Final = 80


class Full(StrEnum):
    """Why a page was not taken into the sheaf."""

    pages = "pages"
    bytes = "bytes"


@dataclass(frozen=True, slots=True)
class _Leaf:
    jpeg: bytes
    dpi: int


class Sheaf:
    """The pages of one paper, in memory only; the application seals what `pdf` gives."""

    def __init__(self, *, pages_max: int = PAGES_MAX, bytes_max: int = BYTES_MAX) -> None:
        self._pages_max = pages_max
        self._bytes_max = bytes_max
        self._leaves: list[_Leaf] = []

    def __len__(self) -> int:
        return len(self._leaves)

    def add(self, page: Page) -> Full | None:
        """Takes one more page, or says why there is no room; what was taken before stays."""
        if len(self._leaves) >= self._pages_max:
            return Full.pages
        taken = io.BytesIO()
        Image.fromarray(page.pixels[:, :, ::-1]).save(taken, "JPEG", quality=JPEG_QUALITY)
        leaf = _Leaf(taken.getvalue(), page.dpi)
        if sum(len(each.jpeg) for each in self._leaves) + len(leaf.jpeg) > self._bytes_max:
            return Full.bytes
        self._leaves.append(leaf)
        return None

    def drop_last(self) -> None:
        """Forgets the last page, for a resident who wants to lay it down again; harmless when there is none."""
        del self._leaves[-1:]

    def clear(self) -> None:
        """Forgets everything: the next resident starts clean."""
        self._leaves.clear()

    def pdf(self) -> bytes:
        """One PDF with each page at its true size; raises ValueError for a sheaf without pages."""
        if not self._leaves:
            raise ValueError("a sheaf without pages is no document")
        objects: list[bytes] = []
        pages: list[int] = []
        for leaf in self._leaves:
            with Image.open(io.BytesIO(leaf.jpeg)) as opened:
                width, height = opened.size
            across, down = width / leaf.dpi * 72, height / leaf.dpi * 72
            paint = f"q {across:.2f} 0 0 {down:.2f} 0 0 cm /Page Do Q".encode()
            at = 3 + len(objects)
            objects += [
                f"<< /Type /XObject /Subtype /Image /Width {width} /Height {height} /ColorSpace /DeviceRGB "
                f"/BitsPerComponent 8 /Filter /DCTDecode /Length {len(leaf.jpeg)} >>\nstream\n".encode()
                + leaf.jpeg
                + b"\nendstream",
                f"<< /Length {len(paint)} >>\nstream\n".encode() + paint + b"\nendstream",
                f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {across:.2f} {down:.2f}] /Contents {at + 1} 0 R "
                f"/Resources << /XObject << /Page {at} 0 R >> >> >>".encode(),
            ]
            pages.append(at + 2)
        kids = " ".join(f"{number} 0 R" for number in pages)
        # No /Info and no /ID: neither who, nor when, nor on which machine.
        catalogue = [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        ]
        return _file(catalogue + objects)


def _file(objects: list[bytes]) -> bytes:
    """The objects as a PDF 1.4 file with its table of places (ISO 32000-1, 7.5)."""
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    places: list[int] = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
    out += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)
