"""The simulated camera: renders its scene into a folder that the driver reads as `images://DIR`."""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar, Final, Literal

import numpy as np
from fastapi import APIRouter
from pydantic import Field

from drivers.camera.cv import cv2
from drivers.camera.document.mrz.layout import layout_of
from drivers.camera.document.sheets import blank_page, permit_card, qr_page, text_page
from drivers.camera.document.spoiling import FAULTS as TABLE_FAULTS
from drivers.camera.document.spoiling import spoilt
from drivers.camera.document.table import Lying, Table
from drivers.camera.head import FaceSpot
from drivers.camera.paper import Hold
from drivers.camera.port import Pixels
from drivers.camera.scene import LiveHead, Print, Replay, Scene, picture_of, spot_of_eyes
from drivers.simulation import NotPossible, SimulatedDevice, Situation
from drivers.simulation.control import Asked

FRAME_EVERY_S: Final = 0.08
KEPT_FRAMES: Final = 4
SLOW_EVERY: Final = 15
"""A slow camera gives every so many-th frame."""
STEP_DEG: Final = 6.0
"""A head does not jump: it turns by at most this much from frame to frame."""
HOLD_NAMES: Final = ("yaw_deg", "pitch_deg", "roll_deg", "zoom", "shift_x", "shift_y", "bend_deg")
_BLUR_MAX: Final = 12.0
"""Standard deviation in pixels of the blur at quality 0."""


class SceneAsked(Asked):
    """What stands before the camera: the picture file of a head, of a print (and how it is held), or a recording's."""

    head: str | None = None
    print: str | None = None
    replay: tuple[str, ...] | None = Field(default=None, strict=False)
    dark: bool | float = 0.0
    yaw_deg: float = Field(default=0.0, strict=False)
    pitch_deg: float = Field(default=0.0, strict=False)
    roll_deg: float = Field(default=0.0, strict=False)
    zoom: float = Field(default=1.0, strict=False)
    shift_x: float = Field(default=0.0, strict=False)
    shift_y: float = Field(default=0.0, strict=False)
    bend_deg: float = Field(default=0.0, strict=False)


class TurnAsked(Asked):
    """Where the head is to turn."""

    yaw_deg: float = Field(default=0.0, strict=False)


class TableAsked(Asked):
    """What lies on the table under the camera, in millimetres and degrees; `permit` takes the lines of a zone."""

    text: bool = False
    blank: bool = False
    codes: tuple[str, ...] | None = Field(default=None, strict=False, max_length=6)
    permit: tuple[str, ...] | None = Field(default=None, strict=False, min_length=1, max_length=3)
    cover: Literal["dark", "bright", "wood", "checked"] = "dark"
    x_mm: float = Field(default=0.0, strict=False, ge=-300, le=300)
    y_mm: float = Field(default=0.0, strict=False, ge=-300, le=300)
    roll_deg: float = Field(default=0.0, strict=False, ge=-360, le=360)
    pitch_deg: float = Field(default=0.0, strict=False, ge=-30, le=30)
    yaw_deg: float = Field(default=0.0, strict=False, ge=-30, le=30)
    blur_px: float = Field(default=0.0, strict=False, ge=0, le=30)
    light: float = Field(default=1.0, strict=False, ge=0, le=2)


class SimulatedCamera(SimulatedDevice):
    """Renders about twelve frames a second until stopped. Its quality is the sharpness of the lens."""

    kind: ClassVar[str] = "camera"
    faults: ClassVar[Mapping[str, str]] = MappingProxyType(
        {
            "covered": "挡住摄像头",
            "unplugged": "拔掉摄像头",
            "black": "画面全黑",
            "frozen": "画面停住不动",
            "silent": "没有画面",
            "slow": "出图很慢",
            **TABLE_FAULTS,
        }
    )
    situations: ClassVar[Mapping[str, Situation]] = MappingProxyType(
        {
            "a hand before the lens": Situation("手挡住了镜头", ("covered",)),
            "the plug falls out": Situation("插头松脱", ("unplugged",)),
            "reflection of the lamp": Situation("灯光在纸上反光", ("glare",)),
            "page half outside": Situation("纸有一半在画面外", ("half_outside",)),
            "hand on the page": Situation("手压在纸上", ("hand",)),
            "blurred": Situation("画面模糊", ("blurred",)),
            "dark hall": Situation("大厅太暗", ("dark",)),
            "two pages": Situation("多放了一张", ("second_page",)),
            "nothing on the table": Situation("桌上没有纸", ("page_taken",)),
        }
    )

    def __init__(
        self,
        detector: Path | None = None,
        *,
        runs: bool = True,
        paint: Callable[[Scene, int], Pixels] = picture_of,
    ) -> None:
        """`detector`: YuNet's file, to find the face in a portrait; without it the place of a card photo is taken.

        One that does not run by itself gives a frame at each `render`, for a clock that is not the wall's.
        """
        super().__init__()
        found = Path(os.environ["ZHIZHU_MODELS"], _YUNET) if os.environ.get("ZHIZHU_MODELS") else None
        self._detector = detector or found
        self._scene = Scene()
        self._wanted_yaw = 0.0
        self._frame_n = 0
        self._folder: Path | None = None
        self._own_folder = False
        self._runs = runs
        self._paint = paint
        self._newest = b""
        self._thread: threading.Thread | None = None
        self._ending = threading.Event()
        self._rendering = threading.Lock()
        self._still: tuple[Scene, str | None, float, bytes] | None = None

    @property
    def link(self) -> str:
        """What a driver opens."""
        return f"images://{self._where()}"

    def start(self, link: str) -> None:
        """Starts rendering; `images://DIR` names the folder, anything else takes a temporary one."""
        if link.startswith("images://"):
            self._folder = Path(link.removeprefix("images://"))
            self._folder.mkdir(parents=True, exist_ok=True)
        else:
            self._folder = Path(tempfile.mkdtemp(prefix="zhizhu-camera-"))
            self._own_folder = True
        self.render()
        if self._runs:
            self._thread = threading.Thread(target=self._run, name="simulated camera", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Stops rendering and removes the frames."""
        self._ending.set()
        if self._thread is not None:
            self._thread.join(timeout=5)
            self._thread = None
        if self._folder is None:
            return
        self.clear()
        if self._own_folder:
            shutil.rmtree(self._folder, ignore_errors=True)
        else:
            self._sweep()

    def state(self) -> dict[str, Any]:
        """The fault, what is shown, and how far it is turned."""
        with self.lock:
            subject = self._scene.subject
            shown = None if subject is None else type(subject).__name__.lower().replace("livehead", "head")
            return {**super().state(), "scene": shown, "yaw_deg": self._scene.yaw_deg, "frames": self._frame_n}

    def pull(self) -> None:
        """See SimulatedDevice.pull: the folder is gone."""
        self._where().rename(self._pulled())

    def plug(self) -> None:
        """See SimulatedDevice.plug."""
        if self._pulled().exists():
            self._pulled().rename(self._where())

    def routes(self, router: APIRouter) -> None:
        """See SimulatedDevice.routes."""

        @router.post("/scene")
        def scene(asked: SceneAsked) -> dict[str, Any]:
            """Put this before the camera; without a picture, nothing."""
            self.show(self.scene_of(asked))
            return self.state()

        @router.post("/table")
        def table(asked: TableAsked) -> dict[str, Any]:
            """Lay this on the table under the camera; without a paper, nothing."""
            self.show(Scene(_table_of(asked)))
            return self.state()

        @router.post("/turn")
        def turn(asked: TurnAsked) -> dict[str, Any]:
            """Let the head turn, a few degrees from frame to frame."""
            self.turn(asked.yaw_deg)
            return self.state()

    def turn(self, yaw_deg: float) -> None:
        """Lets the head turn to this side, a few degrees from frame to frame."""
        with self.lock:
            self._wanted_yaw = yaw_deg

    def show(self, scene: Scene) -> None:
        """Puts a scene before the camera at once (for whoever is in the same process)."""
        with self.lock:
            self._scene = scene
            self._wanted_yaw = scene.yaw_deg

    def render(self) -> None:
        """Renders and files one frame; the thread does so all the time. What was shown before has been filed then."""
        with self._rendering:
            with self.lock:
                yaw = self._scene.yaw_deg
                step = max(-STEP_DEG, min(STEP_DEG, self._wanted_yaw - yaw))
                self._scene = self._scene.with_yaw(yaw + step)
                scene, n, fault, quality = self._scene, self._frame_n, self.fault_now, self.quality
                self._frame_n += 1
            if fault == "unplugged":
                return
            if fault == "silent" or (fault == "slow" and n % SLOW_EVERY):
                # What lies there would be taken for a still picture.
                self._sweep()
                return
            if fault != "frozen" or not self._newest:
                self._newest = self._jpeg(scene, n, fault, quality)
            self._file(self._newest, n)

    def _jpeg(self, scene: Scene, n: int, fault: str | None, quality: float) -> bytes:
        # Who paints otherwise may paint each frame otherwise.
        if isinstance(scene.subject, LiveHead | Print | Replay) or self._paint is not picture_of:
            return self._taken(scene, n, fault, quality)
        # A table of five million pixels takes a second, and before most cameras is nobody for most of the day: what
        # stands still is painted once.
        if self._still is None or self._still[:3] != (scene, fault, quality):
            self._still = (scene, fault, quality, self._taken(scene, n, fault, quality))
        return _numbered(self._still[3], n)

    def _taken(self, scene: Scene, n: int, fault: str | None, quality: float) -> bytes:
        table = scene.subject if isinstance(scene.subject, Table) else None
        if fault is not None and fault in TABLE_FAULTS:
            scene = Scene(spoilt(table or Table((Lying(text_page(), roll_deg=90.0),)), fault), scene.light)
        pixels = self._paint(Scene(light=0.0) if fault == "covered" else scene, n)
        return _encoded(np.zeros_like(pixels) if fault == "black" else _blurred(pixels, quality))

    def _file(self, data: bytes, n: int) -> None:
        with self.lock:
            if self.has("unplugged"):
                return
            folder = self._where()
            half = folder / ".frame.part"
            half.write_bytes(data)
            half.replace(folder / f"frame-{n:09d}.jpg")
            (folder / f"frame-{n - KEPT_FRAMES:09d}.jpg").unlink(missing_ok=True)

    def _sweep(self) -> None:
        for path in self._where().glob("frame-*.jpg"):
            path.unlink(missing_ok=True)

    def _run(self) -> None:
        while not self._ending.wait(FRAME_EVERY_S):
            self.render()

    def _where(self) -> Path:
        if self._folder is None:
            raise RuntimeError("the simulated camera has not been started")
        return self._folder

    def _pulled(self) -> Path:
        return self._where().with_name(self._where().name + ".unplugged")

    def scene_of(self, asked: SceneAsked) -> Scene:
        """The scene that a request describes; raises NotPossible for a picture that is none."""
        light = 1.0 - (0.85 if asked.dark is True else float(asked.dark))
        if asked.head is not None:
            picture = _picture(asked.head)
            return Scene(LiveHead(picture, self._spot(picture), asked.yaw_deg), light)
        if asked.print is not None:
            hold = {name: getattr(asked, name) for name in HOLD_NAMES if name in asked.model_fields_set}
            return Scene(Print(_picture(asked.print), Hold(**hold)), light)
        if asked.replay is not None:
            return Scene(Replay(tuple(_picture(each) for each in asked.replay)), light)
        return Scene(None, light)

    def _spot(self, picture: Pixels) -> FaceSpot:
        height, width = picture.shape[:2]
        if self._detector is not None and self._detector.is_file():
            scale = 640 / max(height, width)
            small = cv2.resize(picture, None, fx=scale, fy=scale)
            size = (small.shape[1], small.shape[0])
            found = cv2.FaceDetectorYN.create(str(self._detector), "", size, 0.6).detect(small)[1]
            if found is not None:
                row = max(found, key=lambda each: float(each[2] * each[3])) / scale
                return spot_of_eyes((float(row[4]), float(row[5])), (float(row[6]), float(row[7])))
        return FaceSpot.of_card_photo(width, height)


def _blurred(pixels: Pixels, quality: float) -> Pixels:
    if quality >= 1.0:
        return pixels
    return np.asarray(cv2.GaussianBlur(pixels, (0, 0), _BLUR_MAX * (1.0 - quality)), dtype=np.uint8)


def _encoded(pixels: Pixels) -> bytes:
    ok, data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 95])
    assert ok
    return data.tobytes()


def _numbered(jpeg: bytes, n: int) -> bytes:
    """The same picture, taken anew: its number stands in a comment, so that it is not taken for a stuck camera's."""
    comment = str(n).encode()
    return jpeg[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + jpeg[2:]


def _table_of(asked: TableAsked) -> Table:
    if asked.permit is not None:
        if len({len(line) for line in asked.permit}) != 1 or layout_of(len(asked.permit), len(asked.permit[0])) is None:
            raise NotPossible("a permit has 3 lines of 30, 2 of 36, 2 of 44 or 1 of 30 characters")
        sheet = permit_card(asked.permit)
    elif asked.codes is not None:
        sheet = qr_page(asked.codes)
    elif asked.text or asked.blank:
        sheet = text_page() if asked.text else blank_page()
    else:
        sheet = None
    papers = () if sheet is None else (Lying(sheet, asked.x_mm, asked.y_mm, asked.roll_deg),)
    return Table(papers, asked.cover, asked.pitch_deg, asked.yaw_deg, asked.light, blur_px=asked.blur_px)


_YUNET: Final = "face_detection_yunet_2023mar.onnx"


def _picture(name: str) -> Pixels:
    if not Path(name).is_file():
        raise NotPossible(f"no such picture: {name}")
    picture = cv2.imdecode(np.frombuffer(Path(name).read_bytes(), np.uint8), cv2.IMREAD_COLOR)
    if picture is None:
        raise NotPossible(f"not a picture: {name}")
    return np.asarray(picture, dtype=np.uint8)
