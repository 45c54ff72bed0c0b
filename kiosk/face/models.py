"""Finding the installed models: a folder, a manifest whose files all lie there unchanged, and the two networks."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kiosk.face.detector import Detector
from kiosk.face.embedder import Embedder
from kiosk.face.manifest import Manifest, manifests
from kiosk.face.result import Reason

FOLDER_VARIABLE: Final = "ZHIZHU_MODELS"
MANIFEST_VARIABLE: Final = "ZHIZHU_MANIFEST"


@dataclass(frozen=True, slots=True)
class Models:
    """Two networks ready to use, and the manifest that describes them."""

    manifest: Manifest
    detector: Detector
    embedder: Embedder


@dataclass(frozen=True, slots=True)
class Missing:
    """Why there are no models, with a sentence for the technician."""

    reason: Reason
    sentence: str


def models_folder(setting: Path | None, environ: Mapping[str, str] = os.environ) -> Path | None:
    """ZHIZHU_MODELS if set, else the folder of the settings."""
    named = environ.get(FOLDER_VARIABLE)
    return Path(named) if named else setting


def known_manifests(folder: Path | None, environ: Mapping[str, str] = os.environ) -> tuple[Manifest, ...]:
    """The manifest named by ZHIZHU_MANIFEST (a file or a folder), those lying by the models, the built-in ones."""
    extra: list[Path] = []
    if environ.get(MANIFEST_VARIABLE):
        extra.append(Path(environ[MANIFEST_VARIABLE]))
    if folder is not None and folder.is_dir():
        extra.append(folder)
    return manifests(tuple(extra))


def find_models(setting: Path | None, environ: Mapping[str, str] = os.environ) -> Models | Missing:
    """The first manifest whose files all lie in the folder with the right SHA-256. Raises FaceTrouble on a bad one."""
    folder = models_folder(setting, environ)
    if folder is None or not folder.is_dir():
        return Missing(Reason.no_models, f"没有人脸模型文件夹（{folder or '未设置'}）。请运行 zhizhu models install。")
    changed: list[str] = []
    for manifest in known_manifests(folder, environ):
        states = [(part.file, part.intact_in(folder)) for part in manifest.files]
        if all(state for _, state in states):
            return open_models(manifest, folder)
        changed += [name for name, state in states if state is False]
    if changed:
        return Missing(
            Reason.bad_models,
            f"{folder} 里的 {'、'.join(dict.fromkeys(changed))} 与清单的 SHA-256 不符。"
            "请重新运行 zhizhu models install。",
        )
    return Missing(Reason.no_models, f"{folder} 里没有一套完整的人脸模型。请运行 zhizhu models install。")


def open_models(manifest: Manifest, folder: Path) -> Models:
    """Loads both networks."""
    return Models(
        manifest,
        Detector(folder / manifest.detector.file),
        Embedder(folder / manifest.embedding.file, manifest.input_px, manifest.template, swap=manifest.colour == "RGB"),
    )
