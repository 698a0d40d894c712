"""What a site on a branch says of itself: two small files, by which a later publish knows it.

One holds when it was published and how large it is; the other lists its files, each with the start
of the name that git gives to its contents. What is not listed, or is not as listed, is somebody
else's.
"""

import json
import posixpath
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields

from reportgen.errors import PublishError
from reportgen.values import frozen

MARKS = ".reportgen-published"  # a folder at the root of each site
ABOUT = f"{MARKS}/about.json"
LIST = f"{MARKS}/files"
PREVIEWS = "preview"  # the folder that holds those
_VERSION = 1
_START = 8  # letters of the name of contents: a slip of the hand is seen, a clash is no harm


@frozen
class About:
    """A site on a branch."""

    name: str = ""  # of a preview, as the user gave it; "" for the site itself
    published: int = 0  # seconds since the epoch
    files: int = 0
    bytes: int = 0
    history: bool = False  # each publish adds a commit to the branch


def about_bytes(about: About) -> bytes:
    """The file that says so."""
    return json.dumps({"version": _VERSION, **asdict(about)}, indent=1).encode() + b"\n"


def read_about(data: bytes, path: str) -> About:
    """What such a file says. Raises PublishError where it is damaged, or of another version."""
    try:
        found = json.loads(data)
        about = About(**{one.name: found[one.name] for one in fields(About)})
        is_sound = all(type(getattr(about, one.name)) is one.type for one in fields(About))
        if not is_sound or found["version"] != _VERSION:
            raise ValueError("another version")
    except (ValueError, KeyError, TypeError) as error:
        raise PublishError(
            f"{path} on the branch cannot be read: damaged, or of another version of reportgen",
            hint="publish with the version that wrote it, or to another branch: --branch NAME",
        ) from error
    return about


def list_bytes(oids: Mapping[str, str]) -> bytes:
    """The file that lists files, from the names of their contents by path."""
    lines = (f"{oid[:_START]} {path}\n" for path, oid in sorted(oids.items()))
    return "".join(lines).encode("utf-8", "surrogateescape")


def read_list(data: bytes) -> dict[str, str]:
    """The starts of names of contents, by path."""
    lines = data.decode("utf-8", "surrogateescape").split("\n")
    return {line[_START + 1 :]: line[:_START] for line in lines if line[_START : _START + 1] == " "}


def marks_on(paths: Iterable[str]) -> list[str]:
    """The folders of a branch that hold a site of ours: "" for its root, else with a "/" behind."""
    folders = [path.removesuffix(ABOUT) for path in paths if path.endswith(ABOUT)]
    return sorted(folder for folder in folders if folder == "" or is_preview(folder))


def is_preview(folder: str) -> bool:
    """Whether a folder, with a "/" behind, is where previews stand."""
    return posixpath.dirname(folder.rstrip("/")) == PREVIEWS
