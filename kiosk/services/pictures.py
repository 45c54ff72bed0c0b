"""One picture for a clerk's later check: sealed before it touches the disk, named by its ciphertext, fsynced."""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from drivers.camera.cv import cv2
from drivers.camera.opencv import covered
from drivers.camera.port import Frame
from kiosk.doors import Ok, Result
from kiosk.journey.acts import Act, PictureFailed, PictureTaken
from kiosk.services.roles import Slot

FOLDER: Final = "pictures"
GRAB_S: Final = 2.0
TRIES: Final = 3
QUALITY: Final = 85


class Pictures:
    """Takes, seals and deletes pictures; the key of each stays in memory until it is handed to the payload."""

    def __init__(self, slot: Slot, state_dir: Path, tell: Callable[[Act], None], *, deadline_s: float) -> None:
        self._slot = slot
        self._folder = state_dir / FOLDER
        self._tell = tell
        self._deadline_s = deadline_s
        self._keys: dict[str, bytes] = {}

    def take(self, session: int) -> None:
        """→ PictureTaken | PictureFailed; the camera is closed afterwards."""

        def done(result: Result[tuple[str, Path, bytes] | None]) -> None:
            self._slot.release()
            if isinstance(result, Ok) and result.value is not None:
                sha256, path, key = result.value
                self._keys[sha256] = key
                self._tell(PictureTaken(session, sha256, str(path)))
            else:
                self._tell(PictureFailed(session))

        self._slot.use(self._taken, done, deadline_s=self._deadline_s)

    def key(self, sha256: str) -> str:
        """The key of a picture (base64), handed out once: after that only the sealed payload has it."""
        key = self._keys.pop(sha256, b"")
        return base64.b64encode(key).decode("ascii")

    def drop(self, sha256: str) -> None:
        """Deletes a picture that will not be sent."""
        self._keys.pop(sha256, None)
        (self._folder / sha256).unlink(missing_ok=True)

    def forget(self) -> None:
        """Drops the keys of the visit that is over."""
        self._keys.clear()

    def _taken(self, camera: Any) -> tuple[str, Path, bytes] | None:
        for _ in range(TRIES):
            frame = camera.grab(GRAB_S)
            # a clerk could see nobody in a picture taken through a lens cap
            if isinstance(frame, Frame) and not covered(frame.pixels):
                return self._sealed(frame)
        return None

    def _sealed(self, frame: Frame) -> tuple[str, Path, bytes]:
        well, jpeg = cv2.imencode(".jpg", frame.pixels, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
        if not well:
            raise ValueError("the picture could not be encoded")
        key, nonce = secrets.token_bytes(32), secrets.token_bytes(12)
        sealed = nonce + AESGCM(key).encrypt(nonce, jpeg.tobytes(), None)
        sha256 = hashlib.sha256(sealed).hexdigest()
        self._folder.mkdir(mode=0o770, parents=True, exist_ok=True)
        path = self._folder / sha256
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o660)
        with os.fdopen(handle, "wb") as file:
            file.write(sealed)
            file.flush()
            os.fsync(file.fileno())
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return sha256, path, key
