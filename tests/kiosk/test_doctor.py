"""The doctor looks at the devices a terminal must have, and at those it has besides."""

from __future__ import annotations

from pathlib import Path

from drivers.simulation import simulate
from kiosk.doctor import Finding, examine


def found(config: Path) -> dict[str, Finding]:
    return {finding.what: finding for finding in examine(config, ())}


def test_a_supply_and_a_door_are_looked_at_where_they_are_set(tmp_path: Path) -> None:
    config = tmp_path / "terminal.toml"
    with simulate("power").start() as power, simulate("digital_line").start() as door:
        config.write_text(
            f'[devices.ups]\nlink = "{power.link}"\n[devices.door]\nlink = "{door.link}"\n', encoding="utf-8"
        )
        well = found(config)
        assert (well["不间断电源"].well, well["柜门"].well) == (True, True)
        assert "人体感应" not in well
        power.device.fault("data_stale")
        door.device.fault("active")
        ill = found(config)
        assert not ill["不间断电源"].well
        assert "power.stale" in ill["不间断电源"].seen
        assert "door.open" in ill["柜门"].seen


def test_a_terminal_without_them_misses_nothing(tmp_path: Path) -> None:
    config = tmp_path / "terminal.toml"
    config.write_text("", encoding="utf-8")
    assert not {"不间断电源", "柜门", "人体感应"} & set(found(config))
    assert not found(config)["身份证阅读器"].well
