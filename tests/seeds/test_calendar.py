"""Which days are worked, and what is said of a year whose notice is not there."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from seeds.calendar import WorkCalendar
from seeds.trouble import FileTrouble


@pytest.fixture(scope="module")
def calendar() -> WorkCalendar:
    return WorkCalendar.load()


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        (date(2026, 2, 14), True),  # a Saturday worked before the Spring Festival
        (date(2026, 2, 16), False),
        (date(2026, 2, 24), True),
        (date(2026, 9, 20), True),  # a Sunday worked before National Day
        (date(2026, 10, 7), False),
        (date(2026, 11, 28), False),  # a plain Saturday
        (date(2026, 11, 30), True),
    ],
)
def test_2026_follows_the_notice(calendar: WorkCalendar, day: date, worked: bool) -> None:
    assert calendar.is_working(day) is worked


def test_a_year_without_its_notice_says_so_and_keeps_what_the_law_fixes(calendar: WorkCalendar) -> None:
    assert calendar.knows(2026)
    assert not calendar.knows(2027)
    assert not calendar.is_working(date(2027, 2, 8))
    assert calendar.is_working(date(2028, 1, 3))  # nothing is known of it: the weekend alone decides


def test_a_worked_day_that_is_no_weekend_is_an_error_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "2030.yaml").write_text(
        "year: 2030\ncomplete: true\nas_of: 2029-11-01\nsource: x\n"
        "off:\n  - {name: 元旦, first: 2030-01-01, last: 2030-01-01}\nworked: [2030-01-02]\n",
        encoding="utf-8",
    )
    with pytest.raises(FileTrouble, match=r"2030\.yaml:7"):
        WorkCalendar.load(tmp_path)
