"""A server of Network UPS Tools with one supply behind it: real lines over TCP, a battery, and ways to go wrong."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar, Final
from urllib.parse import urlsplit

from fastapi import APIRouter
from pydantic import Field

from drivers.power import answer as answers
from drivers.power.answer import BadAnswer, LineCutter
from drivers.power.status import CHARGE, RUNTIME, STATUS
from drivers.simulation import Situation, WireDevice
from drivers.simulation.control import Asked

UPS: Final = "simulated"
_GARBAGE: Final = bytes.fromhex("00FF1322225C0A") * 8
_ENDLESS_LINES: Final = 2000
_REFUSALS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "data_stale": "DATA-STALE",
        "driver_not_connected": "DRIVER-NOT-CONNECTED",
        "unknown_ups": "UNKNOWN-UPS",
        "access_denied": "ACCESS-DENIED",
    }
)
_STATUSES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "on_battery": "OB DISCHRG",
        "battery_low": "OB DISCHRG LB",
        "replace_battery": "OL RB",
        "overloaded": "OL OVER",
        "switched_off": "OFF",
        "starting": "WAIT",
    }
)


class BatteryAsked(Asked):
    """How full the battery is and how long it lasts."""

    charge_percent: float = Field(ge=0, le=100, strict=False)
    runtime_s: float = Field(ge=0, le=100_000, strict=False)


class SimulatedPower(WireDevice):
    """One supply named `simulated`, on mains unless told otherwise. Its wire is always TCP."""

    kind: ClassVar[str] = "power"
    faults: ClassVar[Mapping[str, str]] = {
        "on_battery": "停电，电池供电",
        "battery_low": "停电，电池快用完",
        "replace_battery": "电池该换了",
        "overloaded": "负载过重",
        "switched_off": "输出被关掉",
        "starting": "电源程序刚启动",
        "data_stale": "数据过时（DATA-STALE）",
        "driver_not_connected": "电源程序没有连上（DRIVER-NOT-CONNECTED）",
        "unknown_ups": "没有这个名称的电源",
        "access_denied": "拒绝访问",
        "silent": "不回答",
        "garbage": "回答是乱码",
        "half_answer": "回答到一半停了",
        "endless": "回答没有尽头",
    }
    situations: ClassVar[Mapping[str, Situation]] = {
        "power_cut": Situation("停电", ("on_battery",)),
        "power_cut_later": Situation("用了一阵以后停电", ("on_battery",), after=3),
        "battery_low": Situation("停电太久，电池快用完", ("battery_low",)),
        "driver_stopped": Situation("电源程序停了", ("driver_not_connected",), after=2),
        "data_stale": Situation("电源线松了，数据过时", ("data_stale",), after=2),
        "server_silent": Situation("电源服务不回答", ("silent",)),
        "garbage_on_the_line": Situation("线路上是乱码", ("garbage",)),
        "server_gone": Situation("电源服务停了", ("unplugged",), after=1),
    }

    def __init__(self) -> None:
        super().__init__()
        self._cutter = LineCutter()
        self._charge_percent = 100.0
        self._runtime_s = 1800.0

    @property
    def link(self) -> str:
        """See SimulatedDevice.link."""
        return f"nut://{urlsplit(super().link).netloc}/{UPS}"

    def start(self, link: str) -> None:
        """See SimulatedDevice.start; the protocol is TCP only, so `pty` takes a free port."""
        super().start("tcp:0" if link == "pty" else link)

    def battery(self, charge_percent: float, runtime_s: float) -> None:
        """What the supply says of its battery from now on."""
        with self.lock:
            self._charge_percent, self._runtime_s = charge_percent, runtime_s

    def state(self) -> dict[str, Any]:
        """See SimulatedDevice.state."""
        with self.lock:
            return {**super().state(), "variables": self._variables()}

    def routes(self, router: APIRouter) -> None:
        """`POST /battery`."""

        @router.post("/battery")
        def battery(asked: BatteryAsked) -> dict[str, Any]:
            """How full the battery is and how long it lasts."""
            self.battery(asked.charge_percent, asked.runtime_s)
            return self.state()

    def hear(self, data: bytes) -> None:
        """See WireDevice.hear."""
        try:
            lines = self._cutter.feed(data)
        except BadAnswer:
            self._cutter = LineCutter()
            self.say(b"ERR INVALID-ARGUMENT\n")
            return
        for line in lines:
            self._say_under_fault(line)

    def _say_under_fault(self, line: bytes) -> None:
        self.operation()
        if self.has("unplugged"):
            return
        said = self._answer(line)
        match self.fault_now:
            case "silent":
                return
            case "garbage":
                self.say(_GARBAGE)
            case "half_answer":
                self.say(said[: len(said) // 2])
            case "endless":
                begun = f"BEGIN LIST VAR {UPS}\n" if line.startswith(b"LIST") else ""
                more = "".join(f'VAR {UPS} outlet.{n}.desc "x"\n' for n in range(_ENDLESS_LINES))
                self.say((begun + more).encode())
            case _:
                self.say(said)

    def _answer(self, line: bytes) -> bytes:
        try:
            words = answers.words_of(line)
        except BadAnswer:
            return b"ERR INVALID-ARGUMENT\n"
        match words:
            case ("VER",):
                return b"Network UPS Tools upsd 2.8.0 - https://www.networkupstools.org/\n"
            case ("NETVER" | "PROTVER",):
                return b"1.3\n"
            case ("LOGOUT",):
                return b"OK Goodbye\n"
            case ("LIST", "UPS"):
                return f'BEGIN LIST UPS\nUPS {UPS} "simulated"\nEND LIST UPS\n'.encode()
            case ("LIST", "VAR", ups):
                return self._refusal(ups) or self._list()
            case ("GET", "VAR", ups, name):
                return self._refusal(ups) or self._one(name)
            case ("GET" | "LIST", *_):
                return b"ERR INVALID-ARGUMENT\n"
            case _:
                return b"ERR UNKNOWN-COMMAND\n"

    def _refusal(self, ups: str) -> bytes:
        code = "UNKNOWN-UPS" if ups != UPS else _REFUSALS.get(self.fault_now or "")
        return f"ERR {code}\n".encode() if code else b""

    def _list(self) -> bytes:
        rows = "".join(f"VAR {UPS} {name} {answers.quoted(value)}\n" for name, value in self._variables().items())
        return f"BEGIN LIST VAR {UPS}\n{rows}END LIST VAR {UPS}\n".encode()

    def _one(self, name: str) -> bytes:
        value = self._variables().get(name)
        if value is None:
            return b"ERR VAR-NOT-SUPPORTED\n"
        return f"VAR {UPS} {name} {answers.quoted(value)}\n".encode()

    def _variables(self) -> dict[str, str]:
        low = self.has("battery_low")
        return {
            CHARGE: f"{min(self._charge_percent, 8.0) if low else self._charge_percent:g}",
            RUNTIME: f"{min(self._runtime_s, 90.0) if low else self._runtime_s:g}",
            "ups.mfr": "zhizhu",
            "ups.model": 'a "simulated" \\ supply',
            STATUS: _STATUSES.get(self.fault_now or "", "OL"),
        }
