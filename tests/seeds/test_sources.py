"""Where everything comes from."""

from __future__ import annotations

from pathlib import Path

import pytest

from seeds.catalogue import Catalogue
from seeds.sources import Sources
from seeds.trouble import FileTrouble

ROOT = Path(__file__).parents[2]


def test_every_item_names_sources_that_exist() -> None:
    sources, items = Sources.load(), Catalogue.load().items
    assert items
    assert all(ref.id in sources for item in items for ref in item.source)


def test_every_row_that_became_something_leads_to_it_and_to_its_test() -> None:
    catalogue = Catalogue.load()
    traces = [trace for source in Sources.load().all for trace in source.traces]
    assert len(traces) >= 10
    for trace in traces:
        assert (ROOT / trace.test).is_file(), trace
        if trace.became is not None:
            assert (ROOT / trace.became).is_file(), trace
        if trace.item is not None:
            assert catalogue.item(trace.item)


def test_every_item_is_traced_from_a_source() -> None:
    traced = {trace.item for source in Sources.load().all for trace in source.traces}
    assert {item.id for item in Catalogue.load().items} <= traced


def test_a_source_held_without_its_hash_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "sources.yaml").write_text(
        "sources:\n  - {id: a, title: A, date: undated, kind: news, held: true}\n", encoding="utf-8"
    )
    with pytest.raises(FileTrouble, match="sha256"):
        Sources.load(tmp_path)
