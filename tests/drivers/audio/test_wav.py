"""WAV files, the level meter, and finding a chime in a room."""

from __future__ import annotations

import contextlib
import io
import struct
import wave

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.audio.meter import ALIKE_LEAST, alikeness, level_of
from drivers.audio.port import SILENCE_DBFS, SOUND_S_MAX, Level, Sound
from drivers.audio.wav import WAV_BYTES_MAX, BadSound, sound_of, wav_of
from tests.drivers.audio.sounds import chime, noise

SAMPLES = st.binary(max_size=400).map(lambda data: data[: len(data) // 2 * 2])


@given(samples=SAMPLES, rate_hz=st.integers(8_000, 96_000))
def test_every_sound_survives_its_file(samples: bytes, rate_hz: int) -> None:
    sound = Sound(samples, rate_hz)
    assert sound_of(wav_of(sound)) == sound


def test_the_library_of_python_reads_what_we_write() -> None:
    with wave.open(io.BytesIO(wav_of(chime())), "rb") as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 16_000)
        assert file.readframes(file.getnframes()) == chime().samples


def test_two_channels_are_mixed_into_one() -> None:
    file = io.BytesIO()
    with wave.open(file, "wb") as stereo:
        stereo.setnchannels(2)
        stereo.setsampwidth(2)
        stereo.setframerate(44_100)
        stereo.writeframes(struct.pack("<4h", 1000, 3000, 32767, 32767))
    assert sound_of(file.getvalue()) == Sound(struct.pack("<2h", 2000, 32767), 44_100)


@given(data=st.binary(max_size=200))
def test_hostile_bytes_are_a_sound_or_a_bad_sound(data: bytes) -> None:
    for untrusted in (data, b"RIFF\0\0\0\0WAVE" + data, wav_of(Sound(b"", 8000))[:20] + data):
        with contextlib.suppress(BadSound):
            assert sound_of(untrusted).rate_hz >= 8_000


def _form(coding: int = 1, channels: int = 1, rate: int = 16_000, bits: int = 16) -> bytes:
    form = struct.pack("<HHIIHH", coding, channels, rate, 0, 0, bits)
    return b"RIFF\0\0\0\0WAVEfmt " + struct.pack("<I", len(form)) + form + b"data\2\0\0\0\1\0"


@pytest.mark.parametrize(
    "untrusted",
    [
        b"",
        b"RIFF",
        _form()[:-10],
        _form(coding=3),
        _form(channels=0),
        _form(channels=6),
        _form(rate=1),
        _form(rate=400_000),
        _form(bits=8),
        b"RIFF\0\0\0\0WAVEdata\2\0\0\0\1\0",
        b"RIFF\0\0\0\0WAVEfmt \2\0\0\0\1\0",
        b"RIFF\0\0\0\0WAVE" + b"junk\0\0\0\0" * 100,
        bytes(WAV_BYTES_MAX + 1),
        wav_of(Sound(bytes(round(2 * 8000 * (SOUND_S_MAX + 1))), 8000)),
    ],
)
def test_what_cannot_be_played_is_a_bad_sound(untrusted: bytes) -> None:
    with pytest.raises(BadSound):
        sound_of(untrusted)


def test_a_file_cut_off_gives_what_is_there() -> None:
    assert sound_of(wav_of(chime())[:-101]).samples == chime().samples[:-102]


def test_the_meter_knows_silence_a_full_square_and_a_sine() -> None:
    assert level_of(b"") == level_of(bytes(100)) == Level(SILENCE_DBFS, SILENCE_DBFS)
    assert level_of(struct.pack("<2h", -32768, -32768)) == Level(0.0, 0.0)
    sine = chime(seconds=1.0, amplitude=1.0)
    assert level_of(sine.samples).rms_dbfs == pytest.approx(-3, abs=0.1)
    assert level_of(sine.samples).peak_dbfs == pytest.approx(0, abs=0.1)


@pytest.mark.parametrize("loudness", [1.0, 0.1, -0.3])
def test_a_chime_is_found_in_a_noisy_room_however_it_is_turned(loudness: float) -> None:
    room = np.frombuffer(noise(2.0, amplitude=0.02).samples, "<i2").astype(float)
    sound = np.frombuffer(chime().samples, "<i2")
    room[7000 : 7000 + len(sound)] += loudness * sound
    heard = Sound(np.clip(room, -32768, 32767).astype("<i2").tobytes(), 16_000)
    assert alikeness(heard, chime()) > ALIKE_LEAST


@pytest.mark.parametrize("seed", range(5))
def test_noise_voice_and_silence_are_no_chime(seed: int) -> None:
    assert alikeness(noise(2.0, seed), chime()) < ALIKE_LEAST / 2
    assert alikeness(Sound(bytes(64_000), 16_000), chime()) == 0.0
    assert alikeness(noise(0.1, seed), chime()) == 0.0
    assert alikeness(noise(1.0), Sound(b"", 16_000)) == 0.0
