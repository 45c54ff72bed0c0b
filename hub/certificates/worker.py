"""Makes ordered certificates in the background, closes blocks behind them, tells of vouchers; several may run."""

from __future__ import annotations

import logging
import secrets
from threading import Event, Thread

from sqlalchemy.exc import SQLAlchemyError

from hub.certificates.issuing import claim_jobs, make_paper
from hub.certificates.ledger import close_waiting
from hub.hub import Hub
from hub.vouchers.telling import tell_holders

log = logging.getLogger(__name__)


class CertificateWorker:
    """One thread beside the decision worker: drawing a paper takes a second, and no decision waits for it."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._name = f"papers-{secrets.token_hex(4)}"
        self._stop = Event()
        self._thread = Thread(target=self.run, name=self._name, daemon=True)

    def start(self) -> None:
        """Begins working in the background."""
        self._thread.start()

    def stop(self) -> None:
        """Finishes the paper in hand and ends."""
        self._stop.set()
        self._thread.join()

    def run(self) -> None:
        """Works until it is stopped; a database that does not answer is waited for."""
        while not self._stop.is_set():
            try:
                busy = self.run_once() > 0
            except SQLAlchemyError as error:
                log.warning("certificates pause, the database does not answer: %s", type(error).__name__)
                busy = False
            if not busy:
                self._stop.wait(self._hub.settings.decision_poll_s)

    def run_once(self) -> int:
        """Makes what waits, closes a block, tells holders of their vouchers; returns how much was made and told."""
        made = 0
        for job_id in claim_jobs(self._hub, self._name):
            try:
                made += make_paper(self._hub, self._name, job_id)
            except SQLAlchemyError:
                raise
            except Exception:  # one bad paper must not stop the others: its lease ends and it is tried again
                log.exception("certificate job %d could not be made", job_id)
        close_waiting(self._hub)
        return made + tell_holders(self._hub)
