"""The technician's slip: where both chains of a terminal stand, to be compared with the console over the telephone."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from drivers.receipt_printer.port import Feed, Line, Rule, Slip
from drivers.settlement import PrintResult
from kiosk.services.roles import made
from kiosk.settings import DeviceSetting
from kiosk.slips import SHANGHAI
from offline.agent_store import AgentView
from offline.terminal_store import TerminalView
from offline.wire.chain import Break, Head, shown_head


@dataclass(frozen=True, slots=True)
class Standing:
    """A terminal's chains at a moment: its name at the hub, the heads, and what verifying found."""

    terminal: str
    records: Head
    journal: Head
    breaks: tuple[str, ...]
    waiting: int
    at: datetime

    @classmethod
    def read(cls, state_dir: Path, at: datetime) -> Standing:
        """Reads and follows both chains; raises OfflineTrouble."""
        terminal, agent = TerminalView.open(state_dir), AgentView.open(state_dir)
        try:
            enrolment = agent.enrolment()
            followed = (("办理记录", terminal.verify()), ("代理日志", agent.verify()))
            return cls(
                terminal="" if enrolment is None else enrolment.terminal_id,
                records=terminal.head(),
                journal=agent.head(),
                breaks=tuple(
                    f"{name}第 {found.seq} 条不对：{found.reason}"
                    for name, found in followed
                    if isinstance(found, Break)
                ),
                waiting=max(0, terminal.head().seq - agent.done_count()),
                at=at,
            )
        finally:
            terminal.close()
            agent.close()

    def lines(self) -> tuple[str, ...]:
        """What stands on the slip and on the screen."""
        verdict = self.breaks or ("两条链都完好",)
        return (
            f"终端编号 {self.terminal or '还没有登记'}",
            f"时间 {self.at.astimezone(SHANGHAI).strftime('%Y-%m-%d %H:%M')}",
            f"办理记录链首 第 {shown_head(self.records)}",
            f"代理日志链首 第 {shown_head(self.journal)}",
            f"待送达 {self.waiting} 条",
            *verdict,
            "请与控制台上这台终端的链首核对：序号不应比控制台小，序号相同则数字应相同。",
        )


def maintenance_slip(standing: Standing) -> Slip:
    """The slip as a printer takes it; nothing on it is personal."""
    title = Line("维护凭条", width=2, height=2, align="center", bold=True)
    return (title, Rule(), *(Line(text) for text in standing.lines()), Rule(), Feed(1))


def print_standing(setting: DeviceSetting, standing: Standing) -> PrintResult:
    """Prints it on the terminal's own printer; raises DeviceTrouble, also while the terminal holds the printer."""
    printer = made(setting)
    printer.open()
    try:
        result: PrintResult = printer.print(f"heads-{secrets.token_hex(4)}", maintenance_slip(standing))
        return result
    finally:
        printer.close()
