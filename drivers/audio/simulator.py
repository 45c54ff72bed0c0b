"""A sound card with a loudspeaker, a microphone and the room between them, behind stand-ins for aplay and arecord.

The stand-ins are one layer below the driver: they are given the real command lines and samples, and end and complain
as alsa-utils do. A sound takes no time to be played; a recording lasts as long as it is long.
"""

from __future__ import annotations

import contextlib
import shutil
import socket
import sys
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar, Final

import numpy as np
from fastapi import APIRouter
from pydantic import Field

from drivers.audio.meter import level_of
from drivers.audio.port import SOUND_S_MAX
from drivers.simulation import SimulatedDevice, Situation
from drivers.simulation.control import Asked

STAND_IN: Final = Path(__file__).parent / "simulated" / "stand_in.py"
_SAMPLES_BYTES_MAX: Final = round(SOUND_S_MAX * 96_000) * 2
_HEAD_BYTES_MAX: Final = 4096
_OPEN: Final = "{0}: main:831: audio open error: {1}\n"
_COMPLAINTS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "unplugged": "No such file or directory",
        "busy": "Device or resource busy",
        "denied": "Permission denied",
        "broken": "Input/output error",
    }
)


_PIECE_S: Final = 0.1
"""How often a recording hands on what it has heard."""


class MicrophoneAsked(Asked):
    """What the microphone hears of its surroundings: a tone of this loudness, or nothing."""

    tone_hz: float = Field(ge=20, le=7000, strict=False)
    amplitude: float = Field(ge=0, le=1, strict=False)


class SimulatedAudio(SimulatedDevice):
    """A card whose room carries what is played to the microphone, over a voice that is always there."""

    kind: ClassVar[str] = "audio"
    faults: ClassVar[Mapping[str, str]] = {
        "busy": "声卡被别的程序占用",
        "denied": "没有使用声卡的权限",
        "broken": "声卡出错",
        "breaks_midway": "播放到一半声卡出错",
        "hangs": "声卡卡住不动",
        "muted": "喇叭没有声音（静音或断线）",
        "microphone_silent": "话筒没有声音",
        "microphone_missing": "没有话筒",
    }
    situations: ClassVar[Mapping[str, Situation]] = {
        "speaker_unplugged": Situation("喇叭线被拔掉", ("muted",)),
        "card_unplugged": Situation("用了一阵以后 USB 声卡被拔掉", ("unplugged",), after=1),
        "card_taken": Situation("别的程序占着声卡", ("busy",)),
        "card_hangs": Situation("声卡用了一阵以后卡住", ("hangs",), after=1),
        "microphone_cut": Situation("话筒线断了", ("microphone_silent",)),
    }

    def __init__(self) -> None:
        super().__init__()
        self._folder: Path | None = None
        self._listener: socket.socket | None = None
        self._ending = threading.Event()
        self._threads: list[threading.Thread] = []
        self._played = b""
        self._sounds = 0
        self._notes = 0
        self._room = threading.Condition(self.lock)
        self._tone = (220.0, 0.05)

    @property
    def link(self) -> str:
        """See SimulatedDevice.link."""
        if self._folder is None:
            raise RuntimeError("the simulated audio has not been started")
        return f"alsa://simulated?programs={self._folder}"

    def start(self, link: str) -> None:
        """See SimulatedDevice.start; there is one kind of link, whatever is wished."""
        self._folder = Path(tempfile.mkdtemp(prefix="zhizhu-sound-"))
        source = STAND_IN.read_text(encoding="utf-8")
        for program in ("aplay", "arecord"):
            path = self._folder / program
            # -S -E: no site packages and no surprises from the environment, as fast as a small program can be.
            path.write_text(f"#!{sys.executable} -SE\n{source}", encoding="utf-8")
            path.chmod(0o700)
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self._folder / "socket"))
        self._listener.listen()
        self._listener.settimeout(0.1)
        self._spawn(self._welcome, self._listener)

    def stop(self) -> None:
        """See SimulatedDevice.stop."""
        self._ending.set()
        with self._room:
            self._room.notify_all()
        for thread in self._threads:
            thread.join(timeout=10)
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def pull(self) -> None:
        """See SimulatedDevice.pull: the card is gone from the next run on."""

    def plug(self) -> None:
        """See SimulatedDevice.plug."""

    @property
    def played(self) -> bytes:
        """The samples that came out of the loudspeaker last."""
        with self.lock:
            return self._played

    def state(self) -> dict[str, Any]:
        """See SimulatedDevice.state, with the level meter's reading."""
        with self.lock:
            level = level_of(self._played)
            meter = {"rms_dbfs": round(level.rms_dbfs, 1), "peak_dbfs": round(level.peak_dbfs, 1)}
            return {**super().state(), "meter": meter, "sounds": self._sounds, "notes": self._notes}

    def routes(self, router: APIRouter) -> None:
        """`POST /microphone`."""

        @router.post("/microphone")
        def microphone(asked: MicrophoneAsked) -> dict[str, Any]:
            """What the microphone hears besides what is played."""
            with self.lock:
                self._tone = (asked.tone_hz, asked.amplitude)
            return self.state()

    def _welcome(self, listener: socket.socket) -> None:
        while not self._ending.is_set():
            try:
                run, _ = listener.accept()
            except TimeoutError:
                continue
            self._threads = [thread for thread in self._threads if thread.is_alive()]
            self._spawn(self._serve, run)

    def _spawn(self, work: Any, end: socket.socket) -> None:
        thread = threading.Thread(target=work, args=(end,), name="simulated audio", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _serve(self, run: socket.socket) -> None:
        # A stand-in that was killed leaves a socket that breaks at the next byte: that run is over.
        with run, contextlib.suppress(OSError):
            run.settimeout(0.1)
            program, arguments = self._head(run)
            playing = program == "aplay"
            if playing:
                self.operation()
            if complaint := self._complaint(playing):
                run.sendall(b"-" + _OPEN.format(program, complaint).encode())
                return
            if self.has("hangs"):
                self._hang(run)
                return
            run.sendall(b"+")
            if playing:
                self._play(run)
            else:
                self._record(run, arguments)

    def _head(self, run: socket.socket) -> tuple[str, list[str]]:
        head = b""
        while not head.endswith(b"\n") and len(head) < _HEAD_BYTES_MAX and not self._ending.is_set():
            with contextlib.suppress(TimeoutError):
                piece = run.recv(1)
                if not piece:
                    raise ConnectionError
                head += piece
        program, *arguments = head.decode().rstrip("\n").split("\0")
        return program, arguments

    def _complaint(self, playing: bool) -> str | None:
        if not playing and self.has("microphone_missing"):
            return _COMPLAINTS["unplugged"]
        return next((words for fault, words in _COMPLAINTS.items() if self.has(fault)), None)

    def _hang(self, run: socket.socket) -> None:
        while not self._ending.is_set():
            with contextlib.suppress(TimeoutError):
                if not run.recv(4096):
                    return

    def _play(self, run: socket.socket) -> None:
        samples = bytearray()
        while not self._ending.is_set():
            with contextlib.suppress(TimeoutError):
                piece = run.recv(4096)
                if not piece:
                    break
                samples += piece[: _SAMPLES_BYTES_MAX - len(samples)]
                if self.has("breaks_midway"):
                    return
        with self._room:
            self._played = b"" if self.has("muted") else bytes(samples)
            self._sounds += 1
            self._room.notify_all()
        run.sendall(b"+")

    def _record(self, run: socket.socket, arguments: list[str]) -> None:
        frames = int(next(one for one in arguments if one.startswith("--samples=")).partition("=")[2])
        rate_hz = int(arguments[arguments.index("-r") + 1])
        with self._room:
            before = self._sounds
            quiet = self._heard(frames, rate_hz, b"", 0)
        sent = min(frames, rate_hz // 100) * 2
        run.sendall(quiet[:sent])
        while True:
            with self._room:
                # A recording lasts as long as it is long, or until the sound it waited for has been played.
                over = self._room.wait_for(lambda: self._sounds != before or self._ending.is_set(), _PIECE_S)
                if over or sent >= frames * 2:
                    played = self._played if self._sounds != before else b""
                    heard = self._heard(frames, rate_hz, played, sent // 2) if played else quiet
                    self._notes += 1
                    break
            piece = quiet[sent : sent + round(_PIECE_S * rate_hz) * 2]
            run.sendall(piece)
            sent += len(piece)
        run.sendall(heard[sent:])

    def _heard(self, frames: int, rate_hz: int, played: bytes, past: int) -> bytes:
        if self.has("microphone_silent"):
            return bytes(frames * 2)
        return _mixed(frames, rate_hz, played, max(rate_hz // 10, min(past, frames - len(played) // 2)), *self._tone)


def _mixed(frames: int, rate_hz: int, heard: bytes, start: int, hertz: float, amplitude: float) -> bytes:
    """What the microphone hears: a tone all the time, and from a frame on half of what is played."""
    room = amplitude * np.sin(2 * np.pi * hertz * np.arange(frames) / rate_hz)
    sound = np.frombuffer(heard, "<i2").astype(np.float64) / 32768
    room[start : start + len(sound)] += 0.5 * sound[: max(0, frames - start)]
    return np.asarray(np.clip(room, -1, 1) * 32767, dtype="<i2").tobytes()
