"""What a reader of a site waits for, measured in Chromium: `python -m benchmarks web`.

Theirs are fixed limits, in milliseconds or bytes: what people take for "at once" does not depend
on the machine. A case is a function from a `Web` to results; `PARTS` names the modules that have
them.
"""

from __future__ import annotations

import gzip
import json
import shutil
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from statistics import median
from threading import Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from benchmarks.cases import Bench, Result, against_limit
from benchmarks.measure import TaskError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page

    from benchmarks.content import Shape

PARTS = (
    "benchmarks.web_table",
    "benchmarks.web_charts",
    "benchmarks.web_compare",
)  # modules with `cases(web) -> Iterable[Result]`
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync")
WINDOW = {"width": 1440, "height": 900}

# Gaps between frames (ms) while something goes on: the recorder is switched on, then read.
RECORD = """() => {
  const gaps = [];
  let before = performance.now();
  const tick = (now) => {
    gaps.push(now - before);
    before = now;
    window.__frame = requestAnimationFrame(tick);
  };
  window.__gaps = gaps;
  window.__frame = requestAnimationFrame((now) => { before = now; tick(now); });
}"""
RECORDED = "() => { cancelAnimationFrame(window.__frame); return window.__gaps.slice(2); }"

# Ends when the next frame has been drawn: a message is handled after it, a callback before.
DRAWN = """const drawn = () => new Promise((resolve) => requestAnimationFrame(() => {
  const channel = new MessageChannel();
  channel.port1.onmessage = resolve;
  channel.port2.postMessage(null);
}));"""


@dataclass(frozen=True, slots=True)
class Web:
    """A browser, and sites made for it."""

    bench: Bench
    browser: Browser
    _sites: dict[str, Path] = field(default_factory=dict)

    def site(self, name: str, shape: Shape) -> Path:
        """The folder of a site of a store of that shape, built once."""
        if name not in self._sites:
            self.bench.build(self.bench.store(name, shape), into=f"web-{name}")
            self._sites[name] = self.bench.scratch / f"web-{name}"
        return self._sites[name]

    @contextmanager
    def page(self, **options: Any) -> Iterator[Page]:
        """A page of a fresh context; an error of its scripts is an error of the measurement."""
        context = self.browser.new_context(**{"viewport": WINDOW, **options})
        errors: list[str] = []
        try:
            page = context.new_page()
            page.on("pageerror", lambda error: errors.append(str(error)))
            yield page
        finally:
            context.close()
        if errors:
            raise TaskError(f"a script failed: {errors[0]}")

    def repeat(self, once: Callable[[], float]) -> list[float]:
        """One figure for each pair that is asked for, the first one not counted."""
        return [once() for _ in range(self.bench.pairs + 1)][1:]

    def opened(self, url: str, mark: str) -> list[float]:
        """The times (ms) from an address until its page notes that it has come so far."""

        def once() -> float:
            with self.page() as page:
                page.goto(url)
                return mark_of(page, mark)

        return self.repeat(once)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A Chromium without a window. Raises TaskError where it is not installed."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError as error:
        raise TaskError("Playwright is not installed") from error
    program = shutil.which("chromium")
    if program is None:
        raise TaskError("Chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=[*ARGUMENTS])
        try:
            yield browser
        finally:
            browser.close()


def web(bench: Bench) -> list[Result]:
    """All that is measured in the browser."""
    with chromium() as browser:
        made = Web(bench, browser)
        return [result for part in PARTS for result in import_module(part).cases(made)]


def within(name: str, what: str, unit: str, limit: float, values: list[float]) -> Result:
    """The median of some values against a fixed limit."""
    return against_limit(name, what, unit, median(values), limit, values=values)


def worst_within(name: str, what: str, unit: str, limit: float, values: list[float]) -> Result:
    """The worst of some values against a fixed limit."""
    return against_limit(name, what, unit, max(values), limit, values=values)


def wait_until(page: Page, condition: str, seconds: float = 30) -> None:
    """Wait for a JavaScript expression to hold: a page may forbid `wait_for_function`."""
    for _ in range(int(seconds * 100)):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(10)
    raise TaskError(f"never came to be: {condition}")


def until_shown(page: Page, action: str, *, done: str = "true") -> float:
    """The time (ms) from a piece of JavaScript until what it changed has been drawn.

    `done` is an expression: frames are waited for until it holds.
    """
    taken: float = page.evaluate(
        f"""async () => {{
          {DRAWN}
          await drawn();
          const start = performance.now();
          {action};
          await drawn();
          while (!({done})) await drawn();
          return performance.now() - start;
        }}"""
    )
    return taken


def frame_gaps(page: Page, action: Callable[[], None]) -> list[float]:
    """The times (ms) between frames while something is done to a page, sorted."""
    page.evaluate(RECORD)
    action()
    gaps: list[float] = page.evaluate(RECORDED)
    return sorted(gaps)


def percentile(ordered: list[float], share: float) -> float:
    """The value that a share of the ordered values does not exceed."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def mark_of(page: Page, name: str) -> float:
    """When (ms after the navigation began) a page noted that it had come so far."""
    wait_until(page, f"performance.getEntriesByName({json.dumps(name)}).length > 0")
    when: float = page.evaluate(f"performance.getEntriesByName({json.dumps(name)})[0].startTime")
    return when


class _Host(SimpleHTTPRequestHandler):
    """A static host that compresses, as those of sites do."""

    sent: list[str]

    def do_GET(self) -> None:
        self.sent.append(unquote(urlsplit(self.path).path))
        super().do_GET()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """The address of a static host that shows a folder, and the paths asked for so far."""
    sent: list[str] = []
    handler = partial(type("Host", (_Host,), {"sent": sent}), directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as httpd:
        thread = Thread(target=httpd.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{httpd.server_port}", sent
        httpd.shutdown()
        thread.join()


def packed_size(folder: Path, paths: list[str]) -> int:
    """The bytes of some files of a site as a host that compresses with gzip sends them."""
    files = [folder / path.lstrip("/") for path in paths]
    return sum(len(gzip.compress(file.read_bytes(), 6)) for file in files if file.is_file())
