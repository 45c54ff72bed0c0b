"""The one spelling of JSON, time and base64 that hashes and signatures are made over."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from offline.wire.trouble import MalformedRecord

_TIME: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")
_JSON: Final = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
_ZONE: Final = len("+00:00")


def canonical_json(value: object) -> bytes:
    """The only spelling of a JSON value: sorted keys, no blanks, UTF-8, no NaN."""
    return _JSON.encode(value).encode("utf-8")


def time_text(at: datetime) -> str:
    """A moment as UTC with exactly three decimals: `2026-11-23T11:20:00.123Z`."""
    return f"{_utc(at).isoformat(timespec='milliseconds')[:-_ZONE]}Z"


def to_milliseconds(at: datetime) -> datetime:
    """The moment as its canonical text gives it back: in UTC, cut to milliseconds."""
    utc = _utc(at)
    return utc.replace(microsecond=utc.microsecond // 1000 * 1000)


def _utc(at: datetime) -> datetime:
    return at if at.tzinfo is UTC else at.astimezone(UTC)


def parse_time(untrusted: object) -> datetime:
    """The moment of a canonical text; any other spelling is refused, because its hash would differ."""
    if not isinstance(untrusted, str) or not _TIME.fullmatch(untrusted):
        raise MalformedRecord("时间不是规定的写法")
    try:
        return datetime.fromisoformat(f"{untrusted[:-1]}+00:00")
    except ValueError:
        raise MalformedRecord("时间不是规定的写法") from None


def b64(data: bytes) -> str:
    """Standard base64 with padding."""
    return base64.b64encode(data).decode("ascii")


def unb64(untrusted: object, limit: int) -> bytes:
    """The bytes of a base64 text of at most `limit` bytes; only the canonical spelling is accepted."""
    if not isinstance(untrusted, str) or len(untrusted) > (limit + 2) // 3 * 4:
        raise MalformedRecord("编码内容过长或不是文本")
    try:
        data = base64.b64decode(untrusted, validate=True)
    except (binascii.Error, ValueError):
        raise MalformedRecord("不是 base64") from None
    if b64(data) != untrusted or len(data) > limit:
        raise MalformedRecord("base64 写法不规范")
    return data


def text_field(record: Mapping[str, object], name: str, limit: int) -> str:
    """A text field of an untrusted record, of at most `limit` characters."""
    value = record.get(name)
    if not isinstance(value, str) or not value or len(value) > limit or not value.isprintable():
        raise MalformedRecord(f"字段 {name} 缺失或不是文本")
    return value
