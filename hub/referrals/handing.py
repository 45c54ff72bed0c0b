"""What was approved is handed to the outside party that its item names, in the transaction that approves it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlalchemy.orm import Session

from hub.cases import payload_of
from hub.hub import Hub
from hub.referrals.tables import OutsideAsk
from hub.referrals.words import outside_of
from hub.tables import Case
from offline.wire.trouble import WireTrouble

PASSED: Final = frozenset(("rule_approve", "clerk_approve"))


def hand_over(session: Session, hub: Hub, case: Case, act: str) -> bool:
    """Whether this approval only means that the party may be asked: then it is noted, and the case waits for it."""
    rule = outside_of(hub, case.item)
    if rule is None or act not in PASSED or session.get(OutsideAsk, case.id) is not None:
        return False
    form = form_of(session, hub, case)
    party = rule.party or str(form.get(rule.party_field or "", ""))
    amount = form.get(rule.amount) if rule.amount is not None else 0
    session.add(
        OutsideAsk(
            case_id=case.id,
            party=party[:20],
            region=case.region,
            state="wanted",
            amount_fen=amount if isinstance(amount, int) else 0,
            rows=[],
            next_at=hub.clock(),
            since=hub.clock(),
        )
    )
    session.flush()
    return True


def form_of(session: Session, hub: Hub, case: Case) -> Mapping[str, object]:
    """The form's answers; nothing where the application cannot be opened."""
    try:
        form = payload_of(session, hub, case).get("form")
    except WireTrouble:
        return {}
    return form if isinstance(form, Mapping) else {}
