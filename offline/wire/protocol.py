"""Which version of the agreement two ends speak: the terminal offers a range, the hub takes the newest both know.

1: requests signed over method, path, time and body; replies not signed. A request without the header speaks it.
2: requests signed also over a nonce and the offer itself; replies signed by the hub; credentials that end.

The hub goes on serving the oldest version named here, so that a terminal that was away for a year still drains. An
event of an unknown type or form is parked, never refused; unknown fields of replies and unknown kinds of changes are
skipped.
"""

from __future__ import annotations

import re
from typing import Final

from offline.wire.trouble import MalformedRecord, ProtocolGap

PROTOCOL_HEADER: Final = "Zhizhu-Protocol"
OLDEST: Final = 1
NEWEST: Final = 2
_OFFER: Final = re.compile(r"([1-9][0-9]{0,3})(?:-([1-9][0-9]{0,3}))?", re.ASCII)


def offer(least: int = OLDEST, newest: int = NEWEST) -> str:
    """What a terminal offers: `1-2`."""
    return f"{least}-{newest}"


def agree(untrusted: str | None, oldest: int = OLDEST, newest: int = NEWEST) -> int:
    """The version to speak with whoever offers this; raises MalformedRecord or ProtocolGap."""
    if untrusted is None:
        least, most = 1, 1
    else:
        found = _OFFER.fullmatch(untrusted)
        if found is None:
            raise MalformedRecord(f"请求头 {PROTOCOL_HEADER} 写法不对")
        least = int(found[1])
        most = int(found[2] or found[1])
    if most < oldest or least > newest:
        raise ProtocolGap(terminal_too_old=most < oldest)
    return min(most, newest)


def spoken(untrusted: str | None) -> int:
    """The version a reply says it speaks; a hub that says nothing speaks 1. Raises MalformedRecord."""
    if untrusted is None:
        return 1
    if not (untrusted.isascii() and untrusted.isdigit() and len(untrusted) <= 4):
        raise MalformedRecord(f"答复头 {PROTOCOL_HEADER} 写法不对")
    return int(untrusted)
