"""A word that its rule, or a clerk who looked at a picture, has let pass: it is laid down to be joined to its case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlalchemy.orm import Session

from hub.cases import payload_of
from hub.hub import Hub
from hub.parties.standing import is_word, word_of
from hub.parties.tables import PartyWord
from hub.tables import Case
from offline.wire.claims import index_hash, normal
from offline.wire.trouble import WireTrouble

PASSED: Final = frozenset(("rule_approve", "clerk_approve"))
_EVENT_CHARS: Final = 36
_REASON_CHARS: Final = 40


def lay_down(session: Session, hub: Hub, case: Case, act: str) -> bool:
    """Whether this approval is that of a word, which now waits for its case; in the transaction that approves it."""
    if act not in PASSED or not is_word(hub, case.item):
        return False
    if word_of(session, case) is None:
        form = _form(session, hub, case)
        session.add(
            PartyWord(
                case_id=case.id,
                event=str(form.get("asked", ""))[:_EVENT_CHARS],
                claim_hash=_claim_hash(hub, form.get("code")),
                subject=case.subject,
                yes=form.get("answer") == "yes",
                reason=str(form.get("reason", ""))[:_REASON_CHARS],
                state="new",
                made_at=hub.clock(),
            )
        )
        session.flush()
    return True


def _form(session: Session, hub: Hub, case: Case) -> Mapping[str, object]:
    """What was answered; nothing where it cannot be opened: then the word names no case and is told so."""
    try:
        form = payload_of(session, hub, case).get("form")
    except WireTrouble:
        return {}
    return form if isinstance(form, Mapping) else {}


def _claim_hash(hub: Hub, untrusted: object) -> str:
    try:
        return index_hash(hub.keys.claim_index, normal(untrusted)) if isinstance(untrusted, str) else ""
    except WireTrouble:
        return ""
