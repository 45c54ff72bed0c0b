"""The photographs of invented residents in a demo: what their card carries, and the face they show the camera.

The project ships no portraits. Where ZHIZHU_FACES names a folder of test pictures, they are lent to invented residents;
elsewhere the cards carry a photograph that no decoder knows, and the face step is honestly unavailable.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Final

from deploy.trouble import RoofTrouble
from kiosk.face.sandbox import blob

# invented resident → (the face shown live, the picture on the card): two different pictures of one person
LENT: Final = {"lin-yuelan": ("a1.jpg", "a2.jpg"), "wu-guifang": ("b1.jpg", "b1.jpg")}


def faces() -> Path | None:
    """The folder of test pictures, if there is one."""
    named = os.environ.get("ZHIZHU_FACES", "")
    return Path(named) if named and Path(named).is_dir() else None


def photo_of(slug: str) -> bytes:
    """The 1024 bytes of the card's photograph."""
    return blob(slug)


def portrait_of(slug: str) -> Path:
    """The picture of the face this resident shows the camera."""
    folder = faces()
    if folder is None or slug not in LENT:
        raise RoofTrouble(
            f"{slug} 没有可以展示的面孔。There is no face for {slug}.",
            "把 ZHIZHU_FACES 设成测试图片的文件夹。Set ZHIZHU_FACES to a folder of test pictures.",
        )
    return folder / LENT[slug][0]


def lend_photos(folder: Path) -> None:
    """Puts the card pictures where the sandbox decoder looks for `<slug>.jpg`."""
    folder.mkdir(parents=True, exist_ok=True)
    source = faces()
    if source is not None:
        for slug, (_, card) in LENT.items():
            shutil.copyfile(source / card, folder / f"{slug}.jpg")
