"""Which diffs of a site must be made anew, experiment by experiment.

A diff needs two whole runs, so it is begun when the runs of its experiment are done. What is known
of them then is enough: no points are read again. A parent in another experiment is read before
all else, since the memory of that experiment may be closed by then.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain

from reportgen.analysis.diff_metrics import Judgement, judgement_in
from reportgen.analysis.standing import Standing, experiment_standing
from reportgen.digest import Digest, digest_of
from reportgen.errors import AccessError
from reportgen.model import Run
from reportgen.readers.base import Outline, Store
from reportgen.readers.codec import artifacts_digest_in, digest_in, pack, unpack
from reportgen.readers.stamps import Looked
from reportgen.site.catalog import Catalog, Entry, RunLink
from reportgen.site.context import Context
from reportgen.site.diffs.pairs import Pair, diff_folder, pairs_of
from reportgen.site.manifest import Manifest
from reportgen.site.outputs import Receipt
from reportgen.site.pages.diff import DiffJob, DiffRun
from reportgen.site.survey import Survey
from reportgen.site.workers import Crew
from reportgen.site.writer import Written
from reportgen.values import frozen

_COPIES = "artifacts/"


@frozen
class Done:
    """An experiment whose runs are done; those that were read just now are packed, by place."""

    entry: Entry
    outlines: Sequence[Outline]  # in the order of the survey
    heads: Mapping[str, bytes]
    survey: Survey
    judged: Digest  # of how its metrics are judged


@frozen
class _Known:
    """A run that a diff may be made of: what it is, and the way to it."""

    entry: Entry
    run_id: str
    link: RunLink
    digests: tuple[Digest, Digest]  # of the run, and of its artifacts' bytes
    head: Callable[[], bytes]
    standing: Standing | None = None  # of its experiment, where that is another one


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

    def open(
        self,
        is_untouched: Callable[[Looked], bool],
        manifest: Manifest,
        looks: Mapping[str, Looked],
        done: tuple[Mapping[str, Looked], Mapping[str, Receipt]],
    ) -> None:
        """Tell what is known of the site's files: from the last build, now, and so far.

        `done` grows while this build goes on.
        """
        self._site = is_untouched, manifest, looks
        self._site_so_far = done

    def begin(self, crew: Crew, done: Done) -> Iterator[Written]:
        """Begin to make the diffs of an experiment that are not as they should be."""
        kept = Written()
        return chain([kept], crew.compare(self._stale(done, kept)))

    def _keeps(self, folder: str, digest: Digest, kept: Written) -> bool:
        """Whether a page may stay as it is; its receipt is taken over if so."""
        is_untouched, manifest, looks = self._site
        path = f"{folder}/index.html"
        look, receipt = looks.get(folder), manifest.files.get(path)
        if look is None or receipt is None or not digest or receipt.digest != digest:
            return False
        if not is_untouched(look):
            return False
        kept.receipts[path] = receipt
        return True

    def _read_foreign(self) -> Iterator[tuple[str, _Known]]:
        """Parents of runs in other experiments, by their pages."""
        wanted: set[str] = set()
        for entry in self._catalog.entries:
            around = list(self._catalog.neighbours(entry))
            parents = {one.parent.page for _, _, one in around if one.parent is not None}
            wanted |= parents - {link.page for _, link, _ in around}
        for entry in self._catalog.entries if wanted else ():
            links = [self._catalog.link(entry, outline) for outline in entry.outlines]
            if wanted.isdisjoint(link.page for link in links):
                continue
            store, rules = self._stores[entry.store], self._context.rules
            runs = [_read(store, outline) for outline in entry.outlines]
            there = [run for run in runs if run is not None]
            standing = experiment_standing(there, entry.experiment, rules, entry.unshown.tests)
            for outline, link, run in zip(entry.outlines, links, runs, strict=True):
                if link.page in wanted and run is not None:
                    yield link.page, _known(entry, outline, link, pack(run), standing)

    def _stale(self, done: Done, kept: Written) -> list[DiffJob]:
        """The diffs of an experiment that are to be made; the others are `kept`."""
        own = {known.link.page: known for known in self._known(done)}
        jobs = []
        for _, link, around in self._catalog.neighbours(done.entry):
            for pair in pairs_of(link, around):
                base = own.get(pair.base.page) or self._foreign.get(pair.base.page)
                run = own.get(link.page)
                if base is None or run is None:  # it is gone since it was listed
                    continue
                digest = self._digest(done, pair, base, run)
                if not self._keeps(diff_folder(base.link, run.link), digest, kept):
                    sides = self._side(base), self._side(run)
                    judgement = _judgement(done, base, run)
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
        other = ""
        if base.standing is not None:
            other = digest_of(judgement_in(base.standing, {}), self._context.seed_params)
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
        hashes = self._hashes_of(known.link.page)
        return DiffRun(store, mark, known.link, known.head(), self._is_sealed(known), hashes)

    def _hashes_of(self, page: str) -> dict[str, bytes]:
        """The SHA-256 of the copied artifacts of a run that is done, by the names of the copies."""
        looks, receipts = self._site_so_far
        folder = f"runs/{page}"
        look = looks.get(folder)
        return {
            name.removeprefix(_COPIES): receipts[f"{folder}/{name}"].sha256
            for name in (look.names if look else ())
            if name.startswith(_COPIES)
        }

    def _is_sealed(self, known: _Known) -> bool:
        return self._context.heldout.is_sealed and not self._reason(known.run_id)


def _known(
    entry: Entry, outline: Outline, link: RunLink, head: bytes, standing: Standing | None = None
) -> _Known:
    digests = digest_in(head), artifacts_digest_in(head)
    return _Known(entry, outline.id, link, digests, lambda: head, standing)


def _read(store: Store, outline: Outline) -> Run | None:
    try:
        return store.read(outline)
    except AccessError:  # told when its own experiment is built
        return None


def _packer(survey: Survey, place: int) -> Callable[[], bytes]:
    return lambda: pack(survey.runs[place])


def _judgement(done: Done, base: _Known, run: _Known) -> Judgement:
    """What a run of the experiment is judged by, compared with a run of it or of another one."""
    if base.standing is None:
        return done.survey.judgement
    runs = unpack(base.head()), unpack(run.head())
    return done.survey.judgement_with(runs[0], base.standing, runs[1])
