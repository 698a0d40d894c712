"""The measurements. Each gives one result or more: ours, theirs, their ratio, its limit."""

from __future__ import annotations

import json
import os
import shutil
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from tempfile import mkdtemp
from typing import TYPE_CHECKING

from benchmarks.content import Shape
from benchmarks.make_store import Receipt, claim, is_whole, load_receipt, make_store
from benchmarks.measure import BARE, Cost, TaskError, in_turns, run, touch_all

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

BASE = Shape(experiments=5, runs=200, metrics=10, points=1000)
TENFOLD = replace(BASE, experiments=10, runs=1000)
PEAK_LIMIT = 150.0  # MB of 10^6 bytes
SIZE_LIMIT = 100.0  # MB of 10^6 bytes


@dataclass(frozen=True, slots=True)
class Result:
    """One line of the report. `ours` and `theirs` are medians over the pairs, in `unit`."""

    name: str
    ours_is: str
    theirs_is: str
    unit: str
    ours: float
    theirs: float
    ratio: float  # median of the ratios of the pairs
    limit: float
    pairs: tuple[tuple[float, float], ...]

    @property
    def is_ok(self) -> bool:
        """Whether the ratio is within its limit."""
        return self.ratio <= self.limit


def against_limit(
    name: str, about: str, unit: str, ours: float, limit: float, *, values: Sequence[float] = ()
) -> Result:
    """A figure, perhaps of several values, against a limit that is the same on every machine."""
    pairs = tuple((value, limit) for value in values or (ours,))
    return Result(name, about, "fixed limit", unit, ours, limit, ours / limit, 1.0, pairs)


@dataclass(frozen=True, slots=True)
class Bench:
    """Where stores are kept, where outputs go, and how many pairs are measured."""

    stores: Path
    scratch: Path
    pairs: int
    jobs: int
    points: int = TENFOLD.points  # of a metric of `watch10k`

    def store(self, name: str, shape: Shape) -> Path:
        """A folder with `mlruns` of that shape below `stores`; made only where it is not whole."""
        out = self.stores / name
        if not is_whole(shape, out):
            print(f"making the store {name}", file=sys.stderr)
            make_store(shape, out, self.jobs)
        return out

    def copy_for_mlflow(self, name: str, shape: Shape) -> Path:
        """A copy of a store: MLflow adds folders of its own to the tree that it reads."""
        source, copy = self.store(name, shape), self.stores / f"{name}-mlflow"
        if not is_whole(shape, copy):
            shutil.copytree(source / "mlruns", claim(shape, copy))
            receipt_of(source).save(copy)
        return copy

    def build(self, store: Path, *, into: str | None = None) -> Cost:
        """A build of a store, into a folder that is fresh unless it is named.

        Each fresh folder is a new one, and none is deleted before the end: on some file systems
        (ext4) making files takes up to ten times as long where thousands have just been deleted.
        """
        out = self.scratch / into if into else Path(mkdtemp(dir=self.scratch)) / "site"
        cost = run(
            *("-m", "reportgen", "build", str(store / "mlruns"), "-o", str(out)), cwd=self.scratch
        )
        with os.scandir(out / "runs") as entries:
            pages = sum(os.path.exists(f"{entry.path}/index.html") for entry in entries)
        expect("pages of runs", pages, receipt_of(store).tally.active_runs)
        return cost


def receipt_of(store: Path) -> Receipt:
    """The receipt of a store that is known to be whole."""
    receipt = load_receipt(store)
    assert receipt is not None
    return receipt


def expect(what: str, found: float, expected: float) -> None:
    """A process that did less than its task must not count as fast."""
    if found != expected:
        raise TaskError(f"{what}: {found:g} found, {expected:g} expected")


def compare(
    name: str,
    labels: tuple[str, str, str],
    costs: list[tuple[Cost, Cost]],
    number: Callable[[Cost], float],
    *,
    limit: float,
) -> Result:
    """Turn measured pairs into a result; `labels`: what ours is, what theirs is, the unit."""
    pairs = tuple((number(ours), number(theirs)) for ours, theirs in costs)
    return Result(
        name,
        *labels,
        median(ours for ours, _ in pairs),
        median(theirs for _, theirs in pairs),
        median(ours / theirs for ours, theirs in pairs),
        limit,
        pairs,
    )


def read(bench: Bench) -> list[Result]:
    """CPU of reading and parsing everything against CPU of only reading the bytes."""
    store = bench.store("M", BASE)
    tree, tally = str(store / "mlruns"), receipt_of(store).tally

    def ours() -> Cost:
        cost = run("-m", "benchmarks.tasks", "read-all", tree, cwd=bench.scratch)
        found = json.loads(cost.output)
        expect("runs read", found["runs"], tally.active_runs)
        expect("points read", found["points"], tally.active_points)
        return cost

    def theirs() -> Cost:
        cost = run(BARE, "read", tree, cwd=bench.scratch)
        expect("files read", int(cost.output), tally.files)
        return cost

    in_turns(ours, theirs, 1)  # not counted: compiles modules, fills the page cache
    labels = ("reportgen reads and parses all", "Python reads all bytes", "s of CPU")
    costs = in_turns(ours, theirs, bench.pairs)
    return [compare("read", labels, costs, lambda cost: cost.cpu, limit=3.5)]


def build(bench: Bench) -> list[Result]:
    """Time of a full build against the time MLflow takes to load its table of the same runs."""
    store, copy = bench.store("M", BASE), bench.copy_for_mlflow("M", BASE)
    runs = receipt_of(store).tally.active_runs

    def theirs() -> Cost:
        task = ("-m", "benchmarks.tasks", "search-runs", str(copy / "mlruns"))
        cost = run(*task, cwd=bench.scratch)
        found = json.loads(cost.output)
        expect("runs in MLflow's table", found["runs"], runs)
        return replace(cost, wall=found["seconds"])  # without start-up and imports

    bench.build(store)  # not counted, like the reading of the copy
    touch_all([copy], bench.scratch)
    labels = ("full build, whole process", "mlflow.search_runs, imports left out", "s")
    costs = in_turns(lambda: bench.build(store), theirs, bench.pairs)
    return [compare("build", labels, costs, lambda cost: cost.wall, limit=0.25)]


def nochange(bench: Bench) -> list[Result]:
    """Time of a build with nothing changed against the time to ask for every file's status."""
    store = bench.store("M", BASE)
    tree, files = str(store / "mlruns"), receipt_of(store).tally.files

    def theirs() -> Cost:
        cost = run(BARE, "stat", tree, cwd=bench.scratch)
        expect("files looked at", int(cost.output), files)
        return cost

    def ours() -> Cost:
        return bench.build(store, into="kept")

    in_turns(ours, theirs, 2)  # not counted: the full build, and a first one with nothing changed
    before = stamps(bench.scratch / "kept")
    costs = in_turns(ours, theirs, bench.pairs)
    changed = before.items() - stamps(bench.scratch / "kept").items()
    expect("pages rewritten though nothing changed", len(changed), 0)
    labels = ("build, nothing changed, whole process", "Python stats every file", "s")
    return [compare("nochange", labels, costs, lambda cost: cost.wall, limit=1.0)]


def stamps(folder: Path) -> dict[str, int]:
    """When each page below a folder was last written."""
    return {str(path): path.stat().st_mtime_ns for path in folder.rglob("*.html")}


def memory(bench: Bench) -> list[Result]:
    """Peak memory of the largest process of a full build against a fixed limit."""
    store = bench.store("M", BASE)
    peaks = tuple((bench.build(store).peak / 1e6, PEAK_LIMIT) for _ in range(bench.pairs))
    worst = max(ours for ours, _ in peaks)
    labels = ("largest process of a full build, worst of all", "fixed limit", "MB")
    return [Result("memory", *labels, worst, PEAK_LIMIT, worst / PEAK_LIMIT, 1.0, peaks)]


def size(bench: Bench) -> list[Result]:
    """Bytes of the site, copied artifacts left out, against a fixed limit."""
    out = bench.scratch / "sized"
    bench.build(bench.store("M", BASE), into="sized")
    total = sum(
        os.path.getsize(os.path.join(folder, name))
        for folder, _, names in os.walk(out)
        for name in names
        if "/artifacts" not in folder and "/.reportgen" not in folder
    )
    labels = ("the site of 1,000 runs, artifacts left out", "fixed limit", "MB")
    megabytes = total / 1e6
    pairs = ((megabytes, SIZE_LIMIT),)
    return [Result("size", *labels, megabytes, SIZE_LIMIT, megabytes / SIZE_LIMIT, 1.0, pairs)]


def growth(bench: Bench) -> list[Result]:
    """Time and memory of a full build of ten times the runs against those of the base store."""
    base, tenfold = bench.store("M", BASE), bench.store("L", TENFOLD)
    touch_all([base, tenfold], bench.scratch)
    costs = in_turns(lambda: bench.build(tenfold), lambda: bench.build(base), bench.pairs)
    labels = ("full build of 10,000 runs", "full build of 1,000 runs")
    return [
        compare("growth-time", (*labels, "s"), costs, lambda cost: cost.wall, limit=11.0),
        compare("growth-memory", (*labels, "MB"), costs, lambda cost: cost.peak / 1e6, limit=2.0),
    ]


def watch(bench: Bench) -> list[Result]:
    """What a watch takes from an appended line to the run's page, against fixed limits."""
    from benchmarks.watching import watch as measured
    from benchmarks.watching_pixel import pixel

    return [*measured(bench), *pixel(bench)]


def watch_large(bench: Bench) -> list[Result]:
    """The same for 10,000 runs, and what a watch needs for them."""
    from benchmarks.watching import watch_large as measured

    return measured(bench)


def web(bench: Bench) -> list[Result]:
    """What readers of a site wait for in the browser, against fixed limits."""
    from benchmarks.web import web as measured

    return measured(bench)


CASES: dict[str, Callable[[Bench], list[Result]]] = {
    "read": read,
    "build": build,
    "nochange": nochange,
    "memory": memory,
    "size": size,
    "growth": growth,
    "watch": watch,
    "watch10k": watch_large,
    "web": web,
}
