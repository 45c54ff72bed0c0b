"""`zhizhu device read camera --as …` against the simulated camera."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from drivers.camera.document.mrz.codec import encode
from drivers.camera.document.sheets import permit_card, qr_page, text_page
from drivers.camera.document.table import Lying, Table
from drivers.camera.scene import Scene
from drivers.camera.simulator import SimulatedCamera
from drivers.commands import device
from tests.drivers.camera.document.permits import HOME_RETURN


@pytest.fixture
def simulator(tmp_path: Path) -> Iterator[SimulatedCamera]:
    simulated = SimulatedCamera()
    simulated.start(f"images://{tmp_path}/frames")
    yield simulated
    simulated.stop()


def read(simulator: SimulatedCamera, table: Table, *words: str) -> Result:
    simulator.show(Scene(table))
    simulator.render()
    return CliRunner().invoke(device, ["read", "camera", "--link", simulator.link, *words])


def test_a_page_is_saved_as_picture_and_pdf(simulator: SimulatedCamera, tmp_path: Path) -> None:
    image, pdf = tmp_path / "page.png", tmp_path / "page.pdf"
    table = Table((Lying(text_page(), 0, 0, 90),), "wood", pitch_deg=5)
    done = read(simulator, table, "--as", "document", "--json", "--image", str(image), "--pdf", str(pdf))
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout) == {"width": 1754, "height": 1240, "dpi": 150, "shape": "a4"}
    assert image.read_bytes().startswith(b"\x89PNG")
    assert pdf.read_bytes().startswith(b"%PDF-1.4")


def test_a_permit_is_told_as_json_and_in_lines(simulator: SimulatedCamera) -> None:
    table = Table((Lying(permit_card(encode(HOME_RETURN)), 0, 0, 12),))
    done = read(simulator, table, "--as", "mrz", "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["permit"], told["number"], told["birth"]) == ("home_return", "H99999999", "1955-05-16")
    assert "number: H99999999\n" in read(simulator, table, "--as", "mrz").stdout


def test_codes_are_told(simulator: SimulatedCamera) -> None:
    done = read(simulator, Table((Lying(qr_page(["https://example.org/1"]), 0, 0, 90),)), "--as", "qr", "--json")
    assert json.loads(done.stdout) == {"codes": ["https://example.org/1"]}


def test_a_refusal_ends_with_1_and_says_what_to_do(simulator: SimulatedCamera) -> None:
    done = read(simulator, Table((Lying(text_page(), 0, 0, 90),), glare_mm=(0, 0)), "--as", "document", "--json")
    assert done.exit_code == 1
    assert json.loads(done.stdout)["refused"] == "glare"
    assert done.stderr == "Error: 请把纸放平，不要反光\n"


def test_a_camera_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    done = CliRunner().invoke(device, ["read", "camera", "--link", f"images://{tmp_path}/none", "--as", "qr"])
    assert done.exit_code == 1
    assert done.stderr.startswith("Error: 找不到高拍仪")


def test_a_scan_that_cannot_be_saved_is_told(simulator: SimulatedCamera, tmp_path: Path) -> None:
    table = Table((Lying(text_page(), 0, 0, 90),))
    done = read(simulator, table, "--as", "document", "--pdf", str(tmp_path / "none" / "x.pdf"))
    assert done.exit_code == 1
    assert "存不下来" in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ["id-card", "--link", "/dev/null", "--as", "qr"],
        ["camera", "--link", "images:///tmp", "--as", "teapot"],
        ["camera", "--link", "images:///tmp", "--pdf", "x.pdf"],
        ["camera", "--link", "images:///tmp", "--as", "qr", "--image", "x.png"],
    ],
)
def test_wrong_use_ends_with_2(words: list[str]) -> None:
    assert CliRunner().invoke(device, ["read", *words]).exit_code == 2
