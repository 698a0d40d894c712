"""What findings about an experiment are made from, and how its names are spelled in them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field

from reportgen.analysis.metric_rules import NO_RULES, MetricRules, Role
from reportgen.analysis.noise import Noise, seed_params
from reportgen.analysis.roles import Elsewhere
from reportgen.analysis.standing import Standing
from reportgen.model import Experiment, MetricKey, Run, RunId
from reportgen.spelling import plural
from reportgen.values import frozen

MAX_LOOKS = 10
_SHOWN = 3
_LONGEST = 80
_CONTROLS = dict.fromkeys((*range(32), *range(127, 160)), " ")


@frozen
class Evidence:
    """All that findings are made from."""

    experiment: Experiment
    runs: Sequence[Run]  # newest first
    standing: Standing
    rules: MetricRules = NO_RULES
    noise: Noise | None = None
    looks: Mapping[str, int] = field(default_factory=dict)  # test set -> how often it was scored
    max_looks: int = MAX_LOOKS
    is_sealed: bool = False  # whether nothing may be told of how test results compare
    seed_patterns: Sequence[str] = ()
    asked: frozenset[MetricKey] = frozenset()  # metrics that the filter goes by
    told: Elsewhere = ()  # metrics that runs which it leaves out tell to be test

    def keys(self, role: Role) -> list[MetricKey]:
        """The metrics of a role, sorted."""
        return [key for key in sorted(self.standing.roles) if self.standing.role(key) is role]

    def bests(self, key: MetricKey) -> dict[RunId, float]:
        """The best value of a metric in each run that has one."""
        return self.standing.bests(key, self.runs)


def varying_params(runs: Sequence[Run], seed_patterns: Sequence[str] = ()) -> list[str]:
    """The parameters in which runs differ, but for seeds; sorted."""
    values: dict[str, set[str | None]] = {key: set() for run in runs for key in run.params}
    for run in runs:
        for key, found in values.items():
            found.add(run.params.get(key))
    chance = seed_params(runs, seed_patterns)
    return sorted(key for key, found in values.items() if len(found) > 1 and key not in chance)


def plain_name(name: str) -> str:
    """A name in one line, and not a long one."""
    line = " ".join(name.translate(_CONTROLS).split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def metric_name(key: MetricKey) -> str:
    """The name of a metric as a finding has it."""
    return f"`{plain_name(key)}`"


def run_name(run: Run) -> str:
    """The title of a run, with the start of its id where the title is not that."""
    title, start = plain_name(run.title), run.id[:8]
    return f"the run {start}" if title == start else f"{title} ({start})"


def of_runs(runs: Sequence[Run]) -> str:
    """One run by its name, several by their number."""
    return run_name(runs[0]) if len(runs) == 1 else plural(len(runs), "run")


def listed(names: Iterable[str], spell: Callable[[str], str] = plain_name) -> str:
    """The first few of some names, and how many more there are."""
    every = list(names)
    shown = ", ".join(spell(name) for name in every[:_SHOWN])
    return f"{shown} and {len(every) - _SHOWN} more" if len(every) > _SHOWN else shown
