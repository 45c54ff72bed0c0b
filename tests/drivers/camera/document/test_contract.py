"""The contract over the driver's two child processes and the simulated camera's own pictures, through its door."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any, Final
from urllib.parse import quote

import httpx
import pytest

from drivers.camera.document.opencv import OpencvDocumentCamera
from drivers.camera.document.straighten import Shape
from drivers.camera.simulator import SimulatedCamera
from drivers.registry import make_device
from drivers.simulation.control import ControlServer
from tests.drivers.camera.document.contract import SITUATIONS, TAKEN_AWAY, DocumentCameraContract

LEAN: Final = {"pitch_deg": 6, "yaw_deg": -4, "cover": "wood"}


class SimulatedStand:
    """The driver over the simulator's folder; the papers are laid through the simulator's door."""

    def __init__(self, simulator: SimulatedCamera, camera: OpencvDocumentCamera, door: httpx.Client) -> None:
        self._camera = camera
        self._simulator = simulator
        self._door = door

    @property
    def camera(self) -> OpencvDocumentCamera:
        self._simulator.render()
        return self._camera

    def lay_text(self) -> None:
        self._post("/table", {"text": True, "roll_deg": 88, **LEAN})

    def lay_permit(self, zone: tuple[str, ...]) -> None:
        self._post("/table", {"permit": zone, "roll_deg": -25, **LEAN, "cover": "bright"})

    def lay_codes(self, *texts: str) -> None:
        self._post("/table", {"codes": texts, "roll_deg": 92, **LEAN})

    def happen(self, situation: str) -> None:
        self._post(f"/situations/{quote(situation)}")

    def clear(self) -> None:
        self._post("/clear")

    def _post(self, path: str, body: dict[str, Any] | None = None) -> None:
        answer = self._door.post(path, json=body) if body is not None else self._door.post(path)
        answer.raise_for_status()


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimulatedCamera]:
    # A frame where one is asked for: twelve a second of five million pixels for nobody are a second core's work.
    device = SimulatedCamera(runs=False)
    device.start(f"images://{tmp_path_factory.mktemp('table')}/frames")
    yield device
    device.stop()


def opened(simulator: SimulatedCamera) -> OpencvDocumentCamera:
    camera = make_device("camera", "document", simulator.link)
    assert isinstance(camera, OpencvDocumentCamera)
    camera.open()
    return camera


@pytest.fixture(scope="module")
def camera(simulator: SimulatedCamera) -> Iterator[OpencvDocumentCamera]:
    """One for all tests, as a terminal has it: its two children need longer to start than to look at a picture."""
    with closing(opened(simulator)) as camera:
        yield camera
        assert camera.replaced == 0


@pytest.fixture
def unused(simulator: SimulatedCamera) -> Iterator[OpencvDocumentCamera]:
    with closing(opened(simulator)) as camera:
        yield camera


@pytest.fixture
def stand(simulator: SimulatedCamera, camera: OpencvDocumentCamera) -> Iterator[SimulatedStand]:
    simulator.clear()
    with closing(ControlServer("127.0.0.1:0", simulator)) as door, httpx.Client(base_url=door.url) as client:
        yield SimulatedStand(simulator, camera, client)


class TestOpencvDocumentCamera(DocumentCameraContract):
    """The one driver there is."""


def test_the_contract_knows_every_situation_of_the_simulator() -> None:
    assert {*SITUATIONS, *TAKEN_AWAY} == set(SimulatedCamera.situations)


@pytest.mark.parametrize(
    ("body", "told"),
    [({"permit": ["AB", "C"]}, "3 lines of 30"), ({"cover": "silk"}, "cover"), ({"codes": ["x"] * 7}, "codes")],
)
def test_the_door_refuses_what_cannot_lie_there(simulator: SimulatedCamera, body: dict[str, Any], told: str) -> None:
    with closing(ControlServer("127.0.0.1:0", simulator)) as door:
        answer = httpx.post(f"{door.url}/table", json=body)
    assert answer.status_code == 400
    assert told in answer.json()["error"]


def test_the_quality_of_the_lens_blurs_the_table(simulator: SimulatedCamera, stand: SimulatedStand) -> None:
    stand.lay_text()
    simulator.quality = 0.5
    refused = stand.camera.page(Shape.a4, 10.0)
    assert getattr(refused, "reason", None) in ("blurred", "blank")
