"""A store on a disk that fails at every place once: says of each act what the store said of it.

    python -m tests.power_cut.troubled_writer STATE_DIR RECORD FAULT SEED [BELIEVING|HEEDLESS]

BELIEVING is a store as one would write it first: a commit that failed was not kept, and nothing is done about it.
HEEDLESS is one that opens all the same when its folder's names cannot be flushed, as SQLite by itself does.
"""

from __future__ import annotations

import errno
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Final

from deploy.power_cut.record import acknowledge, refuse
from deploy.power_cut.shim import ALWAYS, Fails, Shim
from offline import database
from offline.database import UNDO_TRIES, Connection
from offline.store import AgentStore, TerminalStore
from offline.trouble import DiskFault, DiskFull, OfflineTrouble, StoreInDoubt
from offline.wire.identity import uuid7
from offline.wire.whole_file import sync_folder
from tests.offline.ground import APPLIED, ITEM, REGION, HubKeys

WRITES_OF_A_COMMIT: Final = 20
ONLY: Final = "terminal.db"
REBIRTHS: Final = 6


@dataclass(frozen=True)
class Fault:
    """What fails while one act is kept."""

    calls: Fails
    number: int
    after: int
    times: int


def every_fault() -> Iterator[Fault]:
    """Each kind of call of a commit, once, some times and from then on, for want of room and for a broken disk."""
    for number in (errno.ENOSPC, errno.EIO):
        for after in range(0, WRITES_OF_A_COMMIT, 3):
            for times in (1, ALWAYS):
                yield Fault(Fails.WRITES, number, after, times)
                yield Fault(Fails.WRITES | Fails.HALF, number, after, times)
            # the pages go through, the flush fails, and then nothing can be written to take it back
            yield Fault(Fails.SYNCS | Fails.WRITES, number, after, ALWAYS)
        for times in (1, 2, UNDO_TRIES, UNDO_TRIES + 1, ALWAYS):
            for more in (Fails.NONE, Fails.NONE, Fails.TRUNCATES, Fails.NAMES):
                yield Fault(Fails.SYNCS | more, number, 0, times)
        yield Fault(Fails.SYNCS, number, 1, 1)  # of a checkpoint, not of a commit
        for times in (1, 2, ALWAYS):
            yield Fault(Fails.FOLDER_SYNCS, number, 0, times)


class Life:
    """A terminal's store, its troubles, and what it said."""

    def __init__(self, state_dir: Path, record: Path, fault: Path, chance: Random) -> None:
        self._record = record
        self._shim = Shim(record, state_dir, record, fault)
        self._chance = chance
        self._state_dir = state_dir
        self.said: Counter[str] = Counter()
        with closing(AgentStore.open(state_dir)) as agent:
            agent.enrol(HubKeys().reply(), REGION, datetime.now(UTC))
        self._store = TerminalStore.open(state_dir)

    def live(self) -> None:
        """Every fault, in any order, each between acts that meet none."""
        faults = [*every_fault()]
        self._chance.shuffle(faults)
        for n, fault in enumerate(faults):
            if n % (len(faults) // REBIRTHS) == 0:
                self._born_again_on_what_was_never_flushed()
                self._born_again_under_a_name_that_was_never_flushed()
            identifier = self._keep(fault)
            if identifier and self._chance.random() < 0.5:  # the resident tries again, or does not
                self._keep(None, identifier)
            if self._chance.random() < 0.3:
                self._flush(fault)
            if self._chance.random() < 0.25:
                self._reopen(fault)
        self._store.close()

    def _keep(self, fault: Fault | None, identifier: str | None = None) -> str | None:
        """An act; its identifier where it may be tried again."""
        identifier = identifier or uuid7(datetime.now(UTC))
        payload = {"item": ITEM, "noise": self._chance.randbytes(self._chance.randrange(6000)).hex()}
        self._begin(fault)
        try:
            self._store.keep(APPLIED, payload, event_id=identifier)
        except StoreInDoubt:
            self.said["in doubt"] += 1
            return identifier
        except (DiskFull, DiskFault):
            refuse(self._record, identifier)
            self.said["not kept"] += 1
            return None  # what was told may not become untrue by the test's own doing
        finally:
            self._shim.heal()
        acknowledge(self._record, identifier)
        self.said["kept"] += 1
        return None

    def _flush(self, fault: Fault) -> None:
        self._begin(fault)
        with suppress(OfflineTrouble):
            self._store.flush()
        self._shim.heal()

    def _reopen(self, fault: Fault, *, healed: bool = True) -> None:
        """The process ends and begins while the disk fails; a terminal is started until it starts."""
        self._begin(fault)
        self._store.close()
        try:
            self._store = TerminalStore.open(self._state_dir)
        except OfflineTrouble:
            self._shim.heal()
            self._store = TerminalStore.open(self._state_dir)
        if healed:
            self._shim.heal()

    def _born_again_on_what_was_never_flushed(self) -> None:
        """The process ends in doubt; the next one reads what it left, and has no room to bring it into the file."""
        identifier = self._keep(Fault(Fails.SYNCS, errno.EIO, 0, ALWAYS))
        self._begin(Fault(Fails.SYNCS, errno.EIO, 0, ALWAYS))
        self._store.close()
        self._shim.heal()
        self._shim.fail(Fails.WRITES, errno.ENOSPC, only=f"{ONLY}/")  # the file's alone, not its log's
        self._store = TerminalStore.open(self._state_dir)
        self._keep(None, identifier if self._chance.random() < 0.5 else None)

    def _born_again_under_a_name_that_was_never_flushed(self) -> None:
        """The log is made anew and no flush of its folder works: who opens all the same keeps acts under no name."""
        self._reopen(Fault(Fails.FOLDER_SYNCS, errno.EIO, 0, ALWAYS), healed=False)
        for _ in range(3):  # the disk is well again after the first
            self._keep(None)

    def _begin(self, fault: Fault | None) -> None:
        if fault is not None:
            only = "" if fault.calls is Fails.FOLDER_SYNCS else ONLY
            self._shim.fail(fault.calls, fault.number, after=fault.after, times=fault.times, only=only)


def believe() -> None:
    """A commit that failed is counted as undone, as SQLite itself counts it."""

    def undone(self: Connection) -> bool:
        return bool(self.path)

    Connection._undone = undone  # type: ignore[method-assign]


def heed_no_folder() -> None:
    """A folder whose flush failed is as good as one that was flushed."""

    def renewed(folder: Path) -> None:
        with suppress(OSError):
            sync_folder(folder)

    database.renew_folder = renewed  # type: ignore[attr-defined]  # the name it imports


def main(words: list[str]) -> None:
    """Lives one life and tells how often what was said."""
    state_dir, record, fault, seed, *how = words
    if how == ["BELIEVING"]:
        believe()
    if how == ["HEEDLESS"]:
        heed_no_folder()
    life = Life(Path(state_dir), Path(record), Path(fault), Random(int(seed)))
    life.live()
    print(dict(life.said))


if __name__ == "__main__":
    main(sys.argv[1:])
