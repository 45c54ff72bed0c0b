"""No figure without what it is a part of, and none that tells of a single person."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hub.boards.figures import FLAGS, Counts, Line, Share, flags_of, shown, together
from seeds.catalogue import Catalogue

LEAST = 5
COUNTED = st.lists(st.integers(0, 12), min_size=1, max_size=6)


def lines(cases: list[int]) -> list[Line]:
    return [Line(str(n), str(n), counts=Counts(settled=count)) for n, count in enumerate(cases)]


def test_a_share_says_of_how_many_and_of_nothing_there_is_none() -> None:
    assert (Share(0, 0).percent, Share(1, 3).percent) == (None, 33.3)
    assert Line("a", "a", 100, 33).cut == 67.0
    assert (Line("a", "a", None, 33).cut, Line("a", "a", 0, 0).cut) == (None, None)
    assert Line("a", "a", counts=Counts(settled=4, worked_days=10)).mean_days == 2.5
    assert Line("a", "a", counts=Counts(open=9)).mean_days is None


@given(COUNTED)
def test_whatever_few_cases_stand_behind_is_left_out_and_cannot_be_had_back_from_the_sum(cases: list[int]) -> None:
    told = shown(lines(cases), LEAST)
    hidden = [count for line, count in zip(told, cases, strict=True) if line.counts is None]
    assert all(line.counts is None or line.counts.cases in (0, *range(LEAST, 13)) for line in told)
    seen = [count for count in cases if count >= LEAST]
    if hidden and seen:
        assert len(hidden) >= 2, "the only one left out is the sum less all the others"


def test_counts_add_up_field_by_field() -> None:
    whole = together([Counts(settled=1, fields=2, of_fields=3), Counts(settled=2, red=1)])
    assert (whole.settled, whole.fields, whole.of_fields, whole.red, whole.cases) == (3, 2, 3, 1, 3)


def test_flags_are_read_from_the_items_own_data() -> None:
    catalogue = Catalogue.load()
    pension = flags_of(catalogue.item("pension-qualification"))
    assert pension == frozenset(FLAGS), "confirmed with one touch: nothing to fill in, decided by rule"
    project = flags_of(catalogue.item("social-investment-project"))
    assert {"at_once", "online", "nearby", "both"}.isdisjoint(project)
