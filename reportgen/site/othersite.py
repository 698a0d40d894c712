"""A site that was built before, maybe elsewhere: its data files, from a folder or from the web.

What this site is compared with, and what remembers pages that this one no longer has.
"""

import re
from pathlib import Path
from typing import Protocol

from reportgen import __version__
from reportgen.errors import SiteError

_TIMEOUT = 30.0  # seconds
_MOST = 256 << 20  # bytes of one file
_GONE = (404, 410)
_ADDRESS = re.compile(r"([a-z][a-z0-9+.-]+)://", re.IGNORECASE)


class OtherSite(Protocol):
    """A built site of which single files can be read."""

    name: str  # as the user named it

    def read(self, path: str) -> bytes | None:
        """A file by its path below the site's root; None where it has none. Raises SiteError."""


class FolderSite:
    """A site in a folder."""

    def __init__(self, folder: Path) -> None:
        """Reads nothing yet."""
        self.name = str(folder)
        self._folder = folder

    def read(self, path: str) -> bytes | None:
        """As `OtherSite.read`."""
        try:
            return (self._folder / path).read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise SiteError(
                f"{self._folder / path}: {error.strerror}", hint="check its permissions"
            ) from error


class WebSite:
    """A site at an address."""

    def __init__(self, address: str) -> None:
        """Reads nothing yet; `address` may end with the name of the index."""
        self.name = address
        self._root = f"{address.removesuffix('index.html').rstrip('/')}/"

    def read(self, path: str) -> bytes | None:
        """As `OtherSite.read`; a file above 256 MiB is an error."""
        from http.client import HTTPException
        from urllib.error import HTTPError, URLError
        from urllib.parse import quote
        from urllib.request import Request, urlopen  # slow to load, with all of SSL and mail

        agent = {"User-Agent": f"reportgen/{__version__}"}
        try:
            # `find_other` lets only http and https through.
            request = Request(self._root + quote(path), headers=agent)  # noqa: S310
            with urlopen(request, timeout=_TIMEOUT) as answer:  # noqa: S310
                body: bytes = answer.read(_MOST + 1)
        except HTTPError as error:
            if error.code in _GONE:
                return None
            raise self._trouble(f"answers {error.code} {error.reason}") from error
        except URLError as error:
            raise self._trouble(f"cannot be reached: {error.reason}") from error
        except (OSError, ValueError, HTTPException) as error:
            raise self._trouble(f"cannot be read: {error}") from error
        if len(body) > _MOST:
            raise self._trouble(f"sends more than {_MOST >> 20} MiB for {path}")
        return body

    def _trouble(self, what: str) -> SiteError:
        return SiteError(f"{self.name} {what}", hint="check the address, or name a folder")


def find_other(place: str) -> OtherSite | None:
    """The site in a folder or at an http address; None where there is none.

    Raises SiteError where that cannot be told.
    """
    scheme = _ADDRESS.match(place)
    if scheme and not is_address(place):
        raise SiteError(
            f"no site can be read by {scheme[1]}: {place}",
            hint="name a folder, or an address that starts with https://",
        )
    site: OtherSite = WebSite(place) if is_address(place) else FolderSite(Path(place))
    return None if site.read("data/site.json") is None else site


def is_address(place: str) -> bool:
    """Whether a site is named by its address on the web."""
    scheme = _ADDRESS.match(place)
    return scheme is not None and scheme[1].lower() in ("http", "https")
