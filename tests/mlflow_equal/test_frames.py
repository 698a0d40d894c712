"""`OpenStore.runs` gives what `mlflow.search_runs` gives, frame by frame."""

from collections.abc import Iterator

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from .stores import Pair

pytestmark = pytest.mark.filterwarnings("ignore")  # MLflow's own


@pytest.fixture
def tracked(pair: Pair) -> Iterator[Pair]:
    """The store, as the one that `mlflow.search_runs` searches."""
    import mlflow

    before = mlflow.get_tracking_uri()
    mlflow.set_tracking_uri(str(pair.root))
    yield pair
    mlflow.set_tracking_uri(before)


def assert_equal(ours: pd.DataFrame, theirs: pd.DataFrame) -> None:
    """Equal up to what is known to differ.

    MLflow's columns stand in the order of a set; it keeps the newline that old releases added to
    a parameter; and it leaves out the time zone where no run has the time, or there is no run.
    """
    theirs = theirs[[*theirs.columns[:6], *sorted(theirs.columns[6:])]].copy()
    for name in theirs.columns:
        if name.startswith(("params.", "tags.")):
            texts = [x.removesuffix("\n") if isinstance(x, str) else x for x in theirs[name]]
            theirs[name] = pd.Series(texts, dtype=theirs[name].dtype, index=theirs.index)
    for name in ("start_time", "end_time"):
        if theirs[name].isna().all():
            assert ours[name].isna().all()
            theirs[name] = pd.Series(pd.NaT, theirs.index, dtype=ours[name].dtype)
    assert_frame_equal(ours, theirs)


def test_all_active_runs(tracked: Pair) -> None:
    import mlflow

    theirs = mlflow.search_runs(search_all_experiments=True)
    assert len(theirs) > 0
    assert_equal(tracked.ours.runs(), theirs)


def test_each_experiment_by_name(tracked: Pair) -> None:
    import mlflow

    for experiment in tracked.ours.experiments():
        theirs = mlflow.search_runs(experiment_names=[experiment.name])
        assert_equal(tracked.ours.runs([experiment.name]), theirs)


def test_deleted_runs_too(tracked: Pair) -> None:
    import mlflow
    from mlflow.entities import ViewType

    every = [experiment.id for experiment in tracked.experiments]
    theirs = mlflow.search_runs(every, run_view_type=ViewType.ALL)
    assert_equal(tracked.ours.runs(deleted=True), theirs)


@pytest.mark.parametrize(
    "text",
    [
        "attributes.status = 'FINISHED'",
        "attributes.status != 'FINISHED' and attributes.start_time > 0",
        "tags.mlflow.source.type = 'LOCAL'",
        "tags.`mlflow.runName` LIKE '%a%'",
        "params.alpha = '0.5'",
        "metrics.loss < 0.5",
    ],
)
def test_filtered_runs(tracked: Pair, text: str) -> None:
    import mlflow

    theirs = mlflow.search_runs(search_all_experiments=True, filter_string=text)
    assert_equal(tracked.ours.runs(filter_string=text), theirs)
