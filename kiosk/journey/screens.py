"""The screens, one frozen value each: all that a view needs to paint, and nothing it must work out.

Texts are ids of `seeds.texts`, except fields named `…name`, `…text`, `guide` and the masks, which are ready to show.
`Reason` values are text ids themselves (seeds/texts/kiosk_journey.yaml).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from kiosk.journey.buttons import Button
from kiosk.journey.claim import Answered, ClaimView, FoundRow, Further, Payable, Stage
from kiosk.journey.course import Filled, Kind, Stop
from kiosk.journey.filing import Acting, PaperFrom, Strokes
from kiosk.journey.item import AskedCase, DueItem, FieldCard, ItemCard, PaperCard
from kiosk.journey.people import Way


class Reason(StrEnum):
    """Why something is as it is, in the resident's words; each value is a text id."""

    NONE = ""
    # the face check is not offered, or ended
    FACE_NO_MODEL = "journey.face.no_model"
    FACE_NO_DECODER = "journey.face.no_decoder"
    FACE_NO_CAMERA = "journey.face.no_camera"
    FACE_CAMERA_BACK = "journey.face.camera_back"
    FACE_COVERED = "journey.face.covered"
    FACE_NO_PHOTO = "journey.face.no_photo"
    FACE_NOT_ALIKE = "journey.face.not_alike"
    FACE_NOT_LIVE = "journey.face.not_live"
    FACE_NO_TRIES = "journey.face.no_tries"
    FACE_TOO_LONG = "journey.face.too_long"
    # cards
    CARD_UNREADABLE = "journey.card.unreadable"
    CARD_PULLED = "journey.card.pulled"
    READER_LOST = "journey.card.reader_lost"
    ANOTHER_CARD = "journey.card.another"
    # typing
    NUMBER_WRONG = "journey.typing.number_wrong"
    CODE_WRONG = "journey.typing.code_wrong"
    # what is filled in
    FILL_NUMBER = "journey.fill.number"
    FILL_PHONE = "journey.fill.phone"
    FILL_DATE = "journey.fill.date"
    FILL_LENGTH = "journey.fill.length"
    USCC_DOUBT = "journey.fill.uscc"
    KIN_IS_SELF = "journey.fill.kin_is_self"
    NOTHING_OFFERED = "journey.fill.nothing_offered"
    # witness
    WITNESS_NOT_LISTED = "journey.witness.not_listed"
    WITNESS_IS_SELF = "journey.witness.is_self"
    WITNESS_NO_LIST = "journey.witness.no_list"
    # later check
    PICTURE_FAILED = "journey.picture.failed"
    PICTURE_TOO_LARGE = "journey.picture.too_large"
    # items
    NEEDS_HUB = "journey.item.needs_hub"
    NO_WAY = "journey.item.no_way"
    NOTHING_WANTED = "journey.item.nothing_wanted"
    # the terminal's bounds: what it cannot take now
    ROOM_QUEUE = "journey.room.queue"
    ROOM_DISK = "journey.room.disk"
    ROOM_AGE = "journey.room.age"
    ROOM_SHUT = "journey.room.shut"
    # keeping and looking up
    DISK_FULL = "journey.keep.disk_full"
    KEEP_FAILED = "journey.keep.failed"
    KEEP_IN_DOUBT = "journey.keep.in_doubt"
    NOT_FOUND_HERE = "journey.lookup.not_found_here"
    NOT_FOUND = "journey.lookup.not_found"
    HUB_AWAY = "journey.lookup.hub_away"
    LOOKUP_FAILED = "journey.lookup.failed"
    TOO_MANY_TRIES = "journey.lookup.too_many"
    SLIP_FORGED = "journey.scan.forged"
    CODE_FOREIGN = "journey.scan.foreign"
    CODE_UNREADABLE = "journey.scan.unreadable"


class Whose(StrEnum):
    """Whose fault it is."""

    ENVIRONMENT = "environment"
    DEVICE = "device"
    PERSON = "person"
    US = "us"


class Paper(StrEnum):
    """What became of a slip: "printed" means the printer said so."""

    WAITING = "waiting"
    PRINTED = "printed"
    NOT_PRINTED = "not_printed"
    UNKNOWN = "unknown"  # the printer cannot say: look whether a slip came out


@dataclass(frozen=True)
class CertificateOut:
    """What became of printing a certificate; `text` is a text id of the reason where it was not printed."""

    paper: Paper
    text: str = ""


@dataclass(frozen=True)
class Attract:
    """Nobody is here. `card_left`: a card still lies on the reader and is to be taken back."""

    card_left: bool = False


@dataclass(frozen=True)
class Home:
    """What one can do: 您的事 first once a card was laid, the big few, then all (`show_all`)."""

    known: bool = False  # a card was laid
    finding: bool = False  # dues are being looked for
    asked: tuple[AskedCase, ...] = ()  # what waits for this person at the hub
    mine: tuple[DueItem, ...] = ()
    cut_short: ItemCard | None = None  # of this card holder: begun when the power went
    slips_waiting: int = 0  # of this card holder: acts kept here whose slip nobody is known to hold
    big: tuple[ItemCard, ...] = ()
    all: tuple[ItemCard, ...] = ()
    show_all: bool = False
    masked_name: str = field(default="", repr=False)
    reason: Reason = Reason.NONE  # e.g. the card laid could not be read


@dataclass(frozen=True)
class Guide:
    """What the item is and needs; `blocked` says beforehand why it cannot be done now (no 开始 then)."""

    item: ItemCard
    blocked: Reason = Reason.NONE
    will_be_kept: bool = False  # the hub is out of reach: it is kept here and sent later


@dataclass(frozen=True)
class Consent:
    """Ways of equal size: AGREE_FACE, WITNESS, LATER_CHECK; a way not offered keeps its place and says why.

    Where the card alone is enough (`card`), nothing more is asked for: AGREE_CARD.
    """

    item: ItemCard
    face: bool
    face_reason: Reason
    witness: bool
    later: bool
    masked_name: str = field(default="", repr=False)
    card: bool = False


class CardFor(StrEnum):
    """What a card is asked for."""

    IDENTITY = "identity"
    LOOKUP = "lookup"


@dataclass(frozen=True)
class CardWanted:
    """Lay the card; `reading` while one lies there. TYPE_NUMBER where `typing` is offered."""

    purpose: CardFor
    reading: bool = False
    typing: bool = True
    reason: Reason = Reason.NONE


class TypingFor(StrEnum):
    """What the number pad is asked for."""

    NUMBER = "number"
    CODE = "code"


@dataclass(frozen=True)
class Typing:
    """The number pad: `shown` is grouped for reading; X is offered for a number only."""

    purpose: TypingFor
    text: str = field(default="", repr=False)
    shown: str = field(default="", repr=False)
    most: int = 18
    complete: bool = False  # ENTER may be touched
    reason: Reason = Reason.NONE


class FaceStage(StrEnum):
    """Where the face check stands."""

    OPENING = "opening"
    LOOKING = "looking"
    TURNING = "turning"
    COMPARING = "comparing"
    FAILED = "failed"  # RETRY while tries_left > 0, else the other ways
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True)
class Face:
    """Progress of the check; the other ways (WITNESS, LATER_CHECK) stay on this screen all the time."""

    stage: FaceStage
    prompt: str = ""  # text id of what the person is asked to do, e.g. face.prompt.turn_left
    progress: float = 0.0  # 0 … 1
    tries_left: int = 0
    reason: Reason = Reason.NONE
    witness: bool = True
    later: bool = True


@dataclass(frozen=True)
class LaterCheck:
    """Separate consent for a sealed picture that a clerk looks at later; then one picture is taken."""

    agreed: bool = False  # the camera is taking it
    reason: Reason = Reason.NONE
    witness: bool = True


@dataclass(frozen=True)
class Witness:
    """The helper lays their own card. `lift_first`: the resident's card must be taken off first."""

    lift_first: bool = False
    checking: bool = False
    reason: Reason = Reason.NONE
    later: bool = True


@dataclass(frozen=True)
class Offer:
    """One answer to touch. `text` and `detail` are text ids; one that is not `open` keeps its place."""

    value: str
    text: str = ""
    name: str = field(default="", repr=False)
    detail: str = ""
    detail_text: str = field(default="", repr=False)
    open: bool = True
    chosen: bool = False


@dataclass(frozen=True)
class Asked:
    """One question of an item, answered by touching an answer (CHOOSE); SKIP where it need not be answered."""

    item: ItemCard
    stop: Stop
    offers: tuple[Offer, ...] = field(repr=False)
    ask_text: str = ""  # empty: the kind of stop says it
    hint_text: str = ""
    paper: PaperCard | None = None
    bring_by: str = ""  # YYYY-MM-DD: by when a promised paper is to be brought
    optional: bool = False
    editing: bool = False  # reached from confirm, and goes back there


@dataclass(frozen=True)
class Filling:
    """One question of an item, answered on the number pad (DIGIT, ERASE, ENTER)."""

    item: ItemCard
    stop: Stop
    text: str = field(default="", repr=False)
    shown: str = field(default="", repr=False)
    most: int = 18
    complete: bool = False
    reason: Reason = Reason.NONE
    optional: bool = False
    editing: bool = False
    of: FieldCard | None = None  # None: a person's number, or an organisation's code

    @property
    def of_organisation(self) -> bool:
        """Whether an organisation's code is typed: letters, too."""
        return self.stop.kind is Kind.ORGANISATION


class GiveStage(StrEnum):
    """How far a scan, a photo or a voice note is."""

    ASKED = "asked"  # nothing is open yet: GIVE agrees and opens
    OPENING = "opening"
    AIMING = "aiming"  # a live picture: TAKE
    TAKING = "taking"
    SIGNING = "signing"  # a finger draws: GOOD, AGAIN
    RECORDING = "recording"  # STOP
    SHOWN = "shown"  # GOOD, AGAIN, MORE (a page), LISTEN (a note)
    LISTENING = "listening"
    SEALING = "sealing"


@dataclass(frozen=True)
class Bringing:
    """A paper for a case that is there already, and the look-up it was begun from."""

    claim: ClaimView
    document: str
    result: LookupResult


@dataclass(frozen=True)
class Giving:
    """One thing given besides words. `ways` are the devices that can be used now, by role; none: it cannot be given."""

    stop: Stop
    name_text: str  # what it is
    ask_text: str = ""
    hint_text: str = ""
    stage: GiveStage = GiveStage.ASKED
    ways: tuple[str, ...] = ()
    by: str = ""  # the way that was chosen
    advice: str = ""  # text id of why it was not taken, and what to do
    found: bool = False  # a sheet is seen
    pages: int = 0
    pages_most: int = 1
    seconds: float = 0.0
    seconds_most: float = 0.0
    level: float = 0.0  # 0 … 1, how loud it is
    strokes: Strokes = field(default=(), repr=False)
    cannot: bool = False  # SKIP is for somebody who cannot sign: a helper has witnessed who it is
    had: bool = False  # something was given here before, and may stay
    optional: bool = True
    editing: bool = False
    bringing: Bringing | None = field(default=None, repr=False)


@dataclass(frozen=True)
class PaperSeen:
    """A paper as confirm shows it; `certificate` is the kind that replaces it."""

    paper: PaperCard
    where: PaperFrom
    certificate: str = ""
    bring_by: str = ""
    stop: Stop | None = None
    pages: int = 0  # of a scan


@dataclass(frozen=True)
class GiftSeen:
    """What was given besides words, as confirm shows it; not `given`: it was left out."""

    name_text: str
    stop: Stop
    given: bool
    pages: int = 0
    seconds: int = 0


@dataclass(frozen=True)
class Confirm:
    """What will be sent, before it is: `sending` are text ids, one line each. What has a stop can be changed (EDIT)."""

    item: ItemCard
    way: Way
    masked_number: str = field(repr=False)
    masked_name: str = field(default="", repr=False)
    witness_masked_name: str = field(default="", repr=False)
    sending: tuple[str, ...] = ()
    acting: Acting | None = field(default=None, repr=False)  # where it was asked
    filled: tuple[Filled, ...] = field(default=(), repr=False)
    papers: tuple[PaperSeen, ...] = ()
    gifts: tuple[GiftSeen, ...] = ()
    delivery: str = ""


class Doing(StrEnum):
    """What a person is waiting for."""

    KEEPING = "keeping"
    LOOKING_UP = "looking_up"
    ASKING = "asking"  # the hub, for what need not be typed
    WAITING = "waiting"  # for the answer to what was just kept
    PRINTING = "printing"  # a certificate: nobody is led away from what comes out


@dataclass(frozen=True)
class Done:
    """Kept; what the slip says, and how to fetch it if it did not come out (PRINT_AGAIN while not printed)."""

    item: ItemCard
    event_id: str
    claim_code: str = field(repr=False)  # digits; `claim_shown` is grouped
    claim_shown: str = field(repr=False)
    kept_at: str = ""
    clock_sure: bool = True
    stage: Stage = Stage.KEPT
    paper: Paper = Paper.WAITING
    paper_text: str = ""  # text id of why it was not printed
    masked_name: str = field(default="", repr=False)
    take_card: bool = False  # 请取回身份证
    prints: int = 1
    state: str = ""  # a case word of the hub; empty where nothing was waited for or heard
    outcome_text: str = field(default="", repr=False)
    reasons: tuple[str, ...] = field(default=(), repr=False)
    next_due: str = ""
    case_no: str = field(default="", repr=False)
    decided_at: str = ""
    result: tuple[FoundRow, ...] = field(default=(), repr=False)  # what a query found
    result_note: str = field(default="", repr=False)
    order: Payable | None = None  # what it costs
    further: Further = field(default_factory=Further)
    certificate: CertificateOut | None = None


@dataclass(frozen=True)
class Rating:
    """Five faces about the case just done (RATE 1 … 5); FINISH skips it, and nothing is hinted."""

    item: ItemCard
    event_id: str


@dataclass(frozen=True)
class TakeCard:
    """The end: a card still lies on the reader. Ends by itself when it is lifted."""


@dataclass(frozen=True)
class PowerOut:
    """The power is out and nobody is served. `unfinished`: somebody was in the middle and it was not kept;
    `resumable`: she can go on with it for some minutes."""

    low: bool = False  # the battery is almost empty
    unfinished: bool = False
    resumable: bool = False
    take_card: bool = False  # 请取回身份证


@dataclass(frozen=True)
class Lookup:
    """Look up by card (BY_CARD) or by code (BY_CODE), which may be scanned too."""

    hub: bool = True  # False: only what this terminal kept can be found now, and the screen says so
    scan: bool = False  # there is a scanner that works
    reason: Reason = Reason.NONE


@dataclass(frozen=True)
class LookupResult:
    """What was found, and who said it; PRINT prints `to_print`."""

    claims: tuple[ClaimView, ...]
    answered: Answered
    reason: Reason = Reason.NONE  # e.g. HUB_AWAY: the hub could not be asked, this is what is kept here
    paper: Paper | None = None
    paper_text: str = ""
    prints: int = 0
    brought: str = ""  # the title of a paper that was just brought and is kept
    asking: int | None = None  # the place of the case of which it is asked why a person is wanted
    review_text: str = ""  # text id: what became of asking
    certificate: CertificateOut | None = None
    taken_back: ClaimView | None = None  # what was just taken back: the slip says so

    @property
    def to_print(self) -> ClaimView:
        """What was just taken back, else the newest whose slip never came out, else the newest of all."""
        return self.taken_back or next((claim for claim in self.claims if claim.slip_unsettled), self.claims[0])


@dataclass(frozen=True)
class Withdrawing:
    """Whether something is really to be taken back (CONFIRM), and the look-up it was begun from."""

    claim: ClaimView
    result: LookupResult
    keeping: bool = False
    reason: Reason = Reason.NONE


@dataclass(frozen=True)
class Working:
    """A wait with a deadline; LOOKING_UP and ASKING may be cancelled, KEEPING lasts milliseconds and may not.

    WAITING has `done`, the act that is kept already: it tells how far it has come, and ENOUGH ends it. PRINTING has
    the screen to come back to `after` it.
    """

    doing: Doing
    asks_hub: bool = False
    done: Done | None = None
    after: Done | LookupResult | None = None


@dataclass(frozen=True)
class Sorry:
    """It did not work: whose fault, what happened, what to do; `ways` are the buttons offered."""

    whose: Whose
    reason: Reason
    advice: str  # text id
    ways: tuple[Button, ...] = (Button.HOME,)


def held(screen: Screen) -> bool:
    """Whether an act is being kept, or has been and its slip is not made yet, or a certificate is being printed.

    Nothing takes such a screen away.
    """
    if isinstance(screen, Withdrawing):
        return screen.keeping
    return isinstance(screen, Working) and screen.doing in (Doing.KEEPING, Doing.WAITING, Doing.PRINTING)


Screen = (
    Attract
    | Home
    | Guide
    | Consent
    | CardWanted
    | Typing
    | Face
    | LaterCheck
    | Witness
    | Asked
    | Filling
    | Giving
    | Confirm
    | Working
    | Done
    | Rating
    | TakeCard
    | PowerOut
    | Lookup
    | LookupResult
    | Withdrawing
    | Sorry
)
