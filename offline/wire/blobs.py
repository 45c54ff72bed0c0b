"""How a sealed attachment travels: in pieces, resumed where the hub says it stands."""

from __future__ import annotations

import re
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from offline.wire.trouble import MalformedRecord

PIECE_BYTES: Final = 64 * 1024
"""Small enough to pass a poor line within a request's deadline."""
_RANGE: Final = re.compile(r"bytes ([0-9]{1,12})-([0-9]{1,12})/([0-9]{1,12})", re.ASCII)


class BlobState(BaseModel):
    """How much of a blob the hub holds; `complete` is also said of one it held, used and deleted."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    have: int = Field(ge=0)
    complete: bool


def content_range(start: int, length: int, total: int) -> str:
    """The `Content-Range` of a piece (RFC 9110, 14.4)."""
    return f"bytes {start}-{start + length - 1}/{total}"


def parse_range(untrusted: str | None, length: int) -> tuple[int, int]:
    """Where a body of `length` bytes begins and how long the whole is; without a header the body is the whole."""
    if untrusted is None:
        return 0, length
    found = _RANGE.fullmatch(untrusted)
    if found is None:
        raise MalformedRecord("Content-Range 写法不对")
    first, last, total = (int(part) for part in found.groups())
    if last - first + 1 != length or last >= total:
        raise MalformedRecord("Content-Range 和内容的长度不符")
    return first, total
