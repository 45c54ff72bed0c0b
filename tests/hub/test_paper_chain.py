"""云链签: anyone follows the chain from outside; a rewritten past is found, also one that was signed anew."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from deploy.command import program
from hub.certificates.chain import START, Block, ChainBroken, Head, check_blocks, close_block, merkle_root, sign_head
from hub.certificates.chain_commands import follow
from hub.certificates.ledger import blocks_from
from hub.certificates.tables import Certificate, CertificateEvent, ChainBlock
from hub.hub import Hub
from offline.wire.canonical import b64
from offline.wire.sealing import key_id
from offline.wire.signing import new_signing_key, signing_public
from seeds.people import People
from tests.hub.running import FakeTerminal
from tests.hub.sealed import claim, make_papers, page, view, with_seals

_AT = datetime(2026, 11, 23, 4, tzinfo=UTC)
_KEY = new_signing_key()
_DIGESTS = st.binary(min_size=32, max_size=32).map(bytes.hex)


def grown(leaves: list[list[str]], key: bytes = _KEY) -> tuple[Block, ...]:
    """A chain of these blocks."""
    blocks: list[Block] = []
    for n, inside in enumerate(leaves, 1):
        prev = blocks[-1].hash if blocks else START
        blocks.append(close_block(n, _AT + timedelta(seconds=n), prev, inside, key))
    return tuple(blocks)


def answer(blocks: tuple[Block, ...], key: bytes = _KEY) -> dict[str, object]:
    """What a hub with these blocks tells."""
    last = blocks[-1]
    head = sign_head(last.n, last.hash, _AT, key)
    told = [one.to_json() for one in blocks]
    return {"blocks": told, "head": head.to_json(), "keys": [b64(signing_public(key))]}


@settings(max_examples=25, deadline=None)
@given(leaves=st.lists(st.lists(_DIGESTS, min_size=1, max_size=5), min_size=2, max_size=5), data=st.data())
def test_whatever_is_changed_in_any_block_breaks_the_chain_there_or_right_after(
    leaves: list[list[str]], data: st.DataObject
) -> None:
    blocks = grown(leaves)
    keys = {key_id(signing_public(_KEY)): signing_public(_KEY)}
    assert check_blocks(blocks, keys) == blocks[-1].hash
    assert tuple(Block.from_json(json.loads(json.dumps(one.to_json()))) for one in blocks) == blocks
    n = data.draw(st.integers(0, len(blocks) - 1))
    what = data.draw(st.sampled_from(("leaf", "drop", "swap", "time")))
    said = blocks[n].to_json()
    inside = list(blocks[n].leaves)
    if what == "time":
        said["at"] = "2020-01-01T00:00:00.000Z"
    elif what == "leaf":
        said["leaves"] = [inside[0][:-1] + ("0" if inside[0][-1] != "0" else "1"), *inside[1:]]
    elif what == "drop":
        said["leaves"] = [*inside, inside[0]]
    else:
        said["prev"] = "f" * 64
    spoilt = (*blocks[:n], Block.from_json(said), *blocks[n + 1 :])
    with pytest.raises(ChainBroken) as broken:
        check_blocks(spoilt, keys)
    assert broken.value.n == n + 1


def test_a_tree_with_a_lone_leaf_is_not_the_tree_with_that_leaf_twice() -> None:
    one, two, three = ("1" * 64, "2" * 64, "3" * 64)
    assert merkle_root([one]) == one
    assert merkle_root([one, two, three]) != merkle_root([one, two, three, three])


def test_a_past_that_was_signed_anew_is_found_by_whoever_kept_a_head_or_a_paper() -> None:
    true, other = grown([["1" * 64], ["2" * 64]]), grown([["9" * 64], ["2" * 64]])
    key = b64(signing_public(_KEY))
    head, last = follow(lambda _: answer(true), key, {})
    assert (head.n, last) == (2, true[-1])
    with pytest.raises(ChainBroken) as broken:
        follow(lambda _: answer(other), key, {1: (true[0].hash, "rewritten")})
    assert (broken.value.n, broken.value.code) == (1, "rewritten")
    with pytest.raises(ChainBroken) as broken:
        follow(lambda _: answer(other), key, {1: (true[0].hash[:16], "anchor")})
    assert broken.value.code == "anchor"
    with pytest.raises(ChainBroken) as broken:
        follow(lambda _: answer(true[:1]), key, {2: (true[1].hash, "rewritten")})
    assert broken.value.code == "shorter"
    with pytest.raises(ChainBroken) as broken:
        follow(lambda _: answer(true, new_signing_key()), key, {})
    assert broken.value.code in ("unknown_key", "head_signature")
    stale = {**answer(true), "head": sign_head(1, true[0].hash, _AT, _KEY).to_json()}
    with pytest.raises(ChainBroken):
        follow(lambda _: stale, key, {})
    assert Head.from_json(json.loads(json.dumps(head.to_json()))) == head


def test_a_rewritten_record_is_found_from_outside_and_on_the_phone(
    hub: Hub, terminal: FakeTerminal, url: str, people: People, tmp_path: Path
) -> None:
    papers = []
    for name in ("lin-yuelan", "chen-deshui"):
        claimed = claim(with_seals(hub), terminal, people[name])
        assert make_papers(hub) == 1
        papers.append(view(terminal, claimed).papers[0])
    key, kept = b64(hub.keys.signing_public), tmp_path / "head.json"

    def chain(*more: str) -> tuple[int, dict[str, object]]:
        asked = ["certificate", "chain", "--hub", url, "--hub-key", key, "--json", *more]
        done = CliRunner().invoke(program, asked)
        return done.exit_code, json.loads(done.output)

    code, told = chain("--remember", str(kept))
    assert (code, told["ok"], told["block"]) == (0, True, 2)
    with hub.database.reading() as session:
        first, second = blocks_from(session, 1, 10)
        anchored = session.scalars(select(Certificate).where(Certificate.identifier == papers[1].id)).one()
    assert chain("--anchor", f"1:{first.hash[:16]}")[0] == 0
    assert "第 1 块" in (phone := page(url, papers[0].id).text)
    assert "云链校验通过" in phone
    assert "云链校验通过，第 2 块" in page(url, anchored.identifier).text

    with hub.database.writing() as session:  # somebody with the database, without the key
        session.execute(update(CertificateEvent).where(CertificateEvent.block == 1).values(leaf="0" * 64))
    assert "云链校验不通过" in page(url, papers[0].id).text
    assert chain()[1] == {"ok": False, "block": 1, "why": "signature"}

    with hub.database.writing() as session:  # and with the key: every block anew
        one = close_block(1, first.at, START, ["0" * 64], hub.keys.signing_private)
        two = close_block(2, second.at, one.hash, second.leaves, hub.keys.signing_private)
        for block in (one, two):
            values = {"prev": block.prev, "root": block.root, "hash": block.hash, "signature": block.signature}
            session.execute(update(ChainBlock).where(ChainBlock.n == block.n).values(**values))
    assert chain()[0] == 0, "nobody can know it from the chain alone"
    assert chain("--remember", str(kept))[1]["why"] == "rewritten"
    assert chain("--anchor", f"1:{first.hash[:16]}")[1]["why"] == "anchor"
    assert "云链校验不通过" in page(url, papers[0].id).text, "the paper's own row no longer fits its leaf"
