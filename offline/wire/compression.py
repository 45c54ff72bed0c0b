"""Batches travel as gzip where the hub says that it takes it (RFC 9110 §12.5.3, §15.5.16): half the bytes.

What is signed is what travels, so a hub knows who sent the bytes before it unpacks any.
"""

from __future__ import annotations

import gzip
import zlib
from typing import Final

from offline.wire.trouble import MalformedRecord

GZIP: Final = "gzip"
_LEVEL: Final = 6
_HEADED: Final = zlib.MAX_WBITS | 16  # gzip's own header and trailer, with its checksum


def squeezed(data: bytes) -> bytes:
    """The data as gzip; the same data always gives the same bytes."""
    return gzip.compress(data, _LEVEL, mtime=0)


def unsqueezed(untrusted: bytes, limit: int) -> bytes | None:
    """The data of one whole gzip member, or None where it is larger than `limit` bytes, of which no more is unpacked.

    Raises MalformedRecord for anything else.
    """
    inflater = zlib.decompressobj(_HEADED)
    try:
        data = inflater.decompress(untrusted, limit + 1)
    except zlib.error:
        raise MalformedRecord("压缩数据损坏") from None
    if len(data) > limit:
        return None
    if not inflater.eof or inflater.unused_data:
        raise MalformedRecord("压缩数据不完整或有多余")
    return data


def takes_gzip(accept_encoding: str | None) -> bool:
    """Whether an `Accept-Encoding` of the other end names gzip, and not with a weight of nought."""
    for part in (accept_encoding or "").lower().split(","):
        name, *parameters = (word.strip() for word in part.split(";"))
        if name == GZIP:
            return not any(word.replace(" ", "") in ("q=0", "q=0.0", "q=0.00", "q=0.000") for word in parameters)
    return False
