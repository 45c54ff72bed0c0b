"""What the document reader's child process and its parent say to each other over a pipe.

Both ways: two lengths (big-endian), a JSON object of the first, pixels of the second. The question's object is
{"task": glimpse|page|zone|codes, "shape": …, "size": [height, width]}; the answer's {"size": …} or
{"size": …, "corners": […]} or {"refused": reason} or
{"lines": […], "likeness": …, "weakest": …} or {"texts": […]} or {"trouble": "font"} or {"ready": true}.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from typing import Any, Final

import numpy as np

from drivers.camera.port import Pixels

HEAD: Final = struct.Struct(">II")
SAID_BYTES_MAX: Final = 256 * 1024
PIXEL_BYTES_MAX: Final = 64 * 1024 * 1024


def packed(said: dict[str, Any], pixels: Pixels | None = None) -> bytes:
    """One message."""
    if pixels is not None:
        said = {**said, "size": list(pixels.shape[:2])}
    words = json.dumps(said).encode()
    data = b"" if pixels is None else pixels.tobytes()
    return HEAD.pack(len(words), len(data)) + words + data


def unpacked(read: Callable[[int], bytes]) -> tuple[dict[str, Any], Pixels | None]:
    """The next message from `read`, which gives exactly so many bytes; raises EOFError for another language."""
    said_size, pixel_size = HEAD.unpack(read(HEAD.size))
    if said_size > SAID_BYTES_MAX or pixel_size > PIXEL_BYTES_MAX:
        raise EOFError("the child speaks another language")
    try:
        said = json.loads(read(said_size))
        size = said.get("size", [0, 0])
        data = read(pixel_size)
        if not pixel_size:
            return said, None
        return said, np.frombuffer(data, np.uint8).reshape(int(size[0]), int(size[1]), 3).copy()
    except (ValueError, AttributeError, TypeError, IndexError) as error:
        raise EOFError("the child speaks another language") from error


GREETING: Final = packed({"ready": True})
"""What the child says when it is ready."""
