"""Opening pages as a visitor does, and noting all that a page does beyond being read."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from playwright.sync_api import Browser, BrowserContext, Error, Page, Request

from reportgen.site.quick import STATE_FOLDER
from tests.patience import until_true

OF_THE_BROWSER = ("chrome://", "chrome-extension://")  # its viewer of PDF files


@dataclass
class Events:
    """What happened while pages were open."""

    dialogs: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)  # of scripts, and on the console
    requests: list[str] = field(default_factory=list)
    hits: list[str] = field(default_factory=list)  # pages whose scripts ran
    others: list[str] = field(default_factory=list)  # windows opened, files saved

    blocked: list[str] = field(default_factory=list)  # requests that a page's policy forbade

    def foreign(self, base: str) -> list[str]:
        """The requests for anything that is neither below an address nor of the browser itself."""
        home = (f"{base}/", *OF_THE_BROWSER)
        return [
            url for url in self.requests if not url.startswith(home) and url not in self.blocked
        ]


def base_of(scheme: str, site: Path, served_root: Path, server: str) -> str:
    """The address of a site that is below the server's root: of its folder, or on the server."""
    if scheme == "file":
        return site.as_uri()
    return f"{server}/{quote(site.relative_to(served_root).as_posix())}"


def until(page: Page, expression: str) -> Any:
    """Ask until the answer is truthy: the policy of our pages forbids `wait_for_function`."""
    return until_true(lambda: page.evaluate(expression), f"never true: {expression}")


def until_noted(page: Page, ask: Callable[[], Any], words: str) -> None:
    """Wait for what is noted of a page: that comes in while the page is waited for."""

    def asked() -> Any:
        page.wait_for_timeout(50)
        return ask()

    until_true(asked, words)


# Frames and what they put off: in them a page does all that follows from what was done to it,
# but for what it leaves for a time of the clock.
FRAMES = """new Promise(done => {
  let left = 6;
  const next = () => (left-- ? requestAnimationFrame(next) : setTimeout(done));
  next();
})"""


def drawn(page: Page) -> None:
    """Wait until a page has done what follows from what was done to it."""
    page.evaluate(FRAMES)


class Traffic:
    """What a page asks for from now on, and what of it is still to come."""

    def __init__(self, page: Page) -> None:
        self.asked: list[str] = []
        self._page = page
        self._waiting: set[Request] = set()
        page.on("request", self._begin)
        page.on("requestfinished", self._end)
        page.on("requestfailed", self._end)

    def _begin(self, request: Request) -> None:
        self.asked.append(request.url)
        if request.resource_type != "eventsource":  # which stays open
            self._waiting.add(request)

    def _end(self, request: Request) -> None:
        self._waiting.discard(request)

    def settle(self) -> None:
        """Wait until all has come, also what is asked for when it comes into sight."""
        seen = -1

        def is_settled() -> bool:
            nonlocal seen
            before, seen = seen, len(self.asked)
            drawn(self._page)
            return before == len(self.asked) and not self._waiting

        until_true(is_settled, "the page goes on asking")


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
    context.on("requestfailed", lambda request: _keep_blocked(events, request))
    page.on("websocket", lambda socket: events.requests.append(socket.url))
    context.on("page", lambda opened: events.others.append(f"opened {opened.url}"))
    page.on("download", lambda saved: events.others.append(f"saved {saved.url}"))
    return events


def _keep_blocked(events: Events, request: Any) -> None:
    """A request that the policy of the page forbade never leaves the browser."""
    if request.failure == "csp":
        events.blocked.append(request.url)


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
    """The paths of all pages of a site, as they stand in an address; those of frames left out."""
    return [path for path in files_below(site, "*.html") if "/frames/" not in path]


def frames_below(site: Path) -> list[str]:
    """The paths of the pages that hold an artifact in a sandbox."""
    return files_below(site, "frames/**/*.html")


def files_below(site: Path, pattern: str = "*") -> list[str]:
    """The paths of files of a site, as they stand in an address; our state left out."""
    found = (path.relative_to(site) for path in sorted(site.rglob(pattern)) if path.is_file())
    return [quote(path.as_posix()) for path in found if path.parts[0] != STATE_FOLDER]


def links_of(page: Page) -> list[str]:
    """The addresses that an open page refers to, whole and without anchors.

    Images that the page itself holds are no addresses.
    """
    found = page.evaluate(
        """[...document.querySelectorAll('[href], [src]')]
          .filter(e => !(e.localName === 'img' && /^data:image[/]/.test(e.src)))
          .map(e => e.getAttribute('href') ?? e.getAttribute('src'))
          .map(address => new URL(address, document.baseURI).href.split('#')[0])"""
    )
    return sorted(set(map(str, found)))
