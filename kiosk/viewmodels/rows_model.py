"""Rows for a repeater of QML."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QAbstractListModel, QByteArray, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtQml import QmlElement, QmlUncreatable

from kiosk.viewmodels.row import Row

QML_IMPORT_NAME = "zhizhu.screen"
QML_IMPORT_MAJOR_VERSION = 1

ROLES: Final = ("text", "detail", "badge", "button", "value", "name", "usable", "tone")
FIRST_ROLE: Final = int(Qt.ItemDataRole.UserRole) + 1
ROOT: Final = QModelIndex()


@QmlElement
@QmlUncreatable("made by the page")
class RowsModel(QAbstractListModel):
    """Nothing but rows and roles; equal rows are not told again, so a repeater keeps its delegates."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[Row, ...] = ()

    def show_rows(self, rows: tuple[Row, ...]) -> None:
        """The rows from now on."""
        if rows == self._rows:
            return
        if len(rows) == len(self._rows):
            changed = [n for n, (old, new) in enumerate(zip(self._rows, rows, strict=True)) if old != new]
            self._rows = rows
            self.dataChanged.emit(self.index(changed[0]), self.index(changed[-1]))
            return
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = ROOT) -> int:
        """How many."""
        return 0 if parent.isValid() else len(self._rows)

    def roleNames(self) -> dict[int, QByteArray]:
        """What delegates may require."""
        return {FIRST_ROLE + n: QByteArray(role.encode()) for n, role in enumerate(ROLES)}

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = 0) -> object:
        """One field of one row."""
        if not index.isValid() or not FIRST_ROLE <= role < FIRST_ROLE + len(ROLES):
            return None
        row = self._rows[index.row()]
        value = getattr(row, ROLES[role - FIRST_ROLE])
        return "" if value is None else str(value) if isinstance(value, str) else value
