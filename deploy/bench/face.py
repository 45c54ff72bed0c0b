"""What a face decision costs above the bare OpenCV calls, and how often it errs on the portraits at hand."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

import numpy as np

from deploy.bench.film import QUICK, Actor, Cast, acted, play
from deploy.bench.report import Gate, Report, middle_ms, percentile
from deploy.trouble import RoofTrouble
from drivers.camera.cv import cv2
from drivers.camera.port import Frame, Pixels
from drivers.camera.scene import Replay, Scene, picture_of
from kiosk.face.check import FaceCheck
from kiosk.face.embedder import cosine
from kiosk.face.models import FOLDER_VARIABLE, Missing, Models, find_models
from kiosk.face.result import FaceProgress, FaceResult, Failed, Passed
from kiosk.face.wlt import CardPicture, WltDecoder

FACES_VARIABLE: Final = "ZHIZHU_FACES"
PAIRS: Final = (("a1", "a2", True), ("a2", "a1", True), ("a1", "b1", False), ("a2", "b1", False), ("b1", "a1", False))
"""(live, card, whether they are one person)."""
SIDES: Final = ("full size", "102 × 126")


def _tilt(pixels: Pixels) -> Pixels:
    height, width = pixels.shape[:2]
    move = cv2.getRotationMatrix2D((width / 2, height / 2), 18, 1.0)
    return np.asarray(cv2.warpAffine(pixels, move, (width, height), borderMode=cv2.BORDER_REPLICATE), np.uint8)


VARIANTS: Final = MappingProxyType(
    {
        "as taken": lambda pixels: pixels,
        "blurred": lambda pixels: np.asarray(cv2.GaussianBlur(pixels, (0, 0), pixels.shape[0] / 400), np.uint8),
        "dark": lambda pixels: np.asarray(pixels * 0.3, np.uint8),
        "tilted": _tilt,
    }
)
"""What is done to the live side."""

FRAUDS: Final[dict[str, Callable[[Cast, float], Scene]]] = {
    "print moved": lambda cast, yaw: cast.paper("a1", shift_x=yaw / 150, shift_y=abs(yaw) / 300),
    "print turned": lambda cast, yaw: cast.paper("a1", yaw_deg=yaw),
    "print nodded": lambda cast, yaw: cast.paper("a1", pitch_deg=yaw),
    "print leaned": lambda cast, yaw: cast.paper("a1", roll_deg=yaw / 2),
    "print zoomed": lambda cast, yaw: cast.paper("a1", zoom=1 + yaw / 90),
}
"""Flat prints of the card's own holder, played to the prompts."""


@dataclass(frozen=True)
class Errors:
    """Counts over PAIRS for one card side and one variant of the live picture."""

    side: str
    variant: str
    same: int
    refused_wrongly: int
    different: int
    accepted_wrongly: int

    @property
    def row(self) -> str:
        """As a line of a Markdown table."""
        counts = (self.same, self.refused_wrongly, self.different, self.accepted_wrongly)
        return f"| {self.side} | {self.variant} | {' | '.join(map(str, counts))} |"


def matching_errors(models: Models, cast: Cast) -> tuple[Errors, ...]:
    """False matches and false non-matches at the manifest's threshold."""
    check = FaceCheck(models, WltDecoder(None))
    found = []
    for side, picture in zip(SIDES, (cast.portrait, cast.card_sized), strict=True):
        for variant, change in VARIANTS.items():
            refused = accepted = 0
            for live, card, same in PAIRS:
                left = check.embedding_of_card(change(cast.portrait(live)))
                right = check.embedding_of_card(picture(card))
                yes = left is not None and right is not None and cosine(left, right) >= models.manifest.threshold
                accepted += yes and not same
                refused += same and not yes
            found.append(Errors(side, variant, 2, refused, 3, accepted))
    return tuple(found)


def bent_print(models: Models, cast: Cast, bend_deg: float) -> FaceResult | FaceProgress:
    """What the check says of a print bent about its upright axis and turned as the prompts ask."""
    return _played(models, cast, 7, lambda _, yaw: cast.paper("a1", yaw_deg=yaw, bend_deg=bend_deg))


def run(*, full: bool) -> Report:
    """Needs the models of ZHIZHU_MODELS and portraits a1, a2 (one person) and b1 in ZHIZHU_FACES."""
    models = _models()
    people = _cast(models)
    ours, bare = _cost(models, people, rounds=6 if full else 1)
    errors = matching_errors(models, people)
    replays = range(2, 12 if full else 4)
    frauds = {name: _fraud(models, people, scene) for name, scene in FRAUDS.items()}
    frauds |= {f"replay of another order, {n}": _replay(models, people, n) for n in replays}
    accepted = sum(isinstance(said, Passed) for said in frauds.values())
    ratio = sum(ours) / sum(bare)
    wrong_yes = sum(each.accepted_wrongly for each in errors)
    wrong_no = sum(each.refused_wrongly for each in errors)
    return Report(
        name="face",
        scale=f"{len(ours)} 帧 frames 640 × 480; {models.manifest.id}; 3 张照片、2 个人 portraits of 2 persons",
        figures={
            "一帧 one frame, ms (median)": middle_ms(ours),
            "裸调 OpenCV bare calls, ms (median)": middle_ms(bare),
            "错认 false matches": f"{wrong_yes} / {sum(each.different for each in errors)}",
            "错拒 false non-matches": f"{wrong_no} / {sum(each.same for each in errors)}",
            "照片和录像被接受 prints and replays accepted": f"{accepted} / {len(frauds)}",
            "弯曲 60° 的照片 a print bent 60°": word_of(bent_print(models, people, 60)),
            "弯曲 90° 的照片 a print bent 90°": word_of(bent_print(models, people, 90)),
        },
        ratios={"decision / bare": round(ratio, 3), "frame p95 / bare p95": round(_p95(ours) / _p95(bare), 3)},
        gates=(
            Gate.at_most("判断 ÷ 裸调 OpenCV decision ÷ bare calls", ratio, 1.3),
            Gate.at_most("平的照片和录像被接受 flat prints and replays accepted", accepted, 0, "of them"),
        ),
    )


def _models() -> Models:
    found = find_models(None)
    if isinstance(found, Missing):
        raise RoofTrouble(
            f"没有人脸模型：{found.sentence} There are no face models.",
            f"请设 {FOLDER_VARIABLE} 后再测。Set {FOLDER_VARIABLE} and run again.",
        )
    return found


def _cast(models: Models) -> Cast:
    folder = Path(os.environ.get(FACES_VARIABLE, ""))
    names = ("a1", "a2", "b1")
    if FACES_VARIABLE not in os.environ or not all((folder / f"{name}.jpg").is_file() for name in names):
        raise RoofTrouble(
            "没有测试用的照片 a1、a2、b1。The portraits a1, a2 and b1 are missing.",
            f"请设 {FACES_VARIABLE} 为放着它们的文件夹。Set {FACES_VARIABLE} to their folder.",
        )
    return Cast(models, folder)


def _check(models: Models, cast: Cast, seed: int) -> FaceCheck:
    check = FaceCheck(models, WltDecoder(None), random.Random(seed), QUICK)  # noqa: S311 — an order that repeats
    if check.begin(CardPicture(cast.card_sized("a1")), 0.0) is not None:
        raise RoofTrouble("证件照上没有找到脸。No face on the card picture.", "请换照片。Use other portraits.")
    return check


def _played(models: Models, cast: Cast, seed: int, scene: Callable[[Actor, float], Scene]) -> FaceResult | FaceProgress:
    check = _check(models, cast, seed)
    return play(check, acted(check, scene))


def _fraud(models: Models, cast: Cast, scene: Callable[[Cast, float], Scene]) -> FaceResult | FaceProgress:
    return _played(models, cast, 7, lambda _, yaw: scene(cast, yaw))


def _replay(models: Models, cast: Cast, seed: int) -> FaceResult | FaceProgress:
    """A recording of a passing head, shown to a check that drew other turns."""
    recorded = _check(models, cast, 1)
    film: list[Scene] = []

    def kept(scenes: Iterator[Scene]) -> Iterator[Scene]:
        for scene in scenes:
            film.append(scene)
            yield scene

    first = play(recorded, kept(acted(recorded, lambda _, yaw: cast.head("a1", yaw))))
    pixels = tuple(picture_of(scene, n) for n, scene in enumerate(film))
    while True:
        check = _check(models, cast, seed)
        if not isinstance(first, Passed) or Actor(check).plan().turns != first.turns:
            return play(check, (Scene(Replay((each,))) for each in pixels * 2))
        seed += 1000


def _cost(models: Models, cast: Cast, rounds: int) -> tuple[list[float], list[float]]:
    """Seconds a frame: ours, and those of the OpenCV calls on the same frames; neither always goes first."""
    ours: list[float] = []
    bare: list[float] = []
    for n in range(rounds):
        check = _check(models, cast, n)
        scenes = acted(check, lambda _, yaw: cast.head("a1", yaw))
        for at in range(90):
            pixels = picture_of(next(scenes), at)
            if at % 2:
                bare.append(_bare_s(models, pixels))
            began = time.monotonic()
            said = check.feed(Frame(pixels, at * 0.1))
            ours.append(time.monotonic() - began)
            if not at % 2:
                bare.append(_bare_s(models, pixels))
            if not isinstance(said, FaceProgress):
                break
    return ours, bare


def _bare_s(models: Models, pixels: Pixels) -> float:
    """Seconds of detection, alignment and embedding: the calls that nobody could leave out."""
    began = time.monotonic()
    faces = models.detector.faces(pixels)
    if faces:
        models.embedder.embed(models.embedder.aligned(pixels, faces[0].points))
    return time.monotonic() - began


def _p95(values: list[float]) -> float:
    return percentile(values, 0.95)


def word_of(said: FaceResult | FaceProgress) -> str:
    """A check's last word, for a table."""
    match said:
        case Passed():
            return "accepted"
        case Failed(reason):
            return f"refused ({reason.value})"
        case _:
            return "refused (no result in the film)"
