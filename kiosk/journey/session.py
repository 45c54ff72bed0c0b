"""One person's visit as a value, and the facts of the terminal that it is judged by."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from kiosk.journey.bell import BellSeen, Panel
from kiosk.journey.draft import Draft
from kiosk.journey.effects import Effect
from kiosk.journey.filing import Filing
from kiosk.journey.item import AskedCase, DueItem, ItemCard
from kiosk.journey.people import Consent, Person, Proof, Way
from kiosk.journey.power import Power
from kiosk.journey.screens import Attract, Reason, Screen
from offline.bounds import Room


@dataclass(frozen=True)
class Limits:
    """The bounds of a visit; all of them settings."""

    idle_warning_s: float = 60.0
    idle_countdown_s: float = 30.0
    battery_idle_s: float = 30.0  # on battery the warning comes sooner everywhere
    done_idle_s: float = 45.0  # on done and results the warning comes sooner
    bell_idle_s: float = 300.0  # whoever waits for a person is not sent away meanwhile
    take_card_s: float = 8.0  # how long the last screen asks for the card when nobody can see whether it is gone
    face_tries: int = 3
    slip_copies: int = 3
    certificate_copies: int = 3  # of all certificates together, in one visit
    code_tries: int = 5
    scan_pages: int = 6
    voice_s: float = 30.0


@dataclass(frozen=True)
class Facts:
    """What is so outside the journey at the moment of an act; the caller makes it anew each time."""

    now: datetime  # UTC
    items: tuple[ItemCard, ...]
    face_ready: bool = True
    face_reason: Reason = Reason.NONE  # why not
    reader_ready: bool = True
    camera_ready: bool = True
    printer_ready: bool = True
    gives: tuple[str, ...] = ()  # devices by which something may be given: document_camera, face_camera, audio
    scanner_ready: bool = False  # few terminals have one
    documents_here: bool = False  # a printer for A4 stands here
    documents_ready: bool = False
    documents_at: str = ""  # where the nearest one stands, in the resident's words; empty where nobody said
    hub_near: bool = False  # the last sync or heartbeat went through
    power: Power = Power.MAINS
    room: Room = field(default_factory=Room)  # what the terminal can still take
    bell: BellSeen = field(default_factory=BellSeen)  # the terminal's own, whoever rang it
    helper_at: str = ""  # where the helper sits, in the resident's words
    phone: str = ""  # the line that slips name
    clock_sure: bool = True  # the agent's judgement of the clock; in doubt no date is shown as certain
    cabinet_open: bool = False  # somebody works inside; nothing is taken from whoever stands before it
    helpers_known: bool = True  # a signed list of this village is here
    limits: Limits = field(default_factory=Limits)
    consent_version: str = "2026-11"


@dataclass(frozen=True)
class IdleWarning:
    """您还在吗: shown over any screen; STILL_HERE (or any touch, card) takes it away."""

    seconds_left: int


@dataclass(frozen=True)
class Session:
    """A visit. A fresh one holds nothing personal; `number` only tells visits apart."""

    number: int = 1
    screen: Screen = field(default_factory=Attract)
    touches: int = 0
    started: str = ""  # RFC 3339 UTC of the first act
    card_on_reader: bool = False  # as far as known: many readers cannot see a card they have read
    card_sure: bool = False  # the reader itself says that the card still lies there
    unasked_card: str = field(default="", repr=False)  # the number of the card last laid where none was asked for
    resident: Person | None = None
    dues: tuple[DueItem, ...] | None = None
    asked: tuple[AskedCase, ...] = ()
    item: ItemCard | None = None
    consents: tuple[Consent, ...] = ()
    way: Way | None = None  # chosen on consent
    candidate: Person | None = None  # whose card was laid as a witness and is being checked
    proof: Proof | None = None
    face_tries_left: int | None = None  # of this visit; None before the first item
    code_tries: int = 0
    papers: int = 0  # how often a certificate was printed in this visit
    filing: Filing = field(default_factory=Filing)  # what was filled in of the item
    draft: Draft | None = None  # of this card holder, from before the power went; offered until something is begun
    idle_warning: IdleWarning | None = None
    bell: Panel = Panel.SHUT  # the bell's panel lies over the screen
    called: bool = False  # the bell was rung in this visit

    @property
    def another_card(self) -> bool:
        """Whether a card is known to lie there that is neither the resident's nor the witnessing helper's."""
        witness = self.proof.witness if self.proof is not None else None
        known = {person.number.upper() for person in (self.resident, witness) if person is not None}
        return bool(self.unasked_card and self.resident is not None) and self.unasked_card.upper() not in known


@dataclass(frozen=True)
class Step:
    """The next session and what is to be done about it, in order."""

    session: Session
    effects: tuple[Effect, ...] = ()
