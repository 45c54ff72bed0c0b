"""The terminal's own line to its hub, for look-ups only; events travel with the agent."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import httpx

from offline.keys import signing_key
from offline.store import AgentView
from offline.sync.client import HubClient, check_dates
from offline.sync.trouble import HubSilent
from offline.wire.bell import BellReply, BellRing
from offline.wire.changes import CaseView
from offline.wire.prefill import Prefill
from offline.wire.slip_qr import SlipQr
from offline.wire.slip_signers import Genuineness

NEAR_S: Final = 2.0


class HubLine:
    """Opened at the first question, in the hub's door; `cut` is the demo's pulled cable."""

    def __init__(
        self,
        hub_url: str,
        state_dir: Path,
        *,
        deadline_s: float,
        ca_file: Path | None = None,
        cut: Callable[[], bool] = lambda: False,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._url = hub_url
        self._state_dir = state_dir
        self._deadline_s = deadline_s
        self._ca_file = ca_file
        self._cut = cut
        self._now = now
        self._client: HubClient | None = None
        self._agent = AgentView.open(state_dir)

    def case_by_code(self, code: str) -> CaseView | None:
        """The case of a claim code, or None."""
        return self._opened().case_by_code(code)

    def cases_of(self, id_number: str) -> tuple[CaseView, ...]:
        """A card holder's cases; the number travels sealed."""
        client = self._opened()
        return client.cases_of(id_number, self._agent.enrolled().sealing_public)

    def prefill(self, item: str, id_number: str, level: str) -> Prefill:
        """What the hub can tell of this person for this item; question and answer travel sealed."""
        client = self._opened()
        return client.prefill(item, id_number, level, self._agent.enrolled().sealing_public)

    def ring(self, ring: BellRing) -> BellReply:
        """Calls for a person, now."""
        return self._opened().ring(ring)

    def bell(self) -> BellReply:
        """How the last call stands."""
        return self._opened().bell()

    def check_slip(self, slip: SlipQr) -> Genuineness:
        """What the seal of another terminal's slip comes to."""
        return self._opened().check_slip(slip)

    def paper(self, sha256: str) -> bytes:
        """A certificate's sealed PDF."""
        return self._opened().paper(sha256)

    def near(self) -> bool:
        """Whether the hub answers at all, asked briefly."""
        if self._cut():
            return False
        try:
            trust = ssl.create_default_context(cafile=self._ca_file)
            check_dates(trust, self._clock_sure())
            return httpx.get(
                f"{self._url.rstrip('/')}/healthz", timeout=NEAR_S, trust_env=False, verify=trust
            ).is_success
        except (httpx.HTTPError, httpx.InvalidURL, OSError):
            return False

    def close(self) -> None:
        """Closes the connections."""
        client, self._client = self._client, None
        if client is not None:
            client.close()
        self._agent.close()

    def _opened(self) -> HubClient:
        if self._cut():
            raise HubSilent("网络已断开")
        if self._client is None:
            enrolment = self._agent.enrolled()
            self._client = HubClient.open(
                self._url,
                signing_key(self._state_dir),
                terminal_id=enrolment.terminal_id,
                clock=self._now,
                reachable=lambda: not self._cut(),
                deadline_s=self._deadline_s,
                ca_file=self._ca_file,
                hub_key=lambda: self._agent.enrolled().signing_public,
                least_protocol=self._agent.protocol(),
            )
        self._client.check_dates(self._clock_sure())
        return self._client

    def _clock_sure(self) -> bool:
        return self._agent.clock(self._now()) == "trusted"
