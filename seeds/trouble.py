"""What can be wrong with the data of this room, in words that say whose fault it is and what to do."""

from __future__ import annotations

from pathlib import Path


class SeedTrouble(Exception):
    """Something is wrong with the data: one sentence says what, another what to do."""

    def __init__(self, sentence: str, advice: str) -> None:
        super().__init__(f"{sentence} {advice}")
        self.sentence = sentence
        self.advice = advice


class FileTrouble(SeedTrouble):
    """A data file is broken at a known place."""

    def __init__(self, path: Path, line: int, what: str, advice: str) -> None:
        super().__init__(f"{path}:{line}：{what}", advice)
        self.path = path
        self.line = line
        self.what = what


class UnknownItem(SeedTrouble):
    """Somebody asked for an item that the catalogue does not have."""

    def __init__(self, item_id: str, known: tuple[str, ...]) -> None:
        names = "、".join(known) or "（空）"
        super().__init__(f"目录里没有事项 {item_id}。", f"现有：{names}；用 zhizhu catalogue list 查看。")


class PackTrouble(SeedTrouble):
    """A packed catalogue cannot be trusted or read."""
