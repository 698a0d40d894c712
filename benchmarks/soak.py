"""A soak test of `reportgen watch`: twenty clients of MLflow write, and one tab looks on.

    python -m benchmarks.soak --minutes 5

What must be so at the end: no crash, no error in the console of the browser, the site equal to a
clean build to the byte, every point that was logged in it, no growth of memory or of open files.
Exit status: 0 all so, 1 something not.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.holdings import Growth, Holdings
from benchmarks.measure import CHECKOUT
from benchmarks.soak_tab import Tab, chromium_tab
from benchmarks.watch_process import PATIENCE, said, watch_process

if TYPE_CHECKING:
    from collections.abc import Sequence

STATE = ".reportgen"
LOOK = 0.2  # seconds
COMPLAINTS = ("Traceback", "bug", "has died", "by hand", "did not write", "Error")


@dataclass(slots=True)
class Soaked:
    """What a soak has shown; `wrong` is empty where all was as it must be."""

    deeds: int = 0
    points: int = 0
    runs: int = 0
    lines: list[str] = field(default_factory=list)  # that the watch said
    growth: list[Growth] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def soak(
    folder: Path, seconds: float, *, writers: int = 4, clients: int = 5, tab: Tab | None = None
) -> Soaked:
    """Let clients work on a store below `folder` for so long, with a watch and perhaps a tab."""
    store, site, soaked = folder / "mlruns", folder / "site", Soaked()
    options = (store, "-o", site, "--port", "0")
    with watch_process(*options, folder=folder, lines=soaked.lines) as watch:
        url = said(soaked.lines, watch, lambda line: line.startswith("preview: ")).split()[1]
        holdings = Holdings(watch.pid)
        started = [_writer(store, number, clients, seconds) for number in range(writers)]
        try:
            holdings.begin()
            while any(writer.poll() is None for writer in started) and watch.poll() is None:
                if tab is not None:
                    tab.look(url, site)
                time.sleep(LOOK)
            left = [json.loads(writer.communicate()[0]) for writer in started]
        finally:
            soaked.growth = holdings.end()
            for writer in started:
                writer.kill()
        _compare(store, site, folder, soaked)
    if watch.returncode != 0:
        soaked.wrong.append(f"the watch ended with {watch.returncode}")
    _count(left, site, soaked)
    soaked.wrong += [line for line in soaked.lines if any(word in line for word in COMPLAINTS)]
    soaked.wrong += tab.errors if tab is not None else []
    return soaked


def _writer(store: Path, number: int, clients: int, seconds: float) -> subprocess.Popen[str]:
    return _python("-m", "benchmarks.soak_writer", store, number, clients, seconds)


def _python(*command: Any) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, *map(str, command)],
        env=os.environ | {"PYTHONPATH": str(CHECKOUT)},
        stdout=subprocess.PIPE,
        text=True,
    )


def _compare(store: Path, site: Path, folder: Path, soaked: Soaked) -> None:
    """Wait until the site is what one clean build makes of the store, to the byte."""
    clean = folder / "fresh" / "site"
    built = _python("-m", "reportgen", "build", store, "-o", clean)
    built.communicate()
    if built.returncode != 0:
        soaked.wrong.append(f"a clean build ended with {built.returncode}")
        return
    wanted, wrong = tree_of(clean), [""]
    until = time.monotonic() + PATIENCE
    while wrong and time.monotonic() < until:
        time.sleep(LOOK)
        found = tree_of(site)
        wrong = sorted(path for path in {*wanted, *found} if wanted.get(path) != found.get(path))
    soaked.wrong += [f"not as of a clean build: {path}" for path in wrong]


def tree_of(root: Path) -> dict[str, bytes]:
    """Every file of a site with its bytes, what reportgen keeps for itself left out."""
    found: dict[str, bytes] = {}
    for folder, folders, names in os.walk(root):
        if folder == str(root):
            folders[:] = [name for name in folders if name != STATE]
        for name in names:
            path = Path(folder, name)
            try:
                found[str(path.relative_to(root))] = path.read_bytes()
            except FileNotFoundError:  # it went meanwhile
                continue
    return found


def _count(left: Sequence[dict[str, Any]], site: Path, soaked: Soaked) -> None:
    """Look for every point that the clients have logged to runs that are left."""
    for one in left:
        soaked.deeds += one["deeds"]
        soaked.wrong += one["failures"]
        for run, points in one["points"].items():
            soaked.runs += 1
            soaked.points += sum(points.values())
            told = json.loads((site / "runs" / run / "run.json").read_bytes())["metrics"]
            found = {key: metric["count"] for key, metric in told.items()}
            if found != points:
                soaked.wrong.append(f"run {run}: {points} were logged, {found} are shown")


def main(arguments: Sequence[str] | None = None) -> int:
    """Soak for as long as the command line says."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--folder", type=Path, help="where to work; a temporary one unless given")
    given = parser.parse_args(arguments)
    with ExitStack() as stack:
        temporary = tempfile.TemporaryDirectory(dir=given.folder, prefix="soak-")
        folder = Path(stack.enter_context(temporary))
        tab = stack.enter_context(chromium_tab())
        soaked = soak(folder, given.minutes * 60, tab=tab)
    print(
        f"{soaked.deeds:,} deeds of 20 clients; {soaked.runs} runs and {soaked.points:,} points "
        f"are left; {tab.visits} pages seen, {tab.renewals} times renewed"
    )
    for growth in soaked.growth:
        print(growth)
    wrong = soaked.wrong + [f"{g} is growth" for g in soaked.growth if g.late > g.limit]
    for line in wrong:
        print(f"WRONG: {line}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
