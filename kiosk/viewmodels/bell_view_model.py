"""The bell for QML."""

from __future__ import annotations

from PySide6.QtCore import Property, QObject, Signal
from PySide6.QtQml import QmlElement, QmlUncreatable

from kiosk.viewmodels.bell_props import BellProps
from kiosk.viewmodels.rows_model import RowsModel

QML_IMPORT_NAME = "zhizhu.screen"
QML_IMPORT_MAJOR_VERSION = 1


@QmlElement
@QmlUncreatable("made by the terminal")
class BellViewModel(QObject):
    """Mirrors BellProps."""

    fixed = Signal()  # never told: the type generator does not write down what is constant
    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._props = BellProps()
        self._lines = RowsModel(self)
        self._actions = RowsModel(self)

    def show_props(self, props: BellProps) -> None:
        """Swaps first, then tells."""
        if props != self._props:
            self._props = props
            self._lines.show_rows(props.lines)
            self._actions.show_rows(props.actions)
            self.changed.emit()

    @Property(str, notify=changed)
    def button(self) -> str:
        """What stands on the bell."""
        return self._props.button

    @Property(str, notify=changed)
    def title(self) -> str:
        """What became of the call; empty: no panel lies over the screen."""
        return self._props.title

    @Property(RowsModel, notify=fixed)
    def lines(self) -> RowsModel:
        """Who comes, and what to do meanwhile."""
        return self._lines

    @Property(RowsModel, notify=fixed)
    def actions(self) -> RowsModel:
        """再呼叫一次 and 知道了."""
        return self._actions
