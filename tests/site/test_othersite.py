"""Files of a site that was built before, from a folder and from the web."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from reportgen.errors import SiteError
from reportgen.site.othersite import FolderSite, WebSite, find_other
from tests.hosts import serving, showing


@pytest.fixture
def site(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/site.json").write_text("{}")
    (tmp_path / "data/a b.json").write_text("[1]")
    return tmp_path


@pytest.fixture
def address(site: Path) -> Iterator[str]:
    with serving(showing(site)) as host:
        yield f"{host}/"


def test_files_come_from_a_folder(site: Path) -> None:
    other = FolderSite(site)
    assert other.read("data/a b.json") == b"[1]"
    assert other.read("data/none.json") is None


def test_files_come_from_the_web_and_the_address_may_name_the_index(address: str) -> None:
    for place in (address, address.rstrip("/"), f"{address}index.html"):
        other = WebSite(place)
        assert other.read("data/a b.json") == b"[1]"
        assert other.read("data/none.json") is None


def test_a_site_is_found_by_what_every_site_has(site: Path, address: str) -> None:
    assert (find_other(str(site)), find_other(address)) != (None, None)
    (site / "data/site.json").unlink()
    assert (find_other(str(site)), find_other(address)) == (None, None)


def test_an_address_where_nobody_answers_is_an_error() -> None:
    with pytest.raises(SiteError, match="cannot be reached"):
        find_other("http://127.0.0.1:9")


@pytest.mark.parametrize("place", ["http://[::1", "https://a b/", "http://x:99999/", "HTTP://.."])
def test_an_address_that_is_none_is_an_error_and_no_folder(place: str) -> None:
    with pytest.raises(SiteError, match="cannot be re"):
        find_other(place)


@pytest.mark.parametrize("place", ["ftp://example.org/coffee/", "file:///srv/coffee", "s3://runs"])
def test_a_site_that_is_neither_in_a_folder_nor_on_the_web_is_an_error(place: str) -> None:
    with pytest.raises(SiteError, match="no site can be read by"):
        find_other(place)
