"""Where an item is offered: an application from elsewhere is told so in plain words, and nobody is asked about it."""

from __future__ import annotations

from hub.divisions import division_full_name
from hub.hub import Hub
from seeds.item import Item
from seeds.trouble import UnknownItem

ELSEWHERE = "elsewhere"


def offered_in(hub: Hub, item_id: str, region: str) -> bool:
    """Whether a terminal of this division may offer the item; what the catalogue no longer knows is not denied."""
    try:
        return hub.catalogue.item(item_id).regions.include(region)
    except UnknownItem:
        return True


def elsewhere_text(hub: Hub, item: Item, region: str) -> str:
    """Where it is offered, in the resident's words; a part left out is named where the terminal stands in it."""
    places = "、".join(division_full_name(hub, code) for code in item.regions.within)
    left_out = [code for code in item.regions.without if region.startswith(code)]
    if left_out:
        out = "、".join(division_full_name(hub, code) for code in left_out)
        return hub.texts("hub.reason.elsewhere_left_out", item=item.name, places=places, out=out)
    return hub.texts("hub.reason.elsewhere", item=item.name, places=places, here=division_full_name(hub, region))
