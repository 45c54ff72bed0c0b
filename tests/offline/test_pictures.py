"""A picture reaches the hub before the act that names it, over real HTTP, and then leaves this disk."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from offline.agent_store import PictureState
from offline.keys import signing_key
from offline.pictures import FOLDER, PictureFolder
from offline.store import AgentStore, TerminalStore, TerminalView
from offline.sync import Brought, HubClient, Pace, bring_pictures, drain_once, tidy_pictures
from offline.sync.pictures import TRIES_LEAST
from offline.sync.trouble import HubRefused, HubSilent
from offline.wire.attachment import seal_attachment
from offline.wire.blobs import PIECE_BYTES
from tests.conftest import LogWatch
from tests.offline.ground import APPLIED, ITEM, enrol
from tests.offline.http_hub import HttpHub

DAY = timedelta(hours=24)


def _never() -> bool:
    return False


@dataclass
class Line:
    """A terminal with pictures, its agent, and the hub."""

    place: Path
    hub: HttpHub
    terminal: TerminalStore
    view: TerminalView
    agent: AgentStore
    client: HubClient
    now: datetime

    def picture(self, size: int = 1000) -> str:
        """A sealed picture on the disk, as the terminal leaves it."""
        sealed = seal_attachment(os.urandom(size))
        folder = self.place / FOLDER
        folder.mkdir(exist_ok=True)
        (folder / sealed.sha256).write_bytes(sealed.data)
        return sealed.sha256

    def act(self, *pictures: str) -> str:
        """An act that names pictures, or none."""
        return self.terminal.keep(APPLIED, {"item": ITEM}, pictures=pictures).id

    def bring(self, enough: Callable[[], bool] = _never) -> Brought:
        """One step of bringing."""
        folder = PictureFolder(self.place)
        return bring_pictures(self.agent, self.view, self.client, folder, now=self.now, patience=DAY, enough=enough)

    def step(self) -> Brought:
        """Bringing, then sending what may go, then tidying, as the agent does it."""
        brought = self.bring()
        drain_once(self.agent, self.view, self.client, Pace(), now=self.now, chance=Random(1), held=brought.held)
        self.tidy()
        return brought

    def tidy(self) -> int:
        """Deleting what need not be here."""
        return tidy_pictures(self.agent, self.view, PictureFolder(self.place), self.now, DAY)

    def resting(self) -> set[str]:
        """What lies in the folder."""
        return {one.sha256 for one in PictureFolder(self.place).resting()}

    def reopen(self) -> None:
        """The agent's process dies and another begins."""
        self.agent.close()
        self.agent = AgentStore.open(self.place)


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    with HttpHub() as hub:
        enrol(tmp_path, hub.keys)
        private = signing_key(tmp_path)
        hub.know(private)
        client = HubClient.open(hub.url, private, terminal_id="t-0001", deadline_s=2.0)
        stores = TerminalStore.open(tmp_path), TerminalView.open(tmp_path), AgentStore.open(tmp_path)
        line = Line(tmp_path, hub, *stores, client, datetime.now(UTC))
        yield line
        client.close()
        for store in (line.view, line.terminal, line.agent):
            store.close()


def test_the_picture_goes_first_and_the_file_only_when_both_are_at_the_hub(line: Line) -> None:
    picture = line.picture(3 * PIECE_BYTES)
    event = line.act(picture)
    assert line.bring() == Brought()
    assert line.tidy() == 0, "the act is not there yet"
    line.step()
    assert line.hub.brought == [picture, event]
    assert line.resting() == set()


def test_an_act_waits_for_all_that_it_names_and_each_goes_once(line: Line, logs: LogWatch) -> None:
    logs.expect("is given up")
    scan, photo, lost = line.picture(), line.picture(), "c" * 64
    event = line.act(scan, lost, photo)
    assert [each.sha256 for each in line.view.pictured_after(0)] == [scan, lost, photo]
    named = line.view.pictured_by(photo)
    assert named is not None
    assert named.event_id == event
    line.step()
    assert line.hub.brought == [scan, photo, event], "what is gone from the disk is given up, the others are not"
    assert line.resting() == set()


def test_a_death_between_picture_and_act_brings_both_once(line: Line) -> None:
    picture = line.picture()
    event = line.act(picture)
    line.bring()
    line.reopen()
    line.hub.hang_up_after_storing = 1
    line.step()
    assert line.resting() == {picture}, "nobody has heard that the act is there"
    line.reopen()
    line.step()
    assert line.hub.brought == [picture, event]
    assert line.resting() == set()


def test_a_death_before_the_agent_noted_the_picture_asks_before_it_sends_again(line: Line) -> None:
    picture = line.picture()
    event = line.act(picture)
    line.bring()
    line.agent.forget_picture(picture)
    line.step()
    assert line.hub.brought == [picture, event]


def test_a_line_cut_in_the_middle_goes_on_where_the_hub_stands(line: Line) -> None:
    picture = line.picture(4 * PIECE_BYTES)
    event = line.act(picture)
    line.hub.cut_after_pieces = 2
    brought = line.step()
    assert isinstance(brought.trouble, HubSilent)
    assert len(line.hub.blobs[picture]) == 2 * PIECE_BYTES
    assert event not in line.hub.stored
    line.hub.cut_after_pieces = None
    line.step()
    assert line.hub.brought == [picture, event]


def test_a_long_upload_leaves_the_others_their_turn(line: Line) -> None:
    picture = line.picture(4 * PIECE_BYTES)
    pictured, plain = line.act(picture), line.act()
    turns = iter([False, False, False, True])
    brought = line.bring(lambda: next(turns))
    assert (brought.more, len(brought.held)) == (True, 1)
    drain_once(line.agent, line.view, line.client, Pace(), now=line.now, chance=Random(1), held=brought.held)
    assert list(line.hub.stored) == [plain]
    line.step()
    assert line.hub.brought == [plain, picture, pictured]


@pytest.mark.parametrize("status", [413, 422])
def test_a_picture_the_hub_refuses_for_good_lets_its_act_go(line: Line, logs: LogWatch, status: int) -> None:
    logs.expect("is given up")
    picture = line.picture()
    event = line.act(picture)
    line.hub.refuse_blobs = (status, {}, {"status": status, "park": True})
    assert isinstance(line.step().trouble, HubRefused)
    assert list(line.hub.stored) == [event]
    assert line.resting() == set(), "a picture nobody will ever take does not rest here"
    assert line.agent.head().seq == 2, "the agent's own chain says so"


def test_a_hub_that_goes_on_refusing_holds_the_act_for_a_day_and_no_longer(line: Line, logs: LogWatch) -> None:
    logs.expect("is given up")
    held, plain = line.act(line.picture()), line.act()
    line.hub.refuse_blobs = (503, {}, {"status": 503})
    for _ in range(TRIES_LEAST):
        line.step()
    assert list(line.hub.stored) == [plain]
    line.now += DAY + timedelta(seconds=1)
    line.step()
    assert list(line.hub.stored) == [plain, held]


def test_days_without_a_line_are_no_refusal(line: Line) -> None:
    picture = line.picture()
    event = line.act(picture)
    line.hub.cut_after_pieces = 0
    line.step()
    line.hub.cut_after_pieces = None
    line.hub.unkind = lambda _method, _path: (_ for _ in ()).throw(ConnectionAbortedError())
    for _ in range(TRIES_LEAST + 2):
        line.now += DAY
        line.step()
    line.hub.unkind = lambda _method, _path: None
    line.step()
    assert line.hub.brought == [picture, event]


@pytest.mark.parametrize("damage", [b"other bytes", None])
def test_a_damaged_or_lost_file_lets_its_act_go(line: Line, logs: LogWatch, damage: bytes | None) -> None:
    logs.expect("is given up")
    picture = line.picture()
    event = line.act(picture)
    path = line.place / FOLDER / picture
    path.unlink() if damage is None else path.write_bytes(damage)
    line.step()
    assert line.hub.brought == [event]
    note = line.agent.picture(picture)
    assert note is None or note.state is PictureState.GIVEN_UP


def test_a_picture_no_act_names_is_deleted_when_it_is_old(line: Line) -> None:
    orphan, sent = line.picture(), line.picture()
    line.act(sent)
    (line.place / FOLDER / "notes.txt").write_text("not ours", encoding="utf-8")
    assert line.tidy() == 0
    line.now += DAY + timedelta(minutes=1)
    assert line.tidy() == 1
    assert line.resting() == {sent}
    assert orphan not in line.resting()
    assert (line.place / FOLDER / "notes.txt").exists()


def test_an_act_laid_aside_keeps_its_picture_for_a_day(line: Line) -> None:
    line.hub.park = {1}
    picture = line.picture()
    line.act(picture)
    line.step()
    assert line.resting() == {picture}
    line.now += DAY + timedelta(minutes=1)
    line.tidy()
    assert line.resting() == set()
