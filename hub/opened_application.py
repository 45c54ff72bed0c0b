"""What was applied for, opened for the moment it is needed."""

from __future__ import annotations

from pydantic import ValidationError
from sqlalchemy.orm import Session

from hub.applications import Application
from hub.cases import payload_of
from hub.hub import Hub
from hub.tables import Case
from offline.wire.trouble import WireTrouble


def read_application(session: Session, hub: Hub, case: Case) -> Application | None:
    """What was applied for; None when it cannot be opened."""
    try:
        applied = Application.model_validate(payload_of(session, hub, case))
        applied.claim.normal_code()
        applied.claim.salt()
    except (WireTrouble, ValidationError):
        return None
    return applied
