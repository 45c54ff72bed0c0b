"""Reads a YAML file into plain values and remembers on which line each of them stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml

from seeds.trouble import FileTrouble

# What YAML gives; checked by the models that read it, so it stays `object` until then.
Place = tuple[str | int, ...]
FIX: Final = "请照提示改正这一行，再运行 zhizhu catalogue check。"
LARGEST_FILE_BYTES: Final = 2_000_000
_TEXT: Final = frozenset({"tag:yaml.org,2002:str", "tag:yaml.org,2002:timestamp"})
"""What stays as it is written: dates too, the models say which texts are dates."""


@dataclass(frozen=True)
class YamlFile:
    """The values of one file, with the line of every value and key."""

    path: Path
    value: object
    lines: Mapping[Place, int]

    def line_of(self, place: Place) -> int:
        """The line of the value at this place, or of the nearest thing around it that exists."""
        for length in range(len(place), -1, -1):
            line = self.lines.get(place[:length])
            if line is not None:
                return line
        return 1

    def trouble(self, place: Place, what: str, advice: str = FIX) -> FileTrouble:
        """An error that points at this place of the file."""
        return FileTrouble(self.path, self.line_of(place), what, advice)

    def mapping(self) -> dict[str, object]:
        """The file's value, which has to be a mapping with text keys."""
        if not isinstance(self.value, dict) or not all(isinstance(key, str) for key in self.value):
            raise self.trouble((), "文件最外层应当是“名称: 内容”的结构。")
        return self.value


def read_yaml(path: Path) -> YamlFile:
    """Reads one file; whatever is wrong with it becomes a FileTrouble with its line."""
    try:
        if path.stat().st_size > LARGEST_FILE_BYTES:
            raise FileTrouble(path, 1, "文件太大。", "请拆成几个小文件。")
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise FileTrouble(path, 1, f"读不了这个文件（{error.strerror}）。", "请检查文件名和读取权限。") from error
    except UnicodeDecodeError as error:
        raise FileTrouble(path, 1, "文件不是 UTF-8 编码。", "请用编辑器另存为 UTF-8。") from error
    loader = yaml.CSafeLoader(text)
    try:
        node = loader.get_single_node()
        lines: dict[Place, int] = {}
        value = None if node is None else _value(loader, node, (), lines, path)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = 1 if mark is None else mark.line + 1
        raise FileTrouble(path, line, f"YAML 写法有误（{error.problem}）。", FIX) from error
    except yaml.YAMLError as error:
        raise FileTrouble(path, 1, "YAML 里有不允许的字符。", FIX) from error
    finally:
        loader.dispose()
    return YamlFile(path, value, lines)


def _value(loader: yaml.CSafeLoader, node: yaml.Node, place: Place, lines: dict[Place, int], path: Path) -> object:
    """Builds the value of a node ourselves: PyYAML keeps the last of two equal keys and forgets the lines."""
    lines.setdefault(place, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        mapping: dict[object, object] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise FileTrouble(path, key_node.start_mark.line + 1, "键应当是一个词。", FIX)
            key = key_node.value
            if key in mapping:
                raise FileTrouble(path, key_node.start_mark.line + 1, f"“{key}”写了两次。", "请只留一处。")
            lines[(*place, key)] = key_node.start_mark.line + 1
            mapping[key] = _value(loader, value_node, (*place, key), lines, path)
        return mapping
    if isinstance(node, yaml.SequenceNode):
        return [_value(loader, child, (*place, n), lines, path) for n, child in enumerate(node.value)]
    if node.tag in _TEXT:
        return str(node.value)
    constructed: object = loader.construct_object(node)
    return constructed
