"""A browser that opens the hub's pages as whoever they are for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page, sync_playwright

from tests.hub.pages.filled import Filled
from tests.hub.pages.shown import SIZES, Shown
from tests.hub.test_console import CHROMIUM, FLAGS

PATIENCE_MS = 60_000  # a busy machine is no failure


class Reader:
    """One tab for each of the staff and one for the public."""

    def __init__(self, browser: Browser, there: Filled) -> None:
        self._browser, self._there = browser, there
        self._tabs: dict[str, Page] = {}

    def open(self, shown: Shown, size: str) -> Page:
        """The page at one of SIZES; raises AssertionError when it is not there."""
        tab = self._tab(shown.who)
        self.resize(tab, size)
        path = shown.path(self._there.named)
        reply = tab.goto(f"{self._there.url}{path}")
        assert reply is not None
        assert (reply.status, tab.url.removeprefix(self._there.url)) == (shown.status, path), shown.name
        return tab

    def resize(self, tab: Page, size: str) -> None:
        """Makes the window another of SIZES."""
        width, height = SIZES[size]
        tab.set_viewport_size({"width": width, "height": height})

    def _tab(self, who: str) -> Page:
        if who not in self._tabs:
            context = self._browser.new_context(reduced_motion="reduce", locale="zh-CN")
            cookies = self._there.cookies[who] if who else {}
            context.add_cookies([{"name": k, "value": v, "url": self._there.url} for k, v in cookies.items()])
            self._tabs[who] = context.new_page()
            self._tabs[who].set_default_timeout(PATIENCE_MS)
        return self._tabs[who]


@contextmanager
def reading(there: Filled) -> Iterator[Reader]:
    """Debian's Chromium, until all pages are read."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield Reader(browser, there)
        browser.close()
