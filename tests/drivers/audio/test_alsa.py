"""The driver before every fault and situation of the simulated card, and being stopped."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from drivers.audio.alsa import AlsaAudio
from drivers.audio.diagnosis import AUDIO
from drivers.audio.null import NullAudio
from drivers.audio.port import NOTE_S_MAX, Note, NotSounded, SoundedOut
from drivers.audio.simulator import SimulatedAudio
from drivers.health import Health, State
from drivers.link import LinkRefused
from drivers.simulation import Simulation
from drivers.texts import text
from tests.drivers.audio.sounds import chime


@pytest.fixture
def device() -> Iterator[SimulatedAudio]:
    device = SimulatedAudio()
    with Simulation(device).start():
        yield device


def opened(device: SimulatedAudio, *, hears_itself: bool = False, patience_s: float = 5.0) -> AlsaAudio:
    audio = AlsaAudio(device.link, hears_itself=hears_itself, patience_s=patience_s)
    audio.open()
    return audio


# what play says (None: it went out), and what record says (None: a note)
TOLD = {
    "busy": ("busy", "busy"),
    "denied": ("denied", "denied"),
    "broken": ("broken", "broken"),
    "breaks_midway": ("broken", None),
    "hangs": ("hung", "hung"),
    "muted": (None, None),
    "microphone_silent": (None, "microphone_silent"),
    "microphone_missing": (None, "absent"),
    "unplugged": ("absent", "absent"),
}


@pytest.mark.parametrize("fault", SimulatedAudio.fault_titles())
def test_every_fault_is_told_by_its_name_and_passes(device: SimulatedAudio, fault: str) -> None:
    audio = opened(device, patience_s=1.0 if fault == "hangs" else 5.0)
    device.fault(fault)
    played, recorded = TOLD[fault]
    out = audio.play(chime())
    assert (out.health.code if isinstance(out, NotSounded) else None) == (played and f"audio.{played}")
    note = audio.record(0.1)
    assert (note.code if isinstance(note, Health) else None) == (recorded and f"audio.{recorded}")
    device.clear()
    assert isinstance(audio.play(chime()), SoundedOut)
    assert isinstance(audio.record(0.1), Note)
    assert audio.health().state is State.ready
    audio.close()


@pytest.mark.parametrize("situation", SimulatedAudio.situations)
def test_in_no_situation_is_a_sound_said_to_be_heard_that_was_not(device: SimulatedAudio, situation: str) -> None:
    audio = opened(device, hears_itself=True, patience_s=1.5)
    device.happen(situation)
    for _ in range(SimulatedAudio.situations[situation].after):
        assert isinstance(audio.play(chime()), SoundedOut)
    out = audio.play(chime())
    assert isinstance(out, NotSounded) or out.heard is not True
    device.clear()
    out = audio.play(chime())
    assert isinstance(out, SoundedOut)
    assert out.heard
    audio.close()


def test_a_muted_speaker_is_found_out_by_the_microphone_and_stays_known_until_it_is_heard(
    device: SimulatedAudio,
) -> None:
    audio = opened(device, hears_itself=True)
    assert audio.health().code == "audio.ready"
    device.fault("muted")
    out = audio.play(chime())
    assert isinstance(out, SoundedOut)
    assert out.heard is False
    assert audio.health().code == "audio.not_heard"
    device.clear()
    assert audio.health().code == "audio.not_heard"
    audio.play(chime())
    assert audio.health().code == "audio.ready"
    audio.close()


def test_a_loudspeaker_is_not_blamed_for_its_microphone(device: SimulatedAudio) -> None:
    audio = opened(device, hears_itself=True)
    for fault, code in (("microphone_silent", "microphone_silent"), ("microphone_missing", "absent")):
        device.fault(fault)
        out = audio.play(chime())
        assert isinstance(out, SoundedOut)
        assert out.heard is None
        device.clear()
        assert fault != "microphone_silent" or audio.health().code == f"audio.{code}"
    audio.close()


def test_a_sound_can_be_stopped_from_another_thread(device: SimulatedAudio) -> None:
    audio = opened(device, patience_s=60.0)
    device.fault("hangs")
    said: list[object] = []
    playing = threading.Thread(target=lambda: said.append(audio.play(chime())))
    playing.start()
    while playing.is_alive():
        audio.stop()
        playing.join(timeout=0.05)
    [out] = said
    assert isinstance(out, NotSounded)
    assert out.health.code == "audio.stopped"
    audio.close()


def test_a_note_is_bounded(device: SimulatedAudio) -> None:
    audio = NullAudio("null://", signal=chime().samples)
    audio.open()
    note = audio.record(10 * NOTE_S_MAX)
    assert isinstance(note, Note)
    assert len(note.wav) < 2 * 16_000 * NOTE_S_MAX + 100
    audio.close()


def test_the_door_says_how_loud_it_was_and_sets_what_the_microphone_hears() -> None:
    with Simulation(SimulatedAudio()).start(control="127.0.0.1:0") as simulation:
        audio = AlsaAudio(simulation.link)
        audio.open()
        audio.play(chime(amplitude=0.5))
        assert httpx.get(f"{simulation.control}/state").json()["meter"]["peak_dbfs"] == pytest.approx(-6, abs=0.2)
        httpx.post(f"{simulation.control}/microphone", json={"tone_hz": 440, "amplitude": 0.25})
        note = audio.record(0.1)
        assert isinstance(note, Note)
        assert note.level.peak_dbfs == pytest.approx(-12, abs=0.2)
        audio.close()


@pytest.mark.parametrize(
    "link",
    ["alsa://", "alsa://default?what=1", "alsa://-D", "alsa://x?capture=-v", "http://x", "default", "alsa://a%0Ab"],
)
def test_a_link_that_names_no_device_is_refused(link: str) -> None:
    with pytest.raises(LinkRefused):
        AlsaAudio(link)


def test_the_null_device_has_one_link() -> None:
    with pytest.raises(LinkRefused):
        NullAudio("null://x")


def test_where_alsa_utils_is_missing_it_is_told_what_to_install(tmp_path: Path) -> None:
    audio = AlsaAudio(f"alsa://default?programs={tmp_path}")
    with pytest.raises(LinkRefused) as refused:
        audio.open()
    assert "alsa-utils" in refused.value.advice


def test_programs_that_go_away_or_cannot_run_are_told(device: SimulatedAudio) -> None:
    audio = opened(device)
    folder = Path(device.link.partition("programs=")[2])
    (folder / "aplay").write_text("this is no program\n")
    out = audio.play(chime())
    assert isinstance(out, NotSounded)
    assert out.health.code == "audio.broken"
    (folder / "aplay").unlink()
    assert audio.health().code == "audio.absent"
    audio.close()


def test_a_player_that_stops_reading_early_has_not_played(tmp_path: Path) -> None:
    for name in ("aplay", "arecord"):
        (tmp_path / name).write_text("#!/bin/sh\nexit 0\n")
        (tmp_path / name).chmod(0o700)
    audio = AlsaAudio(f"alsa://x?programs={tmp_path}")
    audio.open()
    out = audio.play(chime(seconds=10))
    assert isinstance(out, NotSounded)
    note = audio.record(0.1)
    assert isinstance(note, Health)
    assert note.code == "audio.broken"
    audio.close()


@pytest.mark.parametrize("name", AUDIO.names)
def test_everything_a_sound_device_can_be_has_its_texts(name: str) -> None:
    for reader in ("resident", "technician"):
        assert text(f"audio.{name}.{reader}") != f"audio.{name}.{reader}"
