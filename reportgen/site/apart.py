"""Which metrics of a run are held apart for what other runs of its experiment tell of them.

What is test in one run is test in all, but that is known only once all runs are read. So runs
begin with what the last build knew, and those that it was not right for are built once more:
mostly none. Where results are sealed, nothing may be written too early, not for a moment either:
there the runs are read beforehand.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from reportgen.analysis.roles import Elsewhere, held_elsewhere, merge_roles, roles_of
from reportgen.readers.base import Note, Outline
from reportgen.site.briefs import Brief, Briefs
from reportgen.site.catalog import Entry
from reportgen.site.context import Context
from reportgen.site.pages.run import RunJob
from reportgen.site.sealing import SealingStore


class HeldApart:
    """What is known of the runs of one experiment."""

    def __init__(self, context: Context, briefs: Briefs, entry: Entry, store: SealingStore) -> None:
        """Where results are sealed, reads the runs."""
        last = briefs.last(entry.key)
        self._is_sure = context.heldout.is_sealed
        self._known: Mapping[str, Elsewhere] = last.elsewhere if last else {}
        self.unshown: Sequence[Note] = ()  # of runs that the filter leaves out, read once more
        if self._is_sure:
            self._known = _read(context, entry, store)
            for where, elsewhere in self._known.items():
                store.hold(where, elsewhere)
            self.unshown = _sealed_unshown(entry, store)
        self._of_all = _united(self._known)
        self._used: dict[str, Elsewhere] = {}

    def of(self, outline: Outline) -> Elsewhere:
        """What to build a run with: of one that changed, perhaps more than it has."""
        if self._is_sure or outline.digest:
            return self._known.get(outline.where, ())
        return self._of_all

    def use(self, found: Mapping[str, Elsewhere]) -> None:
        """Note what runs, by place, were built with."""
        self._used.update(found)

    def to_do_again(self, brief: Brief, jobs: Iterator[RunJob]) -> list[RunJob]:
        """The runs that were built with what proved wrong; `jobs` are all of the experiment."""
        if self._used == brief.elsewhere:
            return []
        pairs = ((job, brief.elsewhere.get(job.outline.where, ())) for job in jobs)
        return [
            replace(job, elsewhere=right)
            for job, right in pairs
            if self._used.get(job.outline.where, ()) != right
        ]


def _sealed_unshown(entry: Entry, store: SealingStore) -> Sequence[Note]:
    """What to remember of the runs that are not shown, for the filter of the next build."""
    for outline in entry.unshown.runs:
        store.hold(outline.where, entry.unshown.tests)
        with suppress(Exception):  # as below
            store.read(outline)
    return store.drain()


def of_any_run(brief: Brief | None) -> Callable[[Outline], Elsewhere]:
    """What to build a run with that changed since the brief: perhaps more than it has."""
    elsewhere = _united(brief.elsewhere) if brief else ()
    return lambda _: elsewhere


def _united(known: Mapping[str, Elsewhere]) -> Elsewhere:
    """All metrics that are held apart in some run for what others tell."""
    return tuple(sorted(dict(pair for elsewhere in known.values() for pair in elsewhere).items()))


def _read(context: Context, entry: Entry, store: SealingStore) -> dict[str, Elsewhere]:
    found = {}
    for outline in entry.outlines:
        with suppress(Exception):  # what ails the run is told where its page is made
            run = store.read(outline)
            found[outline.where] = roles_of(run, context.rules, entry.experiment.tags)
    store.drain()
    return held_elsewhere(found, merge_roles(found.values(), entry.unshown.tests))
