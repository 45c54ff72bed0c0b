"""What others may see of a name and a number."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seeds.identifiers import mask_name, mask_number


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("林月兰", "林*兰"),
        ("李四", "李*"),
        ("欧阳春花", "欧**花"),
        ("ROE", "R**"),
        ("LIN MARIE", "L** M****"),
        ("", ""),
    ],
)
def test_a_name_keeps_its_ends(name: str, shown: str) -> None:
    assert mask_name(name) == shown


def test_an_id_number_keeps_four_digits_at_each_end() -> None:
    assert mask_number("440999195403129024") == "4409**********9024"


@given(st.text(max_size=40))
def test_a_mask_never_shows_more_than_half_of_a_number(number: str) -> None:
    masked = mask_number(number)
    assert len(masked) == len(number)
    hidden = sum(shown == "*" for shown in masked)
    assert hidden * 2 >= len(number)
