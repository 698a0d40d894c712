"""Measure: `python -m benchmarks [NAME ...]`. Options and meaning: README.md."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.cases import CASES, Bench
from benchmarks.measure import TaskError
from benchmarks.results import as_json, as_markdown, line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.cases import Result

RESULTS = Path(__file__).with_name("RESULTS.md")


def options() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(CASES)}; or all")
    parser.add_argument("--pairs", type=int, default=5, help="pairs measured in turns (5)")
    parser.add_argument(
        "--store-dir",
        type=Path,
        default=Path(tempfile.gettempdir()) / "reportgen-benchmarks",
        help="where stores are kept from one time to the next (some 10 GB with `growth`)",
    )
    parser.add_argument("--points", type=int, default=1000, help="a metric, in watch10k (1000)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every pair to FILE")
    parser.add_argument("--write", action="store_true", help="write benchmarks/RESULTS.md")
    parser.add_argument("--date", help="the date that the written results are to bear")
    return parser


def measure(names: Sequence[str], stores: Path, pairs: int, points: int) -> list[Result]:
    """Measure and print the named cases, one after another."""
    stores.mkdir(parents=True, exist_ok=True)
    results = []
    with tempfile.TemporaryDirectory(dir=stores, prefix="out-") as scratch:
        folders = stores.resolve(), Path(scratch).resolve()
        bench = Bench(*folders, pairs, os.cpu_count() or 1, points)
        for name in names:
            for result in CASES[name](bench):
                print(line(result), flush=True)
                results.append(result)
    return results


def main(arguments: Sequence[str]) -> int:
    """Exit status: 0 all within their limits, 1 something over, 2 not measured."""
    parser = options()
    given = parser.parse_args(arguments)
    if unknown := [name for name in given.names if name not in CASES]:
        parser.error(f"no such measurement: {unknown[0]}; there are {', '.join(CASES)}")
    if given.pairs < 1:
        parser.error("--pairs starts at 1")
    if given.write and (given.names or not given.date):
        parser.error("--write takes all measurements and needs --date")
    try:
        results = measure(given.names or list(CASES), given.store_dir, given.pairs, given.points)
    except (TaskError, FileExistsError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    command = f"python -m benchmarks {' '.join(given.names)}".rstrip() + f" --pairs {given.pairs}"
    if given.json:
        given.json.write_text(as_json(results, given.date, command), encoding="utf-8")
    if given.write:
        text = as_markdown(results, given.date, f"{command} --write --date {given.date}")
        RESULTS.write_text(text, encoding="utf-8")
    return 0 if all(result.is_ok for result in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
