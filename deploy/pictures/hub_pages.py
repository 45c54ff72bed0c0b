"""Takes pictures of every page of the hub, at a phone's and a desk's size: `python -m deploy.pictures.hub_pages`.

Fills a hub with invented residents' cases over real HTTP, opens every page in Chromium, and writes docs/pictures/hub/
and docs/hub-pages.md. Names are masked before a picture is taken. Run from the root of the source.
"""

from __future__ import annotations

import io
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.sync_api import Page

from seeds.identifiers.masking import mask_number
from seeds.people import People
from tests.hub.pages.filled import filled
from tests.hub.pages.reader import reading
from tests.hub.pages.shown import SIZES, Shown, load_pages

ROOT: Final = Path(__file__).resolve().parents[2]
FOLDER: Final = ROOT / "docs" / "pictures" / "hub"
CAPTIONS: Final = ROOT / "docs" / "hub-pages.md"
MOST_HEIGHT: Final = 2400  # CSS pixels of one picture; more of a long list says nothing more
COLOURS: Final = 64
PARTS: Final = (
    ("群众的手机 Residents' phones", "verify_approved"),
    ("工作人员登录 Signing in", "login"),
    ("经办人的工作台 The clerk's desk", "desk"),
    ("运行、账号、审计、数据 Operators, accounts, audit, data", "overview"),
)
"""Headings, each with the page before which it stands."""
WIDTHS: Final = (("phone", 200), ("desk", 460))
HEAD: Final = """# 中枢的页面 Pages of the hub

由 `python -m deploy.pictures.hub_pages` 拍成：人名、证件都是编造的，姓名已遮盖；写着“演示”的地方背后是沙箱。
每页都有手机（390 × 844）和电脑（1280 × 800）两种大小；`tests/hub/pages` 用 axe-core 逐页检查。

*Taken by `python -m deploy.pictures.hub_pages`: everybody is invented, names are masked, 演示 marks a sandbox. Every
page at a phone's and at a desk's size; `tests/hub/pages` looks at each with axe-core.*
"""
_MASK: Final = """names => {
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    for (const [name, masked] of names) { walk.currentNode.data = walk.currentNode.data.replaceAll(name, masked); }
  }
}"""


def take(page: Page, people: People) -> bytes:
    """A picture in few colours, with every invented name masked, as PNG."""
    said = [[one.name, one.masked_name] for one in people] + [
        [one.id_number, mask_number(one.id_number)] for one in people
    ]
    page.evaluate(_MASK, said)
    size = page.viewport_size
    assert size is not None
    height = min(int(page.evaluate("document.documentElement.scrollHeight")), MOST_HEIGHT)
    page.set_viewport_size({"width": size["width"], "height": max(size["height"], height)})
    taken = Image.open(io.BytesIO(page.screenshot()))
    out = io.BytesIO()
    taken.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


def captions(pages: Sequence[Shown]) -> str:
    """docs/hub-pages.md."""
    lines, titles = [HEAD], {name: title for title, name in PARTS}
    for one in pages:
        if one.name in titles:
            lines += ["", f"## {titles[one.name]}", "", "| 页面 Page | 手机 Phone | 电脑 Desk |", "|---|---|---|"]
        lines.append(_row(one))
    return "\n".join(lines) + "\n"


def _row(one: Shown) -> str:
    pictures = (f'<img src="pictures/hub/{one.name}.{size}.png" alt="{one.zh}" width="{px}">' for size, px in WIDTHS)
    return f"| {one.zh}<br>{one.en}<br>`{one.route}` | " + " | ".join(pictures) + " |"


def main(names: list[str]) -> None:
    """Takes all pictures, or those whose names are given."""
    people, pages = People.load(), load_pages()
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, filled(Path(folder), people) as there, reading(there) as reader:
        for shown in pages:
            for size in SIZES if not names or shown.name in names else ():
                picture = take(reader.open(shown, size), people)
                (FOLDER / f"{shown.name}.{size}.png").write_bytes(picture)
    CAPTIONS.write_text(captions(pages), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
