"""A slip scanned with a phone, checked by a terminal, and checked without a network by what the hub handed out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from deploy.command import program
from hub.credentials import revoke
from hub.decisions import DecisionWorker
from hub.hub import Hub
from hub.tables import Terminal
from offline.wire.canonical import b64
from offline.wire.claims import new_code
from offline.wire.signing import new_signing_key
from offline.wire.slip_qr import SlipQr, slip_url
from offline.wire.slip_seal import seal_slip
from seeds.people import People
from tests.hub.running import LINE, FakeTerminal, HandClock

ITEM = "pension-qualification"
FORGED, NOBODYS = "从别的凭条上抄来的", "不是这里任何一台智助终端打印的"


@pytest.fixture
def code(hub: Hub, terminal: FakeTerminal, people: People) -> str:
    """The code of a case that was approved."""
    made = new_code()
    terminal.send(terminal.event(terminal.application(people["lin-yuelan"], made)))
    DecisionWorker(hub).run_once()
    return made


def printed(terminal: FakeTerminal, code: str, clock: HandClock) -> str:
    return seal_slip(terminal.signing, code, "settled", "approved", ITEM, clock())


def page(url: str, code: str, seal: str) -> str:
    return LINE.get(slip_url(url, code, seal)).text


def test_a_phone_is_told_who_printed_the_slip_when_and_what_it_said(
    url: str, terminal: FakeTerminal, clock: HandClock, code: str
) -> None:
    text = page(url, code, printed(terminal, code, clock))
    for part in ("凭条是真的", "2026-11-23 12:00", "养老待遇资格认证", "已办结，已通过", "林*兰"):
        assert part in text
    assert "凭条不是真的" not in text


def test_a_slip_whose_case_has_not_come_yet_is_genuine_all_the_same(
    url: str, terminal: FakeTerminal, clock: HandClock
) -> None:
    code = new_code()
    answer = LINE.get(slip_url(url, code, seal_slip(terminal.signing, code, "kept", "", ITEM, clock())))
    assert answer.status_code == 404
    for part in ("凭条是真的", "已保存", "还没有查到这个办件"):
        assert part in answer.text


def test_every_false_slip_is_called_so_in_its_own_words(
    url: str, terminal: FakeTerminal, clock: HandClock, code: str
) -> None:
    seal = printed(terminal, code, clock)
    false = {
        "copied from another slip": (printed(terminal, new_code(), clock), FORGED),
        "altered": (seal[:1] + ("B" if seal[1] != "B" else "C") + seal[2:], FORGED),
        "cut short": (seal[:-1], FORGED),
        "of nobody": (seal_slip(new_signing_key(), code, "settled", "approved", ITEM, clock()), NOBODYS),
    }
    for how, (made, words) in false.items():
        text = page(url, code, made)
        assert words in text, how
        assert "凭条是真的" not in text, how
        assert "林*兰" not in text, "its case would look like a confirmation"
    assert "看不出凭条真假" in LINE.get(f"{url}/verify/{code}").text


def test_the_slips_of_a_stolen_terminal_do_not_count_and_what_it_had_brought_is_still_told(
    hub: Hub, url: str, terminal: FakeTerminal, clock: HandClock, code: str, tmp_path: Path
) -> None:
    seal, out = printed(terminal, code, clock), tmp_path / "signers.json"
    with hub.database.writing() as session:
        revoke(session, session.get_one(Terminal, terminal.id), clock(), "yanshi")
    text = page(url, code, seal)
    for part in ("凭条不能算数", "已经停用", "林*兰"):
        assert part in text
    second = FakeTerminal.enrolled(hub, url, clock)
    assert second.ask("GET", f"/v1/slips/{SlipQr(code, seal).tail}").json() == {"word": "revoked"}
    zhizhu("hub", "slip-signers", "--database", hub.database.url, "--state", str(tmp_path), "--out", str(out))
    how = ("--signers", str(out), "--hub-key", b64(hub.keys.signing_public))
    told = zhizhu("slip", "verify", slip_url(url, code, seal), *how)
    assert (told.exit_code, "停用时间：2026-11-23 12:00" in told.output) == (1, True)


def test_a_terminal_asks_of_another_ones_slip_and_hears_nothing_of_the_case(
    hub: Hub, url: str, terminal: FakeTerminal, clock: HandClock, code: str
) -> None:
    second = FakeTerminal.enrolled(hub, url, clock)
    for seal, word in ((printed(terminal, code, clock), "genuine"), (printed(terminal, new_code(), clock), "forged")):
        assert second.ask("GET", f"/v1/slips/{SlipQr(code, seal).tail}").json() == {"word": word}
    for _ in range(hub.settings.claim_tries_per_minute):
        last = second.ask("GET", f"/v1/slips/{code}.x")
    assert (last.status_code, last.json()["retryable"]) == (429, True)


def test_a_slip_is_checked_without_a_network_also_one_from_before_a_new_enrolment(
    hub: Hub, url: str, terminal: FakeTerminal, clock: HandClock, tmp_path: Path
) -> None:
    anew, code, out = FakeTerminal.enrolled(hub, url, clock), new_code(), tmp_path / "signers.json"
    exported = zhizhu(
        "hub", "slip-signers", "--database", hub.database.url, "--state", str(tmp_path), "--out", str(out)
    )
    assert exported.exit_code == 0, exported.output
    assert "2 把" in exported.output
    how = ("--signers", str(out), "--hub-key", b64(hub.keys.signing_public))
    for private in (terminal.signing, anew.signing):
        slip = slip_url("https://hub.example", code, seal_slip(private, code, "settled", "refused", ITEM, clock()))
        told = zhizhu("slip", "verify", slip, *how)
        assert told.exit_code == 0, told.output
        for part in ("凭条是真的", "示例村", "2026-11-23 12:00", "养老待遇资格认证", "已办结，未通过"):
            assert part in told.output
    record = zhizhu("slip", "verify", slip, *how, "--json")
    assert json.loads(record.output)["state"] == "refused"
    false = slip_url("https://hub.example", new_code(), slip.rpartition(".")[2])
    assert (
        zhizhu("slip", "verify", false, *how).exit_code,
        FORGED in zhizhu("slip", "verify", false, *how).output,
    ) == (
        1,
        True,
    )
    unsealed = zhizhu("slip", "verify", code, *how, "--json")
    assert (unsealed.exit_code, json.loads(unsealed.output)["word"]) == (1, "unsealed")


def test_a_list_of_another_hub_or_none_at_all_is_told_in_one_sentence(
    hub: Hub, terminal: FakeTerminal, tmp_path: Path
) -> None:
    out = tmp_path / "signers.json"
    zhizhu("hub", "slip-signers", "--database", hub.database.url, "--state", str(tmp_path), "--out", str(out))
    strange = zhizhu("slip", "verify", new_code(), "--signers", str(out), "--hub-key", b64(bytes(32)))
    assert (strange.exit_code, "不是这个中枢签的" in strange.output) == (1, True)
    for path in (tmp_path / "nowhere.json", tmp_path / "hub.db"):
        said = zhizhu("slip", "verify", new_code(), "--signers", str(path), "--hub-key", b64(bytes(32)))
        assert said.exit_code == 1
        assert "Traceback" not in said.output


def zhizhu(*words: str) -> Result:
    return CliRunner().invoke(program, words)
