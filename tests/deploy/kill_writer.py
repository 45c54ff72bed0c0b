"""The terminal's core without its screen: keeps applications and slips as a journey does, one act a byte it hears."""

from __future__ import annotations

import os
from pathlib import Path
from random import Random
from typing import Final

from offline.store import TerminalStore
from tests.deploy.applications import invented, keep_witnessed

MARK: Final = b"KEPT "
MOST_COPIES: Final = 3


def write(state_dir: Path, chance: Random) -> None:
    """Keeps acts until it is killed; says an event's id after the store has acknowledged it, never before."""
    store = TerminalStore.open(state_dir)
    people = invented()
    applicants = [person for person in people if "resident" in person.roles and person.layout == "resident"]
    helper = next(person for person in people if "helper" in person.roles)
    while True:
        _await_turn()
        kept = keep_witnessed(store, chance.choice(applicants), helper)
        _say(kept.id)
        for copy in reversed(range(chance.randint(2, MOST_COPIES))):
            _await_turn()
            _say(store.settle_slip(kept.id, "not_printed" if copy else "printed").id)


def _await_turn() -> None:
    if not os.read(0, 1):
        raise SystemExit(0)


def _say(identifier: str) -> None:
    os.write(1, MARK + identifier.encode("ascii") + b"\n")
