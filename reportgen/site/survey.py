"""What is known of an experiment once its runs are read, each part worked out on demand."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

from reportgen.analysis.association import Associations, associations
from reportgen.analysis.diff_metrics import Judgement, judgement_between, judgement_in
from reportgen.analysis.evidence import Evidence
from reportgen.analysis.finding_texts import Accepted, Finding
from reportgen.analysis.findings import findings_of
from reportgen.analysis.groups import Groups, groups_of, leading_metric, telling_value
from reportgen.analysis.metric_rules import MetricRules
from reportgen.analysis.noise import Noise, near_best, noise_limits, noise_of, seed_params
from reportgen.analysis.standing import Best, Standing, experiment_standing
from reportgen.analysis.summary import Columns, choose_columns
from reportgen.config import Options
from reportgen.digest import Digest, digest_of
from reportgen.model import Experiment, MetricKey, Run, RunId, Status
from reportgen.readers.base import Outline, Store
from reportgen.site.pages.runtable import best_runs, family_order
from reportgen.site.unshown import NOTHING_UNSHOWN, Unshown
from reportgen.values import frozen


class Survey:
    """The runs of an experiment in the order of the catalog: a digest now, the values on demand."""

    def __init__(
        self,
        experiment: Experiment,
        rules: MetricRules,
        digests: Sequence[Digest],
        load: Callable[[], Sequence[Run]],
        *,
        seed_params: Sequence[str] = (),
        is_open: bool = False,
        unshown: Unshown = NOTHING_UNSHOWN,
    ) -> None:
        """With `is_open`, test metrics may stand beside parameters."""
        self.digest = digest_of(tuple(digests), unshown.tests, unshown.asked)
        self.name = experiment.name
        self._experiment = experiment
        self._rules = rules
        self._load = load
        self._seed_params = seed_params
        self._is_open = is_open
        self._unshown = unshown

    @cached_property
    def runs(self) -> Sequence[Run]:
        """The runs, newest first, read once."""
        return self._load()

    @cached_property
    def standing(self) -> Standing:
        """Roles and directions of all metrics, and the one to rank by."""
        told, is_open = self._unshown.tests, self._is_open
        return experiment_standing(self.runs, self._experiment, self._rules, told, is_open=is_open)

    @cached_property
    def columns(self) -> Columns:
        """The columns of the run table."""
        return choose_columns(self.runs, self.standing)

    @cached_property
    def best(self) -> Mapping[str, frozenset[str]]:
        """For each metric that may rank runs, the ids of the best."""
        return best_runs(self.runs, self.columns, self.standing)

    @cached_property
    def seeds(self) -> frozenset[str]:
        """The parameters by which runs differ only by chance."""
        return frozenset(seed_params(self.runs, self._seed_params))

    @cached_property
    def noise(self) -> Noise | None:
        """How far the primary metric varies with the seed; None where nothing tells."""
        return noise_of(self.runs, self.standing, self._seed_params)

    @cached_property
    def groups(self) -> Groups | None:
        """Runs that differ only in their seeds, taken together; None where no seed varies."""
        keys = [column.key for column in self.columns.metrics]
        return groups_of(self.runs, self.standing, keys, self._seed_params)

    @cached_property
    def associations(self) -> Associations | None:
        """Which parameters go with the leading metric; None where no metric may be shown."""
        key = leading_metric(self.standing, [column.key for column in self.columns.metrics])
        if key is None:
            return None
        values = {
            run.id: value
            for run in self.runs
            if run.status is Status.FINISHED
            and key in run.metrics
            and (value := telling_value(run.metrics[key], self.standing)) is not None
        }
        params = [param for param in self.columns.params if param not in self.seeds]
        return associations(self.runs, key, params, values)

    def findings(self, accepted: Accepted, *, is_sealed: bool = False) -> tuple[Finding, ...]:
        """What the results should be read with, but for how often test sets were scored."""
        evidence = Evidence(
            self._experiment,
            self.runs,
            self.standing,
            self._rules,
            self.noise,
            is_sealed=is_sealed,
            seed_patterns=self._seed_params,
            asked=self._unshown.asked,
            told=self._unshown.tests,
        )
        return findings_of(evidence, accepted)

    @cached_property
    def judgement(self) -> Judgement:
        """What two of these runs are judged by."""
        limits = noise_limits(self.runs, self.standing, self._seed_params)
        return judgement_in(self.standing, limits, self.seeds)

    def judgement_with(self, base: Run, standing: Standing, run: Run) -> Judgement:
        """What one of these runs is judged by, compared with one of another experiment."""
        seeds = seed_params((base, run), self._seed_params)
        return judgement_between(standing, self.standing, seeds)

    @cached_property
    def near(self) -> frozenset[RunId]:
        """The runs whose primary metric is within noise of the best."""
        key = self.standing.primary
        if key is None or self.noise is None:
            return frozenset()
        values = self.standing.bests(key, self.runs)
        return near_best(self.noise, values, lambda found: self.standing.top(key, found))

    @cached_property
    def order(self) -> Sequence[tuple[int, int]]:
        """The order of the table: index into the runs, depth below the parent."""
        return family_order(self.runs)

    @cached_property
    def titles(self) -> Mapping[str, str]:
        """The title of each run, by its id."""
        return {run.id: run.title for run in self.runs}

    @cached_property
    def child_counts(self) -> Mapping[str, int]:
        """How many of these runs name a run as their parent."""
        return Counter(run.parent_id for run in self.runs if run.parent_id)

    @cached_property
    def lead(self) -> "Lead | None":
        """The best run by the primary metric; None where no metric may rank, or no run has it."""
        key = self.standing.primary
        lead: Lead | None = None
        course: list[float] = []
        for place in range(len(self.runs) - 1, -1, -1):  # oldest first: of equals the first leads
            head = self.runs[place].metrics.get(key) if key is not None else None
            best = self.standing.best(head) if head is not None else None
            if head is None or best is None:
                continue
            values = (best.value,) if lead is None else (lead.best.value, best.value)
            if lead is None or self.standing.top(head.key, values) != lead.best.value:
                lead = Lead(place, head.key, best, ())
            course.append(lead.best.value)
        return None if lead is None else replace(lead, course=tuple(course))


@frozen
class Lead:
    """The run that leads an experiment."""

    place: int  # of the run, in the order of the survey
    metric: MetricKey
    best: Best
    course: tuple[float, ...]  # the best so far, a value for each run that has one, oldest first


def survey_of(
    experiment: Experiment,
    store: Store,
    outlines: Sequence[Outline],
    options: Options,
    rules: MetricRules,
    *,
    unshown: Unshown = NOTHING_UNSHOWN,
) -> Survey:
    """A survey of runs as they stand in their store, for what reads them outside a build."""
    return Survey(
        experiment,
        rules,
        [outline.digest for outline in outlines],
        lambda: [store.read(outline) for outline in outlines],
        seed_params=options.seed_params,
        is_open=options.heldout == "open",
        unshown=unshown,
    )
