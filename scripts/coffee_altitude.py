"""A pilot before the main experiment: do slips in the altitudes matter?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from coffee_bench import Bench, predictions_of, validate
from coffee_data import forest, split_coffee
from coffee_tracking import Clock, Session

if TYPE_CHECKING:
    import pandas as pd
    from mlflow import MlflowClient

NAME = "Altitude clean-up – pilot"
NOTE = """Some altitudes are slips of the form: the largest is {largest:,.0f} m.

Each run leaves out altitudes above `altitude_limit` (metres) before the neighbours fill them in;
without that parameter they stay as they are. Same forest, several splits (`seed`).
"""
TRIES = ((None, 1), (None, 2), (3500, 1), (3500, 2), (3500, 3))  # (limit in metres, seed)


def altitude_experiment(client: MlflowClient, coffee: pd.DataFrame, clock: Clock) -> None:
    """Validate a small forest with and without implausible altitudes."""
    largest = float(coffee["altitude_mean_meters"].max())
    tags = {"mlflow.note.content": NOTE.format(largest=largest)}
    session = Session(client, client.create_experiment(NAME, tags=tags), clock)
    for limit, seed in TRIES:
        _one_try(session, coffee, limit, seed)


def _one_try(session: Session, coffee: pd.DataFrame, limit: int | None, seed: int) -> None:
    altitude = coffee["altitude_mean_meters"]
    slips = np.zeros(len(coffee), bool) if limit is None else altitude > limit
    split = split_coffee(coffee.assign(altitude_mean_meters=altitude.mask(slips)), seed)
    chosen = {} if limit is None else {"altitude_limit": limit}
    name = "as measured" if limit is None else f"up to {limit:,} m"
    run = session.start(f"{name}, seed {seed}", {**chosen, "seed": seed})
    bench = Bench(session, split, {})
    validate(bench, run, predictions_of(forest(4, 200, seed=seed)), 8)
    session.client.log_dict(run, {"altitudes_left_out": int(slips.sum())}, "altitude.json")
    session.end(run)
