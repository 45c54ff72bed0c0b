"""The terminal put together: settings, services, view models and the window. The way in for `zhizhu terminal run`."""

from __future__ import annotations

import signal
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication

from kiosk.doors import Err, Ok, Result, ThreadDoor
from kiosk.face.result import Preview
from kiosk.journey.acts import Act
from kiosk.journey.effects import Effect
from kiosk.journey.flow import advance
from kiosk.journey.screens import Attract
from kiosk.journey.session import Facts, Session, Step
from kiosk.services.leftovers import Leftovers
from kiosk.services.renewal import Renewal
from kiosk.services.services import TICK_MS, Services
from kiosk.settings import Settings
from kiosk.viewmodels.delivery import Delivery
from kiosk.viewmodels.face_preview import FacePreview
from kiosk.viewmodels.screen_parts import TerminalScreen, choose_renderer, prepare_application
from kiosk.viewmodels.terminal_view_model import TerminalViewModel
from offline.agent_store import AgentView
from offline.keys import settle_keys

if TYPE_CHECKING:
    from kiosk.testdoor.server import TestDoor

ENROLMENT_MS: Final = 1000
REPLACE: Final = 75
"""The code of a process that wants to be run anew with the same words (EX_TEMPFAIL of sysexits.h)."""


class Terminal:
    """Owns everything of the terminal process, and takes it down in the right order."""

    def __init__(self, settings: Settings, *, headless: bool, replace: Callable[[], None]) -> None:
        self._settings = settings
        self._timers: list[QTimer] = []
        self._delivery = Delivery()
        self.preview = FacePreview()
        self.services = Services.open(
            settings, self._tell, self._delivery.deliver, preview=self._show_preview, wiped=self._wiped
        )
        self.view_model = TerminalViewModel(
            place=settings.text("terminal.name"),
            sandbox=settings.flag("terminal.sandbox"),
            words=self.services.texts,
            facts=self.services.facts,
            advance=self._advance,
            perform=self._perform,
        )
        self.screen = TerminalScreen(
            self.view_model, self.preview, settings.whole("screen.width"), settings.whole("screen.height")
        )
        if settings.flag("screen.full") and not headless:
            self.screen.window.showFullScreen()
        self.screen.window.frameSwapped.connect(self.services.status.painted)
        self.view_model.touched.connect(self.services.status.touched)
        self._leftovers = Leftovers(
            self,
            {
                "preview": lambda: self.preview.holds_picture,
                "face": lambda: self.services.remembers_face,
                "given": lambda: self.services.remembers_given,
            },
            public=(self.services.facts().items, settings.text("terminal.name")),
            quiet=lambda: self.services.quiet,
            told=self._searched,
            monotonic=time.monotonic,
        )
        self._renewal = Renewal(
            settings.number("privacy.restart_idle_s"),
            untouched=self._untouched,
            settled=self._settled,
            replace=replace,
            monotonic=time.monotonic,
        )
        self._enrolment_door = ThreadDoor("enrolment", self._delivery.deliver, most_waiting=2)
        self._timer(TICK_MS, self.services.tick)
        self._timer(TICK_MS, self._leftovers.tick)
        self._timer(TICK_MS, self._renewal.tick)
        self._timer(ENROLMENT_MS, self._ask_enrolment)
        self.view_model.start()

    def deliver_to_screen(self, call: Callable[[], None]) -> None:
        """For the test door: brings a call to the screen's thread."""
        self._delivery.deliver(call)

    def close(self) -> None:
        """The view first, then what it looked at, then the devices and files."""
        for timer in self._timers:
            timer.stop()
        self.screen.close()
        self._enrolment_door.close()
        self.services.close()

    def _timer(self, every_ms: int, work: Callable[[], None]) -> None:
        timer = QTimer(self._delivery)
        timer.setInterval(every_ms)
        timer.timeout.connect(work)
        timer.start()
        self._timers.append(timer)

    def _tell(self, act: Act) -> None:
        self.view_model.take(act)

    def _perform(self, effects: tuple[Effect, ...]) -> None:
        for effect in effects:
            self.services.run(effect)

    def _show_preview(self, picture: Preview | None) -> None:
        if picture is None:
            self.preview.forget()
        else:
            self.preview.put(picture.width, picture.height, picture.rgb)
        self.view_model.next_frame()

    def _advance(self, session: Session, act: Act, facts: Facts) -> Step:
        step = advance(session, act, facts)
        self._leftovers.saw(step.session)
        self.services.saw(step.session)
        return step

    def _wiped(self, _: int) -> None:
        self.preview.forget()
        self.view_model.next_frame()
        self._leftovers.over()

    def _searched(self, found: tuple[str, ...]) -> None:
        self.services.status.searched(clean=not found)
        self.services.status.write()
        self._renewal.after_visit(clean=not found)

    def _settled(self) -> bool:
        # on a disk that takes nothing, a new process might not be able to open the files of this one
        return self.services.quiet and not self._leftovers.searching and self.services.status.written

    def _untouched(self) -> bool:
        session = self.view_model.session
        return session.screen == Attract() and not session.card_on_reader and not session.bell

    def _ask_enrolment(self) -> None:
        state_dir = self._settings.state_dir
        self._enrolment_door.ask(lambda: is_enrolled(state_dir), self._enrolment_known)

    def _enrolment_known(self, result: Result[bool]) -> None:
        match result:
            case Ok(enrolled):
                self.view_model.show_enrolled(enrolled)
            case Err():
                pass  # the agent's file is being made or replaced: what was last known stands


def is_enrolled(state_dir: Path) -> bool:
    """Whether the agent has enrolled this terminal at a hub."""
    view = AgentView.open(state_dir)
    try:
        return view.enrolment() is not None
    finally:
        view.close()


def run_terminal(config: Path, overrides: Sequence[str], *, test_door: Path | None, headless: bool) -> int:
    """Runs until the window is closed or the process is told to end, or wants to be run anew (REPLACE)."""
    settings = Settings.load(config, overrides)
    settle_keys(settings.state_dir, settings.text("terminal.tpm"))
    choose_renderer(headless=headless)
    app = QGuiApplication(sys.argv[:1])
    prepare_application(app)
    terminal = Terminal(settings, headless=headless, replace=lambda: app.exit(REPLACE))
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: app.quit())
    door = _open_door(test_door, terminal, settings.state_dir) if test_door is not None else None
    try:
        return app.exec()
    finally:
        if door is not None:
            door.close()
        terminal.close()


def _open_door(path: Path, terminal: Terminal, state_dir: Path) -> TestDoor:
    # Packages are built without the door, so it is imported only where it is asked for.
    from kiosk.testdoor.hands import Hands
    from kiosk.testdoor.records import DoorRecords
    from kiosk.testdoor.server import TestDoor
    from kiosk.viewmodels.window_eyes import WindowEyes

    hands = Hands(WindowEyes(terminal.screen.window), terminal.view_model.told)
    return TestDoor(path, hands.answer, terminal.deliver_to_screen, DoorRecords(state_dir).answer)
