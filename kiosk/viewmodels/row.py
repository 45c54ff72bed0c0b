"""One line, choice or button of a page, as a value."""

from __future__ import annotations

from dataclasses import dataclass, field

from kiosk.journey.buttons import Button


@dataclass(frozen=True)
class Row:
    """`button` and `value` are what a touch means; a row without a button only tells. `tone`: plain, main, warn."""

    text: str = field(repr=False)
    detail: str = field(default="", repr=False)
    badge: str = ""
    button: Button | None = None
    value: str = ""
    usable: bool = True
    tone: str = "plain"

    @property
    def name(self) -> str:
        """The objectName: the button, and its value where one button stands for many."""
        if self.button is None:
            return ""
        return f"{self.button.value}:{self.value}" if self.value else self.button.value
