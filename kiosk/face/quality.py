"""Whether a frame is good enough to judge by, and if not, the one thing to change (pure)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from drivers.camera.cv import cv2
from drivers.camera.port import Pixels
from kiosk.face.detector import Face
from kiosk.face.result import Reason


@dataclass(frozen=True, slots=True)
class Bounds:
    """What counts as good; sharpness is the variance of the Laplacian of the aligned face, light its mean grey."""

    eye_distance_min_px: float = 26.0
    eye_distance_max_px: float = 170.0
    sharpness_min: float = 9.0
    light_min: float = 40.0
    light_max: float = 225.0
    rest_ratio_max: float = 0.16
    roll_max_deg: float = 20.0
    second_face_part: float = 0.35


@dataclass(frozen=True, slots=True)
class Measures:
    """What was measured on the face."""

    eye_distance_px: float
    sharpness: float
    light: float
    ratio: float
    roll_deg: float


def measure(face: Face, aligned: Pixels) -> Measures:
    """Measures one face and its aligned cut-out."""
    grey = cv2.cvtColor(aligned, cv2.COLOR_BGR2GRAY)
    sharpness = float(np.asarray(cv2.Laplacian(grey, cv2.CV_32F)).var())
    return Measures(face.eye_distance, sharpness, float(grey.mean()), face.ratio, face.roll_deg)


def crowd(faces: tuple[Face, ...], bounds: Bounds) -> Reason | None:
    """Whether there is exactly one person; a small face far behind her does not count."""
    if not faces:
        return Reason.no_face
    area = faces[0].width * faces[0].height
    others = (face.width * face.height for face in faces[1:])
    return Reason.several_faces if any(other >= area * bounds.second_face_part for other in others) else None


def fault_of(measures: Measures, bounds: Bounds) -> Reason | None:
    """What is wrong with the picture, worst first, whichever way the head is turned."""
    if measures.eye_distance_px < bounds.eye_distance_min_px:
        return Reason.too_small
    if measures.eye_distance_px > bounds.eye_distance_max_px:
        return Reason.too_close
    if measures.light < bounds.light_min:
        return Reason.too_dark
    if measures.light > bounds.light_max:
        return Reason.too_bright
    if measures.sharpness < bounds.sharpness_min:
        return Reason.blurred
    return None


def frontal(measures: Measures, bounds: Bounds) -> bool:
    """Whether the head looks straight at the camera."""
    return abs(measures.ratio) <= bounds.rest_ratio_max and abs(measures.roll_deg) <= bounds.roll_max_deg
