"""The door of phones that bring a claim code: how often one may try, and whose case a right code opens."""

from __future__ import annotations

from fastapi import Request

from hub.cases import cases_by_code
from hub.guesses import missed, wait_s
from hub.hub import Hub
from hub.rate_limit import RateLimit, caller_of
from hub.tables import Case
from offline.wire.claims import normal
from offline.wire.trouble import WrongClaimCode


class CodeDoor:
    """One page's door: tries are counted for the page, wrong codes for all pages and replicas together."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._limit = RateLimit(hub.settings.claim_tries_per_minute, hub.settings.watched_callers, hub.clock)

    def wait_s(self, request: Request) -> float:
        """Seconds until this caller may try again; 0 where it may now, and then the try is counted."""
        caller = caller_of(request)
        return self._limit.wait_s(caller) or wait_s(self._hub.database, self._hub.settings, caller, self._hub.clock)

    def missed(self, request: Request) -> None:
        """Counts a code that opened nothing."""
        missed(self._hub.database, self._hub.settings, caller_of(request), self._hub.clock)

    def opened(self, code: str, request: Request) -> Case | None:
        """The one case of this code; None for a misspelt, an unknown (which counts) or an ambiguous one."""
        try:
            digits = normal(code)
        except WrongClaimCode:
            return None
        with self._hub.database.reading() as session:
            cases = cases_by_code(session, self._hub, digits)
        if not cases:
            self.missed(request)
        return cases[0] if len(cases) == 1 else None
