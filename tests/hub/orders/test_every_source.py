"""Each source of the catalogue of data, late, wrong, silent, old and twice: the gateway has the right word for it."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import pytest

from hub.gateway.reading import Gateway, Purpose, Reading
from hub.gateway.sandbox import Manner, SandboxSources
from hub.gateway.sharing import mount
from hub.hub import Hub
from hub.moments import local_day
from seeds.data_sources import DataSource, DataSources
from seeds.people import People
from tests.hub.orders.parties import BEHAVING
from tests.hub.running import VILLAGE, HandClock

SOURCES: Final = DataSources.load().all
OWN: Final = Purpose("data-copy", "case-1", "resident", "", VILLAGE, own=True)


def test_every_source_has_a_row_among_the_parties() -> None:
    assert len(SOURCES) >= 9, "the catalogue of data is read in part"
    assert {one.id for one in SOURCES} <= {party.name for party in BEHAVING}


@pytest.mark.parametrize("source", SOURCES, ids=lambda one: str(one.id))
def test_what_a_source_does_is_called_by_its_name_and_nothing_of_it_is_taken_for_an_answer(
    hub: Hub, clock: HandClock, people: People, source: DataSource
) -> None:
    (place, *_) = [one.at for one in source.fields if one.of != "organisation" and one.share != "never"]
    sandbox = SandboxSources(hub)
    mount(hub, "jia", source.id, mounted=True, reason="接上")

    def read(manner: Manner) -> Reading:
        sandbox.behave(source.id, manner)
        return Gateway(hub, sandbox).read(OWN, people["lin-jianguo"].id_number, [place])

    well = read("well")
    (word,) = {one.word for one in well.said}
    assert word in ("read", "unknown")
    assert [one.word for one in read("late").said] == ["late"]
    clock.turn(hub.settings.sandbox_source_late_s + 1)
    assert [one.word for one in read("late").said] == [word], "it has come by now"
    assert [one.word for one in read("silent").said] == ["silent"]
    wrong = read("wrong")
    assert ([one.word for one in wrong.said], dict(wrong.values)) == (["wrong"], {})
    assert dict(read("twice").values) == dict(well.values)
    assert read("old").as_of in (None, local_day(clock()) - timedelta(days=400))
    assert read("old").as_of is not None or word == "unknown"
