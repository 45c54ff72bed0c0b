"""The process that looks at frames: `python -m drivers.camera.document.child`. It may be killed at any moment."""

from __future__ import annotations

import sys
from typing import Any, BinaryIO, Final

import numpy as np

from drivers.camera.cv import cv2
from drivers.camera.document.codes import codes
from drivers.camera.document.judgement import sheet
from drivers.camera.document.mrz.reading import zone_of
from drivers.camera.document.port import Reason
from drivers.camera.document.quad import sheets
from drivers.camera.document.straighten import Shape, card_or_page, straightened
from drivers.camera.document.wire import GREETING, packed, unpacked
from drivers.camera.port import Pixels
from drivers.trouble import DeviceTrouble

GLIMPSE_WIDTH: Final = 1280
"""Wide enough for a screen, and for what somebody only shows."""


def answer(task: str, shape: str, picture: Pixels) -> tuple[dict[str, Any], Pixels | None]:
    """What is said about one frame."""
    match task:
        case "glimpse":
            return _glimpse(picture)
        case "page":
            wanted = Shape(shape)
            corners = sheet(picture, wanted)
            if isinstance(corners, Reason):
                return {"refused": corners}, None
            return {}, straightened(picture, corners, wanted)
        case "zone":
            return _zone(picture), None
        case _:
            texts = codes(picture)
            if texts:
                return {"texts": texts}, None
            # A paper may lie askew or blurred and its code still be read; only without one is the paper judged.
            reason = sheet(picture, Shape.a4)
            told = reason if isinstance(reason, Reason) and reason is not Reason.wrong_shape else Reason.no_code
            return {"refused": told}, None


def _glimpse(picture: Pixels) -> tuple[dict[str, Any], Pixels]:
    scale = min(1.0, GLIMPSE_WIDTH / picture.shape[1])
    small = np.asarray(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    found = sheets(small)
    corners = np.rint(found[0].corners).astype(int).tolist() if found else []
    return {"corners": corners}, small


def _zone(picture: Pixels) -> dict[str, Any]:
    corners = sheet(picture, None)
    if isinstance(corners, Reason):
        return {"refused": corners}
    shape = card_or_page(corners)
    try:
        zone = zone_of(straightened(picture, corners, shape))
    except DeviceTrouble:
        return {"trouble": "font"}
    if zone is None:
        return {"refused": Reason.no_zone}
    return {"lines": zone.lines, "likeness": zone.likeness, "weakest": zone.weakest}


def serve(questions: BinaryIO, answers: BinaryIO) -> None:
    """Answers each question until the parent closes its end."""

    def exactly(size: int) -> bytes:
        data = questions.read(size)
        if len(data) < size:
            raise EOFError
        return data

    answers.write(GREETING)
    answers.flush()
    while True:
        try:
            asked, picture = unpacked(exactly)
        except EOFError:
            return
        if picture is None:
            return
        answers.write(packed(*answer(str(asked.get("task")), str(asked.get("shape")), picture)))
        answers.flush()


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
