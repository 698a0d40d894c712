"""Where things stand in a site: names of folders and pages that are safe everywhere, and stable."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from reportgen.digest import digest_of

_SAFE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,127}")
# At its start, a dot makes a name an order to web servers and to git (.htaccess, .git).
_UNSAFE_NAME = re.compile(r'^\.|[\x00-\x1f\x7f-\x9f<>:"\\|?*]|[. ]$')
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)
_SLUG_LENGTH = 60
_NAME_BYTES = 200
_FEW = 100  # artifacts of a run whose names are remembered: a run may have 10,000
# Files that a browser, or a server, would run as part of the site; seen to run in Chromium, or of a
# type that ends in +xml. They are copied under a name that is shown as text.
_ACTIVE = re.compile(
    "[esx]?html?|xht|mht|mhtml|svgz?|xml|xslt?|xsd|xbl|rng|rdf|owl|rss|atom|mathml|mml|wsdl|kml|gpx"
    "|xspf|xul|htc|php|phtml|phar|aspx?|jsp|cgi",
    re.IGNORECASE,
)


def slug_of(name: str) -> str:
    """A name as a folder name: lower case ASCII letters, digits and single dashes.

    Accents are dropped; a name in another script becomes `e-` and a short digest.
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:_SLUG_LENGTH].rstrip("-")
    if not slug or _DEVICES.match(slug):
        return f"e-{digest_of(name)[:8]}"
    return slug


def page_name(run_id: str) -> str:
    """A run's id as a folder name: the id itself where it is safe, as those of MLflow are."""
    if _SAFE_ID.fullmatch(run_id) and not _DEVICES.match(run_id):
        return run_id
    return f"{slug_of(run_id)}-{digest_of(run_id)[:8]}"


def distinct(names: Iterable[tuple[str, str]]) -> list[str]:
    """Names told apart: the first of equal ones stays, later ones get a short suffix.

    Each comes with a text that tells it from its equals and gives the suffix, which goes before
    a file's ending. Names that differ only in case count as equal: some file systems hold them so.
    """
    taken: set[str] = set()
    result = []
    for name, what in names:
        given = name
        stem, dot, ending = name.rpartition(".")
        if not stem or "/" in ending:
            stem, dot, ending = name, "", ""
        length = 6
        while given.lower() in taken:
            given = f"{stem}-{digest_of(what)[:length]}{dot}{ending}"
            length += 2
        taken.add(given.lower())
        result.append(given)
    return result


def copy_names(paths: tuple[str, ...]) -> tuple[str, ...]:
    """The names that artifacts of one run are copied under, told apart."""
    return _few_names(paths) if len(paths) <= _FEW else _copy_names(paths)


@lru_cache(maxsize=256)  # most runs of a store have artifacts of the same names
def _few_names(paths: tuple[str, ...]) -> tuple[str, ...]:
    return _copy_names(paths)


def _copy_names(paths: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(distinct((artifact_name(path), path) for path in paths))


def artifact_name(path: str) -> str:
    """The name an artifact is copied under: its own path, made safe part by part.

    HTML, SVG and the like get `.txt` added: opened directly, their scripts would act as the site.
    So do names without an ending (MLmodel): a browser would save them, or guess what they are.
    """
    name = "/".join(_safe_part(part) for part in path.split("/"))
    stem, _, ending = name.rpartition("/")[2].rpartition(".")
    return f"{name}.txt" if not stem or _ACTIVE.fullmatch(ending) else name


def _safe_part(part: str) -> str:
    long = len(part.encode("utf-8", "surrogateescape")) > _NAME_BYTES
    if not long and not _UNSAFE_NAME.search(part) and not _DEVICES.match(part):
        return part
    stem, dot, suffix = part.rpartition(".")
    ending = f".{suffix}" if dot and stem and suffix.isascii() and suffix.isalnum() else ""
    return f"{slug_of(stem or part)}-{digest_of(part)[:8]}{ending[:12]}"
