"""One act of a resident, as it rests in the outbox and travels to the hub: a CloudEvent 1.0."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from json.encoder import encode_basestring
from typing import Final, Literal

from offline.wire.canonical import b64, parse_time, text_field, time_text, unb64
from offline.wire.identity import traceparent_ok, uuid7_ok
from offline.wire.trouble import MalformedRecord

GENESIS: Final = "0" * 64
"""What the first event of a chain names as its predecessor's hash."""
MAX_DATA_BYTES: Final = 64 * 1024
"""Sealed payload of one event; larger things are attachments."""
CONTENT_TYPE: Final = "application/vnd.zhizhu.sealed"
Clock = Literal["trusted", "unsure"]
"""Whether the terminal believed its clock when the event happened; never a reason to refuse."""

_HASH: Final = re.compile(r"[0-9a-f]{64}")
_KEY_ID: Final = re.compile(r"[0-9a-f]{16}")
_TYPE: Final = re.compile(r"cn\.zhizhu\.[a-z0-9_.]{1,100}\.v[0-9]{1,3}")
_SOURCE: Final = re.compile(r"terminal/[A-Za-z0-9._-]{1,64}(/agent)?")
_NAMES: Final = frozenset(
    (
        *("specversion", "id", "source", "type", "time", "datacontenttype", "data_base64"),
        *("zzseq", "zzprev", "zzclock", "zzsuite", "zzkey", "traceparent"),
    )
)


@dataclass(frozen=True, slots=True)
class Envelope:
    """A sealed event and its place in the chain; nothing in it is personal."""

    id: str
    source: str
    type: str
    time: datetime
    seq: int
    prev: str
    clock: Clock
    traceparent: str
    suite: str
    key_id: str
    data: bytes

    def to_json(self) -> dict[str, str | int]:
        """The CloudEvent as JSON values; the same envelope always gives the same values."""
        return {
            "specversion": "1.0",
            "id": self.id,
            "source": self.source,
            "type": self.type,
            "time": time_text(self.time),
            "datacontenttype": CONTENT_TYPE,
            "zzseq": self.seq,
            "zzprev": self.prev,
            "zzclock": self.clock,
            "zzsuite": self.suite,
            "zzkey": self.key_id,
            "traceparent": self.traceparent,
            "data_base64": b64(self.data),
        }

    @classmethod
    def from_json(cls, untrusted: object) -> Envelope:
        """The envelope of a received JSON value; raises MalformedRecord with the reason."""
        if not isinstance(untrusted, Mapping):
            raise MalformedRecord("不是对象")
        if untrusted.keys() != _NAMES:
            raise MalformedRecord("字段不全或多出")
        if untrusted["specversion"] != "1.0" or untrusted["datacontenttype"] != CONTENT_TYPE:
            raise MalformedRecord("版本或内容类型不认识")
        seq = untrusted["zzseq"]
        if type(seq) is not int or not 1 <= seq < 2**53:
            raise MalformedRecord("zzseq 不是正整数")
        if not uuid7_ok(untrusted["id"]):
            raise MalformedRecord("id 不是 UUIDv7")
        if not traceparent_ok(untrusted["traceparent"]):
            raise MalformedRecord("traceparent 不合规定")
        return cls(
            id=str(untrusted["id"]),
            source=_matching(untrusted, "source", _SOURCE),
            type=_matching(untrusted, "type", _TYPE),
            time=parse_time(untrusted["time"]),
            seq=seq,
            prev=_matching(untrusted, "zzprev", _HASH),
            clock=_clock(untrusted["zzclock"]),
            traceparent=str(untrusted["traceparent"]),
            suite=text_field(untrusted, "zzsuite", 100),
            key_id=_matching(untrusted, "zzkey", _KEY_ID),
            data=unb64(untrusted["data_base64"], MAX_DATA_BYTES),
        )

    def spelt(self) -> str:
        """The canonical JSON of `to_json`, in a fraction of the time: its names are known, and so is their order."""
        text = encode_basestring
        return (
            f'{{"data_base64":"{b64(self.data)}","datacontenttype":"{CONTENT_TYPE}","id":{text(self.id)},'
            f'"source":{text(self.source)},"specversion":"1.0","time":"{time_text(self.time)}",'
            f'"traceparent":{text(self.traceparent)},"type":{text(self.type)},"zzclock":"{self.clock}",'
            f'"zzkey":{text(self.key_id)},"zzprev":{text(self.prev)},"zzseq":{self.seq},"zzsuite":{text(self.suite)}}}'
        )

    def hash(self) -> str:
        """SHA-256 (hex) over the canonical JSON with the ciphertext: what the next event names as `prev`."""
        return spelt_hash(self.spelt())

    def aad(self) -> bytes:
        """What the sealed payload is bound to, so that it cannot be moved into another event."""
        return event_aad(self.source, self.id, self.type)


def spelt_hash(spelt: str) -> str:
    """The hash (hex) of an envelope given as its canonical JSON, for whoever has that at hand."""
    return hashlib.sha256(spelt.encode("utf-8")).hexdigest()


def event_aad(source: str, identifier: str, event_type: str) -> bytes:
    """The binding of a payload to its event, known before the event has its place in the chain."""
    return f"{source}\n{identifier}\n{event_type}".encode()


def terminal_source(terminal_id: str) -> str:
    """The `source` of the terminal's own chain; the agent's chain is `<this>/agent`."""
    return f"terminal/{terminal_id}"


def terminal_of(source: str) -> str:
    """The terminal whose chain a source names."""
    return source.split("/")[1]


def _matching(record: Mapping[str, object], name: str, pattern: re.Pattern[str]) -> str:
    text = text_field(record, name, 200)
    if not pattern.fullmatch(text):
        raise MalformedRecord(f"字段 {name} 不合规定")
    return text


def _clock(untrusted: object) -> Clock:
    if untrusted == "trusted":
        return "trusted"
    if untrusted == "unsure":
        return "unsure"
    raise MalformedRecord("zzclock 不认识")
