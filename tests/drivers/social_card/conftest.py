"""The real pcscd behind all tests of this folder."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.drivers.social_card.pcscd import Daemon, pcscd


@pytest.fixture(scope="session")
def daemon() -> Iterator[Daemon]:
    with pcscd() as running:
        before = os.environ.get("PCSCLITE_CSOCK_NAME")
        os.environ["PCSCLITE_CSOCK_NAME"] = str(running.socket)
        yield running
        if before is None:
            del os.environ["PCSCLITE_CSOCK_NAME"]
        else:
            os.environ["PCSCLITE_CSOCK_NAME"] = before
