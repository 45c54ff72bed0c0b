"""All that a page shows, as one frozen value."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from kiosk.viewmodels.row import Row


class Words(Protocol):
    """Text ids become sentences (`seeds.texts.Texts`)."""

    def __call__(self, text_id: str, /, **names: object) -> str:
        """The text in the terminal's language."""
        ...


@dataclass(frozen=True)
class PageProps:
    """One screen, ready to paint; empty strings and rows are simply not shown."""

    screen: str = "attract"
    title: str = field(default="", repr=False)
    lead: str = ""
    notice: str = ""
    notice_tone: str = "calm"  # calm | warn
    picture: str = ""  # a drawing of kiosk/qml/pictures
    steps: tuple[Row, ...] = ()
    lines: tuple[Row, ...] = field(default=(), repr=False)
    fields: tuple[Row, ...] = field(default=(), repr=False)
    choices: tuple[Row, ...] = field(default=(), repr=False)
    more: tuple[Row, ...] = ()
    keys: tuple[Row, ...] = ()
    key_columns: int = 3
    actions: tuple[Row, ...] = ()  # the main one
    ways_out: tuple[Row, ...] = ()  # 返回, 取消
    heading: str = ""  # over choices
    more_heading: str = ""  # over more
    big: str = field(default="", repr=False)  # the claim code, what has been typed
    big_label: str = ""
    qr: str = field(default="", repr=False)  # what a phone is to scan
    progress: float = 0.0
    preview: bool = False
    draws: bool = False  # a field to sign in
    drawing: str = field(default="", repr=False)  # what was drawn there: "x,y x,y;x,y …" in 1000 × 400
