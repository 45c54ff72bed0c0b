"""Pictures and models for the face tests; without them they are skipped, and say so."""

from __future__ import annotations

import os
import random
from functools import cache
from pathlib import Path

import pytest

from deploy.bench.film import QUICK, Actor, Cast, acted, play
from drivers.camera.port import Pixels
from drivers.camera.scene import Scene
from kiosk.face.check import FaceCheck
from kiosk.face.models import Missing, Models, find_models
from kiosk.face.wlt import CardPicture, WltDecoder

__all__ = ["Actor", "acted", "begin", "card_sized", "head", "models", "new_check", "paper", "play", "portrait"]

MANIFEST = Path(__file__).parent / "mobilefacenet.yaml"


@cache
def models() -> Models:
    """The networks; skips with the reason where the folder is not there."""
    folder = os.environ.get("ZHIZHU_MODELS")
    if not folder:
        pytest.skip("no face models: ZHIZHU_MODELS is not set")
    found = find_models(None, {"ZHIZHU_MODELS": folder, "ZHIZHU_MANIFEST": str(MANIFEST)})
    if isinstance(found, Missing):
        pytest.skip(f"no face models: {found.sentence}")
    return found


@cache
def cast() -> Cast:
    """The lent portraits; skips with the reason where the folder is not there."""
    folder = os.environ.get("ZHIZHU_FACES")
    if not folder or not all(Path(folder, f"{name}.jpg").is_file() for name in ("a1", "a2", "b1")):
        pytest.skip("no portraits: ZHIZHU_FACES is not set or does not hold them")
    return Cast(models(), Path(folder))


def portrait(name: str) -> Pixels:
    """One of the lent portraits."""
    return cast().portrait(name)


def card_sized(name: str) -> Pixels:
    """The portrait cut and shrunk to an ID card's 102 × 126."""
    return cast().card_sized(name)


def head(name: str, yaw_deg: float) -> Scene:
    """A living head."""
    return cast().head(name, yaw_deg)


def paper(name: str, **hold: float) -> Scene:
    """A print."""
    return cast().paper(name, **hold)


def new_check(seed: int = 7) -> FaceCheck:
    """A check whose turns are drawn from a known source."""
    return FaceCheck(models(), WltDecoder(None), random.Random(seed), QUICK)


def begin(check: FaceCheck, card: str) -> None:
    """Starts with a card that carries this portrait at card size."""
    assert check.begin(CardPicture(card_sized(card)), 0.0) is None
