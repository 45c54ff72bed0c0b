"""A bench's figures as a table in the README, between two marks that stay."""

from __future__ import annotations

import re

from deploy.bench.report import Report
from deploy.trouble import RoofTrouble


def table_of(report: Report) -> str:
    """Markdown: the gates with what was measured, then the figures beside the peers'."""
    lines = [
        f"**{report.name}** — {report.scale}",
        "",
        "| 指标 what | 界限 bound | 实测 measured | |",
        "|---|---|---|---|",
        *(
            f"| {gate.what} | {gate.bound} | {_shown(gate.measured)} | {'✓' if gate.ok else '✗'} |"
            for gate in report.gates
        ),
        "",
        "| 数值 figure | zhizhu |" + "".join(f" {peer} |" for peer in report.peers),
        "|---|---|" + "---|" * len(report.peers),
    ]
    for name, value in report.figures.items():
        beside = "".join(f" {_shown(figures.get(name))} |" for figures in report.peers.values())
        lines.append(f"| {name} | {_shown(value)} |{beside}")
    return "\n".join(lines)


def put(document: str, report: Report) -> str:
    """The document with this bench's table in its place; raises RoofTrouble where the marks are missing."""
    begin, end = f"<!-- bench {report.name} -->", "<!-- /bench -->"
    found = re.compile(re.escape(begin) + r".*?" + re.escape(end), re.DOTALL)
    if not found.search(document):
        raise RoofTrouble(
            f"文件里没有 {begin} … {end}。The marks are missing.",
            "请先把这两行放到表格该在的地方。Put them where the table belongs.",
        )
    return found.sub(lambda _: f"{begin}\n{table_of(report)}\n{end}", document)


def _shown(value: float | str | None) -> str:
    if value is None:
        return "—"
    return f"{value:g}" if isinstance(value, float) else str(value)
