"""The application that tests keep without a screen: what the journey keeps when a village helper vouched."""

from __future__ import annotations

from functools import cache

from deploy.applications import VILLAGE, witnessed
from kiosk.services.payload import application
from offline.store import Kept, TerminalStore
from offline.wire.claims import new_code
from seeds.people import People
from seeds.people import Person as Invented


@cache
def invented() -> People:
    """The invented people, read once."""
    return People.load()


def keep_witnessed(store: TerminalStore, applicant: Invented, helper: Invented) -> Kept:
    """Keeps a witnessed application as the journey's storage does."""
    wish = witnessed(applicant, helper)
    subject = store.subject_of(applicant.id_number)
    payload = application(wish, region=VILLAGE, subject=subject)
    return store.keep(wish.item.event_type, payload, claim_code=new_code(), subject=subject)
