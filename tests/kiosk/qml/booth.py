"""A terminal's screen with the real journey behind it and nothing behind that: the tests play the services."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication, QImage

from kiosk.journey.acts import Act
from kiosk.journey.effects import Effect
from kiosk.journey.flow import advance
from kiosk.journey.session import Facts, Session
from kiosk.viewmodels.face_preview import FacePreview
from kiosk.viewmodels.screen_parts import TerminalScreen
from kiosk.viewmodels.terminal_view_model import TerminalViewModel
from kiosk.viewmodels.window_eyes import WindowEyes
from tests.kiosk.qml.fixture_sessions import FACTS, session_of
from tests.words import WORDS

PLACE = "云潭镇示例村智助终端"


class Booth:
    """Shows fixture sessions, takes touches, remembers the effects that were asked for."""

    def __init__(self, app: QGuiApplication) -> None:
        self._app = app
        self._facts: Facts = FACTS
        self.effects: list[Effect] = []
        self.terminal = TerminalViewModel(
            place=PLACE,
            sandbox=True,
            words=WORDS,
            facts=lambda: self._facts,
            advance=advance,
            perform=self.effects.extend,
            monotonic=lambda: 0.0,
        )
        self.screen = TerminalScreen(self.terminal, FacePreview(), 1080, 1920)
        self.eyes = WindowEyes(self.screen.window)

    def show(self, name: str) -> None:
        """A named fixture session."""
        session, self._facts = session_of(name)
        self.show_session(session)

    def show_session(self, session: Session) -> None:
        """Any session."""
        self.terminal.show_session(session)
        self._app.processEvents()

    def take(self, act: Act) -> None:
        """Something happens."""
        self.terminal.take(act)
        self._app.processEvents()

    def picture(self) -> QImage:
        """The screen at full size."""
        return self.screen.window.grabWindow()

    def close(self) -> None:
        """The view before its view model."""
        self.screen.close()
        self._app.processEvents()
