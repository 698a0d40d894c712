"""Whole runs at a time: read, render and write in one process, so that points never travel.

With few runs to build the work stays in the calling process; with many, it goes to as many
processes as there are cores, in parts of a few runs.
"""

import gc
import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import TypeVar

from reportgen.analysis.roles import Elsewhere
from reportgen.charts.painted.loading import load_compiled_parts
from reportgen.errors import AccessError, OutputError
from reportgen.interrupts import uninterrupted
from reportgen.model import Problem
from reportgen.readers.base import Note
from reportgen.readers.stamps import Looked, Shapes, look_at
from reportgen.site.catalog import Entry
from reportgen.site.context import Context
from reportgen.site.garbage import SELDOM
from reportgen.site.manifest import Manifest
from reportgen.site.outputs import Failure, Receipt
from reportgen.site.pages.diff import DiffJob, DiffMaker
from reportgen.site.pages.pictures import Chart, paint
from reportgen.site.pages.run import RunJob, fitted, run_outputs
from reportgen.site.sealing import SealingStore
from reportgen.site.told import Told
from reportgen.site.writer import Writer, Written, failure_reason

RUNS_A_TASK = 10  # some 40 ms; with longer tasks, a process waits longer for the last of another
DIFFS_A_TASK = 25
_WORTH_A_PAINTER = 3  # pictures
_WORTH_A_POOL = 4  # parts of diffs
_WORTH_A_PROCESS = 30  # runs; below, starting processes costs more than it saves


@dataclass(slots=True)
class RunsDone:
    """What became of some runs of one experiment."""

    notes: tuple[Note, ...] = ()
    looks: list[Looked] = field(default_factory=list)  # at the files of each run in the site
    written: Written = field(default_factory=Written)
    gone: dict[str, Problem] = field(default_factory=dict)  # by place: unreadable after all
    elsewhere: dict[str, Elsewhere] = field(default_factory=dict)  # by place: as of the job, if any
    redacted: dict[str, Told] = field(default_factory=dict)  # by place, where the site is public


class RunBuilder:
    """Builds runs, in this process or in a forked one."""

    def __init__(
        self,
        context: Context,
        stores: Sequence[SealingStore],
        root: Path,
        manifest: Manifest,
        *,
        live: bool = False,
    ) -> None:
        """With `live`, for a watch, beside which a build may be at work."""
        self._live = live
        self._context = context
        self._stores = stores
        self._root = root
        self._manifest = manifest
        self._writer: Writer | None = None
        self._process = 0
        self._shapes = Shapes()
        self._differ = DiffMaker(context, stores)

    def build(self, entry: Entry, jobs: Sequence[RunJob], known: Mapping[str, Receipt]) -> RunsDone:
        """Read these runs of an experiment and bring their files up to date.

        `known` are receipts of files that this build has written already.
        """
        self._manifest.files.update(known)
        done = RunsDone()
        store = self._stores[entry.store]
        for job in jobs:
            self._build_one(store, entry, job, done)
        done.notes = tuple(
            replace(note, looked=self._shapes.share(note.looked)) for note in store.drain()
        )
        done.looks = [self._shapes.share(look) for look in done.looks]
        return done

    def compare(self, jobs: Sequence[DiffJob]) -> Written:
        """Bring the pages of these diffs up to date."""
        writer = self._own_writer()
        return writer.write(map(self._differ.output, jobs))

    def _own_writer(self) -> Writer:
        """The writer of this process: each has its own journal."""
        if self._writer is None or self._process != os.getpid():
            self._writer = Writer(
                self._root, self._manifest, live=self._live, refresh=self._context.refresh
            )
            self._process = os.getpid()
        return self._writer

    def paint(self, store: int, chart: Chart) -> bytes:
        """The bytes of a picture of runs in one of the stores."""
        load_compiled_parts()
        return paint(chart, self._stores[store])

    def close(self) -> None:
        """Let go of this process's journal; a worker's goes with its process."""
        if self._writer is not None:
            self._writer.close()

    def _build_one(self, store: SealingStore, entry: Entry, job: RunJob, done: RunsDone) -> None:
        where = job.outline.where
        told = store.attend(where)
        store.hold(where, job.elsewhere)
        try:
            run = store.read(job.outline)
        except AccessError as error:
            done.gone[job.outline.where] = Problem(job.outline.where, None, str(error))
            return
        except Exception as error:  # a run that trips our reader must not cost the other runs
            done.gone[job.outline.where] = Problem(job.outline.where, None, failure_reason(error))
            done.written.failures.append(
                Failure(f"runs/{job.link.page}/index.html", failure_reason(error))
            )
            return
        job = fitted(self._context, entry, job, run)
        if job.elsewhere:
            done.elsewhere[job.outline.where] = job.elsewhere
        writer = self._own_writer()
        outputs = run_outputs(self._context, store, entry, job, run, hash_of=writer.hash_of)
        written = writer.write(outputs)
        done.written.add(written)
        if told is not None:
            store.look_into(run, (self._context.max_file, self._context.max_run))
            done.redacted[where] = told
        if not written.failures:
            folder = f"runs/{job.link.page}"
            names = tuple(path[len(folder) + 1 :] for path in written.receipts)
            done.looks.append(look_at(str(self._root), folder, names))


Result = TypeVar("Result")

_builder: RunBuilder | None = None


def _start(builder: RunBuilder) -> None:
    """Prepare a worker: Ctrl-C is the parent's to answer, and no worker outlives its parent.

    What is loaded by now will be needed to the end: the garbage collector, which would go through
    all of it every few pages, is told to leave it alone.
    """
    global _builder  # noqa: PLW0603 (how a pool hands an object to its processes, once)
    _builder = builder
    gc.set_threshold(SELDOM)
    gc.freeze()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_leave_with_parent, daemon=True).start()


def _leave_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _build_part(entry: Entry, jobs: Sequence[RunJob], known: Mapping[str, Receipt]) -> RunsDone:
    assert _builder is not None
    return _builder.build(entry, jobs, known)


def _compare_part(jobs: Sequence[DiffJob]) -> Written:
    assert _builder is not None
    return _builder.compare(jobs)


def _paint_one(store: int, chart: Chart) -> bytes:
    assert _builder is not None
    return _builder.paint(store, chart)


class Crew:
    """Builds the runs of experiments in order, with the next one begun while one is finished.

    Processes are started when enough runs have come to be worth it; `jobs` of them, or one for
    each core where that is 0.
    """

    def __init__(self, builder: RunBuilder, jobs: int) -> None:
        self._builder = builder
        self._processes = jobs or os.cpu_count() or 1
        self._seen = 0
        self._pool: Executor | None = None
        self._painters: Executor | None = None  # fewer: the plotting library is slow to load
        self._started: list[Executor] = []  # also one that Ctrl-C met before it was in its place

    def __enter__(self) -> "Crew":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for pool in self._started:
            pool.shutdown(cancel_futures=error is not None)

    def build_all(
        self, work: Iterator[tuple[Entry, list[RunJob]]]
    ) -> Iterator[tuple[Entry, Iterator[RunsDone]]]:
        """For each experiment, the results of its runs as they come, part by part."""
        waiting: deque[tuple[Entry, Iterator[RunsDone]]] = deque()
        for entry, jobs in work:
            waiting.append((entry, self._begin(entry, jobs, {})))
            if len(waiting) > 2:
                yield waiting.popleft()
        yield from waiting

    def build_again(
        self, entry: Entry, jobs: list[RunJob], known: Mapping[str, Receipt]
    ) -> Iterator[RunsDone]:
        """The results of runs whose files this build has written once; `known` are the receipts."""
        return self._begin(entry, jobs, known)

    def _begin(
        self, entry: Entry, jobs: list[RunJob], known: Mapping[str, Receipt]
    ) -> Iterator[RunsDone]:
        parts = [jobs[i : i + RUNS_A_TASK] for i in range(0, len(jobs), RUNS_A_TASK)]
        self._seen += len(jobs)
        if self._processes == 1 or self._seen < _WORTH_A_PROCESS:
            return (self._builder.build(entry, part, known) for part in parts)
        if self._pool is None:
            self._pool = self._start(self._processes)
        pool, light = self._pool, entry.without_runs()
        return _results(deque(pool.submit(_build_part, light, part, known) for part in parts))

    def compare(self, jobs: Sequence[DiffJob]) -> Iterator[Written]:
        """Begin to make the pages of diffs; the results part by part."""
        parts = [jobs[i : i + DIFFS_A_TASK] for i in range(0, len(jobs), DIFFS_A_TASK)]
        if self._processes == 1 or (self._pool is None and len(parts) < _WORTH_A_POOL):
            return (self._builder.compare(part) for part in parts)
        if self._pool is None:
            self._pool = self._start(self._processes)
        pool = self._pool
        return _results(deque(pool.submit(_compare_part, part) for part in parts))

    def paint(self, store: int, charts: Sequence[Chart]) -> list[Callable[[], bytes]]:
        """Begin to paint; each result is waited for when it is asked for."""
        if self._processes == 1 or (self._painters is None and len(charts) < _WORTH_A_PAINTER):
            return [partial(self._builder.paint, store, chart) for chart in charts]
        if self._painters is None:
            self._painters = self._start(max(1, self._processes // 2))
        futures = [self._painters.submit(_paint_one, store, chart) for chart in charts]
        return [partial(_result, future) for future in futures]

    def _start(self, processes: int) -> Executor:
        pool = ProcessPoolExecutor(
            processes, _multiprocessing_context(), initializer=_start, initargs=(self._builder,)
        )
        self._started.append(pool)
        with uninterrupted():  # a worker that the pool does not know of yet would never be ended
            pool.submit(os.getpid)  # the first task starts them
        return pool


def _results(waiting: deque[Future[Result]]) -> Iterator[Result]:
    while waiting:
        yield _result(waiting.popleft())  # let go of at once: a future keeps its result


def _result(future: Future[Result]) -> Result:
    """What a worker gives. Raises OutputError where it was ended from outside."""
    try:
        return future.result()
    except BrokenProcessPool as error:
        raise OutputError(
            "a worker process was ended from outside, perhaps for want of memory",
            hint="build again, it goes on where it stopped; --jobs 1 needs the least memory",
        ) from error


def _multiprocessing_context() -> multiprocessing.context.BaseContext:
    """Fork where it is safe: the processes then share what is loaded. Elsewhere a fresh start."""
    return multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")
