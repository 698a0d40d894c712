"""The coffee ratings, how they are split, and the models fitted to them.

The roles follow tidymodels: a recipe (names lumped, gaps filled, numbers normalised) and a
model behind it, with `mtry`, `trees` and `min_n` for what scikit-learn calls `max_features`,
`n_estimators` and `min_samples_split`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sklearn.base import clone  # type: ignore[import-untyped]
from sklearn.compose import ColumnTransformer  # type: ignore[import-untyped]
from sklearn.ensemble import (  # type: ignore[import-untyped]
    HistGradientBoostingRegressor,
    RandomForestRegressor,
)
from sklearn.impute import KNNImputer, SimpleImputer  # type: ignore[import-untyped]
from sklearn.linear_model import Ridge  # type: ignore[import-untyped]
from sklearn.model_selection import KFold, train_test_split  # type: ignore[import-untyped]
from sklearn.pipeline import Pipeline, make_pipeline  # type: ignore[import-untyped]
from sklearn.preprocessing import (  # type: ignore[import-untyped]
    OneHotEncoder,
    OrdinalEncoder,
    StandardScaler,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

OUTCOME = "cupper_points"
NAMES = ["variety", "processing_method", "country_of_origin"]
NUMBERS = ["aroma", "flavor", "aftertaste", "acidity", "sweetness", "altitude_mean_meters"]
PREDICTORS = NAMES + NUMBERS
SEED = 20200707
FOLDS = 5


@dataclass(frozen=True, slots=True)
class Split:
    """Four fifths to train on, one fifth to test; the training part split once more alike."""

    train: pd.DataFrame
    test: pd.DataFrame
    fit: pd.DataFrame
    validation: pd.DataFrame


def read_coffee(path: Path) -> pd.DataFrame:
    """Read the ratings, without the one row whose grades are all 0 by a slip of the form."""
    coffee = pd.read_csv(path)
    return coffee[coffee[OUTCOME] > 0].reset_index(drop=True)


def split_coffee(coffee: pd.DataFrame, seed: int = SEED) -> Split:
    """Split twice, at random but always alike for a seed."""
    train, test = train_test_split(coffee, test_size=0.2, random_state=seed)
    fit, validation = train_test_split(train, test_size=0.2, random_state=seed)
    return Split(train, test, fit, validation)


def folds_of(train: pd.DataFrame) -> Iterator[tuple[pd.DataFrame, pd.DataFrame]]:
    """Give the training part as (analysis, assessment), once per fold."""
    for analysis, assessment in KFold(FOLDS, shuffle=True, random_state=SEED).split(train):
        yield train.iloc[analysis], train.iloc[assessment]


def _names_step(encoder: Any) -> Pipeline:
    return make_pipeline(SimpleImputer(strategy="constant", fill_value="Unknown"), encoder)


def _recipe(common: Any, rare: Any, numbers: Any) -> ColumnTransformer:
    """Countries below 1 % of the rows are lumped, varieties and methods below 10 %."""
    return ColumnTransformer(
        [
            ("country", _names_step(rare), ["country_of_origin"]),
            ("kind", _names_step(common), ["variety", "processing_method"]),
            ("numbers", numbers, NUMBERS),
        ],
        verbose_feature_names_out=False,
    )


def tree_recipe() -> ColumnTransformer:
    """Nine predictors in, nine columns out, so that `mtry` counts predictors."""
    common, rare = (
        OrdinalEncoder(min_frequency=share, handle_unknown="use_encoded_value", unknown_value=-1)
        for share in (0.10, 0.01)
    )
    return _recipe(common, rare, make_pipeline(StandardScaler(), KNNImputer(n_neighbors=5)))


def linear_recipe(*, impute: bool = True) -> ColumnTransformer:
    """One column per level that is not rare; without `impute`, missing numbers stay missing."""
    common, rare = (
        OneHotEncoder(
            min_frequency=share, handle_unknown="infrequent_if_exist", sparse_output=False
        )
        for share in (0.10, 0.01)
    )
    fill = [KNNImputer(n_neighbors=5)] if impute else []
    return _recipe(common, rare, make_pipeline(StandardScaler(), *fill))


def linear(penalty: float, *, impute: bool = True) -> Pipeline:
    """Ridge regression behind the linear recipe."""
    return Pipeline([("recipe", linear_recipe(impute=impute)), ("model", Ridge(alpha=penalty))])


def forest(mtry: int, trees: int, min_n: int | None = None, seed: int = SEED) -> Pipeline:
    """Random forest behind the tree recipe; `min_n` left out means scikit-learn's default."""
    chosen = {} if min_n is None else {"min_samples_split": min_n}
    model = RandomForestRegressor(trees, max_features=mtry, random_state=seed, **chosen)
    return Pipeline([("recipe", tree_recipe()), ("model", model)])


def boost(
    rows: NDArray[np.float64], outcome: NDArray[np.float64], rates: Sequence[float], depth: int
) -> Iterator[Any]:
    """Grow a gradient booster by one tree a step; give it after each, the same object.

    rows is (n, 9), outcome (n,). Each tree keeps the learning rate of its own step.
    """
    booster = HistGradientBoostingRegressor(
        max_depth=depth, early_stopping=False, warm_start=True, random_state=SEED
    )
    for trees, rate in enumerate(rates, start=1):
        booster.set_params(max_iter=trees, learning_rate=rate)
        yield booster.fit(rows, outcome)


def scores(truth: NDArray[np.float64], predicted: NDArray[np.float64]) -> dict[str, float]:
    """Root mean squared error, mean absolute error and squared correlation.

    The last one is nan for predictions that are all equal, as in yardstick.
    """
    miss = predicted - truth
    constant = bool(np.ptp(predicted) == 0)
    return {
        "rmse": float(np.sqrt(np.mean(miss**2))),
        "mae": float(np.mean(np.abs(miss))),
        "rsq": float("nan") if constant else float(np.corrcoef(truth, predicted)[0, 1] ** 2),
    }


def outcome_of(rows: pd.DataFrame) -> NDArray[np.float64]:
    """Give the outcome, shape (n,)."""
    return rows[OUTCOME].to_numpy(dtype=np.float64)


def fitted(model: Any, rows: pd.DataFrame) -> Any:
    """Fit a copy of the model, so that folds share nothing."""
    return clone(model).fit(rows[PREDICTORS], outcome_of(rows))
