"""How each sandbox party (演示) behaves at the moment: one row a party, for all replicas."""

from __future__ import annotations

from typing import Final

from sqlalchemy.orm import Session

from hub.database import Database
from hub.delivery.tables import SandboxManner

WELL: Final = "well"


def manner_of(session: Session, party: str) -> str:
    """How a party behaves now."""
    row = session.get(SandboxManner, party)
    return WELL if row is None else row.manner


def behave(database: Database, party: str, manner: str) -> None:
    """Sets how a party behaves from now on."""
    with database.writing() as session:
        session.merge(SandboxManner(party=party, manner=manner))
