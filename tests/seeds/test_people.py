"""The invented people: varied enough, well-formed, and nobody real."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from seeds.identifiers import layout_of
from seeds.people import People
from seeds.regions import Regions
from seeds.trouble import FileTrouble, SeedTrouble

TODAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def people() -> People:
    return People.load()


def test_there_are_enough_people_with_all_four_kinds_of_card(people: People) -> None:
    assert len(people.all) >= 8
    assert {person.layout for person in people} == {"resident", "J", "I", "Y"}
    assert all(layout_of(person.id_number) == person.layout for person in people)


def test_no_number_of_a_resident_can_belong_to_anybody(people: People) -> None:
    residents = [person for person in people if person.layout == "resident"]
    assert residents
    # 440999 was never given to a county.
    assert all(person.id_number.startswith("440999") for person in residents)


def test_everybody_lives_in_a_known_village(people: People) -> None:
    regions = Regions.load()
    assert all(regions[person.region].invented for person in people)


def test_lin_yuelan_is_seventy_two_and_due_this_month(people: People) -> None:
    lin = people["lin-yuelan"]
    assert lin.name == "林月兰"
    assert lin.masked_name == "林*兰"
    row = lin.library_row(TODAY)
    assert row["as_of"] == "2026-11-23"
    assert row["pension"] == {
        "scheme": "residents",
        "status": "receiving",
        "county": "440981",
        "last_qualified": "2025-11",
    }


def test_wu_guifang_is_the_helper_of_the_test_village(people: People) -> None:
    assert [helper.slug for helper in people.helpers("440981102999")] == ["wu-guifang"]


def test_a_person_is_found_by_slug_and_by_number(people: People) -> None:
    assert people["lin_yuelan"] is people["lin-yuelan"]
    assert people.by_number("440999195403129024") is people["lin-yuelan"]
    assert people.by_number("0") is None
    assert "nobody" not in people


def test_a_card_record_fits_the_card(people: People) -> None:
    for person in people:
        record = person.card_record()
        assert record["number"] == person.id_number
        assert len(record["birth"]) == 8
        assert len(record["address"].encode("utf-16-le")) <= 70
        assert len(record["authority"].encode("utf-16-le")) <= 30


def _write(folder: Path, name: str, old: str = "", new: str = "") -> None:
    source = Path(__file__).parents[2] / "seeds" / "people" / "lin-yuelan.yaml"
    (folder / f"{name}.yaml").write_text(source.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("9024", "9025", "证件号码不对"),
        ("1954-03-12", "1954-03-13", "出生日期"),
        ('sex: "2"', 'sex: "1"', "性别"),
        ("name: 林月兰\n", "", "少了“name”"),
    ],
)
def test_a_person_who_contradicts_the_number_is_an_error(tmp_path: Path, old: str, new: str, said: str) -> None:
    _write(tmp_path, "someone", old, new)
    with pytest.raises(FileTrouble, match=said):
        People.load(tmp_path)


def test_one_number_for_two_people_is_an_error(tmp_path: Path) -> None:
    _write(tmp_path, "one")
    _write(tmp_path, "two")
    with pytest.raises(SeedTrouble, match="两个人"):
        People.load(tmp_path)
