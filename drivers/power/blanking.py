"""What may be written down of a talk with a NUT server: what the driver reads, but not whose supply it is."""

from __future__ import annotations

import re
from typing import Final

from drivers.capture.blanking import UNKNOWN, table
from drivers.power.answer import LINE_BYTES_MAX
from drivers.power.status import CHARGE, RUNTIME, STATUS

_COVER: Final = table(bytes(range(0x20, 0x7F)))
_NAME: Final = rb"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}"
_VALUES: Final = b"|".join(
    re.escape(name.encode()) + value
    for name, value in ((STATUS, rb' "[A-Z ]{0,40}"'), (CHARGE, rb' "[0-9.]{0,9}"'), (RUNTIME, rb' "[0-9.]{0,9}"'))
)
_PLAIN: Final = re.compile(
    rb"(?:VAR " + _NAME + rb" (?:" + _VALUES + rb")|(?:BEGIN|END) LIST VAR " + _NAME + rb"|ERR [A-Z-]{1,40})\r?"
)
"""Lines that name no one but the supply as the link names it."""
_OTHER: Final = re.compile(rb"(VAR " + _NAME + rb" " + _NAME + rb" )(.*?)(\r?)", re.DOTALL)


class NutBlanker:
    """A Blanker for Network UPS Tools."""

    def __init__(self) -> None:
        self._held = b""

    def sent(self, data: bytes) -> bytes:
        """Questions name no one; the driver never logs in."""
        return data

    def heard(self, data: bytes) -> bytes:
        """Whole lines: makers, models, serial numbers and whatever else is in a value blanked."""
        *lines, self._held = (self._held + data).split(b"\n")
        written = b"".join(_covered(line) + b"\n" for line in lines)
        if len(self._held) > LINE_BYTES_MAX:
            written += self.rest()[1]
        return written

    def rest(self) -> tuple[bytes, bytes]:
        """Half a line might be half a name."""
        held, self._held = self._held, b""
        return b"", UNKNOWN * len(held)


def _covered(line: bytes) -> bytes:
    if len(line) > LINE_BYTES_MAX:
        return UNKNOWN * len(line)
    if _PLAIN.fullmatch(line):
        return line
    other = _OTHER.fullmatch(line)
    return UNKNOWN * len(line) if other is None else other[1] + other[2].translate(_COVER) + other[3]
