"""An act is kept whole or not at all, and the resident is told which."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from offline.database import Connection
from offline.keys import database_key
from offline.store import Act, SlipOutcome, TerminalStore, TerminalView
from offline.trouble import AlreadyWriting, DiskFull, KeyTrouble, NotEnrolled, StoreCorrupt, StoreLocked, StoreTrouble
from offline.wire.chain import Break, Head
from offline.wire.claims import new_code
from offline.wire.event import MAX_DATA_BYTES, Envelope
from offline.wire.sealing import unseal_event
from tests.offline.ground import APPLIED, ITEM, NOON, NUMBER, HubKeys, enrol, no_commit_works

KEYS = HubKeys()


@pytest.fixture
def state_dir(tmp_path: Path) -> Path:
    enrol(tmp_path, KEYS)
    return tmp_path


@pytest.fixture
def store(state_dir: Path) -> Iterator[TerminalStore]:
    store = TerminalStore.open(state_dir, clock=lambda: NOON)
    yield store
    store.close()


def test_a_kept_act_is_one_event_that_only_the_hub_can_read(store: TerminalStore, state_dir: Path) -> None:
    code, subject = new_code(), store.subject_of(NUMBER)
    kept = store.keep(APPLIED, {"item": ITEM, "applicant": {"name": "林月兰"}}, claim_code=code, subject=subject)
    view = TerminalView.open(state_dir)
    (event,) = view.events_after(0, 10)
    assert (event.id, event.seq, event.type, event.time) == (kept.id, 1, APPLIED, NOON)
    payload = unseal_event(event, KEYS.sealing)
    assert payload["applicant"] == {"name": "林月兰"}
    claim = payload["claim"]
    assert isinstance(claim, dict)
    assert (claim["code"], claim["subject"]) == (code, subject)
    act = view.act(kept.id)
    assert isinstance(act, Act)
    assert (act.item, act.subject, act.slip) == (ITEM, subject, None)
    assert view.verify() == view.head() == Head(1, event.hash())
    view.close()


def test_an_act_that_was_not_kept_leaves_no_trace_in_the_chain_that_is_remembered(store: TerminalStore) -> None:
    for fails in (False, True, False, True, True, False):
        if fails:
            with no_commit_works():
                store.keep(APPLIED, {"item": ITEM})
        else:
            store.keep(APPLIED, {"item": ITEM})
    again = store.keep(APPLIED, {"item": ITEM})
    assert store.keep(APPLIED, {"item": ITEM}, event_id=again.id) == again
    store.keep(APPLIED, {"item": ITEM})
    assert store.verify() == store.head()
    assert store.head().seq == 5


def test_nothing_readable_rests_on_the_disk(store: TerminalStore, state_dir: Path) -> None:
    code = new_code()
    store.keep(
        APPLIED, {"item": ITEM, "applicant": {"name": "林月兰", "id_number": NUMBER}}, claim_code=code,
        subject=store.subject_of(NUMBER),
    )  # fmt: skip
    files = [path for path in state_dir.rglob("*") if path.is_file()]
    assert {"terminal.db", "terminal.db-wal", "agent.db"} <= {path.name for path in files}
    for secret in ("林月兰", NUMBER, code, ITEM, "SQLite format"):
        for encoding in ("utf-8", "utf-16-le", "gb18030"):
            assert not [path for path in files if secret.encode(encoding) in path.read_bytes()]


def test_a_slip_is_settled_by_an_event_of_its_own(store: TerminalStore) -> None:
    kept = store.keep(APPLIED, {"item": ITEM}, claim_code=new_code())
    assert [act.slip for act in store.acts_after(0)] == [None]
    store.settle_slip(kept.id, "not_printed")
    assert [act.slip for act in store.acts_after(0)] == [SlipOutcome.NOT_PRINTED]
    settled = store.settle_slip(kept.id, SlipOutcome.PRINTED)
    assert [act.slip for act in store.acts_after(0)] == [SlipOutcome.PRINTED]
    event = store.events_after(settled.seq - 1, 1)[0]
    assert event.type == "cn.zhizhu.slip.settled.v1"
    assert unseal_event(event, KEYS.sealing) == {"event_id": kept.id, "outcome": "printed"}
    assert store.verify() == store.head()


def test_a_slip_of_an_unknown_act_is_refused(store: TerminalStore) -> None:
    with pytest.raises(StoreTrouble):
        store.settle_slip("nobody", "printed")
    assert store.head().seq == 0


def test_a_terminal_without_a_hub_keeps_nothing_and_says_so(tmp_path: Path) -> None:
    store = TerminalStore.open(tmp_path)
    with pytest.raises(NotEnrolled) as refusal:
        store.keep(APPLIED, {"item": ITEM})
    assert "没有保存" in refusal.value.sentence
    store.close()


def test_a_view_of_a_file_not_there_yet_is_empty_and_fills_later(state_dir: Path) -> None:
    view = TerminalView.open(state_dir)
    assert view.events_after(0, 10) == ()
    assert view.data_version() == -1
    store = TerminalStore.open(state_dir)
    store.keep(APPLIED, {"item": ITEM})
    first = view.data_version()
    assert len(view.events_after(0, 10)) == 1
    store.keep(APPLIED, {"item": ITEM})
    assert view.data_version() != first
    view.close()
    store.close()


def test_a_file_has_one_writer_and_a_second_is_told_who(store: TerminalStore, state_dir: Path) -> None:
    code = f"""
from pathlib import Path
from offline.store import TerminalStore
from offline.trouble import AlreadyWriting
try:
    TerminalStore.open(Path({str(state_dir)!r}))
except AlreadyWriting as refusal:
    print(refusal.sentence)
"""
    seen = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert str(os.getpid()) in seen.stdout
    with pytest.raises(AlreadyWriting):
        TerminalStore.open(state_dir)


def test_durability_is_set_and_read_back(store: TerminalStore, state_dir: Path) -> None:
    connection = Connection(state_dir / "other.db", database_key(state_dir), write=True)
    assert connection.row("PRAGMA synchronous") == (2,)
    assert connection.row("PRAGMA journal_mode") == ("wal",)
    connection.close()


def test_a_full_disk_is_said_and_nothing_of_the_act_is_there(store: TerminalStore, state_dir: Path) -> None:
    store.keep(APPLIED, {"item": ITEM})
    before = store.head()
    pages = store._writer.row("PRAGMA page_count")
    assert pages is not None
    store._writer.rows(f"PRAGMA max_page_count = {pages[0]}")
    with pytest.raises(DiskFull) as refusal:
        for _ in range(200):
            store.keep(APPLIED, {"item": ITEM, "words": os.urandom(3000).hex()})
            before = store.head()
    assert "没有保存" in refusal.value.sentence
    assert store.head() == before
    assert store.verify() == before
    store._writer.rows("PRAGMA max_page_count = 4294967294")  # there is room again
    store.keep(APPLIED, {"item": ITEM})
    assert store.head().seq == before.seq + 1


def test_the_log_stays_short_though_every_process_that_writes_lives_but_for_one_act(state_dir: Path) -> None:
    reader = TerminalView.open(state_dir)  # as the agent: with it there, no writer that ends is the last to close
    sizes = []
    for _ in range(12):
        store = TerminalStore.open(state_dir, clock=lambda: NOON)
        store.keep(APPLIED, {"item": ITEM, "words": os.urandom(30_000).hex()})
        reader.head()
        store.close()
        sizes.append((state_dir / "terminal.db-wal").stat().st_size)
    reader.close()
    assert max(sizes) < 3 * sizes[0]


def test_a_locked_file_is_said_and_the_next_act_is_kept(store: TerminalStore, state_dir: Path) -> None:
    other = Connection(state_dir / "terminal.db", database_key(state_dir), write=True)
    other.rows("BEGIN IMMEDIATE")
    store._writer.rows("PRAGMA busy_timeout = 10")
    with pytest.raises(StoreLocked):
        store.keep(APPLIED, {"item": ITEM})
    other.rows("ROLLBACK")
    other.close()
    assert store.keep(APPLIED, {"item": ITEM}).seq == 1


def test_a_damaged_file_is_said(state_dir: Path) -> None:
    TerminalStore.open(state_dir).close()
    (state_dir / "terminal.db").write_bytes(os.urandom(8192))
    with pytest.raises(StoreCorrupt):
        TerminalStore.open(state_dir)


def test_a_key_that_others_can_read_or_that_is_gone_is_refused(state_dir: Path) -> None:
    key = state_dir / "keys" / "database.key"
    assert key.stat().st_mode & 0o777 == 0o600
    assert len(key.read_bytes()) == 32
    key.chmod(0o640)
    with pytest.raises(KeyTrouble):
        TerminalStore.open(state_dir)
    key.unlink()
    with pytest.raises(KeyTrouble):
        TerminalStore.open(state_dir)
    assert not key.exists()


def test_a_rewritten_row_is_named(store: TerminalStore) -> None:
    for _ in range(3):
        store.keep(APPLIED, {"item": ITEM})
    store._writer.transaction(lambda db: db.execute("UPDATE event SET time = '2026-11-23T04:00:01.000Z' WHERE seq = 2"))
    found = store.verify()
    assert isinstance(found, Break)
    assert found.seq == 2


def test_a_rewritten_last_row_is_named_too(store: TerminalStore) -> None:
    store.keep(APPLIED, {"item": ITEM})
    store._writer.transaction(lambda db: db.execute("UPDATE event SET clock = 'trusted' WHERE seq = 1"))
    assert isinstance(store.verify(), Break)


@pytest.mark.parametrize("written", ["田" * 300_000, os.urandom(100_000).hex()], ids=["unpacked", "packed"])
def test_what_no_hub_could_open_is_not_kept(store: TerminalStore, written: str) -> None:
    with pytest.raises(StoreTrouble, match="太长"):
        store.keep(APPLIED, {"item": ITEM, "reason": written})
    assert store.head().seq == 0
    assert store.keep(APPLIED, {"item": ITEM, "reason": "田" * 1000}).seq == 1


def test_the_largest_act_that_is_kept_can_be_opened(store: TerminalStore) -> None:
    letters = os.urandom(MAX_DATA_BYTES // 2 - 700).hex().upper()  # packs to little more than half
    kept = store.keep(APPLIED, {"item": ITEM, "reason": letters + "x" * 100_000})
    (event,) = store.events_after(kept.seq - 1, 1)
    assert unseal_event(Envelope.from_json(event.to_json()), KEYS.sealing)["item"] == ITEM
