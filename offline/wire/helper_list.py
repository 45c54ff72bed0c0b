"""The village's list of helpers who may witness (帮办员名单), signed by the hub, checkable without a line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from offline.wire.signed_body import check_body, sign_body
from offline.wire.trouble import MalformedRecord

MAX_HELPERS: Final = 500


class Helper(BaseModel):
    """One helper: the keyed hash of the identity number and a masked name to show."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    subject: str = Field(pattern=r"^[0-9a-f]{64}$")
    name: str = Field(min_length=1, max_length=40)


class HelperList(BaseModel):
    """Who may witness in a village; a higher `version` replaces a lower one."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    region: str = Field(pattern=r"^[0-9]{12}$")
    version: int = Field(ge=1)
    helpers: tuple[Helper, ...] = Field(max_length=MAX_HELPERS)


def sign_list(hub_signing_private: bytes, listed: HelperList) -> dict[str, object]:
    """The body of a `helpers` change: `{"list": …, "signature": b64}`."""
    body = listed.model_dump(mode="json")
    return {"list": body, "signature": sign_body(hub_signing_private, body)}


def check_list(hub_signing_public: bytes, untrusted: Mapping[str, object]) -> HelperList:
    """The list of a `helpers` change; raises BadSignature or MalformedRecord."""
    body = untrusted.get("list")
    check_body(hub_signing_public, body, untrusted.get("signature"), "帮办员名单")
    try:
        return HelperList.model_validate(body)
    except ValidationError:
        raise MalformedRecord("帮办员名单的内容不合约定") from None
