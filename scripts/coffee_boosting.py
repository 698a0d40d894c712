"""Gradient boosters: error curves over the trees, one stopped by hand, one still at work."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from coffee_bench import cross_validate
from coffee_data import FOLDS, PREDICTORS, SEED, boost, outcome_of, scores, tree_recipe
from coffee_figures import cloud, curves, log_figure

if TYPE_CHECKING:
    import pandas as pd
    from coffee_bench import Bench
    from numpy.typing import NDArray

DEPTH = 3
TREES = 300
PICTURED = (1, 10, 50, 300)  # trees after which the predictions are pictured


@dataclass(frozen=True, slots=True)
class Plan:
    """A booster to train: its name, the learning rate, how often it halves, where it stops."""

    name: str
    learn_rate: float
    halve_every: int | None = None
    stop_after: int = TREES
    status: str = "FINISHED"  # RUNNING leaves the run open
    pictured: bool = False
    note: str = ""

    def rates(self) -> list[float]:
        """Give the learning rate of each tree that is grown."""
        every = self.halve_every or TREES
        return [self.learn_rate * 0.5 ** (tree // every) for tree in range(self.stop_after)]

    def params(self) -> dict[str, object]:
        """Give what the user set."""
        schedule = {} if self.halve_every is None else {"halve_every": self.halve_every}
        return {"learn_rate": self.learn_rate, "trees": TREES, "tree_depth": DEPTH, **schedule}


PLANS = (
    Plan("boosting lr=0.05", 0.05),
    Plan("boosting lr=0.1", 0.1, pictured=True),
    Plan("boosting lr=0.3", 0.3, note="Learns the training rows by heart; see `val_rmse`."),
    Plan("boosting lr=0.3 halving", 0.3, halve_every=60),
    Plan(
        "boosting lr=1.0",
        1.0,
        stop_after=120,
        status="KILLED",
        note="Stopped by hand after 120 trees: `val_rmse` was lowest after the first.",
    ),
    Plan("boosting lr=0.02", 0.02, stop_after=60, status="RUNNING"),
)


def run_boosters(bench: Bench) -> None:
    """Train every plan, in order; the last one is still RUNNING when the script ends."""
    for plan in PLANS:
        run = bench.session.start(plan.name, plan.params())
        bench.session.use(run, training=bench.data["fit"], validation=bench.data["validation"])
        config = {"booster": plan.params(), "split": {"seed": SEED, "folds": FOLDS}}
        bench.session.client.log_dict(run, config, "config.yaml")
        _grow(bench, run, plan)
        if plan.status == "RUNNING":
            continue
        if plan.status == "FINISHED":
            cross_validate(bench, run, partial(_boosted, plan=plan))
        bench.session.end(run, plan.status, plan.note)


def _grow(bench: Bench, run: str, plan: Plan) -> None:
    """Log `train_rmse`, `val_rmse` and `learn_rate` after each tree, and draw both curves."""
    fit, validation = bench.split.fit, bench.split.validation
    recipe = tree_recipe().fit(fit[PREDICTORS])
    rows, asked = recipe.transform(fit[PREDICTORS]), recipe.transform(validation[PREDICTORS])
    truth = outcome_of(validation)
    train: list[float] = []
    val: list[float] = []
    for step, booster in enumerate(boost(rows, outcome_of(fit), plan.rates(), DEPTH), start=1):
        predicted = booster.predict(asked)
        train.append(scores(outcome_of(fit), booster.predict(rows))["rmse"])
        val.append(scores(truth, predicted)["rmse"])
        bench.session.clock.tick(0.4)
        values = {"train_rmse": train[-1], "val_rmse": val[-1], "learn_rate": booster.learning_rate}
        bench.session.score(run, values, step=step)
        if plan.pictured and step in PICTURED:
            picture = cloud(truth, predicted, f"after {step} trees")
            now = bench.session.clock.now
            bench.session.client.log_image(
                run, picture, key="predictions", step=step, timestamp=now
            )
    if plan.status != "RUNNING":
        log_figure(bench.session.client, run, curves(train, val, plan.name), "curves.svg")


def _boosted(known: pd.DataFrame, asked: pd.DataFrame, plan: Plan) -> NDArray[np.float64]:
    """Grow a booster on some rows and predict others with it."""
    recipe = tree_recipe().fit(known[PREDICTORS])
    rows = recipe.transform(known[PREDICTORS])
    *_, grown = boost(rows, outcome_of(known), plan.rates(), DEPTH)
    return np.asarray(grown.predict(recipe.transform(asked[PREDICTORS])))
