"""`zhizhu device list` and `print`, and wrong use."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from drivers.commands import device
from drivers.presence import ports as listing
from drivers.presence.ports import ports
from drivers.receipt_printer.simulator import SimulatedReceiptPrinter
from drivers.registry import KINDS
from drivers.simulation import Simulation, simulate
from drivers.slip_file import read_slip
from drivers.trouble import DeviceTrouble
from tests.drivers.presence.tree import Tree


@pytest.fixture
def printer() -> Iterator[Simulation]:
    with simulate("receipt_printer").start() as simulation:
        yield simulation


def test_list_shows_the_support_matrix() -> None:
    done = CliRunner().invoke(device, ["list", "--json"])
    assert done.exit_code == 0
    told = json.loads(done.stdout)
    assert {row["kind"] for row in told["drivers"]} == set(KINDS)
    assert {row["seen"] for row in told["drivers"]} <= {"real hardware seen", "simulator only", "not yet"}
    plain = CliRunner().invoke(device, ["list"])
    assert all(kind in plain.stdout for kind in KINDS)


def test_list_shows_what_is_plugged_in_and_what_no_driver_knows(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    tree = Tree(tmp_path, udev=False)
    node = tree.adapter("1")
    tree.device("2", "dead:beef", "Bread Maker")
    monkeypatch.setattr(listing, "ports", lambda: ports(tree.dev, tree.sys))
    told = json.loads(CliRunner().invoke(device, ["list", "--json"]).stdout)["ports"]
    assert [(port["link"], port["hardware"], port["stable"], port["driver"]) for port in told] == [
        (f"serial://{node}", "1a86:7523", False, True),
        ("usb://dead:beef?path=1-2", "dead:beef", True, False),
    ]
    plain = CliRunner().invoke(device, ["list"]).stdout
    assert "重新插拔后可能改变" in plain
    assert "示例 Bread Maker  dead:beef（没有驱动" in plain


def test_an_empty_machine_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "ports", tuple)
    assert "没有找到接口" in CliRunner().invoke(device, ["list"]).stdout


def test_a_text_is_printed_on_the_simulated_printer(printer: Simulation) -> None:
    done = CliRunner().invoke(
        device, ["print", "receipt-printer", "--link", printer.link, "--text", "智助试打", "--json"]
    )
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout) == {"outcome": "printed"}
    assert isinstance(printer.device, SimulatedReceiptPrinter)
    [ticket] = printer.device.paper()["tickets"]
    assert "智助试打" in ticket["text"]
    assert ticket["cut"]


def test_a_kiosk_printer_says_where_the_slip_is() -> None:
    with simulate("receipt_printer", model="vkp80iii").start() as simulation:
        words = ["print", "receipt-printer", "--link", simulation.link, "--text", "智助试打", "--profile", "vkp80iii"]
        done = CliRunner().invoke(device, [*words, "--json"])
        assert json.loads(done.stdout) == {"outcome": "printed", "place": "taken"}
        simulation.device.fault("slip_left")
        done = CliRunner().invoke(device, [*words, "--json"])
        assert json.loads(done.stdout) == {"outcome": "printed", "place": "in_mouth"}
        assert "请从出纸口取走" in CliRunner().invoke(device, words).stdout


def test_a_slip_file_is_printed_on_the_simulated_printer(printer: Simulation, tmp_path: Path) -> None:
    slip = tmp_path / "slip.yaml"
    slip.write_text(
        "- 智助\n- rule\n- {text: 取件码, width: 2, height: 2, align: center, bold: true}\n"
        "- {qr: 'https://example.org/verify/1', size: 5}\n- {feed: 2}\n",
        encoding="utf-8",
    )
    done = CliRunner().invoke(device, ["print", "receipt_printer", "--link", printer.link, "--slip", str(slip)])
    assert done.exit_code == 0, done.output
    assert isinstance(printer.device, SimulatedReceiptPrinter)
    [ticket] = printer.device.paper()["tickets"]
    assert "取件码" in ticket["text"]
    assert ticket["qr"] == ["https://example.org/verify/1"]


def test_a_printer_without_paper_says_so(printer: Simulation) -> None:
    printer.device.fault("paper_end")
    done = CliRunner().invoke(device, ["print", "receipt-printer", "--link", printer.link, "--text", "试打", "--json"])
    assert done.exit_code == 1
    assert json.loads(done.stdout)["outcome"] == "not_printed"
    assert json.loads(done.stdout)["health"]["code"] == "receipt_printer.paper_end"
    assert done.stderr.startswith("Error: 没有打印。")
    health = CliRunner().invoke(device, ["read", "receipt-printer", "--link", printer.link, "--json"])
    assert health.exit_code == 1
    assert json.loads(health.stdout)["state"] == "failed"


def test_one_frame_of_the_simulated_camera_is_read_and_saved(tmp_path: Path) -> None:
    image = tmp_path / "frame.png"
    with simulate("camera").start(link=f"images://{tmp_path / 'frames'}") as simulation:
        done = CliRunner().invoke(
            device, ["read", "camera", "--link", simulation.link, "--image", str(image), "--json"]
        )
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["width"] > 0
    assert image.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "列表"),
        ("text: 智助", "列表"),
        ("- {text: 智助, colour: red}", "第 1 项"),
        ("- rule\n- {feed: many}", "第 2 项"),
        ("- {qr: ''}", "第 1 项"),
        ("- {text: 智助, width: 9}", "第 1 项"),
        ("- [", "YAML"),
        ("- 2026-99-99", "YAML"),
        ("- !!bool x", "YAML"),
        ("- !!timestamp x", "YAML"),
        ("[" * 10_000, "YAML"),
        ("- 7", "第 1 项"),
    ],
)
def test_a_wrong_slip_file_is_told_with_its_place(tmp_path: Path, content: str, told: str) -> None:
    slip = tmp_path / "slip.yaml"
    slip.write_text(content, encoding="utf-8")
    with pytest.raises(DeviceTrouble, match=told):
        read_slip(slip)


def test_a_missing_slip_file_is_told(tmp_path: Path) -> None:
    done = CliRunner().invoke(
        device, ["print", "receipt-printer", "--link", "/dev/null", "--slip", str(tmp_path / "none.yaml")]
    )
    assert done.exit_code == 1
    assert "读不了凭条文件" in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ["read", "teapot", "--link", "/dev/null"],
        ["read", "id-card"],
        ["read", "id-card", "--link", "/dev/null", "--image", "x.png"],
        ["print", "camera", "--link", "/dev/null", "--text", "x"],
        ["print", "receipt-printer", "--link", "/dev/null"],
        ["print", "receipt-printer", "--link", "/dev/null", "--text", "x", "--slip", "y"],
        ["simulate", "teapot"],
        ["simulate", "camera", "--model", "kpm"],
        ["simulate", "receipt-printer", "--model", "gutenberg"],
        ["print", "receipt-printer", "--link", "/dev/null", "--text", "x", "--profile", "gutenberg"],
    ],
)
def test_wrong_use_ends_with_2(words: list[str]) -> None:
    done = CliRunner().invoke(device, words)
    assert done.exit_code == 2
    assert "Traceback" not in done.output


@pytest.mark.parametrize("words", [["id-card", "--driver", "telepathy"], ["receipt-printer"], ["camera"]])
def test_what_cannot_be_read_is_one_sentence(words: list[str]) -> None:
    done = CliRunner().invoke(device, ["read", *words, "--link", "/dev/ttyUSB97"])
    assert done.exit_code == 1
    assert done.stderr.startswith("Error: ")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("words", [[], ["list"], ["read"], ["print"], ["simulate"]])
def test_help_is_in_chinese_and_english(words: list[str]) -> None:
    done = CliRunner().invoke(device, [*words, "--help"])
    assert done.exit_code == 0
    assert any("\u4e00" <= char <= "\u9fff" for char in done.stdout)
    assert any(char.isascii() and char.isalpha() for char in done.stdout)


@pytest.mark.parametrize(("kind", "model"), [("camera", "kpm"), ("receipt-printer", "abacus")])
def test_a_model_that_there_is_not_is_not_simulated(kind: str, model: str) -> None:
    done = CliRunner().invoke(device, ["simulate", kind, "--model", model])
    assert done.exit_code == 2
    assert f"没有型号为 {model}" in done.stderr


def test_a_capture_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    capture = tmp_path / "a.capture"
    capture.write_bytes(b"\xff\xfe not a text")
    done = CliRunner().invoke(device, ["replay", "id-card", str(capture)])
    assert done.exit_code == 1
    assert "读不了抓包文件" in done.stderr
