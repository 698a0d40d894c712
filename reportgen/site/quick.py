"""The question that comes before all work: did anything change since the last complete build?

Answered from stamps alone: of every file of the stores, of the theme and, in a checkout, of our
own source, of the ledger of looks, and of every file of the site. Nothing heavy is imported for it.
"""

import os
import sys
from collections.abc import Container, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from pathlib import Path

from reportgen import __version__
from reportgen.config import Options
from reportgen.digest import Digest, digest_of
from reportgen.readers.stamps import Looked, Memory, Shelf, all_unchanged, look_at, recall
from reportgen.site.ledgerplace import ledger_path, ledger_stamp

STATE_FOLDER = ".reportgen"  # in the output folder: all that we keep for ourselves
REDACTED = "redacted.txt"  # below that folder: what a public build left out
_DONE = "complete"
_STORES = "stores"


class LastBuild:
    """What is remembered of the last complete build into an output folder."""

    def __init__(
        self, root: Path, options: Options, stores: Sequence[str], previous: Digest = ""
    ) -> None:
        """Raises ConfigError where the ledger of looks is to stand where it must not.

        `previous` is the digest of the links of the site before; "" for none.
        """
        self.ledger = ledger_path(options, stores)
        self._root = root
        self._folder = root / STATE_FOLDER
        self._mark = self._folder / _DONE
        self._stores = stores
        self._salt = f"{__version__}-{sys.version_info[0]}.{sys.version_info[1]}-{sys.maxsize:x}"
        places = tuple(os.path.realpath(place) for place in stores)
        theme = os.path.realpath(options.theme) if os.path.isdir(options.theme) else ""
        self._key = digest_of(options, places, theme, self._salt, previous)
        self._is_public = options.public

    def store_memory(self, rung: AbstractSet[tuple[int, str]] | None, index: int) -> Memory:
        """The memory of one of the stores; with `rung`, all runs but these are as remembered."""
        changed = None if rung is None else {where for store, where in rung if store == index}
        return Memory(self._folder / f"store-{index}", self._salt, changed)

    def result(self) -> tuple[int, str] | None:
        """Exit status and summary of the last build, if all it depends on is as it was."""
        try:
            key, status, summary = self._mark.read_text("utf-8").split("\n", 2)
        except (OSError, ValueError):
            return None
        if key != self._key_with(ledger_stamp(self.ledger)) or not status.isdigit():
            return None
        looks = recall(os.path.realpath(self._root), self._folder / "site", self._salt)
        if not looks:
            return None
        for index, place in enumerate(self._stores):
            folder = self._folder / f"store-{index}"
            found = recall(os.path.realpath(place), folder, self._salt)
            if not found:
                return None
            looks += found
        if not all_unchanged(looks):
            return None
        return int(status), summary

    def redacted(self) -> tuple[str, ...]:
        """The lines of the list of redactions that the last build wrote; none of a private one."""
        if not self._is_public:
            return ()
        try:
            text = (self._folder / REDACTED).read_text("utf-8")
        except (OSError, ValueError):
            return ()
        return tuple(line for line in text.partition("\n\n")[0].split("\n")[1:] if line)

    def _key_with(self, ledger: str) -> str:
        """The key of a build that left the ledger of looks with that stamp."""
        return digest_of(self._key, ledger)

    def begin(self) -> None:
        """Forget the last result: from here on the site is in change."""
        self._mark.unlink(missing_ok=True)
        root = os.path.realpath(self._root)  # from there, so that both may be moved together
        places = [_from(root, os.path.realpath(store)) for store in self._stores]
        (self._folder / _STORES).write_bytes(os.fsencode("\0".join(places)))

    def site_looks(self) -> dict[str, Looked]:
        """The looks at all folders of the site, by folder."""
        return Memory(self._folder / "site", self._salt).open("site").looks

    def finish(
        self,
        inputs: Iterable[Path],
        looks: Iterable[Looked],
        result: tuple[int, str],
        ledger: str,
    ) -> None:
        """Remember a complete build: its end, the site, and the files that it was made with.

        `ledger` is the stamp that the ledger of looks has if nobody else writes to it; "" for "look
        again".
        """
        memory = Memory(self._folder / "site", self._salt)
        memory.keep("site", Shelf({looked.folder: looked for looked in looks}))
        memory.keep("inputs", Shelf({look.folder: look for look in _looks_at(inputs)}))
        memory.forget_others()
        fresh = self._mark.with_suffix(".new")
        fresh.write_text(f"{self._key_with(ledger)}\n{result[0]}\n{result[1]}", "utf-8")
        fresh.replace(self._mark)


def stores_of(root: Path) -> tuple[str, ...]:
    """Paths of the stores that a site was last built from; () where that is not known any more."""
    try:
        known = os.fsdecode((root / STATE_FOLDER / _STORES).read_bytes()).split("\0")
    except OSError:
        return ()
    places = [os.path.normpath(os.path.join(os.path.realpath(root), place)) for place in known]
    return tuple(places) if all(map(os.path.isdir, places)) else ()


def _from(root: str, path: str) -> str:
    """A path as it is seen from a folder; as it is where it lies on another drive."""
    try:
        return os.path.relpath(path, root)
    except ValueError:
        return path


def _looks_at(files: Iterable[Path]) -> list[Looked]:
    """Looks at files by their folders, which are absolute; the folders themselves included."""
    folders: dict[Path, list[str]] = {}
    for path in files:
        folders.setdefault(path.parent, ["."]).append(path.name)
    return [look_at("", str(folder), tuple(names)) for folder, names in folders.items()]


def looks_beside_runs(root: Path, paths: Iterable[str], runs: Container[str]) -> Iterator[Looked]:
    """Looks at the folders of a site that are not of one run; `paths` are all its files.

    `runs` are the folders of runs that were looked at already.
    """
    folders: dict[str, list[str]] = {}
    for path in paths:
        folder, _, name = path.rpartition("/")
        if not folder.startswith("runs/") or "/".join(folder.split("/", 2)[:2]) not in runs:
            folders.setdefault(folder, []).append(name)
    for folder, names in folders.items():
        yield look_at(str(root), folder, tuple(names))
