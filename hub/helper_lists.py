"""The signed list of helpers who may witness in a village, as each terminal there gets it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.feed import tell
from hub.hub import Hub
from hub.key_news import tell_keys
from hub.tables import BasePerson, Terminal
from offline.wire.claims import subject_of
from offline.wire.helper_list import Helper, HelperList, sign_list
from seeds.identifiers import mask_name


def publish_helpers(session: Session, hub: Hub, terminal: Terminal) -> None:
    """Signs the current list of the terminal's village and puts it in the feed under a higher version."""
    tell_keys(session, hub, terminal)
    _, signing = hub.keys.ring.pair(terminal.keys_version)
    terminal.helpers_version += 1
    key = hub.keys.subject_key(terminal.id)
    listed = HelperList(
        region=terminal.region,
        version=terminal.helpers_version,
        helpers=tuple(
            Helper(subject=subject_of(key, person.id_number), name=mask_name(person.name))
            for person in _helpers(session, terminal.region, hub.settings.region_helpers)
        ),
    )
    tell(session, terminal.id, "helpers", sign_list(signing.private, listed), hub.clock())


def _helpers(session: Session, region: str, limit: int) -> list[BasePerson]:
    wanted = select(BasePerson).where(BasePerson.region == region, BasePerson.helper).order_by(BasePerson.id_number)
    return list(session.scalars(wanted.limit(limit)))
