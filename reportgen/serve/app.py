"""The preview server's application: the files of a site, and a stream of what changes in it.

Files are served by Starlette, which follows no link out of the folder. HTML gets the script
that listens to the stream, and a policy that lets it; the files stay as they are.
"""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

STREAM = "/_live/changes"
SCRIPT = "/_live/live.js"
_HEARTBEAT = 15.0  # seconds; proxies and browsers give up on a silent stream
_NO_STORE = {"Cache-Control": "no-store"}
_POLICY = "default-src 'none'; script-src 'self';"
_LIVE_POLICY = f"{_POLICY} connect-src 'self';"


class Changes:
    """Hands each change to all who listen. Made in the event loop's thread."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._queues: set[asyncio.Queue[str | None]] = set()
        self._number = 0

    def tell(self, paths: Sequence[str]) -> None:
        """Paths of the site whose bytes are new; may be called from any thread."""
        message = json.dumps({"paths": list(paths)})
        self._loop.call_soon_threadsafe(self._put, message)

    def close(self) -> None:
        """End all streams; may be called from any thread."""
        self._loop.call_soon_threadsafe(self._put, None)

    def _put(self, message: str | None) -> None:
        for queue in self._queues:
            queue.put_nowait(message)

    async def stream(self) -> AsyncIterator[str]:
        """Server-sent events, until the listener or the server leaves."""
        queue: asyncio.Queue[str | None] = asyncio.Queue()
        self._queues.add(queue)
        try:
            yield "retry: 1000\nevent: hello\ndata: {}\n\n"
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


class SiteFiles(StaticFiles):
    """The files of a site, but for what reportgen keeps for itself."""

    def __init__(self, root: Path, *, live: bool) -> None:
        super().__init__(directory=root, html=True, check_dir=False)
        self._live = live

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file, or the site's own page for what is not there."""
        if any(part.startswith(".") for part in path.split("/") if part not in ("", ".")):
            raise HTTPException(404)
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "no-cache"
        if not isinstance(response, FileResponse) or response.media_type != "text/html":
            return response
        if not self._live or "/artifacts/" in path or "/frames/" in path:
            return response
        body = await asyncio.to_thread(Path(response.path).read_text, "utf-8")
        return HTMLResponse(made_live(body), response.status_code, _NO_STORE)


def made_live(page: str) -> str:
    """A page with the script that listens for changes."""
    page = page.replace(_POLICY, _LIVE_POLICY, 1)
    return page.replace("</head>", f'<script src="{SCRIPT}" defer></script>\n</head>', 1)


def make_app(root: Path, changes: Changes | None = None) -> Starlette:
    """The application for a site's folder; with `changes`, its pages are live."""
    live = changes is not None

    async def stream(_request: Request) -> Response:
        assert changes is not None
        return StreamingResponse(
            changes.stream(), media_type="text/event-stream", headers=_NO_STORE
        )

    async def script(_request: Request) -> Response:
        body = Path(__file__).with_name("live.js").read_text("utf-8")
        return Response(body, media_type="text/javascript", headers=_NO_STORE)

    routes: list[Route | Mount] = []
    if live:
        routes += [Route(STREAM, stream), Route(SCRIPT, script)]
    routes.append(Mount("/", SiteFiles(Path(os.path.realpath(root)), live=live)))
    return Starlette(routes=routes)
