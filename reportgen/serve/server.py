"""The preview server: uvicorn in a thread, on this machine only unless told otherwise."""

import asyncio
import errno
import socket
from collections.abc import Sequence
from ipaddress import ip_address
from pathlib import Path
from threading import Event, Thread

import uvicorn

from reportgen.errors import UsageError
from reportgen.serve.app import Changes, make_app

LOOPBACK = "127.0.0.1"
_START_SECONDS = 10


class Server:
    """Serves a site's folder from the moment it is made until it is closed."""

    def __init__(self, root: Path, host: str, port: int, *, live: bool) -> None:
        """Raises UsageError where the port is taken. With port 0, the system chooses one."""
        self._root = root
        self._live = live
        self._socket = _bound(host, port)
        self._changes: Changes | None = None
        self._server: uvicorn.Server | None = None
        self._started = Event()
        self._thread = Thread(target=self._run, name="reportgen-serve", daemon=True)
        self._thread.start()
        self._started.wait(_START_SECONDS)

    @property
    def url(self) -> str:
        """Where the site is to be seen."""
        host, port = self._socket.getsockname()[:2]
        name = f"[{host}]" if ":" in host else host
        return f"http://{name}:{port}/"

    @property
    def who(self) -> str:
        """Who can read it, in words."""
        address = ip_address(self._socket.getsockname()[0].partition("%")[0])
        return "only from here" if address.is_loopback else "by all who reach this machine there"

    def changed(self, paths: Sequence[str]) -> None:
        """Tell open pages that these files of the site have new bytes."""
        if self._changes is not None:
            self._changes.tell(paths)

    def running(self, count: int) -> None:
        """Tell open pages how many runs are running."""
        if self._changes is not None:
            self._changes.tell_running(count)

    def wait(self, ended: Event) -> None:
        """Until that is set, or the server has ended by itself."""
        while self._thread.is_alive() and not ended.wait(0.5):
            pass  # a wait without an end does not hear Ctrl-C on Windows

    def close(self) -> None:
        """End."""
        if self._changes is not None:
            self._changes.close()
        if self._server is not None:
            self._server.should_exit = True
        self._thread.join(_START_SECONDS)
        self._socket.close()

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._changes = Changes() if self._live else None
        config = uvicorn.Config(
            make_app(self._root, self._changes),
            log_level="error",
            lifespan="off",
            timeout_graceful_shutdown=1,
            server_header=False,
        )
        self._server = uvicorn.Server(config)
        self._started.set()
        await self._server.serve(sockets=[self._socket])


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Told the protocol, asyncio sends short answers at once; else each waits some 40 ms for the
    # browser to acknowledge the one before.
    made = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((host, port))
        made.listen()  # who comes before the server is ready waits for it
    except OSError as error:
        made.close()
        is_elsewhere = isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL
        raise UsageError(
            f"cannot serve on {host}:{port}: {error.strerror}",
            hint="name an address of this machine with --host"
            if is_elsewhere
            else "choose another port with --port, or see what is running there",
        ) from error
    return made
