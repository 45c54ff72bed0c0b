"""Bodies that travel packed: unpacked only after their signature held, and never to more than a plain one may be."""

from __future__ import annotations

from typing import Final

from hub.problems import Problem
from offline.wire.compression import GZIP, unsqueezed
from offline.wire.trouble import MalformedRecord

_GZIP_MAGIC: Final = b"\x1f\x8b"
"""What no JSON begins with."""


def unpacked(body: bytes, content_encoding: str | None, limit: int) -> bytes:
    """The body as it was before it was packed; raises Problem for an unknown, damaged or exploding one."""
    coding = (content_encoding or "").strip().lower()
    if body[:2] == _GZIP_MAGIC and coding in ("", "identity"):
        coding = GZIP  # the header is not signed: whoever takes it away must not make a batch unreadable
    if coding in ("", "identity"):
        return body
    if coding != GZIP:
        raise Problem("unsupported_encoding", 415, f"不认识的内容编码 {coding[:40]}，请用 gzip 或不压缩。")
    try:
        data = unsqueezed(body, limit)
    except MalformedRecord as error:
        raise Problem("malformed", 400, f"{error.reason}，请重新压缩再送。") from None
    if data is None:
        raise Problem("too_large", 413, f"解开后超过 {limit} 字节，请分批再送。", park=True)
    return data
