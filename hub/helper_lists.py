"""The signed list of helpers who may witness in a village, as each terminal there gets it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy.orm import Session

from hub.feed import tell
from hub.gateway.sharing import HELPERS
from hub.gateway.villages import Villager, Villages
from hub.hub import Hub
from hub.key_news import tell_keys
from hub.tables import Terminal
from offline.wire.claims import subject_of
from offline.wire.helper_list import Helper, HelperList, sign_list
from seeds.identifiers import mask_name

_HELPER_OF: Final = "helper_of"
_NAME: Final = "name"


def tell_helpers(hub: Hub, villages: Villages, terminal_id: str) -> None:
    """Signs the current list of the terminal's village and puts it in the feed under a higher version.

    Where the source does not tell now, the last list stands; a terminal that has none gets it with the next round.
    """
    with hub.database.reading() as session:
        region = session.get_one(Terminal, terminal_id).region
    people = helpers_of(hub, villages, region)
    if people is None:
        return
    with hub.database.writing() as session:
        publish_helpers(session, hub, session.get_one(Terminal, terminal_id, with_for_update=True), people)


def helpers_of(hub: Hub, villages: Villages, region: str) -> Sequence[Villager] | None:
    """Who helps in a village, with their names and nobody else's; None where the sources do not tell now."""
    found = villages.read(HELPERS, region, (_HELPER_OF,))
    if found is None:
        return None
    numbers = [one.id_number for one in found if one.values.get(_HELPER_OF) == region]
    named = [villages.one(HELPERS, number, (_NAME,)) for number in numbers[: hub.settings.region_helpers]]
    known = [one for one in named if one is not None]
    return known if len(known) == len(named) else None


def publish_helpers(session: Session, hub: Hub, terminal: Terminal, people: Sequence[Villager]) -> None:
    """Puts these helpers in the terminal's feed, signed with a key that it knows by then."""
    tell_keys(session, hub, terminal)
    _, signing = hub.keys.ring.pair(terminal.keys_version)
    terminal.helpers_version += 1
    key = hub.keys.subject_key(terminal.id)
    listed = HelperList(
        region=terminal.region,
        version=terminal.helpers_version,
        helpers=tuple(
            Helper(subject=subject_of(key, one.id_number), name=mask_name(str(one.values.get(_NAME, ""))))
            for one in people
        ),
    )
    tell(session, terminal.id, "helpers", sign_list(signing.private, listed), hub.clock())
