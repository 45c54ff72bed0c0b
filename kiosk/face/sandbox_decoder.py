"""The sandbox decoder: `python -m kiosk.face.sandbox_decoder DIR`, where DIR holds `<slug>.png` or `<slug>.jpg`.

It knows invented residents only, and its pictures say 演示.
"""

from __future__ import annotations

import io
import sys
from pathlib import Path

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from kiosk.face.sandbox import hash_in, slug_hash

ENDINGS = (".png", ".jpg", ".jpeg")


def picture_for(untrusted_blob: bytes, folder: Path) -> Path | None:
    """The file of the person whom the blob names."""
    wanted = hash_in(untrusted_blob)
    if wanted is None or not folder.is_dir():
        return None
    found = (path for path in sorted(folder.iterdir()) if path.suffix.lower() in ENDINGS)
    return next((path for path in found if slug_hash(path.stem) == wanted), None)


def main() -> int:
    """Reads the blob, writes the PNG; 1 for a blob or person it does not know, 2 for wrong use."""
    if len(sys.argv) != 2:
        print("用法：python -m kiosk.face.sandbox_decoder 图片文件夹", file=sys.stderr)
        return 2
    path = picture_for(sys.stdin.buffer.read(1025), Path(sys.argv[1]))
    if path is None:
        print("演示解码程序不认识这张照片：它只认识虚构的居民。", file=sys.stderr)
        return 1
    note = PngInfo()
    note.add_itxt("Source", "演示 sandbox", lang="zh-Hans", tkey="Source")
    out = io.BytesIO()
    with Image.open(path) as image:
        image.convert("RGB").save(out, "PNG", pnginfo=note)
    sys.stdout.buffer.write(out.getvalue())
    return 0


if __name__ == "__main__":
    sys.exit(main())
