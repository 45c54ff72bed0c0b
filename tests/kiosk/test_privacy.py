"""What a process logs says nothing of a person."""

from __future__ import annotations

import logging

import pytest

from kiosk.privacy import NothingPersonal

SEALED = "/verify/9016941052.AR41-9024_A"


@pytest.mark.parametrize(
    "secret",
    [
        "440999195411019024",
        "440999 19541101 9024",
        "9016-941-052",
        "/v1/claims/9016941052",
        "/verify/9016-941-052",
        SEALED,
    ],
)
def test_a_number_or_code_never_reaches_the_log(secret: str) -> None:
    record = logging.LogRecord("x", logging.INFO, __file__, 1, "asked %s for it", (secret,), None)
    assert NothingPersonal().filter(record)
    told = record.getMessage()
    assert secret not in told
    assert not any(part in told for part in ("9024", "941"))
    assert told.startswith("asked ")


def test_a_number_in_a_traceback_never_reaches_the_log() -> None:
    record = logging.LogRecord("x", logging.ERROR, __file__, 1, "failed", (), None)
    try:
        raise ValueError("440999195411019024")
    except ValueError as error:
        record.exc_info = (ValueError, error, error.__traceback__)
    NothingPersonal().filter(record)
    assert "440999195411019024" not in logging.Formatter().format(record)
