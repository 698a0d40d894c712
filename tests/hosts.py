"""Hosts on this machine that tests ask for pages."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder without a word: standard error is for the tests."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving(handler: Any) -> Iterator[str]:
    """The address of a host that answers with a handler, without a "/" at its end.

    `handler` is a `BaseHTTPRequestHandler`, or makes one.
    """
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as httpd:
        thread = Thread(target=httpd.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{httpd.server_port}"
        finally:
            httpd.shutdown()
            thread.join()


def showing(folder: Path, kind: type[SimpleHTTPRequestHandler] = Quiet) -> Any:
    """A handler that shows a folder, as a static host does."""
    return partial(kind, directory=str(folder))
