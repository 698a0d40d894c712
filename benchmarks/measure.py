"""Run a process to its end and say what it cost; take two sides in turns."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

CHECKOUT = Path(__file__).resolve().parents[1]
LAUNCH = CHECKOUT / "benchmarks" / "launch.py"
BARE = str(CHECKOUT / "benchmarks" / "bare.py")


@dataclass(frozen=True, slots=True)
class Cost:
    """What one process and all processes it started have cost, start-up included."""

    wall: float  # seconds until the first process ended
    cpu: float  # seconds, user and system, of all of them
    peak: float  # bytes of resident memory of the largest of them
    output: str  # standard output


class TaskError(Exception):
    """A measured process did not do what it was measured for."""


def run(*command: str, cwd: Path) -> Cost:
    """Run this interpreter with `command` in the folder `cwd`; TaskError if it does not exit 0.

    The working folder is not the checkout, whose own configuration must not be picked up. Compiled
    modules are kept, as they are of what is installed.
    """
    env = os.environ | {"PYTHONPATH": str(CHECKOUT), "MLFLOW_ALLOW_FILE_STORE": "true"}
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    cost = cwd / "cost.json"
    launcher = (sys.executable, "-I", "-S", str(LAUNCH), str(cost))
    done = subprocess.run(
        [*launcher, sys.executable, *command],
        cwd=cwd,
        env=env,
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        raise TaskError(f"{' '.join(command)}: exit {done.returncode}\n{done.stderr}")
    return Cost(**json.loads(cost.read_text(encoding="ascii")), output=done.stdout)


def in_turns(
    ours: Callable[[], Cost], theirs: Callable[[], Cost], pairs: int
) -> list[tuple[Cost, Cost]]:
    """Measure two sides in turns, so that a noisy spell of the machine meets both."""
    return [(ours(), theirs()) for _ in range(pairs)]


def touch_all(folders: Sequence[Path], cwd: Path) -> None:
    """Read all bytes below some folders, so that the page cache holds them."""
    for folder in folders:
        run(BARE, "read", str(folder), cwd=cwd)
