"""One tab of Chromium that looks at a site under watch, and what went wrong in it."""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

from benchmarks.web import chromium

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page

STAY = 6.0  # seconds on a page


@dataclass(slots=True)
class Tab:
    """Goes from page to page, and stays on each for a while."""

    page: Page
    errors: list[str] = field(default_factory=list)
    visits: int = 0
    renewals: int = 0  # how often a page heard that it changed
    _until: float = 0.0
    _chance: Random = field(default_factory=lambda: Random(3))

    def look(self, url: str, site: Path) -> None:
        """Go on to another page, once this one was looked at for long enough."""
        if time.monotonic() < self._until or not (site / "index.html").is_file():
            self.page.wait_for_timeout(50)  # lets the tab's messages come in
            return
        if self.visits:
            self.renewals += int(self.page.evaluate("() => window.__renewed || 0"))
        kinds = (
            "experiments/*/index.html",
            "runs/*/index.html",
            "index.html",
            "compare/index.html",
        )
        found = sorted(site.glob(kinds[self.visits % len(kinds)]))
        if found:
            page = self._chance.choice(found).relative_to(site).as_posix()
            self.page.goto(f"{url}{page}")
            self.page.evaluate(
                "() => window.reportgen && window.reportgen.on('renewed', "
                "() => { window.__renewed = (window.__renewed || 0) + 1; })"
            )
        self.visits += 1
        self._until = time.monotonic() + STAY


@contextmanager
def chromium_tab() -> Iterator[Tab]:
    """A tab of a Chromium without a window."""
    with chromium() as browser:
        yield watched(browser.new_page())


def watched(page: Page) -> Tab:
    """A page whose errors are noted from here on."""
    tab = Tab(page)
    page.on("console", lambda said: tab.errors.append(f"{page.url}: {said.text}"))
    page.on("pageerror", lambda error: tab.errors.append(f"{page.url}: {error}"))
    return tab
