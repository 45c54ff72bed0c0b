"""From the picture at the terminal to the clerk's answer in the resident's hand, over real processes."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import httpx
import numpy as np
import pytest

from deploy.applications import PENSION, VILLAGE, person_of
from deploy.children import Children
from deploy.demo import free_port
from deploy.journey.world import until
from drivers.camera.port import Frame
from drivers.health import Health
from kiosk.doors import Ok
from kiosk.journey.acts import Act, PictureTaken
from kiosk.journey.effects import KeepEvent
from kiosk.journey.people import Consent, Level, Proof, Way
from kiosk.services.offer import items_of
from kiosk.services.payload import application
from kiosk.services.pictures import Pictures
from kiosk.services.roles import Slot
from offline.agent_store import AgentView
from offline.pictures import FOLDER
from offline.projection import Projection, Stage
from offline.store import TerminalStore
from offline.wire.canonical import time_text
from offline.wire.claims import new_code
from seeds.catalogue import Catalogue
from seeds.people import People
from tests.deploy.test_console import AGENT, NAME, await_hub, terminal_toml
from tests.hub.pictured import PASSWORD, csrf_of, signed_in
from tests.hub.prepared import prepared

DEADLINE_S: Final = 30.0


class WallCamera:
    """A camera that sees a wall."""

    def open(self) -> None:
        """Nothing to open."""

    def grab(self, timeout_s: float) -> Frame | Health:
        """One frame."""
        return Frame(np.full((480, 640, 3), 140, np.uint8), 0.0)


class NearSlot(Slot):
    """The camera's slot without a door between."""

    def __init__(self) -> None:
        """No device is made."""

    def use(self, work: Callable[[Any], Any], then: Callable[[Any], None], *, deadline_s: float) -> None:
        """Does it here and now."""
        then(Ok(work(WallCamera())))

    def release(self) -> None:
        """Nothing to release."""


@pytest.fixture
def children(tmp_path: Path) -> Iterator[Children]:
    """The processes of one test; none outlives it."""
    running = Children(tmp_path, {})
    yield running
    running.end()


def await_that(what: str, is_so: Callable[[], bool]) -> None:
    """Looks until it is so; fails after the deadline."""
    assert until(lambda: None if is_so() else what, DEADLINE_S) is None, f"not within {DEADLINE_S:.0f} s: {what}"


def keep_with_picture(state_dir: Path) -> tuple[str, str]:
    """Takes the picture and keeps the application as the terminal does; gives the code and the picture's name."""
    item = next(item for item in items_of(Catalogue.load(), VILLAGE) if item.id == PENSION)
    applicant, told = person_of(People.load()["lin-yuelan"]), list[Act]()
    pictures = Pictures(NearSlot(), state_dir, told.append, deadline_s=5)
    pictures.take(1, bytes(1024))
    (taken,) = told
    assert isinstance(taken, PictureTaken)
    now = time_text(datetime.now(UTC))
    consents = tuple(Consent(id=name, version="1", at=now) for name in ("processing", "later_picture"))
    proof = Proof(way=Way.LATER, level=Level.CARD_LATER_CHECK, picture_sha256=taken.sha256, picture_path=taken.path)
    wish = KeepEvent(
        session=1,
        item=item,
        applicant=applicant,
        proof=proof,
        consents=consents,
        started=now,
        finished=now,
        touches=6,
    )
    code = new_code()
    with closing(TerminalStore.open(state_dir)) as store:
        subject = store.subject_of(applicant.number)
        payload = application(wish, region=VILLAGE, subject=subject, key_of=pictures.key)
        store.keep(item.event_type, payload, claim_code=code, subject=subject, pictures=(taken.sha256,))
    return code, taken.sha256


def test_a_picture_taken_offline_is_approved_by_a_clerk_and_gone_from_both_ends(
    children: Children, tmp_path: Path
) -> None:
    database = ("--database", f"sqlite:///{tmp_path / 'hub.db'}")
    key = prepared(database[1], VILLAGE, NAME, staff=("jingban", "clerk", PASSWORD))
    port = free_port()
    url, state_dir = f"http://127.0.0.1:{port}", tmp_path / "state"
    children.start("hub", "hub", "serve", *database, "--state", str(tmp_path / "hub"), "--port", str(port))
    await_hub(url)
    quick = [word for name, value in AGENT.items() for word in ("--set", f"agent.{name}={value}")]
    children.start("agent", "agent", "--config", str(terminal_toml(tmp_path, url, key)), *quick)
    with closing(AgentView.open(state_dir)) as agent:
        await_that("enrolled", lambda: agent.enrolment() is not None)
    children.kill("agent")

    code, picture = keep_with_picture(state_dir)
    resting = state_dir / FOLDER / picture
    trace = resting.read_bytes()[200:264]
    assert resting.exists()
    children.start("agent", "agent", "--config", str(terminal_toml(tmp_path, url, key)), *quick)

    with signed_in(url, "jingban") as clerk, closing(Projection.open(state_dir)) as seen:

        def answered(state: str) -> bool:
            found = seen.find_by_code(code)
            return found is not None and found.standing.state == state

        await_that("in review", lambda: answered("in_review"))
        await_that("the file is gone", lambda: not resting.exists())
        assert pieces(tmp_path) == 1
        (number,) = {case["number"] for case in clerk.get("/console/cases.json").json()["cases"]}
        page = clerk.get(f"/desk/cases/{number}")
        shown = clerk.get(f"/desk/cases/{number}/taken.jpg")
        assert (shown.headers["content-type"], shown.content[:3]) == ("image/jpeg", b"\xff\xd8\xff")
        form = {"outcome": "approve", "csrf": csrf_of(page)}
        assert clerk.post(f"/desk/cases/{number}/decision", data=form).is_success
        assert pieces(tmp_path) == 0
        assert httpx.get(f"{url}/desk/cases/{number}/taken.jpg").status_code == 401
        await_that("approved", lambda: answered("approved"))
        found = seen.find_by_code(code)
        assert found is not None
        assert found.standing.stage is Stage.SETTLED
        assert found.case is not None
        assert found.case.next_due is not None
        assert found.case.reasons[0].text == "工作人员核对过了，是本人。"
    for name in ("agent", "hub"):
        children.kill(name)
    with closing(sqlite3.connect(tmp_path / "hub.db")) as hub:
        hub.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    left = [path for path in tmp_path.rglob("*") if path.is_file() and trace in path.read_bytes()]
    assert left == []


def pieces(folder: Path) -> int:
    """How many pieces of pictures the hub's database holds."""
    with closing(sqlite3.connect(f"file:{folder / 'hub.db'}?mode=ro", uri=True)) as hub:
        (count,) = hub.execute("SELECT count(*) FROM blob_piece").fetchone()
        return int(count)
