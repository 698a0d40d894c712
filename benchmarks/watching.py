"""How long a watch takes: from a line that a trainer appends to the run's page and data on disk."""

from __future__ import annotations

import os
import random
import shutil
import time
from contextlib import contextmanager
from dataclasses import replace
from statistics import median, quantiles
from typing import TYPE_CHECKING

from benchmarks.cases import BASE, TENFOLD, Bench, Result, against_limit, expect
from benchmarks.holdings import children_of, memory_of
from benchmarks.measure import TaskError, run
from benchmarks.watch_process import PATIENCE, said, watch_process

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator
    from pathlib import Path

APPENDS = 100
PAUSES = (0.1, 0.7)  # seconds between two appends
IDLE = 20.0  # seconds
SETTLE = 10.0  # seconds, after which all that was asked for is done
MEDIAN_LIMIT, LATE_LIMIT = 50.0, 100.0  # ms
IDLE_LIMIT = 1.0  # percent of one core
START_LIMIT, LARGE_MEDIAN_LIMIT = 10.0, 100.0  # seconds, ms; of 10,000 runs
CHANGES = 1000  # to as many runs
MEMORY_LIMIT = 500.0  # MB, of the watch and its builder
REST = 900.0  # seconds, within which the last whole build is over


def watch(bench: Bench) -> list[Result]:
    """Time from an appended line to the run's page, and the cost of having nothing to do."""
    tree = bench.scratch / "watched" / "mlruns"
    shutil.copytree(bench.store("M", BASE) / "mlruns", tree)
    with watching(tree, bench.scratch / "watched" / "site") as (process, site, _):
        delays = measure(tree, site)
        time.sleep(SETTLE)
        idle = idle_share(process)
    late = quantiles(delays, n=20)[-1]
    about = "appended line to page on disk, 1,000 runs"
    figures = (
        ("watch-median", f"{about}, median", "ms", median(delays), MEDIAN_LIMIT),
        ("watch-late", f"{about}, 95 of 100", "ms", late, LATE_LIMIT),
        ("watch-idle", "CPU while nothing changes", "%", idle, IDLE_LIMIT),
    )
    return [against_limit(*figure) for figure in figures]


def watch_large(bench: Bench) -> list[Result]:
    """The same for a store of 10,000 runs whose site is up to date, and what is held for it."""
    shape = replace(TENFOLD, points=bench.points)
    tree = bench.store(f"L{bench.points}-watched", shape) / "mlruns"
    site = bench.scratch / "large" / "site"
    site.parent.mkdir()
    run("-m", "reportgen", "build", str(tree), "-o", str(site), cwd=bench.scratch)
    with watching(tree, site) as (process, site, started):
        delays = measure(tree, site)
        expect("changes in the site", CHANGES - lost_of_many(tree, site), CHANGES)
        until = time.monotonic() + REST
        while (idle := idle_share(process)) > IDLE_LIMIT and time.monotonic() < until:
            pass  # the builds that all the changes asked for are still at work
        held = sum(map(memory_of, (process.pid, *children_of(process.pid)))) / 1e6
    about = "10,000 runs"
    return [
        against_limit("watch10k-start", f"start of a watch, {about}", "s", started, START_LIMIT),
        against_limit(
            "watch10k-median",
            f"appended line to page on disk, {about}, median",
            "ms",
            median(delays),
            LARGE_MEDIAN_LIMIT,
        ),
        against_limit(
            "watch10k-idle", f"CPU while nothing changes, {about}", "%", idle, IDLE_LIMIT
        ),
        against_limit("watch10k-memory", "the watch and its builder", "MB", held, MEMORY_LIMIT),
    ]


def lost_of_many(tree: Path, site: Path) -> int:
    """How many of many changes, each to another run, are not in the data of their runs at last."""
    runs = shown_runs(tree, site)[:CHANGES]
    wanted = {}
    for number, folder in enumerate(runs):
        metric = min(path for path in (folder / "metrics").rglob("*") if path.is_file())
        wanted[folder.name] = append(metric, 1000 + number)
    until = time.monotonic() + PATIENCE
    while wanted and time.monotonic() < until:
        time.sleep(0.5)
        wanted = {
            name: value
            for name, value in wanted.items()
            if value not in (site / "runs" / name / "run.json").read_text(encoding="utf-8")
        }
    return len(wanted)


def shown_runs(tree: Path, site: Path) -> list[Path]:
    """The folders of the runs of a store that have metrics and a page."""
    runs = sorted(path.parent for path in tree.glob("*/*/metrics") if any(path.iterdir()))
    return [run for run in runs if (site / "runs" / run.name).is_dir()]


def append(metric: Path, number: int) -> str:
    """Append a point to a metric's file; its value as it stands there, unlike all others."""
    timestamp, _, step = metric.read_text().splitlines()[-1].split()
    value = f"0.5{number:05}77"
    with metric.open("a") as file:
        file.write(f"{int(timestamp) + 1000} {value} {int(step) + 1}\n")
    return value


@contextmanager
def watching(tree: Path, site: Path) -> Iterator[tuple[subprocess.Popen[str], Path, float]]:
    """A watch that has built once, the folder of its site, and how long that took in seconds."""
    began = time.monotonic()
    lines: list[str] = []
    options = (tree, "-o", site, "--no-serve")
    with watch_process(*options, folder=site.parent, lines=lines) as process:
        said(lines, process, lambda line: " runs (" in line)  # the summary of the first build
        took = time.monotonic() - began
        time.sleep(SETTLE)
        yield process, site, took


def measure(tree: Path, site: Path) -> list[float]:
    """Milliseconds from each of some appended lines until the page of its run is another file."""
    chance = random.Random(7)  # which runs: not a secret
    runs = shown_runs(tree, site)
    delays = []
    for number in range(APPENDS):
        run = chance.choice(runs)
        metric = chance.choice(
            sorted(path for path in (run / "metrics").rglob("*") if path.is_file())
        )
        page = site / "runs" / run.name / "index.html"
        before = page.stat().st_ino
        append(metric, number)
        began = time.perf_counter()
        while page.stat().st_ino == before:
            if time.perf_counter() - began > PATIENCE:
                raise TaskError(f"the page of {run.name} did not follow")
            time.sleep(0.0005)
        delays.append((time.perf_counter() - began) * 1000)
        time.sleep(chance.uniform(*PAUSES))
    return delays


def idle_share(process: subprocess.Popen[str]) -> float:
    """Percent of one core that the process and its children take."""
    before = ticks(process.pid)
    time.sleep(IDLE)
    return (ticks(process.pid) - before) / os.sysconf("SC_CLK_TCK") / IDLE * 100


def ticks(process: int) -> int:
    """Clock ticks that a process and those it started have had, user and system."""
    children = f"/proc/{process}/task/{process}/children"
    total = 0
    with open(children, encoding="ascii") as file:
        total += sum(ticks(int(child)) for child in file.read().split())
    with open(f"/proc/{process}/stat", encoding="utf-8") as file:
        fields = file.read().rpartition(")")[2].split()
    return total + int(fields[11]) + int(fields[12])
