"""A document printer on a port of its own: IPP over HTTP in, pages out, and a door to look at them and to break it."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar, Final

from fastapi import APIRouter

from drivers.document_printer.message import NotIpp, decode, encode
from drivers.document_printer.simulated.answers import Answers, brings_job
from drivers.document_printer.simulated.counter import Counter
from drivers.document_printer.simulated.engine import Engine, Sheets
from drivers.simulation import SimulatedDevice, Situation
from drivers.trouble import DeviceTrouble

_SILENT_S_MAX: Final = 60.0
_BAD_REQUEST_HEAD: Final = bytes((1, 1, 4, 0))


class SimulatedDocumentPrinter(SimulatedDevice):
    """An A4 laser printer that takes PDF; `engine` is its inside. Below quality 1 it answers rubbish at times."""

    kind: ClassVar[str] = "document_printer"
    faults: ClassVar[Mapping[str, str]] = MappingProxyType(
        {
            "paper_end": "没有纸",
            "paper_end_midway": "打到一半没纸",
            "jam": "卡纸",
            "cover_open": "盖子开着",
            "toner_low": "碳粉不足",
            "toner_empty": "碳粉用完",
            "paper_low": "纸快用完",
            "paused": "被人按了暂停",
            "stuck": "不动，也不说原因",
            "aborts": "打到一半丢弃作业",
            "forgets": "断电一下，忘了所有作业",
            "refuses": "不接受新作业",
            "silent": "接上了却不回答",
            "cut": "收下文件后连接断开",
            "cut_early": "文件没收完连接就断开",
            "late": "打完了很久才说打完",
            "doubled": "同一份作业收成两份",
            "unplugged": "拔掉网线",
        }
    )
    situations: ClassVar[Mapping[str, Situation]] = MappingProxyType(
        {
            "paper ends in the middle": Situation("打到一半没纸", ("paper_end_midway",)),
            "jam with no paper": Situation("卡纸，纸也用完了", ("jam", "paper_end")),
            "cover opened by a child": Situation("有人打开了盖子", ("cover_open",)),
            "connection lost after sending": Situation("刚发完文件网络就断", ("cut",)),
            "power fails while printing": Situation("打印时打印机断电", ("forgets",)),
            "printer hangs after some jobs": Situation("打了几份以后没有反应", ("silent",), after=2),
            "the plug falls out": Situation("网线松脱", ("unplugged",)),
        }
    )

    def __init__(self, page_s: float = 1.0, seed: int = 0) -> None:
        """`page_s`: how long one page takes."""
        super().__init__(seed)
        self.engine = Engine(self.lock, self.has, page_s)
        self._answers = Answers(self.engine, self.has, lambda: self.link)
        self._counter: Counter | None = None
        self._ending = False

    @property
    def link(self) -> str:
        """See SimulatedDevice.link."""
        if self._counter is None:
            raise RuntimeError("the simulated document_printer has not been started")
        return f"ipp://127.0.0.1:{self._counter.port}/ipp/print"

    def start(self, link: str) -> None:
        """`tcp:PORT`; a printer has no terminal, so `pty` takes a free port."""
        scheme, _, port = link.partition(":")
        if link != "pty" and not (scheme == "tcp" and port.isdecimal() and int(port) < 65536):
            raise DeviceTrouble("simulate.link", f"看不懂模拟器的链接“{link}”。", "请写成 tcp:端口号（如 tcp:8631）。")
        self._ending = False
        counter = Counter(int(port or 0), self._respond, self._begins)
        counter.open()
        self._counter = counter
        self.engine.start()

    def stop(self) -> None:
        """See SimulatedDevice.stop."""
        with self.lock:
            self._ending = True
            self.engine.news.notify_all()
        if self._counter is not None:
            self._counter.close()
        self.engine.stop()

    def pull(self) -> None:
        """See SimulatedDevice.pull: nobody listens any more; the printer itself has power and goes on."""
        if self._counter is not None:
            self._counter.close()

    def plug(self) -> None:
        """See SimulatedDevice.plug."""
        if self._counter is not None:
            self._counter.open()

    def on_fault(self, name: str) -> None:
        """See SimulatedDevice.on_fault."""
        self.engine.news.notify_all()

    def on_clear(self) -> None:
        """A person comes and puts everything right; what still waits is printed then."""
        self.engine.clear()

    def state(self) -> dict[str, Any]:
        """See SimulatedDevice.state."""
        with self.lock:
            engine = self.engine
            return {
                **super().state(),
                "printer_state": {3: "idle", 4: "processing", 5: "stopped"}[engine.state()],
                "reasons": list(engine.reasons()),
                "jobs": [{"number": job.number, "state": job.state.name.lower()} for job in engine.jobs.values()],
                "documents": len(engine.tray),
                "pages": sum(sheets.pages for sheets in (*engine.tray, *engine.scraps)),
            }

    def routes(self, router: APIRouter) -> None:
        """See SimulatedDevice.routes."""

        @router.get("/paper")
        def paper() -> dict[str, Any]:
            """The documents in the tray with their PDF, and how many pages of others came out."""
            return self.paper()

        @router.delete("/paper")
        def take() -> dict[str, Any]:
            """Take the paper out of the tray."""
            with self.lock:
                self.engine.tray.clear()
                self.engine.scraps.clear()
            return self.paper()

    def paper(self) -> dict[str, Any]:
        """What came out, oldest first."""
        with self.lock:
            return {
                "documents": [_described(sheets) for sheets in self.engine.tray],
                "scraps": [_described(sheets) for sheets in self.engine.scraps],
            }

    def _begins(self, head: bytes) -> bool:
        """A job that begins is an operation; True where the connection breaks before all of it has arrived."""
        with self.lock:
            if not brings_job(head):
                return False
            self.operation()
            return self.has("cut_early")

    def _respond(self, body: bytes) -> bytes | None:
        with self.lock:
            try:
                request = decode(body)
            except NotIpp:
                return _BAD_REQUEST_HEAD + body[4:8].ljust(4, b"\0") + b"\x03"
            if not self._speaks():
                return None
            answer = encode(self._answers.to(request))
            if self.has("cut") and request.data:
                return None
            if self.delay_s:
                self.engine.news.wait_for(lambda: self._ending, self.delay_s)
            if self.chance.random() >= self.quality:
                return bytes(self.chance.randrange(256) for _ in range(40))
            return answer

    def _speaks(self) -> bool:
        """Waits as long as it is silent; False where the one who asked is not answered at all."""
        if not self.has("silent"):
            return True
        self.engine.news.wait_for(lambda: self._ending or not self.has("silent"), _SILENT_S_MAX)
        return False


def _described(sheets: Sheets) -> dict[str, Any]:
    return {
        "name": sheets.name,
        "pages": sheets.pages,
        "pdf_base64": None if sheets.pdf is None else base64.b64encode(sheets.pdf).decode("ascii"),
    }
