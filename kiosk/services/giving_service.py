"""Scans, photos and voice notes for a journey: live on the screen, taken when she says so, sealed when she is content.

What was taken lies in memory until it is sealed and is forgotten with the question. Each device works behind its own
door; a run that was stopped says nothing any more.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np

from drivers.audio.meter import level_of
from drivers.audio.port import Note, NotSounded, Sound
from drivers.audio.wav import sound_of
from drivers.camera.cv import cv2
from drivers.camera.document.port import Glimpse, Page, Refused
from drivers.camera.document.sheaf import Full, Sheaf
from drivers.camera.document.straighten import Shape
from drivers.camera.lens import covered
from drivers.camera.port import Frame, Pixels
from drivers.health import Health
from kiosk.doors import Door, Err, Ok, Result
from kiosk.face.result import Preview
from kiosk.journey.acts import Act, GiveSealed, GiveStood
from kiosk.journey.effects import Do, Give
from kiosk.journey.filing import Gift, Given
from kiosk.journey.giving import WAYS
from kiosk.journey.screens import GiveStage
from kiosk.services.pictures import Pictures, TooLarge, small_jpeg
from kiosk.services.roles import DeviceRoles, Slot

ROLES: Final = tuple(dict.fromkeys(role for roles in WAYS.values() for role in roles))
"""Every device by which something can be given."""
LOOK_S: Final = 2.0
BLIND_MOST: Final = 4  # looks in a row that saw nothing: then the camera is away
SCREEN_WIDTH: Final = 720
GREEN: Final = (80, 160, 30)  # BGR
SLACK_BYTES: Final = 64 * 1024  # of sealing and of the PDF's own words
LEVEL_LEAST_DBFS: Final = -50.0
FAILED: Final = "journey.give.failed"
FULL: Final = "journey.give.full"
SILENT: Final = "journey.give.silent"
AWAY: Final = "journey.give.lost"

Look = Callable[[Preview | None], None]


@dataclass
class _Run:
    """One question: what its device is at, and what was taken."""

    session: int
    key: str
    kind: Gift
    by: str
    slot: Slot
    sheaf: Sheaf
    stage: GiveStage = GiveStage.OPENING
    take: bool = False  # the finger was on it; the next look takes
    blind: int = 0
    jpeg: bytes = b""
    note: Note | None = None
    sealed: Given | None = None


class GivingService:
    """Runs one question at a time."""

    def __init__(
        self,
        roles: DeviceRoles,
        pictures: Pictures,
        disk: Door,
        tell: Callable[[Act], None],
        preview: Look,
        *,
        scan_pages: int,
        voice_s: float,
        most_bytes: int,
        together_bytes: int,
        deadline_s: float,
        ill: Callable[[str, Exception], None],
    ) -> None:
        self._roles = roles
        self._pictures = pictures
        self._disk = disk
        self._tell = tell
        self._preview = preview
        self._scan_pages = scan_pages
        self._voice_s = voice_s
        self._most_bytes = most_bytes
        self._together_bytes = together_bytes
        self._deadline_s = deadline_s
        self._ill = ill
        self._run: _Run | None = None
        self._hush = threading.Event()

    def ready(self, roles: tuple[str, ...]) -> tuple[str, ...]:
        """Which of these devices can be counted on now."""
        return tuple(role for role in ROLES if role in roles and self._roles[role].ready)

    @property
    def remembers(self) -> bool:
        """Whether anything that was taken is still held."""
        return self._run is not None

    def do(self, effect: Give) -> None:
        """→ GiveStood…, GiveSealed."""
        if effect.kind is Gift.SIGNATURE:
            self._sign(effect)
            return
        run = self._run
        if effect.do is Do.BEGIN:
            self.stop()
            slot = self._roles[effect.by]
            sheaf = Sheaf(pages_max=self._scan_pages, bytes_max=max(0, self._room() - SLACK_BYTES))
            run = self._run = _Run(effect.session, effect.key, effect.kind, effect.by, slot, sheaf)
            self._begin(run)
            return
        if run is None or run.key != effect.key:
            return
        match effect.do:
            case Do.TAKE:
                run.stage, run.take = GiveStage.TAKING, True
            case Do.STOP:
                self._hush.set()
            case Do.LISTEN if run.note is not None:
                self._listen(run, run.note)
            case Do.AGAIN:
                if run.kind is Gift.VOICE:
                    run.slot.interrupt()
                run.sheaf.drop_last()
                run.jpeg, run.note, run.sealed = b"", None, None
                self._begin(run)
            case Do.MORE:
                run.sealed = None
                self._begin(run)
            case Do.SEAL:
                self._seal(run)
            case _:
                return

    def stop(self) -> None:
        """Closes the device and forgets what was not sealed; harmless when nothing runs."""
        run, self._run = self._run, None
        if run is None:
            return
        self._hush.set()
        run.sheaf.clear()
        if run.kind is Gift.VOICE:
            run.slot.interrupt()
        run.slot.release()
        self._preview(None)

    def _room(self) -> int:
        """How many bytes the next thing may take: alone, and with what is sealed already for the same act."""
        return min(self._most_bytes, self._together_bytes - self._pictures.held_bytes)

    def _begin(self, run: _Run) -> None:
        run.stage, run.take, run.blind = GiveStage.OPENING, False, 0
        if run.kind is Gift.VOICE:
            self._record(run)
        else:
            self._look(run)

    def _told(self, run: _Run, stage: GiveStage, text: str = "", **said: Any) -> None:
        run.stage = stage
        seconds = 0.0 if run.note is None else run.note.seconds
        stood = GiveStood(run.session, run.key, stage, text, pages=len(run.sheaf), seconds=seconds)
        self._tell(replace(stood, **said))

    def _away(self, run: _Run, text: str) -> None:
        """The device cannot be used: what was taken before is gone with it."""
        if self._run is run:
            self._told(run, GiveStage.ASKED, text, pages=0)
            self.stop()

    # cameras

    def _look(self, run: _Run) -> None:
        def seen(result: Result[Any]) -> None:
            if self._run is run:
                self._seen(run, result)

        work = self._page if run.take and run.kind is Gift.SCAN else self._glimpse
        run.slot.use(lambda camera: work(run, camera), seen, deadline_s=self._deadline_s)

    def _glimpse(self, run: _Run, camera: Any) -> Any:
        return camera.glimpse(LOOK_S) if run.by == "document_camera" else camera.grab(LOOK_S)

    def _page(self, run: _Run, camera: Any) -> Page | Refused | Health:
        """A sheet, or a card where it is too small or narrow for one."""
        got: Page | Refused | Health = camera.page(Shape.a4, LOOK_S)
        if isinstance(got, Refused) and got.reason in ("too_small", "wrong_shape"):
            card: Page | Refused | Health = camera.page(Shape.card, LOOK_S)
            return card if isinstance(card, Page) else got
        return got

    def _seen(self, run: _Run, result: Result[Any]) -> None:
        match result:
            case Ok(Glimpse(pixels, corners)):
                self._live(run, pixels, corners)
            case Ok(Frame(pixels=pixels)) if not covered(pixels):
                self._live(run, np.ascontiguousarray(pixels[:, ::-1]) if not run.take else pixels, ())
            case Ok(Page() as page):
                self._page_taken(run, page)
            case Ok(Refused(health=health)):
                run.take = False
                self._told(run, GiveStage.AIMING, health.resident)
                self._look(run)
            case Ok(Health() as health) if run.blind < BLIND_MOST:
                run.blind += 1
                self._look(run)
            case Ok(Health() as health):
                run.slot.know(health)
                self._away(run, health.resident)
            case Ok():  # a covered lens
                self._told(run, GiveStage.AIMING, "document_camera.covered.resident")
                self._look(run)
            case _:
                self._away(run, AWAY)

    def _live(self, run: _Run, pixels: Pixels, corners: tuple[tuple[int, int], ...]) -> None:
        run.blind = 0
        if run.take and run.kind is Gift.PHOTO:
            run.take, run.jpeg = False, small_jpeg(pixels, self._room() - SLACK_BYTES)
            self._show(pixels)
            self._told(run, GiveStage.SHOWN if run.jpeg else GiveStage.AIMING, "" if run.jpeg else FULL)
            if not run.jpeg:
                self._look(run)
            return
        self._show(pixels, corners)
        if run.stage in (GiveStage.OPENING, GiveStage.AIMING):
            self._told(run, GiveStage.AIMING, found=bool(corners))
        self._look(run)

    def _page_taken(self, run: _Run, page: Page) -> None:
        run.take = False
        match run.sheaf.add(page):
            case None:
                self._show(page.pixels)
                self._told(run, GiveStage.SHOWN)
            case Full():
                stage = GiveStage.SHOWN if len(run.sheaf) else GiveStage.AIMING
                self._told(run, stage, FULL)
                if stage is GiveStage.AIMING:
                    self._look(run)

    def _show(self, pixels: Pixels, corners: tuple[tuple[int, int], ...] = ()) -> None:
        scale = min(1.0, SCREEN_WIDTH / max(pixels.shape[:2]))
        small = np.asarray(cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
        if corners:
            edge = np.rint(np.asarray(corners, np.float64) * scale).astype(np.int32)
            cv2.polylines(small, [edge.reshape(-1, 1, 2)], True, GREEN, 6, cv2.LINE_AA)
        rgb = np.ascontiguousarray(small[:, :, ::-1])
        self._preview(Preview(rgb.shape[1], rgb.shape[0], rgb.tobytes()))

    # microphone

    def _record(self, run: _Run) -> None:
        self._hush = hush = threading.Event()
        most_s = min(self._voice_s, (self._room() - SLACK_BYTES) / 32_000)
        heard: list[tuple[float, float]] = []

        def hears(samples: bytes, seconds: float) -> bool:
            heard.append((seconds, loudness(samples)))
            return not hush.is_set()

        def ended(result: Result[Note | Health]) -> None:
            if self._run is not run:
                return
            match result:
                case Ok(Note() as note):
                    run.note = note
                    self._told(run, GiveStage.SHOWN)
                case Ok(Health() as health):
                    silent = health.code.endswith(".microphone_silent")
                    self._away(run, SILENT if silent else health.resident)
                case _:
                    self._away(run, AWAY)

        self._heard = heard
        run.slot.use(lambda audio: audio.record(most_s, hears), ended, deadline_s=most_s + self._deadline_s)
        self._told(run, GiveStage.RECORDING)

    def tick(self) -> None:
        """What the microphone has heard since, for the meter; called a few times a second."""
        run = self._run
        if run is None or run.stage is not GiveStage.RECORDING:
            return
        newest, self._heard[:] = self._heard[-1:], []
        for seconds, level in newest:
            self._told(run, GiveStage.RECORDING, seconds=seconds, level=level)

    def _listen(self, run: _Run, note: Note) -> None:
        def played(result: Result[object]) -> None:
            if self._run is run and run.stage is GiveStage.LISTENING:
                well = isinstance(result, Ok) and not isinstance(result.value, NotSounded)
                self._told(run, GiveStage.SHOWN, "" if well else "journey.give.not_played")

        run.stage = GiveStage.LISTENING
        sound: Sound = sound_of(note.wav)
        run.slot.use(lambda audio: audio.play(sound), played, deadline_s=note.seconds + self._deadline_s)

    # what she is content with

    def _seal(self, run: _Run) -> None:
        if run.sealed is not None:  # asked again: keeping it did not succeed
            self._tell(GiveSealed(run.session, run.key, run.sealed))
            return
        run.stage = GiveStage.SEALING
        plain, name = self._plain(run), run.key.partition(".")[2]
        if not plain:
            self._away(run, FAILED)
            return
        pages, note = len(run.sheaf), run.note

        def done(result: Result[str]) -> None:
            match result:
                case Ok(sha256) if self._run is run:
                    seconds = 0 if note is None else round(note.seconds)
                    run.sealed = Given(run.kind, name, sha256, pages, seconds)
                    self._tell(GiveSealed(run.session, run.key, run.sealed))
                case Ok(sha256):
                    self._pictures.drop(sha256)
                case Err(error):
                    self._ill("give", error)
                    if self._run is run:
                        self._told(run, GiveStage.SHOWN, FULL if isinstance(error, TooLarge) else FAILED)

        self._disk.ask(lambda: self._pictures.lay(plain, self._room()), done)

    def _sign(self, effect: Give) -> None:
        """A signature is in the journey's hands until it is sealed; no device has to be opened for it."""

        def done(result: Result[str]) -> None:
            match result:
                case Ok(sha256):
                    given = Given(effect.kind, effect.key.partition(".")[2], sha256)
                    self._tell(GiveSealed(effect.session, effect.key, given))
                case Err(error):
                    self._ill("sign", error)
                    self._tell(GiveStood(effect.session, effect.key, GiveStage.SIGNING, FAILED))

        plain = json.dumps({"strokes": effect.strokes}, separators=(",", ":")).encode()
        self._disk.ask(lambda: self._pictures.lay(plain, self._room()), done)

    def _plain(self, run: _Run) -> bytes:
        match run.kind:
            case Gift.SCAN:
                return run.sheaf.pdf() if len(run.sheaf) else b""
            case Gift.PHOTO:
                return run.jpeg
            case Gift.VOICE:
                return b"" if run.note is None else run.note.wav
            case _:
                return b""


def loudness(samples: bytes) -> float:
    """How loud samples are for a meter: 0 a quiet room, 1 the loudest there is."""
    return max(0.0, min(1.0, 1.0 - level_of(samples).peak_dbfs / LEVEL_LEAST_DBFS))
