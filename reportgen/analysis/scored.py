"""The data that metrics were measured on: what each was logged with, and the test sets of a run.

MLflow 3 keeps with each point of a metric the dataset that it was logged with, if one was given.
Before, and where none was, there are only the datasets of the run as a whole.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from reportgen.analysis.metric_rules import Role
from reportgen.analysis.role_names import Said, parts_of
from reportgen.model import DatasetInput, MetricDataset, MetricHead, MetricKey, Run
from reportgen.values import frozen

_OF_DATA = {
    Said.TRAIN: Role.TRAIN,
    Said.VAL: Role.VAL,
    Said.FOLD: Role.VAL,
    Said.TEST: Role.TEST,
}


@frozen
class Scored:
    """A test set that a metric was measured on, and for how many of its points."""

    dataset: DatasetInput
    count: int


def role_of_context(context: str) -> Role:
    """The role that a dataset's `mlflow.data.context` stands for; "eval" alone leaves it open.

    MLflow's autologging writes "train" and "eval" (validation data or test data alike);
    `mlflow.evaluate` writes its `metric_prefix`, such as "val_".
    """
    said = parts_of(context).said if context else Said.NOTHING
    return _OF_DATA.get(said, Role.UNKNOWN)


def role_of_dataset(dataset: DatasetInput) -> Role:
    """The role that a dataset stands for: its context, or where that tells nothing, its name.

    MLflow's own examples give datasets that metrics are logged with a name, "train" or "test", and
    no context.
    """
    role = role_of_context(dataset.context)
    return role_of_context(dataset.name) if role is Role.UNKNOWN else role


def logged_with(head: MetricHead, datasets: Sequence[DatasetInput]) -> list[DatasetInput]:
    """The datasets that a metric was logged with, one for each of `head.datasets`.

    Each is that of the run's `datasets`, or where the run has none by that name, the name alone.
    """
    return [_find(link, datasets) for link in head.datasets]


def _find(link: MetricDataset, datasets: Sequence[DatasetInput]) -> DatasetInput:
    found = [one for one in datasets if link.is_of(one)]
    tests = [one for one in found if role_of_dataset(one) is Role.TEST]
    alone = DatasetInput("", link.name, link.dataset_digest, "", "", "", "", "")
    return (tests or found or [alone])[0]


def scored_on(run: Run, key: MetricKey) -> list[Scored]:
    """The test sets that a metric on test data was measured on.

    Those that it was logged with, or where they are not recorded, those of the run.
    """
    head = run.metrics[key]
    pairs = zip(logged_with(head, run.datasets), head.datasets, strict=True)
    linked = [(role_of_dataset(dataset), Scored(dataset, link.count)) for dataset, link in pairs]
    tests = [scored for role, scored in linked if role is Role.TEST]
    tests = tests or [scored for role, scored in linked if role is Role.UNKNOWN]
    return tests or [Scored(one, head.count) for one in _of_run(run)]


def _of_run(run: Run) -> list[DatasetInput]:
    """The datasets of a run for testing, or where there are none, for "evaluation"."""
    tests = [one for one in run.datasets if role_of_dataset(one) is Role.TEST]
    return tests or [one for one in run.datasets if parts_of(one.context).said is Said.EVAL]


def scored_sets(run: Run, keys: Iterable[MetricKey]) -> tuple[DatasetInput, ...]:
    """All test sets that some metrics on test data were measured on, each once, by name."""
    found = {
        (scored.dataset.name, scored.dataset.dataset_digest): scored.dataset
        for key in keys
        for scored in scored_on(run, key)
    }
    return tuple(found[key] for key in sorted(found))


def exams_of(
    runs: Iterable[Run], is_heldout: Callable[[MetricKey], bool]
) -> Counter[tuple[str, ...]]:
    """How many runs were tested on which test sets: by the metric by which they differ most.

    Where no metric is known to be of test data, by the datasets that the runs used for testing.
    """
    of_runs: Counter[tuple[str, ...]] = Counter()
    by_metric: dict[MetricKey, Counter[tuple[str, ...]]] = {}
    for run in runs:
        of_runs[_exam(one for one in run.datasets if role_of_dataset(one) is Role.TEST)] += 1
        for key in filter(is_heldout, run.metrics):
            exam = _exam(one.dataset for one in scored_on(run, key))
            by_metric.setdefault(key, Counter())[exam] += 1
    found = [by_metric[key] for key in sorted(by_metric)] or [of_runs]
    for exams in found:
        del exams[()]
    return max(found, key=len)


def _exam(datasets: Iterable[DatasetInput]) -> tuple[str, ...]:
    told = {f"{one.name} ({one.dataset_digest})" for one in datasets if one.dataset_digest}
    return tuple(sorted(told))
