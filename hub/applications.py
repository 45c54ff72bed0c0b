"""What a sealed application says, parsed from untrusted bytes into typed values."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from offline.wire.attachment import KEY_BYTES, MAX_ATTACHMENTS, SHA256_PATTERN
from offline.wire.canonical import unb64
from offline.wire.claims import SALT_BYTES, normal

_LEVELS = Literal["card", "card_face", "card_witnessed", "card_later_check", "typed_witnessed"]


_SHA256: Final = re.compile(SHA256_PATTERN)


@dataclass(frozen=True, slots=True)
class PictureKey:
    """A picture's name at the hub, and the key that opens it."""

    sha256: str
    key: bytes


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


def without_controls(text: str) -> str:
    """No database has to keep what no card says; PostgreSQL refuses NUL, and would refuse the whole batch with it."""
    if any(unicodedata.category(char) == "Cc" for char in text):
        raise ValueError("control characters")
    return text


_Text = Annotated[str, AfterValidator(without_controls)]


class Applicant(_Part):
    """Whose business it is."""

    # Empty where the number was typed: nobody types a name, and the base library knows it.
    name: _Text = Field(max_length=200)
    id_number: str = Field(min_length=5, max_length=30, pattern=r"^[0-9A-Za-z]+$")


class Identity(_Part):
    """How the terminal made sure of it, and by which way."""

    level: _LEVELS
    way: Literal["card", "face", "witness", "later"]
    score: float | None = None
    model: str | None = Field(default=None, max_length=80)
    witness: object = None
    picture_sha256: object = None
    picture_key: object = None
    session: object = None  # the terminal's signed word on it; terminals of before send none

    def witness_number(self) -> str | None:
        """The number of who testified; a malformed witness is the rule's to doubt, not a reason to read nothing."""
        number = self.witness.get("id_number") if isinstance(self.witness, dict) else None
        return number if isinstance(number, str) else None

    def picture_name(self) -> str | None:
        """The picture for a clerk's later check; a malformed name is a picture that is missing, never a lost case."""
        name = self.picture_sha256
        return name if self.way == "later" and isinstance(name, str) and _SHA256.fullmatch(name) else None

    def picture(self) -> PictureKey | None:
        """The picture and its key; raises MalformedRecord where there is a name but no key."""
        name = self.picture_name()
        return None if name is None else PictureKey(name, unb64(self.picture_key, KEY_BYTES))


class DocumentPart(_Part):
    """A paper of an application: looked up as a certificate, scanned, or promised for later."""

    id: _Text = Field(min_length=1, max_length=60)
    source: Literal["certificate", "scan", "later"] = Field(alias="from")


class AttachedPart(_Part):
    """Something given besides words: under which name it lies here, and the key that opens it."""

    kind: Literal["scan", "photo", "voice", "signature"]
    id: _Text = Field(min_length=1, max_length=60)  # the paper's, or the item's own of what it asked for
    sha256: str = Field(pattern=SHA256_PATTERN)
    key: object = None
    pages: int = Field(default=0, ge=0, le=99)
    seconds: int = Field(default=0, ge=0, le=600)


class Address(_Part):
    """Where it is posted to: what the register says, or a village that was picked with a house number."""

    source: Literal["register", "picked"] = Field(alias="from")
    text: _Text = Field(default="", max_length=200)
    region: str = Field(default="", pattern=r"^([0-9]{6,12})?$")
    house: str = Field(default="", pattern=r"^[0-9]{0,5}$")


class Wish(_Part):
    """How the result is to reach its owner; a hall is a unit's id."""

    way: Literal["print", "post", "collect"]
    hall: str = Field(default="", max_length=60)
    address: object = None  # none: terminals of before, and where nothing but the division is known
    phone: _Text = Field(default="", max_length=200)  # as the register has it, or as it was typed

    def to(self) -> Address | None:
        """Where to post it; a malformed address is none, and loses neither the way nor the case."""
        try:
            return None if self.address is None else Address.model_validate(self.address)
        except ValidationError:
            return None


class NamedCase(_Part):
    """Which case an event is about: by the event that filed it, by its claim code, or by its number and whose it is."""

    event_id: _Text = Field(default="", max_length=36)
    code: str = Field(default="", max_length=20)
    number: _Text = Field(default="", max_length=40)
    id_number: str = Field(default="", max_length=30)  # of the card by which a terminal has found the case

    def normal_code(self) -> str:
        """The ten digits; empty where the case is named by its event. Raises WrongClaimCode."""
        return normal(self.code) if self.code else ""


class AboutCase(_Part):
    """What every event about a case that is there already has; its own fields stay in the payload."""

    case: NamedCase


class Subject(_Part):
    """Somebody on whose behalf it is done; of a number that was typed nothing but the number is known."""

    name: _Text = Field(default="", max_length=200)
    id_number: str = Field(min_length=5, max_length=30, pattern=r"^[0-9A-Za-z]+$")


class OrganisationPart(_Part):
    """The organisation acted for; `agency`: whether the hub had told the terminal of it, or the person says so."""

    uscc: str = Field(pattern=r"^[0-9A-Z]{18}$")
    name: _Text = Field(default="", max_length=200)
    agency: Literal["told", "claimed"]


class Acting(_Part):
    """Whose business it is; a helper or neighbour stands as the applicant, the other as the subject."""

    whose: Literal["self", "family", "other", "helper", "organisation"] = Field(default="self", alias="for")
    subject: Subject | None = None
    organisation: object = None


class ClaimPart(_Part):
    """The claim code of the slip and the salt of its answer key."""

    code: str = Field(max_length=20)
    answer_salt: str = Field(max_length=44)

    def normal_code(self) -> str:
        """The ten digits; raises WrongClaimCode."""
        return normal(self.code)

    def salt(self) -> bytes:
        """The salt's bytes; raises MalformedRecord."""
        return unb64(self.answer_salt, SALT_BYTES)


class Application(_Part):
    """The parts of an application's payload that every item has; the item's own fields stay in the payload."""

    item: str = Field(min_length=1, max_length=80)
    item_version: _Text = Field(default="", max_length=40, coerce_numbers_to_str=True)
    applicant: Applicant
    identity: Identity
    acting: Acting = Acting()
    documents: object = None
    attachments: object = None
    signature: object = None
    delivery: object = None
    parts: tuple[str, ...] | None = Field(default=None, min_length=1, max_length=12)  # of a theme; none: all of them
    claim: ClaimPart

    def subject_number(self) -> str:
        """Whose business it is, by number; who acts for herself is that herself, whoever else is named."""
        named = None if self.acting.whose == "self" else self.acting.subject
        return self.applicant.id_number if named is None else named.id_number

    def organisation(self) -> OrganisationPart | None:
        """The organisation it is done for; a malformed one is none, and then a person looks."""
        try:
            said = self.acting.organisation if self.acting.whose == "organisation" else None
            return None if said is None else OrganisationPart.model_validate(said)
        except ValidationError:
            return None

    def whom(self) -> str:
        """For whom it is, by number or code: an agent may ask the same for several."""
        acted = self.organisation()
        return self.subject_number() if acted is None else acted.uscc

    def wish(self) -> Wish | None:
        """How the result is to come; a malformed wish is none: it is printed, as everything can be."""
        try:
            return None if self.delivery is None else Wish.model_validate(self.delivery)
        except ValidationError:
            return None

    def signed_by_witness(self) -> bool:
        """Whether who applied cannot sign, and the helper who witnessed stands for that."""
        return isinstance(self.signature, dict) and self.signature.get("way") == "witnessed"

    def papers(self) -> tuple[DocumentPart, ...]:
        """The papers it names; a malformed list is the rule's to doubt, not a reason to read nothing."""
        try:
            return _PAPERS.validate_python(self.documents or ())
        except ValidationError:
            return ()


def attached_in(untrusted: object) -> tuple[AttachedPart, ...]:
    """The attachments an event names; a malformed list is none: what nobody can open counts as never come."""
    try:
        return _ATTACHED.validate_python(untrusted or ())
    except ValidationError:
        return ()


_ATTACHED: Final = TypeAdapter(Annotated[tuple[AttachedPart, ...], Field(max_length=MAX_ATTACHMENTS)])
_PAPERS: Final = TypeAdapter(Annotated[tuple[DocumentPart, ...], Field(max_length=12)])
