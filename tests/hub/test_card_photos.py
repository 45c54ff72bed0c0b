"""What the decoder of card photographs answers is as untrusted as the card."""

from __future__ import annotations

import struct
import sys
import zlib
from pathlib import Path

import pytest

from hub.card_photos import WLT_BYTES, decode_card_photo


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


@pytest.mark.parametrize("side", [3_000, 60_000])
def test_a_picture_that_would_unpack_to_gigabytes_is_none(tmp_path: Path, side: int) -> None:
    header = _chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    bomb = b"\x89PNG\r\n\x1a\n" + header + _chunk(b"IDAT", zlib.compress(bytes(1_000))) + _chunk(b"IEND", b"")
    (tmp_path / "bomb.png").write_bytes(bomb)
    shown = "import sys, pathlib; sys.stdout.buffer.write(pathlib.Path(sys.argv[1]).read_bytes())"
    command = (sys.executable, "-S", "-c", shown, str(tmp_path / "bomb.png"))
    assert decode_card_photo(command, bytes(WLT_BYTES), 30) is None
