"""The top bar for QML."""

from __future__ import annotations

from PySide6.QtCore import Property, QObject, Signal
from PySide6.QtQml import QmlElement, QmlUncreatable

from kiosk.viewmodels.bar_props import BarProps

QML_IMPORT_NAME = "zhizhu.screen"
QML_IMPORT_MAJOR_VERSION = 1


@QmlElement
@QmlUncreatable("made by the terminal")
class BarViewModel(QObject):
    """Mirrors BarProps."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._props = BarProps()

    def show_props(self, props: BarProps) -> None:
        """Swaps first, then tells."""
        if props != self._props:
            self._props = props
            self.changed.emit()

    @Property(str, notify=changed)
    def place(self) -> str:
        """Name of the terminal."""
        return self._props.place

    @Property(str, notify=changed)
    def time(self) -> str:
        """Hours and minutes at the place."""
        return self._props.time

    @Property(str, notify=changed)
    def date(self) -> str:
        """Month, day and weekday."""
        return self._props.date

    @Property(str, notify=changed)
    def network(self) -> str:
        """The network in words."""
        return self._props.network

    @Property(bool, notify=changed)
    def near(self) -> bool:
        """Whether the hub is in reach."""
        return self._props.near

    @Property(str, notify=changed)
    def power(self) -> str:
        """停电 in words, or empty on mains."""
        return self._props.power

    @Property(str, notify=changed)
    def sandbox(self) -> str:
        """演示, or empty."""
        return self._props.sandbox
