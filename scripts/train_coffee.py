"""Predict the cupper points of coffees, and track every try with MLflow.

    python scripts/train_coffee.py --store mlruns

The case of the article, with scikit-learn in the place of tidymodels: a recipe and a random
forest, tuned over `mtry` and `trees`. `make_sample.py` runs this and tidies up behind it.
MLflow 3.13 and later write a folder only with MLFLOW_ALLOW_FILE_STORE=true.
"""

from __future__ import annotations

import argparse
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import mlflow
import pandas as pd
from coffee_altitude import altitude_experiment
from coffee_bench import Bench, cross_validate, predictions_of, test, validate
from coffee_boosting import run_boosters
from coffee_data import (
    FOLDS,
    NAMES,
    OUTCOME,
    PREDICTORS,
    Split,
    fitted,
    forest,
    linear,
    outcome_of,
    read_coffee,
    scores,
    split_coffee,
)
from coffee_figures import bars, log_figure, residuals, sweep_map
from coffee_tracking import Clock, Session, dataset_of, portable_traceback
from mlflow.models import infer_signature
from sklearn import __version__ as sklearn_version  # type: ignore[import-untyped]
from sklearn.dummy import DummyRegressor  # type: ignore[import-untyped]
from sklearn.utils import estimator_html_repr  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from collections.abc import Sequence

DATA = Path(__file__).resolve().parent / "coffee" / "coffee_ratings.csv"
MTRY = (3, 4, 5)
TREES = (500, 900, 1300)

NOTE = """# Coffee quality

What grade does a taster give a coffee? The outcome is `cupper_points` (0 to 10), from
[TidyTuesday, 7 July 2020](https://github.com/rfordatascience/tidytuesday).

| part | coffees | mean `cupper_points` | altitude missing |
|---|---:|---:|---:|
{rows}

- **Choose by `cv_rmse`**, the mean over {folds} folds of the training part.
- `val_*` is one split of the training part, for the curves of the boosters.
- `test_*` is for the baselines and the forest that was chosen, *once*.

Rare names are lumped, missing altitudes are filled in by neighbours, numbers are normalised.
"""


def quality_bench(client: mlflow.MlflowClient, split: Split, clock: Clock) -> Bench:
    """Make the experiment, with its note and the metric to choose by."""
    parts = {name: getattr(split, name) for name in ("train", "test", "fit", "validation")}
    lines = [
        f"| {name} | {len(rows)} | {rows[OUTCOME].mean():.3f} "
        f"| {rows['altitude_mean_meters'].isna().sum()} |"
        for name, rows in parts.items()
    ]
    tags = {
        "mlflow.note.content": NOTE.format(rows="\n".join(lines), folds=FOLDS),
        "mlflow.experiment.primaryMetric.name": "cv_rmse",
        "mlflow.experiment.primaryMetric.greaterIsBetter": "False",
    }
    experiment = client.create_experiment("coffee-quality", tags=tags)
    data = {name: dataset_of(rows, f"coffee-{name}") for name, rows in parts.items()}
    return Bench(Session(client, experiment, clock), split, data)


def judge(bench: Bench, run: str, model: Any, seconds: float = 10) -> float:
    """Cross-validate and validate a model; give `cv_rmse`."""
    bench.session.use(run, training=bench.data["fit"], validation=bench.data["validation"])
    validate(bench, run, predictions_of(model), seconds)
    return cross_validate(bench, run, predictions_of(model), seconds)


def mean_baseline(bench: Bench) -> None:
    """Predict the mean for every coffee; its squared correlation is nan."""
    run = bench.session.start("mean baseline", {"strategy": "mean"}, tags={"baseline": "yes"})
    model = DummyRegressor(strategy="mean")
    judge(bench, run, model, 1)
    test(bench, run, fitted(model, bench.split.train))
    bench.session.end(run)


def failing(
    bench: Bench,
    name: str,
    params: dict[str, object],
    model: Any,
    *,
    note: str,
    parent: str | None = None,
) -> None:
    """Log a run that breaks on its data or its parameters, with the traceback it left."""
    run = bench.session.start(name, params, parent=parent)
    bench.session.score(run, {"rows": len(bench.split.train)})
    try:
        judge(bench, run, model)
    except ValueError:
        bench.session.client.log_text(run, portable_traceback(), "traceback.txt")
        bench.session.end(run, "FAILED", note)
    else:
        raise RuntimeError(f"the run {name!r} was meant to fail, but it finished")


def linear_baseline(bench: Bench) -> float:
    """Fit a ridge regression, and log it as a model; give its `cv_rmse`."""
    session, train = bench.session, bench.split.train
    run = session.start("linear baseline", {"penalty": 1.0}, tags={"baseline": "yes"})
    error = judge(bench, run, linear(1.0), 1)
    model = fitted(linear(1.0), train)
    log_model(run, model, train, "linear")
    predicted = test(bench, run, model)
    names = model[:-1].get_feature_names_out()
    weights = pd.DataFrame({"term": names, "weight": model[-1].coef_})
    bench.log_csv(run, weights, "coefficients.csv")
    session.client.log_text(run, estimator_html_repr(linear(1.0)), "pipeline.html")
    picture = residuals(outcome_of(bench.split.test), predicted, "linear baseline, test rows")
    log_figure(session.client, run, picture, "residuals.png")
    session.end(run, note="What a forest has to beat.")
    return error


def log_model(run: str, model: Any, train: pd.DataFrame, name: str) -> None:
    """Log a fitted pipeline with its signature, three coffees as example, and what it needs."""
    example = train[PREDICTORS].dropna().head(3)
    with mlflow.start_run(run_id=run):
        mlflow.sklearn.log_model(
            model,
            name=name,
            serialization_format="cloudpickle",  # skops names its parts by memory address
            signature=infer_signature(example, model.predict(example)),
            input_example=example,
            pip_requirements=[f"scikit-learn=={sklearn_version}", f"pandas=={pd.__version__}"],
        )


def sweep(bench: Bench) -> tuple[int, int, float]:
    """Try a grid of forests as child runs; give the best `mtry`, `trees` and its `cv_rmse`."""
    session = bench.session
    grid = {"mtry_grid": ",".join(map(str, MTRY)), "trees_grid": ",".join(map(str, TREES))}
    parent = session.start("forest sweep", {**grid, "folds": FOLDS})
    slip = "The grid began at 0 by mistake; a forest needs at least one column to choose from."
    params: dict[str, object] = {"mtry": 0, "trees": TREES[0]}
    name = f"forest mtry=0 trees={TREES[0]}"
    failing(bench, name, params, forest(0, TREES[0]), parent=parent, note=slip)
    tried: list[tuple[int, int, float]] = []
    for mtry in MTRY:
        for trees in TREES:
            name = f"forest mtry={mtry} trees={trees}"
            run = session.start(name, {"mtry": mtry, "trees": trees}, parent=parent)
            error = judge(bench, run, forest(mtry, trees), trees / 50)
            session.end(run)
            tried.append((mtry, trees, error))
    table = pd.DataFrame(tried, columns=["mtry", "trees", "cv_rmse"])
    mtry, trees, error = min(tried, key=itemgetter(2))
    session.score(parent, {"best_cv_rmse": error})
    bench.log_csv(parent, table, "sweep.csv")
    cells = table.pivot_table(index="mtry", columns="trees", values="cv_rmse")
    log_figure(session.client, parent, sweep_map(cells, "cv_rmse"), "sweep.png")
    note = f"**{len(tried)} forests.** Lowest `cv_rmse` {error:.4f}: mtry {mtry}, {trees} trees."
    session.end(parent, note=note)
    return mtry, trees, error


def shop_forest(bench: Bench, mtry: int) -> None:
    """Fit a forest that is small enough to be kept as a model."""
    model = forest(mtry, 15, 20)
    params = {"mtry": mtry, "trees": 15, "min_n": 20}
    run = bench.session.start("small forest for the shop", params, tags={"audience": "shop"})
    judge(bench, run, model, 1)
    log_model(run, fitted(model, bench.split.train), bench.split.train, "shop-forest")
    bench.session.end(run, note="15 trees instead of hundreds, to run on the till.")


def final_forest(bench: Bench, best: tuple[int, int, float], rival: float) -> None:
    """Fit the chosen forest to all training rows and look at the test rows once."""
    mtry, trees, error = best
    session, client = bench.session, bench.session.client
    name, tags = f"final forest mtry={mtry} trees={trees}", {"chosen": "yes"}
    run = session.start(name, {"mtry": mtry, "trees": trees}, tags=tags)
    session.use(run, training=bench.data["train"])
    model = fitted(forest(mtry, trees), bench.split.train)
    session.clock.tick(trees / 50)
    known = bench.split.train
    found = scores(outcome_of(known), model.predict(known[PREDICTORS]))
    session.score(run, found, prefix="train_")
    predicted = test(bench, run, model)
    rows = bench.split.test
    shares = pd.Series(model[-1].feature_importances_, index=model[:-1].get_feature_names_out())
    importance = bars(shares, "final forest", "share of the variance taken out")
    log_figure(client, run, importance, "figures/importance.png")
    picture = residuals(outcome_of(rows), predicted, "final forest, test rows")
    log_figure(client, run, picture, "figures/residuals.png")
    worst = rows[[*NAMES, OUTCOME]].assign(predicted=predicted.round(2))
    order = (worst["predicted"] - worst[OUTCOME]).abs().sort_values(ascending=False)
    worst = worst.loc[order.index[:12]].fillna("Unknown")
    client.log_table(run, worst, "worst_cups.json")
    client.log_text(run, worst.to_html(index=False, border=0), "worst_cups.html")
    note = (
        "Chosen by `cv_rmse` among the forests of the sweep "
        f"({error:.4f}; the linear baseline has {rival:.4f}). Test rows seen once."
    )
    session.end(run, note=note)


def train(store: Path, data: Path) -> None:
    """Write both experiments into a store; its last booster is left RUNNING."""
    mlflow.set_tracking_uri(store.resolve().as_uri())
    client, clock, coffee = mlflow.MlflowClient(), Clock(), read_coffee(data)
    altitude_experiment(client, coffee, clock)
    clock.tick(3600 * 24)  # the next morning
    bench = quality_bench(client, split_coffee(coffee), clock)
    mean_baseline(bench)
    gap = "The recipe lacked the step that fills in missing altitudes."
    failing(
        bench, "linear without imputation", {"penalty": 1.0}, linear(1.0, impute=False), note=gap
    )
    rival = linear_baseline(bench)
    best = sweep(bench)
    shop_forest(bench, best[0])
    final_forest(bench, best, rival)
    run_boosters(bench)


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line and train."""
    parser = argparse.ArgumentParser(description="Train models of coffee quality.")
    parser.add_argument("--store", type=Path, required=True, help="mlruns folder to write")
    parser.add_argument("--data", type=Path, default=DATA, help="the ratings, as CSV")
    given = parser.parse_args(arguments)
    train(given.store, given.data)


if __name__ == "__main__":
    main()
