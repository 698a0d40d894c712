"""How every model is judged: by cross-validation, on the validation rows, on the test rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from coffee_data import OUTCOME, PREDICTORS, fitted, folds_of, outcome_of, scores

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from coffee_data import Split
    from coffee_tracking import Session
    from mlflow.entities import Dataset
    from numpy.typing import NDArray

    Predict = Callable[[pd.DataFrame, pd.DataFrame], NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class Bench:
    """Where to log, the rows, and how MLflow knows them: by `train test fit validation`."""

    session: Session
    split: Split
    data: Mapping[str, Dataset]

    def log_csv(self, run: str, table: pd.DataFrame, path: str) -> None:
        """Log a table as a CSV artifact."""
        text = table.to_csv(index=False, float_format="%.6g", lineterminator="\n")
        self.session.client.log_text(run, text, path)


def predictions_of(model: Any) -> Predict:
    """Turn a model into: fit a copy to these rows, predict those."""
    return lambda known, asked: np.asarray(fitted(model, known).predict(asked[PREDICTORS]))


def cross_validate(bench: Bench, run: str, predict: Predict, seconds: float = 10) -> float:
    """Log `fold_rmse` a fold, the means as `cv_*`, and both as cv_results.csv; give `cv_rmse`."""
    rows: list[dict[str, float]] = []
    for fold, (analysis, assessment) in enumerate(folds_of(bench.split.train)):
        found = scores(outcome_of(assessment), predict(analysis, assessment))
        bench.session.clock.tick(seconds)
        bench.session.score(run, {"rmse": found["rmse"]}, prefix="fold_", step=fold)
        rows.append({"fold": fold, **found})
    table = pd.DataFrame(rows)
    means = {str(key): float(value) for key, value in table.drop(columns="fold").mean().items()}
    bench.session.score(run, means, prefix="cv_")
    bench.log_csv(run, table, "cv_results.csv")
    return means["rmse"]


def validate(bench: Bench, run: str, predict: Predict, seconds: float = 10) -> float:
    """Fit to the fit rows, log `val_*` of the validation rows; give `val_rmse`."""
    bench.session.clock.tick(seconds)
    rows = bench.split.validation
    found = scores(outcome_of(rows), predict(bench.split.fit, rows))
    bench.session.score(run, found, prefix="val_")
    return found["rmse"]


def test(bench: Bench, run: str, model: Any) -> NDArray[np.float64]:
    """Log `test_*` and predictions.csv of a model fitted to all training rows; give them."""
    rows = bench.split.test
    bench.session.use(run, test=bench.data["test"])
    predicted = np.asarray(model.predict(rows[PREDICTORS]))
    bench.session.clock.tick(5)
    found = scores(outcome_of(rows), predicted)
    bench.session.score(run, found, prefix="test_", on=bench.data["test"])
    table = pd.DataFrame({"row": rows.index, OUTCOME: rows[OUTCOME], "predicted": predicted})
    bench.log_csv(run, table, "predictions.csv")
    return predicted
