"""How long a watch takes: from a line that a trainer appends to the run's page and data on disk."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from statistics import median, quantiles
from typing import TYPE_CHECKING

from benchmarks.cases import BASE, Bench, Result
from benchmarks.measure import TaskError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

APPENDS = 100
PAUSES = (0.1, 0.7)  # seconds between two appends
PATIENCE = 120.0  # seconds
IDLE = 20.0  # seconds
SETTLE = 10.0  # seconds, after which all that was asked for is done
MEDIAN_LIMIT, LATE_LIMIT = 50.0, 100.0  # ms
IDLE_LIMIT = 1.0  # percent of one core


def watch(bench: Bench) -> list[Result]:
    """Time from an appended line to the run's page, and the cost of having nothing to do."""
    tree = bench.scratch / "watched" / "mlruns"
    shutil.copytree(bench.store("M", BASE) / "mlruns", tree)
    with watching(tree, bench.scratch / "watched" / "site") as (process, site):
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
    return [
        Result(name, is_, "fixed limit", unit, ours, limit, ours / limit, 1.0, ((ours, limit),))
        for name, is_, unit, ours, limit in figures
    ]


@contextmanager
def watching(tree: Path, site: Path) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """A watch that has built once, and the folder of its site."""
    command = (sys.executable, "-m", "reportgen", "watch", str(tree), "-o", str(site), "--no-serve")
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=site.parent)
    try:
        assert process.stderr is not None
        if ":" not in process.stderr.readline():  # the summary of the first build
            raise TaskError("the watch did not build")
        time.sleep(SETTLE)
        yield process, site
    finally:
        process.terminate()
        process.wait(PATIENCE)


def measure(tree: Path, site: Path) -> list[float]:
    """Milliseconds from each of some appended lines until the page of its run is another file."""
    chance = random.Random(7)  # which runs: not a secret
    runs = sorted(path.parent for path in tree.glob("*/*/metrics") if any(path.iterdir()))
    runs = [run for run in runs if (site / "runs" / run.name).is_dir()]
    delays = []
    for number in range(APPENDS):
        run = chance.choice(runs)
        metric = chance.choice(
            sorted(path for path in (run / "metrics").rglob("*") if path.is_file())
        )
        page = site / "runs" / run.name / "index.html"
        before = page.stat().st_ino
        timestamp, _, step = metric.read_text().splitlines()[-1].split()
        with metric.open("a") as file:
            file.write(f"{int(timestamp) + 1000} {0.5 + number / 1000} {int(step) + 1}\n")
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
