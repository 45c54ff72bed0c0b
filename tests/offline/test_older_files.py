"""A file of an earlier version: read by a newer agent, brought to the present shape, read by an older one."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from offline import ledger
from offline.database import Connection, Database
from offline.keys import database_key
from offline.store import SlipOutcome, TerminalStore, TerminalView
from offline.terminal_store import migrations
from offline.wire.canonical import time_text
from offline.wire.chain import Head
from offline.wire.identity import new_traceparent, uuid7
from tests.offline.ground import APPLIED, ITEM, NOON, HubKeys, enrol

ACTS: Final = 4
ACT_COLUMNS: Final = "event_id, seq, item, subject, salt, kept_at, slip"
"""What the version before asked `act` for."""


class OldTerminal:
    """terminal.db as an earlier version wrote it: two rows an act, one of them beside the chain."""

    def __init__(self, state_dir: Path, before: str) -> None:
        self._connection = Connection(state_dir / "terminal.db", database_key(state_dir), write=True)
        migrations.apply(self._connection.db, stop_before=before)
        self._source = enrol(state_dir, HubKeys()).source
        self.ids = [self._connection.transaction(self._keep) for _ in range(ACTS)]

    def beside(self, n: int, **values: object) -> None:
        """Sets what rests beside an act."""
        for column, value in values.items():
            self._connection.rows(f"UPDATE act SET {column} = ? WHERE event_id = ?", (value, self.ids[n]))

    def close(self) -> None:
        """The version before ends."""
        self._connection.close()

    def _keep(self, db: Database) -> str:
        event, _ = ledger.append(
            db,
            identifier=uuid7(NOON),
            source=self._source,
            event_type=APPLIED,
            at=NOON,
            clock="trusted",
            traceparent=new_traceparent(),
            suite="as it was",
            key_id="0" * 16,
            data=b"sealed",
        )
        db.execute(
            "INSERT INTO act (event_id, seq, item, kept_at) VALUES (?, ?, ?, ?)",
            (event.id, event.seq, ITEM, time_text(NOON)),
        )
        return event.id


@pytest.fixture(params=["one_row_an_act", "pictures"])
def old(request: pytest.FixtureRequest, tmp_path: Path) -> OldTerminal:
    """A file of each earlier shape, with acts found by code, by card and by nothing."""
    old = OldTerminal(tmp_path, request.param)
    old.beside(1, claim="c" * 64, salt=b"s" * 16, subject="p" * 64, slip="printed")
    old.beside(2, claim="d" * 64, subject="p" * 64)
    if request.param == "one_row_an_act":
        old.beside(3, picture="a" * 64)
    old.close()
    return old


def _as_it_reads(view: TerminalView) -> tuple[object, ...]:
    return (
        view.acts_after(0),
        view.acts_by_claim("c" * 64),
        view.acts_by_subject("p" * 64),
        view.pictured_after(0),
        view.pictured_by("a" * 64),
        view.events_after(0, 100),
        view.verify(),
    )


def test_an_older_file_reads_the_same_before_and_after_it_is_brought_to_the_present_shape(
    old: OldTerminal, tmp_path: Path
) -> None:
    view = TerminalView.open(tmp_path)
    before = _as_it_reads(view)
    view.close()
    store = TerminalStore.open(tmp_path, clock=lambda: NOON)
    assert _as_it_reads(store) == before
    assert [act.event_id for act in store.acts_after(0)] == old.ids[::-1]
    assert [act.event_id for act in store.acts_by_subject("p" * 64)] == [old.ids[2], old.ids[1]]
    (by_code,) = store.acts_by_claim("c" * 64)
    assert (by_code.salt, by_code.slip, by_code.kept_at) == (b"s" * 16, SlipOutcome.PRINTED, NOON)
    assert [act.slip for act in store.acts_by_subject("p" * 64)] == [None, SlipOutcome.PRINTED]
    store.close()


def test_a_pictures_name_outlives_the_change_of_shape(tmp_path: Path) -> None:
    old = OldTerminal(tmp_path, "one_row_an_act")
    old.beside(3, picture="a" * 64)
    old.close()
    store = TerminalStore.open(tmp_path)
    assert [each.event_id for each in store.pictured_after(0)] == [old.ids[3]]
    assert store.pictured_by("a" * 64) == store.pictured_after(0)[0]
    store.close()


def test_a_view_opened_on_the_older_file_goes_on_reading_while_the_terminal_changes_it(
    old: OldTerminal, tmp_path: Path
) -> None:
    view = TerminalView.open(tmp_path)
    before = _as_it_reads(view)
    store = TerminalStore.open(tmp_path, clock=lambda: NOON)
    assert _as_it_reads(view) == before
    kept = store.keep(APPLIED, {"item": ITEM}, pictures=("b" * 64,))
    assert view.act(kept.id) == store.act(kept.id)
    assert view.pictured_by("b" * 64) == store.pictured_by("b" * 64) is not None
    view.close()
    store.close()


def test_the_chain_goes_on_where_it_was_and_an_old_slip_can_be_settled(old: OldTerminal, tmp_path: Path) -> None:
    store = TerminalStore.open(tmp_path, clock=lambda: NOON)
    assert store.keep(APPLIED, {"item": ITEM}).seq == ACTS + 1
    store.settle_slip(old.ids[1], SlipOutcome.CANNOT_KNOW)
    store.settle_slip(old.ids[2], SlipOutcome.PRINTED)
    assert [act.slip for act in store.acts_by_subject("p" * 64)] == [SlipOutcome.PRINTED, SlipOutcome.CANNOT_KNOW]
    assert store.verify() == store.head() == Head(ACTS + 3, store.head().hash)
    assert store.damage() == ()
    store.close()


def test_an_agent_of_the_version_before_reads_the_present_shape_with_its_own_words(
    old: OldTerminal, tmp_path: Path
) -> None:
    store = TerminalStore.open(tmp_path, clock=lambda: NOON)
    kept = store.keep(APPLIED, {"item": ITEM}, subject="q" * 64, pictures=("b" * 64,))
    rows = store._writer.rows(f"SELECT {ACT_COLUMNS} FROM act WHERE subject = ? ORDER BY seq DESC", ("q" * 64,))
    assert rows == [(kept.id, kept.seq, ITEM, "q" * 64, None, time_text(NOON), None)]
    assert store._writer.row("SELECT 1 FROM pragma_table_info('act') WHERE name = 'picture'") is not None
    pictured = store._writer.rows("SELECT seq, event_id, picture FROM act WHERE picture IS NOT NULL AND seq > 4")
    assert pictured == [(kept.seq, kept.id, "b" * 64)]
    store.close()


@pytest.mark.parametrize("where", ["event_id = 'x'", "claim = 'x'", "subject = 'x'", "picture = 'x'"])
def test_an_act_is_found_without_reading_the_others(tmp_path: Path, where: str) -> None:
    enrol(tmp_path, HubKeys())
    store = TerminalStore.open(tmp_path)
    plan = store._writer.rows(f"EXPLAIN QUERY PLAN SELECT {ACT_COLUMNS} FROM act WHERE {where} ORDER BY seq DESC")
    assert plan
    assert not [row for row in plan if "SCAN" in str(row[3])]
    store.close()
