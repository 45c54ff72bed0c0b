"""Reads the text files; one id may stand in one file only."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from seeds.checking import parsed, unfinished
from seeds.trouble import SeedTrouble
from seeds.words import Words
from seeds.yaml_file import YamlFile, read_yaml

_ID: Final = re.compile(r"[a-z0-9_-]+(\.[a-z0-9_-]+)+")


def read_texts(folder: Path) -> dict[str, Words]:
    """All sentences of the folder; a broken entry or a duplicate id raises FileTrouble."""
    words: dict[str, Words] = {}
    homes: dict[str, Path] = {}
    paths = sorted(folder.glob("*.yaml"))
    if not paths:
        raise SeedTrouble(f"{folder} 里没有文字文件。", "请检查安装是否完整。")
    for path in paths:
        file = read_yaml(path)
        if marks := unfinished(file):
            raise marks[0][0]
        for text_id, value in file.mapping().items():
            if not _ID.fullmatch(text_id):
                raise file.trouble((text_id,), f"“{text_id}”不是文字编号。", "编号写成 area.name 的样子。")
            if text_id in homes:
                where = "同一个文件" if homes[text_id] == path else homes[text_id].name
                raise file.trouble(
                    (text_id,), f"文字编号“{text_id}”在 {where} 里已经有了。", "请换一个编号或删去一处。"
                )
            words[text_id] = _entry(file, text_id, value)
            homes[text_id] = path
    return words


def _entry(file: YamlFile, text_id: str, value: object) -> Words:
    return parsed(Words, file, value, (text_id,))
