"""One picture for a clerk's later check: sealed before it touches the disk, named by its ciphertext, fsynced."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np

from drivers.camera.cv import cv2
from drivers.camera.lens import covered
from drivers.camera.port import Frame, Pixels
from kiosk.doors import Err, Ok, Result
from kiosk.journey.acts import Act, PictureFailed, PictureTaken
from kiosk.journey.screens import Reason
from kiosk.services.roles import Slot
from kiosk.trouble import KioskTrouble
from offline.pictures import FOLDER
from offline.wire.attachment import MAX_SEALED_BYTES, LaterPicture, SealedAttachment, seal_attachment
from offline.wire.canonical import b64
from offline.wire.whole_file import sync_folder, write_flushed

GRAB_S: Final = 2.0
TRIES: Final = 3
QUALITIES: Final = (85, 70, 50)
"""Of the JPEG, tried in turn until the sealed picture is small enough; below, a clerk would no longer know a face."""
SIDE_MOST_PX: Final = 1280  # enough to know a face by, and little enough for a village's line


class TooLarge(KioskTrouble):
    """The picture does not fit into what the terminal may keep of one."""


class Pictures:
    """Takes, seals and deletes pictures; the key of each stays in memory until it is handed to the payload."""

    def __init__(
        self,
        slot: Slot,
        state_dir: Path,
        tell: Callable[[Act], None],
        *,
        deadline_s: float,
        most_bytes: int = MAX_SEALED_BYTES,
    ) -> None:
        self._slot = slot
        self._folder = state_dir / FOLDER
        self._tell = tell
        self._deadline_s = deadline_s
        self._most_bytes = min(most_bytes, MAX_SEALED_BYTES)
        self._keys: dict[str, bytes] = {}
        self._sizes: dict[str, int] = {}

    def take(self, session: int, card_photo: bytes) -> None:
        """→ PictureTaken | PictureFailed; sealed with the card's photograph; the camera is closed afterwards."""

        def done(result: Result[tuple[str, Path, bytes] | None]) -> None:
            self._slot.release()
            if isinstance(result, Ok) and result.value is not None:
                sha256, path, key = result.value
                self._keys[sha256] = key
                self._tell(PictureTaken(session, sha256, str(path)))
            else:
                large = isinstance(result, Err) and isinstance(result.error, TooLarge)
                self._tell(PictureFailed(session, Reason.PICTURE_TOO_LARGE if large else Reason.PICTURE_FAILED))

        self._slot.use(lambda camera: self._taken(camera, card_photo), done, deadline_s=self._deadline_s)

    def key(self, sha256: str) -> str:
        """The key of a picture (base64), for the sealed payload; kept until the visit is over, as keeping may be tried
        again."""
        return b64(self._keys.get(sha256, b""))

    @property
    def held_bytes(self) -> int:
        """What was sealed in this visit takes so much."""
        return sum(self._sizes.values())

    def lay(self, plain: bytes, most_bytes: int) -> str:
        """Seals and rests what was taken elsewhere, in a door's thread; its name. Raises TooLarge, OSError."""
        sealed = seal_attachment(plain)
        if len(sealed.data) > min(most_bytes, self._most_bytes):
            raise _too_large()
        self._lay(self._folder / sealed.sha256, sealed.data)
        self._keys[sealed.sha256], self._sizes[sealed.sha256] = sealed.key, len(sealed.data)
        return sealed.sha256

    def drop(self, sha256: str) -> None:
        """Deletes a picture that will not be sent."""
        self._keys.pop(sha256, None)
        self._sizes.pop(sha256, None)
        (self._folder / sha256).unlink(missing_ok=True)

    def forget(self) -> None:
        """Drops the keys of the visit that is over."""
        self._keys.clear()
        self._sizes.clear()

    def _taken(self, camera: Any, card_photo: bytes) -> tuple[str, Path, bytes] | None:
        for _ in range(TRIES):
            frame = camera.grab(GRAB_S)
            # a clerk could see nobody in a picture taken through a lens cap
            if isinstance(frame, Frame) and not covered(frame.pixels):
                return self._sealed(frame, card_photo)
        return None

    def _sealed(self, frame: Frame, card_photo: bytes) -> tuple[str, Path, bytes]:
        pixels = _small(frame.pixels)
        sealed = next(
            (
                one
                for one in (_sealed(pixels, card_photo, each) for each in QUALITIES)
                if len(one.data) <= self._most_bytes
            ),
            None,
        )
        if sealed is None:
            raise _too_large()
        path = self._folder / sealed.sha256
        self._lay(path, sealed.data)
        return sealed.sha256, path, sealed.key

    def _lay(self, path: Path, data: bytes) -> None:
        """Onto the disk, name and all; where the disk refuses, nothing of it stays behind."""
        made = not self._folder.is_dir()
        self._folder.mkdir(mode=0o770, parents=True, exist_ok=True)
        try:
            write_flushed(path, data, mode=0o660)
            sync_folder(self._folder)
            if made:
                sync_folder(self._folder.parent)
        except OSError:
            path.unlink(missing_ok=True)
            raise


def _too_large() -> TooLarge:
    return TooLarge("照片超过了附件的上限，没有保存。", "请把 attachment.max_kb 调大，或换清晰度低一些的摄像头。")


def small_jpeg(pixels: Pixels, most_bytes: int) -> bytes:
    """A picture to send, as good as fits; empty where none does."""
    for quality in QUALITIES:
        well, jpeg = cv2.imencode(".jpg", _small(pixels), [cv2.IMWRITE_JPEG_QUALITY, quality])
        if well and jpeg.nbytes <= most_bytes:
            return jpeg.tobytes()
    return b""


def _sealed(pixels: Pixels, card_photo: bytes, quality: int) -> SealedAttachment:
    well, jpeg = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not well:
        raise ValueError("the picture could not be encoded")
    return seal_attachment(LaterPicture(jpeg.tobytes(), card_photo).pack())


def _small(pixels: Pixels) -> Pixels:
    """The picture with its longer side within the bound."""
    height, width = pixels.shape[:2]
    scale = SIDE_MOST_PX / max(height, width)
    if scale >= 1:
        return pixels
    size = (round(width * scale), round(height * scale))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
