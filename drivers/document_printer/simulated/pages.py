"""How many pages a PDF has, counted as page objects; enough to know how much paper it takes."""

from __future__ import annotations

import re
import zlib
from typing import Final

_PAGE: Final = re.compile(rb"/Type\s*/Page(?![A-Za-z])")
_STREAM: Final = re.compile(rb"/ObjStm\b.*?stream\r?\n", re.DOTALL)
_INFLATED_BYTES_MAX: Final = 4 * 1024 * 1024
_STREAMS_MAX: Final = 64


def pages_in(pdf: bytes) -> int:
    """At least 1: who sends something to a printer wants paper."""
    found = len(_PAGE.findall(pdf))
    for at, match in enumerate(_STREAM.finditer(pdf)):
        if at == _STREAMS_MAX:
            break
        found += len(_PAGE.findall(_inflated(pdf[match.end() :])))
    return max(1, found)


def _inflated(data: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(data, _INFLATED_BYTES_MAX)
    except zlib.error:
        return b""
