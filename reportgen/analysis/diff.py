"""What differs between two runs, A and B: the whole of it as one value.

A is the base: the older run, the parent, the baseline. All that is said is what was recorded; that
two things changed together is said, that one came of the other is not.
"""

from collections.abc import Mapping

from reportgen.analysis.diff_env import NO_ENVIRONMENTS, Environments
from reportgen.analysis.diff_files import NO_FILES, Files
from reportgen.analysis.diff_metrics import Judgement, Metrics, diff_metrics
from reportgen.analysis.diff_values import Values, diff_values
from reportgen.analysis.repository import compare_url, repository_of
from reportgen.model import DatasetInput, Run
from reportgen.values import frozen

_TOLD_ELSEWHERE = frozenset(  # tags that stand as facts, or say which run it is
    {
        "mlflow.runName",
        "mlflow.note.content",
        "mlflow.source.name",
        "mlflow.source.type",
        "mlflow.source.git.commit",
        "mlflow.gitCommit",
        "mlflow.user",
        "mlflow.log-model.history",
    }
)


@frozen
class DatasetChange:
    """A dataset that only one run used, or that has another digest; None where it is not used."""

    name: str
    context: str  # what it was used for; "" where that was not said
    old: str | None  # digest
    new: str | None


@frozen
class Datasets:
    """The datasets of two runs, matched by name and context."""

    changes: tuple[DatasetChange, ...]
    same: tuple[tuple[str, str], ...]  # name with its context, digest


@frozen
class RunDiff:
    """All that differs between two runs."""

    a: Run
    b: Run
    judgement: Judgement
    params: Values
    metrics: Metrics
    tags: Values  # of the user
    mlflow_tags: Values
    datasets: Datasets
    facts: Values  # status, program, commit, user: as recorded
    took: tuple[float | None, float | None]  # seconds; None where it is not known
    commits: str  # the address where a host compares the two commits; "" where none is known
    environments: Environments = NO_ENVIRONMENTS
    files: Files = NO_FILES


def diff_runs(
    a: Run,
    b: Run,
    judgement: Judgement,
    *,
    sealed: tuple[bool, bool] = (False, False),
    environments: Environments = NO_ENVIRONMENTS,
    files: Files = NO_FILES,
) -> RunDiff:
    """What differs between two runs that were read. Files are compared by `diff_files`."""
    own, theirs = _tags(a), _tags(b)
    return RunDiff(
        a,
        b,
        judgement,
        diff_values(a.params, b.params, lambda key: key not in judgement.seeds),
        diff_metrics(a, b, judgement, sealed),
        diff_values(own[0], theirs[0]),
        diff_values(own[1], theirs[1]),
        diff_datasets(a.datasets, b.datasets),
        diff_values(_facts_of(a), _facts_of(b)),
        (_seconds(a), _seconds(b)),
        compare_url(repository_of(a), repository_of(b), (a.source_version, b.source_version)),
        environments,
        files,
    )


def _tags(run: Run) -> tuple[dict[str, str], dict[str, str]]:
    """The tags of the user, then those that MLflow sets and that stand nowhere else."""
    own: dict[str, str] = {}
    mlflow: dict[str, str] = {}
    for key, value in run.tags.items():
        if key not in _TOLD_ELSEWHERE:
            (mlflow if key.startswith("mlflow.") else own)[key] = value
    return own, mlflow


def diff_datasets(a: tuple[DatasetInput, ...], b: tuple[DatasetInput, ...]) -> Datasets:
    """The datasets that differ, and those that are the same."""
    if not a and not b:
        return Datasets((), ())
    old, new = _digests(a), _digests(b)
    changes = []
    same = []
    for name, context in sorted(old.keys() | new.keys()):
        before, after = old.get((name, context)), new.get((name, context))
        if before == after and before is not None:
            same.append((f"{name} ({context})" if context else name, before))
        else:
            changes.append(DatasetChange(name, context, before, after))
    return Datasets(tuple(changes), tuple(same))


def _digests(datasets: tuple[DatasetInput, ...]) -> dict[tuple[str, str], str]:
    """By name and context; digests of those that share both, sorted and joined."""
    found: dict[tuple[str, str], list[str]] = {}
    for one in datasets:
        found.setdefault((one.name or one.id, one.context), []).append(one.dataset_digest)
    return {key: ", ".join(sorted(digests)) for key, digests in found.items()}


def _facts_of(run: Run) -> Mapping[str, str]:
    found = {
        "status": run.status.name,
        "program": run.source,
        "kind of program": run.source_type,
        "commit": run.source_version.strip(),
        "user": run.user,
    }
    return {key: value for key, value in found.items() if value}


def _seconds(run: Run) -> float | None:
    """How long a run took."""
    if run.start_time is None or run.end_time is None or run.end_time < run.start_time:
        return None
    return (run.end_time - run.start_time) / 1000
