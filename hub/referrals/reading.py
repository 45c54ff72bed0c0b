"""The sandbox bank's own reading by a voucher: signed with its key, through the same door as any other party's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from hub.gateway.reading import Gateway
from hub.hub import Hub
from hub.problems import Problem
from hub.vouchers.readers import sandbox_key
from hub.vouchers.reading import by_gateway
from hub.vouchers.routes import ADDRESS, answered
from offline.wire.canonical import canonical_json
from offline.wire.protocol import offer
from offline.wire.signing import sign_request

Reads = Callable[[str, str, str], int | None]
"""Reader, voucher and the reader's own number → months of contributions; None where nothing was opened."""
_MONTHS: Final = "months"


def reads_by_voucher(hub: Hub, gateway: Gateway) -> Reads:
    """How a sandbox bank reads."""
    source = by_gateway(hub, gateway)

    def read(reader: str, voucher: str, reference: str) -> int | None:
        if not voucher:
            return None
        body = canonical_json({"voucher": voucher, "facts": [_MONTHS], "reference": reference})
        try:
            with hub.database.reading() as session:
                key = sandbox_key(session, hub, reader)
            headers = sign_request(key, reader, "POST", ADDRESS, body, hub.clock(), offered=offer())
            facts = answered(hub, source, headers, body)["facts"]
        except Problem:
            return None  # revoked, expired, or the source has nothing: the log at the hub says which
        rows = facts.get(_MONTHS) if isinstance(facts, dict) else None
        return sum(int(row["months"]) for row in rows if row.get("months")) if isinstance(rows, list) else None

    return read
