"""The root object of the screen: takes acts, advances the session, shows it."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import Property, QObject, QTimer, Signal, Slot
from PySide6.QtQml import QmlElement, QmlUncreatable

from kiosk.journey.acts import Act, CardLaid, CardLifted, CardReading, CodeScanned, Drawn, Idle, Touched
from kiosk.journey.buttons import Button
from kiosk.journey.effects import Effect, RingBell
from kiosk.journey.giving import POINTS_MOST
from kiosk.journey.session import Facts, Session, Step
from kiosk.viewmodels.bar_props import derive_bar
from kiosk.viewmodels.bar_view_model import BarViewModel
from kiosk.viewmodels.bell_props import derive_bell
from kiosk.viewmodels.bell_view_model import BellViewModel
from kiosk.viewmodels.derive_page import derive_page
from kiosk.viewmodels.page_props import Words
from kiosk.viewmodels.page_view_model import PageViewModel

QML_IMPORT_NAME = "zhizhu.screen"
QML_IMPORT_MAJOR_VERSION = 1

TICK_MS = 1000

Advance = Callable[[Session, Act, Facts], Step]
Perform = Callable[[tuple[Effect, ...]], None]


@QmlElement
@QmlUncreatable("made by kiosk.terminal")
class TerminalViewModel(QObject):
    """Thin over `advance`: the session is a value, effects go to `perform`, answers come back through `take`."""

    fixed = Signal()  # never told: the type generator does not write down what is constant
    touched = Signal()
    idleChanged = Signal()
    frameChanged = Signal()

    def __init__(
        self,
        *,
        place: str,
        sandbox: bool,
        words: Words,
        facts: Callable[[], Facts],
        advance: Advance,
        perform: Perform,
        session: Session | None = None,
        monotonic: Callable[[], float] = time.monotonic,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._place, self._sandbox, self._words = place, sandbox, words
        self._facts, self._advance, self._perform = facts, advance, perform
        self._monotonic = monotonic
        self._last_act = monotonic()
        self._session = session or Session()
        self._frame = 0
        self._enrolled = True  # until it is known that it is not
        self._idle: tuple[str, str, str] = ("", "", "")
        self._page = PageViewModel(self)
        self._bar = BarViewModel(self)
        self._bell = BellViewModel(self)
        self._clock = QTimer(self)
        self._clock.setInterval(TICK_MS)
        self._clock.timeout.connect(self._tick)
        self._show()

    def start(self) -> None:
        """The clock runs from now on."""
        self._clock.start()

    @property
    def session(self) -> Session:
        """The visit as it is."""
        return self._session

    def told(self) -> dict[str, object]:
        """What may be said of the visit without saying who it is."""
        return {"screen": self._page.screen, "touches": self._session.touches, "session": self._session.number}

    def show_enrolled(self, enrolled: bool) -> None:
        """Whether a hub knows this terminal; without that nothing can be sent, and the screen says so."""
        if enrolled != self._enrolled:
            self._enrolled = enrolled
            self._show()

    def show_session(self, session: Session) -> None:
        """Shows a session as it stands (fixtures of the pictures)."""
        self._session = session
        self._show()

    @Slot(str, str)
    def touch(self, button: str, value: str) -> None:
        """A finger on something."""
        self.touched.emit()
        self.take(Touched(Button(button), value))

    @Slot(str)
    def draw(self, points: str) -> None:
        """A finger drew a line: "x,y x,y …" in a field of 1000 × 400."""
        self.touched.emit()
        pairs = (pair.partition(",") for pair in points.split()[:POINTS_MOST])
        self.take(Drawn(tuple((int(x), int(y)) for x, _, y in pairs)))

    def take(self, act: Act) -> None:
        """Something happened; on the GUI thread, where `Delivery` brings it."""
        if isinstance(act, Touched | Drawn | CardLaid | CardReading | CardLifted | CodeScanned):
            self._last_act = self._monotonic()
        step = self._advance(self._session, act, self._facts())
        self._session = step.session
        self._show()
        if step.effects:
            self._perform(step.effects)
        if any(isinstance(effect, RingBell) for effect in step.effects):
            self._show()  # that it is being called is so from now on, and the finger is still there

    def _tick(self) -> None:
        self.take(Idle(self._monotonic() - self._last_act))

    def next_frame(self) -> None:
        """The camera has a newer picture."""
        self._frame += 1
        self.frameChanged.emit()

    def _show(self) -> None:
        facts = self._facts()
        self._bar.show_props(derive_bar(self._place, facts, self._sandbox, self._words))
        self._page.show_props(derive_page(self._session, facts, self._words, enrolled=self._enrolled))
        self._bell.show_props(derive_bell(self._session.bell, facts, self._words))
        warning = self._session.idle_warning
        idle = ("", "", "")
        if warning is not None:
            idle = (
                self._words("screen.idle.title"),
                self._words("screen.idle.text", seconds=warning.seconds_left),
                self._words("screen.idle.still_here"),
            )
        if idle != self._idle:
            self._idle = idle
            self.idleChanged.emit()

    @Property(PageViewModel, notify=fixed)
    def page(self) -> PageViewModel:
        """The page."""
        return self._page

    @Property(BarViewModel, notify=fixed)
    def bar(self) -> BarViewModel:
        """The bar at the top."""
        return self._bar

    @Property(BellViewModel, notify=fixed)
    def bell(self) -> BellViewModel:
        """The bell, on every page."""
        return self._bell

    @Property(str, notify=idleChanged)
    def idleTitle(self) -> str:
        """您还在吗, or empty."""
        return self._idle[0]

    @Property(str, notify=idleChanged)
    def idleText(self) -> str:
        """What happens in how many seconds."""
        return self._idle[1]

    @Property(str, notify=idleChanged)
    def idleButton(self) -> str:
        """我还在."""
        return self._idle[2]

    @Property(str, notify=frameChanged)
    def frameSource(self) -> str:
        """Where the newest camera picture is; the number makes QML ask anew."""
        return f"image://preview/{self._frame}"
