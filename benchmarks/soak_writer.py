"""Clients of MLflow that work on one store until their time is over.

    python -m benchmarks.soak_writer STORE SEED CLIENTS SECONDS

Each client is a thread that makes runs, logs to them, ends, renames, deletes, restores and purges
them, and now and then does the same to an experiment. It keeps a few runs at a time, so that a
store stays as large as it is. At the end: one line of JSON, with the points of each run that is
left.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from threading import Thread
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_RUNS = 3  # of one client, at a time
PAUSES = (0.02, 0.4)  # seconds between two deeds
TRIES = 10
METRICS = ("loss", "val/accuracy", "lr")
ENDS = ("FINISHED", "FINISHED", "FAILED", "KILLED")


@dataclass(slots=True)
class OwnRun:
    """A run of a client and what it has logged."""

    identity: str
    folder: Path
    is_over: bool = False
    is_deleted: bool = False
    points: dict[str, int] = field(default_factory=dict)


class Insistent:
    """A client of MLflow that asks again: MLflow trips over experiments that others just move."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Callable[..., Any]:
        ask = getattr(self._client, name)

        def insist(*arguments: Any, **options: Any) -> Any:
            for _ in range(TRIES):
                try:
                    return ask(*arguments, **options)
                except Exception:  # of many kinds, all raised before anything is written
                    time.sleep(PAUSES[0])
            return ask(*arguments, **options)

        return insist


class Client:
    """One trainer, or one person at the keyboard."""

    def __init__(self, store: Path, name: str, home: str) -> None:
        """`home` is the id of the experiment of its runs."""
        from mlflow import MlflowClient

        self._store = store
        self._name = name
        self._home = home
        self._chance = Random(name)
        self._client = Insistent(MlflowClient(tracking_uri=str(store)))
        self._guest = ""  # an experiment that comes and goes
        self.runs: list[OwnRun] = []
        self.deeds = 0

    def work(self, seconds: float) -> None:
        """Do one thing after another, then end what is running."""
        deeds: tuple[tuple[Callable[[], None], int], ...] = (
            (self._log, 60),
            (self._begin, 12),
            (self._end, 8),
            (self._rename, 6),
            (self._write, 4),
            (self._delete, 4),
            (self._restore, 3),
            (self._move_experiment, 3),
        )
        kinds, weights = zip(*deeds, strict=True)
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self._chance.choices(kinds, weights)[0]()
            self.deeds += 1
            time.sleep(self._chance.uniform(*PAUSES))
        if self._chance.random() < 0.5:
            self._end()

    def _pick(self, *, over: bool | None = None, deleted: bool = False) -> OwnRun | None:
        fit = [r for r in self.runs if r.is_deleted == deleted and over in {None, r.is_over}]
        return self._chance.choice(fit) if fit else None

    def _begin(self) -> None:
        if len(self.runs) >= MOST_RUNS:
            oldest = self.runs.pop(0)
            shutil.rmtree(oldest.folder)  # as `mlflow gc` does
        parent = self._pick()
        tags = {"mlflow.parentRunId": parent.identity} if parent and not self.deeds % 3 else {}
        made = self._client.create_run(self._home, tags=tags, run_name=f"run {self.deeds}")
        run = OwnRun(made.info.run_id, self._store / self._home / made.info.run_id)
        self._client.log_param(run.identity, "width", self._chance.choice((64, 128, 256)))
        self.runs.append(run)

    def _log(self) -> None:
        from mlflow.entities import Metric

        run = self._pick(over=False)
        if run is None:
            return
        key, count = self._chance.choice(METRICS), self._chance.randrange(1, 12)
        first, now = run.points.get(key, 0), time.time_ns() // 1_000_000
        values = [Metric(key, self._chance.random(), now, first + i) for i in range(count)]
        if count > 6:
            self._client.log_batch(run.identity, metrics=values)
        for point in values if count <= 6 else ():
            self._client.log_metric(run.identity, key, point.value, point.timestamp, point.step)
        run.points[key] = first + count

    def _end(self) -> None:
        run = self._pick(over=False)
        if run is not None:
            self._client.set_terminated(run.identity, self._chance.choice(ENDS))
            run.is_over = True

    def _rename(self) -> None:
        run = self._pick()
        if run is not None:
            self._client.update_run(run.identity, name=f"{self._name} {self.deeds}")

    def _write(self) -> None:
        run = self._pick()
        if run is not None:
            self._client.set_tag(run.identity, "note", f"deed {self.deeds}")
            self._client.log_text(run.identity, f"deed {self.deeds}\n", "notes/last.txt")

    def _delete(self) -> None:
        run = self._pick()
        if run is not None:
            self._client.delete_run(run.identity)
            run.is_deleted = True

    def _restore(self) -> None:
        run = self._pick(deleted=True)
        if run is not None:
            self._client.restore_run(run.identity)
            run.is_deleted = False

    def _move_experiment(self) -> None:
        """Make an experiment with a run, or rename, delete or purge it."""
        if not self._guest:
            self._guest = self._client.create_experiment(f"guest of {self._name} {self.deeds}")
            run = self._client.create_run(self._guest)
            self._client.log_metric(run.info.run_id, "loss", 0.5)
        elif (self._store / self._guest).is_dir():
            self._client.rename_experiment(self._guest, f"moved by {self._name} {self.deeds}")
            if self._chance.random() < 0.5:
                self._client.delete_experiment(self._guest)
        else:
            shutil.rmtree(self._store / ".trash" / self._guest)
            self._guest = ""


def main(store: Path, seed: str, clients: int, seconds: float) -> dict[str, Any]:
    """Let the clients work; what is left of them."""
    from mlflow import MlflowClient

    logging.disable(logging.WARNING)  # MLflow's, of experiments that are moved while it lists them
    failures: list[str] = []
    made: list[Client] = []
    home = Insistent(MlflowClient(tracking_uri=str(store))).create_experiment(f"home {seed}")

    def one(number: int) -> None:
        try:
            made.append(client := Client(store, f"client {seed}-{number}", home))
            client.work(seconds)
        except Exception as error:  # told to who started us, as what a soak has shown
            failures.append(f"client {seed}-{number}: {type(error).__name__}: {error}")

    threads = [Thread(target=one, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    left = {r.identity: r.points for client in made for r in client.runs if not r.is_deleted}
    return {"deeds": sum(c.deeds for c in made), "failures": failures, "points": left}


if __name__ == "__main__":
    os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
    place, word, count, length = sys.argv[1:]
    print(json.dumps(main(Path(place), word, int(count), float(length))))
