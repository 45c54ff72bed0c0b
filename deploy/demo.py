"""The demo: one parent that supervises a hub, one or two terminals, their agents and their simulated devices."""

from __future__ import annotations

import http.server
import json
import os
import secrets
import shutil
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from queue import Empty, Queue
from typing import Final

import httpx
from argon2 import PasswordHasher
from argon2.profiles import CHEAPEST

from deploy.cable import Cable
from deploy.children import Child, Children
from deploy.face_models import FaceModels
from deploy.journey.cards import lend_photos
from deploy.journey.door import Door
from deploy.stage import Staff, Stage, TerminalPlace
from deploy.trouble import RoofTrouble
from hub.certificates.seals import hand_over, load_sandbox_seals
from hub.database import Database
from hub.enrolment import new_enrolment_key
from hub.hub import open_hub
from hub.identity.factors import issue
from hub.identity.staff_log import COMMAND
from hub.moments import system_clock
from hub.settings import HubSettings
from hub.staff import add_staff
from offline.agent_store import AgentView
from seeds.seals import SealSpecs

READY_S: Final = 90.0
POLL_S: Final = 0.1
HEARTBEAT_S: Final = 2.0  # a demo's day is short
SILENCE_S: Final = 15.0
WINDOW: Final = (600, 1066)  # of the whole screen of 1080 × 1920, what a laptop can show
REGION: Final = "440981102999"
PROVINCE: Final = "0" * 12  # its accounts see every division
CLERK: Final = "yanshi-clerk"
VILLAGE_SEAL: Final = "sample-village"
TERMINALS: Final = {"village": "示例村党群服务中心", "second": "示例村文化室"}
CAMERA: Final = "camera"
FACE_CAMERA: Final = "face_camera"
DRIVERS: Final = {
    "id_card": ("id-card", "sam"),
    "receipt_printer": ("receipt-printer", "escpos"),
    "face_camera": (CAMERA, "opencv"),
    "document_camera": (CAMERA, "document"),
    "code_scanner": ("code-scanner", "serial"),
    "ups": ("power", "nut"),
    "door": ("digital-line", "modem"),
    "audio": ("audio", "alsa"),
    "document_printer": ("document-printer", "ipp"),
}
HASHER: Final = PasswordHasher.from_parameters(CHEAPEST)
"""The passwords are drawn, shown on the screen and gone with the demo: nothing is to be made dear for a guesser."""
ONLY_AT: Final = {"document_printer": ("village",)}
"""Devices that not every terminal of the demo has."""
OPTIONS: Final = {"code_scanner": 'profile = "gm65"\n'}


def drivers_of(terminal: str) -> dict[str, tuple[str, str]]:
    """The devices of one of the demo's terminals: role → kind and driver."""
    return {role: made for role, made in DRIVERS.items() if terminal in ONLY_AT.get(role, (terminal,))}


def free_port() -> int:
    """A port of the loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Demo:
    """Everything on one machine, in a temporary folder that goes with it, but for the logs of what failed."""

    def __init__(
        self,
        headless: bool,
        terminals: int,
        webcam: str = "",
        overrides: tuple[str, ...] = (),
        *,
        models: FaceModels,
    ) -> None:
        self._headless = headless
        self._webcam = webcam
        self._models = models
        self._overrides = tuple(word for each in overrides for word in ("--set", each))
        self.root = Path(tempfile.mkdtemp(prefix="zhizhu-demo-"))
        self._photos = self.root / "card-photos"
        self.logs = self.root / "logs"
        self.logs.mkdir()
        display = {"QT_QPA_PLATFORM": "offscreen"} if headless else {}
        self._children = Children(self.logs, {"QT_QUICK_BACKEND": "software", **display})
        self._hub_port = free_port()
        self._cable = Cable(free_port(), self._hub_port)
        self._orders: Queue[tuple[Callable[[], None], threading.Event, list[Exception]]] = Queue()
        self._control = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._listening = False
        self._places: list[TerminalPlace] = []
        self._names = list(TERMINALS)[:terminals]
        self.seal_codes = ""
        self.staff: tuple[Staff, ...] = (
            Staff(name="yanshi-operator", password=secrets.token_hex(6), role="operator"),
            Staff(name=CLERK, password=secrets.token_hex(6), role="clerk"),
            Staff(name="yanshi-officer", password=secrets.token_hex(6), role="data_officer"),
            Staff(name="yanshi-admin", password=secrets.token_hex(6), role="system_admin"),
            Staff(name="yanshi-business", password=secrets.token_hex(6), role="business_admin"),
            Staff(name="yanshi-auditor", password=secrets.token_hex(6), role="auditor"),
        )

    @property
    def hub_url(self) -> str:
        """Where the hub and its console are."""
        return f"http://127.0.0.1:{self._hub_port}"

    @property
    def stage(self) -> Stage:
        """The stage as it stands."""
        port = self._control.server_address[1]
        return Stage(
            control=f"http://127.0.0.1:{port}",
            hub=self.hub_url,
            staff=self.staff,
            terminals=tuple(self._places),
            photos=str(self._photos),
            webcam=self._webcam,
        )

    def start(self) -> None:
        """Brings everything up; returns when every terminal shows its first screen and knows its village."""
        self._models.start()
        self._cable.plug()
        keys = self._prepare_hub()
        self._start_hub()
        for name in self._names:
            self._places.append(self._furnish(name, keys[name]))
        self._await(lambda: httpx.get(f"{self.hub_url}/readyz", timeout=2.0, trust_env=False).status_code == 200, "hub")
        for place in self._places:
            self._switch_on(place)
            self.stage.save(Path(place.config).parent)
        self._listening = True
        threading.Thread(target=self._control.serve_forever, name="control", daemon=True).start()
        for place in self._places:
            self._await_terminal(place)
        if not self._headless:
            self._open_dock(self._places[0])

    def _open_dock(self, place: TerminalPlace) -> None:
        module = (sys.executable, "-m", "deploy.dock.dock_window")
        self._children.start("dock", place.config, program=module)

    def close(self, *, keep_logs: bool = False) -> None:
        """Ends everything and removes the temporary folder; `keep_logs` leaves what a message has pointed to."""
        self._models.close()
        if self._listening:  # otherwise shutdown() would wait for ever
            self._control.shutdown()
        self._control.server_close()
        self._children.end()
        self._cable.close()
        if not keep_logs:
            shutil.rmtree(self.root, ignore_errors=True)
            return
        for path in self.root.iterdir():
            if path.is_dir() and path != self.logs:
                shutil.rmtree(path, ignore_errors=True)
            elif path != self.logs:
                path.unlink(missing_ok=True)

    def watch(self, done: Callable[[], bool]) -> None:
        """Carries out orders until `done`; a child that ends by itself ends the demo."""
        while not done():
            self._obey(POLL_S)
            if (child := self._children.fallen()) is not None:
                if child.process.returncode == 0:
                    return  # a person closed a window
                raise RoofTrouble(
                    f"{child.name} 自己停了：{child.last_words()} {child.name} ended by itself.",
                    f"日志 Log: {child.log}",
                )

    def _database(self) -> str:
        return f"sqlite:///{self.root / 'hub' / 'hub.db'}"

    def _prepare_hub(self) -> dict[str, str]:
        """The hub's database with its accounts; returns the enrolment key of each terminal by its name."""
        (self.root / "hub").mkdir()
        database = Database(self._database())
        try:
            database.migrate()
            for person in self.staff:
                add_staff(database, system_clock, person.name, person.role, PROVINCE, person.password, hasher=HASHER)
            self._give_codes()
            return {
                name: new_enrolment_key(database, HubSettings(), system_clock, REGION, TERMINALS[name])
                for name in self._names
            }
        finally:
            database.close()

    def _give_codes(self) -> None:
        """Gives every account its second factor, and the demo's clerk the village's test seal."""
        hub = open_hub(self._database(), self.root / "hub")
        try:
            self.staff = tuple(
                person.model_copy(update={"codes": issue(hub, person.name, COMMAND).address}) for person in self.staff
            )
            load_sandbox_seals(hub, SealSpecs.load())
            self.seal_codes = hand_over(hub, VILLAGE_SEAL, CLERK)
        finally:
            hub.database.close()

    def _start_hub(self) -> None:
        database = ("--database", self._database())
        self._children.start(
            "hub",
            "hub",
            "serve",
            *database,
            "--port",
            str(self._hub_port),
            "--state",
            str(self.root / "hub"),
            "--silence-s",
            str(SILENCE_S),
            "--card-decoder",
            self._decoder(),
            "--public-url",
            self.hub_url,
        )

    def _furnish(self, name: str, enrolment_key: str) -> TerminalPlace:
        """A terminal's simulated devices and its settings; it is not switched on yet."""
        folder = self.root / name
        (folder / "state").mkdir(parents=True)
        controls: dict[str, str] = {}
        sections = []
        simulated = self._simulated(name)
        for role, (_, driver) in drivers_of(name).items():
            if role == FACE_CAMERA and self._webcam:
                sections.append(f'[devices.{role}]\ndriver = "{driver}"\nlink = "{self._webcam}"\n')
                continue
            said = simulated[role].says()
            control = str(said["control"])
            controls[role] = control if control.startswith("http") else f"http://{control}"
            sections.append(f'[devices.{role}]\ndriver = "{driver}"\nlink = "{said["link"]}"\n{OPTIONS.get(role, "")}')
        config = folder / "terminal.toml"
        config.write_text(
            f'[terminal]\nname = "{TERMINALS[name]}"\nregion = "{REGION}"\nlanguage = "zh-Hans"\n'
            f'state_dir = "{folder / "state"}"\nsandbox = true\ntpm = "off"\n\n'
            f'[hub]\nurl = "http://127.0.0.1:{self._cable.port}"\n\n'
            f"[agent]\nheartbeat_s = {HEARTBEAT_S}\nchanges_s = {HEARTBEAT_S}\n\n{self._face()}"
            + "\n".join(sections)
            + f'\n[hub.enrolment]\nkey = "{enrolment_key}"\n',
            encoding="utf-8",
        )
        return TerminalPlace(name=name, config=str(config), door=str(folder / "door.sock"), devices=controls)

    def _simulated(self, name: str) -> dict[str, Child]:
        """By role the process of its simulated device; each tells of its devices in the order of DRIVERS."""
        kinds = {role: kind for role, (kind, _) in drivers_of(name).items()}
        roles = [role for role in kinds if not (role == FACE_CAMERA and self._webcam)]
        cameras = [role for role in roles if kinds[role] == CAMERA]
        running: dict[str, Child] = {}
        for what, some in (("devices", [role for role in roles if role not in cameras]), ("cameras", cameras)):
            module = (sys.executable, "-m", "deploy.devices")
            child = self._children.start(f"{name}-{what}", *(kinds[role] for role in some), program=module)
            running |= dict.fromkeys(some, child)
        return running

    def _face(self) -> str:
        lend_photos(self._photos)
        where = self._models.folder
        folder = "" if where is None else f'models_dir = "{where}"\n'
        return f'[face]\n{folder}decoder = "{self._decoder()}"\n\n'

    def _decoder(self) -> str:
        return f"{sys.executable} -m kiosk.face.sandbox_decoder {self._photos}"

    def _switch_on(self, place: TerminalPlace) -> None:
        small = ("--set", f"screen.width={WINDOW[0]}", "--set", f"screen.height={WINDOW[1]}")
        head = ("--headless",) if self._headless else small
        config = ("--config", place.config)
        words = (*config, "--test-door", place.door, *head, *self._overrides)
        self._children.start(f"{place.name}-terminal", "terminal", "run", *words)
        self._children.start(f"{place.name}-agent", "agent", *config)

    def _switch_off(self, place: TerminalPlace) -> None:
        self._children.kill(f"{place.name}-terminal", f"{place.name}-agent")

    def _await_terminal(self, place: TerminalPlace) -> None:
        door = Door(Path(place.door))
        state_dir = Path(place.config).parent / "state"

        def awake() -> bool:
            return bool(door.ask("screen").get("screen")) and knows_its_village(state_dir)

        self._await(awake, place.name)

    def _await(self, ready: Callable[[], bool], name: str) -> None:
        end = time.monotonic() + READY_S
        while time.monotonic() < end:
            if (child := self._children.fallen()) is not None:
                raise RoofTrouble(f"{child.name} 没有启动：{child.last_words()}", f"日志 Log: {child.log}")
            try:
                if ready():
                    return
            except (httpx.HTTPError, RoofTrouble):
                pass  # not up yet; the deadline above ends the waiting
            time.sleep(POLL_S)
        raise RoofTrouble(
            f"{name} 没有在 {READY_S:.0f} 秒内就绪。{name} did not get ready.", f"日志 Logs: {self.root}/logs"
        )

    def _obey(self, within_s: float) -> None:
        try:
            order, carried_out, failures = self._orders.get(timeout=within_s)
        except Empty:
            return
        try:
            order()
        except (RoofTrouble, OSError) as failure:
            failures.append(failure)
        finally:
            carried_out.set()

    def order(self, path: str, body: dict[str, object]) -> None:
        """An order from the control; carried out by the main thread, which alone may start processes."""
        place = next((p for p in self._places if p.name == body.get("terminal")), None)
        if place is None:
            raise RoofTrouble("没有这台终端。No such terminal.", ", ".join(p.name for p in self._places))
        orders: dict[str, Callable[[], None]] = {
            "/network": self._cable.pull if body.get("state") == "down" else self._cable.plug,
            "/power_cut": lambda: self._power_cycle(place),
            "/next_day": lambda: self._power_cycle(place),
        }
        if path not in orders:
            raise RoofTrouble(f"没有这个命令 {path}。No such order.", ", ".join(orders))
        carried_out, failures = threading.Event(), list[Exception]()
        self._orders.put((orders[path], carried_out, failures))
        if not carried_out.wait(READY_S):
            raise RoofTrouble(f"{path} 没有按时完成。{path} was not carried out in time.", "再试一次。Try again.")
        if failures:
            raise failures[0]

    def _power_cycle(self, place: TerminalPlace) -> None:
        """Terminal and agent at once, as the mains do it; then the power is back."""
        self._switch_off(place)
        Path(place.door).unlink(missing_ok=True)
        self._switch_on(place)
        self._await_terminal(place)


def knows_its_village(state_dir: Path) -> bool:
    """Whether the agent has enrolled the terminal and the hub's lists have come."""
    view = AgentView.open(state_dir)
    try:
        return view.enrolment() is not None and bool(view.helpers())
    finally:
        view.close()


def _handler(demo: Demo) -> type[http.server.BaseHTTPRequestHandler]:
    class Control(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = min(int(self.headers.get("Content-Length", "0")), 65536)
            try:
                demo.order(self.path, json.loads(self.rfile.read(length) or b"{}"))
                self._answer(200, {"ok": True})
            except (RoofTrouble, OSError, ValueError) as trouble:
                self._answer(409, {"ok": False, "error": str(trouble)})

        def _answer(self, code: int, body: dict[str, object]) -> None:
            data = json.dumps(body, ensure_ascii=False).encode()
            self.send_response(code)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
            """Says nothing: the demo's own output is for people."""

    return Control


def has_display() -> bool:
    """Whether a window can be shown here."""
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
