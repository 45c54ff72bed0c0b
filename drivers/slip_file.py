"""Slips written by hand for trying a printer: a YAML list, read into the printer's own elements.

- 智助
- {text: 取件码, width: 2, height: 2, align: center, bold: true}
- {qr: https://example.org, size: 6}
- rule
- {feed: 2}
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import yaml

from drivers.receipt_printer.port import Element, Feed, Line, Qr, Rule, Slip
from drivers.trouble import DeviceTrouble

FILE_BYTES_MAX: Final = 256 * 1024
_LOADERS_OWN: Final = (ValueError, LookupError, AttributeError, TypeError, OverflowError, RecursionError)
"""What PyYAML's loader lets through besides its own errors: `!!bool x`, `!!timestamp x`, 2026-99-99, nesting."""


def read_slip(path: Path) -> Slip:
    """The slip in this file; raises DeviceTrouble naming the element that is wrong."""
    try:
        if path.stat().st_size > FILE_BYTES_MAX:
            raise _wrong(path, "文件太大")
        untrusted = path.read_bytes()
    except OSError as error:
        raise DeviceTrouble("slip.unreadable", f"读不了凭条文件 {path}。", "请检查路径和权限。") from error
    return parse_slip(untrusted, path)


def parse_slip(untrusted: bytes, path: Path) -> Slip:
    """The slip in these bytes of that file; raises DeviceTrouble."""
    try:
        elements = yaml.safe_load(untrusted.decode("utf-8"))
    except (yaml.YAMLError, *_LOADERS_OWN) as error:
        raise _wrong(path, "不是 UTF-8 的 YAML") from error
    if not isinstance(elements, list) or not elements:
        raise _wrong(path, "要写成一个列表，每项一行")
    slip = []
    for number, element in enumerate(elements, start=1):
        try:
            slip.append(_element(element))
        except (ValueError, TypeError) as error:
            raise _wrong(path, f"第 {number} 项写错了：{error}") from error
    return tuple(slip)


def _element(element: Any) -> Element:
    match element:
        case "rule":
            return Rule()
        case str():
            return Line(element)
        case {"text": str()}:
            return Line(**element)
        case {"qr": str(data)}:
            return Qr(data, **{name: value for name, value in element.items() if name != "qr"})
        case {"feed": int(lines), **rest} if not rest:
            return Feed(lines)
    raise ValueError("only text, {text: …}, {qr: …}, {feed: …} and rule can be printed")


def _wrong(path: Path, why: str) -> DeviceTrouble:
    return DeviceTrouble(
        "slip.wrong", f"凭条文件 {path} 有误：{why}。", "请照 zhizhu device print --help 里的例子改正，再打印一次。"
    )
