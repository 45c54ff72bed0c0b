"""Things that happen. Answers carry the `session` number of their question; a stranger's answer is ignored."""

from __future__ import annotations

from dataclasses import dataclass, field

from kiosk.journey.buttons import Button
from kiosk.journey.claim import Answered, ClaimView
from kiosk.journey.draft import Draft
from kiosk.journey.filing import Given, Known
from kiosk.journey.item import AskedCase, DueItem
from kiosk.journey.people import Person
from kiosk.journey.power import Power
from kiosk.journey.screens import FaceStage, GiveStage, Paper, Reason


@dataclass(frozen=True)
class Touched:
    """A finger on a button; the only act that counts as a touch."""

    button: Button
    value: str = field(default="", repr=False)


@dataclass(frozen=True)
class Drawn:
    """A finger drew a line on the field to sign in; no touch of a button."""

    points: tuple[tuple[int, int], ...] = field(repr=False)


@dataclass(frozen=True)
class CardReading:
    """A card has been found; its text is being read (about a second)."""


@dataclass(frozen=True)
class CardLaid:
    """A card was laid and read."""

    person: Person


@dataclass(frozen=True)
class CardFaulty:
    """A card was laid and could not be read."""

    reason: Reason


@dataclass(frozen=True)
class CardSeen:
    """The reader sees that the card it has read still lies there; many readers cannot, and then this never comes."""


@dataclass(frozen=True)
class CardLifted:
    """No card lies on the reader any more."""


@dataclass(frozen=True)
class CodeScanned:
    """A code was held before the scanner; `code` is the claim code of one of our slips, empty for any other code.

    `seal` is what a slip's QR carries to show that the slip is genuine, as it was read.
    """

    code: str = field(repr=False)
    seal: str = field(default="", repr=False)


@dataclass(frozen=True)
class CodeUnreadable:
    """Something came from the scanner that is no whole code; it may be nothing but noise, so it wakes nobody."""


@dataclass(frozen=True)
class DeviceLost:
    """A device stopped working in the middle; `role` as in the settings (id_card, face_camera, receipt_printer …)."""

    role: str


@dataclass(frozen=True)
class DeviceBack:
    """A device works again."""

    role: str


@dataclass(frozen=True)
class PowerChanged:
    """The mains went, the battery runs low, or the mains are back; the facts already say so."""

    power: Power


@dataclass(frozen=True)
class AskedFound:
    """Answers FindAsked; nothing where the hub did not answer."""

    session: int
    asked: tuple[AskedCase, ...]
    item: str = ""  # for which it was asked


@dataclass(frozen=True)
class DuesFound:
    """Answers FindDues; `slips_waiting`: how many slips of this person never came out at this terminal."""

    session: int
    dues: tuple[DueItem, ...]
    slips_waiting: int = 0


@dataclass(frozen=True)
class DraftFound:
    """Answers FindDraft."""

    session: int
    draft: Draft | None


@dataclass(frozen=True)
class FaceProgress:
    """The face check goes on; `prompt` is a text id."""

    session: int
    stage: FaceStage
    prompt: str
    progress: float


@dataclass(frozen=True)
class FacePassed:
    """Alive and alike."""

    session: int
    score: float
    model: str


@dataclass(frozen=True)
class FaceFailed:
    """Not alike, not alive, or nobody to be seen in time; or the check cannot run at all (`final`)."""

    session: int
    reason: Reason
    final: bool = False


@dataclass(frozen=True)
class PictureTaken:
    """Answers TakePicture: the sealed picture rests under its ciphertext's SHA-256."""

    session: int
    sha256: str
    path: str


@dataclass(frozen=True)
class PictureFailed:
    """Answers TakePicture: there is no picture."""

    session: int
    reason: Reason = Reason.PICTURE_FAILED


@dataclass(frozen=True)
class GiveStood:
    """Answers Give: how far it has come, at which question; `text` is a text id of why something was not taken."""

    session: int
    key: str
    stage: GiveStage
    text: str = ""
    found: bool = False
    pages: int = 0
    seconds: float = 0.0
    level: float = 0.0


@dataclass(frozen=True)
class GiveSealed:
    """Answers Give: it rests sealed under this name."""

    session: int
    key: str
    given: Given


@dataclass(frozen=True)
class SupplementKept:
    """Answers KeepSupplement: committed and on the disk."""

    session: int
    document: str


@dataclass(frozen=True)
class ReviewKept:
    """Answers KeepReview: committed and on the disk, or not."""

    session: int
    kept: bool


@dataclass(frozen=True)
class WithdrawalKept:
    """Answers KeepWithdrawal: committed and on the disk."""

    session: int


@dataclass(frozen=True)
class HelperChecked:
    """Answers CheckHelper: whether the number is on the village's signed list (`listed` None: no list here)."""

    session: int
    number: str = field(repr=False)
    listed: bool | None


@dataclass(frozen=True)
class Kept:
    """Answers KeepEvent: committed and on the disk."""

    session: int
    event_id: str
    claim_code: str = field(repr=False)
    kept_at: str
    clock_sure: bool = True


@dataclass(frozen=True)
class KeepFailed:
    """Answers KeepEvent: nothing was kept, or (KEEP_IN_DOUBT) nobody can say whether it was."""

    session: int
    reason: Reason


@dataclass(frozen=True)
class HubTold:
    """Answers AskHub; `known` None: it could not be asked in time."""

    session: int
    known: Known | None = field(repr=False)


@dataclass(frozen=True)
class AnswerHeard:
    """Answers AwaitAnswer: how the act stands; `final`: there will be no further word."""

    session: int
    event_id: str
    claim: ClaimView | None = field(repr=False)  # None: it could not be seen
    final: bool


@dataclass(frozen=True)
class PrintSettled:
    """Answers PrintSlip: what the printer said; `text` is a text id of the reason when not printed."""

    session: int
    event_id: str
    paper: Paper
    text: str = ""


@dataclass(frozen=True)
class CertificateSettled:
    """Answers PrintCertificate: what the printer said; `text` is a text id of the reason when not printed."""

    session: int
    paper: Paper
    text: str = ""


@dataclass(frozen=True)
class Looked:
    """Answers LookUpCode and LookUpCard; no claims: `reason` says why."""

    session: int
    claims: tuple[ClaimView, ...]
    answered: Answered
    reason: Reason = Reason.NONE


@dataclass(frozen=True)
class Idle:
    """Told about once a second: nobody has touched, laid or lifted anything for so many seconds."""

    seconds: float


Act = (
    Touched
    | Drawn
    | CardReading
    | CardLaid
    | CardFaulty
    | CardSeen
    | CardLifted
    | CodeScanned
    | CodeUnreadable
    | DeviceLost
    | DeviceBack
    | PowerChanged
    | AskedFound
    | DuesFound
    | DraftFound
    | FaceProgress
    | FacePassed
    | FaceFailed
    | PictureTaken
    | PictureFailed
    | GiveStood
    | GiveSealed
    | SupplementKept
    | ReviewKept
    | WithdrawalKept
    | HelperChecked
    | Kept
    | KeepFailed
    | HubTold
    | AnswerHeard
    | PrintSettled
    | CertificateSettled
    | Looked
    | Idle
)
