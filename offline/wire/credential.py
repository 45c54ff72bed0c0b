"""A terminal's credential: the hub's signed word, for some weeks, that this key is this terminal's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from offline.wire.canonical import time_text, unb64
from offline.wire.signed_body import check_body, sign_body
from offline.wire.trouble import MalformedRecord

_PURPOSE: Final = "zhizhu terminal credential"
CODE_PATTERN: Final = r"^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$"
"""The alphabet of RFC 8628, 6.1: no vowels, so no words, and nothing that reads like a digit."""


class Credential(BaseModel):
    """Who may speak as a terminal, and until when; fields of later programs are signed, not read."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    purpose: str = Field(default=_PURPOSE, pattern=f"^{_PURPOSE}$")
    terminal: str = Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")
    region: str = Field(pattern=r"^[0-9]{12}$")
    signing_public: str = Field(pattern=r"^[A-Za-z0-9+/]{43}=$")
    issued: datetime
    not_after: datetime

    def due(self, now: datetime) -> bool:
        """Whether a third of its life or less is left, or all of it is over."""
        return now >= self.not_after - (self.not_after - self.issued) / 3

    def ended(self, now: datetime, grace: timedelta = timedelta(0)) -> bool:
        """Whether it is over, and a grace with it."""
        return now > self.not_after + grace


class CredentialReply(BaseModel):
    """The hub's answer to a terminal that asks to be let in: a credential, or a code a person must read out."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    credential: dict[str, object] | None = None
    user_code: str | None = Field(default=None, pattern=CODE_PATTERN)
    interval_s: float = Field(default=60.0, ge=1, le=86_400)


def sign_credential(hub_signing_private: bytes, credential: Credential) -> dict[str, object]:
    """What travels and rests: `{"credential": …, "signature": b64}`."""
    times = {"issued": time_text(credential.issued), "not_after": time_text(credential.not_after)}
    body = credential.model_dump(mode="json") | times
    return {"credential": body, "signature": sign_body(hub_signing_private, body)}


def check_credential(
    hub_signing_public: bytes, terminal_id: str, signing_public: bytes, untrusted: Mapping[str, object]
) -> Credential:
    """The credential of this terminal and key; raises BadSignature or MalformedRecord."""
    body = untrusted.get("credential")
    check_body(hub_signing_public, body, untrusted.get("signature"), "终端凭证")
    try:
        said = Credential.model_validate(body)
    except ValidationError:
        raise MalformedRecord("终端凭证的内容不合约定") from None
    if said.terminal != terminal_id or unb64(said.signing_public, 32) != signing_public:
        raise MalformedRecord("终端凭证是别的终端的")
    return said
