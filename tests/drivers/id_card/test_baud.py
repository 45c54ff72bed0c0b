"""Changing a module's rate on a real terminal, whose two sides must agree on it or understand nothing."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from contextlib import contextmanager

import pytest
from click.testing import CliRunner

from drivers.commands import device
from drivers.id_card.baud import BaudChange, BaudChanged, BaudKept, BaudLost, change_baud
from drivers.id_card.reply import BAUDS
from drivers.id_card.sam import SamReader
from drivers.id_card.simulator import SimulatedIdCardReader
from drivers.link import LinkRefused
from drivers.simulation import Simulation

ANSWER_S = 0.1


@contextmanager
def simulated(
    *, tells_baud: bool = True, line_bauds: Collection[int] = BAUDS, baud: int = 115200
) -> Iterator[SimulatedIdCardReader]:
    simulator = SimulatedIdCardReader(tells_baud=tells_baud, line_bauds=line_bauds, baud=baud)
    with Simulation(simulator).start():
        yield simulator


def changed(simulator: SimulatedIdCardReader, rate: int, old: int = 115200) -> BaudChange:
    return change_baud(f"serial://{simulator.link}?baud={old}", rate, answer_s=ANSWER_S)


def speaks(simulator: SimulatedIdCardReader, rate: int) -> bool:
    reader = SamReader(f"serial://{simulator.link}?baud={rate}")
    reader.open()
    number = reader.module_number()
    reader.close()
    return number is not None


@pytest.mark.parametrize("tells_baud", [True, False])
@pytest.mark.parametrize("rate", BAUDS[1:])
def test_a_change_is_verified_at_the_new_rate(rate: int, tells_baud: bool) -> None:
    with simulated(tells_baud=tells_baud) as simulator:
        assert changed(simulator, rate) == BaudChanged(f"serial://{simulator.link}?baud={rate}")
        assert speaks(simulator, rate)
        assert not speaks(simulator, 115200)


def test_a_plain_path_is_a_line_at_115200() -> None:
    with simulated() as simulator:
        assert isinstance(change_baud(simulator.link, 9600, answer_s=ANSWER_S), BaudChanged)


def test_a_module_that_refuses_is_left_as_it_was() -> None:
    with simulated() as simulator:
        simulator.fault("deaf_to_baud")
        assert changed(simulator, 9600) == BaudKept("our_command")
        assert speaks(simulator, 115200)


def test_a_module_already_at_that_rate_is_left_as_it_is() -> None:
    with simulated(baud=9600) as simulator:
        assert changed(simulator, 9600, old=9600) == BaudKept("ready")


def test_a_module_that_is_not_well_is_told_nothing() -> None:
    with simulated() as simulator:
        simulator.fault("self_test_failed")
        assert changed(simulator, 9600) == BaudKept("self_test")
        simulator.fault("silent")
        assert changed(simulator, 9600) == BaudKept("silent")
        assert simulator.state()["baud"] == 115200


def test_a_module_called_back_from_a_rate_its_answers_do_not_survive_keeps_the_old_one() -> None:
    class Mumbling(SimulatedIdCardReader):
        """Hears at every rate and can be understood at the old one only."""

        def say(self, data: bytes) -> None:
            super().say(data if self.baud == 115200 else b"\x00" * len(data))

    simulator = Mumbling()
    with Simulation(simulator).start():
        assert changed(simulator, 57600) == BaudKept("noise")
        assert speaks(simulator, 115200)


def test_a_rate_the_cable_does_not_carry_loses_the_module_and_that_is_said() -> None:
    with simulated(line_bauds=(115200, 9600)) as simulator:
        assert changed(simulator, 57600) == BaudLost()


def test_a_link_without_a_rate_of_its_own_is_refused() -> None:
    for link in ("socket://127.0.0.1:1", "rfc2217://127.0.0.1:1"):
        with pytest.raises(LinkRefused) as refused:
            change_baud(link, 9600)
        assert refused.value.code == "link.no_baud"


def test_a_rate_that_no_module_has_is_refused() -> None:
    with pytest.raises(LinkRefused) as refused:
        change_baud("/dev/null", 4800)
    assert refused.value.code == "link.baud"


def told(simulator: SimulatedIdCardReader, *words: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(device, ["baud", "id-card", "--link", simulator.link, *words])
    return done.exit_code, done.stdout, done.stderr


def test_a_technician_is_told_the_new_link() -> None:
    with simulated() as simulator:
        code, out, _ = told(simulator, "--to", "57600", "--json")
        assert (code, json.loads(out)) == (
            0,
            {"outcome": "changed", "link": f"serial://{simulator.link}?baud=57600"},
        )


def test_a_technician_is_told_that_nothing_changed_and_why() -> None:
    with simulated() as simulator:
        simulator.fault("deaf_to_baud")
        code, out, err = told(simulator, "--to", "57600", "--json")
        assert (code, json.loads(out)) == (1, {"outcome": "kept"})
        assert err.startswith("Error: 没有改，阅读器仍用原来的波特率。")
        simulator.clear()
        assert "57600" in told(simulator, "--to", "57600")[1]


def test_a_technician_is_told_that_the_reader_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("drivers.id_card.baud.change_baud", lambda _link, _rate: BaudLost())
    with simulated() as simulator:
        code, _, err = told(simulator, "--to", "57600")
    assert code == 1
    assert "断电" in err


def test_only_a_card_reader_has_a_rate_to_change() -> None:
    done = CliRunner().invoke(device, ["baud", "camera", "--link", "/dev/null", "--to", "9600"])
    assert done.exit_code == 2
