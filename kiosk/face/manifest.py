"""The models as data: which files, their SHA-256, what the embedding expects, and the fixed threshold."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kiosk.face.trouble import FaceTrouble

BUILT_IN: Final = Path(__file__).parent / "manifests"
FILE_BYTES_MAX: Final = 200 * 1024 * 1024


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ModelFile(_Frozen):
    """One weights file."""

    file: str = Field(pattern=r"^[A-Za-z0-9_.-]+$")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    licence: str
    url: str | None = None

    def intact_in(self, folder: Path) -> bool | None:
        """True if it lies there as described, False if it lies there changed, None if it does not lie there."""
        path = folder / self.file
        if not path.is_file():
            return None
        return path.stat().st_size <= FILE_BYTES_MAX and sha256_of(path) == self.sha256


class Manifest(_Frozen):
    """One pair of detector and embedding with the threshold measured for it."""

    id: str = Field(pattern=r"^[a-z0-9-]+$")
    title: str
    use: str
    detector: ModelFile
    embedding: ModelFile
    input_px: int = Field(gt=0, le=1024)
    colour: str = Field(pattern=r"^(RGB|BGR)$")
    template: tuple[
        tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]
    ]
    threshold: float = Field(gt=0, lt=1)

    @property
    def files(self) -> tuple[ModelFile, ModelFile]:
        """Both files."""
        return (self.detector, self.embedding)

    @classmethod
    def load(cls, path: Path) -> Manifest:
        """Reads one manifest; raises FaceTrouble where it is not one."""
        try:
            return cls.model_validate(yaml.safe_load(path.read_text("utf-8")))
        except (OSError, yaml.YAMLError, ValidationError, UnicodeDecodeError) as error:
            raise FaceTrouble(
                f"人脸模型清单 {path} 读不懂（{type(error).__name__}）。", "请对照 kiosk/face/manifests 里的清单改正。"
            ) from error


def manifests(extra: tuple[Path, ...] = ()) -> tuple[Manifest, ...]:
    """The extra manifests (files, or folders of them) first, then those that come with the program."""
    paths: list[Path] = []
    for place in (*extra, BUILT_IN):
        paths += sorted(place.glob("*.yaml")) if place.is_dir() else [place]
    return tuple(Manifest.load(path) for path in paths)


def sha256_of(path: Path) -> str:
    """The file's SHA-256 in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
