"""Files of a site that was built before, from a folder and from the web."""

from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from reportgen.errors import SiteError
from reportgen.site.othersite import open_other


class Quiet(SimpleHTTPRequestHandler):
    """Serves a folder without a word."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (as of the base)
        """Nothing."""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/site.json").write_text("{}")
    (tmp_path / "data/a b.json").write_text("[1]")
    return tmp_path


@pytest.fixture
def address(site: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(site)))
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()


def test_files_come_from_a_folder(site: Path) -> None:
    other = open_other(str(site))
    assert other.read("data/a b.json") == b"[1]"
    assert other.read("data/none.json") is None


def test_files_come_from_the_web_and_the_address_may_name_the_index(address: str) -> None:
    for place in (address, address.rstrip("/"), f"{address}index.html"):
        other = open_other(place)
        assert other.read("data/a b.json") == b"[1]"
        assert other.read("data/none.json") is None


def test_a_folder_without_a_site_is_an_error_that_says_so(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match="no site of reportgen at"):
        open_other(str(tmp_path))


def test_an_address_where_nobody_answers_is_an_error() -> None:
    with pytest.raises(SiteError, match="cannot be reached"):
        open_other("http://127.0.0.1:9")
