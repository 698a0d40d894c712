"""The preview server's application: the files of a site, and a stream of what changes in it.

Files are served by Starlette, which follows no link out of the folder. HTML gets the script
that listens to the stream, and a policy that lets it; the files stay as they are.
"""

import asyncio
import json
import math
import os
import secrets
import time
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from stat import S_ISREG

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import (
    FileResponse,
    HTMLResponse,
    JSONResponse,
    Response,
    StreamingResponse,
)
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from reportgen.site.refresh import PLACE, is_page

STREAM = "/_live/changes"
THERE = "/_live/there"
SCRIPT = "/_live/live.js"
_SCRIPTS = (PLACE, *(Path(__file__).with_name(name) for name in ("merge.js", "live.js")))
_HEARTBEAT = 15.0  # seconds; proxies and browsers give up on a silent stream
_AT_ONCE = 8 << 20  # bytes of a file that is sent in one piece
_KEPT = {"cache-control", "content-type", "etag", "last-modified"}
_MOST_PATHS = 20_000  # of which it is remembered when they changed last
_NO_STORE = {"Cache-Control": "no-store"}
_POLICY = "default-src 'none'; script-src 'self';"
_LIVE_POLICY = f"{_POLICY} connect-src 'self';"


class Changes:
    """Hands each change to all who listen, and knows what one has missed who comes back.

    Made in the event loop's thread; what may be called from any thread says so.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._queues: set[asyncio.Queue[str | None]] = set()
        self._epoch = secrets.token_hex(4)  # of this server: numbers of another mean nothing here
        self._number = 0
        self._log: dict[str, tuple[int, float]] = {}  # path -> number and time, the latest last
        self._forgotten = 0  # changes up to this number are no longer in the log
        self._running: int | None = None  # runs; None before the site is whole

    @property
    def at(self) -> str:
        """What has been told so far, as a page is given it."""
        return f"{self._epoch}.{self._number}"

    def tell(self, paths: Sequence[str]) -> None:
        """Paths of the site whose bytes are new; may be called from any thread."""
        self._loop.call_soon_threadsafe(self._changed, tuple(paths))

    def tell_running(self, count: int) -> None:
        """How many runs are running; may be called from any thread."""
        self._loop.call_soon_threadsafe(self._runs, count)

    def close(self) -> None:
        """End all streams; may be called from any thread."""
        self._loop.call_soon_threadsafe(self._put, None)

    def _changed(self, paths: Sequence[str]) -> None:
        self._number += 1
        now = time.monotonic() if self._running is not None else -math.inf  # the start is no change
        for path in paths:
            self._log.pop(path, None)
            self._log[path] = self._number, now
        while len(self._log) > _MOST_PATHS:
            self._forgotten = self._log.pop(next(iter(self._log)))[0]
        self._put(json.dumps({"at": self.at, "paths": paths}))

    def _runs(self, count: int) -> None:
        if count != self._running:
            self._running = count
            self._put(json.dumps({"at": self.at, "running": count}))

    def _put(self, message: str | None) -> None:
        for queue in self._queues:
            queue.put_nowait(message)

    def _hello(self, since: str, points: str) -> str:
        """How things stand, for a page that has seen `since` and shows the points of a run, or "".

        `paths` is what it has missed, null for "anything"; `quiet` and `silent` are seconds since
        the last change, and since the last point of that run, or of any; null for never.
        """
        found = {
            "at": self.at,
            "paths": self._missed(since),
            "running": self._running,
            "quiet": self._age(max((when for _, when in self._log.values()), default=-math.inf)),
            "silent": self._age(self._wrote(points)),
        }
        return f"event: hello\ndata: {json.dumps(found)}\n\n"

    def _missed(self, since: str) -> list[str] | None:
        epoch, _, number = since.partition(".")
        if epoch != self._epoch or not number.isdecimal() or int(number) < self._forgotten:
            return None
        return [path for path, (told, _) in self._log.items() if told > int(number)]

    def _wrote(self, points: str) -> float:
        """When points of a run were written last; with "" those of any run."""
        if points:
            return self._log.get(points, (0, -math.inf))[1]
        times = (at for path, (_, at) in self._log.items() if is_points(path))
        return max(times, default=-math.inf)

    @staticmethod
    def _age(when: float) -> float | None:
        return None if when == -math.inf else round(time.monotonic() - when, 1)

    async def stream(self, since: str, points: str) -> AsyncIterator[str]:
        """Server-sent events, until the listener or the server leaves."""
        queue: asyncio.Queue[str | None] = asyncio.Queue()
        self._queues.add(queue)
        try:
            yield self._hello(since, points)
            while True:
                try:
                    message = await asyncio.wait_for(queue.get(), _HEARTBEAT)
                except TimeoutError:
                    yield ": still here\n\n"
                    continue
                if message is None:
                    return
                yield f"data: {message}\n\n"
        finally:
            self._queues.discard(queue)


def is_points(path: str) -> bool:
    """Whether a path of the site is that of the points of a run."""
    top, _, rest = path.partition("/")
    return top == "runs" and rest.count("/") == 1 and rest.endswith("/run.js")


class SiteFiles(StaticFiles):
    """The files of a site, but for what reportgen keeps for itself."""

    def __init__(self, root: Path, changes: Changes | None) -> None:
        super().__init__(directory=root, html=True, check_dir=False)
        self._root = root
        self._changes = changes

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, or the site's own page for what is not there."""
        if _is_hidden(path):
            raise HTTPException(404)
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "no-cache"
        if not isinstance(response, FileResponse):
            return response
        size = response.stat_result.st_size if response.stat_result else math.inf
        if size > _AT_ONCE or "range" in Headers(scope=scope):
            return response
        return await self._whole(response)

    def holds(self, path: str) -> bool:
        """Whether a file is shown under that path."""
        if _is_hidden(path):
            return False
        try:
            status = self.lookup_path(path)[1]
        except (OSError, ValueError):  # no system has such a name
            return False
        return status is not None and S_ISREG(status.st_mode)

    async def _whole(self, response: FileResponse) -> Response:
        """The file in one piece: sent bit by bit, one that is replaced meanwhile would be torn."""
        at = self._changes.at if self._changes else ""  # before: what comes now is told again
        try:
            body = await asyncio.to_thread(Path(response.path).read_bytes)
        except OSError:
            raise HTTPException(404) from None
        place = Path(response.path).relative_to(self._root).as_posix()
        if self._changes is not None and (is_page(place) or place == "404.html"):
            page = made_live(body.decode("utf-8"), at)
            return HTMLResponse(page, response.status_code, _NO_STORE)
        kept = {name: text for name, text in response.headers.items() if name in _KEPT}
        return Response(body, response.status_code, kept)


def _is_hidden(path: str) -> bool:
    return any(part.startswith(".") for part in path.split("/") if part not in ("", "."))


def made_live(page: str, at: str) -> str:
    """A page with the script that listens for changes; `at` is what the page has seen of them."""
    page = page.replace(_POLICY, _LIVE_POLICY, 1)
    return page.replace("</head>", f'<script src="{SCRIPT}?at={at}" defer></script>\n</head>', 1)


def make_app(root: Path, changes: Changes | None = None) -> Starlette:
    """The application for a site's folder; with `changes`, its pages are live."""

    async def stream(request: Request) -> Response:
        assert changes is not None
        asked = request.query_params
        events = changes.stream(asked.get("since", ""), asked.get("points", ""))
        return StreamingResponse(events, media_type="text/event-stream", headers=_NO_STORE)

    async def there(request: Request) -> Response:
        asked = request.query_params.getlist("path")
        return JSONResponse([files.holds(path) for path in asked], headers=_NO_STORE)

    async def script(_request: Request) -> Response:
        body = "".join(path.read_text("utf-8") for path in _SCRIPTS)
        return Response(body, media_type="text/javascript", headers=_NO_STORE)

    files = SiteFiles(Path(os.path.realpath(root)), changes)
    routes: list[Route | Mount] = []
    if changes is not None:
        routes += [Route(STREAM, stream), Route(THERE, there), Route(SCRIPT, script)]
    routes.append(Mount("/", files))
    return Starlette(routes=routes)
