"""What a person sees in the window and can touch with a finger; the test door and the tests look through it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtQuick import QQuickItem, QQuickWindow
from PySide6.QtTest import QTest

LAYOUTS: Final = 3  # nested columns settle from the inside out


class NotThere(LookupError):
    """Nobody could touch this now; the message says why."""


@dataclass(frozen=True)
class Seen:
    """One visible item with a text or a name; the box is in pixels of the window."""

    name: str
    text: str
    enabled: bool
    touchable: bool
    x: float
    y: float
    w: float
    h: float


class WindowEyes:
    """Looks and touches through the window alone, with real mouse events at real places."""

    def __init__(self, window: QQuickWindow) -> None:
        self._window = window

    def seen(self) -> tuple[Seen, ...]:
        """Everything readable, in reading order."""
        self._settle()
        found = [_seen(item) for item in self._readable()]
        return tuple(sorted(found, key=lambda each: (round(each.y), round(each.x))))

    def tap(self, what: str) -> Seen:
        """Presses and releases on the first item in reading order with this text or name."""
        self._settle()
        items = [item for item in self._readable() if item.property("touchable") and what in _names(item)]
        if not items:
            raise NotThere(f"屏幕上没有“{what}”可点。There is nothing to touch called {what}.")
        items.sort(key=lambda item: (round(_seen(item).y), round(_seen(item).x)))
        item = next((item for item in items if item.isEnabled()), None)
        if item is None:
            raise NotThere(f"“{what}”现在不能点。{what} cannot be touched now.")
        _draw_into_view(item)
        place = item.mapToScene(QPointF(item.width() / 2, item.height() / 2))
        if not self._on_top(item, place):
            raise NotThere(f"“{what}”被别的内容挡住了，或不在屏幕内。{what} is covered or off the screen.")
        seen = _seen(item)
        QTest.mouseClick(
            self._window,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
            QPoint(round(place.x()), round(place.y())),
        )
        return seen

    def grab(self, path: Path) -> None:
        """The window as PNG, at its full size."""
        image = self._window.grabWindow()
        path.parent.mkdir(parents=True, exist_ok=True)
        if not image.save(str(path), "PNG"):  # type: ignore[call-overload]
            raise OSError(f"cannot write {path}")

    def text_sizes(self) -> tuple[int, ...]:
        """The sizes in pixels of all visible texts, as painted in a window of the design's size."""
        return tuple(item.property("font").pixelSize() for item in self._readable() if item.inherits("QQuickText"))

    def _settle(self) -> None:
        """Lays out what has just been made: Qt does that with the next frame, a person looks after it."""
        for _ in range(LAYOUTS):
            for item in list(_visible(self._window.contentItem())):
                item.ensurePolished()

    def _readable(self) -> Iterator[QQuickItem]:
        for item in _visible(self._window.contentItem()):
            if item.property("text") or (item.objectName() and item.width() > 0):
                yield item

    def _on_top(self, item: QQuickItem, place: QPointF) -> bool:
        hit = _topmost(self._window.contentItem(), place)
        while hit is not None and hit is not item:
            hit = hit.parentItem()
        return hit is item


def _draw_into_view(item: QQuickItem) -> None:
    """Moves the list that holds an item as a finger would, until the item is in it; what fits is not moved."""
    around: QQuickItem | None = item.parentItem()
    while around is not None and not around.inherits("QQuickFlickable"):
        around = around.parentItem()
    if around is None:
        return
    top = item.mapToItem(around, QPointF(0, 0)).y()
    below = top + item.height() - around.height()
    moved = min(top, 0.0) + max(below, 0.0)
    if moved and around.property("interactive"):
        around.setProperty("contentY", around.property("contentY") + moved)


def _names(item: QQuickItem) -> tuple[str, str]:
    return str(item.property("text") or ""), item.objectName()


def _seen(item: QQuickItem) -> Seen:
    box = item.mapRectToScene(item.boundingRect())
    text, name = _names(item)
    return Seen(
        name, text, item.isEnabled(), bool(item.property("touchable")), box.x(), box.y(), box.width(), box.height()
    )


def _visible(item: QQuickItem) -> Iterator[QQuickItem]:
    for child in item.childItems():
        if child.isVisible() and child.opacity() > 0:
            yield child
            yield from _visible(child)


def _topmost(item: QQuickItem, place: QPointF) -> QQuickItem | None:
    """The item that would get the press: the last painted one there that listens to the mouse."""
    painted = sorted(item.childItems(), key=lambda each: each.z())
    for child in painted[::-1]:
        if not child.isVisible():
            continue
        if child.clip() and not child.contains(child.mapFromScene(place)):
            continue
        if (hit := _topmost(child, place)) is not None:
            return hit
        # MouseArea has an `enabled` of its own, which QQuickItem.isEnabled() does not see.
        enabled = child.isEnabled() and bool(child.property("enabled"))
        listens = child.acceptedMouseButtons() != Qt.MouseButton.NoButton and enabled
        if listens and child.contains(child.mapFromScene(place)):
            return child
    return None
