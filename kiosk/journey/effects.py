"""What the journey wants done, as values; services do it and answer with an act of the same session number."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from kiosk.journey.claim import Certificate, ClaimView
from kiosk.journey.filing import Filed, Gift, Given, Strokes
from kiosk.journey.item import ItemCard
from kiosk.journey.people import Consent, Person, Proof
from offline.bounds import Priority


@dataclass(frozen=True)
class ReadCard:
    """A card lies there that nobody has read in this session: read it (→ CardLaid | CardFaulty | CardLifted)."""


@dataclass(frozen=True)
class FindAsked:
    """→ AskedFound: what of an item's options waits for this person; `item` is the one to take it up with."""

    session: int
    item: ItemCard
    number: str = field(repr=False)


@dataclass(frozen=True)
class FindDues:
    """→ DuesFound."""

    session: int
    number: str = field(repr=False)


@dataclass(frozen=True)
class FindDraft:
    """Whether this card opens a draft → DraftFound."""

    session: int
    person: Person = field(repr=False)


@dataclass(frozen=True)
class StartFace:
    """Open the camera (only ever after consent) and check → FaceProgress…, FacePassed | FaceFailed."""

    session: int
    photo: bytes = field(repr=False)
    number: str = field(repr=False)


@dataclass(frozen=True)
class StopFace:
    """Close the camera and forget every picture."""


@dataclass(frozen=True)
class TakePicture:
    """Take one picture for a clerk and seal it with the card's own → PictureTaken | PictureFailed."""

    session: int
    photo: bytes = field(repr=False)


@dataclass(frozen=True)
class DropPicture:
    """Delete a sealed picture that will not be sent."""

    sha256: str
    path: str


@dataclass(frozen=True)
class RingBell:
    """Call for a person, now; how it stands is a fact, not an act. `screen` is the page's name."""

    screen: str


class Do(StrEnum):
    """What the camera or microphone of a question is to do."""

    BEGIN = "begin"  # a live picture, or recording
    TAKE = "take"
    STOP = "stop"
    LISTEN = "listen"
    AGAIN = "again"  # the last page, photo or note is forgotten
    MORE = "more"
    SEAL = "seal"


@dataclass(frozen=True)
class Give:
    """Camera, document camera or microphone for one question, only ever after consent → GiveStood…, GiveSealed."""

    session: int
    key: str  # of the stop
    kind: Gift
    do: Do
    by: str = ""  # the role of the device; of BEGIN only
    strokes: Strokes = field(default=(), repr=False)  # of a signature that is to be sealed


@dataclass(frozen=True)
class StopGiving:
    """Close what a question has opened and forget what was not sealed."""


@dataclass(frozen=True)
class KeepSupplement:
    """Keep a paper that a case waits for, as an event of its own → SupplementKept | KeepFailed."""

    session: int
    case_no: str
    event_id: str
    claim_code: str = field(repr=False)
    number: str = field(repr=False)  # whose card was laid; empty where the code tells
    document: str
    title: str
    given: Given
    priority: Priority = Priority.ESSENTIAL


@dataclass(frozen=True)
class KeepWithdrawal:
    """Keep that a case, or the place it booked, is taken back, as an event of its own → WithdrawalKept | KeepFailed."""

    session: int
    case_no: str
    event_id: str
    claim_code: str = field(repr=False)
    number: str = field(repr=False)  # whose card was laid; empty where the code tells


@dataclass(frozen=True)
class KeepReview:
    """Keep that a person is asked to look again at a case, as an event of its own → ReviewKept."""

    session: int
    case_no: str
    event_id: str
    claim_code: str = field(repr=False)
    number: str = field(repr=False)  # whose card was laid; empty where the code tells
    why: str  # see kiosk.journey.reviewing.WHYS


@dataclass(frozen=True)
class CheckHelper:
    """→ HelperChecked."""

    session: int
    number: str = field(repr=False)


@dataclass(frozen=True)
class KeepEvent:
    """Keep the application: one event, one transaction → Kept | KeepFailed."""

    session: int
    item: ItemCard
    applicant: Person
    proof: Proof
    consents: tuple[Consent, ...]
    started: str
    finished: str
    touches: int
    filed: Filed = field(default_factory=Filed)


@dataclass(frozen=True)
class AskHub:
    """What the item wants to know before the resident is asked anything → HubTold, within a deadline."""

    session: int
    item: ItemCard
    person: Person = field(repr=False)
    level: str


class Awaited(StrEnum):
    """What of an act is waited for: the first answer, that its fee is paid, or that its certificate is sealed."""

    ANSWER = "answer"
    PAYMENT = "payment"
    CERTIFICATE = "certificate"


@dataclass(frozen=True)
class AwaitAnswer:
    """Follow an act just kept until what is `awaited` has come or its time is over → AnswerHeard, more than once."""

    session: int
    event_id: str
    claim_code: str = field(repr=False)
    awaited: Awaited = Awaited.ANSWER


@dataclass(frozen=True)
class KeepRating:
    """Keep what the resident thinks of a case, as an event of its own; nothing answers."""

    session: int
    item: ItemCard
    event_id: str
    level: int  # 1 very bad … 5 very good


@dataclass(frozen=True)
class PrintSlip:
    """Print the slip of an event and settle it as its own event → PrintSettled. `copy` counts from 1."""

    session: int
    claim: ClaimView
    item: ItemCard | None
    copy: int = 1


@dataclass(frozen=True)
class PrintCertificate:
    """Fetch, open and print a certificate → CertificateSettled, within the deadlines of hub and printer."""

    session: int
    certificate: Certificate = field(repr=False)


@dataclass(frozen=True)
class LookUpCode:
    """→ Looked: this terminal first, then the hub within its deadline. A scanned slip's seal is checked before."""

    session: int
    code: str = field(repr=False)
    seal: str = field(default="", repr=False)


@dataclass(frozen=True)
class LookUpCard:
    """→ Looked: the hub within its deadline, else what this terminal kept."""

    session: int
    number: str = field(repr=False)


@dataclass(frozen=True)
class Say:
    """Speak a text (an id of seeds.texts) in the terminal's voice."""

    text: str


@dataclass(frozen=True)
class Flush:
    """The power may go: bring what is kept into its files now, and say in status.json how things stand."""


@dataclass(frozen=True)
class Wipe:
    """The session is over: forget everything about `session`, prove it, be ready for the next resident.

    `draft_stays`: the power ended it, and its draft waits for the same card.
    """

    session: int
    draft_stays: bool = False


Effect = (
    ReadCard
    | FindAsked
    | FindDues
    | FindDraft
    | StartFace
    | StopFace
    | TakePicture
    | DropPicture
    | Give
    | StopGiving
    | KeepSupplement
    | KeepReview
    | KeepWithdrawal
    | CheckHelper
    | KeepEvent
    | AskHub
    | AwaitAnswer
    | KeepRating
    | RingBell
    | PrintSlip
    | PrintCertificate
    | LookUpCode
    | LookUpCard
    | Say
    | Flush
    | Wipe
)
