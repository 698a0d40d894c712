"""An experiment of a summary: which runs are told of, in which order, compared with what."""

from collections import Counter
from collections.abc import Sequence

from reportgen.analysis.diff_metrics import Verdict, verdict_between
from reportgen.changes.compare import Changed
from reportgen.changes.sitedata import ExperimentData, ListedRun, MetricFacts, RunValues, SiteData
from reportgen.model import MetricKey
from reportgen.values import frozen

MOST_METRICS = {"train": 2, "other": 3}  # columns by role
MOST_RUNS = 50
_NEWEST = 10  # that are told of where nothing is compared


@frozen
class Reference:
    """The run that others are compared with."""

    page: str
    title: str
    why: str  # "the baseline", "best of the base"
    run: RunValues


@frozen
class Part:
    """An experiment as a summary tells of it."""

    changed: Changed
    runs: tuple[tuple[ListedRun, RunValues], ...]  # those told of, the best first where they rank
    count: int  # of runs that could be told of
    metrics: tuple[MetricKey, ...]  # of their table
    reference: Reference | None
    scored: tuple[int, tuple[MetricKey, ...]]  # how many of them have test results, and which


def part_of(site: SiteData, base: SiteData | None, changed: Changed) -> Part:
    """What to tell of an experiment: its new runs, or without a base its newest ones."""
    data = changed.experiment
    listed = changed.new if base is not None else tuple(data.runs.values())[:_NEWEST]
    every = [(run, values) for run in listed if (values := site.values(run.page)) is not None]
    if base is not None:
        every = ranked(every, data)
    runs = tuple(every[:MOST_RUNS])
    test = [values.test for _, values in every if values.test]
    return Part(
        changed,
        runs,
        len(listed),
        _columns(data, runs),
        _reference(site, base, changed),
        (len(test), tuple(sorted({key for keys in test for key in keys}))),
    )


def _columns(
    data: ExperimentData, runs: Sequence[tuple[ListedRun, RunValues]]
) -> tuple[MetricKey, ...]:
    """The metrics to show runs with: what ranks them, then those that most of them have.

    Training stands behind validation. Metrics of test data and of the machine are none of them,
    nor is what not one run in four has.
    """
    counts = Counter(key for _, values in runs for key in values.values)
    often = [key for key, count in counts.items() if 4 * count >= len(runs)]
    known = [key for key in (*data.shown, *data.metrics) if key in data.metrics and key in often]
    order = {key: place for place, key in reversed(list(enumerate(known)))}

    def place(key: MetricKey) -> tuple[bool, bool, int, int]:
        is_val = data.metrics[key].role == "val"
        return key != data.primary, not is_val, -counts[key], order[key]

    chosen: dict[str, list[MetricKey]] = {"other": [], "train": []}
    for key in sorted(order, key=place):
        role = data.metrics[key].role
        if role in ("val", "unknown", "train"):
            kind = "train" if role == "train" else "other"
            chosen[kind] += [key] if len(chosen[kind]) < MOST_METRICS[kind] else []
    return (*chosen["other"], *chosen["train"])


def ranked(
    runs: Sequence[tuple[ListedRun, RunValues]], data: ExperimentData
) -> list[tuple[ListedRun, RunValues]]:
    """Runs, the best first; those without a value, and all where none may rank, as they were."""
    key = data.primary
    if key is None:
        return list(runs)
    direction = data.metrics[key].direction
    sign = -1 if direction == "higher" else 1

    def place(pair: tuple[ListedRun, RunValues]) -> tuple[bool, float]:
        value = pair[1].value(key, direction)
        return value is None, 0.0 if value is None else sign * value

    return sorted(runs, key=place)


def verdict_of(facts: MetricFacts, old: float, new: float) -> Verdict:
    """How a value stands to another one, as in a diff of two runs."""
    return verdict_between(old, new, facts.direction, facts.noise)


def best_verdict(changed: Changed) -> Verdict | None:
    """How the best value stands to that of the base; None where one of them is not known."""
    before, now = best_before(changed), changed.experiment.best
    if before is None or now is None or changed.experiment.primary is None:
        return None
    return verdict_of(changed.experiment.metrics[changed.experiment.primary], before, now.value)


def best_before(changed: Changed) -> float | None:
    """The best value of the base by what ranks runs now; None where it is judged otherwise."""
    data, base = changed.experiment, changed.base
    if base is None or data.primary is None:
        return None
    old = base.metrics.get(data.primary)
    if old is None or old.best is None or old.direction != data.metrics[data.primary].direction:
        return None
    return old.best.value


def _reference(site: SiteData, base: SiteData | None, changed: Changed) -> Reference | None:
    data = changed.experiment
    run = data.runs.get(data.baseline or "")
    values = site.values(run.page) if run is not None else None
    if run is not None and values is not None:
        return Reference(run.page, run.title, "the baseline", values)
    if base is None or changed.base is None or best_before(changed) is None:
        return None
    page = changed.base.metrics[data.primary or ""].best
    run = changed.base.runs.get(page.page) if page is not None else None
    values = base.values(run.page) if run is not None else None
    if run is None or values is None:
        return None
    return Reference(run.page, run.title, "best of the base", values)
