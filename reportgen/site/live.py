"""The site while training goes on: what a watch asks of it.

A whole build tells everything right, and looks at every file of the store for it. Between two of
them, the page and the data of a run that has just logged something are made by themselves, from
what the last build knew of the runs around it. What other pages tell of the run follows with the
next build, and so does everything that moves runs about: a new run, a new name, a new parent.
"""

import pickle
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from pathlib import Path
from zlib import crc32

from reportgen.config import Options
from reportgen.digest import Digest, digest_bytes
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
from reportgen.site.sealing import SealingStore
from reportgen.site.stalled import Place, Silence
from reportgen.site.stores import open_stores
from reportgen.site.workers import RunBuilder
from reportgen.values import frozen

_CHUNKS = 256  # of a roster; of 10,000 runs, one has some 40


@frozen
class LiveRun:
    """A run whose page can be made by itself."""

    entry: Entry  # without its runs
    job: RunJob
    files: Mapping[str, Receipt]  # of the run in the site

    @property
    def is_running(self) -> bool:
        """Whether it says so, and has not been silent for long."""
        return self.job.outline.status is Status.RUNNING and not self.job.link.silent


@frozen
class News:
    """What a build tells of single runs: what is new since the build before."""

    chunks: Mapping[int, bytes]  # of the roster
    running: int  # how many runs are running


class Roster:
    """The runs that can be made by themselves: packed, as few of them are ever asked for."""

    def __init__(self) -> None:
        self._chunks: dict[int, bytes] = {}

    def take(self, news: News) -> None:
        """Take over what a build told."""
        self._chunks.update(news.chunks)

    def get(self, place: Place) -> LiveRun | None:
        """A run by its place; None where no build has seen it."""
        packed = self._chunks.get(_chunk_of(place))
        runs: dict[Place, LiveRun] = pickle.loads(packed) if packed else {}  # noqa: S301 (our own)
        return runs.get(place)


class LiveBuilds:
    """Whole builds, one after another, each with what it tells of single runs."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._silence = Silence(options.stalled_after)
        self._now = 0  # of the silence, that the site was built with
        self._told: dict[int, Digest] = {}  # of each chunk

    def build(self, rung: AbstractSet[Place] | None) -> tuple[Report, News | None]:
        """Bring the site up to date. None for the news where nothing has changed.

        With `rung`, only these runs may have changed since the last build, beside what is no run;
        all are looked at where that is None, or where there was no build before. Raises as
        `build_site`.
        """
        places = store_places(self._options)
        root = Path(self._options.output)
        last = LastBuild(root, self._options, places)  # a silence is ours: others need not know it
        is_first, is_as_silent = not self._told, self._silence.now() == self._now
        known = last.result() if is_first or (rung is None and is_as_silent) else None
        if known and not is_first:
            return Report(known[1], known[0], redacted=last.redacted()), None
        if is_first:
            rung = frozenset() if known else None  # all have just been looked at
        with seldom_collected():
            build, now = self._begun(places, root, last, rung)
            report = Report(known[1], known[0]) if known else build.run(None)
            if not known:
                self._now = now
            files = _by_page(Manifest(root).files if known else build.receipts)
            return report, self._news(build, files)

    def _begun(
        self, places: Sequence[str], root: Path, last: LastBuild, rung: AbstractSet[Place] | None
    ) -> tuple[Build, int]:
        """A build that has opened the stores, and the time of the silence that it judges by."""

        def begin(now: int) -> Build:
            options = replace(self._options, now=max(self._options.now, now))
            return Build(options, places, root, last, rung=rung)

        now = self._silence.now()
        build = begin(now)
        if self._silence.hear(build.subject.catalog.signs, rung) and now:
            return begin(0), 0  # who was heard of is not to be called silent
        return build, now

    def _news(self, build: Build, files: Mapping[str, dict[str, Receipt]]) -> News:
        runs: list[dict[Place, LiveRun]] = [{} for _ in range(_CHUNKS)]
        running, key, light = 0, "", None
        for entry, job in build.jobs():
            if light is None or entry.key != key:
                key, light = entry.key, entry.without_runs()
            place = entry.store, job.outline.where
            run = LiveRun(light, job, files.get(job.link.page, {}))
            runs[_chunk_of(place)][place] = run
            running += run.is_running
        chunks = {}
        for number, some in enumerate(runs):
            packed = pickle.dumps(some)
            digest = digest_bytes(packed)
            if self._told.get(number) != digest:
                chunks[number], self._told[number] = packed, digest
        return News(chunks, running)


def _chunk_of(place: Place) -> int:
    """Where a run is in a roster: always in the same chunk, whatever runs come and go."""
    return crc32(f"{place[0]}/{place[1]}".encode("utf-8", "surrogateescape")) % _CHUNKS


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
        self._waits = self._context.heldout.is_sealed or self._context.privacy is not None
        self._stores = self._opened()

    def _opened(self) -> Sequence[SealingStore]:
        """The stores; none where no run is made by itself, since a public one is read whole."""
        return [] if self._waits else open_stores(self._places, self._context, self._unsealed)

    def begin_anew(self) -> None:
        """Forget what was known of the stores' experiments, and of runs that are not there by now.

        To be called after each build. Raises StoreError where a store is gone.
        """
        self._stores = self._opened()
        for index, where in list(self._written):
            if not Path(self._places[index], where).is_dir():
                del self._written[index, where]

    def refresh(self, place: Place, run: LiveRun) -> list[str]:
        """Make the files of a run again; the paths whose bytes are new.

        Nothing where the run is gone, or stands elsewhere among the runs by now. Nothing either
        where test results are sealed: whether a metric is test may be told by other runs, and no
        value may be written before that is known. A public site waits, too: a new run may tell of
        names that are to be redacted in all.
        """
        if self._waits:
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
