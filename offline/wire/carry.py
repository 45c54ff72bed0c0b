"""What travels on a USB stick where there is no line: parts, each whole in itself, checked and signed.

A part is `ZZCARRY\\n`, a length and the head (JSON), records (kind, length, body), and an end: the SHA-256 of all
before it and the writer's Ed25519 signature over that. Parts may lie one behind the other in one file. A part counts
whole or not at all, so that a stick may be pulled out at any moment; of persons it tells no more than the line does.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, Literal, TypeVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from offline.wire.attachment import MAX_SEALED_BYTES
from offline.wire.batch import MAX_BATCH_EVENTS, BatchReply, HeadReport
from offline.wire.canonical import canonical_json
from offline.wire.changes import Changes
from offline.wire.event import MAX_DATA_BYTES
from offline.wire.trouble import BadPart, PartFault

MAGIC: Final = b"ZZCARRY\n"
VERSION: Final = 1
MAX_PART_BYTES: Final = 4 * 1024 * 1024
"""One part; a picture of the largest size and its event fit in."""
FILL_BYTES: Final = 1024 * 1024
"""A part is closed when it holds so much: little is lost with a part that was not finished."""
MAX_LISTED: Final = 5_000
"""Parts that a manifest may name."""
MEDIA_TYPE: Final = "application/vnd.zhizhu.carry"

_MAX_HEAD_BYTES: Final = 4096
_MAX_RECORDS: Final = 2 * MAX_BATCH_EVENTS + 8
_LENGTH_BYTES: Final = 4
_END: Final = 0
_DIGEST_BYTES, _SIGNATURE_BYTES = 32, 64
_SIGNED: Final = b"zhizhu carry part\n"  # no request of a terminal is signed over anything that begins so

Model = TypeVar("Model", bound=BaseModel)


class Kind(IntEnum):
    """The kinds of records; one that is not known is skipped, as on the feed."""

    EVENT = 1
    PICTURE = 2
    REPLY = 3
    CHANGES = 4
    MANIFEST = 5


class PartHead(BaseModel):
    """Who wrote a part for whom, and how the terminal stood then."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    version: int = Field(ge=1)
    to: Literal["hub", "terminal"]
    terminal: str = Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")
    signer: str = Field(pattern=r"^[0-9a-f]{16}$")  # the id of the key that signed
    carry: str = Field(max_length=36)  # one run of an export, or of a hub's answer
    made_at: str = Field(max_length=40)
    first_seq: int = Field(default=0, ge=0)  # the stretch of the terminal's chain that this is about; 0: none
    last_seq: int = Field(default=0, ge=0)
    done_to: int = Field(default=0, ge=0)  # to the hub: everything up to here is done with at the terminal
    hub_key: str = Field(default="", max_length=16)  # to the hub: the id of its signing key that the terminal knows
    head: HeadReport | None = None  # to the hub: the head of the terminal's chain
    cursor: int = Field(default=0, ge=0)  # to the hub: heard of the feed so far; to the terminal: it goes on after this


class Listed(BaseModel):
    """A part as a manifest names it."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    digest: str = Field(pattern=r"^[0-9a-f]{64}$")
    first_seq: int = Field(ge=0)
    last_seq: int = Field(ge=0)


class Manifest(BaseModel):
    """Every part that belongs to an export; written last, so that what is missing can be named."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    parts: tuple[Listed, ...] = Field(max_length=MAX_LISTED)


@dataclass(frozen=True, slots=True)
class Record:
    """One record: its kind, as a number, and its bytes."""

    kind: int
    body: bytes


@dataclass(frozen=True, slots=True)
class Part:
    """A part whose signature holds. `events` are still untrusted in their form: the hub lays bad ones aside."""

    head: PartHead
    digest: str
    raw: bytes  # all of it, as it came
    events: tuple[object, ...] = ()
    pictures: tuple[bytes, ...] = ()
    replies: tuple[BatchReply, ...] = ()
    changes: Changes | None = None
    manifest: Manifest | None = None


@dataclass(frozen=True, slots=True)
class Written:
    """A part as it is to be put onto a stick, and the digest under which a manifest names it."""

    data: bytes
    digest: str


KeyFor = Callable[[PartHead], bytes]
"""The raw public key that must have signed a part; raises BadPart for one that is not for here."""


def write_part(head: PartHead, records: tuple[Record, ...], signing_private: bytes) -> Written:
    """Signs a part; raises ValueError when it would be more than a reader takes."""
    told = canonical_json(head.model_dump(mode="json"))
    body = bytearray(MAGIC + len(told).to_bytes(_LENGTH_BYTES, "big") + told)
    for record in records:
        body += bytes((record.kind,)) + len(record.body).to_bytes(_LENGTH_BYTES, "big") + record.body
    digest = hashlib.sha256(body).digest()
    signature = Ed25519PrivateKey.from_private_bytes(signing_private).sign(_SIGNED + digest)
    end = digest + signature
    body += bytes((_END,)) + len(end).to_bytes(_LENGTH_BYTES, "big") + end
    if len(body) > MAX_PART_BYTES or len(records) > _MAX_RECORDS or len(told) > _MAX_HEAD_BYTES:
        raise ValueError("a part larger than a reader takes")
    return Written(bytes(body), digest.hex())


def read_part(untrusted: bytes, key_for: KeyFor) -> Part:
    """The one part that these bytes are; raises BadPart."""
    parts = read_parts(untrusted, key_for)
    part = next(parts, None)
    if part is None:
        raise BadPart(PartFault.TRUNCATED)
    if isinstance(part, BadPart):
        raise part
    if next(parts, None) is not None:
        raise BadPart(PartFault.STRANGE)
    return part


def read_parts(untrusted: bytes, key_for: KeyFor) -> Iterator[Part | BadPart]:
    """The parts of a file, one behind the other: each with its own verdict, until an end can no longer be found."""
    start = 0
    while start < len(untrusted):
        try:
            walked = _walk(untrusted, start)
        except BadPart as bad:
            yield bad
            return
        start = walked.end
        try:
            yield _checked(walked, key_for)
        except BadPart as bad:
            yield bad


def event_record(envelope: dict[str, str | int]) -> Record:
    """An event as it travels."""
    return Record(Kind.EVENT, canonical_json(envelope))


def model_record(kind: Kind, model: BaseModel) -> Record:
    """A reply, a page of the feed or a manifest as it travels."""
    return Record(kind, canonical_json(model.model_dump(mode="json")))


@dataclass(frozen=True, slots=True)
class _Walked:
    """A part's pieces, found but not believed."""

    raw: bytes
    head: bytes
    records: tuple[Record, ...]
    digest: bytes  # of what is there
    stated: bytes  # by the end
    signature: bytes
    end: int


def _walk(untrusted: bytes, start: int) -> _Walked:
    """Finds the pieces of one part; the lengths are believed only as far as the bounds and the bytes go."""
    if untrusted[start : start + len(MAGIC)] != MAGIC:
        cut = untrusted[start:] == MAGIC[: len(untrusted) - start]
        raise BadPart(PartFault.TRUNCATED if cut else PartFault.STRANGE)
    head, at = _piece(untrusted, start + len(MAGIC), _MAX_HEAD_BYTES)
    records = list[Record]()
    while True:
        if at >= len(untrusted):
            raise BadPart(PartFault.TRUNCATED)
        kind, before = untrusted[at], at
        body, at = _piece(untrusted, at + 1, MAX_PART_BYTES)
        if at - start > MAX_PART_BYTES or len(records) > _MAX_RECORDS:
            raise BadPart(PartFault.STRANGE, "过长")
        if kind == _END:
            break
        records.append(Record(kind, body))
    if len(body) != _DIGEST_BYTES + _SIGNATURE_BYTES:
        raise BadPart(PartFault.ALTERED)
    digest = hashlib.sha256(untrusted[start:before]).digest()
    return _Walked(untrusted[start:at], head, tuple(records), digest, body[:_DIGEST_BYTES], body[_DIGEST_BYTES:], at)


def _piece(untrusted: bytes, at: int, limit: int) -> tuple[bytes, int]:
    """A length and so many bytes, and where the next thing begins."""
    length = int.from_bytes(untrusted[at : at + _LENGTH_BYTES], "big")
    begin = at + _LENGTH_BYTES
    if length > limit:
        raise BadPart(PartFault.ALTERED)
    if begin + length > len(untrusted):
        raise BadPart(PartFault.TRUNCATED)
    return untrusted[begin : begin + length], begin + length


def _checked(walked: _Walked, key_for: KeyFor) -> Part:
    """Believes a part: first that it is what was written, then that its writer may."""
    if walked.digest != walked.stated:
        raise BadPart(PartFault.ALTERED)
    try:
        told = json.loads(walked.head)
        if isinstance(told, dict) and isinstance(told.get("version"), int) and told["version"] > VERSION:
            raise BadPart(PartFault.NEWER, f"第 {told['version']} 版")
        head = PartHead.model_validate(told)
    except (ValueError, RecursionError):
        raise BadPart(PartFault.MALFORMED) from None
    try:
        Ed25519PublicKey.from_public_bytes(key_for(head)).verify(walked.signature, _SIGNED + walked.digest)
    except InvalidSignature:
        raise BadPart(PartFault.FORGED, head.terminal) from None
    return _opened(head, walked)


def _opened(head: PartHead, walked: _Walked) -> Part:
    of = {kind: tuple(one.body for one in walked.records if one.kind == kind) for kind in Kind}
    single = (*of[Kind.CHANGES], *of[Kind.MANIFEST])
    if len(of[Kind.EVENT]) > MAX_BATCH_EVENTS or any(len(of[kind]) > 1 for kind in (Kind.CHANGES, Kind.MANIFEST)):
        raise BadPart(PartFault.MALFORMED)
    if any(len(body) > MAX_SEALED_BYTES for body in of[Kind.PICTURE]) or len(single) > 1:
        raise BadPart(PartFault.MALFORMED)
    changes, manifest = of[Kind.CHANGES], of[Kind.MANIFEST]
    return Part(
        head=head,
        digest=walked.digest.hex(),
        raw=walked.raw,
        events=tuple(_event(body) for body in of[Kind.EVENT]),
        pictures=of[Kind.PICTURE],
        replies=tuple(_model(BatchReply, body) for body in of[Kind.REPLY]),
        changes=_model(Changes, changes[0]) if changes else None,
        manifest=_model(Manifest, manifest[0]) if manifest else None,
    )


def _event(untrusted: bytes) -> object:
    try:
        return json.loads(untrusted) if len(untrusted) <= 2 * MAX_DATA_BYTES else None
    except (ValueError, RecursionError):
        return None  # the hub lays it aside as it does on the line


def _model(model: type[Model], untrusted: bytes) -> Model:
    try:
        return model.model_validate_json(untrusted)
    except ValidationError:
        raise BadPart(PartFault.MALFORMED) from None
