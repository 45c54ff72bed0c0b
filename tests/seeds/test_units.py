"""Which unit handles what: by department, level and division, with delegation, also where there are no counties."""

from __future__ import annotations

import pytest

from seeds.regions import Regions
from seeds.trouble import SeedTrouble
from seeds.units import Units

VILLAGE = "440981102999"


@pytest.fixture(scope="module")
def units() -> Units:
    return Units.load(Regions.load())


def test_a_county_matter_goes_to_the_countys_own_bureau_or_its_centre(units: Units) -> None:
    assert units.route("civil-affairs", "county", VILLAGE).name == "高州市政务服务中心"
    assert units.route("human-resources", "city", VILLAGE).name == "茂名市人力资源和社会保障局"


def test_what_a_county_delegates_is_done_by_the_town(units: Units) -> None:
    assert units.route("human-resources", "county", VILLAGE).id == "town-centre@440981102"


def test_where_there_are_no_counties_the_city_does_what_counties_do(units: Units) -> None:
    assert units.route("human-resources", "county", "441900998999").id == "city-human-resources@4419"
    assert units.route("civil-affairs", "village", "442000998999").division == "442000998999"


def test_a_village_nobody_knows_falls_to_the_nearest_division_above(units: Units) -> None:
    assert units.route("civil-affairs", "village", "440981102001").division == "440981102"
    with pytest.raises(SeedTrouble):
        units.route("civil-affairs", "village", "990000000000")


def test_a_case_can_be_passed_up_beside_and_down_and_nowhere_else(units: Units) -> None:
    near = {unit.id for unit in units.near("440981102")}
    assert {"county-centre@440981", "village-centre@440981102999", "city-centre@4409"} <= near
    assert not any(unit.startswith("town-centre@4419") for unit in near)
    assert all(units.named(unit).id == unit for unit in near)
    with pytest.raises(SeedTrouble):
        units.named("town-centre@440981")
