"""The permanent links of a site that was published before: what addresses it had given out.

Such a site tells them in `data/links.json`. A file of another site is not trusted: names that could
lead out of a folder are refused, texts are only ever shown.
"""

import re
from collections.abc import Mapping
from dataclasses import field
from typing import Any, NamedTuple

from reportgen.digest import Digest, digest_bytes
from reportgen.errors import SiteError
from reportgen.site.othersite import OtherSite
from reportgen.values import frozen

LINKS_PATH = "data/links.json"
LINKS_VERSION = 1
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,199}")  # of a folder of ours


class PastRun(NamedTuple):
    """A run that has, or had, a page. A site may have very many of them."""

    title: str
    slug: str  # of its experiment; "" where that is gone
    experiment: str  # its name
    last: int | None  # the newest entry that was known of it, in ms


class PastExperiment(NamedTuple):
    """An experiment that has a page."""

    id: str
    name: str


@frozen
class Previous:
    """The addresses of a site: those it shows, and those it keeps for what is gone."""

    runs: Mapping[str, PastRun] = field(default_factory=dict)  # by page
    experiments: Mapping[str, PastExperiment] = field(default_factory=dict)  # by slug
    gone: Mapping[str, PastRun] = field(default_factory=dict)  # by page
    moved: Mapping[str, str] = field(default_factory=dict)  # old slug -> new one, or ""
    former: Mapping[str, str] = field(default_factory=dict)  # old slug -> name
    digest: Digest = ""  # of all of it


def read_previous(site: OtherSite) -> Previous:
    """The permanent links of a site; none, where it was made before sites told them.

    Raises SiteError where the site cannot be read or its links cannot be understood.
    """
    import orjson

    body = site.read(LINKS_PATH)
    if body is None:
        return Previous()
    try:
        plain = orjson.loads(body)
        if plain["version"] != LINKS_VERSION:
            raise ValueError("another version")
        return _previous(plain, digest_bytes(body))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise SiteError(
            f"{site.name}: {LINKS_PATH} is not of this version of reportgen",
            hint="build that site again, or leave out --previous",
        ) from None


def _previous(plain: Any, digest: Digest) -> Previous:
    """Raises ValueError, or what odd values lead to."""
    experiments = {
        _name(slug): PastExperiment(_text(one), _text(name))
        for slug, (one, name) in plain["experiments"].items()
    }
    return Previous(
        {
            _name(page): PastRun(_text(title), _name(slug), experiments[slug].name, _time(last))
            for page, (title, slug, last) in plain["runs"].items()
        },
        experiments,
        {
            _name(page): PastRun(_text(title), _name_or_none(slug), _text(name), _time(last))
            for page, (title, name, slug, last) in plain["gone"].items()
        },
        {_name(old): _name_or_none(new) for old, new in plain["moved"].items()},
        {_name(old): _text(name) for old, name in plain["former"].items()},
        digest,
    )


def _name(value: Any) -> str:
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise ValueError("no name of a folder")
    return value


def _name_or_none(value: Any) -> str:
    return "" if value == "" else _name(value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value


def _time(value: Any) -> int | None:
    if value is not None and type(value) is not int:
        raise TypeError("no time")
    return value
