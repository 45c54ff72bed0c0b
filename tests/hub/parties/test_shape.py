"""Who has to say yes: decided at most once, only after all, in whatever order the words come."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from hub.parties.shape import Party, distinct, next_of, taken

PEOPLE = ("a", "b", "c")
words = st.lists(st.tuples(st.sampled_from((*PEOPLE, "stranger")), st.booleans()), max_size=12)


@given(words)
def test_the_first_word_of_each_counts_and_a_no_ends_it(said: list[tuple[str, bool]]) -> None:
    parties = tuple(Party(role, role) for role in PEOPLE)
    counted: dict[str, bool] = {}
    for subject, yes in said:
        is_open = next_of(parties) == "wait"
        before = parties
        parties, took = taken(parties, subject, yes=yes, is_open=is_open)
        if took == "counted":
            assert subject not in counted
            assert is_open
            counted[subject] = yes
        else:
            assert parties == before
        assert took == "stranger" or subject in PEOPLE
    ends = next_of(parties)
    assert (ends == "decide") == (counted == dict.fromkeys(PEOPLE, True))
    assert (ends == "refuse") == (False in counted.values())


@given(st.permutations([("a", True), ("b", True), ("c", True), ("a", True), ("b", False)]))
def test_the_order_of_the_words_changes_who_counts_but_never_that_all_must_agree(said: list[tuple[str, bool]]) -> None:
    parties = tuple(Party(role, role) for role in PEOPLE)
    for subject, yes in said:
        parties, _ = taken(parties, subject, yes=yes, is_open=next_of(parties) == "wait")
    first_of_b = next(yes for subject, yes in said if subject == "b")
    assert next_of(parties) == ("decide" if first_of_b else "refuse")


def test_nobody_to_ask_is_nobody_who_agreed() -> None:
    assert next_of(()) == "wait"


def test_nobody_agrees_with_themselves() -> None:
    assert distinct("a", ["b", "c"])
    assert not distinct("a", ["a"])
    assert not distinct("a", ["b", "b"])
