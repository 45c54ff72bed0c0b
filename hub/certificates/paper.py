"""Draws a certificate's paper: HTML and CSS to PDF, the same bytes for the same content, nothing from outside."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any, Final, NoReturn

import qrcode
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from weasyprint import HTML  # type: ignore[import-untyped]

from hub.certificates.content import PaperContent, day_text

_HERE: Final = Path(__file__).parent
TEMPLATE: Final = "paper.html"
VALID_UNTIL: Final = "zzvaliduntil"
IDENTIFIER: Final = "zzidentifier"
"""Names in the document's information, so that a paper can be judged without asking anyone."""


def draw_paper(content: PaperContent) -> bytes:
    """The PDF before it is sealed."""
    html = (
        _templates()
        .get_template(TEMPLATE)
        .render(
            paper=content,
            issued=day_text(content.issued_on),
            until=day_text(content.valid_until),
            qr=_qr_path(content.address),
            link=None if content.link is None else _qr_path(content.link.address),
            info=((IDENTIFIER, content.identifier), (VALID_UNTIL, content.valid_until.isoformat())),
        )
    )
    name = hashlib.sha256(html.encode("utf-8")).digest()[:16]
    pdf: bytes = HTML(string=html, url_fetcher=_nothing_from_outside).write_pdf(
        pdf_identifier=name, custom_metadata=True, uncompressed_pdf=False
    )
    return pdf


def _nothing_from_outside(url: str, *_: Any, **__: Any) -> NoReturn:
    raise ValueError(f"a paper loads nothing: {url[:80]}")


def _qr_path(text: str) -> dict[str, object]:
    """A QR code as one SVG path, a unit a module."""
    code = qrcode.QRCode(border=2, error_correction=qrcode.constants.ERROR_CORRECT_M)
    code.add_data(text)
    code.make(fit=True)
    matrix = code.get_matrix()
    cells = (f"M{x} {y}h1v1h-1z" for y, row in enumerate(matrix) for x, dark in enumerate(row) if dark)
    return {"size": len(matrix), "path": "".join(cells)}


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
