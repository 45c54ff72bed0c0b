"""The identifier of an electronic certificate (GB/T 36904): six parts with dots, check character ISO 7064 MOD 37,36."""

from __future__ import annotations

import re
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ROOT: Final = "1.2.156.3005.2"
_SHAPE: Final = re.compile(
    r"1\.2\.156\.3005\.2\.([0-9A-Z]{21})\.([0-9A-Z]{18})\.([0-9A-Z]{1,64})\.([0-9]{3})\.([0-9A-Z])"
)


def mod_37_36(characters: str) -> str:
    """The hybrid check character of ISO 7064 MOD 37,36 over digits and capital letters."""
    product = 36
    for char in characters:
        total = (product + ALPHABET.index(char)) % 36 or 36
        product = total * 2 % 37
    return ALPHABET[(37 - product) % 36]


def certificate_check(kind: str, authority: str, serial: str, version: str) -> str:
    """The check character over the joined parts, without the root and the dots."""
    return mod_37_36(kind + authority + serial + version)


def certificate_ok(identifier: str) -> bool:
    """Whether an identifier has the six parts and its check character fits."""
    match = _SHAPE.fullmatch(identifier)
    if match is None:
        return False
    kind, authority, serial, version, check = match.groups()
    return certificate_check(kind, authority, serial, version) == check
