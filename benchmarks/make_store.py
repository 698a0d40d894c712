"""Make an MLflow file store to measure on: the same bytes for any --jobs, place and day.

    python -m benchmarks.make_store --experiments 5 --runs 200 OUT

writes OUT/mlruns, and OUT/receipt.json, which says what was made and whether it is complete.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import partial
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import content, curves
from benchmarks.content import Files, Shape, experiment_files, plan_run, run_files

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

RECEIPT = "receipt.json"
PART = 20  # runs written by a worker at a time


@dataclass(frozen=True, slots=True)
class Tally:
    """How much was written; runs and points with and without the deleted runs."""

    files: int = 0
    bytes: int = 0
    runs: int = 0
    points: int = 0
    active_runs: int = 0
    active_points: int = 0

    def __add__(self, other: Tally) -> Tally:
        mine, theirs = asdict(self), asdict(other)
        return Tally(**{name: mine[name] + theirs[name] for name in mine})


@dataclass(frozen=True, slots=True)
class Receipt:
    """What OUT/mlruns holds. `maker` is a digest of the code that made it."""

    shape: Shape
    maker: str
    is_complete: bool = False
    tally: Tally = Tally()
    digest: str = ""  # of all paths and bytes, in the order of writing

    def save(self, out: Path) -> None:
        """Write the receipt beside the store."""
        text = json.dumps(asdict(self), indent=2) + "\n"
        (out / RECEIPT).write_text(text, encoding="utf-8")


def load_receipt(out: Path) -> Receipt | None:
    """The receipt of a store, or None where there is none that can be read."""
    try:
        fields = json.loads((out / RECEIPT).read_text(encoding="utf-8"))
        shape, tally = Shape(**fields.pop("shape")), Tally(**fields.pop("tally"))
        return Receipt(shape=shape, tally=tally, **fields)
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None


def maker_digest() -> str:
    """Changes with the code of the generator: a store made by other code is made again."""
    sources = [Path(str(module.__file__)) for module in (content, curves)]
    return sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()[:16]


def claim(shape: Shape, out: Path) -> Path:
    """Clear out/mlruns and note that it is being written. Refuses a folder of others.

    Returns out/mlruns, which does not exist.
    """
    if out.exists() and any(out.iterdir()) and load_receipt(out) is None:
        raise FileExistsError(f"{out} holds files that this program did not write")
    out.mkdir(parents=True, exist_ok=True)
    Receipt(shape, maker_digest()).save(out)  # not complete until the last file is written
    root = out / "mlruns"
    if root.exists():
        shutil.rmtree(root)
    return root


def make_store(shape: Shape, out: Path, jobs: int = 1) -> Receipt:
    """Write the store into out/mlruns, replacing an earlier one."""
    root = claim(shape, out)
    (root / ".trash").mkdir(parents=True)
    parts = [
        (experiment, first)
        for experiment in range(shape.experiments)
        for first in range(0, shape.runs, PART)
    ]
    tally, digest = Tally(), sha256()
    for written, part_digest in _in_turn(partial(write_part, shape, root), parts, jobs):
        tally += written
        digest.update(part_digest)
    receipt = Receipt(shape, maker_digest(), True, tally, digest.hexdigest())
    receipt.save(out)
    return receipt


def _in_turn(
    work: partial[tuple[Tally, bytes]], parts: list[tuple[int, int]], jobs: int
) -> Iterator[tuple[Tally, bytes]]:
    if jobs == 1:
        yield from map(work, parts)
        return
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        yield from pool.map(work, parts)


def write_part(shape: Shape, root: Path, part: tuple[int, int]) -> tuple[Tally, bytes]:
    """Write the runs of one experiment from `first` on; the first part writes the experiment."""
    experiment, first = part
    tally, digest = Tally(), sha256()
    if first == 0:
        files, size, seen = write_files(root, experiment_files(shape, experiment))
        tally += Tally(files, size)
        digest.update(seen)
    for run in range(first, min(first + PART, shape.runs)):
        plan = plan_run(shape, experiment, run)
        folder = root / plan.experiment / plan.run_id
        files, size, seen = write_files(folder, run_files(shape, plan))
        points = len(plan.steps) * shape.metrics
        active = (0, 0) if plan.is_deleted else (1, points)
        tally += Tally(files, size, 1, points, *active)
        digest.update(f"{plan.experiment}/{plan.run_id}\n".encode() + seen)
    return tally, digest.digest()


def write_files(folder: Path, files: Files) -> tuple[int, int, bytes]:
    """Write files below a folder. Returns their number, their size and a digest of both."""
    base, made, digest = str(folder), set[str](), sha256()
    count = size = 0
    for name, body in files:
        path = f"{base}/{name}"
        parent = os.path.dirname(path)
        if parent not in made:
            os.makedirs(parent, exist_ok=True)
            made.add(parent)
        with open(path, "wb", buffering=0) as stream:
            stream.write(body)
        digest.update(f"{name}\n{len(body)}\n".encode())
        digest.update(body)
        count += 1
        size += len(body)
    return count, size, digest.digest()


def is_whole(shape: Shape, out: Path) -> bool:
    """Whether out/mlruns is this very store, with every file still there.

    Files are counted, not read: temporary folders are cleaned up a file at a time.
    """
    receipt = load_receipt(out)
    if receipt is None or not receipt.is_complete:
        return False
    if (receipt.shape, receipt.maker) != (shape, maker_digest()):
        return False
    return sum(len(names) for _, _, names in os.walk(out / "mlruns")) == receipt.tally.files


def main(arguments: Sequence[str] | None = None) -> int:
    """Make a store as the command line says."""
    usual = Shape()
    parser = argparse.ArgumentParser(prog="python -m benchmarks.make_store", description=__doc__)
    parser.add_argument("out", type=Path, metavar="OUT")
    parser.add_argument("--experiments", type=int, default=usual.experiments)
    parser.add_argument("--runs", type=int, default=usual.runs, help="in each experiment")
    parser.add_argument("--metrics", type=int, default=usual.metrics, help="in each run")
    parser.add_argument("--points", type=int, default=usual.points, help="in each metric")
    parser.add_argument("--seed", type=int, default=usual.seed)
    parser.add_argument("--jobs", type=int, default=1, help="processes that write")
    given = parser.parse_args(arguments)
    sizes = (given.experiments, given.runs, given.metrics, given.points)
    if min(*sizes, given.jobs) < 1:
        parser.error("counts start at 1")
    try:
        receipt = make_store(Shape(*sizes, given.seed), given.out, given.jobs)
    except FileExistsError as error:
        parser.error(str(error))
    tally = receipt.tally
    print(
        f"{given.out}: {tally.runs:,} runs, {tally.points:,} points, "
        f"{tally.files:,} files, {tally.bytes:,} bytes, digest {receipt.digest[:16]}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
