"""The hub's word on its next public keys, signed with the signing key that the reader knows already.

Each statement names the keys that follow the ones before it, so a terminal that was away for a year walks through all
it missed. A statement holds until the next one: a terminal without a line has no other key to seal to.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from offline.wire.canonical import b64, time_text, unb64
from offline.wire.sealing import key_id
from offline.wire.signed_body import check_body, sign_body
from offline.wire.trouble import MalformedRecord, OldStatement

_PURPOSE: Final = "zhizhu hub keys"
PublicKey = Annotated[str, Field(pattern=r"^[A-Za-z0-9+/]{43}=$")]
KeyId = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]


class KeyStatement(BaseModel):
    """The public keys of one version, from when on, and their names; fields of later programs are signed, not read."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    purpose: str = Field(default=_PURPOSE, pattern=f"^{_PURPOSE}$")
    version: int = Field(ge=2, le=2**31)
    since: datetime
    sealing_public: PublicKey
    sealing_key_id: KeyId
    signing_public: PublicKey
    signing_key_id: KeyId

    @classmethod
    def of(cls, version: int, since: datetime, sealing_public: bytes, signing_public: bytes) -> KeyStatement:
        """The statement on a pair of keys."""
        return cls(
            version=version,
            since=since,
            sealing_public=b64(sealing_public),
            sealing_key_id=key_id(sealing_public),
            signing_public=b64(signing_public),
            signing_key_id=key_id(signing_public),
        )

    def sealing(self) -> bytes:
        """The raw sealing key (X25519)."""
        return unb64(self.sealing_public, 32)

    def signing(self) -> bytes:
        """The raw signing key (Ed25519)."""
        return unb64(self.signing_public, 32)


def sign_statement(signing_private: bytes, stated: KeyStatement) -> dict[str, object]:
    """The body of a `keys` change: `{"statement": …, "signature": b64}`."""
    body = stated.model_dump(mode="json") | {"since": time_text(stated.since)}
    return {"statement": body, "signature": sign_body(signing_private, body)}


def check_statement(signing_public: bytes, known_version: int, untrusted: Mapping[str, object]) -> KeyStatement:
    """The statement of a `keys` change; raises OldStatement, BadSignature or MalformedRecord."""
    body = untrusted.get("statement")
    try:
        stated = KeyStatement.model_validate(body)
        if stated.version <= known_version:
            raise OldStatement(stated.version, known_version)
    except ValidationError:
        raise MalformedRecord("换密钥的声明内容不合约定") from None
    check_body(signing_public, body, untrusted.get("signature"), "换密钥的声明")
    if (key_id(stated.sealing()), key_id(stated.signing())) != (stated.sealing_key_id, stated.signing_key_id):
        raise MalformedRecord("换密钥的声明里，密钥和它的编号对不上")
    return stated
