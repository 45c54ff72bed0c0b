"""The technician's slip says where both chains stand, on the screen and on paper, and names what is broken."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from drivers.simulation import simulate
from kiosk.commands import terminal
from offline.store import TerminalStore
from offline.wire.chain import shown_head
from tests.offline.ground import APPLIED, ITEM, HubKeys, enrol


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """An enrolled terminal with two acts kept."""
    state = tmp_path / "state"
    enrol(state, HubKeys())
    store = TerminalStore.open(state)
    for _ in range(2):
        store.keep(APPLIED, {"item": ITEM})
    store.close()
    path = tmp_path / "terminal.toml"
    path.write_text('[terminal]\nstate_dir = "state"\n', encoding="utf-8")
    return path


def test_the_heads_are_told_for_people_and_programs(config: Path) -> None:
    said = CliRunner().invoke(terminal, ["heads", "--config", str(config)])
    assert said.exit_code == 0, said.output
    told = json.loads(CliRunner().invoke(terminal, ["heads", "--json", "--config", str(config)]).output)
    assert (told["terminal"], told["records"]["seq"], told["journal"]["seq"], told["waiting"]) == ("t-0001", 2, 1, 2)
    assert "两条链都完好" in said.output
    assert told["records"]["hash"][:4] in said.output


def test_the_slip_comes_out_of_the_terminals_printer(config: Path) -> None:
    with simulate("receipt_printer").start() as printer:
        config.write_text(
            f'[terminal]\nstate_dir = "state"\n[devices.receipt_printer]\ndriver = "escpos"\nlink = "{printer.link}"\n',
            encoding="utf-8",
        )
        said = CliRunner().invoke(terminal, ["heads", "--print", "--config", str(config)])
        assert said.exit_code == 0, said.output
        printer.device.fault("paper_end")
        refused = CliRunner().invoke(terminal, ["heads", "--print", "--config", str(config)])
        assert (refused.exit_code, "没有打好" in refused.output) == (1, True)


def test_no_printer_and_a_broken_chain_are_told(config: Path) -> None:
    none = CliRunner().invoke(terminal, ["heads", "--print", "--config", str(config)])
    assert (none.exit_code, "没有设置凭条打印机" in none.output) == (1, True)
    store = TerminalStore.open(config.parent / "state")
    head = shown_head(store.head())
    store._writer.transaction(lambda db: db.execute("UPDATE event SET prev = ? WHERE seq = 2", ("f" * 64,)))
    store.close()
    broken = CliRunner().invoke(terminal, ["heads", "--config", str(config)])
    assert (broken.exit_code, "第 2 条不对" in broken.output, head in broken.output) == (1, True, True)
