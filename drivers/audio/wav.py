"""WAV files: hostile bytes into a Sound or one typed error, and a Sound into the bytes every program reads."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

import numpy as np

from drivers.audio.port import SOUND_S_MAX, Sound
from drivers.trouble import DeviceTrouble

RATE_HZ: Final = (8_000, 96_000)
CHANNELS_MAX: Final = 2
WAV_BYTES_MAX: Final = 48 * 1024 * 1024
_CHUNKS_MAX: Final = 64
_RIFF: Final = struct.Struct("<4sI4s")
_CHUNK: Final = struct.Struct("<4sI")
_FORMAT: Final = struct.Struct("<HHIIHH")
_PCM: Final = 1
_EXTENSIBLE: Final = 0xFFFE


class BadSound(DeviceTrouble):
    """Bytes that are no sound this program plays."""

    def __init__(self, why: str) -> None:
        super().__init__("audio.bad_sound", f"声音文件读不了：{why}。", "请换成 16 位 PCM 的 WAV 文件。")


def sound_of(untrusted: bytes) -> Sound:
    """The sound in a WAV file of 16-bit PCM, two channels mixed into one; raises BadSound."""
    if len(untrusted) > WAV_BYTES_MAX:
        raise BadSound("文件太大")
    rate_hz = channels = 0
    for name, body in _chunks(untrusted):
        if name == b"fmt ":
            rate_hz, channels = _format(body)
        elif name == b"data":
            if not channels:
                raise BadSound("没有格式说明")
            return _sound(body, rate_hz, channels)
    raise BadSound("没有声音数据")


def wav_of(sound: Sound) -> bytes:
    """The sound as a WAV file."""
    form = _FORMAT.pack(_PCM, 1, sound.rate_hz, sound.rate_hz * 2, 2, 16)
    body = _CHUNK.pack(b"fmt ", len(form)) + form + _CHUNK.pack(b"data", len(sound.samples)) + sound.samples
    return _RIFF.pack(b"RIFF", 4 + len(body), b"WAVE") + body


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    if len(data) < _RIFF.size or data[:4] != b"RIFF" or data[8:12] != b"WAVE":
        raise BadSound("不是 WAV 文件")
    at = _RIFF.size
    for _ in range(_CHUNKS_MAX):
        if at + _CHUNK.size > len(data):
            return
        name, size = _CHUNK.unpack_from(data, at)
        at += _CHUNK.size
        # A recorder that was cut off leaves a size beyond the end: what is there is taken.
        yield name, data[at : at + size]
        at += size + size % 2


def _format(body: bytes) -> tuple[int, int]:
    if len(body) < _FORMAT.size:
        raise BadSound("格式说明不全")
    coding, channels, rate_hz, _, _, bits = _FORMAT.unpack_from(body)
    if coding not in (_PCM, _EXTENSIBLE) or bits != 16:
        raise BadSound("不是 16 位 PCM")
    if not 1 <= channels <= CHANNELS_MAX or not RATE_HZ[0] <= rate_hz <= RATE_HZ[1]:
        raise BadSound("声道数或采样率不支持")
    return rate_hz, channels


def _sound(body: bytes, rate_hz: int, channels: int) -> Sound:
    frames = np.frombuffer(body[: len(body) - len(body) % (2 * channels)], "<i2").reshape(-1, channels)
    if len(frames) > SOUND_S_MAX * rate_hz:
        raise BadSound("声音太长")
    mixed = frames[:, 0] if channels == 1 else (frames.astype(np.int32).sum(axis=1) // channels).astype("<i2")
    return Sound(mixed.tobytes(), rate_hz)
