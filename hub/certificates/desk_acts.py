"""What a clerk does to an issued certificate at the desk: suspends it, lifts that, revokes it, has it made anew."""

from __future__ import annotations

from typing import Final, Literal, get_args

from sqlalchemy.orm import Session

from hub.certificates.changes import ACTS, REASON_CHARS, ChangeTrouble, act_on, find, may_become, order_change
from hub.certificates.custody import TYPED_DIGITS
from hub.certificates.orders import VALID
from hub.certificates.tables import Certificate, Seal
from hub.desk import DeskTrouble, is_before
from hub.hub import Hub
from hub.staff import SignedIn
from hub.tables import Case

DeskAct = Literal["suspended", "resumed", "revoked", "changed"]
DESK_ACTS: Final[tuple[DeskAct, ...]] = get_args(DeskAct)
VALUE_CHARS: Final = 200
_NO: Final = "hub.desk.trouble.certificate"


def acts_for(session: Session, hub: Hub, case: Case, row: Certificate, who: SignedIn) -> tuple[DeskAct, ...]:
    """What this clerk may do to it now: the case lies before them, and a custodian's paper is its custodian's.

    Only suspending is anybody's who handles the case: it does no harm that could not be undone, and may be urgent.
    """
    if not is_before(hub, case, who):
        return ()
    seal = session.get_one(Seal, row.seal_id)
    own = seal.use != "custodian" or seal.custodian == who.name
    open_to = [act for act in ACTS if may_become(row.state, act) and (own or act == "suspended")]
    return (*open_to, *(("changed",) if own and row.state == VALID else ()))


def change_at_desk(
    hub: Hub,
    case_id: int,
    who: SignedIn,
    identifier: str,
    act: DeskAct,
    reason: str,
    *,
    typed: str = "",
    field: str = "",
    value: str = "",
) -> DeskTrouble | None:
    """Does one of these, with the reason in the journal and the terminal told; what was typed guards a revocation."""
    reason, value = " ".join(reason.split()), " ".join(value.split())
    if not reason:
        return DeskTrouble("hub.desk.trouble.why", 422)
    if len(reason) > REASON_CHARS or len(value) > VALUE_CHARS:
        return DeskTrouble("hub.desk.trouble.long", 422)
    try:
        with hub.database.reading() as session:
            case, row = session.get_one(Case, case_id), find(session, identifier)
            if row.case_id != case_id or act not in acts_for(session, hub, case, row, who):
                return DeskTrouble(_NO, 409)
            if act == "revoked" and "".join(typed.split()) != case.number[-TYPED_DIGITS:]:
                return DeskTrouble("hub.desk.trouble.seal_number", 422)
        if act == "changed":
            if not value:
                return DeskTrouble("hub.desk.trouble.certificate_value", 422)
            order_change(hub, identifier, {field: value}, who.name, reason)
        else:
            act_on(hub, identifier, act, who.name, reason)
    except ChangeTrouble:
        return DeskTrouble(_NO, 409)  # another page, or the other clerk, was quicker
    hub.work.set()
    return None
