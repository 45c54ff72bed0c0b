"""The plug-in that turns a card's 1024 WLT bytes into a picture, in a process of its own with a deadline.

Protocol: 1024 bytes on its standard input, one PNG on its standard output, exit 0. A PNG whose text chunk `Source`
holds 演示 came from a sandbox, and whatever is shown of it says so.
"""

from __future__ import annotations

import io
import os
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from threading import Thread
from typing import IO, Final

import numpy as np
from PIL import Image, PngImagePlugin, UnidentifiedImageError

from drivers.camera.port import Pixels
from kiosk.face.result import Reason

WLT_BYTES: Final = 1024
PNG_BYTES_MAX: Final = 4 * 1024 * 1024
SIDE_MAX_PX: Final = 2000
SANDBOX_WORD: Final = "演示"
_PNG_END: Final = bytes.fromhex("0000000049454E44AE426082")
"""The last chunk of a PNG, IEND with its checksum (ISO/IEC 15948)."""


@dataclass(frozen=True, slots=True, eq=False)
class CardPicture:
    """A card's photograph; `sandbox` where a sandbox decoder made it."""

    pixels: Pixels
    sandbox: bool = False


@dataclass(frozen=True, slots=True)
class NoPicture:
    """Why there is none, with a sentence for the technician."""

    reason: Reason
    sentence: str


class WltDecoder:
    """Runs the command of the settings; None where the terminal has no decoder."""

    def __init__(self, command: tuple[str, ...] | None, deadline_s: float = 5.0) -> None:
        self._command = command
        self._deadline_s = deadline_s

    def decode(self, untrusted_photo: bytes) -> CardPicture | NoPicture:
        """The picture, or why not; takes at most the deadline."""
        if not self._command:
            return NoPicture(Reason.no_decoder, "没有设置证件照片解码程序。")
        if len(untrusted_photo) != WLT_BYTES:
            return NoPicture(Reason.decoder_failed, f"照片应为 {WLT_BYTES} 字节，实为 {len(untrusted_photo)}。")
        try:
            ran = _run(self._command, untrusted_photo, self._deadline_s)
        except OSError as error:
            return NoPicture(Reason.no_decoder, f"解码程序启动不了：{error.strerror}。")
        if ran.late:
            return NoPicture(Reason.decoder_failed, f"解码程序 {self._deadline_s:g} 秒内没有完成，已结束它。")
        if ran.code != 0 and len(ran.untrusted_out) <= PNG_BYTES_MAX:
            return NoPicture(Reason.decoder_failed, f"解码程序以 {ran.code} 结束。")
        return picture_of_png(ran.untrusted_out)


@dataclass(frozen=True, slots=True)
class _Ran:
    """What a decoder wrote, up to one byte more than it may, and how it ended."""

    untrusted_out: bytes
    code: int
    late: bool


def _run(command: tuple[str, ...], photo: bytes, deadline_s: float) -> _Ran:
    """Runs a decoder and everything it starts until it ends, writes too much, or the deadline comes."""
    process = subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    out, got = process.stdout, list[bytes]()
    reading = Thread(target=lambda: got.append(out.read(PNG_BYTES_MAX + 1)), daemon=True)
    hand_over(process.stdin, photo)
    reading.start()
    reading.join(deadline_s)
    late = reading.is_alive()
    if not late and len(got[0]) <= PNG_BYTES_MAX:
        try:
            process.wait(deadline_s)
        except subprocess.TimeoutExpired:
            late = True
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    code = process.wait()
    reading.join()
    out.close()
    return _Ran(b"" if late else got[0], code, late)


def hand_over(pipe: IO[bytes], photo: bytes) -> None:
    """Writes the photo and closes; a decoder that has ended already reads nothing, which its exit code tells."""
    with suppress(BrokenPipeError), pipe:  # in this order: what could not be written is tried again by the closing
        pipe.write(photo)  # less than a pipe holds: this waits for nobody


def picture_of_png(untrusted_png: bytes) -> CardPicture | NoPicture:
    """Reads a decoder's PNG within bounds."""
    if len(untrusted_png) > PNG_BYTES_MAX:
        return NoPicture(Reason.decoder_failed, "解码程序给出的图片太大。")
    try:
        with Image.open(io.BytesIO(untrusted_png), formats=("PNG",)) as image:
            if max(image.size) > SIDE_MAX_PX:
                return NoPicture(Reason.decoder_failed, "解码程序给出的图片太大。")
            assert isinstance(image, PngImagePlugin.PngImageFile)
            rgb = np.asarray(image.convert("RGB"), np.uint8)
            sandbox = SANDBOX_WORD in str(image.text.get("Source", ""))
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        return NoPicture(Reason.decoder_failed, "解码程序给出的不是 PNG 图片。")
    if not untrusted_png.endswith(_PNG_END) or untrusted_png.count(_PNG_END) != 1:
        # Of two nobody knows which is the card's.
        return NoPicture(Reason.decoder_failed, "解码程序给出的不是正好一张完整的 PNG 图片。")
    return CardPicture(np.ascontiguousarray(rgb[:, :, ::-1]), sandbox)
