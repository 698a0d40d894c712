"""Opening pages as a visitor does, and noting all that a page does beyond being read."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from playwright.sync_api import Browser, BrowserContext, Error, Page


@dataclass
class Events:
    """What happened while pages were open."""

    dialogs: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)  # of scripts, and on the console
    requests: list[str] = field(default_factory=list)
    hits: list[str] = field(default_factory=list)  # pages whose scripts ran

    def foreign(self, base: str) -> list[str]:
        """The requests for anything that is not below an address."""
        return [url for url in self.requests if not url.startswith(f"{base}/")]


@contextmanager
def visit(browser: Browser, **options: Any) -> Iterator[tuple[Page, Events]]:
    """A page of a fresh browser context, with all events of the context."""
    context = browser.new_context(**options)
    try:
        page = context.new_page()
        yield page, _watch(context, page)
    finally:
        context.close()


def _watch(context: BrowserContext, page: Page) -> Events:
    events = Events()

    def dismiss(dialog: Any) -> None:
        events.dialogs.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", dismiss)
    page.on("pageerror", lambda error: events.errors.append(str(error)))
    context.on("console", lambda said: _keep_error(events, said))
    context.on("request", lambda request: events.requests.append(request.url))
    return events


def _keep_error(events: Events, said: Any) -> None:
    if said.type in {"error", "warning"}:
        events.errors.append(f"{said.page.url if said.page else ''}: {said.text}")


def open_page(page: Page, url: str, events: Events) -> bool:
    """Open an address and note whether one of its scripts ran; False where it is a download."""
    try:
        page.goto(url)
    except Error as error:
        if "Download is starting" in error.message or "ERR_ABORTED" in error.message:
            return False
        raise
    if page.evaluate("window.__hit !== undefined"):
        events.hits.append(url)
    return True


def pages_below(site: Path) -> list[str]:
    """The paths of all pages of a site, as they stand in an address."""
    return [quote(path.relative_to(site).as_posix()) for path in sorted(site.rglob("*.html"))]


def links_of(page: Page) -> list[str]:
    """The addresses that an open page refers to, whole and without anchors."""
    found = page.evaluate(
        "[...document.querySelectorAll('[href], [src]')].map(e => (e.href || e.src).split('#')[0])"
    )
    return sorted(set(map(str, found)))
