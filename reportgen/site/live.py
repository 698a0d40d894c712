"""The site while training goes on: what a watch asks of it.

A whole build tells everything right, and looks at every file of the store for it. Between two of
them, the page and the data of a run that has just logged something are made by themselves, from
what the last build knew of the runs around it. What other pages tell of the run follows with the
next build, and so does everything that moves runs about: a new run, a new name, a new parent.
"""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from reportgen.config import Options
from reportgen.model import Status
from reportgen.readers.base import Outline
from reportgen.site.build import Build
from reportgen.site.catalog import Entry
from reportgen.site.context import make_context
from reportgen.site.garbage import seldom_collected
from reportgen.site.ledgerfile import LedgerFile
from reportgen.site.manifest import Manifest
from reportgen.site.outputs import Receipt
from reportgen.site.pages.run import RunJob
from reportgen.site.project import Report, store_places
from reportgen.site.quick import LastBuild
from reportgen.site.stalled import Place
from reportgen.site.stores import open_stores
from reportgen.site.workers import RunBuilder

_MOST_RUNS = 2000  # beside those that are running; other runs wait for the next build


@dataclass(frozen=True, slots=True)
class LiveRun:
    """A run whose page can be made by itself."""

    entry: Entry  # without its runs
    job: RunJob
    files: Mapping[str, Receipt]  # of the run in the site

    @property
    def is_running(self) -> bool:
        """Whether it says so, and has not been silent for long."""
        return self.job.outline.status is Status.RUNNING and not self.job.link.silent


def build_live(
    options: Options, *, again: bool = False
) -> tuple[Report, dict[Place, LiveRun] | None]:
    """Bring the site up to date; with the report, the runs that may be made by themselves.

    Those are all that are running, and the newest of the others. With `again`, None where nothing
    has changed since: they are as they were. Raises as `build_site`.
    """
    places = store_places(options)
    root = Path(options.output)
    last = LastBuild(root, options, places)
    known = last.result()
    if known and again:
        return Report(known[1], known[0], redacted=last.redacted()), None
    with seldom_collected():
        build = Build(options, places, root, last)
        report = Report(known[1], known[0]) if known else build.run(None)
        files = _by_page(Manifest(root).files if known else build.receipts)
        runs = {
            (entry.store, job.outline.where): LiveRun(
                entry.without_runs(), job, files.get(job.link.page, {})
            )
            for entry, job in _chosen(list(build.jobs()))
        }
    return report, runs


def _chosen(jobs: Sequence[tuple[Entry, RunJob]]) -> Iterator[tuple[Entry, RunJob]]:
    newest = sorted(jobs, key=lambda pair: -(pair[1].outline.start_time or 0))
    others = []
    for pair in newest:
        if pair[1].outline.status is Status.RUNNING:
            yield pair
        else:
            others.append(pair)
    yield from islice(others, _MOST_RUNS)


def _by_page(files: Mapping[str, Receipt]) -> dict[str, dict[str, Receipt]]:
    found: dict[str, dict[str, Receipt]] = {}
    for path, receipt in files.items():
        top, _, rest = path.partition("/")
        if top == "runs":
            found.setdefault(rest.partition("/")[0], {})[path] = receipt
    return found


class LiveSite:
    """Makes the files of single runs, in this process, while a build may be at work in another."""

    def __init__(self, options: Options) -> None:
        """Raises as `build_site`."""
        self._context = make_context(options)
        self._places = store_places(options)
        self._root = Path(options.output)
        self._written: dict[Place, dict[str, Receipt]] = {}  # by this process, the last time
        ledger = LedgerFile(LastBuild(self._root, options, self._places).ledger)
        self._unsealed = ledger.unsealed()
        self._stores = open_stores(self._places, self._context, self._unsealed)

    def begin_anew(self, runs: Container[Place]) -> None:
        """Forget what was known of the stores' experiments, and of runs that are not among these.

        To be called after each build. Raises StoreError where a store is gone.
        """
        self._written = {place: old for place, old in self._written.items() if place in runs}
        self._stores = open_stores(self._places, self._context, self._unsealed)

    def refresh(self, place: Place, run: LiveRun) -> list[str]:
        """Make the files of a run again; the paths whose bytes are new.

        Nothing where the run is gone, or stands elsewhere among the runs by now. Nothing either
        where test results are sealed: whether a metric is test may be told by other runs, and no
        value may be written before that is known. A public site waits, too: a new run may tell of
        names that are to be redacted in all.
        """
        if self._context.heldout.is_sealed or self._context.privacy is not None:
            return []
        outline = self._stores[place[0]].again(run.job.outline)
        if outline is None or not _stays(run.job, outline):
            return []
        link = replace(run.job.link, title=outline.title, status=outline.status.name, silent=False)
        job = replace(run.job, outline=replace(outline, digest=""), link=link)
        manifest = Manifest(self._root, run.files)
        manifest.know(self._written.get(place, {}).items())  # maybe since
        builder = RunBuilder(self._context, self._stores, self._root, manifest, live=True)
        try:
            written = builder.build(run.entry, [job], {}).written
        finally:
            builder.close()
        self._written[place] = written.receipts
        return written.changed


def _stays(job: RunJob, outline: Outline) -> bool:
    """Whether a run is where the last build saw it: in order of start, below the same parent."""
    old = job.outline
    return (old.id, old.start_time, old.parent_id, old.lifecycle_stage) == (
        outline.id,
        outline.start_time,
        outline.parent_id,
        outline.lifecycle_stage,
    )
