"""Nothing is left out of the count of what the tests reach unless it is listed, with its reason."""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Final

import pytest

from deploy import branches

ROOT: Final = Path(__file__).resolve().parents[2]
_PRAGMA: Final = re.compile(r"#\s*pragma:\s*no (?:cover|branch)(?P<why>.*)")
_ROW: Final = re.compile(r"^\| `(?P<file>[a-z0-9_/.]+)` \| (?P<lines>[0-9]+) \| (?P<why>\S.*) \|$", re.MULTILINE)


def left_out(drivers: Path) -> Counter[str]:
    """How many lines each file leaves out; fails for one without a reason."""
    found: Counter[str] = Counter()
    for path in sorted(drivers.rglob("*.py")):
        for pragma in _PRAGMA.finditer(path.read_text(encoding="utf-8")):
            name = path.relative_to(drivers).as_posix()
            assert re.fullmatch(r" — \S.{9,}", pragma["why"]), f"{name}: a line is left out without a reason"
            found[name] += 1
    return found


def listed(table: str) -> dict[str, int]:
    return {row["file"]: int(row["lines"]) for row in _ROW.finditer(table)}


def test_every_line_left_out_is_listed_with_its_reason() -> None:
    table = (ROOT / "drivers" / "COVERAGE.md").read_text(encoding="utf-8")
    assert listed(table) == dict(left_out(ROOT / "drivers"))


def test_nothing_is_left_out_in_any_other_way() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["coverage"]
    assert settings == {"run": {"source": ["drivers"], "branch": True}}
    assert not [path.name for path in ROOT.iterdir() if path.name in (".coveragerc", "setup.cfg", "tox.ini")]


def test_the_nightly_run_asks_for_as_much_as_is_promised() -> None:
    nightly = (ROOT / "deploy" / "nightly.sh").read_text(encoding="utf-8")
    run = nightly.replace("\\\n", " ")
    assert re.search(r"pytest .*tests/drivers.* --cov=drivers --cov-branch .*--cov-fail-under=95\b", run)
    assert re.search(r'--cov-report=json:"\$report".*\n\$bin/python -m deploy\.branches "\$report" 95\n', run)


def a_report(taken: int, there: int) -> str:
    """Ten thousand lines that all ran, and these branches."""
    totals = {"num_statements": 10_000, "covered_lines": 10_000, "num_branches": there, "covered_branches": taken}
    files = {"drivers/a.py": {"summary": totals}, "drivers/b.py": {"summary": {**totals, "covered_branches": there}}}
    return json.dumps({"totals": totals, "files": files})


@pytest.mark.parametrize(("taken", "there", "enough"), [(1900, 2000, True), (1899, 2000, False), (2000, 2000, True)])
def test_many_lines_do_not_make_up_for_branches_that_were_not_taken(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], taken: int, there: int, enough: bool
) -> None:
    path = tmp_path / "report.json"
    path.write_text(a_report(taken, there), encoding="utf-8")
    assert branches.main(str(path), "95") == (0 if enough else 1)
    told = capsys.readouterr().out
    assert f"{taken} of {there}" in told
    assert ("101 in drivers/a.py" in told) is not enough
    assert "drivers/b.py" not in told


def test_a_report_without_branches_is_never_enough() -> None:
    with pytest.raises(ValueError, match="--cov-branch"):
        branches.judged(a_report(0, 0), 95)


def test_a_line_left_out_is_found_and_one_without_a_reason_fails(tmp_path: Path) -> None:
    mark = "# pragma: no " + "cover"
    (tmp_path / "x.py").write_text(f"if a:  {mark} — only on a machine of 32 bits\n    b()\n", encoding="utf-8")
    assert left_out(tmp_path) == {"x.py": 1}
    assert listed("| `x.py` | 1 | only on a machine of 32 bits |") == {"x.py": 1}
    (tmp_path / "y.py").write_text(f"c()  {mark}\n", encoding="utf-8")
    with pytest.raises(AssertionError, match="without a reason"):
        left_out(tmp_path)
