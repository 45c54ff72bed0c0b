"""Strategies for envelopes and chains."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import strategies as st

from offline.wire.chain import START
from offline.wire.event import Clock, Envelope
from offline.wire.identity import uuid7
from offline.wire.sealing import SUITE

MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001
    lambda at: at.replace(microsecond=at.microsecond // 1000 * 1000)
)
CLOCKS: st.SearchStrategy[Clock] = st.sampled_from(("trusted", "unsure"))


@st.composite
def envelopes(draw: st.DrawFn) -> Envelope:
    """Any envelope that a terminal may write."""
    at = draw(MOMENTS)
    return Envelope(
        id=uuid7(at, draw(st.binary(min_size=10, max_size=10))),
        source=draw(st.sampled_from(("terminal/t-1", "terminal/t-1/agent", "terminal/44098.A_b"))),
        type=draw(st.sampled_from(("cn.zhizhu.slip.settled.v1", "cn.zhizhu.pension_qualification.applied.v12"))),
        time=at,
        seq=draw(st.integers(1, 2**53 - 1)),
        prev=draw(st.binary(min_size=32, max_size=32)).hex(),
        clock=draw(CLOCKS),
        traceparent=f"00-{draw(st.integers(1, 2**128 - 1)):032x}-{draw(st.integers(1, 2**64 - 1)):016x}-01",
        suite=SUITE,
        key_id=draw(st.binary(min_size=8, max_size=8)).hex(),
        data=draw(st.binary(max_size=600)),
    )


@st.composite
def chains(draw: st.DrawFn) -> list[Envelope]:
    """A whole chain from its start."""
    head, chain = START, list[Envelope]()
    for loose in draw(st.lists(envelopes(), max_size=8)):
        link = replace(loose, source="terminal/t-1", seq=head.seq + 1, prev=head.hash)
        chain.append(link)
        head = type(head)(link.seq, link.hash())
    return chain
