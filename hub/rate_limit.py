"""How often a caller may try, so that nobody can walk through all claim codes."""

from __future__ import annotations

from collections import OrderedDict, deque
from ipaddress import IPv6Address, ip_address, ip_network
from threading import Lock
from typing import Final

from fastapi import Request

from hub.moments import Clock

_WINDOW_S: Final = 60.0


class RateLimit:
    """At most so many tries a minute for each caller; remembers a bounded number of callers."""

    def __init__(self, tries_per_minute: int, callers: int, clock: Clock) -> None:
        self._tries = tries_per_minute
        self._callers = callers
        self._clock = clock
        self._seen: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = Lock()

    def wait_s(self, caller: str) -> float:
        """Counts a try; 0 when it is allowed, else the seconds after which to ask again."""
        now = self._clock().timestamp()
        with self._lock:
            tries = self._seen.setdefault(caller, deque())
            self._seen.move_to_end(caller)
            while tries and tries[0] <= now - _WINDOW_S:
                tries.popleft()
            if len(tries) >= self._tries:
                return max(1.0, tries[0] + _WINDOW_S - now)
            tries.append(now)
            while len(self._seen) > self._callers:
                self._seen.popitem(last=False)
        return 0.0


def caller_of(request: Request) -> str:
    """From which network address somebody asks, as limits count it: of IPv6 the /64 that one household has.

    What a proxy says of it counts only where the hub was told of that proxy (`hub/serve.py`).
    """
    host = request.client.host if request.client else ""
    try:
        address = ip_address(host)
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or ip_network((address, 64), strict=False))
    return str(address)
