"""The page for sticks in a real browser: a folder is chosen, its files are sent, the answers are saved."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from hub.credentials import revoke
from hub.decisions import DecisionWorker
from hub.hub import Hub
from hub.settings import HubSettings
from hub.staff import add_staff
from hub.stick import visit
from hub.tables import Refusal, Terminal
from offline.wire.batch import EventStatus, HeadReport
from offline.wire.canonical import time_text
from offline.wire.carry import (
    Kind,
    Listed,
    Manifest,
    Part,
    PartHead,
    Record,
    Written,
    event_record,
    model_record,
    read_parts,
    write_part,
)
from offline.wire.event import Envelope
from offline.wire.identity import uuid7
from offline.wire.sealing import key_id
from offline.wire.signing import new_signing_key, signing_public
from offline.wire.stick import FOLDER, MANIFEST, Stick
from seeds.people import People
from tests.hub.running import LINE, VILLAGE, FakeTerminal, HandClock, hub_over, serving
from tests.hub.stores import Store, both_stores
from tests.hub.test_console import CHROMIUM, FLAGS, SIZES

PASSWORD = "a long enough one"


@dataclass
class FakeStick:
    """What a terminal would have written; by the agreement alone."""

    terminal: FakeTerminal
    mount: Path

    def write(self, *parts: tuple[Envelope, ...]) -> None:
        """One part for each stretch of events, and the manifest."""
        stick, carry, listed = Stick(self.mount), uuid7(self.terminal.clock()), []
        for n, events in enumerate(parts):
            written = self._part(carry, tuple(event_record(one.to_json()) for one in events), events)
            listed.append(Listed(digest=written.digest, first_seq=events[0].seq, last_seq=events[-1].seq))
            stick.put(self.terminal.id, f"{n:09d}.zzc", written.data)
        manifest = model_record(Kind.MANIFEST, Manifest(parts=tuple(listed)))
        stick.put(self.terminal.id, MANIFEST, self._part(carry, (manifest,), ()).data)

    def _part(self, carry: str, records: tuple[Record, ...], events: tuple[Envelope, ...]) -> Written:
        head = PartHead(
            version=1,
            to="hub",
            terminal=self.terminal.id,
            signer=key_id(signing_public(self.terminal.signing)),
            carry=carry,
            made_at=time_text(self.terminal.clock()),
            first_seq=events[0].seq if events else 0,
            last_seq=events[-1].seq if events else 0,
            head=HeadReport(seq=self.terminal.head.seq, hash=self.terminal.head.hash),
        )
        return write_part(head, records, self.terminal.signing)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    with sync_playwright() as play:
        opened = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def hall(store: Store, clock: HandClock) -> Iterator[Hub]:
    """A hub with an operator for everything and one for another county."""
    hub = hub_over(store, clock, HubSettings(refresh_s=1))
    add_staff(hub.database, clock, "yanshi", "operator", "0" * 12, PASSWORD)
    add_staff(hub.database, clock, "waixian", "operator", "441900000000", PASSWORD)
    yield hub
    hub.database.close()


def _stick(terminal: FakeTerminal, people: People, mount: Path) -> FakeStick:
    """A stick with two parts of two applications each, laid beside a holiday picture."""
    mount.mkdir()
    stick = FakeStick(terminal, mount)
    events = [terminal.event(terminal.application(people[one])) for one in ("lin-yuelan", "he-guoming") * 2]
    stick.write(tuple(events[:2]), tuple(events[2:]))
    (mount / FOLDER / "holiday.jpg").write_bytes(b"no part")
    return stick


def _sign_in(browser: Browser, address: str, size: str) -> Page:
    width, height = SIZES[size]
    page = browser.new_page(viewport={"width": width, "height": height})
    page.set_default_timeout(15_000)
    page.goto(f"{address}/console")
    page.get_by_label("账号").fill("yanshi")
    page.get_by_label("口令").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.get_by_role("link", name="U盘").click()
    return page


def _picture(page: Page, name: str) -> None:
    """Keeps a picture to look at when ZHIZHU_PICTURES names a folder."""
    if folder := os.environ.get("ZHIZHU_PICTURES"):
        page.screenshot(path=f"{folder}/{name}.png", full_page=True)


def _nothing_sticks_out(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.mark.chromium
@pytest.mark.parametrize("size", SIZES)
def test_an_operator_sends_a_stick_and_saves_its_answers(
    browser: Browser, hall: Hub, clock: HandClock, people: People, tmp_path: Path, size: str
) -> None:
    with serving(hall, decide=False) as address:
        terminal = FakeTerminal.enrolled(hall, address, clock)
        stick = _stick(terminal, people, tmp_path / "stick")
        page = _sign_in(browser, address, size)
        expect(page.get_by_role("heading", level=1)).to_have_text("U盘带来的")
        expect(page.get_by_text("还没有 U 盘来过。")).to_be_visible()
        _picture(page, f"{size}_carry_empty")
        folder = page.locator("input[webkitdirectory]")
        folder.set_input_files(stick.mount / FOLDER)
        expect(page.get_by_text("送完了：新收 4 条，已有 0 条，搁置 0 条，照片 0 张。")).to_be_visible()
        expect(page.get_by_text("这个 U 盘上的都到齐了")).to_be_visible()
        assert DecisionWorker(hall).run_once() == 4
        _picture(page, f"{size}_carry_done")
        assert _nothing_sticks_out(page)
        with page.expect_download() as download:
            page.get_by_role("link", name="存答复到 U 盘").click()
        assert download.value.suggested_filename == f"answers-{terminal.id}.zzc"
        saved = Path(download.value.path()).read_bytes()
        parts = list(read_parts(saved, lambda _: hall.keys.signing_public))
        assert all(isinstance(part, Part) for part in parts)
        results = [one for part in parts if isinstance(part, Part) for reply in part.replies for one in reply.results]
        assert [one.status for one in results] == [EventStatus.STORED] * 4

        (damaged,) = (stick.mount / FOLDER).glob("*/000000001.zzc")
        damaged.write_bytes(damaged.read_bytes()[:-1])
        folder.set_input_files(stick.mount / FOLDER)
        expect(page.get_by_text("送完了：新收 0 条，已有 2 条")).to_be_visible()
        expect(page.get_by_text("000000001.zzc：这个文件只抄了一半")).to_be_visible()
        _picture(page, f"{size}_carry_damaged")
        assert _nothing_sticks_out(page)
        page.locator("input[accept='.zzc']").set_input_files([])
        empty = tmp_path / "empty"
        empty.mkdir()
        (empty / "x.txt").write_text("x")
        folder.set_input_files(empty)
        expect(page.get_by_text("没有选到终端写的文件")).to_be_visible()
        page.close()


@contextmanager
def _session(address: str, name: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=address) as client:
        token = client.get("/console/login").text.split('name="csrf" value="')[1].split('"')[0]
        client.post("/console/login", data={"name": name, "password": PASSWORD, "csrf": token})
        yield client


@both_stores
def test_only_staff_of_the_region_may_bring_and_only_with_the_pages_own_token(
    hall: Hub, clock: HandClock, people: People, tmp_path: Path
) -> None:
    with serving(hall, decide=False) as address:
        terminal = FakeTerminal.enrolled(hall, address, clock)
        stick = _stick(terminal, people, tmp_path / "stick")
        (first,) = (stick.mount / FOLDER).glob("*/000000000.zzc")
        body = first.read_bytes()
        assert LINE.post(f"{address}/v1/carry", content=body).status_code == 401
        with _session(address, "waixian") as far, _session(address, "yanshi") as near:
            assert near.post("/v1/carry", content=body).json()["type"].endswith("csrf")
            tokens = [
                {"Zhizhu-Csrf": one.get("/console/carry").text.split('data-csrf="')[1].split('"')[0]}
                for one in (far, near)
            ]
            refused = far.post("/v1/carry", content=body, headers=tokens[0])
            assert (refused.status_code, "不归您管" in refused.json()["detail"]) == (403, True)
            assert far.get(f"/console/carry/{terminal.id}/answers").status_code == 404
            assert near.get(f"/console/carry/{terminal.id}/answers").status_code == 404, "no stick came"
            taken = near.post("/v1/carry", content=body, headers=tokens[1]).json()
            assert (taken["fresh"], taken["name"]) == (2, "示例村委会")
            assert "U 盘没有写完就拔出了" in near.get("/console/carry").text
            assert "示例村委会" not in far.get("/console/carry").text
            assert near.get(f"/console/carry/{terminal.id}/answers").content.startswith(b"ZZCARRY\n")
            for untrusted, fault in ((b"", "truncated"), (b"x", "strange"), (body[:-1], "truncated")):
                answer = near.post("/v1/carry", content=untrusted, headers=tokens[1])
                assert (answer.status_code, answer.json()["type"].endswith(f"carry_{fault}")) == (422, True)
            large = near.post("/v1/carry", content=bytes(5 * 1024 * 1024), headers=tokens[1])
            assert large.status_code == 413


def test_a_forged_part_is_refused_and_nothing_of_it_is_kept(
    hall: Hub, clock: HandClock, people: People, tmp_path: Path
) -> None:
    with serving(hall, decide=False) as address:
        terminal = FakeTerminal.enrolled(hall, address, clock, VILLAGE)
        terminal.signing = new_signing_key()
        stick = _stick(terminal, people, tmp_path / "stick")
        with _session(address, "yanshi") as near:
            token = near.get("/console/carry").text.split('data-csrf="')[1].split('"')[0]
            for path in (stick.mount / FOLDER).glob("*/*.zzc"):
                said = near.post("/v1/carry", content=path.read_bytes(), headers={"Zhizhu-Csrf": token})
                assert (said.status_code, "签名对不上" in said.json()["detail"]) == (422, True)
            assert "还没有 U 盘来过" in near.get("/console/carry").text
        hall.refusals.flush()
        with hall.database.reading() as session:
            told = session.get_one(Refusal, (terminal.id, "bad_signature"))
            assert told.count == 3, "it is counted in the name of the terminal that it claims to be"


def test_a_terminal_that_was_shut_out_sends_no_stick_either(
    hall: Hub, clock: HandClock, people: People, tmp_path: Path
) -> None:
    with serving(hall, decide=False) as address:
        terminal = FakeTerminal.enrolled(hall, address, clock)
        stick = _stick(terminal, people, tmp_path / "stick")
        with hall.database.writing() as session:
            revoke(session, session.get_one(Terminal, terminal.id), clock(), "yanshi")
        came = visit(hall, Stick(stick.mount), "yanshi")
        assert (came.taken, "停用" in came.refused[0][1]) == ([], True)
