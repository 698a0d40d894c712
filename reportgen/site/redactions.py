"""What was redacted in a public site: remembered run by run, so that the list is whole each time.

`.reportgen/redacted.json` has it for the next build, `.reportgen/redacted.txt` for people.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

import orjson

from reportgen.analysis.redaction_config import KINDS
from reportgen.digest import Digest
from reportgen.site.catalog import Catalog
from reportgen.site.quick import REDACTED, STATE_FOLDER
from reportgen.site.told import Told
from reportgen.spelling import plural

_FILE = "redacted.json"
_Plain = list[list[str]]  # [place, kind, kind...]; without a kind: not looked into


class Redactions:
    """The redactions of a site, by store and place of the run or experiment."""

    def __init__(self, root: Path, edition: Digest) -> None:
        """Read what an earlier build by the same rules kept; nothing where there is none."""
        self._folder = root / STATE_FOLDER
        self._edition = edition
        self._old: dict[str, _Plain] = {}
        self._new: dict[str, _Plain] = {}
        with suppress(OSError, ValueError, KeyError, TypeError):
            kept = orjson.loads((self._folder / _FILE).read_bytes())
            if kept["edition"] == edition:
                self._old = kept["runs"]

    def keep(self, key: str) -> bool:
        """Whether it is known what was redacted of a run; it then counts as before."""
        if key not in self._old:
            return False
        self._new[key] = self._old[key]
        return True

    def take(self, key: str, told: Told) -> None:
        """Note what was redacted of a run, or of something else, just now."""
        plain = [[place, *sorted(kinds)] for place, kinds in told.record.items()]
        for path, kinds in sorted(told.files.items()):
            if kinds is None or kinds:
                plain.append([f"artifact {path}", *sorted(kinds or ())])
        self._new[key] = plain

    def save(self) -> None:
        """Keep all for the next build."""
        whole = {"edition": self._edition, "runs": self._new}
        fresh = self._folder / f"{_FILE}.new"
        fresh.write_bytes(orjson.dumps(whole))
        fresh.replace(self._folder / _FILE)

    def lines(self, catalog: Catalog) -> tuple[list[str], list[str]]:
        """A line for each redaction, and one for each file that was not looked into."""
        redacted: list[str] = []
        unread: list[str] = []
        for key, owner in _owners(catalog):
            for place, *kinds in self._new.get(key, ()):
                line = f"{owner}: {place}"
                redacted += (f"{line}: {KINDS[kind]}" for kind in kinds)
                if not kinds:
                    unread.append(line)
        return redacted, unread


def _owners(catalog: Catalog) -> Iterator[tuple[str, str]]:
    """Each experiment and run with the key of its redactions and its name."""
    for entry in catalog.entries:
        yield entry.key, f"experiment {_line(entry.mark.name)}"
        for outline in entry.outlines:
            yield f"{entry.store}/{outline.where}", f"run {_line(outline.title)}"


def _line(text: str) -> str:
    return " ".join(text.split())


def write_list(root: Path, redacted: list[str], unread: list[str]) -> None:
    """Write the list for people."""
    parts = [f"# redacted: {len(redacted)}", *redacted]
    parts += ["", f"# no texts, and so not looked into: {len(unread)}", *unread, ""]
    path = root / STATE_FOLDER / REDACTED
    path.write_text("\n".join(parts), "utf-8", errors="replace")


def count_lines(redacted: list[str], unread: list[str]) -> list[str]:
    """What a build says of it at its end."""
    counts = Counter(line.rpartition(": ")[2] for line in redacted)
    told = [_count(counts[name], name) for name in KINDS.values() if counts[name]]
    lines = [f"redacted: {', '.join(told) or 'nothing'}; listed in {STATE_FOLDER}/{REDACTED}"]
    if unread:
        lines.append(f"not looked into, as no texts: {plural(len(unread), 'file')}")
    return lines


_MANY: Mapping[str, str] = {
    name: f"{name}es" if name.endswith("s") else f"{name}s" for name in KINDS.values()
}


def _count(count: int, name: str) -> str:
    return f"{count:,} {name if count == 1 else _MANY[name]}"
