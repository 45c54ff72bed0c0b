"""A theme (一件事) as one item: everything that its wanted parts ask for, each thing once. Pure.

What a resident leaves out changes the card itself, so that the way through it, its guide, and what is sent need no rule
of their own for themes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import chain
from typing import Final, TypeVar

from kiosk.journey.item import FieldCard, ItemCard, PaperCard, ThemePart
from offline.bounds import Priority
from seeds.item import STEPS

T = TypeVar("T")
_LAST_TURNED_AWAY: Final = tuple(Priority)
_ANYBODYS: Final = frozenset(("whose", "delivery"))
"""Steps that are only taken where all the parts leave the same choice."""


def joined(theme: ItemCard, parts: tuple[ThemePart, ...]) -> ItemCard:
    """The theme with these parts; what it is called and by which event it is filed stays its own."""
    wanted = tuple(part.item for part in parts if part.wanted)
    longest = max(wanted, key=lambda item: item.promised_days, default=theme)
    whose = _common(item.whose for item in wanted)
    delivery = _common(item.delivery for item in wanted if "delivery" in item.steps)
    steps = {step for item in wanted for step in item.steps if step not in _ANYBODYS}
    steps |= {"whose"} if set(whose) - {"self"} else set()
    steps |= {"delivery"} if delivery else set()
    return replace(
        theme,
        parts=parts,
        department="、".join(_once((item.department for item in wanted), str)),
        guide=_once(chain.from_iterable(item.guide for item in wanted), str),
        identity=_common(item.identity for item in wanted),
        devices=_once(chain.from_iterable(item.devices for item in wanted), str),
        needs_hub=any(item.needs_hub for item in wanted),
        priority=min((item.priority for item in wanted), key=_LAST_TURNED_AWAY.index, default=theme.priority),
        fee_fen=sum(item.fee_fen for item in wanted),
        fee_grows=any(item.fee_grows for item in wanted),
        time_limit=longest.time_limit if wanted else "",
        steps=tuple(step for step in STEPS if step in steps),
        whose=whose,
        whose_ask_text=next((item.whose_ask_text for item in wanted if item.whose_ask_text), ""),
        form=_form(wanted),
        papers=_papers(wanted),
        gifts=_once(chain.from_iterable(item.gifts for item in wanted), lambda gift: gift.id),
        delivery=delivery,
        delivery_form=next((item.delivery_form for item in wanted if delivery and item.delivery_form), ()),
        asks_hub=_once(chain.from_iterable(item.asks_hub for item in wanted), str),
        announced=any(item.announced for item in wanted),
        at_once=bool(wanted) and all(item.at_once for item in wanted),
        promised_days=longest.promised_days,
    )


def toggled(theme: ItemCard, item_id: str) -> ItemCard:
    """The theme with one part taken in or left out; of one that is whole nothing is."""
    if theme.whole:
        return theme
    return joined(
        theme,
        tuple(replace(each, wanted=not each.wanted) if each.item.id == item_id else each for each in theme.parts),
    )


def without(theme: ItemCard, left: tuple[str, ...]) -> ItemCard:
    """The theme without these parts; an item that is no theme stays as it is."""
    if not theme.parts:
        return theme
    return joined(theme, tuple(replace(each, wanted=each.item.id not in left) for each in theme.parts))


def wanted_parts(item: ItemCard) -> tuple[ItemCard, ...]:
    """The items that are applied for with it; nothing of what is no theme."""
    return tuple(part.item for part in item.parts if part.wanted)


def left_out(item: ItemCard) -> tuple[ItemCard, ...]:
    """The items of a theme that do not apply."""
    return tuple(part.item for part in item.parts if not part.wanted)


def nothing_wanted(item: ItemCard) -> bool:
    """Whether every part of a theme was left out."""
    return bool(item.parts) and not wanted_parts(item)


def asked_for(item: ItemCard) -> tuple[str, ...]:
    """The items in whose name the hub is asked: of a theme those that want to know what none before them did.

    A part that was left out reads nothing of anybody.
    """
    if not item.parts:
        return (item.id,)
    known: set[str] = set()
    asking = []
    for part in wanted_parts(item):
        if not known.issuperset(part.asks_hub):
            asking.append(part.id)
            known.update(part.asks_hub)
    return tuple(asking)


def _form(wanted: tuple[ItemCard, ...]) -> tuple[FieldCard, ...]:
    """Each field once; it may be skipped only where every part lets it."""
    asked = tuple(chain.from_iterable(item.form for item in wanted if "form" in item.steps))
    needed = {field.name for field in asked if field.required}
    return tuple(replace(field, required=field.name in needed) for field in _once(asked, lambda field: field.name))


def _papers(wanted: tuple[ItemCard, ...]) -> tuple[PaperCard, ...]:
    """Each paper once; it may come late only where every part lets it, and is needed where any needs it."""
    found: dict[str, PaperCard] = {}
    for paper in chain.from_iterable(item.papers for item in wanted if "documents" in item.steps):
        one = found.get(paper.id, paper)
        found[paper.id] = replace(
            one,
            required=one.required or paper.required,
            later_days=min(one.later_days, paper.later_days),
            scan=one.scan and paper.scan,
            replaced_by=tuple(kind for kind in one.replaced_by if kind in paper.replaced_by),
        )
    return tuple(found.values())


def _common(each: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """What is in all of them, in the order of the first."""
    first, *others = tuple(each) or ((),)
    return tuple(one for one in first if all(one in other for other in others))


def _once(each: Iterable[T], name: Callable[[T], str]) -> tuple[T, ...]:
    found: dict[str, T] = {}
    for one in each:
        found.setdefault(name(one), one)
    return tuple(found.values())
