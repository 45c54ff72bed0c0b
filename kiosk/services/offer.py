"""The catalogue's items in the shape the journey shows them."""

from __future__ import annotations

from kiosk.journey.item import ItemCard
from offline.bounds import Priority
from seeds.catalogue import Catalogue
from seeds.item import Item
from seeds.words import Words


def items_of(catalogue: Catalogue, region: str, language: str = "zh-Hans") -> tuple[ItemCard, ...]:
    """The items that terminals offer in a region, in the catalogue's order."""
    return tuple(_card(item, language) for item in catalogue.for_region(region) if "terminal" in item.channels)


def _card(item: Item, language: str) -> ItemCard:
    def said(words: Words) -> str:
        return words.in_language(language)  # type: ignore[arg-type]

    return ItemCard(
        id=item.id,
        name=said(item.words),
        summary=said(item.summary_words),
        department=said(item.department_data.words),
        version=item.version,
        event_type=item.event_type,
        big=item.big,
        guide=tuple(said(line) for line in item.guide_words),
        identity=tuple(item.identity),
        devices=tuple(need.role for need in item.devices if need.need == "required"),
        needs_hub=item.offline == "needs_hub",
        priority=Priority(item.priority),
        fee_fen=item.fee_fen,
        time_limit=said(item.time_limits.shown),
        slip_lines=tuple(said(line) for line in item.slip.kept),
    )
