"""Old terminals and new hubs, new terminals and old hubs: they find a version both speak, or nothing is lost."""

from __future__ import annotations

import base64
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from hub.arrivals import SPELT
from hub.decisions import DecisionWorker
from hub.hub import Hub
from hub.tables import Case, InboxEvent, Terminal
from offline.sync import HubClient, Parcel
from offline.sync.trouble import HubRefused
from offline.wire.canonical import b64, canonical_json, unb64
from offline.wire.compression import squeezed
from offline.wire.event import Envelope
from offline.wire.protocol import NEWEST, OLDEST, agree, offer
from offline.wire.sealing import key_id
from offline.wire.signing import new_signing_key, sign_request, signing_public
from offline.wire.trouble import MalformedRecord, ProtocolGap
from tests.hub.running import LINE, FakeTerminal, HandClock, make_hub, serving
from tests.offline.http_hub import HttpHub

RECORDED: dict[str, Any] = json.loads((Path(__file__).parent / "fixtures" / "protocol_1.json").read_text("utf-8"))


@pytest.fixture
def recorded_hub(tmp_path: Path) -> Hub:
    """The hub that terminal was enrolled with, a year later."""
    keys = tmp_path / "keys"
    keys.mkdir()
    for name, value in RECORDED["hub"].items():
        (keys / name).write_bytes(bytes.fromhex(value))
    hub = make_hub(tmp_path, HandClock(datetime.fromisoformat(RECORDED["home"])))
    told = RECORDED["terminal"]
    with hub.database.writing() as session:
        session.add(
            Terminal(
                id=told["id"],
                name="示例村委会",
                region=told["region"],
                signing_public=told["signing_public"],
                signing_key_id=key_id(unb64(told["signing_public"], 32)),
                settings_schema={},
                enrolled_at=hub.clock(),
                feed=0,
                helpers_version=0,
            )
        )
    return hub


def test_the_recorded_terminal_of_protocol_1_drains_for_ever(recorded_hub: Hub) -> None:
    replies: list[httpx.Response] = []
    with serving(recorded_hub, decide=False) as url:
        for one in RECORDED["requests"]:
            body = base64.b64decode(one["body"])
            replies.append(LINE.request(one["method"], f"{url}{one['path']}", content=body, headers=one["headers"]))
        assert [reply.status_code for reply in replies] == [200] * 4, [reply.text for reply in replies]
        assert [one["status"] for one in replies[0].json()["results"]] == ["stored"] * 4
        assert DecisionWorker(recorded_hub).run_once() == 2
        code = RECORDED["claim_codes"][0]
        assert LINE.get(f"{url}/verify/{code}").status_code == 200
    with recorded_hub.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Case)) == 2
        assert set(session.scalars(select(InboxEvent.position))) == {"joined"}


@given(st.integers(1, 9), st.integers(0, 9), st.integers(1, 5), st.integers(0, 4))
def test_both_ends_speak_the_newest_they_share_or_say_who_is_behind(
    least: int, more: int, oldest: int, newer: int
) -> None:
    most, newest = least + more, oldest + newer
    shared = set(range(least, most + 1)) & set(range(oldest, newest + 1))
    if shared:
        assert agree(offer(least, most), oldest, newest) == max(shared)
    else:
        with pytest.raises(ProtocolGap) as gap:
            agree(offer(least, most), oldest, newest)
        assert gap.value.terminal_too_old == (most < oldest)


@given(st.text("0123456789-. x", max_size=12))
def test_an_offer_that_cannot_be_read_is_refused_and_no_offer_is_the_first_version(untrusted: str) -> None:
    assert agree(None) == 1
    try:
        assert OLDEST <= agree(untrusted) <= NEWEST
    except (MalformedRecord, ProtocolGap):
        return


@pytest.mark.parametrize(("newest_only", "code"), [("9-12", "protocol_too_new")])
def test_a_terminal_that_is_newer_than_its_hub_keeps_what_it_has(
    terminal: FakeTerminal, newest_only: str, code: str
) -> None:
    path = f"/v1/terminals/{terminal.id}/events"
    headers = sign_request(
        terminal.signing, terminal.id, "POST", path, b"{}", terminal.clock(), offered=newest_only, hub_key="-"
    )
    reply = LINE.post(f"{terminal.url}{path}", content=b"{}", headers=headers)
    problem = reply.json()
    assert (reply.status_code, problem["type"]) == (426, f"urn:zhizhu:problem:{code}")
    assert (problem["park"], problem["retryable"]) == (False, True)
    assert "数据都保留在终端上" in problem["detail"]


def test_a_426_lays_nothing_aside() -> None:
    def too_old(_: httpx.Request) -> httpx.Response:
        problem = {"type": "urn:zhizhu:problem:protocol_too_old", "status": 426, "retryable": True, "retry_after": 3600}
        return httpx.Response(426, json=problem, headers={"Retry-After": "3600"})

    client = HubClient(
        httpx.Client(transport=httpx.MockTransport(too_old)), "http://hub", new_signing_key(), clock=HandClock()
    )
    client.terminal_id = "t-1"
    with pytest.raises(HubRefused) as refusal:
        client.send_events(Parcel(()))
    assert (refusal.value.about_the_content, refusal.value.too_much, refusal.value.retry_after_s) == (
        False,
        False,
        3600,
    )
    client.close()


def test_a_new_terminal_finds_the_words_of_an_old_hub() -> None:
    private = new_signing_key()
    with HttpHub(speaks=1) as old:
        old.know(private)
        client = HubClient.open(old.url, private, terminal_id="t-0001", hub_key=lambda: signing_public(private))
        with pytest.raises(HubRefused):
            client.changes(0)
        assert client.changes(0).cursor == 0, "the second try is signed as the old hub reads it"
        client.close()


def test_a_hub_that_has_signed_once_is_not_believed_unsigned(terminal: FakeTerminal) -> None:
    reply = terminal.ask("GET", f"/v1/terminals/{terminal.id}/changes")
    assert reply.headers["Zhizhu-Protocol"] == "2"
    assert reply.headers["Zhizhu-Reply-Signature"]


def test_fields_of_later_programs_are_passed_over(hub: Hub, terminal: FakeTerminal) -> None:
    beat = json.loads(terminal.heartbeat()) | {"later": 1}
    assert terminal.ask("POST", f"/v1/terminals/{terminal.id}/heartbeats", beat).status_code == 200
    event = terminal.event({"x": 1}, "cn.zhizhu.slip.settled.v9")
    newer = Envelope.to_json(event) | {"zzlater": "x"}
    results = terminal.send(event, newer).results
    assert [(one.status.value, (one.reason or "").split(":")[0]) for one in results] == [
        ("parked", "unknown_type"),
        ("parked", "malformed"),
    ]
    with hub.database.reading() as session:
        kept = session.scalars(select(InboxEvent.envelope).where(InboxEvent.reason.startswith("malformed"))).one()
    assert json.loads(kept[SPELT]) == newer, "laid aside whole, until the hub can read it"


def test_the_public_key_of_the_recording_is_its_own() -> None:
    told = RECORDED["terminal"]
    assert b64(signing_public(bytes.fromhex(told["signing_private"]))) == told["signing_public"]


def test_a_batch_whose_encoding_was_taken_away_on_its_way_is_read_all_the_same(terminal: FakeTerminal) -> None:
    event = terminal.event({"event_id": "x", "outcome": "printed"}, "cn.zhizhu.slip.settled.v1")
    path, body = f"/v1/terminals/{terminal.id}/events", squeezed(canonical_json({"events": [event.to_json()]}))
    reply = LINE.post(f"{terminal.url}{path}", content=body, headers=terminal.signed("POST", path, body))
    assert [one["status"] for one in reply.json()["results"]] == ["stored"], "nobody between can have a batch parked"
