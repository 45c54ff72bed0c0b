"""The way through an item between identity and confirm, worked out from the item's data: pure, no screens.

A course is what an item asks of this person: its stops in order, which of them are already answered, and where one goes
from each. Nothing is stored twice: a value that can be taken from the card or was told by the hub is looked up anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from kiosk.journey.delivery import ADDRESS, HOME, TO, WAY
from kiosk.journey.filing import SKIPPED, Acting, Filed, FiledPaper, Filing, For, Gift, PaperFrom, Value
from kiosk.journey.item import ChoiceCard, FieldCard, ItemCard, PaperCard
from kiosk.journey.people import Person, Source

NOTHING: Final = "none"
"""What a field has that was left out, for another that is asked in its place."""


class Kind(StrEnum):
    """What a stop asks for."""

    WHOSE = "whose"
    KIN = "kin"  # the number of whoever it is for
    ORGANISATION = "organisation"  # the code of the organisation it is for
    FIELD = "field"
    PAPER = "paper"
    SCAN = Gift.SCAN.value  # of a paper
    PHOTO = Gift.PHOTO.value
    VOICE = Gift.VOICE.value
    SIGNATURE = Gift.SIGNATURE.value
    DELIVERY = "delivery"


GIVING = (Kind.SCAN, Kind.PHOTO, Kind.VOICE, Kind.SIGNATURE)


@dataclass(frozen=True)
class Stop:
    """One question; `name` tells fields and papers apart."""

    kind: Kind
    name: str = ""

    @property
    def key(self) -> str:
        """How a touch names it."""
        return f"{self.kind.value}.{self.name}" if self.name else self.kind.value


@dataclass(frozen=True)
class Filled:
    """A field with its value; `stop` None: it stands as it is."""

    label_text: str
    field: FieldCard
    value: Value
    stop: Stop | None
    choice_text: str = ""  # how a choice reads


@dataclass(frozen=True)
class Course:
    """An item, whose visit it is, and what was filled so far."""

    item: ItemCard
    resident: Person
    filing: Filing

    def stops(self) -> tuple[Stop, ...]:
        """All that may be asked as things stand, in the order of the item's steps."""
        return tuple(stop for step in self.item.steps for stop in self._of_step(step))

    def answered(self, stop: Stop) -> bool:
        """Whether nothing needs to be asked here any more."""
        match stop.kind:
            case Kind.WHOSE:
                return self.filing.acting is not None
            case Kind.KIN:
                return self.filing.acting is not None and self.filing.acting.kin is not None
            case Kind.ORGANISATION:
                return self.filing.acting is not None and self.filing.acting.organisation is not None
            case Kind.FIELD:
                field = self.item.field(stop.name)
                return field is not None and (self.value(field) is not None or self.filing.value(field.name) == SKIPPED)
            case Kind.PAPER:
                return self.paper(stop.name) is not None
            case Kind.SCAN | Kind.PHOTO | Kind.VOICE | Kind.SIGNATURE:
                return self.filing.gift(Gift(stop.kind.value), stop.name) is not None
            case Kind.DELIVERY:
                return bool(self.filing.delivery)

    def open_stop(self, after: Stop | None = None) -> Stop | None:
        """The next question: the first unanswered behind this one, else the first of all; None: it can be confirmed."""
        stops = self.stops()
        behind = stops[stops.index(after) + 1 :] if after is not None and after in stops else stops
        return next((stop for stop in (*behind, *stops) if not self.answered(stop)), None)

    def before(self, stop: Stop | None) -> Stop | None:
        """The question asked before this one (None: before confirm); what was never asked is stepped over."""
        stops = self.stops()
        ahead = stops[: stops.index(stop)] if stop is not None and stop in stops else stops
        return next((each for each in reversed(ahead) if self._was_asked(each)), None)

    def stop_of(self, key: str) -> Stop | None:
        """The stop that a touch names."""
        return next((stop for stop in self.stops() if stop.key == key), None)

    def value(self, field: FieldCard) -> Value | None:
        """A field's value: what was filled in here, else where the item says that it can be taken from."""
        given = self.filing.value(field.name)
        if given == SKIPPED and given is not None:
            return None
        if given is not None and self._still_offered(field, given):
            return given
        return next((found for source in field.prefill if (found := self._taken_from(source)) is not None), None)

    def paper(self, name: str) -> PaperFrom | None:
        """Where a paper comes from; a certificate on record needs no asking."""
        paper = self.item.paper(name)
        if paper is not None and self.certificate(paper):
            return PaperFrom.CERTIFICATE
        return self.filing.paper(name)

    def certificate(self, paper: PaperCard) -> str:
        """The certificate that replaces the paper, by its kind; empty where none is known."""
        known = self.filing.known.certificates
        return next((kind for kind in paper.replaced_by if kind in known), "")

    def filled(self) -> tuple[Filled, ...]:
        """Every field that has a value, in the form's order, with where it can be changed."""
        return tuple(
            Filled(
                field.label_text,
                field,
                value,
                Stop(Kind.FIELD, field.name) if self._askable(field) else None,
                next((each.name for each in self.choices(field) if each.value == value), ""),
            )
            for field in self._fields()
            if (value := self.value(field)) is not None
        )

    def papers(self) -> tuple[PaperCard, ...]:
        """The papers that must come from somewhere."""
        return tuple(each for each in self.item.papers if each.required) if "documents" in self.item.steps else ()

    def choices(self, field: FieldCard) -> tuple[ChoiceCard, ...]:
        """The answers to choose from: the item's own, or what the hub offered."""
        if not field.options:
            return tuple(self._told(each) if each.needs else each for each in field.choices)
        offered = self.filing.known.offered(field.options)
        return tuple(ChoiceCard(each.value, each.name, each.detail_text, each.left != 0) for each in offered)

    def filed(self, today: date) -> Filed:
        """What is sent."""
        return Filed(
            acting=self.filing.acting or Acting(For.SELF),
            form=tuple((each.field.name, each.value) for each in self.filled() if each.field in self.item.form),
            papers=tuple(self._filed_papers(today)),
            delivery=self.filing.delivery if "delivery" in self.item.steps else "",
            to=self.to(),
            signature=self._signature(),
            given=tuple(
                given
                for stop in self.stops()
                if stop.kind in GIVING
                and (given := self.filing.gift(Gift(stop.kind.value), stop.name))
                and given.sha256
            ),
        )

    def to(self) -> tuple[tuple[str, Value], ...]:
        """Where the result is to go, as far as the way asks for it; what the hub told stands there as it was told."""
        found = tuple((each.field.name, each.value) for each in self.filled() if each.field in self.item.delivery_form)
        told = self.filing.known.value(ADDRESS)
        return (*found, (ADDRESS, told)) if (TO, HOME) in found and told is not None else found

    def _told(self, choice: ChoiceCard) -> ChoiceCard:
        told = self.filing.known.value(choice.needs)
        return choice if told is None else replace(choice, detail_text=str(told), open=True)

    def _signature(self) -> str:
        """How it is signed, where the item wants it signed by hand."""
        signed = (self.filing.gift(Gift.SIGNATURE, stop.name) for stop in self.stops() if stop.kind is Kind.SIGNATURE)
        first = next(signed, None)
        return "" if first is None else "handwritten" if first.sha256 else "witnessed"

    def _filed_papers(self, today: date) -> Iterator[FiledPaper]:
        for paper in self.papers():
            where = self.paper(paper.id)
            if where is not None:
                by = bring_by(paper, today) if where is PaperFrom.LATER else ""
                yield FiledPaper(paper.id, where, self.certificate(paper), by)

    def _of_step(self, step: str) -> Iterator[Stop]:
        match step:
            case "whose":
                yield Stop(Kind.WHOSE)
                acting = self.filing.acting
                if acting is not None and acting.whose is For.ORGANISATION:
                    if acting.organisation is None or acting.organisation not in self.filing.known.organisations:
                        yield Stop(Kind.ORGANISATION)
                elif acting is not None and acting.whose is not For.SELF and not self._from_household(acting):
                    yield Stop(Kind.KIN)
            case "form":
                yield from self._asked_of(self.item.form)
            case "documents":
                for paper in self.papers():
                    if not self.certificate(paper):
                        yield Stop(Kind.PAPER, paper.id)
                        if self.filing.paper(paper.id) is PaperFrom.SCAN:
                            yield Stop(Kind.SCAN, paper.id)
            case "attachments":
                yield from (Stop(Kind(each.kind), each.id) for each in self.item.gifts)
            case "delivery":
                yield Stop(Kind.DELIVERY)
                yield from self._asked_of(self.item.delivery_form)

    def _asked_of(self, form: tuple[FieldCard, ...]) -> Iterator[Stop]:
        yield from (Stop(Kind.FIELD, each.name) for each in self._fields() if each in form and self._askable(each))

    def _from_household(self, acting: Acting) -> bool:
        return acting.kin is not None and acting.kin in self.filing.known.household

    def _fields(self) -> tuple[FieldCard, ...]:
        form = self.item.form if "form" in self.item.steps else ()
        after = self.item.delivery_form if "delivery" in self.item.steps else ()
        return tuple(field for field in (*form, *after) if self._applies(field))

    def _applies(self, field: FieldCard) -> bool:
        """Whether the answers to other fields ask for this one; a field is never asked for by one that follows it."""
        order = (*self.item.form, *self.item.delivery_form)
        for name, wanted in field.when:
            if name == WAY and field in self.item.delivery_form:
                if self.filing.delivery != wanted:
                    return False
                continue
            other = self.item.field(name)
            if other is None or order.index(other) >= order.index(field):
                return False
            value = self.value(other) if self._applies(other) else None
            if wanted != (NOTHING if value is None else str(value)):
                return False
        return True

    def _askable(self, field: FieldCard) -> bool:
        """What may be left out, and has nothing to choose from, is not asked."""
        nothing = bool(field.options) and not field.required and not self.choices(field)
        return field.editable and field.kind != "text" and not nothing

    def _was_asked(self, stop: Stop) -> bool:
        if stop.kind is not Kind.FIELD:
            return self.answered(stop)
        return self.filing.value(stop.name) is not None

    def _still_offered(self, field: FieldCard, value: Value) -> bool:
        """An answer that the hub once offered counts only while it is offered; what it never told cannot be judged."""
        if any(each.needs for each in field.choices):
            return any(each.value == value and each.open for each in self.choices(field))
        offered = self.filing.known.offered(field.options) if field.options else ()
        return not offered or any(each.value == value and each.left != 0 for each in offered)

    def _taken_from(self, source: str) -> Value | None:
        where, _, what = source.partition(".")
        person, acting = self.resident, self.filing.acting
        match where:
            case "card" if person.source is Source.CARD:
                return _of_person(person, what) or None
            case "typed" if person.source is Source.TYPED:
                return person.number
            case "person" if person.source is Source.CARD:
                return _of_person(person, what) or None
            case "subject" if acting is None or acting.whose is For.SELF:
                return _of_person(person, what) or None
            case "subject" if acting is not None and acting.kin is not None:
                return {"name": acting.kin.name, "number": acting.kin.number, "birth": acting.kin.birth}.get(
                    what
                ) or None
            case "hub":
                return self.filing.known.value(what)
            case _:
                return None


def bring_by(paper: PaperCard, today: date) -> str:
    """The last day (YYYY-MM-DD) on which a promised paper may be brought; empty where it may not be promised."""
    return (today + timedelta(days=paper.later_days)).isoformat() if paper.later_days else ""


def _of_person(person: Person, what: str) -> str:
    return {"name": person.name, "number": person.number, "birth": person.birth, "layout": person.layout}.get(what, "")
