"""Every table there is: whoever needs the whole schema asks here, so that no part's tables are forgotten."""

from __future__ import annotations

from typing import Final

from sqlalchemy import MetaData

from hub import tables
from hub.attachments import tables as attachments
from hub.bells import tables as bells
from hub.boards import tables as boards
from hub.bookings import tables as bookings
from hub.casework import tables as casework
from hub.certificates import tables as certificates
from hub.clocks import tables as clocks
from hub.delivery import tables as delivery
from hub.gateway import tables as gateway
from hub.houses import tables as houses
from hub.identity import tables as identity
from hub.notices import tables as notices
from hub.parties import tables as parties
from hub.payments import tables as payments
from hub.ratings import tables as ratings
from hub.rechecks import tables as rechecks
from hub.referrals import tables as referrals
from hub.reviews import tables as reviews
from hub.vouchers import tables as vouchers

PARTS: Final = (
    tables,
    *(attachments, bells, boards, bookings, casework, certificates, clocks, delivery, gateway, houses),
    *(identity, notices, parties, payments, ratings, rechecks, referrals, reviews, vouchers),
)
"""The modules that declare tables; a new part adds its own."""


def metadata() -> MetaData:
    """The tables of all parts."""
    return tables.Base.metadata
