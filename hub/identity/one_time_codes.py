"""One-time codes by time (RFC 6238), as every authenticator app makes them."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

import pyotp

STEP_S: Final = 30
_CODE: Final = re.compile(r"[0-9]{6}")


def new_secret() -> str:
    """A fresh secret, 160 bits in base 32."""
    return pyotp.random_base32()


def address_of(secret: str, name: str, issuer: str) -> str:
    """What an authenticator app reads from a QR (otpauth)."""
    return pyotp.TOTP(secret, interval=STEP_S).provisioning_uri(name=name, issuer_name=issuer)


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """The time step of a code: this one or the one before or after, for clocks that differ by half a minute."""
    typed = "".join(code.split())
    if not _CODE.fullmatch(typed):
        return None
    totp, here = pyotp.TOTP(secret, interval=STEP_S), int(now.timestamp()) // STEP_S
    near = (here, here - 1, here + 1)
    return next((step for step in near if pyotp.utils.strings_equal(totp.generate_otp(step), typed)), None)
