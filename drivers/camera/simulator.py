"""The simulated camera: renders its scene into a folder that the driver reads as `images://DIR`."""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Final

import numpy as np

from drivers.camera.cv import cv2
from drivers.camera.head import FaceSpot
from drivers.camera.paper import Hold
from drivers.camera.port import Pixels
from drivers.camera.scene import LiveHead, Print, Replay, Scene, picture_of, spot_of_eyes
from drivers.simulate import NotPossible

FRAME_EVERY_S: Final = 0.08
KEPT_FRAMES: Final = 4
STEP_DEG: Final = 6.0
"""A head does not jump: it turns by at most this much from frame to frame."""
HOLD_NAMES: Final = ("yaw_deg", "pitch_deg", "roll_deg", "zoom", "shift_x", "shift_y", "bend_deg")


class SimulatedCamera:
    """Renders about twelve frames a second until stopped; see `request` for its HTTP door."""

    kind: ClassVar[str] = "camera"
    faults: ClassVar[tuple[str, ...]] = ("covered", "unplugged")

    def __init__(self, detector: Path | None = None) -> None:
        """`detector`: YuNet's file, to find the face in a portrait; without it the place of a card photo is taken."""
        found = Path(os.environ["ZHIZHU_MODELS"], _YUNET) if os.environ.get("ZHIZHU_MODELS") else None
        self._detector = detector or found
        self._lock = threading.RLock()
        self._scene = Scene()
        self._wanted_yaw = 0.0
        self._fault: str | None = None
        self._frame_n = 0
        self._folder: Path | None = None
        self._own_folder = False
        self._thread: threading.Thread | None = None
        self._ending = threading.Event()

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
            for path in self._folder.glob("frame-*.jpg"):
                path.unlink(missing_ok=True)

    def state(self) -> dict[str, Any]:
        """The fault, what is shown, and how far it is turned."""
        with self._lock:
            subject = self._scene.subject
            shown = None if subject is None else type(subject).__name__.lower().replace("livehead", "head")
            return {"fault": self._fault, "scene": shown, "yaw_deg": self._scene.yaw_deg, "frames": self._frame_n}

    def fault(self, state: str) -> None:
        """`covered`: a hand before the lens; `unplugged`: the folder is gone."""
        if state not in self.faults:
            raise NotPossible(f"camera has no fault {state!r}; there are {', '.join(self.faults)}")
        with self._lock:
            self.clear()
            self._fault = state
            if state == "unplugged":
                self._where().rename(self._pulled())

    def clear(self) -> None:
        """Well again."""
        with self._lock:
            if self._fault == "unplugged":
                self._pulled().rename(self._where())
            self._fault = None

    def request(self, method: str, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """`POST /scene` (head, print or replay; yaw_deg, dark, …) and `POST /turn` {"yaw_deg": 20}."""
        match method, path:
            case "POST", "/scene":
                scene = self._scene_of(body)
                with self._lock:
                    self._scene = scene
                    self._wanted_yaw = scene.yaw_deg
            case "POST", "/turn":
                yaw = _number(body, "yaw_deg", 0.0)
                with self._lock:
                    self._wanted_yaw = yaw
            case _:
                raise NotPossible(f"camera does not answer {method} {path}")
        return self.state()

    def show(self, scene: Scene) -> None:
        """Puts a scene before the camera at once (for whoever is in the same process)."""
        with self._lock:
            self._scene = scene
            self._wanted_yaw = scene.yaw_deg

    def render(self) -> None:
        """Renders and files one frame; the thread does so all the time."""
        with self._lock:
            yaw = self._scene.yaw_deg
            step = max(-STEP_DEG, min(STEP_DEG, self._wanted_yaw - yaw))
            self._scene = self._scene.with_yaw(yaw + step)
            scene, n, fault = self._scene, self._frame_n, self._fault
            self._frame_n += 1
        if fault == "unplugged":
            return
        pixels = picture_of(Scene(light=0.0) if fault == "covered" else scene, n)
        self._file(pixels, n)

    def _file(self, pixels: Pixels, n: int) -> None:
        ok, data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, 95])
        assert ok
        with self._lock:
            if self._fault == "unplugged":
                return
            folder = self._where()
            half = folder / ".frame.part"
            half.write_bytes(data.tobytes())
            half.replace(folder / f"frame-{n:09d}.jpg")
            (folder / f"frame-{n - KEPT_FRAMES:09d}.jpg").unlink(missing_ok=True)

    def _run(self) -> None:
        while not self._ending.wait(FRAME_EVERY_S):
            self.render()

    def _where(self) -> Path:
        if self._folder is None:
            raise RuntimeError("the simulated camera has not been started")
        return self._folder

    def _pulled(self) -> Path:
        return self._where().with_name(self._where().name + ".unplugged")

    def _scene_of(self, body: Mapping[str, Any]) -> Scene:
        dark = body.get("dark", 0.0)
        light = 1.0 - (0.85 if dark is True else float(dark))
        head, printed, replay = body.get("head"), body.get("print"), body.get("replay")
        if head is not None:
            picture = _picture(head)
            return Scene(LiveHead(picture, self._spot(picture), _number(body, "yaw_deg", 0.0)), light)
        if printed is not None:
            hold = {name: _number(body, name, 0.0) for name in HOLD_NAMES if name in body}
            return Scene(Print(_picture(printed), Hold(**hold)), light)
        if replay is not None:
            if not isinstance(replay, list):
                raise NotPossible("replay is a list of picture files")
            return Scene(Replay(tuple(_picture(each) for each in replay)), light)
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


_YUNET: Final = "face_detection_yunet_2023mar.onnx"


def _number(body: Mapping[str, Any], name: str, default: float) -> float:
    value = body.get(name, default)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise NotPossible(f"{name} is a number")
    return float(value)


def _picture(name: object) -> Pixels:
    if not isinstance(name, str) or not Path(name).is_file():
        raise NotPossible(f"no such picture: {name}")
    picture = cv2.imdecode(np.frombuffer(Path(name).read_bytes(), np.uint8), cv2.IMREAD_COLOR)
    if picture is None:
        raise NotPossible(f"not a picture: {name}")
    return np.asarray(picture, dtype=np.uint8)
