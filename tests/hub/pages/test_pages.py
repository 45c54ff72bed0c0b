"""Every page of the hub in a real browser: axe-core finds nothing serious, nothing sticks out, keys suffice."""

from __future__ import annotations

import os

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from fastapi.routing import iter_route_contexts
from playwright.sync_api import Page, expect

from hub.web import create_app
from tests.hub.pages.filled import Filled
from tests.hub.pages.reader import Reader
from tests.hub.pages.shown import SIZES, Shown, load_pages, page_routes

pytestmark = pytest.mark.chromium
PAGES = load_pages()
# In the suite axe-core looks once, at a desk's size; at night at both.
LOOKED_AT = tuple(SIZES) if os.environ.get("ZHIZHU_PAGES") == "all" else ("desk",)
GRAVE = ("serious", "critical")
THUMB_PX = 44
NOTHING_STICKS_OUT = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
OUTLINED = "getComputedStyle(document.activeElement).outlineStyle !== 'none'"


def test_every_page_has_a_row_and_every_row_a_page(there: Filled) -> None:
    contexts = iter_route_contexts(create_app(there.hub, decide=False).routes)
    names = [f"{method} {one.path}" for one in contexts for method in one.methods or {"GET"}]
    routes, rows = page_routes(names), {one.route for one in PAGES}
    assert len(routes) > 25
    assert routes - rows == set(), "say in tests/hub/pages/pages.yaml what a new page is, and take its picture"
    assert rows - routes == set(), "these pages are no more"
    assert len({one.name for one in PAGES}) == len(PAGES)


@pytest.mark.parametrize("shown", PAGES, ids=lambda one: one.name)
def test_a_page_is_fit_for_everybody_at_both_sizes(reader: Reader, shown: Shown) -> None:
    page = reader.open(shown, "desk")
    for size in ("desk", "phone"):
        reader.resize(page, size)
        assert page.evaluate(NOTHING_STICKS_OUT), f"something reaches beyond the width of a {size}"
        if size in LOOKED_AT:
            assert _grave(page) == [], size


def test_a_clerk_gets_round_by_keyboard_and_by_thumb(reader: Reader) -> None:
    (desk,) = (one for one in PAGES if one.name == "desk")
    page = reader.open(desk, "phone")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="跳到正文")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    first = page.locator(".bells button, .tasks a").first
    expect(first).to_be_focused()
    assert page.evaluate(OUTLINED)
    ways = page.locator(".ways").get_by_role("link")
    for name in ("办件", "待办", "收费", "证明和章", "评价", "打电话", "设备"):
        way = ways.filter(visible=True).get_by_text(name, exact=True)
        box = way.bounding_box()
        assert box is not None, name
        assert min(box["height"], box["width"]) >= THUMB_PX, name
    ways.get_by_text("打电话", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("要打的电话")
    expect(ways.get_by_text("打电话", exact=True)).to_have_attribute("aria-current", "page")


def _grave(page: Page) -> list[str]:
    """What axe-core calls serious or critical, and where."""
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {one['help']}: {[node['target'] for node in one['nodes'][:3]]}"
        for one in found
        if one["impact"] in GRAVE
    ]
