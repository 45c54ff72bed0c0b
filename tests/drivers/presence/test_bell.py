"""The real monitor where the kernel gives one: a written uevent rings it, and only of the kind that was asked for."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from drivers.presence import bell as bells
from drivers.presence.bell import SilentBell, UdevBell, open_bell

NULL = Path("/sys/class/mem/null/uevent")
TTY = Path("/sys/class/tty/tty/uevent")

kernel_rings = pytest.mark.skipif(
    not os.access(NULL, os.W_OK) or os.geteuid() != 0, reason="a uevent can only be asked for by root on a real /sys"
)


@pytest.fixture
def bell() -> Iterator[UdevBell]:
    made = UdevBell(("mem",), "kernel")
    yield made
    made.close()


@kernel_rings
def test_an_event_of_the_kernel_rings(bell: UdevBell) -> None:
    # Events of other programs ring too, so nothing is said here of silence.
    NULL.write_text("change")
    assert bell.wait(10.0)


@kernel_rings
def test_events_of_other_subsystems_do_not_ring() -> None:
    bell = UdevBell(("no such subsystem",), "kernel")
    for _ in range(20):
        TTY.write_text("change")
        NULL.write_text("change")
    assert not bell.wait(0.2)
    bell.close()
    assert not bell.rung()


@kernel_rings
def test_a_storm_of_events_fills_a_bounded_queue_and_is_one_ring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bells, "_WAITING_MOST", 1)
    bell = UdevBell(("mem",), "kernel")
    for _ in range(500):
        NULL.write_text("change")
    assert bell.wait(10.0)
    NULL.write_text("change")
    assert bell.wait(10.0)
    bell.close()


class OverrunMonitor:
    """What the kernel says when it had to drop events."""

    def poll(self, timeout: float) -> None:
        raise OSError(105, "No buffer space available")


def test_events_that_the_kernel_dropped_ring_too(bell: UdevBell) -> None:
    bell.close()
    bell._monitor = OverrunMonitor()
    assert bell._means_us()


def test_closing_twice_is_harmless(bell: UdevBell) -> None:
    bell.close()
    bell.close()


def test_a_machine_without_a_monitor_has_a_silent_bell(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused() -> UdevBell:
        raise OSError(97, "Address family not supported by protocol")

    monkeypatch.setattr(bells, "UdevBell", refused)
    silent = open_bell()
    assert isinstance(silent, SilentBell)
    assert not silent.rung()
    silent.close()


def test_this_machine_gives_one_or_the_other() -> None:
    bell = open_bell()
    bell.rung()
    bell.close()
