"""What the face check says: on the way, and at the end."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias


class Reason(StrEnum):
    """Why a frame is not good enough, why the check failed, or why there can be none."""

    no_face = "no_face"
    several_faces = "several_faces"
    too_small = "too_small"
    too_close = "too_close"
    blurred = "blurred"
    too_dark = "too_dark"
    too_bright = "too_bright"
    not_frontal = "not_frontal"
    wrong_turn = "wrong_turn"
    other_face = "other_face"
    timeout = "timeout"
    no_match = "no_match"
    no_models = "no_models"
    bad_models = "bad_models"
    no_decoder = "no_decoder"
    decoder_failed = "decoder_failed"
    no_face_on_card = "no_face_on_card"

    @property
    def text(self) -> str:
        """The id of the sentence for the resident."""
        return f"face.reason.{self.value}"


class Turn(StrEnum):
    """A turn of the head, as the resident sees it: her own left and right."""

    left = "left"
    right = "right"


@dataclass(frozen=True, slots=True)
class Preview:
    """A small picture for the screen, red-green-blue, mirrored as a mirror would show it."""

    width: int
    height: int
    rgb: bytes


@dataclass(frozen=True, slots=True)
class FaceProgress:
    """Not there yet: what to ask of the resident, how much is done (0–1), what the camera sees."""

    prompt: str
    fraction: float
    preview: Preview | None = None


@dataclass(frozen=True, slots=True)
class Passed:
    """A living person who matches the card; `sandbox` where the card's picture came from the sandbox decoder."""

    score: float
    model_id: str
    turns: tuple[Turn, ...]
    sandbox: bool = False


@dataclass(frozen=True, slots=True)
class Failed:
    """The check ran and did not pass; trying again is allowed."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class Unavailable:
    """The check cannot run here; the other ways carry the journey."""

    reason: Reason


FaceResult: TypeAlias = Passed | Failed | Unavailable
