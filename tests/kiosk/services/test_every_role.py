"""Every device that is set is asked or watched and told to the operator; what nobody has heard of is unknown."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from queue import Empty, SimpleQueue

import pytest

from drivers.simulation import simulate
from drivers.simulation.device import SimulatedDevice
from kiosk.doctor import IF_SET, WANTED
from kiosk.services.services import IN_VISITS, ROLES, Services
from kiosk.settings import ROLES as KINDS
from kiosk.settings import Settings
from offline.status import read_status
from offline.wire.heartbeat import DeviceReport
from tests.words import WORDS

PATIENCE_S = 40.0
SIMULATED = ("id_card", "receipt_printer", "document_printer", "code_scanner", "audio", "ups", "door", "presence")


@dataclass
class Hall:
    """A terminal whose settings name a device for every role; services, doors and drivers are the real ones."""

    services: Services
    delivered: SimpleQueue[Callable[[], None]]
    devices: dict[str, SimulatedDevice]
    pictures: Path
    state_dir: Path

    def until(self, holds: Callable[[dict[str, DeviceReport]], bool]) -> dict[str, DeviceReport]:
        """Ticks, as the screen does, until the agent reads what is wanted."""
        end = time.monotonic() + PATIENCE_S
        while not holds(told := self.told()):
            assert time.monotonic() < end, told
            self.services.tick()
            try:
                self.delivered.get(timeout=0.1)()
                while True:
                    self.delivered.get_nowait()()
            except Empty:
                pass
        return told

    def told(self) -> dict[str, DeviceReport]:
        """What the next heartbeat says."""
        return dict(read_status(self.state_dir, datetime.now(UTC)).devices)


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    with ExitStack() as running:
        links = {"face_camera": f"images://{pictures}", "document_camera": f"images://{pictures}"}
        links["social_card"] = "pcsc://7"
        devices = {}
        for role in SIMULATED:
            simulation = running.enter_context(simulate(KINDS[role]).start())
            links[role], devices[role] = simulation.link, simulation.device
        config = tmp_path / "terminal.toml"
        tables = [f'[devices.{role}]\nlink = "{link}"\n' for role, link in links.items()]
        quick = "[device]\nhealth_s = 2.0\nrescan_s = 0.5\ngrace_s = 0.5\n[status]\nwrite_s = 1.0\n"
        config.write_text(f'[terminal]\nstate_dir = "{tmp_path}"\n{quick}{"".join(tables)}', encoding="utf-8")
        delivered: SimpleQueue[Callable[[], None]] = SimpleQueue()
        services = Services.open(Settings.load(config), lambda _act: None, delivered.put)
        running.callback(services.close)
        yield Hall(services, delivered, devices, pictures, tmp_path)


def heard(told: dict[str, DeviceReport]) -> bool:
    """Whether every device has been asked or looked at: until then it is for the environment that nothing is known."""
    first = {role for role, report in told.items() if report.code == f"{role}.unknown" and report.cause is not None}
    return set(told) == set(KINDS) and not first


def test_every_role_that_is_set_is_told_and_none_is_fine_of_which_nothing_is_known(hall: Hall) -> None:
    told = hall.until(heard)
    states = {role: report.state for role, report in told.items()}
    ready = {"id_card", "receipt_printer", "document_printer", "audio", "ups", "door", "presence", "face_camera"} | {
        "document_camera"
    }
    assert {role for role in states if states[role] == "ready"} == ready
    # its line is there, but such a scanner says nothing before the first code
    assert (told["code_scanner"].state, told["code_scanner"].code) == ("unknown", "code_scanner.untried")
    assert told["social_card"].state in ("absent", "failed"), "no such reader can be there"
    assert hall.services.facts().scanner_ready


def test_what_becomes_of_a_device_that_no_visit_uses_reaches_the_operator(hall: Hall) -> None:
    hall.until(heard)
    hall.devices["document_printer"].fault("paper_end")
    hall.devices["audio"].fault("unplugged")
    shutil.rmtree(hall.pictures)
    hall.until(
        lambda told: (
            (told["document_printer"].state, told["audio"].state) == ("failed", "absent")
            and told["document_camera"].code == "device.unplugged"
        )
    )


def test_a_terminal_tells_only_of_what_it_must_have_and_what_is_set(tmp_path: Path) -> None:
    config = tmp_path / "terminal.toml"
    config.write_text(f'[terminal]\nstate_dir = "{tmp_path}"\n', encoding="utf-8")
    services = Services.open(Settings.load(config), lambda _act: None, lambda _call: None)
    assert set(services.roles.healths()) == set(ROLES)
    assert not services.facts().scanner_ready
    services.close()


def test_technician_and_operator_have_a_name_for_every_role() -> None:
    assert set(WANTED) == set(ROLES)
    assert set(WANTED | IF_SET) == set(KINDS) >= set(IN_VISITS)
    texts = WORDS
    for role, title in (WANTED | IF_SET).items():
        assert texts(f"hub.device.{role}") == title
