"""What the QR of a slip says: an address that any phone can open, and the seal by which anyone can check the slip."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote

from offline.wire.claims import normal

_PATH: Final = "/verify/"
_MARK: Final = "."  # between code and seal; neither has one
_MAX_TAIL: Final = 400
_END: Final = re.compile(r"[?#]")


@dataclass(frozen=True, slots=True)
class SlipQr:
    """A slip's code and its seal as they stand in the QR; the seal is empty on slips that were printed without one."""

    code: str = field(repr=False)
    seal: str = field(default="", repr=False)

    @property
    def tail(self) -> str:
        """Code and seal as one part of an address."""
        return f"{self.code}{_MARK}{self.seal}" if self.seal else self.code


def slip_url(hub_url: str, code: str, seal: str = "") -> str:
    """The address of the page that tells a phone how the case stands, and whether the slip is genuine."""
    return f"{hub_url.rstrip('/')}{_PATH}{SlipQr(normal(code), seal).tail}"


def read_slip(untrusted_url: str) -> SlipQr | None:
    """What a scanned QR says, or None when it is not one of a slip; raises WrongClaimCode."""
    _, found, tail = untrusted_url.strip().rpartition(_PATH)
    return read_tail(_END.split(tail, maxsplit=1)[0]) if found else None


def read_tail(untrusted_tail: str) -> SlipQr:
    """Code and seal from the last part of such an address; raises WrongClaimCode. The seal is still untrusted."""
    code, _, seal = unquote(untrusted_tail[:_MAX_TAIL]).partition(_MARK)
    return SlipQr(normal(code), seal.strip())
