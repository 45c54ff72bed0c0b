"""The printer's own QR code: what GS ( k stores, sets and draws."""

from __future__ import annotations

import qrcode
import qrcode.exceptions
from qrcode.constants import ERROR_CORRECT_H, ERROR_CORRECT_L, ERROR_CORRECT_M, ERROR_CORRECT_Q

Picture = tuple[tuple[bool, ...], ...]

_LEVELS = {48: ERROR_CORRECT_L, 49: ERROR_CORRECT_M, 50: ERROR_CORRECT_Q, 51: ERROR_CORRECT_H}


class SymbolMemory:
    """Size, error correction and data as they were last set; as after ESC @."""

    def __init__(self) -> None:
        self._size = 3
        self._level = 48
        self.data = b""

    def set(self, function: int, body: bytes) -> bool:
        """Functions 65, 67, 69 and 80 of GS ( k; False for a function or value that there is not."""
        match function:
            case 65:
                return True
            case 67 if body and 1 <= body[0] <= 16:
                self._size = body[0]
                return True
            case 69 if body and body[0] in _LEVELS:
                self._level = body[0]
                return True
            case 80:
                self.data = body[1:]
                return True
            case _:
                return False

    def draw(self) -> Picture | None:
        """Function 81: the symbol without white around it; None where the data makes no symbol."""
        if not self.data:
            return None
        code = qrcode.QRCode(error_correction=_LEVELS[self._level], border=0)
        code.add_data(self.data, optimize=0)
        try:
            code.make(fit=True)
        except (qrcode.exceptions.DataOverflowError, ValueError):
            return None
        rows = (tuple(bool(dot) for dot in row for _ in range(self._size)) for row in code.get_matrix())
        return tuple(row for row in rows for _ in range(self._size))
