"""The contract, kept over the simulator, over the real aplay and arecord of alsa-utils, and by the null device."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from drivers.audio.alsa import AlsaAudio
from drivers.audio.null import NullAudio
from drivers.audio.port import Audio
from drivers.audio.simulator import SimulatedAudio
from drivers.simulation import Simulation
from tests.drivers.audio.contract import AudioContract
from tests.drivers.audio.sounds import noise


@dataclass
class SimulatedStand:
    device: SimulatedAudio
    audio: Audio

    def measured(self) -> bytes | None:
        return self.device.played


@pytest.mark.parametrize("hears_itself", [False, True], scope="class")
class TestBeforeTheSimulator(AudioContract):
    @pytest.fixture
    def stand(self, hears_itself: bool) -> Iterator[SimulatedStand]:
        device = SimulatedAudio()
        with Simulation(device).start():
            audio = AlsaAudio(device.link, hears_itself=hears_itself)
            audio.open()
            yield SimulatedStand(device, audio)
            audio.close()


@dataclass
class RealStand:
    """alsa-lib's own file device: what it was given lies in a file, what it records comes from one."""

    out: Path
    audio: Audio

    def measured(self) -> bytes | None:
        return self.out.read_bytes()


class TestThroughTheRealAlsa(AudioContract):
    @pytest.fixture
    def stand(self, tmp_path: Path) -> Iterator[RealStand]:
        out, into, config = tmp_path / "out.raw", tmp_path / "in.raw", tmp_path / "asound.conf"
        into.write_bytes(noise(2.0).samples)
        config.write_text(
            'pcm.speaker { type file slave.pcm { type null } format raw file "' + str(out) + '" }\n'
            'pcm.microphone { type file slave.pcm { type null } format raw file "/dev/null" infile "'
            + str(into)
            + '" }\n',
            encoding="utf-8",
        )
        audio = AlsaAudio(f"alsa://speaker?capture=microphone&config={config}")
        audio.open()
        yield RealStand(out, audio)
        audio.close()


def test_a_device_the_real_alsa_does_not_know_is_absent(tmp_path: Path) -> None:
    config = tmp_path / "asound.conf"
    config.write_text("", encoding="utf-8")
    audio = AlsaAudio(f"alsa://plughw:CARD=Nothing,DEV=0?config={config}")
    audio.open()
    assert audio.health().code == "audio.absent"
    audio.close()


@dataclass
class NullStand:
    audio: NullAudio

    def measured(self) -> bytes | None:
        return None


class TestTheNullDevice(AudioContract):
    @pytest.fixture
    def stand(self) -> Iterator[NullStand]:
        audio = NullAudio("null://", signal=noise(0.1).samples)
        audio.open()
        yield NullStand(audio)
        audio.close()

    def test_it_says_of_itself_that_nothing_is_heard(self, stand: NullStand) -> None:
        assert stand.audio.health().code == "audio.null_device"

    def test_without_a_signal_no_note_comes_in(self) -> None:
        audio = NullAudio("null://")
        audio.open()
        assert audio.record(0.1) == audio.health()
