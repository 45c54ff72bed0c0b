"""A rewritten past is noticed, and the first bad record is named."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from offline.wire.chain import START, Break, Head, check
from offline.wire.event import Envelope
from tests.offline.wire.envelopes import chains


@given(chains(), st.integers(0, 8))
def test_a_chain_checks_whole_and_in_any_two_parts(chain: list[Envelope], cut: int) -> None:
    whole = check(chain)
    first = check(chain[:cut])
    assert isinstance(first, Head)
    assert check(chain[cut:], first) == whole
    assert whole == (Head(chain[-1].seq, chain[-1].hash()) if chain else START)


@given(chains().filter(lambda chain: len(chain) >= 2), st.data())
def test_a_record_changed_removed_doubled_or_moved_breaks_the_chain(chain: list[Envelope], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(chain) - 2))
    changed = [*chain[:place], replace(chain[place], data=chain[place].data + b"!"), *chain[place + 1 :]]
    swapped = [*chain[:place], chain[place + 1], chain[place], *chain[place + 2 :]]
    for bad in (changed, chain[:place] + chain[place + 1 :], [*chain[: place + 1], *chain[place:]], swapped):
        found = check(bad)
        assert isinstance(found, Break)
        assert chain[place].seq <= found.seq <= chain[place].seq + 1


@given(chains().filter(bool))
def test_a_chain_of_two_sources_is_broken(chain: list[Envelope]) -> None:
    last = chain[-1]
    other = replace(last, source="terminal/t-2", seq=last.seq + 1, prev=last.hash())
    assert isinstance(check([*chain, other]), Break)
