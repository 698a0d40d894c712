"""Opening pages as a visitor does, and noting all that a page does beyond being read."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

from playwright.sync_api import Browser, Error, Page, Request

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


# In the place of the clipboard, which asks the reader first.
KEEP_COPIED = "navigator.clipboard.writeText = async (text) => { window.copied = text; }"


def state(page: Page) -> str:
    """The view state in the address."""
    return str(page.evaluate("location.href")).partition("#")[2]


# Frames and what they put off: in them a page does all that follows from what was done to it,
# but for what it leaves for a time of the clock.
_FRAMES = """new Promise(done => {
  let left = 6;
  const next = () => (left-- ? requestAnimationFrame(next) : setTimeout(done));
  next();
})"""


def drawn(page: Page) -> None:
    """Wait until a page has done what follows from what was done to it."""
    page.evaluate(_FRAMES)


class Traffic:
    """What a page asks for from now on, and what of it is still to come."""

    def __init__(self, page: Page) -> None:
        self.asked: list[str] = []
        self._page = page
        self._waiting: set[Request] = set()
        page.on("request", self._begin)
        page.on("requestfinished", self._end)
        page.on("requestfailed", self._end)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Let go of the page, which may be taken again."""
        self._page.remove_listener("request", self._begin)
        self._page.remove_listener("requestfinished", self._end)
        self._page.remove_listener("requestfailed", self._end)

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
def visit_afresh(browser: Browser, **options: Any) -> Iterator[tuple[Page, Events]]:
    """A page of a fresh browser context, with all events of the context."""
    context = browser.new_context(**options)
    try:
        page = context.new_page()
        with _watched(page) as events:
            yield page, events
    finally:
        context.close()


@contextmanager
def visit(browser: Browser, **options: Any) -> Iterator[tuple[Page, Events]]:
    """A page as if of a fresh browser context, with all events of the context.

    To open a context and to load scripts into it takes Chromium longer than most tests: where an
    earlier visit went well, its page is taken again, with nothing that was kept there. Who looks
    for what leaks, or changes what scripts or the network do, visits afresh.
    """
    view = {"viewport": {"width": 1280, "height": 720}, "color_scheme": "light"}
    shown = {name: options.pop(name, usual) for name, usual in view.items()}
    resting = _RESTING.setdefault((browser, repr(options)), [])
    page = resting.pop() if resting else browser.new_context(**options).new_page()
    page.set_viewport_size(shown["viewport"])
    page.emulate_media(media="null", color_scheme=shown["color_scheme"])
    try:
        with _watched(page) as events:
            yield page, events
    except BaseException:
        page.context.close()
        raise
    _clear(page)
    resting.append(page)


_RESTING: dict[tuple[Browser, str], list[Page]] = {}  # by the options of their contexts


def _clear(page: Page) -> None:
    """Leave a page as one that was just opened."""
    for other in page.context.pages:
        if other != page:
            other.close()
    page.evaluate(
        """() => {
          if (["file:", "http:"].includes(location.protocol)) {
            localStorage.clear();
            sessionStorage.clear();
          }
        }"""
    )
    page.context.clear_cookies()
    page.goto("about:blank")
    page.mouse.move(0, 0)


@contextmanager
def _watched(page: Page) -> Iterator[Events]:
    events = Events()

    def dismiss(dialog: Any) -> None:
        events.dialogs.append(dialog.message)
        dialog.dismiss()

    of_page: dict[Any, Callable[[Any], None]] = {
        "dialog": dismiss,
        "pageerror": lambda error: events.errors.append(str(error)),
        "websocket": lambda socket: events.requests.append(socket.url),
        "download": lambda saved: events.others.append(f"saved {saved.url}"),
    }
    of_context: dict[Any, Callable[[Any], None]] = {
        "console": lambda said: _keep_error(events, said),
        "request": lambda request: events.requests.append(request.url),
        "requestfailed": lambda request: _keep_blocked(events, request),
        "page": lambda opened: events.others.append(f"opened {opened.url}"),
    }
    heard = [(page, of_page), (page.context, of_context)]
    for emitter, listeners in heard:
        for name, listener in listeners.items():
            emitter.on(name, listener)
    yield events
    for emitter, listeners in heard:
        for name, listener in listeners.items():
            emitter.remove_listener(name, listener)


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
