"""Divisions: province to village, also where there is no county."""

from __future__ import annotations

from pathlib import Path

import pytest

from seeds.regions import Regions, UnknownRegion
from seeds.trouble import FileTrouble


@pytest.fixture(scope="module")
def regions() -> Regions:
    return Regions.load()


def test_the_test_village_has_all_five_levels(regions: Regions) -> None:
    assert [region.level for region in regions.path("440981102999")] == [
        "province",
        "city",
        "county",
        "town",
        "village",
    ]
    assert regions.full_name("440981102999") == "广东省茂名市高州市云潭镇示例村"


@pytest.mark.parametrize("city", ["4419", "4420"])
def test_a_city_without_counties_holds_its_towns_itself(regions: Regions, city: str) -> None:
    towns = regions.children(city)
    assert towns
    assert {town.level for town in towns} == {"town"}
    village = regions.children(towns[0].code)[0]
    assert [region.level for region in regions.path(village.code)] == ["province", "city", "town", "village"]


def test_there_are_the_twenty_one_cities(regions: Regions) -> None:
    assert len(regions.children("44")) == 21


def test_padded_codes_are_understood(regions: Regions) -> None:
    assert regions.name_of("440900000000") == "茂名市"
    assert regions.name_of("440900") == "茂名市"
    assert "449900" not in regions


def test_a_village_lies_within_its_county_and_not_in_another(regions: Regions) -> None:
    assert regions.within("440981102999", "440981")
    assert not regions.within("441900998999", "440981")


def test_an_unknown_code_says_what_to_do(regions: Regions) -> None:
    with pytest.raises(UnknownRegion, match="seeds/regions"):
        regions.name_of("110000")


def test_a_division_without_anything_above_is_an_error_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "r.yaml").write_text('as_of: 2026-01-01\nsource: x\ndivisions:\n  "4401": 广州市\n', encoding="utf-8")
    with pytest.raises(FileTrouble) as caught:
        Regions.load(tmp_path)
    assert caught.value.line == 4
