"""A sealed picture is taken whole or in pieces, once, under its own name, and within bounds."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from hub.blobs import read_blob, sweep_pictures
from hub.hub import Hub
from hub.settings import HubSettings
from hub.tables import BlobPiece
from offline.wire.attachment import sha256_of
from tests.hub.pictured import put
from tests.hub.running import LINE, FakeTerminal, HandClock, hub_over, serving
from tests.hub.stores import Store, both_stores

pytestmark = both_stores

DATA = bytes(range(256)) * 64
NAME = sha256_of(DATA)
HALF = len(DATA) // 2


def _held(hub: Hub, terminal: FakeTerminal, name: str = NAME) -> bytes | None:
    with hub.database.reading() as session:
        return read_blob(session, terminal.id, name)


def _stands(terminal: FakeTerminal, name: str = NAME) -> dict[str, object]:
    value = terminal.ask("GET", f"/v1/blobs/{name}").json()
    assert isinstance(value, dict)
    return value


def test_a_whole_blob_is_held_and_bringing_it_again_changes_nothing(hub: Hub, terminal: FakeTerminal) -> None:
    assert _stands(terminal) == {"have": 0, "complete": False}
    for _ in range(2):
        assert put(terminal, NAME, DATA).json() == {"have": len(DATA), "complete": True}
    assert _held(hub, terminal) == DATA
    with hub.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(BlobPiece)) == 1


def test_an_interrupted_blob_goes_on_where_it_stands_over_a_restart(store: Store, clock: HandClock) -> None:
    first = hub_over(store, clock)
    with serving(first, decide=False) as url:
        terminal = FakeTerminal.enrolled(first, url, clock)
        assert put(terminal, NAME, DATA[:HALF], 0, len(DATA)).json() == {"have": HALF, "complete": False}
        assert _held(first, terminal) is None
    second = hub_over(store, clock)
    with serving(second, decide=False) as terminal.url:
        assert _stands(terminal) == {"have": HALF, "complete": False}
        again = put(terminal, NAME, DATA[:HALF], 0, len(DATA))
        assert again.json() == {"have": HALF, "complete": False}
        assert put(terminal, NAME, DATA[HALF:], HALF, len(DATA)).json()["complete"]
        assert _held(second, terminal) == DATA


def test_a_gap_is_to_be_filled_first(terminal: FakeTerminal) -> None:
    put(terminal, NAME, DATA[:4096], 0, len(DATA))
    problem = put(terminal, NAME, DATA[HALF:], HALF, len(DATA)).json()
    assert (problem["type"], problem["retryable"]) == ("urn:zhizhu:problem:blob_gap", True)


def test_bytes_that_are_not_what_the_name_says_are_refused_for_good_and_not_kept(
    hub: Hub, terminal: FakeTerminal
) -> None:
    problem = put(terminal, NAME, DATA[::-1]).json()
    assert (problem["type"], problem["park"]) == ("urn:zhizhu:problem:blob_hash", True)
    with hub.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(BlobPiece)) == 0
    assert put(terminal, NAME, DATA).json()["complete"]


def test_only_an_enrolled_terminal_brings_blobs_and_sees_its_own(
    hub: Hub, url: str, terminal: FakeTerminal, clock: HandClock
) -> None:
    assert LINE.put(f"{url}/v1/blobs/{NAME}", content=DATA).status_code == 401
    put(terminal, NAME, DATA)
    other = FakeTerminal.enrolled(hub, url, clock)
    assert _stands(other) == {"have": 0, "complete": False}
    assert _held(hub, other) is None


@pytest.mark.parametrize(
    ("name", "data", "start", "total", "status", "code"),
    [
        ("nonsense", DATA, None, None, 422, "invalid"),
        (NAME, b"", None, None, 413, "blob_too_large"),
        (NAME, DATA, 0, 3 * 1024 * 1024, 413, "blob_too_large"),
        (NAME, DATA[:100], 0, len(DATA), 422, "blob_piece_small"),
    ],
)
def test_a_blob_has_bounds(
    terminal: FakeTerminal, name: str, data: bytes, start: int | None, total: int | None, status: int, code: str
) -> None:
    reply = put(terminal, name, data, start, total)
    assert (reply.status_code, reply.json()["type"]) == (status, f"urn:zhizhu:problem:{code}")
    assert reply.json()["park"]


def test_a_terminal_cannot_fill_the_hub_with_blobs(store: Store, clock: HandClock) -> None:
    hub = hub_over(store, clock, HubSettings(blob_bytes_of_terminal=len(DATA) + 100))
    with serving(hub, decide=False) as url:
        terminal = FakeTerminal.enrolled(hub, url, clock)
        put(terminal, NAME, DATA)
        other = DATA[::-1]
        problem = put(terminal, sha256_of(other), other)
        assert (problem.status_code, problem.json()["retryable"]) == (507, True)


def test_an_old_blob_is_deleted_also_a_half_one_and_not_taken_again(
    hub: Hub, terminal: FakeTerminal, clock: HandClock
) -> None:
    other = DATA[::-1]
    put(terminal, NAME, DATA)
    put(terminal, sha256_of(other), other[:HALF], 0, len(other))
    clock.turn(hub.settings.picture_days * 86_400 - 1)
    assert sweep_pictures(hub) == 0
    clock.turn(2)
    assert sweep_pictures(hub) == 2
    assert sweep_pictures(hub) == 0
    assert put(terminal, NAME, DATA).json()["complete"], "an agent that repeats itself is told that all is well"
    with hub.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(BlobPiece)) == 0
