"""What the runs of one experiment came to, gathered while they are built."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from reportgen.digest import Digest
from reportgen.model import Problem, Run
from reportgen.readers.base import Note, Outline, Store
from reportgen.readers.codec import digest_in, problems_in, unpack


@dataclass(slots=True)
class Work:
    """What one experiment's runs came to, part by part."""

    heads: dict[str, bytes] = field(default_factory=dict)  # freshly read runs, packed, by place
    notes: list[Note] = field(default_factory=list)
    gone: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)

    def add(self, notes: Sequence[Note]) -> None:
        """Take over what was read."""
        self.notes += notes
        self.heads.update((note.where, note.head) for note in notes)

    def digest(self, outline: Outline) -> Digest:
        """The digest of a run: as it was read just now, else as it is remembered."""
        head = self.heads.get(outline.where)
        return outline.digest if head is None else digest_in(head)

    def problems_of(self, outline: Outline) -> tuple[Problem, ...]:
        """The problems of a run, likewise."""
        head = self.heads.get(outline.where)
        return outline.problems if head is None else problems_in(head)

    def load(self, store: Store, outlines: Sequence[Outline]) -> list[Run]:
        """Whole runs; those that were read just now are not read again."""
        heads = self.heads
        return [unpack(heads[o.where]) if o.where in heads else store.read(o) for o in outlines]
