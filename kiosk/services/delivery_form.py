"""The questions of where a result goes to, with the halls and villages around this terminal: they need no network."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import Final

from kiosk.journey.delivery import ADDRESS, HALL, HOME, HOUSE, OTHER, PHONE, TO, VILLAGE, WAY
from kiosk.journey.item import ChoiceCard, FieldCard
from seeds.regions import Regions
from seeds.units import Unit, Units

HALLS_MOST: Final = 10
"""What a screen holds without scrolling; the nearest first."""
HOUSE_DIGITS: Final = 5
_LEVELS: Final = ("village", "town", "county", "city")


def delivery_form(units: Units, region: str, words: Callable[[str], str]) -> tuple[FieldCard, ...]:
    """What follows "collect" and "post", for a terminal of this division."""
    halls = tuple(ChoiceCard(each.id, each.name) for each in islice(halls_near(units, region), HALLS_MOST))
    villages = tuple(
        ChoiceCard(each.division, where(units.regions, each.division))
        for each in islice(halls_near(units, region), HALLS_MOST)
        if units.regions.by_code[each.division].level == "village"
    )
    ways = (
        ChoiceCard(HOME, words("screen.delivery_to.home"), words("screen.delivery_to.home_unknown"), False, ADDRESS),
        ChoiceCard(OTHER, words("screen.delivery_to.other"), words("screen.delivery_to.other_detail")),
    )
    collect, post, other = ((WAY, "collect"),), ((WAY, "post"),), ((TO, OTHER),)
    return (
        FieldCard(
            HALL, words("screen.delivery_hall.label"), "choice", words("screen.delivery_hall.ask"),
            words("screen.delivery_hall.hint"), halls, when=collect,
        ),
        FieldCard(
            TO, words("screen.delivery_to.label"), "choice", words("screen.delivery_to.ask"),
            words("screen.delivery_to.hint"), ways, when=post,
        ),
        FieldCard(
            VILLAGE, words("screen.delivery_village.label"), "choice", words("screen.delivery_village.ask"),
            choices=villages, when=other,
        ),
        FieldCard(
            HOUSE, words("screen.delivery_house.label"), "digits", words("screen.delivery_house.ask"),
            words("screen.delivery_house.hint"), required=False, when=other, least=1, length=HOUSE_DIGITS,
        ),
        FieldCard(
            PHONE, words("screen.delivery_phone.label"), "phone", words("screen.delivery_phone.ask"),
            words("screen.delivery_phone.hint"), prefill=("hub.phone",), when=post,
        ),
    )  # fmt: skip


def halls_near(units: Units, region: str) -> tuple[Unit, ...]:
    """The halls where a result can be collected: this village's own, then those beside it, the town's and above."""
    regions = units.regions
    found = [each for each in units.near(region) if not units.kinds[each.id.partition("@")[0]].departments]
    found = [each for each in found if regions.by_code[each.division].level in _LEVELS]
    return tuple(
        sorted(found, key=lambda each: (_LEVELS.index(regions.by_code[each.division].level), each.division != region))
    )


def where(regions: Regions, code: str) -> str:
    """A village with its town, as one says it here: nobody needs the province's name on this screen."""
    return "".join(each.name for each in regions.path(code)[-2:])
