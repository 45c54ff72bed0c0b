"""Each signed request counts once: what was seen within the time a signature is good for, in a bounded memory."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from datetime import datetime, timedelta
from threading import Lock
from typing import Final

from sqlalchemy import delete, insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub.database import Database
from hub.moments import Clock
from hub.tables import SeenRequest
from offline.wire.signing import MAX_AGE_S

_KEEP: Final = timedelta(seconds=2 * MAX_AGE_S)
"""A signature may be made five minutes ahead of the hub's time and is good until five minutes behind it."""


class Replays:
    """What this process has seen, and, for requests that change something, what all replicas have seen."""

    def __init__(self, clock: Clock, memory: int) -> None:
        self._clock = clock
        self._memory = memory
        self._seen: OrderedDict[str, datetime] = OrderedDict()
        self._lock = Lock()

    def seen_here(self, signature: str) -> bool:
        """Whether this process has had the signature; from now on it has."""
        now, digest = self._clock(), _digest(signature)
        with self._lock:
            while self._seen and (next(iter(self._seen.values())) < now or len(self._seen) >= self._memory):
                self._seen.popitem(last=False)
            if digest in self._seen:
                return True
            self._seen[digest] = now + _KEEP
        return False

    def seen_anywhere(self, session: Session, signature: str) -> bool:
        """Whether any replica has had the signature; from the caller's commit on all of them have."""
        try:
            with session.begin_nested():
                session.execute(insert(SeenRequest).values(digest=_digest(signature), expires_at=self._clock() + _KEEP))
        except IntegrityError:
            return True
        return False


def sweep_requests(database: Database, now: datetime) -> None:
    """Forgets the signatures that are no good any more."""
    with database.writing() as session:
        session.execute(delete(SeenRequest).where(SeenRequest.expires_at < now))


def _digest(signature: str) -> str:
    return hashlib.sha256(signature.encode("ascii", "replace")).hexdigest()[:32]
