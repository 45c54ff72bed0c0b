"""Telling a module to speak faster or slower, and making sure of it: a technician's work, never a journey's.

Nobody documents whether the answer comes at the old rate or at the new one, so the answer proves nothing; what counts
is that the module says at the new rate that it is well. Where it does not, it is called back to the old one.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from drivers.id_card import reply as replies
from drivers.id_card.diagnosis import READY
from drivers.id_card.exchange import Exchange, NoAnswer
from drivers.id_card.reply import Reply
from drivers.id_card.sam_link import open_sam_link
from drivers.link import Link, LinkRefused, with_baud

_TRIES: Final = 3
"""The first bytes after a change of rate may still be heard at the old one."""


@dataclass(frozen=True)
class BaudChanged:
    """The module speaks at the new rate; `link` is what to write into the settings from now on."""

    link: str


@dataclass(frozen=True)
class BaudKept:
    """The module speaks at the old rate as before; `why` is a name of the kind's diagnosis."""

    why: str


@dataclass(frozen=True)
class BaudLost:
    """The module answers at neither rate: its power must be cut, and the rates tried one by one."""


BaudChange = BaudChanged | BaudKept | BaudLost


def change_baud(
    link_url: str,
    rate: int,
    *,
    answer_s: float = 1.0,
    monotonic: Callable[[], float] = time.monotonic,
    connect: Callable[[str], Link] = open_sam_link,
) -> BaudChange:
    """Change the rate and verify it. Raises LinkRefused where there is no link, or one without a rate of its own.

    Takes at most nine times `answer_s`.
    """
    if rate not in replies.BAUDS:
        known = "、".join(str(each) for each in replies.BAUDS)
        raise LinkRefused("link.baud", f"阅读器没有 {rate} 这个波特率。", f"可以用的有：{known}。")
    old_url, old_rate = with_baud(link_url, None)
    new_url, _ = with_baud(link_url, rate)

    def talk(url: str, *questions: bytes) -> str:
        """The verdict on the last question, READY when the module did as it was told."""
        exchange = Exchange(url, connect, monotonic, quiet_s=answer_s / 2)
        exchange.open()
        try:
            return [_verdict(exchange.ask(question, answer_s, _is_done)) for question in questions][-1]
        finally:
            exchange.close()

    before = talk(old_url, replies.STATUS)
    if before != READY or old_rate == rate:
        return BaudKept(before)
    told = talk(old_url, replies.set_baud(rate))
    if told in _REFUSALS:
        return BaudKept(told)
    after = ""
    for _ in range(_TRIES):
        after = talk(new_url, replies.STATUS)
        if after == READY:
            return BaudChanged(new_url)
    if old_rate in replies.BAUDS:
        # It may hear us though we do not understand it.
        talk(new_url, replies.set_baud(old_rate))
    for _ in range(_TRIES):
        if talk(old_url, replies.STATUS) == READY:
            return BaudKept(after)
    return BaudLost()


_REFUSALS: Final = frozenset(replies.STATUS_NAMES.values()) | {"unknown_status", "link_lost", "hung"}


def _verdict(heard: Reply | NoAnswer) -> str:
    if isinstance(heard, NoAnswer):
        return heard.name
    return READY if heard.sw[2] == replies.OK else heard.name


def _is_done(answer: Reply) -> bool:
    return answer.sw[2] == replies.OK and not answer.data
