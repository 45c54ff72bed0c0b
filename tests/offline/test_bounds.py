"""Who is refused first when a terminal fills: declared, in order, and never what was acknowledged."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from offline.bounds import MB, Bounds, Cause, Load, Priority, Room, room_for
from offline.clock_doubt import Heard
from offline.gauge import Gauge
from offline.pictures import FOLDER
from offline.store import AgentStore, SlipOutcome, TerminalStore, TerminalView
from offline.trouble import DiskFault, DiskFull, OutboxFull
from offline.wire.batch import EventResult, EventStatus
from offline.wire.claims import new_code
from tests.offline.ground import APPLIED, ITEM, NOON, HubKeys, enrol

BOUNDS: Final = Bounds(
    max_events=1000, max_bytes=10 * MB, max_age_days=30, file_max_bytes=40 * MB, reserve_bytes=64 * MB
)
LOADS: Final = st.builds(
    Load,
    events=st.integers(0, 1100),
    waiting_bytes=st.integers(0, 11 * MB),
    oldest_age_s=st.none() | st.floats(0, 100 * 86_400),
    file_bytes=st.integers(0, 44 * MB),
    free_bytes=st.integers(0, 400 * MB),
)
MORE: Final = st.builds(
    Load,
    events=st.integers(0, 300),
    waiting_bytes=st.integers(0, 3 * MB),
    oldest_age_s=st.floats(0, 40 * 86_400),
    file_bytes=st.integers(0, 10 * MB),
    free_bytes=st.integers(0, 200 * MB),
)


def fuller(load: Load, more: Load) -> Load:
    """A load with less room in every respect."""
    return Load(
        events=load.events + more.events,
        waiting_bytes=load.waiting_bytes + more.waiting_bytes,
        oldest_age_s=(load.oldest_age_s or 0.0) + (more.oldest_age_s or 0.0),
        file_bytes=load.file_bytes + more.file_bytes,
        free_bytes=max(0, load.free_bytes - more.free_bytes),
    )


@given(LOADS, MORE)
def test_less_room_never_takes_more(load: Load, more: Load) -> None:
    before, after = room_for(load, BOUNDS), room_for(fuller(load, more), BOUNDS)
    assert all(before.takes(each) for each in Priority if after.takes(each))
    assert after.full >= before.full


@given(LOADS)
def test_the_essential_is_refused_last_and_the_deferrable_first(load: Load) -> None:
    room = room_for(load, BOUNDS)
    taken = [room.takes(each) for each in (Priority.DEFERRABLE, Priority.ORDINARY, Priority.ESSENTIAL)]
    assert taken == sorted(taken)
    assert (room.cause is None) == all(taken)
    assert (room.least is None) == (not any(taken))


@given(LOADS, st.floats(0, 10_000 * 86_400))
def test_age_alone_refuses_only_what_can_be_put_off(load: Load, age_s: float) -> None:
    young, old = room_for(replace(load, oldest_age_s=None), BOUNDS), room_for(replace(load, oldest_age_s=age_s), BOUNDS)
    assert (old.essential, old.ordinary) == (young.essential, young.ordinary)
    assert old.deferrable in (young.deferrable, Cause.AGE)


@given(LOADS, st.lists(st.sampled_from(list(Priority)), max_size=60))
def test_no_sequence_of_acts_goes_over_a_bound(load: Load, wanted: list[Priority]) -> None:
    for priority in wanted:
        if room_for(load, BOUNDS).takes(priority):
            load = replace(load, events=load.events + 1)
            assert load.events <= BOUNDS.max_events


class Disk:
    """A disk whose free bytes the test sets."""

    def __init__(self) -> None:
        self.free = 10_000 * MB

    def __call__(self, _: Path) -> int:
        return self.free


@pytest.fixture
def state_dir(tmp_path: Path) -> Path:
    enrol(tmp_path, HubKeys())
    return tmp_path


def opened(state_dir: Path, bounds: Bounds, disk: Disk | None = None) -> TerminalStore:
    """The store of a terminal with these bounds."""
    return TerminalStore.open(state_dir, lambda: NOON, bounds=bounds, free=disk or Disk())


def stored(agent: AgentStore, store: TerminalStore, *seqs: int) -> None:
    """The hub has these events."""
    answers = []
    for seq in seqs:
        (event,) = store.events_after(seq - 1, 1)
        answers.append((seq, EventResult(id=event.id, status=EventStatus.STORED)))
    agent.acknowledge(answers, NOON)


def test_a_full_outbox_refuses_by_priority_and_everything_acknowledged_stays(state_dir: Path) -> None:
    store = opened(state_dir, Bounds(max_events=10))
    kept = [store.keep(APPLIED, {"item": ITEM}, claim_code=new_code(), priority=Priority.DEFERRABLE) for _ in range(7)]
    with pytest.raises(OutboxFull) as refused:
        store.keep(APPLIED, {"item": ITEM}, priority=Priority.DEFERRABLE)
    assert refused.value.cause is Cause.EVENTS
    assert "没有保存" in refused.value.sentence
    kept += [store.keep(APPLIED, {"item": ITEM}, priority=Priority.ORDINARY) for _ in range(2)]
    with pytest.raises(OutboxFull):
        store.keep(APPLIED, {"item": ITEM}, priority=Priority.ORDINARY)
    kept.append(store.keep(APPLIED, {"item": ITEM}, priority=Priority.ESSENTIAL))
    with pytest.raises(OutboxFull):
        store.keep(APPLIED, {"item": ITEM}, priority=Priority.ESSENTIAL)
    settled = store.settle_slip(kept[0].id, SlipOutcome.PRINTED)
    assert [event.id for event in store.events_after(0, 100)] == [*(one.id for one in kept), settled.id]
    assert store.verify() == store.head()
    store.close()


def test_what_the_hub_has_taken_makes_room_at_once(state_dir: Path) -> None:
    store, agent = opened(state_dir, Bounds(max_events=4)), AgentStore.open(state_dir)
    for _ in range(4):
        store.keep(APPLIED, {"item": ITEM}, priority=Priority.ESSENTIAL)
    stored(agent, store, 1, 2)
    store.keep(APPLIED, {"item": ITEM}, priority=Priority.ORDINARY)  # measured anew before anybody is refused
    assert not store.gauge.takes(Priority.ORDINARY)
    agent.close()
    store.close()


def test_an_almost_full_disk_keeps_its_reserve_for_what_was_acknowledged(state_dir: Path) -> None:
    disk = Disk()
    store = opened(state_dir, Bounds(reserve_bytes=64 * MB), disk)
    kept = store.keep(APPLIED, {"item": ITEM}, claim_code=new_code())
    taken = {}
    for free in (300, 200, 100, 63):
        disk.free = free * MB
        taken[free] = [each for each in Priority if store.gauge.takes(each)]
    assert taken == {
        300: [Priority.ESSENTIAL, Priority.ORDINARY, Priority.DEFERRABLE],
        200: [Priority.ESSENTIAL, Priority.ORDINARY],
        100: [Priority.ESSENTIAL],
        63: [],
    }
    with pytest.raises(OutboxFull) as refused:
        store.keep(APPLIED, {"item": ITEM}, priority=Priority.ESSENTIAL)
    assert refused.value.cause is Cause.DISK
    store.settle_slip(kept.id, SlipOutcome.PRINTED)
    store.close()


def test_a_disk_that_cannot_be_asked_is_a_trouble_of_the_disk(state_dir: Path) -> None:
    store, agent = TerminalView.open(state_dir), AgentStore.open(state_dir)
    gauge = Gauge(BOUNDS, store, agent, state_dir / "gone", clock=lambda: NOON)
    with pytest.raises(DiskFault):
        gauge.measure()
    agent.close()


def test_the_files_own_limit_is_the_last_guard_and_leaves_room_to_settle(state_dir: Path) -> None:
    store = opened(state_dir, Bounds(file_max_bytes=MB // 2))
    kept = [store.keep(APPLIED, {"item": ITEM}, claim_code=new_code(), priority=Priority.ESSENTIAL)]
    with pytest.raises(OutboxFull) as refused:
        while True:
            payload = {"item": ITEM, "filling": "".join(new_code() for _ in range(9000))}
            kept.append(store.keep(APPLIED, payload, claim_code=new_code(), priority=Priority.ESSENTIAL))
    assert refused.value.cause is Cause.FILE
    for one in kept:
        store.settle_slip(one.id, SlipOutcome.PRINTED)
    with pytest.raises(DiskFull):  # were the policy wrong, SQLite itself would still stop, and say so truly
        while True:
            store.settle_slip(kept[0].id, SlipOutcome.PRINTED)
    assert store.file_bytes() <= store.gauge.bounds.guard_bytes
    head = store.head()
    assert store.verify() == head
    store.close()
    again = opened(state_dir, Bounds(file_max_bytes=MB // 4))  # a smaller setting later strands nothing
    again.settle_slip(kept[0].id, SlipOutcome.PRINTED)
    assert again.head().seq == head.seq + 1
    again.close()


def test_the_gauge_counts_what_waits_also_when_some_went_out_of_turn(state_dir: Path) -> None:
    store, agent = opened(state_dir, Bounds(max_bytes=MB)), AgentStore.open(state_dir)
    kept = [store.keep(APPLIED, {"item": ITEM, "n": "x" * 400 * n}) for n in range(1, 7)]
    sizes = {event.seq: len(event.data) for event in store.events_after(0, 10)}
    gauge = Gauge(Bounds(max_events=6, max_bytes=MB), store, agent, state_dir, clock=lambda: NOON, free=Disk())
    assert gauge.measure().full == 1.0
    for gone in ((1,), (2, 5), (3, 4), (6,)):  # 5 went before 3 and 4
        stored(agent, store, *gone)
        for seq in gone:
            del sizes[seq]
        waits = Gauge(Bounds(max_bytes=sum(sizes.values()) or 1), store, agent, state_dir, clock=lambda: NOON)
        assert waits.measure().full == (1.0 if sizes else pytest.approx(0.0, abs=1e-3))
        assert gauge.measure().full == pytest.approx(len(sizes) / 6, abs=1e-3)
    assert len(kept) == 6
    agent.close()
    store.close()


def test_pictures_that_wait_count_too(state_dir: Path) -> None:
    store = opened(state_dir, Bounds(max_bytes=1000))
    (state_dir / FOLDER).mkdir()
    (state_dir / FOLDER / ("a" * 64)).write_bytes(b"x" * 950)
    room = store.gauge.measure()
    assert (room.essential, room.ordinary, room.deferrable) == (None, Cause.BYTES, Cause.BYTES)
    store.close()


def test_a_clock_in_doubt_counts_no_age(state_dir: Path) -> None:
    store, agent = opened(state_dir, Bounds()), AgentStore.open(state_dir)
    up = agent.uptime()
    agent.judge_clock(Heard(NOON, up), NOON)
    store.keep(APPLIED, {"item": ITEM})
    late = NOON + timedelta(days=40)

    def at_that_time() -> Room:
        return Gauge(Bounds(), store, agent, state_dir, clock=lambda: late, free=Disk()).measure()

    assert at_that_time().deferrable is None  # the seconds counted since do not agree: a jump, and no age
    agent.judge_clock(Heard(late, up), late)
    assert at_that_time().deferrable is Cause.AGE
    agent.close()
    store.close()


def test_the_settings_speak_of_the_same_bounds() -> None:
    assert Bounds.of(Bounds().in_settings().__getitem__) == Bounds()
