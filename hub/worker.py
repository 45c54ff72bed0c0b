"""Decides cases in a process of its own, beside any number of processes that serve and do not decide."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from types import FrameType
from typing import Final

from hub.certificates.worker import CertificateWorker
from hub.database import speaking
from hub.decisions import DecisionWorker
from hub.delivery.sandbox import SandboxCourier
from hub.delivery.sending import DeliveryWorker
from hub.gateway.reading import Gateway
from hub.gateway.remote import port_of
from hub.gateway.sandbox import SandboxSources
from hub.gateway.waiting import SourceWorker
from hub.hub import open_hub
from hub.notices.sending import NoticeWorker
from hub.notices.sms_sandbox import SandboxSms
from hub.payments.worker import PaymentWorker
from hub.referrals.following import OutsideWorker
from hub.referrals.reading import reads_by_voucher
from hub.referrals.sandbox import sandbox_parties
from hub.settings import HubSettings

_GIVES_WAY: Final = 10
"""What is stored an instant sooner is a terminal less that waits; a case decided an instant later harms nobody."""


def run(url: str, state_dir: Path, settings: HubSettings) -> None:
    """Works until a signal comes; what was claimed is finished first. Gives way to whoever serves on this machine."""
    os.nice(_GIVES_WAY)
    hub = open_hub(url, state_dir, settings)
    courier = SandboxCourier(hub.database, hub.clock, hub.settings)
    gateway = Gateway(hub, port_of(hub, SandboxSources(hub)))
    worker = DecisionWorker(hub, gateway=gateway)
    beside = (
        CertificateWorker(hub),
        DeliveryWorker(hub, courier),
        PaymentWorker(hub),
        SourceWorker(hub, gateway),
        NoticeWorker(hub, SandboxSms(hub)),
        OutsideWorker(hub, sandbox_parties(hub, reads_by_voucher(hub, gateway))),
    )

    def end(_signal: int, _frame: FrameType | None) -> None:
        worker.end()

    for wanted in (signal.SIGTERM, signal.SIGINT):
        signal.signal(wanted, end)
    try:
        with speaking(url):
            for each in beside:
                each.start()
            worker.run()
            for each in beside:
                each.stop()
    finally:
        hub.database.close()
