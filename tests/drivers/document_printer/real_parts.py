"""The real other ends: CUPS's own IPP printer `ippeveprinter`, and a CUPS of our own in front of it.

Everything runs from a temporary folder on free ports and ends with the test. ippeveprinter exits where it finds no
Avahi, so both get a bus of their own; Avahi keeps its files at a fixed place, so it gets a private one by a mount
namespace and no two test runs meet. All of it wants to be root, as in a bare container.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from drivers.document_printer.address import address_of
from drivers.document_printer.ipp import IppPrinter
from drivers.document_printer.operations import JobState
from drivers.document_printer.post import Post, PostFailed
from drivers.document_printer.simulator import SimulatedDocumentPrinter
from drivers.document_printer.talk import Talk
from drivers.simulation import Simulation
from tests.drivers.own_place import own_place

START_S = 30.0
_AVAHI_PLACE = Path("/run/avahi-daemon")
QUICK: dict[str, Any] = {
    "answer_s": 5.0,
    "settle_s": 30.0,
    "patience_s": 1.0,
    "look_s": 3.0,
    "cancel_s": 15.0,
    "poll_s": 0.1,
}

_BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>system</type><listen>unix:path={folder}/bus</listen><auth>EXTERNAL</auth>
<policy context="default"><allow user="*"/><allow own="*"/><allow send_type="method_call"/>
<allow send_type="signal"/><allow send_requested_reply="true"/><allow receive_type="method_call"/>
<allow receive_type="method_return"/><allow receive_type="error"/><allow receive_type="signal"/></policy></busconfig>
"""
_AVAHI = "[server]\nhost-name=zhizhu-test\nuse-ipv6=no\nallow-interfaces=lo\n[publish]\ndisable-publishing=yes\n"

# What prints: waits while the fault lasts and its job is not called off, then puts the sheet on record.
_MECHANISM = """#!/bin/sh
cd {folder}
called_off() {{
    ipptool -T 5 -tv -d number="$IPP_JOB_ID" {link} job.test | grep -q processing-to-stop-point
}}
fault=$(cat fault 2>/dev/null)
case "$fault" in
    aborts) exit 1 ;;
    forgets) kill -9 $PPID; exit 1 ;;
    ?*)
        echo "STATE: +$fault" >&2
        while [ -e fault ]; do
            if called_off; then echo "STATE: -$fault" >&2; exit 1; fi
            sleep 0.1
        done
        echo "STATE: -$fault" >&2 ;;
esac
echo "$IPP_JOB_NAME" >> tray
"""
_JOB_TEST = """{ OPERATION Get-Job-Attributes
GROUP operation-attributes-tag
ATTR charset attributes-charset utf-8
ATTR language attributes-natural-language en
ATTR uri printer-uri $uri
ATTR integer job-id $number
ATTR keyword requested-attributes job-state-reasons }
"""
_STATES = {"paper_end": "media-empty-error", "jam": "media-jam-error", "cover_open": "cover-open-error"}

_CUPSD_AS_SHIPPED = Path("/usr/share/cups/cupsd.conf.default")
_OURS_IN_CUPSD = """Listen 127.0.0.1:{port}
Listen {socket}
LogLevel debug
Browsing No
IdleExitTimeout 0
JobRetryInterval 1
"""
_CUPS_FILES = """SystemGroup root
User lp
Group lp
ServerRoot {folder}/etc
RequestRoot {folder}/spool
CacheDir {folder}/cache
StateDir {folder}/state
TempDir {folder}/tmp
ErrorLog {folder}/log/error_log
AccessLog {folder}/log/access_log
PageLog {folder}/log/page_log
"""


def eventually(true: Callable[[], bool], what: str, within_s: float = START_S) -> None:
    """Wait for another process to come so far, or fail with what it should have done."""
    deadline, pause = time.monotonic() + within_s, threading.Event()
    while not true():
        assert time.monotonic() < deadline, what
        pause.wait(0.05)


@dataclass
class Process:
    """A child whose end is ours to see to; what it says is kept for a failing test to show."""

    arguments: list[str]
    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._log = self.folder / f"{Path(self.arguments[0]).name}.log"
        with self._log.open("ab") as log:
            self._child = subprocess.Popen(
                self.arguments,
                cwd=self.folder,
                env=os.environ | self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    @property
    def said(self) -> str:
        """The end of what it said."""
        return self._log.read_text(errors="replace")[-4000:]

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self._child.poll() is None

    def wait(self) -> None:
        """Until it ends."""
        self._child.wait()

    def end(self) -> None:
        """It and whatever it started."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self._child.pid, number)
            except ProcessLookupError:
                break
            try:
                self._child.wait(5)
            except subprocess.TimeoutExpired:
                continue
        self._child.wait(5)


@contextmanager
def folder_for_all() -> Iterator[Path]:
    """A folder that processes of other users can enter, unlike pytest's."""
    folder = Path(tempfile.mkdtemp(prefix="zhizhu-ipp-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def private_bus() -> Iterator[str]:
    """A system bus with Avahi on it, by its address."""
    with folder_for_all() as folder, ExitStack() as ends:
        (folder / "bus.conf").write_text(_BUS.format(folder=folder))
        (folder / "avahi.conf").write_text(_AVAHI)
        address = {"DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={folder}/bus"}
        bus = Process(["dbus-daemon", f"--config-file={folder}/bus.conf", "--nofork", "--nopidfile"], folder)
        ends.callback(bus.end)
        eventually((folder / "bus").exists, f"the bus came up; it said: {bus.said}")
        way = own_place(_AVAHI_PLACE)
        assert way is not None, f"this machine lets no process have a {_AVAHI_PLACE} of its own"
        options = f"-f {folder}/avahi.conf --no-drop-root --no-rlimits --no-chroot"
        script = f"mount -t tmpfs none {_AVAHI_PLACE} && exec avahi-daemon {options}"
        avahi = Process([*way, "sh", "-c", script], folder, address)
        ends.callback(avahi.end)
        eventually(lambda: "Server startup complete" in avahi.said, f"Avahi came up; it said: {avahi.said}")
        yield address["DBUS_SYSTEM_BUS_ADDRESS"]


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


class RealPrinter:
    """An ippeveprinter with A4 in its tray, kept alive until unplugged."""

    def __init__(self, bus: str, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.link = f"ipp://localhost:{self.port}/ipp/print"
        self._environment = {"DBUS_SYSTEM_BUS_ADDRESS": bus, "HOME": str(folder)}
        mechanism = folder / "mechanism"
        mechanism.write_text(_MECHANISM.format(folder=folder, link=self.link))
        mechanism.chmod(0o755)
        (folder / "job.test").write_text(_JOB_TEST)
        (folder / "spool").mkdir()
        (folder / "keys").mkdir()
        self._plugged = threading.Event()
        self._process: Process | None = None
        self._keeper: threading.Thread | None = None
        self.plug()

    def plug(self) -> None:
        """Power and network."""
        if self._plugged.is_set():
            return
        self._plugged.set()
        self._start()
        self._keeper = threading.Thread(target=self._keep, name="real printer", daemon=True)
        self._keeper.start()

    def unplug(self) -> None:
        """Neither; it forgets its jobs."""
        self._plugged.clear()
        assert self._process is not None
        self._process.end()
        assert self._keeper is not None
        self._keeper.join(10)

    def break_down(self, fault: str) -> None:
        """See contract.Stand.break_down."""
        if fault == "unplugged":
            self.unplug()
        elif fault == "toner_low":
            self._form("supplies", supply0="25", supply1="5")
        else:
            (self.folder / "fault").write_text(_STATES.get(fault, fault))

    def repair(self) -> None:
        """See contract.Stand.repair."""
        (self.folder / "fault").unlink(missing_ok=True)
        self.plug()

    def came_out(self) -> list[str]:
        """See contract.Stand.came_out."""
        tray = self.folder / "tray"
        return tray.read_text().split() if tray.exists() else []

    def _start(self) -> None:
        options = ["-p", str(self.port), "-n", "localhost", "-r", "off", "-2", "-f", "application/pdf"]
        places = ["-d", str(self.folder / "spool"), "-K", str(self.folder / "keys")]
        command = ["-c", str(self.folder / "mechanism")]
        self._process = Process(
            ["ippeveprinter", *options, *places, *command, "zhizhu"], self.folder, self._environment
        )
        eventually(self._answers, f"ippeveprinter came up; it said: {self._process.said}")
        self._form("media", size1="iso_a4_210x297mm", type1="stationery", level1="250", size3="", level3="-2")

    def _keep(self) -> None:
        while self._process is not None:
            self._process.wait()
            if not self._plugged.is_set():
                return
            self._start()

    def _answers(self) -> bool:
        try:
            return httpx.get(f"http://localhost:{self.port}/", timeout=5).status_code == 200
        except httpx.HTTPError:
            return False

    def _form(self, page: str, **fields: str) -> None:
        answer = httpx.get(f"http://localhost:{self.port}/{page}", params=fields, timeout=5)
        assert answer.status_code == 200


class RealCups:
    """A cupsd with one queue, `office`, in front of the printer at `device`."""

    def __init__(self, bus: str, folder: Path, device: str, *, model: str, error_policy: str) -> None:
        place = folder / "cups"
        for name in ("etc", "spool", "cache", "state", "tmp", "log"):
            (place / name).mkdir(parents=True)
        for path in (place, *place.rglob("*")):
            shutil.chown(path, "lp", "lp")
        self.port = free_port()
        self.link = f"ipp://localhost:{self.port}/printers/office"
        self._socket = place / "cups.sock"
        # Its policies stay as shipped: who may see and cancel which job is part of what is tried here.
        kept = [
            line
            for line in _CUPSD_AS_SHIPPED.read_text().splitlines()
            if not line.startswith(("Listen", "LogLevel", "Browsing", "IdleExitTimeout"))
        ]
        ours = _OURS_IN_CUPSD.format(port=self.port, socket=self._socket)
        (place / "cupsd.conf").write_text(ours + "\n".join(kept) + "\n")
        (place / "cups-files.conf").write_text(_CUPS_FILES.format(folder=place))
        configuration = ["-c", str(place / "cupsd.conf"), "-s", str(place / "cups-files.conf")]
        self._process = Process(["cupsd", "-f", *configuration], place, {"DBUS_SYSTEM_BUS_ADDRESS": bus})
        eventually(self._listens, f"cupsd came up; it said: {self._process.said}")
        queue = ["-p", "office", "-E", "-v", device, "-m", model, "-o", f"printer-error-policy={error_policy}"]
        self._run("lpadmin", *queue)
        self._log = place / "log" / "error_log"

    def stop_queue(self) -> None:
        """As an administrator pauses it."""
        self._run("cupsdisable", "office")

    def end(self) -> None:
        """End it."""
        self._process.end()

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [program, "-h", str(self._socket), *arguments],
            check=False,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr

    def _listens(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        except OSError:
            return False
        return True


def come_to_rest(link: str) -> None:
    """Wait until a queue or printer has nothing more to do."""
    talk = Talk(Post(address_of(link), answer_s=5.0, certificate=None))

    def quiet() -> bool:
        try:
            going = [job for name in ("job-1", "job-2") for job in talk.named(name, ended=False)]
            return not talk.standing().busy and all(job.state is JobState.HELD for job in going)
        except PostFailed:
            return False

    eventually(quiet, f"{link} came to rest")
    talk.post.close()


@dataclass
class RealStand:
    """A driver at work on a real printer, with or without CUPS between; see contract.Stand."""

    device: RealPrinter
    link: str
    printer: IppPrinter
    cups: RealCups | None = None
    others: list[IppPrinter] = field(default_factory=list)

    def another(self, **options: Any) -> IppPrinter:
        """See contract.Stand.another."""
        printer = IppPrinter(self.link, **(QUICK | options))
        printer.open()
        self.others.append(printer)
        return printer

    def break_down(self, fault: str) -> None:
        """See contract.Stand.break_down."""
        self.device.break_down(fault)

    def repair(self) -> None:
        """See contract.Stand.repair."""
        self.device.repair()

    def settle(self) -> None:
        """See contract.Stand.settle."""
        for link in (self.link, self.device.link):
            come_to_rest(link)

    def came_out(self) -> list[str]:
        """See contract.Stand.came_out."""
        return self.device.came_out()

    def close(self) -> None:
        """End the drivers."""
        for each in (self.printer, *self.others):
            each.close()


@contextmanager
def real_stand(bus: str) -> Iterator[RealStand]:
    """ippeveprinter, asked directly."""
    with folder_for_all() as folder:
        device = RealPrinter(bus, folder)
        stand = RealStand(device, device.link, IppPrinter(device.link, **QUICK))
        try:
            stand.printer.open()
            yield stand
        finally:
            stand.close()
            device.unplug()


@contextmanager
def cups_stand(bus: str, error_policy: str) -> Iterator[RealStand]:
    """ippeveprinter behind a queue of a real CUPS."""
    with folder_for_all() as folder, ExitStack() as ends:
        device = RealPrinter(bus, folder)
        ends.callback(device.unplug)
        cups = RealCups(bus, folder, device.link, model="everywhere", error_policy=error_policy)
        ends.callback(cups.end)
        stand = RealStand(device, cups.link, IppPrinter(cups.link, **QUICK), cups)
        ends.callback(stand.close)
        stand.printer.open()
        yield stand


@dataclass
class CupsBeforeSimulator:
    """A driver at work on a real CUPS with a simulated printer behind it."""

    device: SimulatedDocumentPrinter
    link: str
    printer: IppPrinter

    def settle(self) -> None:
        """See contract.Stand.settle."""
        for link in (self.link, self.device.link):
            come_to_rest(link)

    def came_out(self) -> list[str]:
        """See contract.Stand.came_out."""
        return [document["name"] for document in self.device.paper()["documents"]]


@contextmanager
def cups_before_simulator(bus: str) -> Iterator[tuple[CupsBeforeSimulator, SimulatedDocumentPrinter]]:
    """A simulated printer behind a queue of a real CUPS that hands documents on as they are."""
    device = SimulatedDocumentPrinter(page_s=0.15)
    with folder_for_all() as folder, ExitStack() as ends:
        ends.enter_context(Simulation(device).start())
        cups = RealCups(bus, folder, device.link, model="raw", error_policy="retry-job")
        ends.callback(cups.end)
        printer = IppPrinter(cups.link, **(QUICK | {"answer_s": 1.0, "settle_s": 6.0, "cancel_s": 4.0}))
        ends.callback(printer.close)
        printer.open()
        yield CupsBeforeSimulator(device, cups.link, printer), device
