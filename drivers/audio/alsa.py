"""The driver over ALSA: each sound and each note is one run of `aplay` or `arecord`, which can be killed.

A call into a sound library can hang in the kernel for ever; a child process can be left behind. It needs no daemon.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import Enum
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

from drivers.audio.diagnosis import AUDIO, BROKEN, HUNG, MIC_SILENT, NOT_HEARD, NOT_TRIED, READY, STOPPED, name_of
from drivers.audio.meter import ALIKE_LEAST, MIC_SILENT_DBFS, alikeness, level_of
from drivers.audio.port import (
    NOTE_RATE_HZ,
    NOTE_S_MAX,
    Hears,
    Note,
    NotSounded,
    PlayResult,
    Sound,
    SoundedOut,
    hears_all,
)
from drivers.audio.program import Ended, Program
from drivers.audio.wav import wav_of
from drivers.diagnosis import Chart, utc_now
from drivers.health import Health
from drivers.link import LinkRefused
from drivers.trouble import WrongState

_PROBE_S: Final = 0.02
_LISTEN_LONGER_S: Final = 1.0
"""The microphone is opened before and closed after the sound: drivers take their time."""


class _State(Enum):
    CLOSED = "closed"
    OPEN = "open"


class AlsaAudio:
    """An Audio behind `alsa://PCM[?capture=PCM]`; `config` and `programs` name another asoundrc and folder.

    Plays and records from one thread at a time; `stop` may come from any.
    """

    def __init__(
        self,
        link_url: str,
        *,
        now: Callable[[], datetime] = utc_now,
        hears_itself: bool = False,
        patience_s: float = 3.0,
    ) -> None:
        """`hears_itself`: every sound is listened for by the microphone; `patience_s` is given beyond its length."""
        self._speaker, self._microphone, self._folder, self._environment = _parsed(link_url)
        self._hears_itself = hears_itself
        self._patience_s = patience_s
        self._state = _State.CLOSED
        self._chart = Chart(AUDIO, now, NOT_TRIED)
        self._lock = threading.Lock()
        self._running: list[Program] = []
        self._stopped = False

    def open(self) -> None:
        """See Audio.open: that the programs are there; the device is taken for each sound anew."""
        self._must_be("open", _State.CLOSED)
        for program in ("aplay", "arecord"):
            if shutil.which(program, path=self._folder) is None:
                raise LinkRefused("audio.no_programs", f"没有找到程序 {program}。", "请安装软件包 alsa-utils。")
        self._state = _State.OPEN

    def play(self, sound: Sound) -> PlayResult:
        """See Audio.play."""
        self._must_be("play", _State.OPEN)
        self._stopped = False
        if not self._hears_itself:
            name = self._play(sound)
            return SoundedOut(level_of(sound.samples), None) if name == READY else NotSounded(self._chart.know(name))
        return self._play_and_listen(sound)

    def record(self, seconds: float, hears: Hears = hears_all) -> Note | Health:
        """See Audio.record."""
        self._must_be("record", _State.OPEN)
        self._stopped = False
        sound = self._record(min(max(seconds, 0.0), NOTE_S_MAX), NOTE_RATE_HZ, hears=hears)
        if isinstance(sound, str):
            return self._chart.know(sound)
        level = level_of(sound.samples)
        if level.peak_dbfs < MIC_SILENT_DBFS:
            return self._chart.know(MIC_SILENT)
        self._chart.know(READY)
        return Note(wav_of(sound), sound.seconds, level)

    def stop(self) -> None:
        """See Audio.stop."""
        with self._lock:
            self._stopped = True
            for program in self._running:
                program.kill()

    def health(self) -> Health:
        """See Audio.health. What only a sound can show, that nobody heard it, stays known until one is heard."""
        self._must_be("health", _State.OPEN)
        self._stopped = False
        name = self._play(Sound(bytes(round(_PROBE_S * NOTE_RATE_HZ) * 2), NOTE_RATE_HZ))
        known = self._chart.health
        if name == READY and known.code in (f"audio.{NOT_HEARD}", f"audio.{MIC_SILENT}"):
            return known
        return self._chart.know(name)

    def close(self) -> None:
        """See Audio.close."""
        self.stop()
        self._state = _State.CLOSED

    def _play_and_listen(self, sound: Sound) -> PlayResult:
        heard: list[Sound | str] = []
        seconds = sound.seconds + _LISTEN_LONGER_S
        listens = threading.Event()

        def listen() -> None:
            heard.append(self._record(seconds, sound.rate_hz, listens.set))
            listens.set()

        listening = threading.Thread(target=listen, name="listening", daemon=True)
        listening.start()
        # A sound played before the microphone is open would not be heard.
        listens.wait(self._patience_s)
        name = self._play(sound)
        listening.join()
        if name != READY:
            return NotSounded(self._chart.know(name))
        [recording] = heard
        level = level_of(sound.samples)
        if isinstance(recording, str):
            # The loudspeaker took the sound; that the microphone could not be asked proves nothing against it.
            self._chart.know(recording)
            return SoundedOut(level, None)
        if level_of(recording.samples).peak_dbfs < MIC_SILENT_DBFS:
            self._chart.know(MIC_SILENT)
            return SoundedOut(level, None)
        found = alikeness(recording, sound) >= ALIKE_LEAST
        self._chart.know(READY if found else NOT_HEARD)
        return SoundedOut(level, found)

    def _play(self, sound: Sound) -> str:
        """Plays; READY or the name of what went wrong. Without loopback nothing more than this is known of it."""
        ended = self._run(
            ("aplay", "-q", "-D", self._speaker, *_raw(sound.rate_hz), "-"),
            sound.samples,
            0,
            sound.seconds + self._patience_s,
        )
        name = self._named(ended)
        if name == READY and (not isinstance(ended, Ended) or ended.taken != len(sound.samples)):
            return BROKEN
        if name == READY and not self._hears_itself:
            self._chart.know(READY)
        return name

    def _record(
        self, seconds: float, rate_hz: int, begun: Callable[[], None] = lambda: None, *, hears: Hears = hears_all
    ) -> Sound | str:
        frames, enough = round(seconds * rate_hz), threading.Event()

        def gave(piece: bytes, bytes_so_far: int) -> bool:
            if not hears(piece, bytes_so_far / 2 / rate_hz):
                enough.set()
            return not enough.is_set()

        ended = self._run(
            ("arecord", "-q", "-D", self._microphone, *_raw(rate_hz), f"--samples={frames}", "-"),
            b"",
            frames * 2,
            seconds + self._patience_s,
            begun,
            gave,
        )
        name = self._named(ended)
        if name == READY and isinstance(ended, Ended):
            whole = enough.is_set() or len(ended.given) == frames * 2
            return Sound(ended.given[: len(ended.given) // 2 * 2], rate_hz) if whole else BROKEN
        return name

    def _run(
        self,
        command: tuple[str, ...],
        feed: bytes,
        most_bytes: int,
        within_s: float,
        begun: Callable[[], None] = lambda: None,
        gave: Callable[[bytes, int], bool] = lambda _piece, _all: True,
    ) -> Ended | str:
        found = shutil.which(command[0], path=self._folder)
        if found is None:
            return "absent"
        with self._lock:
            if self._stopped:
                return STOPPED
            try:
                program = Program((found, *command[1:]), self._environment)
            except OSError:
                return BROKEN
            self._running.append(program)
        try:
            ended = program.run(feed, most_bytes, within_s, begun, gave)
        finally:
            with self._lock:
                self._running.remove(program)
        return STOPPED if program.killed else ended

    def _named(self, ended: Ended | str) -> str:
        if isinstance(ended, str):
            return ended
        if ended.late:
            return HUNG
        return READY if ended.well else name_of(ended.complaint)

    def _must_be(self, call: str, state: _State) -> None:
        if self._state is not state:
            raise WrongState(call, self._state.value)


def _raw(rate_hz: int) -> tuple[str, ...]:
    return ("-t", "raw", "-f", "S16_LE", "-c", "1", "-r", str(rate_hz))


def _parsed(url: str) -> tuple[str, str, str | None, Mapping[str, str]]:
    """(speaker, microphone, folder of the programs or None, what to add to their environment)."""
    try:
        parts = urlsplit(url)
        options = {name: values[-1] for name, values in parse_qs(parts.query, strict_parsing=bool(parts.query)).items()}
    except ValueError as error:
        raise _unreadable(url) from error
    # PCM names hold colons and commas (plughw:CARD=Device,DEV=0), which urlsplit leaves as they are.
    speaker = unquote(parts.netloc + parts.path)
    if parts.scheme != "alsa" or not speaker or not set(options) <= {"capture", "config", "programs"}:
        raise _unreadable(url)
    microphone = options.get("capture", speaker)
    if any(name.startswith("-") or not name.isprintable() for name in (speaker, microphone)):
        raise _unreadable(url)
    environment = {"ALSA_CONFIG_PATH": options["config"]} if "config" in options else {}
    return speaker, microphone, options.get("programs"), environment


def _unreadable(url: str) -> LinkRefused:
    return LinkRefused(
        "link.unreadable",
        f"看不懂设备链接“{url}”。",
        "请写成 alsa://default 或 alsa://plughw:CARD=Device,DEV=0（名称用 aplay -L 查看）。",
    )
