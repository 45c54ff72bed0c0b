"""Keys of the US layout, which scanners in keyboard mode type in by default: key code ↔ character (data).

Only ASCII has keys: a QR code with Chinese text needs the scanner's serial mode.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

SHIFTS: Final = frozenset({42, 54})
ENDS: Final = frozenset({28, 96, 15})
"""Return, the key pad's Enter, Tab."""

_ROWS: Final = (
    (2, "1234567890-=", "!@#$%^&*()_+"),
    (16, "qwertyuiop[]", "QWERTYUIOP{}"),
    (30, "asdfghjkl;'`", 'ASDFGHJKL:"~'),
    (43, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
    (57, " ", " "),
)
_PAD: Final = dict(zip((71, 72, 73, 75, 76, 77, 79, 80, 81, 82, 83, 55, 74, 78, 98), "7894561230.*-+/", strict=True))


def _row(index: int) -> Mapping[int, str]:
    rows = {first + n: chars for first, *both in _ROWS for n, chars in enumerate(both[index])}
    return MappingProxyType({**rows, **_PAD})


PLAIN: Final = _row(0)
SHIFTED: Final = _row(1)

STROKES: Final[Mapping[str, tuple[int, bool]]] = MappingProxyType(
    {
        **{char: (code, True) for code, char in SHIFTED.items() if code not in _PAD},
        **{char: (code, False) for code, char in PLAIN.items() if code not in _PAD},
    }
)
"""Character → (key code, with shift), for whoever types."""
