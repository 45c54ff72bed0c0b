"""The camera and microphone behind a question, with played devices and doors turned by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from drivers.audio.meter import level_of
from drivers.audio.port import NOTE_RATE_HZ, Hears, Note, Sound, SoundedOut
from drivers.audio.wav import sound_of, wav_of
from drivers.camera.document.port import Glimpse, Page, Reason, Refused
from drivers.camera.document.straighten import Shape
from drivers.health import Cause, Health, State
from kiosk.doors import ManualDoor
from kiosk.face.result import Preview
from kiosk.journey.acts import Act, GiveSealed, GiveStood
from kiosk.journey.effects import Do, Give
from kiosk.journey.filing import Gift
from kiosk.journey.screens import GiveStage
from kiosk.services.giving_service import AWAY, FULL, GivingService, loudness
from kiosk.services.pictures import Pictures
from kiosk.services.roles import DeviceRoles
from kiosk.settings import DeviceSetting
from offline.pictures import PictureFolder
from offline.wire.attachment import open_attachment
from offline.wire.canonical import unb64
from tests.kiosk.journey.people import NOW

SHEET = ((10, 10), (90, 10), (90, 70), (10, 70))
TONE = (np.sin(np.arange(NOTE_RATE_HZ) / 8) * 9000).astype("<i2").tobytes()


def health(code: str, state: State = State.ready) -> Health:
    return Health(state, Cause.person, f"document_camera.{code}", f"document_camera.{code}.resident", "t", NOW)


class Played:
    """A document camera and a microphone in one; `page_is` is what the next page is."""

    def __init__(self) -> None:
        self.page_is: Page | Refused = Page(np.full((60, 40, 3), 200, np.uint8), Shape.a4, 150)
        self.blind = False
        self.stopped = 0

    def open(self) -> None:
        pass

    def glimpse(self, timeout_s: float) -> Glimpse | Health:
        if self.blind:
            return health("absent", State.absent)
        return Glimpse(np.zeros((80, 100, 3), np.uint8), SHEET)

    def page(self, shape: Shape, timeout_s: float) -> Page | Refused | Health:
        return health("absent", State.absent) if self.blind else self.page_is

    def record(self, seconds: float, hears: Hears) -> Note:
        for n in range(1, 1 + int(seconds)):
            if not hears(TONE, float(n)):
                break
        sound = Sound(TONE * n, NOTE_RATE_HZ)
        return Note(wav_of(sound), sound.seconds, level_of(TONE))

    def play(self, sound: Sound) -> SoundedOut:
        return SoundedOut(level_of(sound.samples), None)

    def stop(self) -> None:
        self.stopped += 1

    def health(self) -> Health:
        return health("ready")

    def close(self) -> None:
        pass


class Stand:
    def __init__(self, place: Path, most_bytes: int = 500_000) -> None:
        self.device, self.doors = Played(), {role: ManualDoor() for role in ("document_camera", "face_camera", "audio")}
        self.disk = ManualDoor()
        self.place = place
        self.told: list[Act] = []
        self.shown: list[Preview | None] = []
        setting = {role: DeviceSetting(role, "camera", None, "played://") for role in self.doors}
        self.roles = DeviceRoles(setting, self.doors, lambda _role, _ready: None, make=self._make)
        self.pictures = Pictures(self.roles["face_camera"], place, self.told.append, deadline_s=5)
        self.service = GivingService(
            self.roles,
            self.pictures,
            self.disk,
            self.told.append,
            self.shown.append,
            scan_pages=2,
            voice_s=3.0,
            most_bytes=most_bytes,
            together_bytes=most_bytes,
            deadline_s=5.0,
            ill=lambda _what, _error: None,
        )

    def _make(self, _: DeviceSetting) -> Any:
        return self.device

    def do(self, do: Do, kind: Gift = Gift.SCAN, key: str = "scan.bill", turns: int = 1) -> GiveStood:
        by = {Gift.VOICE: "audio"}.get(kind, "document_camera")
        self.service.do(Give(1, key, kind, do, by if do is Do.BEGIN else ""))
        for _ in range(turns):
            self.doors[by].turn()
        self.disk.turn_all()
        stood = [each for each in self.told if isinstance(each, GiveStood)]
        return stood[-1]

    def sealed(self) -> bytes:
        """What rests, opened."""
        given = next(each for each in reversed(self.told) if isinstance(each, GiveSealed)).given
        data = PictureFolder(self.place).read(given.sha256)
        assert data is not None
        return open_attachment(data, unb64(self.pictures.key(given.sha256), 32))


@pytest.fixture
def stand(tmp_path: Path) -> Stand:
    return Stand(tmp_path)


def test_a_paper_is_seen_live_taken_page_by_page_and_sealed_as_one_pdf(stand: Stand) -> None:
    aiming = stand.do(Do.BEGIN)
    assert (aiming.stage, aiming.found) == (GiveStage.AIMING, True)
    assert stand.shown[-1] is not None
    assert stand.do(Do.TAKE, turns=2).stage is GiveStage.SHOWN
    assert stand.do(Do.MORE).pages == 1
    assert stand.do(Do.TAKE, turns=2).pages == 2
    stand.do(Do.SEAL, turns=0)
    (sealed,) = [each for each in stand.told if isinstance(each, GiveSealed)]
    assert (sealed.key, sealed.given.kind, sealed.given.name, sealed.given.pages) == ("scan.bill", Gift.SCAN, "bill", 2)
    pdf = stand.sealed()
    assert pdf.startswith(b"%PDF-")
    assert b"/Count 2" in pdf


def test_a_page_that_is_refused_says_what_to_do_and_the_camera_goes_on(stand: Stand) -> None:
    good, stand.device.page_is = stand.device.page_is, Refused(Reason.glare, health("glare"))
    stand.do(Do.BEGIN)
    refused = stand.do(Do.TAKE, turns=2)
    assert (refused.stage, refused.text) == (GiveStage.AIMING, "document_camera.glare.resident")
    stand.device.page_is = good
    assert stand.do(Do.TAKE, turns=2).stage is GiveStage.SHOWN


def test_taking_again_forgets_the_last_page_and_too_many_pages_are_told(stand: Stand) -> None:
    stand.do(Do.BEGIN)
    stand.do(Do.TAKE, turns=2)
    assert stand.do(Do.AGAIN).pages == 0
    for _ in range(2):
        stand.do(Do.TAKE, turns=2)
        stand.do(Do.MORE)
    full = stand.do(Do.TAKE, turns=2)
    assert (full.stage, full.text, full.pages) == (GiveStage.SHOWN, FULL, 2)


def test_a_camera_that_sees_nothing_any_more_is_told_and_nothing_is_held(stand: Stand) -> None:
    stand.do(Do.BEGIN)
    stand.device.blind = True
    stand.do(Do.TAKE, turns=0)
    stand.doors["document_camera"].turn_all(8)
    told = [each for each in stand.told if isinstance(each, GiveStood)][-1]
    assert (told.stage, told.text) == (GiveStage.ASKED, "document_camera.absent.resident")
    assert not stand.service.remembers
    assert stand.shown[-1] is None


def test_leaving_the_question_closes_the_camera_and_says_nothing_more(stand: Stand) -> None:
    stand.do(Do.BEGIN)
    stand.service.stop()
    said = len(stand.told)
    stand.doors["document_camera"].turn_all()
    assert (len(stand.told), stand.service.remembers, stand.shown[-1]) == (said, False, None)


def test_what_is_sealed_after_she_has_left_is_deleted(stand: Stand) -> None:
    stand.do(Do.BEGIN)
    stand.do(Do.TAKE, turns=2)
    stand.service.do(Give(1, "scan.bill", Gift.SCAN, Do.SEAL))
    stand.service.stop()
    stand.disk.turn_all()
    assert not list(PictureFolder(stand.place).resting())


def test_a_voice_note_ends_at_a_touch_shows_how_loud_it_is_and_is_kept_as_it_was_heard(stand: Stand) -> None:
    stand.service.do(Give(1, "voice.said", Gift.VOICE, Do.BEGIN, "audio"))
    stand.service.do(Give(1, "voice.said", Gift.VOICE, Do.STOP))
    stand.doors["audio"].turn()
    stood = [each for each in stand.told if isinstance(each, GiveStood)]
    assert [each.stage for each in stood] == [GiveStage.RECORDING, GiveStage.SHOWN]
    assert stood[-1].seconds == 1.0
    stand.do(Do.SEAL, Gift.VOICE, "voice.said", turns=0)
    assert sound_of(stand.sealed()).samples == TONE
    assert loudness(TONE) > 0.5 > loudness(bytes(200))


def test_a_recording_that_plays_is_silenced_when_she_goes(stand: Stand) -> None:
    stand.do(Do.BEGIN, Gift.VOICE, "voice.said")
    stand.service.do(Give(1, "voice.said", Gift.VOICE, Do.LISTEN))
    stand.service.stop()
    assert stand.device.stopped == 1


def test_what_would_be_too_much_together_is_told_and_what_was_taken_stays(tmp_path: Path) -> None:
    stand = Stand(tmp_path, most_bytes=100_000)
    stand.do(Do.BEGIN, Gift.VOICE, "voice.said")
    assert [each.seconds for each in stand.told if isinstance(each, GiveStood)][-1] <= 2.0
    stand.do(Do.SEAL, Gift.VOICE, "voice.said", turns=0)
    assert stand.pictures.held_bytes <= 100_000
    stand.device.page_is = Page(np.random.default_rng(1).integers(0, 255, (300, 200, 3), np.uint8), Shape.a4, 150)
    stand.do(Do.BEGIN)
    assert stand.do(Do.TAKE, turns=2).text == FULL


def test_a_device_that_fails_is_told_as_lost_in_plain_words(stand: Stand) -> None:
    stand.device.glimpse = replace_with_trouble  # type: ignore[method-assign]
    assert stand.do(Do.BEGIN).text == AWAY


def replace_with_trouble(timeout_s: float) -> Glimpse | Health:
    raise OSError("gone")
