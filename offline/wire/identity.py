"""Names that a terminal can make up alone, without asking anyone and without ever clashing."""

from __future__ import annotations

import os
import re
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

_VERSION_7: Final = 0x7 << 76
_VARIANT: Final = 0x2 << 62
_UUID7: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_TRACEPARENT: Final = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")


def uuid7(at: datetime, noise: bytes | None = None) -> str:
    """A UUIDv7 (RFC 9562 §5.7): 48 bits of milliseconds, then 74 random bits."""
    milliseconds = int(at.timestamp() * 1000) & ((1 << 48) - 1)
    random_bits = int.from_bytes(noise if noise is not None else os.urandom(10), "big")
    high = (random_bits >> 62) & 0xFFF
    low = random_bits & ((1 << 62) - 1)
    digits = f"{milliseconds << 80 | _VERSION_7 | high << 64 | _VARIANT | low:032x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def uuid7_ok(untrusted: object) -> bool:
    """Whether a text is a UUID of version 7 in its usual lower-case spelling."""
    return isinstance(untrusted, str) and _UUID7.fullmatch(untrusted) is not None


def uuid7_time(identifier: str) -> datetime:
    """The moment a UUIDv7 was made."""
    return datetime.fromtimestamp((UUID(identifier).int >> 80) / 1000, UTC)


def new_traceparent() -> str:
    """A fresh W3C trace context, kept in the row so that a trace survives days offline."""
    noise = os.urandom(24).hex()
    return f"00-{noise[:32]}-{noise[32:]}-01"


def traceparent_ok(untrusted: object) -> bool:
    """Whether a text is a W3C `traceparent` of version 00 with non-zero ids."""
    if not isinstance(untrusted, str) or not _TRACEPARENT.fullmatch(untrusted):
        return False
    _, trace, span, _ = untrusted.split("-")
    return trace.strip("0") != "" and span.strip("0") != ""
