"""What runs that a filter leaves out tell of those that it lets through.

They are not shown, but what was measured on test data in one of them is so in the others too, and
they did look at their test sets: a filter that keeps the best runs takes no look back.
"""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from reportgen.analysis.ledger import Look, looks_of
from reportgen.analysis.metric_rules import MetricRules, Role
from reportgen.analysis.roles import Assigned, Elsewhere, roles_of
from reportgen.model import Experiment, MetricKey, Run
from reportgen.readers.base import Outline
from reportgen.values import frozen

Original: TypeAlias = Callable[[int, Outline], Run]  # of the store with that index


@frozen
class Unshown:
    """What is told of an experiment by runs that are not shown."""

    runs: tuple[Outline, ...] = ()
    tests: Elsewhere = ()  # metrics that one of all runs tells to be test
    looks: tuple[Look, ...] = ()
    asked: frozenset[MetricKey] = frozenset()  # metrics that the filter goes by


NOTHING_UNSHOWN = Unshown()


@frozen
class Sieve:
    """A filter of runs."""

    matches: Callable[[Run], bool]
    asked: frozenset[MetricKey]  # metrics that it goes by
    rules: MetricRules
    original: Original | None = None  # what `matches` sees, where pages are to show less

    def parted(
        self,
        store: int,
        read: Callable[[Outline], Run],
        experiment: Experiment,
        outlines: Sequence[Outline],
    ) -> tuple[tuple[Outline, ...], Unshown]:
        """The runs that it lets through, and what the others tell; `read` is as pages do."""
        kept: list[Outline] = []
        hidden: list[tuple[Outline, Run]] = []
        tests: dict[MetricKey, Assigned] = {}
        for outline in reversed(outlines):  # looks in the order of time
            run = self.original(store, outline) if self.original else read(outline)
            if self.matches(run):
                kept.append(outline)
            else:
                hidden.append((outline, run))
            told = self._tests_of(run, experiment)
            if told and self.original:
                told = self._tests_of(read(outline), experiment)
            for key, one in told.items():
                tests[key] = min(tests.get(key, one), one, key=lambda each: (each.by, each.reason))
        shown = (read(o) if self.original else run for o, run in hidden if tests)
        looks = looks_of(experiment.name, shown, tests.__contains__)
        runs = tuple(outline for outline, _ in hidden)
        unshown = Unshown(runs, tuple(sorted(tests.items())), looks, self.asked)
        return tuple(reversed(kept)), unshown

    def _tests_of(self, run: Run, experiment: Experiment) -> dict[MetricKey, Assigned]:
        roles = roles_of(run, self.rules, experiment.tags)
        return {key: one for key, one in roles.items() if one.role is Role.TEST}


def sieve_of(text: str, rules: MetricRules, original: Original | None = None) -> Sieve | None:
    """The filter that a text in MLflow's syntax stands for; None where it is empty."""
    if not text.strip():
        return None
    from reportgen.analysis.filters import parse_filter

    found = parse_filter(text)
    return Sieve(found.matches, found.metrics, rules, original)
