"""`kill -9` of the real terminal, screen and all, around the moment of 确认: what was said to be kept is kept, once."""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections import Counter
from contextlib import closing, suppress
from pathlib import Path
from random import Random
from typing import Final

import pytest

from deploy.journey.door import Door
from deploy.journey.world import until
from deploy.trouble import RoofTrouble
from offline.store import TerminalView
from tests.deploy.hall import PEOPLE, WITHIN_S, Hall, open_hall
from tests.deploy.visits import KEPT, code_in, code_on_screen, event_of, up_to_confirm

SEED: Final = "ZHIZHU_KILL_SEED"
KILLS: Final = int(os.environ.get("ZHIZHU_TERMINAL_KILLS") or 2)
"""A few here; the nightly run dies more often."""
FROM_S, TO_S = -0.12, 0.2
"""The orders to cut the mains are spread over this time around the touch; the last comes after 已保存 was read."""


class Eye:
    """Looks at the screen without patience, again and again, until the mains are out; remembers the codes it read."""

    def __init__(self, door: Path) -> None:
        self._door = Door(door)
        self.codes: set[str] = set()
        self.saw_kept = threading.Event()
        self.cut = threading.Event()

    def watch(self) -> None:
        """Runs in a thread of its own."""
        while not self.cut.is_set():
            try:
                told = str(self._door.ask("screen"))
            except RoofTrouble:
                continue  # the moment of death: nobody could have read anything
            if KEPT in told and (code := code_on_screen(told)):
                self.codes.add(code)
                self.saw_kept.set()

    def confirm(self) -> None:
        """The one touch; where the terminal is dead already nothing happens, as to a finger."""
        with suppress(RoofTrouble):
            self._door.ask("tap", what="confirm")


@pytest.mark.night
def test_what_the_screen_or_a_slip_said_was_kept_is_at_the_hub_once_whenever_the_terminal_dies() -> None:
    seed = int(os.environ.get(SEED) or Random().getrandbits(32))
    print(f"{SEED}={seed}")
    chance = Random(seed)
    moments = [FROM_S + (TO_S - FROM_S) * (n + chance.random()) / (KILLS - 1) for n in range(KILLS - 1)]
    # nobody witnesses for herself
    residents = [one.slug for one in PEOPLE if one.roles == ("resident",) and one.layout == "resident"]
    with open_hall("privacy.restart_idle_s=0") as hall:
        shown: set[str] = set()
        for moment in (*moments, None):
            shown |= _dies_at_confirm(hall, chance.choice(residents), moment)
        slips = {code for ticket in hall.world.tickets() if (code := code_in(ticket.text))}
        held = _held(hall.state_dir)
        hub = hall.state_dir.parents[1] / "hub" / "hub.db"
        said = until(lambda: None if set(held) <= set(_at_hub(hub)) else "not all at the hub", WITHIN_S)
        assert said is None, (held, _at_hub(hub))
        told = {event_of(hall.state_dir, code) for code in shown | slips}
        print(f"{KILLS} kills: {len(shown)} read on the screen, {len(slips)} on slips, {len(held)} events held")
        assert shown, "no kill came after the screen had spoken"
        assert told <= set(held)
        assert all(times == 1 for times in Counter(_at_hub(hub)).values())
        assert set(_at_hub(hub)) == set(held)


def _dies_at_confirm(hall: Hall, applicant: str, moment: float | None) -> set[str]:
    """One visit up to 确认, and a power cut so many seconds after or before it (None: after 已保存); the codes read."""
    up_to_confirm(hall, applicant)
    eye = Eye(hall.state_dir.parent / "door.sock")
    watching = threading.Thread(target=eye.watch)
    cutting = threading.Thread(target=lambda: hall.world.stage("/power_cut"))
    watching.start()
    try:
        if moment is not None and moment < 0:
            cutting.start()
            eye.cut.wait(-moment)  # nobody sets it yet: this is the moment's length
        eye.confirm()
        if moment is None:
            assert eye.saw_kept.wait(WITHIN_S)
        elif moment >= 0:
            eye.cut.wait(moment)
        if not cutting.ident:
            cutting.start()
        cutting.join()
    finally:
        eye.cut.set()
        watching.join()
    hall.shows("'attract'")
    return eye.codes


def _held(state_dir: Path) -> tuple[str, ...]:
    with closing(TerminalView.open(state_dir)) as terminal:
        return tuple(event.id for event in terminal.events_after(0, terminal.head().seq))


def _at_hub(database: Path) -> list[str]:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as hub:
        rows = hub.execute("SELECT envelope FROM inbox").fetchall()
    return [str(json.loads(row[0])["id"]) for row in rows]
