"""The catalogue of data sources: whole, classed, and holding everything that the catalogue's rules read."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree
from typing import get_args

import pytest

from seeds.catalogue import Catalogue
from seeds.data_sources import DataSources
from seeds.data_sources.sources import Library
from seeds.places import DATA_SOURCES
from seeds.trouble import SeedTrouble
from seeds.vouchers import VoucherScopes


def test_all_five_base_libraries_are_registered_and_some_sources_are_not_mounted() -> None:
    sources = DataSources.load()
    assert {one.library for one in sources.all} - {None} == set(get_args(Library))
    assert {one.id for one in sources.all if not one.mounted} == {"real-estate", "vehicles"}


def test_whatever_an_item_or_a_voucher_reads_of_a_person_is_registered() -> None:
    sources = DataSources.load()
    places = [fact.path for item in Catalogue.load().items for fact in item.decision.facts]
    places += [fact.source for scope in VoucherScopes.load().scopes for fact in scope.facts]
    read = {path for root, _, path in (one.partition(".") for one in places) if root in ("person", "subject")}
    assert len(read) >= 15
    assert {path for path in read if sources.at(path) is None} == {"as_of"}


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("credit.yaml", "level: 3", "level: 4"),
        ("credit.yaml", "at: credit.listed", "at: alive"),
        ("credit.yaml", "at: credit.listed", "at: alive.long"),
        ("contradictions.yaml", "reads: [alive, died_on]", "reads: [alive, gone_on]"),
        ("contradictions.yaml", "name == insured_name", "name === insured_name"),
    ],
)
def test_what_makes_no_sense_is_refused_with_the_place(file: str, old: str, new: str, tmp_path: Path) -> None:
    folder = copytree(DATA_SOURCES, tmp_path / "sources")
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(SeedTrouble):
        DataSources.load(folder)
