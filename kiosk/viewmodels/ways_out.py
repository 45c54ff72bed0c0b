"""The buttons that lead out of a page, and the reason a page gives."""

from __future__ import annotations

from kiosk.journey.buttons import Button
from kiosk.journey.screens import Reason
from kiosk.viewmodels.page_props import Words
from kiosk.viewmodels.row import Row


def button(which: Button, words: Words, *, tone: str = "plain", usable: bool = True) -> Row:
    """A button with the text that belongs to it everywhere."""
    return Row(words(f"screen.button.{which.value}"), button=which, tone=tone, usable=usable)


def main(which: Button, words: Words, *, usable: bool = True) -> tuple[Row, ...]:
    """The one main action."""
    return (button(which, words, tone="main", usable=usable),)


def back_and_cancel(words: Words) -> tuple[Row, ...]:
    """返回 and 取消."""
    return (button(Button.BACK, words), button(Button.CANCEL, words))


def said(reason: Reason, words: Words) -> str:
    """The reason in the resident's words; nothing where there is none."""
    return words(reason.value) if reason.value else ""
