"""The services of one terminal, put together: runs the journey's effects, answers with acts, knows the facts."""

from __future__ import annotations

import logging
import shlex
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final, assert_never

from drivers.presence.bell import Bell, open_bell
from drivers.presence.presence import Grace
from drivers.presence.watch import Watch
from kiosk.doors import Deliver, Door, Ok, Result, ThreadDoor
from kiosk.face.check import FaceCheck
from kiosk.face.result import Preview
from kiosk.journey import effects as wanted
from kiosk.journey.acts import Act, CardLaid, DeviceBack, DeviceLost, PowerChanged
from kiosk.journey.effects import Effect
from kiosk.journey.item import ItemCard
from kiosk.journey.power import Power
from kiosk.journey.scanning import takes_code
from kiosk.journey.screens import Reason
from kiosk.journey.session import Facts, Limits, Session
from kiosk.services.asking import AnswerWatch, AskService
from kiosk.services.bell import BellService
from kiosk.services.card_watch import CardWatch
from kiosk.services.code_watch import CodeWatch
from kiosk.services.delivery_form import delivery_form
from kiosk.services.door_sensor import OPEN
from kiosk.services.drafts import DraftKeeper
from kiosk.services.face_service import Check, FaceService
from kiosk.services.giving_service import GivingService
from kiosk.services.hub_line import HubLine
from kiosk.services.lookup_service import LookupService
from kiosk.services.offer import items_of, themes_of
from kiosk.services.paper_service import PaperService
from kiosk.services.pictures import Pictures
from kiosk.services.power_watch import Patience, PowerWatch
from kiosk.services.presence_service import PresenceService
from kiosk.services.print_service import PrintService, settling_within
from kiosk.services.roles import DOOR, DeviceRoles, Make, Maker
from kiosk.services.slip_seals import SlipSeals
from kiosk.services.status_writer import StatusWriter
from kiosk.services.storage import Memory, Storage
from kiosk.settings import Settings
from kiosk.slips import Place
from offline.bounds import Bounds, Room
from offline.drafts import Drafts
from offline.keys import database_key
from offline.projection import Projection
from offline.pruning import Keeping
from offline.store import TerminalStore
from seeds.catalogue import Catalogue
from seeds.regions import Regions
from seeds.texts import Texts
from seeds.themes import Themes
from seeds.units import Units

log = logging.getLogger(__name__)

ROLES: Final = ("id_card", "receipt_printer", "face_camera")
DOCUMENTS: Final = "document_printer"
IN_VISITS: Final = (*ROLES, "code_scanner", "document_camera", "audio", DOCUMENTS)
"""Roles that may hold something of a resident."""
PRUNE_EVERY_S: Final = 3600.0
BESIDE: Final = ("storage", "hub", "rescan")
"""Doors that are not a device's."""
TICK_MS: Final = 100
"""How often `tick` is called; whatever waits longer than its last tick waits for the next."""
SLIP_EVERY_S: Final = 3.0
NEAR_EVERY_S: Final = 5.0


class Services:
    """Everything behind the screen. Call `tick` a few times a second from the screen's thread; nothing here waits.

    `tell` receives every act; `speak` a text id to say aloud; `preview` the camera's small picture or None. All of
    them are called on the thread that `deliver` brings results to, never from inside `run` of the same effect.
    """

    def __init__(
        self,
        settings: Settings,
        tell: Callable[[Act], None],
        *,
        doors: Mapping[str, Door],
        memory: Memory,
        texts: Texts,
        items: tuple[ItemCard, ...],
        region_name: str,
        face: Check,
        hub: HubLine,
        seals: SlipSeals,
        speak: Callable[[str], None] = lambda _: None,
        preview: Callable[[Preview | None], None] = lambda _: None,
        wiped: Callable[[int], None] = lambda _: None,
        bell: Bell | None = None,
        make: Make | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.settings = settings
        self.texts = texts
        self._tell = tell
        self._doors = doors
        self._items = items
        self._hub = hub
        self._speak = speak
        self._wiped = wiped
        self._now = now
        self._monotonic = monotonic
        self._hub_near = False
        self._helpers_known = False
        self._room = Room()
        self._clock_sure = False
        self._next: dict[str, float] = {}
        self._keeping = Keeping(
            settled=timedelta(days=settings.whole("outbox.keep_days")),
            unclaimed=timedelta(days=settings.whole("outbox.unclaimed_days")),
        )
        state_dir = settings.state_dir
        roles = roles_of(settings)
        devices = dict(settings.devices)
        slip_deadline_s = settings.number("slip.deadline_s")
        if "receipt_printer" in devices:
            devices["receipt_printer"] = settling_within(devices["receipt_printer"], slip_deadline_s)
        grace = Grace(settings.number("device.grace_s"), settings.whole("device.misses"))
        self.roles = DeviceRoles(
            devices,
            {role: doors[role] for role in roles},
            self._device_changed,
            make=make or Maker(),
            monotonic=monotonic,
            grace=grace,
            fresh_s=max(settings.number("device.health_fresh_s"), 3 * settings.number("device.health_s")),
        )
        self._presence = PresenceService(
            Watch(
                {role: each.link for role, each in devices.items()},
                grace=grace,
                rescan_s=settings.number("device.rescan_s"),
                bell=bell,
            ),
            doors["rescan"],
            self.roles,
            monotonic=monotonic,
            check_deadline_s=settings.number("card.deadline_s"),
            ill=_ill,
        )
        self.status = StatusWriter(state_dir, doors["storage"], self.roles.healths, now=now, ill=_ill)
        face_deadline_s = settings.number("face.deadline_s")
        self._pictures = Pictures(
            self.roles["face_camera"],
            state_dir,
            tell,
            deadline_s=face_deadline_s,
            most_bytes=Bounds.of(settings.number).attachment_max_bytes,
        )
        bounds = Bounds.of(settings.number)
        self._giving = GivingService(
            self.roles,
            self._pictures,
            doors["storage"],
            tell,
            preview,
            scan_pages=settings.whole("scan.pages"),
            voice_s=settings.number("voice.seconds"),
            most_bytes=bounds.attachment_max_bytes,
            together_bytes=settings.whole("attachment.together_kb") * 1024,
            deadline_s=settings.number("give.deadline_s"),
            ill=_ill,
        )
        self._storage = Storage(
            memory,
            doors["storage"],
            tell,
            items=lambda: self._items,
            region=settings.text("terminal.region"),
            now=now,
            deadline_s=settings.number("store.deadline_s"),
            picture_key=self._pictures.key,
            attest=seals.attest,
            ill=_ill,
        )
        self._drafts = DraftKeeper(
            Drafts(state_dir, database_key(state_dir), timedelta(minutes=settings.number("draft.minutes")), now=now),
            doors["storage"],
            tell,
            name_act=self._storage.name_act,
            is_kept=self._storage.is_kept,
            deadline_s=settings.number("store.deadline_s"),
            ill=_ill,
        )
        self._face = FaceService(
            self.roles["face_camera"], face, tell, preview, deadline_s=face_deadline_s, monotonic=monotonic
        )
        place = place_of(settings, region_name)
        self._printer = PrintService(
            self.roles["receipt_printer"],
            tell,
            self._storage.settle,
            lambda: place,
            texts,
            seal=seals.seal,
            now=now,
            clock_sure=lambda: self._clock_sure,
            deadline_s=slip_deadline_s,
            printed=self.status.printed,
        )
        self._papers = PaperService(
            hub,
            doors["hub"],
            self.roles[DOCUMENTS] if DOCUMENTS in devices else None,
            tell,
            now=now,
            fetch_s=settings.number("hub.deadline_s"),
            print_s=settings.number("certificate.print_s"),
        )
        self._lookup = LookupService(
            self._storage,
            hub,
            doors["hub"],
            tell,
            judge=seals.judge,
            items=lambda: self._items,
            deadline_s=settings.number("hub.deadline_s"),
        )
        self._asking = AskService(hub, doors["hub"], tell, deadline_s=settings.number("hub.deadline_s"), ill=_ill)
        self._bell = BellService(
            hub,
            doors["hub"],
            deadline_s=settings.number("bell.deadline_s"),
            poll_s=settings.number("bell.poll_s"),
            doubt_s=settings.number("bell.doubt_s"),
            forget_s=settings.number("bell.forget_s"),
            now=now,
            monotonic=monotonic,
            ill=_ill,
        )
        self._answers = AnswerWatch(
            self._storage.by_code,
            tell,
            wait_s=settings.number("answer.wait_s"),
            pay_wait_s=settings.number("answer.pay_wait_s"),
            certificate_wait_s=settings.number("certificate.wait_s"),
            monotonic=monotonic,
        )
        self._watch = CardWatch(
            self.roles["id_card"],
            self._card,
            poll_s=settings.number("card.poll_s"),
            deadline_s=settings.number("card.deadline_s"),
            monotonic=monotonic,
        )
        self._codes = None
        if "code_scanner" in devices:
            self._codes = CodeWatch(
                self.roles["code_scanner"],
                tell,
                poll_s=settings.number("scan.poll_s"),
                deadline_s=settings.number("scan.deadline_s"),
                monotonic=monotonic,
            )
        self._power = None
        if "ups" in devices:
            self._power = PowerWatch(
                self.roles["ups"],
                lambda power: tell(PowerChanged(power)),
                patience_of(settings),
                deadline_s=settings.number("power.deadline_s"),
                monotonic=monotonic,
            )
        self._cabinet = self.roles[DOOR] if DOOR in devices else None
        self._limits = limits_of(settings)

    @classmethod
    def open(
        cls,
        settings: Settings,
        tell: Callable[[Act], None],
        deliver: Deliver,
        *,
        speak: Callable[[str], None] = lambda _: None,
        preview: Callable[[Preview | None], None] = lambda _: None,
        wiped: Callable[[int], None] = lambda _: None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> Services:
        """The real thing: real doors, files and devices. Raises the rooms' troubles (files locked, bad texts)."""
        state_dir = settings.state_dir
        store = TerminalStore.open(state_dir, now, bounds=Bounds.of(settings.number))
        language, region = settings.text("terminal.language"), settings.text("terminal.region")
        packed = settings.text("terminal.catalogue")
        catalogue = Catalogue.load_packed(Path(packed)) if packed else Catalogue.load()
        themes = Themes.of_pack(catalogue) if packed else Themes.load(catalogue)
        texts = Texts.of_pack(catalogue, language) if packed else Texts.load(language, items=catalogue.items)
        regions = Regions.load()
        asked = delivery_form(Units.load(regions), region, texts)
        network_file = settings.text("demo.network_file")
        models = settings.text("face.models_dir")
        decoder = tuple(shlex.split(settings.text("face.decoder"))) or None
        return cls(
            settings,
            tell,
            doors={name: ThreadDoor(name, deliver) for name in (*roles_of(settings), *BESIDE)},
            memory=Memory(store, Projection.open(state_dir)),
            texts=texts,
            items=(*themes_of(themes, region, language, asked), *items_of(catalogue, region, language, asked)),
            region_name=regions.name_of(region),
            face=FaceCheck.on_terminal(Path(models) if models else state_dir / "models", decoder),
            hub=HubLine(
                settings.text("hub.url"),
                state_dir,
                deadline_s=settings.number("hub.deadline_s"),
                ca_file=Path(settings.text("hub.ca_file")) if settings.text("hub.ca_file") else None,
                cut=lambda: bool(network_file) and Path(network_file).exists(),
                now=now,
            ),
            seals=SlipSeals.open(state_dir),
            speak=speak,
            preview=preview,
            wiped=wiped,
            bell=open_bell(),
            now=now,
        )

    def facts(self) -> Facts:
        """How things stand now."""
        reason = self._face.unavailable()
        if reason is Reason.NONE and not self.settings.text("face.decoder"):
            reason = Reason.FACE_NO_DECODER  # said before anyone chooses it, not after
        return Facts(
            now=self._now(),
            items=self._items,
            face_ready=reason is Reason.NONE,
            face_reason=reason,
            reader_ready=self.roles["id_card"].ready,
            camera_ready=self.roles["face_camera"].ready,
            printer_ready=self.roles["receipt_printer"].ready,
            gives=self._giving.ready(tuple(self.settings.devices)),
            scanner_ready=self._codes is not None and self.roles["code_scanner"].ready,
            documents_here=DOCUMENTS in self.settings.devices,
            documents_ready=DOCUMENTS in self.settings.devices and self.roles[DOCUMENTS].ready,
            documents_at=self.settings.text("certificate.printer_at"),
            hub_near=self._hub_near,
            helpers_known=self._helpers_known,
            room=self._room,
            bell=self._bell.seen,
            helper_at=self.settings.text("terminal.helper_at"),
            phone=self.settings.text("terminal.phone"),
            clock_sure=self._clock_sure,
            cabinet_open=self._cabinet is not None and self._cabinet.health.code == OPEN,
            power=Power.MAINS if self._power is None else self._power.power,
            limits=self._limits,
        )

    def run(self, effect: Effect) -> None:
        """Does what the journey wants; answers come later through `tell`."""
        match effect:
            case wanted.ReadCard():
                self._watch.read_again()
            case wanted.FindAsked():
                self._asking.asked(effect)
            case wanted.FindDues():
                self._storage.dues(effect)
            case wanted.FindDraft():
                self._drafts.find(effect)
            case wanted.StartFace():
                self._face.start(effect.session, effect.photo)
            case wanted.StopFace():
                self._face.stop()
            case wanted.TakePicture():
                self._pictures.take(effect.session, effect.photo)
            case wanted.DropPicture():
                self._pictures.drop(effect.sha256)
            case wanted.Give():
                self._giving.do(effect)
            case wanted.StopGiving():
                self._giving.stop()
            case wanted.KeepSupplement():
                self._storage.supplement(effect)
            case wanted.KeepReview():
                self._storage.review(effect)
            case wanted.KeepWithdrawal():
                self._storage.withdraw(effect)
            case wanted.CheckHelper():
                self._storage.helper(effect)
            case wanted.KeepEvent():
                self._storage.keep(effect)
            case wanted.RingBell():
                self._bell.ring(effect.screen)
            case wanted.AskHub():
                self._asking.ask(effect)
            case wanted.AwaitAnswer():
                self._answers.follow(effect)
            case wanted.KeepRating():
                self._storage.rate(effect)
            case wanted.PrintSlip():
                self._answers.forget()
                self._printer.print(effect)
            case wanted.PrintCertificate():
                self._papers.print(effect)
            case wanted.LookUpCode():
                self._lookup.by_code(effect)
            case wanted.LookUpCard():
                self._lookup.by_card(effect)
            case wanted.Say():
                self._speak(effect.text)
            case wanted.Flush():
                self._storage.flush()
                self.status.write()
            case wanted.Wipe():
                self._face.stop()
                self._giving.stop()
                self._pictures.forget()
                self._storage.forget()
                self._answers.forget()
                if not effect.draft_stays:
                    self._drafts.over(effect.session)
                self._printer.forget()
                self._papers.forget()
                if self._codes is not None:
                    self._codes.over()
                self._wiped(effect.session)
            case _:
                assert_never(effect)

    def saw(self, session: Session) -> None:
        """A session as it stands after an act: written down; a scanner searches only while a code is of use."""
        self._drafts.saw(session)
        if self._codes is not None:
            self._codes.want(takes_code(session.screen))

    def tick(self) -> None:
        """Looks for a card and a code and, now and then, at devices, helpers, hub and status."""
        self._watch.tick()
        if self._codes is not None:
            self._codes.tick()
        self._answers.tick()
        self._bell.tick()
        self._giving.tick()
        self._presence.tick()
        self.roles.age()
        if self._due("doubtful", self.settings.number("device.rescan_s")):
            self.roles.check(self.settings.number("card.deadline_s"), doubtful=True)
        if self._due("slip", SLIP_EVERY_S):
            self._printer.follow()
        if self._power is not None:
            self._power.tick()
        if self._cabinet is not None and self._due("cabinet", self.settings.number("door.poll_s")):
            self._cabinet.check(self.settings.number("door.deadline_s"))
        if self._due("health", self.settings.number("device.health_s")):
            self.roles.check(self.settings.number("card.deadline_s"))
        if self._due("near", NEAR_EVERY_S):
            self._doors["hub"].ask(self._hub.near, self._near)
            self._storage.helpers_known(self._helpers)
            self._storage.condition(self._condition)
            self._drafts.expire()
        if self._due("prune", PRUNE_EVERY_S):
            self._storage.prune(self._keeping)
        if self._due("status", self.settings.number("status.write_s")):
            self.status.write()

    @property
    def quiet(self) -> bool:
        """Whether nothing is being asked of a file, the hub or any device that a visit uses."""
        return not any(self._doors[name].busy for name in (*IN_VISITS, *BESIDE) if name in self._doors)

    @property
    def remembers_face(self) -> bool:
        """Whether anything of a face is still held."""
        return self._face.remembers

    @property
    def remembers_given(self) -> bool:
        """Whether a scan, photo or voice note is still held."""
        return self._giving.remembers

    def close(self) -> None:
        """Lets go of everything; what was asked of the storage before is still done."""
        self._face.stop()
        self._giving.stop()
        self._presence.close()
        self.roles.close()
        self._storage.close()
        for name in ("storage", "hub"):
            self._doors[name].close()
        self._hub.close()

    def _card(self, act: Act) -> None:
        if isinstance(act, CardLaid):
            self.status.card()
        self._tell(act)

    def _device_changed(self, role: str, ready: bool) -> None:
        if not ready and role == "id_card":
            self._watch.pause(self.settings.number("device.reopen_s"))
        if not ready and role == "code_scanner" and self._codes is not None:
            self._codes.pause(self.settings.number("device.reopen_s"))
        self._tell(DeviceBack(role) if ready else DeviceLost(role))

    def _near(self, result: Result[bool]) -> None:
        self._hub_near = isinstance(result, Ok) and result.value

    def _helpers(self, known: bool) -> None:
        self._helpers_known = known

    def _condition(self, room: Room, clock_sure: bool) -> None:
        self._room, self._clock_sure = room, clock_sure

    def _due(self, what: str, every_s: float) -> bool:
        now = self._monotonic()
        if now < self._next.get(what, 0.0):
            return False
        self._next[what] = now + every_s
        return True


def roles_of(settings: Settings) -> tuple[str, ...]:
    """The roles of this terminal: those it must have, and whatever else is set.

    One that has none of the others misses nothing; one that has them is asked how they are, also those that no journey
    uses yet, for the operator sees all that stands in the hall.
    """
    return (*ROLES, *(role for role in settings.devices if role not in ROLES))


def limits_of(settings: Settings) -> Limits:
    """The bounds of a visit from the settings."""
    return Limits(
        idle_warning_s=settings.number("idle.warning_s"),
        idle_countdown_s=settings.number("idle.countdown_s"),
        battery_idle_s=settings.number("idle.battery_s"),
        done_idle_s=settings.number("idle.done_s"),
        bell_idle_s=settings.number("idle.bell_s"),
        take_card_s=settings.number("idle.take_card_s"),
        face_tries=settings.whole("face.tries"),
        slip_copies=settings.whole("slip.copies"),
        certificate_copies=settings.whole("certificate.copies"),
        code_tries=settings.whole("code.tries"),
        scan_pages=settings.whole("scan.pages"),
        voice_s=settings.number("voice.seconds"),
    )


def patience_of(settings: Settings) -> Patience:
    """How soon the power is believed to be out or back, from the settings."""
    return Patience(
        poll_s=settings.number("power.poll_s"),
        cut_s=settings.number("power.cut_s"),
        back_s=settings.number("power.back_s"),
        silent_s=settings.number("power.silent_s"),
    )


def place_of(settings: Settings, region_name: str) -> Place:
    """What every slip of this terminal says of its place."""
    printer = settings.devices.get("receipt_printer")
    width = printer.options.get("paper_width_mm", 80) if printer is not None else 80
    return Place(
        terminal_name=settings.text("terminal.name"),
        region_name=region_name,
        hub_url=settings.text("hub.public_url") or settings.text("hub.url"),
        phone=settings.text("terminal.phone"),
        paper_width_mm=int(width),
        sandbox=settings.flag("terminal.sandbox"),
    )


def _ill(what: str, error: Exception) -> None:
    """A failure that the resident is told in her words is told here in the technician's, without personal data."""
    log.error("%s: %s", what, type(error).__name__)
