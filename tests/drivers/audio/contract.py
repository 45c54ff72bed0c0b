"""What every driver of a sound device must do. A driver's tests subclass this and give the fixture `stand`."""

from __future__ import annotations

from typing import Protocol

import pytest

from drivers.audio.meter import level_of
from drivers.audio.port import NOTE_RATE_HZ, Audio, Note, SoundedOut
from drivers.audio.wav import sound_of
from drivers.health import State
from drivers.trouble import WrongState
from tests.drivers.audio.sounds import chime


class Stand(Protocol):
    """A sound device, opened, whose far end can be looked at."""

    @property
    def audio(self) -> Audio: ...

    def measured(self) -> bytes | None:
        """The samples that arrived behind the device; None where only their level is known."""


class AudioContract:
    """The truth about sound, whatever the driver."""

    def test_a_sound_goes_out_whole_and_measured(self, stand: Stand) -> None:
        sound = chime()
        played = stand.audio.play(sound)
        assert isinstance(played, SoundedOut)
        assert played.level == level_of(sound.samples)
        assert -12 < played.level.rms_dbfs < -6
        arrived = stand.measured()
        if arrived is not None:
            assert arrived[: len(sound.samples)] == sound.samples
            # a device that works in whole periods fills its last one up with silence
            assert not any(arrived[len(sound.samples) :])

    def test_a_louder_sound_measures_louder(self, stand: Stand) -> None:
        quiet, loud = (stand.audio.play(chime(amplitude=amplitude)) for amplitude in (0.05, 0.5))
        assert isinstance(quiet, SoundedOut)
        assert isinstance(loud, SoundedOut)
        assert loud.level.rms_dbfs - quiet.level.rms_dbfs == pytest.approx(20, abs=0.5)

    def test_a_note_ends_when_the_listener_has_enough_and_tells_how_loud_it_is_meanwhile(self, stand: Stand) -> None:
        heard: list[float] = []

        def hears(samples: bytes, seconds: float) -> bool:
            assert samples
            heard.append(seconds)
            return False

        note = stand.audio.record(2.0, hears)
        assert isinstance(note, Note)
        assert heard[0] <= note.seconds <= 2.0
        assert sound_of(note.wav).seconds == note.seconds

    def test_a_note_is_as_long_as_it_was_asked_for_and_can_be_read_back(self, stand: Stand) -> None:
        note = stand.audio.record(0.25)
        assert isinstance(note, Note)
        sound = sound_of(note.wav)
        assert (sound.rate_hz, sound.seconds) == (NOTE_RATE_HZ, 0.25)
        assert level_of(sound.samples) == note.level
        assert note.level.peak_dbfs > -60

    def test_asking_how_it_is_makes_it_known(self, stand: Stand) -> None:
        stand.audio.play(chime())
        assert stand.audio.health().state in (State.ready, State.limited)

    def test_stopping_when_nothing_sounds_is_harmless(self, stand: Stand) -> None:
        stand.audio.stop()
        assert isinstance(stand.audio.play(chime()), SoundedOut)

    def test_calls_out_of_order_are_refused(self, stand: Stand) -> None:
        with pytest.raises(WrongState):
            stand.audio.open()
        stand.audio.close()
        stand.audio.close()
        with pytest.raises(WrongState):
            stand.audio.play(chime())
        with pytest.raises(WrongState):
            stand.audio.record(0.1)
        with pytest.raises(WrongState):
            stand.audio.health()
        stand.audio.open()
        assert isinstance(stand.audio.play(chime()), SoundedOut)
