"""A service item as the journey needs it, and what is due for the person whose card was laid."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from offline.bounds import Priority


@dataclass(frozen=True)
class ChoiceCard:
    """One answer that may be touched, in the terminal's language; one that is not `open` keeps its place."""

    value: str
    name: str
    detail_text: str = ""
    open: bool = True
    needs: str = ""  # what the hub must have told, and what it told is the detail


@dataclass(frozen=True)
class FieldCard:
    """One field of an item's form. `kind`: choice, yes_no, whole, yuan, phone, digits, date, id_number, or text
    (never asked)."""

    name: str
    label_text: str
    kind: str
    ask_text: str
    hint_text: str = ""
    choices: tuple[ChoiceCard, ...] = ()
    options: str = ""  # the choices are the hub's to tell, under this name
    prefill: tuple[str, ...] = ()
    editable: bool = True
    required: bool = True
    when: tuple[tuple[str, str], ...] = ()  # asked only where these fields have these values
    least: int = 0  # of a number
    most: int = 0
    length: int = 0  # of digits


@dataclass(frozen=True)
class PaperCard:
    """One paper that belongs to an item; `later_days` 0: it cannot be brought afterwards."""

    id: str
    name: str
    required: bool = True
    replaced_by: tuple[str, ...] = ()
    later_days: int = 0
    scan: bool = True  # it may be laid under the document camera


@dataclass(frozen=True)
class GiftCard:
    """What an item asks for besides words. `kind`: photo, voice, signature."""

    id: str
    kind: str
    name: str
    ask_text: str
    hint_text: str = ""
    required: bool = False


@dataclass(frozen=True)
class ItemCard:
    """One item of the catalogue; all strings are ready to show."""

    id: str
    name: str
    summary: str
    department: str
    version: str
    event_type: str
    big: bool = False
    guide: tuple[str, ...] = ()
    identity: tuple[str, ...] = ()  # levels it accepts
    devices: tuple[str, ...] = ()
    needs_hub: bool = False
    priority: Priority = Priority.ORDINARY
    fee_fen: int = 0
    fee_grows: bool = False  # with an amount that is not known yet
    time_limit: str = ""
    slip_lines: tuple[str, ...] = ()
    sent_lines: tuple[str, ...] = ()  # of the item, on the slip of a case that the hub has
    settled_lines: tuple[str, ...] = ()
    steps: tuple[str, ...] = ("consent", "identity", "confirm")
    whose: tuple[str, ...] = ("self",)
    whose_ask_text: str = ""
    form: tuple[FieldCard, ...] = ()
    papers: tuple[PaperCard, ...] = ()
    gifts: tuple[GiftCard, ...] = ()
    delivery: tuple[str, ...] = ()
    delivery_form: tuple[FieldCard, ...] = ()  # where to: asked after the way, by the way
    asks_hub: tuple[str, ...] = ()  # what the hub is asked for before the resident is
    at_once: bool = False  # near the hub the rule's word is waited for
    announced: bool = False  # once a card is laid, home says what of its options waits for this person
    promised_days: int = 0  # working days
    called: str = ""  # as people ask for it, where that is not its name
    picture: str = "item"  # the drawing beside it
    parts: tuple[ThemePart, ...] = ()  # of a theme: its items (see kiosk.journey.theme)
    whole: bool = False  # of a theme: no part can be left out

    def field(self, name: str) -> FieldCard | None:
        """The field of this name."""
        return next((each for each in (*self.form, *self.delivery_form) if each.name == name), None)

    def gift(self, name: str) -> GiftCard | None:
        """What is asked for under this id."""
        return next((each for each in self.gifts if each.id == name), None)

    def paper(self, name: str) -> PaperCard | None:
        """The paper of this id."""
        return next((each for each in self.papers if each.id == name), None)


@dataclass(frozen=True)
class ThemePart:
    """One item of a theme; one that does not apply to this resident is not `wanted`."""

    item: ItemCard
    wanted: bool = True


CASE_CONFIRMED: Final = "cn.zhizhu.case.confirmed.v1"
"""What an item keeps with which somebody says yes or no to another's application."""


@dataclass(frozen=True)
class AskedCase:
    """What waits for this person at the hub: another's application for their word, or something of their own.

    Not `open`: it ended without them.
    """

    item: ItemCard  # with which the word is said, or the thing is done
    name: str = field(repr=False)
    detail_text: str = field(default="", repr=False)
    open: bool = True

    @property
    def own(self) -> bool:
        """Whether it is only this person's own: nobody else waits for it."""
        return self.item.event_type != CASE_CONFIRMED


@dataclass(frozen=True)
class DueItem:
    """Something that waits for this person; `month` is YYYY-MM."""

    item: ItemCard
    month: str
