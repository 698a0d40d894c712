"""Which diffs of a site must be made anew, experiment by experiment.

A diff needs two whole runs, so it is begun when the runs of its experiment are done. What is known
of them then is enough: no points are read again. A parent in another experiment is read before
all else, since the memory of that experiment may be closed by then.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from reportgen.analysis.diff_metrics import Judgement, judgement_between
from reportgen.analysis.standing import run_standing, standing_tags
from reportgen.digest import Digest, digest_of
from reportgen.errors import AccessError
from reportgen.readers.base import Outline, Store
from reportgen.readers.codec import artifacts_digest_in, digest_in, pack, unpack
from reportgen.site.catalog import Catalog, Entry, RunLink
from reportgen.site.context import Context
from reportgen.site.diffs.pairs import Pair, diff_folder, pairs_of
from reportgen.site.pages.diff import DiffJob, DiffRun
from reportgen.site.survey import Survey


@dataclass(frozen=True, slots=True)
class Done:
    """An experiment whose runs are done; those that were read just now are packed, by place."""

    entry: Entry
    outlines: Sequence[Outline]  # in the order of the survey
    heads: Mapping[str, bytes]
    survey: Survey
    judged: Digest  # of how its metrics are judged


@dataclass(frozen=True, slots=True)
class _Known:
    """A run that a diff may be made of: what it is, and the way to it."""

    entry: Entry
    run_id: str
    link: RunLink
    digests: tuple[Digest, Digest]  # of the run, and of its artifacts' bytes
    head: Callable[[], bytes]


class DiffPlan:
    """The diffs of a site."""

    def __init__(
        self,
        context: Context,
        catalog: Catalog,
        stores: Sequence[Store],
        reason: Callable[[str], str],
    ) -> None:
        """`reason` tells why a run was unsealed, "" where it was not."""
        self._context = context
        self._catalog = catalog
        self._stores = stores
        self._reason = reason
        self._foreign = dict(self._read_foreign())

    def _read_foreign(self) -> Iterator[tuple[str, _Known]]:
        """Parents of runs in other experiments, by their pages."""
        wanted: set[str] = set()
        for entry in self._catalog.entries:
            around = list(self._catalog.neighbours(entry))
            parents = {one.parent.page for _, _, one in around if one.parent is not None}
            wanted |= parents - {link.page for _, link, _ in around}
        for entry in self._catalog.entries if wanted else ():
            for outline in entry.outlines:
                link = self._catalog.link(entry, outline)
                if link.page in wanted:
                    try:
                        head = pack(self._stores[entry.store].read(outline))
                    except AccessError:  # told when the run's own experiment is built
                        continue
                    yield link.page, _known(entry, outline, link, head)

    def stale(self, done: Done, keeps: Callable[[str, Digest], bool]) -> list[DiffJob]:
        """The diffs of an experiment that are to be made.

        `keeps` tells, of the folder of a diff and its digest, whether its page may stay as it is.
        """
        own = {known.link.page: known for known in self._known(done)}
        judge = _Judge(self._context, done)
        jobs = []
        for _, link, around in self._catalog.neighbours(done.entry):
            for pair in pairs_of(link, around):
                base = own.get(pair.base.page) or self._foreign.get(pair.base.page)
                run = own.get(link.page)
                if base is None or run is None:  # it is gone since it was listed
                    continue
                digest = self._digest(done, pair, base, run)
                if not keeps(diff_folder(base.link, run.link), digest):
                    sides = self._side(base), self._side(run)
                    judgement = judge.of(base)
                    jobs.append(DiffJob(*sides, pair.about, judgement, digest))
        return jobs

    def _known(self, done: Done) -> Iterator[_Known]:
        for place, outline in enumerate(done.outlines):
            link = self._catalog.link(done.entry, outline)
            head = done.heads.get(outline.where)
            if head is not None:
                yield _known(done.entry, outline, link, head)
                continue
            digests = outline.digest, outline.artifacts
            yield _Known(done.entry, outline.id, link, digests, _packer(done.survey, place))

    def _digest(self, done: Done, pair: Pair, base: _Known, run: _Known) -> Digest:
        if not all((*base.digests, *run.digests)):
            return ""
        other = () if base.entry is done.entry else standing_tags(base.entry.experiment)
        return digest_of(
            self._context.digest,
            pair.about,
            done.judged,
            other,
            *((one.digests, one.link, one.entry.mark) for one in (base, run)),
            self._is_sealed(base),
            self._is_sealed(run),
        )

    def _side(self, known: _Known) -> DiffRun:
        store, mark = known.entry.store, known.entry.mark
        return DiffRun(store, mark, known.link, known.head(), self._is_sealed(known))

    def _is_sealed(self, known: _Known) -> bool:
        return self._context.heldout.is_sealed and not self._reason(known.run_id)


def _known(entry: Entry, outline: Outline, link: RunLink, head: bytes) -> _Known:
    digests = digest_in(head), artifacts_digest_in(head)
    return _Known(entry, outline.id, link, digests, lambda: head)


def _packer(survey: Survey, place: int) -> Callable[[], bytes]:
    return lambda: pack(survey.runs[place])


class _Judge:
    """What the runs of an experiment are judged by, beside each other and beside others."""

    def __init__(self, context: Context, done: Done) -> None:
        self._context = context
        self._done = done

    def of(self, base: _Known) -> Judgement:
        """What a run of the experiment is judged by, compared with another run."""
        if base.entry is not self._done.entry:
            tags = base.entry.experiment.tags
            standing = run_standing(unpack(base.head()), self._context.rules, tags)
            return judgement_between(standing, self._done.survey.standing)
        return self._done.survey.judgement
