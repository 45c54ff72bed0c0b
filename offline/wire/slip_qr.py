"""What the QR of a slip says: an address that any phone can open."""

from __future__ import annotations

from typing import Final

from offline.wire.claims import normal

_PATH: Final = "/verify/"


def slip_url(hub_url: str, code: str) -> str:
    """The address of the page that tells a phone how the case stands."""
    return f"{hub_url.rstrip('/')}{_PATH}{normal(code)}"


def code_of(untrusted_url: str) -> str | None:
    """The claim code of a scanned slip, or None when the QR is not one of ours; raises WrongClaimCode."""
    _, found, code = untrusted_url.strip().rpartition(_PATH)
    return normal(code) if found else None
