"""A service item: everything a terminal and a hub need to know about one thing a resident can do."""

from __future__ import annotations

from datetime import date, time
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from seeds.booking import BookingRule
from seeds.casework import Casework
from seeds.decision_rule import DecisionRule, FactPath, Golden
from seeds.form import Attachment, Document, FieldName, FormField
from seeds.outside import OutsideRule
from seeds.parties import Parties
from seeds.result import ResultTemplate
from seeds.words import Words

IdentityLevel = Literal["card", "card_face", "card_witnessed", "card_later_check", "typed_witnessed"]
"""How sure it has to be who stands there; `card` alone is for what does no harm in the hands of whoever finds one."""
Step = Literal[
    "consent", "identity", "whose", "form", "documents", "attachments", "delivery", "pay", "confirm", "rating"
]
STEPS: Final[tuple[Step, ...]] = (
    "consent", "identity", "whose", "form", "documents", "attachments", "delivery", "pay", "confirm",
    "rating",
)  # fmt: skip
For = Literal["self", "family", "other", "organisation"]
Way = Literal["print", "post", "collect"]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]*$")]
DivisionPrefix = Annotated[str, StringConstraints(pattern=r"^([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12})$")]


_OF_PEOPLE: Final = ("person", "subject", "organisation", "access", "holdings", "wallet")


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


class Whose(_Data):
    """On whose behalf it may be done; `other` is anyone by number, as a helper or neighbour does."""

    allows: tuple[For, ...] = Field(min_length=1)
    ask: Words | None = None


class CertificateTemplate(_Data):
    """The electronic certificate an approval issues."""

    kind: str = Field(min_length=1)
    title: Words
    valid_months: int | None = Field(default=None, ge=1)


class VoucherTemplate(_Data):
    """What an approval does with authorisation vouchers: issues one over facts of a scope, or takes them back."""

    act: Literal["grant", "end"]
    scope: Slug | None = None
    facts: tuple[str, ...] = ()
    reader: FieldName = "bank"  # the field of the form that names who may read
    purpose: str | None = None  # none: the form's answer
    days: int | None = Field(default=None, ge=1, le=366)  # none: the form's answer

    @model_validator(mode="after")
    def _fits_together(self) -> VoucherTemplate:
        if (self.act == "grant") != bool(self.scope and self.facts):
            raise ValueError("里 act 为 grant 时要写 scope 和 facts，为 end 时不写")
        return self


class FeeShare(_Data):
    """A part of the fee that follows an amount, in fen: of the form, or one that the rule read."""

    field: FieldName | None = None
    fact: FactPath | None = None
    per_mille: int = Field(ge=1, le=1_000)

    @model_validator(mode="after")
    def _one_amount(self) -> FeeShare:
        if (self.field is None) == (self.fact is None):
            raise ValueError("里 field 和 fact 要写一个，只写一个")
        return self


class DataChange(_Data):
    """What an approval has a source change of the applicant: the form's answers name the field, and what is right."""

    act: Literal["correct", "delete"]
    field: FieldName
    value: FieldName | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> DataChange:
        if (self.act == "correct") != (self.value is not None):
            raise ValueError("里 act 为 correct 时要写 value，为 delete 时不写")
        return self


class SourceRecord(_Data):
    """What an approval has a source write down of whose business it is: the month that counts."""

    at: FactPath  # the field's place in the catalogue of sources
    keep: Literal["first", "latest"]  # which of two months stands; first: what begins once, and is not given twice


class ContactTemplate(_Data):
    """An item by which somebody agrees to be written to, or stops it: the form's answers say whether, and where."""

    want: FieldName
    number: FieldName


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
    whose: Whose = Whose(allows=("self",))
    form: tuple[FormField, ...] = Field(default=(), max_length=30)
    documents: tuple[Document, ...] = Field(default=(), max_length=12)
    attachments: tuple[Attachment, ...] = Field(default=(), max_length=6)
    delivery: tuple[Way, ...] = ()
    booking: BookingRule | None = None
    answer: Literal["at_once", "later"] = "later"  # at_once: near the hub the terminal waits for the rule's word
    announced: bool = False  # what its options hold for somebody is looked up once the card is laid, and stands on home
    result: ResultTemplate | None = None
    parties: Parties | None = None
    outside: OutsideRule | None = None
    fee_fen: int = Field(ge=0)
    fee_share: FeeShare | None = None  # besides
    decision: DecisionRule
    validity_months: int | None = Field(default=None, ge=1)
    certificate: CertificateTemplate | None = None
    voucher: VoucherTemplate | None = None
    data_change: DataChange | None = None
    record: SourceRecord | None = None
    contact: ContactTemplate | None = None
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
        for field in self.form:
            found[f"form.{field.name}"] = field.label
            asked = (("ask", field.ask), ("hint", field.hint))
            found |= {f"form.{field.name}.{place}": words for place, words in asked if words is not None}
            found |= {f"form.{field.name}.{choice.value}": choice.label for choice in field.choices}
        found |= {f"document.{n}": document.words for n, document in enumerate(self.documents, 1)}
        for each in self.attachments:
            found |= {f"attachment.{each.id}": each.label, f"attachment.{each.id}.ask": each.ask}
            found |= {f"attachment.{each.id}.hint": each.hint} if each.hint is not None else {}
        for stage, lines in (("kept", self.slip.kept), ("sent", self.slip.sent), ("settled", self.slip.settled)):
            found |= {f"slip.{stage}.{n}": line for n, line in enumerate(lines, 1)}
        if self.certificate is not None:
            found["certificate"] = self.certificate.title
        if self.parties is not None:
            found["party.applicant"] = self.parties.applicant
            found |= {f"party.{each.role}": each.words for each in self.parties.others}
        for check in self.decision.checks:
            found |= {f"reason.{check.code}.passed": check.passed, f"reason.{check.code}.failed": check.failed}
        return {f"item.{self.id}.{place}": words for place, words in found.items()}

    @property
    def asks_hub(self) -> tuple[FieldName, ...]:
        """What the terminal asks the hub for before it asks the resident; nothing for most items."""
        if not set(self.steps) & {"form", "documents", "whose", "delivery"}:
            return ()
        wanted = [name.partition(".")[2] for each in self.form for name in each.prefill if name.startswith("hub.")]
        wanted += [each.options for each in self.form if each.options is not None]
        wanted += ["household"] if "family" in self.whose.allows else []
        wanted += ["agencies"] if "organisation" in self.whose.allows else []
        wanted += ["address", "phone"] if "post" in self.delivery else []
        wanted += ["certificates"] if any(each.replaced_by for each in self.documents) else []
        return tuple(dict.fromkeys(wanted))

    @model_validator(mode="after")
    def _course_fits(self) -> Item:
        order = [STEPS.index(step) for step in self.steps]
        if order != sorted(set(order)):
            raise ValueError(f"的 steps 要按这个次序，各写一次：{'、'.join(STEPS)}")
        if "whose" in self.steps and set(self.whose.allows) == {"self"}:
            raise ValueError("有 whose 步骤，whose.allows 里却只有 self")
        if "organisation" in self.whose.allows and "agency.level" not in [fact.path for fact in self.decision.facts]:
            raise ValueError("能替单位办，decision.facts 里却没有 agency.level：规则要看经办人核对过没有")
        if "documents" in self.steps and not (self.documents and all(each.id for each in self.documents)):
            raise ValueError("有 documents 步骤，材料（documents）却没有写，或没有写 id")
        given = [each.id for each in self.attachments]
        if ("attachments" in self.steps) != bool(given) or len(set(given)) < len(given):
            raise ValueError("steps 里的 attachments 和 attachments 的内容要一起写，id 不能重复")
        if ("delivery" in self.steps) != bool(self.delivery):
            raise ValueError("steps 里的 delivery 和 delivery 的内容要一起写")
        names = [each.name for each in self.form]
        if (change := self.data_change) is not None and {change.field, change.value} - {None, *names}:
            raise ValueError("的 data_change 说到的项不在 form 里")
        if (contact := self.contact) is not None and {contact.want, contact.number} - set(names):
            raise ValueError("的 contact 说到的项不在 form 里")
        if len(set(names)) < len(names) or any(set(each.when) - set(names) for each in self.form):
            raise ValueError("的 form 里有重复的 name，或 when 说到没有的项")
        if self.parties is not None and self.parties.fields() - set(names):
            raise ValueError("的 parties 说到的项不在 form 里")
        if self.outside is not None and self.outside.fields() - set(names):
            raise ValueError("的 outside 说到的项不在 form 里")
        if (share := self.fee_share) is not None:
            known = names if share.fact is None else [fact.path for fact in self.decision.facts]
            if (share.field or share.fact) not in known or not self.fee_fen:
                raise ValueError("的 fee_share 说到的项不在 form（facts）里，或没有写 fee_fen")
        told = [each for each in self.form if each.options is not None]
        if any(each.required for each in told) and self.offline_data.mode != "needs_hub":
            raise ValueError("选项要问中枢才有的项（options），没有网就办不成：offline.mode 要写 needs_hub")
        if self.booking is not None and (self.booking.field, self.booking.options) not in [
            (each.name, each.options) for each in told
        ]:
            raise ValueError("的 booking 说到的项不在 form 里，或它的 options 不是同一个名称")
        if "form" in self.steps:
            stuck = [each.name for each in self.form if each.asked == "text" and each.editable and each.required]
            if stuck:
                raise ValueError(f"终端上还不能写字，{'、'.join(stuck)} 要改成选择或号码，或写 required: false")
        return self

    @model_validator(mode="after")
    def _fits_together(self) -> Item:
        if ("form" in self.steps) and not any(field.editable for field in self.form):
            raise ValueError("有 form 步骤，却没有可填写的表单项")
        if self.fee_fen > 0 and "pay" not in self.steps:
            raise ValueError("收费事项的 steps 里要有 pay")
        if "card_later_check" in self.identity and not any(consent.separate for consent in self.consents):
            raise ValueError("接受 card_later_check（留照片待核）时，要有单独的同意书（separate: true）")
        if "card" in self.identity and (why := self._too_weighty_for_card()):
            raise ValueError(f"只刷身份证（card）就能办的，不能{why}：捡到身份证的人也能办")
        return self

    def _too_weighty_for_card(self) -> str:
        """What a card alone may never do; empty where the item does none of it."""
        issues = (self.certificate, self.voucher, self.data_change, self.validity_months)
        reads = any(fact.path.partition(".")[0] in _OF_PEOPLE for fact in self.decision.facts)
        weighty = (
            ("签发证照、授权、改资料或算认证", any(one is not None for one in issues)),
            ("收费", self.fee_fen > 0),
            ("读人的资料", reads),
            ("替别人或单位办", set(self.whose.allows) != {"self"}),
            ("同时要刷脸或拍照", bool({"card_face", "card_later_check"} & set(self.identity))),
        )
        return next((what for what, so in weighty if so), "")
