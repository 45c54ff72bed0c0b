"""How a terminal hears of the hub's new keys: before anything that is signed with them."""

from __future__ import annotations

from sqlalchemy.orm import Session

from hub.feed import tell
from hub.hub import Hub
from hub.tables import Terminal


def tell_keys(session: Session, hub: Hub, terminal: Terminal) -> None:
    """Puts the statements a terminal has not been told into its feed; the caller holds its row."""
    for statement in hub.keys.statements_after(terminal.keys_version):
        tell(session, terminal.id, "keys", statement, hub.clock())
        terminal.keys_version += 1
    session.flush()


def catch_up(hub: Hub, terminal_id: str) -> None:
    """Tells a terminal that asks for its feed; nothing is written when it has been told."""
    with hub.database.reading() as session:
        if session.get_one(Terminal, terminal_id).keys_version >= hub.keys.version:
            return
    with hub.database.writing() as session:
        tell_keys(session, hub, session.get_one(Terminal, terminal_id, with_for_update=True))
