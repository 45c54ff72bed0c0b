"""The dock's window: a column of buttons beside the terminal. `python -m deploy.dock.dock_window CONFIG`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from PySide6.QtCore import Property, QObject, QUrl, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtQml import QmlElement, QmlUncreatable, QQmlApplicationEngine

from deploy.dock.move import Move, rows
from deploy.dock.moves import moves
from deploy.journey.world import World
from deploy.stage import Stage
from deploy.trouble import RoofTrouble
from seeds.people import People

QML_IMPORT_NAME = "zhizhu.screen"  # one module, because the type generator describes one
QML_IMPORT_MAJOR_VERSION = 1


@QmlElement
@QmlUncreatable("made by dock_window")
class DockViewModel(QObject):
    """The moves by group, of which one at a time is unfolded, and what the last one led to."""

    told_changed = Signal()
    rows_changed = Signal()
    _finished = Signal(str)

    def __init__(self, made: tuple[Move, ...], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._moves = made
        self._told = "这是演示：设备都是模拟的"
        self._unfolded = made[0].group if made else ""
        self._hand = ThreadPoolExecutor(1, "dock")
        self._finished.connect(self._tell)

    @Property(str, notify=told_changed)
    def told(self) -> str:
        """What happened last, in words."""
        return self._told

    @Property("QVariantList", notify=rows_changed)  # type: ignore[arg-type]  # the stub knows no Qt type names
    def rows(self) -> list[dict[str, object]]:
        """What stands below one another now."""
        return rows(self._moves, self._unfolded)

    @Slot(str)
    def unfold(self, group: str) -> None:
        """Shows the buttons of this group alone, or of none where it is the one that is shown."""
        self._unfolded = "" if group == self._unfolded else group
        self.rows_changed.emit()

    @Slot(int)
    def make(self, index: int) -> None:
        """Makes the move off the GUI thread; its end is told by one queued signal."""
        move = self._moves[index]
        said = move.label if move.group in move.label else f"{move.group}：{move.label}"
        self._hand.submit(move.make).add_done_callback(self._report(said))

    def _report(self, label: str) -> Callable[[Future[str | None]], None]:
        def report(done: Future[str | None]) -> None:
            failure = done.exception()
            if failure is not None:
                self._finished.emit(f"{label}没有成功：{failure}")
            else:
                self._finished.emit(f"{label}。{done.result() or '好了'}")

        return report

    def _tell(self, told: str) -> None:
        self._told = told
        self.told_changed.emit()

    def close(self) -> None:
        """Waits for the hand to rest."""
        self._hand.shutdown(cancel_futures=True)


def main(config: Path) -> int:
    """Shows the dock until its window is closed."""
    os.environ.setdefault("QT_QUICK_CONTROLS_STYLE", "Basic")
    stage = Stage.of(config)
    place = next(p for p in stage.terminals if Path(p.config) == config)
    world = World(stage, place)
    app = QGuiApplication(sys.argv[:1])
    model = DockViewModel(moves(world, People.load(), stage, place.devices))
    engine = QQmlApplicationEngine()
    engine.setInitialProperties({"viewModel": model})
    engine.load(QUrl.fromLocalFile(str(Path(__file__).with_name("Dock.qml"))))
    if not engine.rootObjects():
        raise RoofTrouble("演示台打不开。The dock cannot be shown.", "看上面的输出。See the output above.")
    code = app.exec()
    del engine
    model.close()
    world.close()
    return code


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
