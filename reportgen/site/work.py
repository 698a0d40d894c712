"""What one experiment's runs came to, part by part, until its own pages are made of them."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field

from reportgen.digest import Digest
from reportgen.model import Problem, Run
from reportgen.readers.base import Note, Outline, Store
from reportgen.readers.codec import digest_in, problems_in, unpack
from reportgen.site.apart import HeldApart
from reportgen.site.outputs import Receipt


def read_so_far(stores: Sequence[Store]) -> dict[tuple[int, str], list[Note]]:
    """What was read of runs before any is built, for the filter: by store and experiment."""
    found: dict[tuple[int, str], list[Note]] = {}
    for index, store in enumerate(stores):
        for note in store.drain():
            found.setdefault((index, note.where.rpartition("/")[0]), []).append(note)
    return found


@dataclass(slots=True)
class Work:
    """The runs of an experiment as far as they are built."""

    apart: HeldApart
    heads: dict[str, bytes] = field(default_factory=dict)  # freshly read runs, packed, by place
    notes: list[Note] = field(default_factory=list)
    gone: dict[str, Problem] = field(default_factory=dict)  # by place

    def add(self, notes: Sequence[Note]) -> None:
        """Take over what was read."""
        self.notes += notes
        self.heads.update((note.where, note.head) for note in notes)

    def left(self, outlines: Sequence[Outline]) -> list[Outline]:
        """The runs that are still there."""
        return [outline for outline in outlines if outline.where not in self.gone]

    def digest(self, outline: Outline) -> Digest:
        """The digest of a run."""
        head = self.heads.get(outline.where)
        return outline.digest if head is None else digest_in(head)

    def load(self, store: Store, outlines: Sequence[Outline]) -> list[Run]:
        """Runs as they were read, or as the store remembers them."""
        heads = self.heads
        return [unpack(heads[o.where]) if o.where in heads else store.read(o) for o in outlines]

    def problems(self, outlines: Sequence[Outline]) -> Iterable[Problem]:
        """What could not be read, of the runs that are gone and those that are left.

        Once each: many runs may use one broken dataset or model, and each of them tells of it.
        """
        found = dict.fromkeys(self.gone.values())
        for outline in self.left(outlines):
            head = self.heads.get(outline.where)
            found |= dict.fromkeys(outline.problems if head is None else problems_in(head))
        return found


def receipts_below(receipts: Mapping[str, Receipt], folders: Set[str]) -> dict[str, Receipt]:
    """The receipts of the files below folders such as `runs/<page>`."""
    return {
        path: receipt
        for path, receipt in receipts.items()
        if "/".join(path.split("/", 2)[:2]) in folders
    }
