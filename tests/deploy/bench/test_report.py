"""Reports of benches: their shape, their gates, and the table in a document. No test here measures a time."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from deploy.bench import receipt
from deploy.bench.commands import BENCHES, bench
from deploy.bench.report import Gate, Report, percentile
from deploy.bench.table import put, table_of
from deploy.trouble import RoofTrouble

REPORT = Report(
    name="kettle",
    scale="3 kettles",
    figures={"boil, s": 61.5, "litres": 2},
    peers={"stove": {"boil, s": 180.0}},
    ratios={"kettle / stove": 0.34},
    gates=(Gate.at_most("boil", 0.34, 0.5), Gate.at_least("litres", 2, 1, "l")),
)


def test_a_report_has_the_shape_that_others_rely_on() -> None:
    record = REPORT.record()
    assert set(record) == {"name", "scale", "figures", "peers", "ratios", "gates", "ok"}
    assert json.loads(json.dumps(record))["gates"][0] == {
        "what": "boil",
        "bound": "≤ 0.5 ×",
        "measured": 0.34,
        "ok": True,
    }


def test_one_gate_that_fails_or_was_not_looked_at_fails_the_report() -> None:
    assert REPORT.ok
    for gate in (Gate.at_most("boil", 0.51, 0.5), Gate.at_least("litres", 0.9, 1), Gate.missing("peer", "≥ 10 ×")):
        assert not REPORT.model_copy(update={"gates": (*REPORT.gates, gate)}).ok


def test_the_table_goes_between_its_marks_and_nothing_else_changes() -> None:
    document = (
        "before\n<!-- bench kettle -->\nold\n<!-- /bench -->\nafter\n<!-- bench other -->\nkept\n<!-- /bench -->\n"
    )
    written = put(document, REPORT)
    assert written.startswith("before\n<!-- bench kettle -->\n**kettle**")
    assert "old" not in written
    assert "| boil, s | 61.5 | 180 |" in written
    assert "| litres | 2 | — |" in written
    assert written.endswith("\nafter\n<!-- bench other -->\nkept\n<!-- /bench -->\n")
    assert put(written, REPORT) == written
    with pytest.raises(RoofTrouble):
        put("no marks", REPORT)


def test_a_bound_that_was_not_looked_at_is_shown_as_failed() -> None:
    shown = table_of(REPORT.model_copy(update={"gates": (Gate.missing("peer", "≥ 10 ×"),)}))
    assert "| peer | ≥ 10 × | — | ✗ |" in shown


def test_percentiles_are_values_that_were_measured() -> None:
    assert [percentile([4, 1, 3, 2], share) for share in (0.0, 0.25, 0.5, 0.95, 1.0)] == [1, 1, 2, 4, 4]


def test_every_bench_can_be_named_and_an_unknown_one_is_wrong_use() -> None:
    told = CliRunner().invoke(bench, ["--help"]).output
    assert all(name in told for name in BENCHES)
    assert CliRunner().invoke(bench, ["teapot"]).exit_code == 2


def test_a_slip_is_counted_as_the_printer_gets_it() -> None:
    slip = receipt.full_slip()
    text, symbols = receipt._least_bytes(slip)
    assert text > 300
    assert symbols == 40 + receipt._qr_data(slip)


def test_without_models_the_face_bench_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ZHIZHU_MODELS", raising=False)
    done = CliRunner().invoke(bench, ["face"])
    assert done.exit_code == 1
    assert "ZHIZHU_MODELS" in done.output
