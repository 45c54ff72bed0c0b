"""Every table there is: whoever needs the whole schema asks here, so that no part's tables are forgotten."""

from __future__ import annotations

from typing import Final

from sqlalchemy import MetaData

from hub import tables
from hub.boards import tables as boards
from hub.bookings import tables as bookings
from hub.casework import tables as casework
from hub.clocks import tables as clocks
from hub.delivery import tables as delivery
from hub.gateway import tables as gateway
from hub.identity import tables as identity
from hub.notices import tables as notices
from hub.payments import tables as payments
from hub.ratings import tables as ratings
from hub.rechecks import tables as rechecks

PARTS: Final = (
    *(tables, casework, clocks, delivery, bookings, payments, ratings, notices, gateway, identity, boards),
    rechecks,
)
"""The modules that declare tables; a new part adds its own."""


def metadata() -> MetaData:
    """The tables of all parts."""
    return tables.Base.metadata
