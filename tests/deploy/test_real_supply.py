"""The real screen before a real power supply's server: it follows what upsd and dummy-ups say of the mains."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deploy.hall import Hall, open_hall
from tests.drivers.power.upsd import RealUpsd
from tests.words import WORDS

OUT = WORDS("screen.power_out.title")


@pytest.fixture
def upsd(tmp_path: Path) -> Iterator[RealUpsd]:
    with RealUpsd(tmp_path) as upsd:
        yield upsd


@pytest.fixture
def hall(upsd: RealUpsd) -> Iterator[Hall]:
    """A terminal whose settings name that server; it is switched off and on to read them."""
    quick = ("power.poll_s=0.5", "power.cut_s=1", "power.back_s=1", "device.health_s=2", "status.write_s=1")
    with open_hall(*quick) as hall:
        config = hall.state_dir.parent / "terminal.toml"
        written, told = re.subn(r'link = "nut://[^"]+"', f'link = "{upsd.link}"', config.read_text(encoding="utf-8"))
        assert told == 1
        config.write_text(written, encoding="utf-8")
        hall.world.stage("/power_cut")
        yield hall


@pytest.mark.night
def test_the_screen_follows_a_real_supply_onto_the_battery_and_back_to_the_mains(upsd: RealUpsd, hall: Hall) -> None:
    upsd.wait(lambda: _told(hall) == ("ready", "power.ready"))
    hall.shows("attract")
    upsd.tell("OB DISCHRG", 80, 1200)
    upsd.wait(lambda: OUT in hall.screen())
    upsd.wait(lambda: _told(hall)[1] == "power.on_battery")
    hall.lay("lin-yuelan")  # nobody begins anything now
    hall.shows(WORDS("screen.power_out.take_card"))
    hall.world.lift()
    upsd.tell("OB LB DISCHRG", 5, 60)
    upsd.wait(lambda: WORDS("screen.power_out.low") in hall.screen())
    upsd.wait(lambda: _told(hall)[1] == "power.battery_low")
    upsd.tell("OL CHRG", 30, 1800)
    upsd.wait(lambda: "'screen': 'attract'" in hall.screen())
    hall.lay("lin-yuelan")
    hall.shows("林*兰")


def _told(hall: Hall) -> tuple[str, str]:
    """What the operator reads of the supply."""
    report = hall.status().devices.get("ups")
    return ("", "") if report is None else (report.state, report.code)
