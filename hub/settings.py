"""Every bound of the hub with its name, in one place."""

from __future__ import annotations

from dataclasses import dataclass

from offline.wire.batch import MAX_BATCH_BYTES, MAX_BATCH_EVENTS


@dataclass(frozen=True, slots=True)
class HubSettings:
    """What an installation may change; the defaults suit one county on one machine."""

    silence_s: float = 90.0  # no heartbeat for longer: the terminal is unknown, never fine
    request_bytes: int = MAX_BATCH_BYTES + 64 * 1024
    batch_events: int = MAX_BATCH_EVENTS
    changes_page: int = 200
    console_page: int = 100
    claim_tries_per_minute: int = 30  # per terminal, or per address on the phone page
    watched_callers: int = 10_000  # callers a rate limit remembers at once
    enrolment_hours: int = 72
    session_hours: int = 10
    login_tries: int = 5
    lockout_minutes: int = 15
    lease_s: float = 15.0  # a decision claimed for longer is taken over by another worker
    decision_attempts: int = 5  # then a person looks at the case
    decision_poll_s: float = 1.0
    decision_batch: int = 20
    refresh_s: int = 5  # how often an open console page asks again
    region_helpers: int = 500
    region_dues: int = 5_000  # per terminal
