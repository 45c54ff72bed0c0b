"""A technician's own look at the devices: a link that works today but may swap tomorrow is told with the better one."""

from __future__ import annotations

from pathlib import Path

import pytest

from drivers.presence.ports import ports
from drivers.simulation import simulate
from kiosk import doctor
from kiosk.doctor import Finding, examine
from tests.drivers.presence.tree import Tree


def reader_of(tmp_path: Path, link: str) -> Finding:
    config = tmp_path / "terminal.toml"
    config.write_text(f'[devices.id_card]\nlink = "{link}"\n', encoding="utf-8")
    return next(finding for finding in examine(config, ()) if finding.what == "身份证阅读器")


def test_a_name_that_the_kernel_deals_out_is_told_with_the_link_by_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = Tree(tmp_path)
    node = tree.adapter("1")
    monkeypatch.setattr(doctor, "ports", lambda: ports(tree.dev, tree.sys))
    with simulate("id_card").start() as simulation:
        node.unlink()
        node.symlink_to(simulation.link)
        found = reader_of(tmp_path, f"serial://{node}?baud=115200")
        stable = f"serial://{tree.dev}/serial/by-path/pci-0000:00:14.0-usb-0:1:1.0-port0?baud=115200"
        assert found.well
        assert f'link = "{stable}"' in found.advice
        assert reader_of(tmp_path, stable).advice == ""
