"""A service item: everything a terminal and a hub need to know about one thing a resident can do."""

from __future__ import annotations

import re
from datetime import date, time
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from seeds.casework import Casework
from seeds.decision_rule import DecisionRule, Golden
from seeds.words import Words

IdentityLevel = Literal["card_face", "card_witnessed", "card_later_check", "typed_witnessed"]
Step = Literal["consent", "identity", "form", "documents", "pay", "confirm"]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$")]
DivisionPrefix = Annotated[str, StringConstraints(pattern=r"^([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12})$")]


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Department(_Data):
    """Who answers for an item; one department.yaml in each folder of the catalogue."""

    id: Slug
    words: Words = Field(alias="name")


class Codes(_Data):
    """The item's codes; older local schemes differ, so the scheme is named and nothing is cut out by position."""

    scheme: str = Field(min_length=1)
    basic: str = Field(pattern=r"^[0-9A-Z]{6,12}$")
    implementing: str | None = Field(default=None, max_length=36)


class Audience(_Data):
    """Whom the item is for."""

    subject: Literal["person", "organisation"]
    words: Words = Field(alias="who")
    minimum_age: int | None = Field(default=None, ge=0, le=150)


class Regions(_Data):
    """Where it is offered: division codes of any length, each standing for everything below it."""

    within: tuple[DivisionPrefix, ...] = Field(min_length=1)
    without: tuple[DivisionPrefix, ...] = ()

    def include(self, region: str) -> bool:
        """Whether the item is offered in this division."""
        return any(region.startswith(code) for code in self.within) and not any(
            region.startswith(code) for code in self.without
        )


class Hours(_Data):
    """When it is offered, local time; an end of 00:00 means midnight at the end of the day."""

    days: tuple[Annotated[int, Field(ge=1, le=7)], ...] = Field(min_length=1)
    begins: time
    ends: time


class DeviceNeed(_Data):
    """A device the item uses and what happens without it."""

    role: Literal[
        "id_card", "face_camera", "document_camera", "receipt_printer", "document_printer", "code_scanner",
        "social_card", "audio",
    ]  # fmt: skip
    need: Literal["required", "helpful"]
    fallback: Words | None = None

    @model_validator(mode="after")
    def _helpful_has_fallback(self) -> DeviceNeed:
        if self.need == "helpful" and self.fallback is None:
            raise ValueError("不是非有不可的设备，要写清没有它怎么办（fallback）")
        return self


class Consent(_Data):
    """What the resident agrees to, by version: the record says which words were agreed to."""

    id: Slug
    version: int = Field(ge=1)
    separate: bool = False  # asked for on its own, never bundled
    text: Words


class FormField(_Data):
    """One field of the form: a JSON Schema, and where the value may come from so that nobody types it."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    label: Words
    json_schema: dict[str, Any] = Field(alias="schema")
    prefill: tuple[Literal["card.name", "card.number", "card.birth", "card.address", "card.layout",
                           "person.name", "person.phone", "typed.number"], ...] = ()  # fmt: skip
    editable: bool = True

    @field_validator("json_schema")
    @classmethod
    def _plain_schema(cls, schema: dict[str, Any]) -> dict[str, Any]:
        if schema.get("type") not in ("string", "integer", "boolean"):
            raise ValueError("的 type 只能是 string、integer 或 boolean")
        unknown = set(schema) - {"type", "maxLength", "minLength", "pattern", "enum", "format", "minimum", "maximum"}
        if unknown:
            raise ValueError(f"里有不支持的 {'、'.join(sorted(unknown))}")
        if "pattern" in schema:
            try:
                re.compile(schema["pattern"])
            except (re.error, TypeError) as error:
                raise ValueError("的 pattern 不是正确的正则表达式") from error
        return schema


class Document(_Data):
    """A paper the resident would bring, and the certificates that replace it."""

    words: Words = Field(alias="name")
    required: bool
    kept: bool = False  # False: shown only, given back
    replaced_by: tuple[str, ...] = ()


class CertificateTemplate(_Data):
    """The electronic certificate an approval issues."""

    kind: str = Field(min_length=1)
    title: Words
    valid_months: int | None = Field(default=None, ge=1)


class TimeLimits(_Data):
    """How long it may take, in working days; the rule itself answers within seconds."""

    statutory_days: int | None = Field(default=None, ge=0)
    promised_days: int = Field(ge=0)
    shown: Words


class SlipText(_Data):
    """The item's own lines on a slip, by stage; the frame of the slip belongs to the terminal."""

    kept: tuple[Words, ...] = Field(min_length=1)
    sent: tuple[Words, ...] = Field(min_length=1)
    settled: tuple[Words, ...] = Field(min_length=1)


class Offline(_Data):
    """What happens when the hub cannot be reached."""

    mode: Literal["kept", "needs_hub"]
    # who is turned away first when a terminal is almost full: deferrable, then ordinary, essential last
    priority: Literal["essential", "ordinary", "deferrable"] = "ordinary"
    note: Words


class SourceRef(_Data):
    """Where the facts of the item come from: a source of seeds/sources, and the place in it."""

    id: Slug
    at: str = Field(min_length=1)


class Item(_Data):
    """One service item, as in the YAML file of the catalogue that describes it."""

    id: Slug
    version: str = Field(min_length=1)
    words: Words = Field(alias="name")
    aliases: tuple[str, ...] = ()
    pinyin: str = Field(pattern=r"^[a-zü]+( [a-zü]+)*$")  # syllables, for search by pinyin and by initials
    summary_words: Words = Field(alias="summary")
    department_data: Department = Field(alias="department")
    codes: Codes
    event_type: str = Field(pattern=r"^cn\.zhizhu\.[a-z0-9_]+\.[a-z0-9_]+\.v[1-9][0-9]*$")
    audience: Audience
    regions: Regions
    channels: tuple[Literal["terminal", "bank_terminal", "phone", "counter"], ...] = Field(min_length=1)
    hours: tuple[Hours, ...] = ()  # empty: at any hour
    big: bool = False
    visits: int = Field(default=0, ge=0)
    handling: Literal["instant", "promised"]
    guide_words: tuple[Words, ...] = Field(alias="guide", min_length=1)
    identity: tuple[IdentityLevel, ...] = Field(min_length=1)
    devices: tuple[DeviceNeed, ...] = Field(min_length=1)
    steps: tuple[Step, ...] = Field(min_length=1)
    consents: tuple[Consent, ...] = ()
    form: tuple[FormField, ...] = ()
    documents: tuple[Document, ...] = ()
    fee_fen: int = Field(ge=0)
    decision: DecisionRule
    validity_months: int | None = Field(default=None, ge=1)
    certificate: CertificateTemplate | None = None
    slip: SlipText
    time_limits: TimeLimits
    casework: Casework = Casework()
    offline_data: Offline = Field(alias="offline")
    source: tuple[SourceRef, ...] = Field(min_length=1)
    as_of: date
    golden: Golden | None = None  # left out of the packed form

    @property
    def name(self) -> str:
        """The name in simplified Chinese; other languages in `words`."""
        return self.words.zh_hans

    @property
    def spoken(self) -> str:
        """The name as it is said aloud."""
        return self.words.for_voice("")

    @property
    def summary(self) -> str:
        """One line that says what the item is."""
        return self.summary_words.zh_hans

    @property
    def department(self) -> str:
        """The department's name, ready to show."""
        return self.department_data.words.zh_hans

    @property
    def code(self) -> str:
        """The basic code."""
        return self.codes.basic

    @property
    def guide(self) -> tuple[str, ...]:
        """The lines of the guide, ready to show."""
        return tuple(line.zh_hans for line in self.guide_words)

    @property
    def offline(self) -> Literal["kept", "needs_hub"]:
        """Whether the terminal keeps the act without the hub."""
        return self.offline_data.mode

    @property
    def priority(self) -> Literal["essential", "ordinary", "deferrable"]:
        """How long a terminal that fills still takes it."""
        return self.offline_data.priority

    @property
    def time_limit(self) -> str:
        """How long it takes, ready to show."""
        return self.time_limits.shown.zh_hans

    @property
    def slip_lines(self) -> tuple[str, ...]:
        """The item's lines on the first slip (kept here), ready to print."""
        return tuple(line.zh_hans for line in self.slip.kept)

    def next_due(self, done_on: date) -> str | None:
        """The month (YYYY-MM) in which it is due again when done on that day; None for what is done once."""
        if self.validity_months is None:
            return None
        month = done_on.year * 12 + done_on.month - 1 + self.validity_months
        return f"{month // 12:04d}-{month % 12 + 1:02d}"

    def texts(self) -> dict[str, Words]:
        """Every sentence of the item by its text id, e.g. `item.pension-qualification.guide.1`."""
        found: dict[str, Words] = {
            "name": self.words,
            "summary": self.summary_words,
            "audience": self.audience.words,
            "time_limit": self.time_limits.shown,
            "offline": self.offline_data.note,
        }
        found |= {f"guide.{n}": line for n, line in enumerate(self.guide_words, 1)}
        found |= {f"consent.{consent.id}": consent.text for consent in self.consents}
        found |= {f"device.{need.role}": need.fallback for need in self.devices if need.fallback is not None}
        found |= {f"form.{field.name}": field.label for field in self.form}
        found |= {f"document.{n}": document.words for n, document in enumerate(self.documents, 1)}
        for stage, lines in (("kept", self.slip.kept), ("sent", self.slip.sent), ("settled", self.slip.settled)):
            found |= {f"slip.{stage}.{n}": line for n, line in enumerate(lines, 1)}
        if self.certificate is not None:
            found["certificate"] = self.certificate.title
        for check in self.decision.checks:
            found |= {f"reason.{check.code}.passed": check.passed, f"reason.{check.code}.failed": check.failed}
        return {f"item.{self.id}.{place}": words for place, words in found.items()}

    @model_validator(mode="after")
    def _fits_together(self) -> Item:
        if ("form" in self.steps) and not any(field.editable for field in self.form):
            raise ValueError("有 form 步骤，却没有可填写的表单项")
        if self.fee_fen > 0 and "pay" not in self.steps:
            raise ValueError("收费事项的 steps 里要有 pay")
        if "card_later_check" in self.identity and not any(consent.separate for consent in self.consents):
            raise ValueError("接受 card_later_check（留照片待核）时，要有单独的同意书（separate: true）")
        return self
