"""A technician's own look at the devices: those a terminal must have, those it has besides, and the better link."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from drivers.presence.ports import ports
from drivers.simulation import simulate
from kiosk import doctor
from kiosk.doctor import MOST_URL_BYTES, Finding, examine
from offline.keys import settle_keys, signing_key
from seeds.texts import Texts
from tests.drivers.presence.tree import Tree
from tests.offline.ground import HubKeys, enrol
from tests.offline.software_tpm import software_tpm


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
        assert ill["不间断电源"].advice == Texts.load()("power.stale.technician")
        assert "door.open" in ill["柜门"].seen


def test_a_camera_is_looked_through_before_it_is_judged(tmp_path: Path) -> None:
    config = tmp_path / "terminal.toml"
    with simulate("camera").start() as camera:
        config.write_text(f'[devices.face_camera]\nlink = "{camera.link}"\n', encoding="utf-8")
        looked = found(config)["人脸摄像头"]
    assert looked.well, looked


def test_a_terminal_without_them_misses_nothing(tmp_path: Path) -> None:
    config = tmp_path / "terminal.toml"
    config.write_text("", encoding="utf-8")
    assert not {"不间断电源", "柜门", "人体感应"} & set(found(config))
    assert not found(config)["身份证阅读器"].well


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
        seen = reader_of(tmp_path, f"serial://{node}?baud=115200")
        stable = f"serial://{tree.dev}/serial/by-path/pci-0000:00:14.0-usb-0:1:1.0-port0?baud=115200"
        assert seen.well
        assert f'link = "{stable}"' in seen.advice
        assert reader_of(tmp_path, stable).advice == ""


def test_where_the_keys_rest_is_told_and_a_tpm_that_lost_them_is_ill(tmp_path: Path) -> None:
    config, state_dir = tmp_path / "terminal.toml", tmp_path / "state"
    config.write_text('[terminal]\ntpm = "off"\n', encoding="utf-8")
    state_dir.mkdir()
    assert "还没有" in found(config)["密钥"].seen
    enrol(state_dir, HubKeys())
    signing_key(state_dir)
    in_files = found(config)["密钥"]
    assert in_files.well
    assert "在文件里" in in_files.seen
    with software_tpm(tmp_path / "tpm") as tpm:
        config.write_text(f'[terminal]\ntpm = "{tpm.tcti}"\n', encoding="utf-8")
        assert "还在文件里" in found(config)["密钥"].seen
        settle_keys(state_dir, tpm.tcti)
        assert found(config)["密钥"] == Finding("密钥", True, f"封在 TPM 里（{tpm.tcti}）")
        asked = ("zhizhu", "outbox", "status", "--config", str(config))  # another process: nothing is remembered there
        program = str(Path(sys.executable).parent / asked[0])
        assert subprocess.run((program, *asked[1:]), capture_output=True, timeout=60, check=False).returncode == 0
        tpm.clear()
        lost = subprocess.run((program, *asked[1:]), capture_output=True, text=True, timeout=60, check=False)
        assert (lost.returncode, "被清除过" in lost.stderr) == (1, True)
        seen = subprocess.run(
            (program, "terminal", "doctor", "--config", str(config)),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert "不行  密钥：这台机器的 TPM 打不开终端的密钥" in seen.stdout
        assert "Traceback" not in seen.stderr + lost.stderr


def test_a_hub_address_too_long_for_the_qr_of_a_slip_is_told(tmp_path: Path) -> None:
    config = tmp_path / "terminal.toml"
    for length, told in ((MOST_URL_BYTES, False), (MOST_URL_BYTES + 1, True)):
        config.write_text(f'[hub]\npublic_url = "{"https://hub.example/".ljust(length, "a")}"\n', encoding="utf-8")
        assert ("中枢地址" in found(config)) is told
