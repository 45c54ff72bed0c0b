"""`zhizhu certificate chain`: follows the whole chain from outside, and remembers its head against a rewritten past."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import click

from hub.certificates.chain import START, Block, ChainBroken, Head, check_blocks, check_head, keys_of
from hub.certificates.online import fetched_json
from hub.command_line import spoken
from hub.moments import local_text
from offline.wire.canonical import unb64
from offline.wire.trouble import MalformedRecord

_MOST_PAGES: Final = 1_000_000
_WRONG: Final = {
    "missing": "少了一块。A block is missing.",
    "link": "和前一块对不上：过去被改过。It does not follow the block before: the past was rewritten.",
    "unknown_key": "签它的密钥不认识。It is signed with an unknown key.",
    "signature": "签名不对：内容被改过。Its signature does not hold: it was changed.",
    "head_signature": "链头不是这个中枢签的。The head is not signed by this hub.",
    "head": "链头和最后一块对不上。The head is not the last block.",
    "rewritten": "和以前记下的不一样：过去被重写过。It is not what was remembered: the past was rewritten.",
    "shorter": "比以前记下的还短：后面的被抹掉了。It is shorter than what was remembered: its end was cut off.",
    "anchor": "和纸上印的不一样：过去被重写过。It is not what the paper says: the past was rewritten.",
}


@click.command()
@click.option("--hub", "hub_url", required=True, metavar="URL", help="中枢的地址。The hub's address.")
@click.option("--hub-key", required=True, metavar="BASE64", help="中枢的签名公钥。The hub's public signing key.")
@click.option(
    "--remember",
    type=click.Path(dir_okay=False, path_type=Path),
    help="把链头记在这个文件里，下次比对。Keeps the head in this file and compares it next time.",
)
@click.option(
    "--anchor", metavar="N:HASH", help="纸上印的“第 N 块”和它后面的字。What a paper prints: the block and its digest."
)
@click.option("--json", "as_json", is_flag=True, help="输出 JSON。Prints JSON.")
def chain(hub_url: str, hub_key: str, remember: Path | None, anchor: str | None, as_json: bool) -> None:
    """从头到尾核对云链，过去被改过就查得出来。Follows the whole chain; a rewritten past is found."""
    marks = dict(filter(None, (_kept(remember), _printed(anchor))))
    with spoken():
        try:
            head, last = follow(lambda first: fetched_json(hub_url, f"/verify/chain?from={first}"), hub_key, marks)
        except ChainBroken as broken:
            _tell(as_json, {"ok": False, "block": broken.n, "why": broken.code}, _sentence(broken))
            raise click.exceptions.Exit(1) from None
    if remember is not None and head.n:
        remember.write_text(json.dumps({"n": head.n, "hash": head.hash}), encoding="utf-8")
    at = local_text(None if last is None else last.at)
    told = f"云链校验通过，第 {head.n} 块，{at}。Chain check passed, block {head.n}, {at}."
    _tell(as_json, {"ok": True, "block": head.n, "hash": head.hash, "at": at}, told)


def follow(page: Callable[[int], Any], hub_key: str, marks: dict[int, tuple[str, str]]) -> tuple[Head, Block | None]:
    """Follows a chain to its signed head; `marks` are digests (or their beginnings) by block, with what to call a miss.

    Raises ChainBroken or MalformedRecord.
    """
    prev, first, last, head = START, 1, None, None
    for blocks, told, keys in _pages(page):
        prev = check_blocks(blocks, keys, prev=prev, first=first)
        for block in blocks:
            if block.n in marks and not block.hash.startswith(marks[block.n][0]):
                raise ChainBroken(block.n, marks[block.n][1])
        first, last, head = first + len(blocks), blocks[-1] if blocks else last, told
        if head.n < first:
            break
    assert head is not None
    check_head(head, unb64(hub_key, 32))
    if head.hash != prev or head.n != first - 1:
        raise ChainBroken(head.n, "head")
    for n in marks:
        if n > head.n:
            raise ChainBroken(n, "shorter")
    return head, last


def _pages(page: Callable[[int], Any]) -> Iterator[tuple[tuple[Block, ...], Head, dict[str, bytes]]]:
    first = 1
    for _ in range(_MOST_PAGES):
        told = page(first)
        if not isinstance(told, dict) or not isinstance(told.get("blocks"), list):
            raise MalformedRecord("云链的回答不合约定")
        blocks = tuple(Block.from_json(one) for one in told["blocks"])
        head = Head.from_json(told.get("head"))
        if not blocks and head.n >= first:
            raise ChainBroken(first, "missing")
        yield blocks, head, keys_of(told.get("keys"))
        first += len(blocks)


def _kept(remember: Path | None) -> tuple[int, tuple[str, str]] | None:
    if remember is None or not remember.exists():
        return None
    try:
        told = json.loads(remember.read_text(encoding="utf-8"))
        return int(told["n"]), (str(told["hash"]), "rewritten")
    except (OSError, ValueError, KeyError, TypeError):
        raise click.ClickException(f"{remember} 看不懂，请换一个文件。That file cannot be read.") from None


def _printed(anchor: str | None) -> tuple[int, tuple[str, str]] | None:
    if anchor is None:
        return None
    n, _, digest = anchor.partition(":")
    if not n.isdigit() or len(digest) < 8:
        raise click.UsageError("--anchor 写成 N:HASH，如 12:9f86d081884c7d65。Write N:HASH.")
    return int(n), (digest.lower(), "anchor")


def _sentence(broken: ChainBroken) -> str:
    return f"云链校验不通过，第 {broken.n} 块：{_WRONG[broken.code]}"


def _tell(as_json: bool, shown: dict[str, object], sentence: str) -> None:
    click.echo(json.dumps(shown, ensure_ascii=False) if as_json else sentence)
