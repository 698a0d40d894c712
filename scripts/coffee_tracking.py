"""Logging with MLflow's own client, at the times of a fixed clock."""

from __future__ import annotations

import re
import traceback
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from coffee_data import OUTCOME
from mlflow.data.pandas_dataset import from_pandas
from mlflow.entities import Dataset, DatasetInput, InputTag, Metric, Param

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from mlflow import MlflowClient

SOURCE = (
    "https://raw.githubusercontent.com/rfordatascience/tidytuesday/"
    "main/data/2020/2020-07-07/coffee_ratings.csv"
)
FIRST_MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
WHO = {
    "mlflow.user": "analyst",
    "mlflow.source.name": "train_coffee.py",
    "mlflow.source.type": "LOCAL",
}


@dataclass(slots=True)
class Clock:
    """A clock that moves only when told to, so that a second run logs the same times."""

    now: int = field(default=int(FIRST_MORNING.timestamp() * 1000))  # ms since the Unix epoch

    def tick(self, seconds: float) -> int:
        """Move on, and give the new time in milliseconds since the Unix epoch."""
        self.now += round(seconds * 1000)
        return self.now


@dataclass(frozen=True, slots=True)
class Session:
    """An experiment to log into, and what time it is."""

    client: MlflowClient
    experiment: str
    clock: Clock

    def start(
        self,
        name: str,
        params: Mapping[str, object],
        *,
        parent: str | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> str:
        """Start a run and give its id; only the parameters that the user set are logged."""
        family = {} if parent is None else {"mlflow.parentRunId": parent}
        started = self.clock.tick(20)
        run = self.client.create_run(
            self.experiment, started, {**WHO, **family, **(tags or {})}, run_name=name
        )
        given = [Param(key, str(value)) for key, value in params.items()]
        self.client.log_batch(run.info.run_id, params=given)
        return str(run.info.run_id)

    def end(self, run: str, status: str = "FINISHED", note: str = "") -> None:
        """End a run now, with a Markdown note where there is something to say."""
        if note:
            self.client.set_tag(run, "mlflow.note.content", note)
        self.client.set_terminated(run, status, self.clock.tick(2))

    def score(
        self,
        run: str,
        values: Mapping[str, float],
        *,
        prefix: str = "",
        step: int = 0,
        on: Dataset | None = None,
    ) -> None:
        """Log metrics at one step, tied to the data they were measured `on` where given."""
        data = {} if on is None else {"dataset_name": on.name, "dataset_digest": on.digest}
        batch = [
            Metric(f"{prefix}{key}", value, self.clock.now, step, **data)
            for key, value in values.items()
        ]
        self.client.log_batch(run, metrics=batch)

    def use(self, run: str, **datasets: Dataset) -> None:
        """Say which data a run used; the keyword is the context: training, validation, test."""
        inputs = [
            DatasetInput(dataset, [InputTag("mlflow.data.context", context)])
            for context, dataset in datasets.items()
        ]
        self.client.log_inputs(run, inputs)


def dataset_of(rows: pd.DataFrame, name: str) -> Dataset:
    """Describe rows as an MLflow dataset that came from the published file."""
    described = from_pandas(rows, source=SOURCE, targets=OUTCOME, name=name)
    return Dataset(**described.to_dict())


def portable_traceback() -> str:
    """Give the traceback of the exception being handled, without where this machine keeps files."""
    return re.sub(
        r'File "[^"]*?/(site-packages/[^"]+|[^/"]+)"', r'File "\1"', traceback.format_exc()
    )
