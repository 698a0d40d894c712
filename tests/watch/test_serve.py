"""The preview server: the files of a site, nothing else, and the stream of what changes."""

import http.client
import json
import os
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread
from urllib.parse import urlencode

import pytest

from reportgen.errors import UsageError
from reportgen.serve.app import made_live
from reportgen.serve.server import LOOPBACK, Server
from tests.sites import build, make_store, run_id


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("serve")
    build(make_store(folder / "mlruns", runs=1), folder / "site")
    (folder / "secret.txt").write_text("secret")
    os.symlink(folder / "secret.txt", folder / "site/link.txt")
    return folder / "site"


@pytest.fixture(scope="module")
def server(site: Path) -> Iterator[Server]:
    made = Server(site, LOOPBACK, 0, live=True)
    yield made
    made.close()


def get(server: Server, path: str) -> tuple[int, str, str]:
    """Status, media type and body; the path is sent as it is."""
    address = server.url.split("/")[2]
    connection = http.client.HTTPConnection(address, timeout=60)
    connection.request("GET", path)
    answer = connection.getresponse()
    found = answer.status, answer.headers.get_content_type(), answer.read().decode()
    connection.close()
    return found


def test_pages_and_files_are_served(server: Server, site: Path) -> None:
    assert get(server, "/")[:2] == (200, "text/html")
    assert get(server, f"/runs/{run_id(0)}/run.json") == (
        200,
        "application/json",
        (site / f"runs/{run_id(0)}/run.json").read_text(),
    )


def test_what_is_not_there_gets_the_page_of_the_site_for_it(server: Server) -> None:
    status, kind, body = get(server, "/nothing/here.html")
    assert (status, kind) == (404, "text/html")
    assert "Page not found" in body


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/%2e%2e/secret.txt",
        "/assets/../../secret.txt",
        "/..%2fsecret.txt",
        "/link.txt",
        "//etc/passwd",
        "/.reportgen/manifest.json",
        "/%2ereportgen/manifest.json",
    ],
)
def test_nothing_but_the_site_is_served(server: Server, path: str) -> None:
    status, _, body = get(server, path)
    assert status in {400, 404}
    assert "secret" not in body.replace(path, "")
    assert '"files"' not in body


def test_what_is_there_is_told_of_the_site_alone(server: Server) -> None:
    hidden = (".reportgen/manifest.json", "runs/../.reportgen/manifest.json")
    odd = ("gone.html", "../secret.txt", "link.txt", "runs", "a\0b", "long" * 2000, *hidden)
    asked = urlencode([("path", path) for path in ("index.html", *odd)])
    assert json.loads(get(server, f"/_live/there?{asked}")[2]) == [True, *[False] * len(odd)]


def test_pages_listen_to_the_stream_and_files_on_disk_stay(server: Server, site: Path) -> None:
    served = get(server, f"/runs/{run_id(0)}/index.html")[2]
    on_disk = (site / f"runs/{run_id(0)}/index.html").read_text()
    at = re.search(
        r'<script src="/_live/live.js[?]at=([0-9a-f]+[.][0-9]+)" defer></script>', served
    )
    assert at is not None
    assert served == made_live(on_disk, at[1])
    assert "script-src 'self'; connect-src 'self'; style-src" in served
    assert "_live" not in on_disk


def test_a_server_that_only_shows_leaves_pages_as_they_are(site: Path) -> None:
    server = Server(site, LOOPBACK, 0, live=False)
    try:
        assert get(server, "/index.html")[2] == (site / "index.html").read_text()
        assert get(server, "/_live/live.js")[0] == 404
    finally:
        server.close()


def test_changes_are_streamed_to_all_who_listen(server: Server) -> None:
    streams = []
    for _ in range(2):
        connection = http.client.HTTPConnection(server.url.split("/")[2], timeout=60)
        connection.request("GET", "/_live/changes")
        answer = connection.getresponse()
        assert answer.headers.get_content_type() == "text/event-stream"
        while answer.readline() != b"\n":
            pass
        streams.append((connection, answer))
    server.changed(["runs/a/index.html"])
    for connection, answer in streams:
        line = answer.readline().decode()
        assert json.loads(line.removeprefix("data: "))["paths"] == ["runs/a/index.html"]
        connection.close()


def test_a_taken_port_is_named() -> None:
    with socket.socket() as other:
        other.bind((LOOPBACK, 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(UsageError, match=f"cannot serve on {LOOPBACK}:{port}"):
            Server(Path(), LOOPBACK, port, live=False)


def test_who_can_read_is_said_by_the_address(site: Path) -> None:
    said = []
    for host in (LOOPBACK, "0.0.0.0"):  # noqa: S104 (all addresses of this machine)
        server = Server(site, host, 0, live=False)
        said.append(server.who)
        server.close()
    assert said == ["only from here", "by all who reach this machine there"]


@pytest.mark.parametrize("host", ["nowhere.invalid", "192.0.2.1"])
def test_an_address_of_another_machine_is_not_blamed_on_the_port(host: str) -> None:
    with pytest.raises(UsageError, match=f"cannot serve on {host}:0") as error:
        Server(Path(), host, 0, live=False)
    assert "--port" not in error.value.hint


def test_a_file_that_is_replaced_while_it_is_sent_is_whole(server: Server, site: Path) -> None:
    path = site / "experiments/experiment-1/runs.json"
    bodies = {b"[1]", b"[" + b"1," * 9000 + b"1]"}
    stop = Event()

    def replace() -> None:
        while not stop.is_set():
            for body in bodies:
                path.with_suffix(".new").write_bytes(body)
                path.with_suffix(".new").replace(path)

    path.write_bytes(b"[1]")  # the thread may start after the first question
    thread = Thread(target=replace)
    thread.start()
    try:
        found = {get(server, "/experiments/experiment-1/runs.json")[2] for _ in range(100)}
    finally:
        stop.set()
        thread.join()
    assert found <= {body.decode() for body in bodies}
