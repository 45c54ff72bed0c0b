"""Makes ordered certificates in the background, closes blocks behind them, tells of vouchers; several may run."""

from __future__ import annotations

import logging
import secrets

from sqlalchemy.exc import SQLAlchemyError

from hub.background import BackgroundWorker
from hub.certificates.issuing import claim_jobs, make_paper
from hub.certificates.ledger import close_waiting
from hub.hub import Hub
from hub.vouchers.telling import tell_holders

log = logging.getLogger(__name__)


class CertificateWorker(BackgroundWorker):
    """One thread beside the decision worker: drawing a paper takes a second, and no decision waits for it."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._name = f"papers-{secrets.token_hex(4)}"
        super().__init__(self._name, "certificates", hub.settings.decision_poll_s)

    def turn(self) -> bool:
        """Makes what waits; goes on while there was something."""
        return self.run_once() > 0

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
