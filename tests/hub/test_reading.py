"""What a batch looks up grows with the batch, not with what a terminal has sent before."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from sqlalchemy import Select, text

from hub import ingest as ingestion
from hub.many_rows import names
from tests.hub.running import HandClock, make_hub


def test_a_batch_reads_nothing_of_a_terminals_past(tmp_path: Path, clock: HandClock) -> None:
    hub = make_hub(tmp_path, clock)
    asked: dict[Select[Any], dict[str, object]] = {
        ingestion._NEAR: {"of": "terminal/t", "head": 9, "near": 99},
        ingestion._THERE: {"of": "terminal/t", "seqs": [7, 8]},
        ingestion._KNOWN: {"of": "terminal/t", "ids": names(("a", "b"))},
    }
    with hub.database.reading() as session:
        for statement, values in asked.items():
            filled = statement.params(**values).compile(hub.database.engine, compile_kwargs={"literal_binds": True})
            plan = [row.detail for row in session.execute(text(f"EXPLAIN QUERY PLAN {filled}"))]
            assert [line for line in plan if "SCAN" in line] in ([], ["SCAN json_each VIRTUAL TABLE INDEX 1:"])
            assert re.search(r"SEARCH inbox USING INDEX .* \(source=\? AND (seq>\? AND seq<\?|seq=\?|id=\?)\)", plan[0])
    hub.database.close()
