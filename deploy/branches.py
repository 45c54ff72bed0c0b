"""Whether tests took enough of the branches, by themselves: `python -m deploy.branches REPORT.json LEAST_PERCENT`.

The limit of pytest-cov counts lines and branches as one. Straight lines are many and easily run, so they make up for
forks of which only one way was ever taken, and that other way is where a device breaks. The report is coverage.py's.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Final

_SHOWN: Final = 10


def judged(report: str, least_percent: float) -> tuple[bool, str]:
    """Whether the report holds enough, and the sentence to print; raises ValueError for one that counts no branches."""
    read = json.loads(report)
    there, taken = (int(read["totals"].get(name, 0)) for name in ("num_branches", "covered_branches"))
    if there == 0:
        raise ValueError("the report counts no branches: run pytest with --cov-branch")
    enough = 100 * taken >= least_percent * there
    told = f"branches alone: {taken} of {there}, {100 * taken / there:.2f} % (at least {least_percent:g} % wanted)"
    if enough:
        return True, told
    untaken = {
        name: found["summary"]["num_branches"] - found["summary"]["covered_branches"]
        for name, found in read["files"].items()
    }
    most = sorted(untaken.items(), key=lambda each: -each[1])[:_SHOWN]
    return False, "\n".join((told, "most are missing in:", *(f"  {count} in {name}" for name, count in most if count)))


def main(report: str, least_percent: str) -> int:
    """0 where enough was taken."""
    enough, told = judged(Path(report).read_text(encoding="utf-8"), float(least_percent))
    print(told)
    return 0 if enough else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
