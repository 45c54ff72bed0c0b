"""The face models of a demo: found where they lie, or fetched beside everything else; no screen waits for them."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from kiosk.face.install import install
from kiosk.face.manifest import Manifest
from kiosk.face.models import FOLDER_VARIABLE, known_manifests
from kiosk.face.trouble import FaceTrouble

DEADLINE_S: Final = 120.0
STOP_S: Final = 2.0
OTHER_WAYS: Final = "刷脸暂不可用，可由帮办员见证或稍后核验。The other ways carry the journey."


def folder_of(environ: Mapping[str, str] = os.environ) -> Path | None:
    """ZHIZHU_MODELS (set but empty: none are wanted), ./models if it is there, else the user's cache."""
    named = environ.get(FOLDER_VARIABLE)
    if named is not None:
        return Path(named).absolute() if named else None
    beside = Path("models").absolute()
    if beside.is_dir():
        return beside
    cache = environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(cache) / "zhizhu" / "models"


class FaceModels:
    """`start` says in one line what there is; where the models must be fetched, a second line says what came of it."""

    def __init__(self, folder: Path | None, tell: Callable[[str], None], *, deadline_s: float = DEADLINE_S) -> None:
        self.folder = folder
        self._tell = tell
        self._deadline_s = deadline_s
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Looks, and begins to fetch what is missing; returns at once."""
        if self.folder is None:
            self._tell(f"人脸模型：不用。Face models: none wanted. {OTHER_WAYS}")
            return
        try:
            known = known_manifests(self.folder)
            intact = next((each for each in known if _intact(each, self.folder)), None)
        except (FaceTrouble, OSError) as trouble:
            self._tell(f"人脸模型：{trouble} {OTHER_WAYS}")
            return
        if intact is not None:
            self._tell(f"人脸模型：已装好 {intact.id}。Face models: installed.")
            return
        self._thread = threading.Thread(target=self._fetch, args=(known[0], self.folder), name="models", daemon=True)
        self._thread.start()

    def wait(self, seconds: float) -> bool:
        """Whether the fetching is over, within so many seconds."""
        if self._thread is not None:
            self._thread.join(seconds)
        return self._thread is None or not self._thread.is_alive()

    def close(self) -> None:
        """Gives up fetching; a half file is not left behind."""
        self._stopped.set()
        self.wait(STOP_S)

    def _fetch(self, manifest: Manifest, folder: Path) -> None:
        try:
            install(manifest, folder, None, deadline_s=self._deadline_s, stopped=self._stopped.is_set)
        except FaceTrouble as trouble:
            if not self._stopped.is_set():
                self._tell(f"人脸模型：{trouble.sentence} Face models: not reachable. {OTHER_WAYS}")
            return
        self._tell(
            f"人脸模型：{manifest.id} 已装好，下一位居民起可刷脸。Face models: installed, for the next resident."
        )


def _intact(manifest: Manifest, folder: Path) -> bool:
    return all(part.intact_in(folder) for part in manifest.files)
