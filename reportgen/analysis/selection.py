"""Which runs of a store are meant: by the names of experiments and by a filter."""

from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from typing import Protocol, TypeVar

from reportgen.analysis.filters import Filter, parse_filter
from reportgen.errors import UsageError
from reportgen.model import DELETED, Experiment, Run, RunId

_NAMES_SHOWN = 5
_SHORT_ID = 12  # characters of an id, to tell runs apart


class RunSource(Protocol):
    """What can be asked for experiments and their runs; `reportgen.OpenStore` is one."""

    def experiments(self, *, deleted: bool = False) -> tuple[Experiment, ...]:
        """The experiments by name; deleted ones only on demand."""

    def runs_of(self, experiment: Experiment, *, deleted: bool = False) -> Iterator[Run]:
        """The runs of an experiment, newest first; deleted ones only on demand."""


def select_runs(
    source: RunSource,
    experiment_names: Sequence[str] | None = None,
    filter_string: str = "",
    *,
    deleted: bool = False,
) -> Iterator[tuple[Experiment, Run]]:
    """The runs that are asked for: experiment by experiment in order of names, newest first.

    All experiments unless names are given. Runs are read one at a time, after the names and the
    filter were found good: raises UsageError at once for one that means nothing.
    """
    experiments = named_experiments(source, experiment_names, deleted=deleted)
    wanted = parse_filter(filter_string)
    return (
        (experiment, run)
        for experiment in experiments
        for run in matching_runs(source, experiment, wanted, deleted=deleted)
    )


def named_experiments(
    source: RunSource, names: Sequence[str] | None, *, deleted: bool
) -> tuple[Experiment, ...]:
    """The experiments of these names, all where none are given, in the order of the source.

    Raises UsageError for a name that none has, with the nearest names as its hint.
    """
    if not names:
        return source.experiments(deleted=deleted)
    wanted = {names} if isinstance(names, str) else set(names)
    every = source.experiments(deleted=True)
    check_names(wanted, every, deleted=deleted)
    return tuple(
        experiment
        for experiment in every
        if experiment.name in wanted and (deleted or experiment.lifecycle_stage != DELETED)
    )


def check_names(names: Iterable[str], every: Sequence[Experiment], *, deleted: bool) -> None:
    """Raise UsageError for a name that no experiment has, or only deleted ones left out."""
    known = {experiment.name for experiment in every}
    left = {one.name for one in every if deleted or one.lifecycle_stage != DELETED}
    for name in sorted(names):
        if name not in known:
            raise UsageError(f"no experiment is named {name!r}", hint=_nearest(name, every))
        if name not in left:
            raise UsageError(f"the experiment {name!r} is deleted", hint="add --deleted")


class Named(Protocol):
    """As much of a run as it is found by."""

    @property
    def id(self) -> RunId:
        """Its id."""

    @property
    def name(self) -> str:
        """Its name, or ""."""


R = TypeVar("R", bound=Named)


def choose_run(runs: Sequence[R], text: str, where: str) -> R:
    """The run that a text means: a whole id, a name, or the start of an id that no other has.

    Raises UsageError where it means none or several; `where` says in the message what was searched.
    """
    by_kind = (
        [run for run in runs if run.id == text],
        [run for run in runs if run.name == text],
        [run for run in runs if text and run.id.startswith(text)],
    )
    found = next(filter(None, by_kind), [])
    if len(found) == 1:
        return found[0]
    if not found:
        raise UsageError(f"no run {text!r} in {where}", hint=_nearest_run(text, runs))
    shown = ", ".join(run.id[:_SHORT_ID] for run in found[:_NAMES_SHOWN])
    more = f" and {len(found) - _NAMES_SHOWN} more" if len(found) > _NAMES_SHOWN else ""
    raise UsageError(
        f"{text!r} means {len(found)} runs in {where}", hint=f"give an id: {shown}{more}"
    )


def _nearest_run(text: str, runs: Sequence[Named]) -> str:
    names = sorted({run.name for run in runs if run.name})
    near = get_close_matches(text, names) or names[:_NAMES_SHOWN]
    if near:
        return f"did you mean {' or '.join(map(repr, near))}?"
    return "give its id, as its page shows it" if runs else "there is no run in it"


def matching_runs(
    source: RunSource, experiment: Experiment, wanted: Filter, *, deleted: bool
) -> Iterator[Run]:
    """The runs of one experiment that the filter lets through, newest first."""
    return filter(wanted.matches, source.runs_of(experiment, deleted=deleted))


def _nearest(name: str, experiments: Iterable[Experiment]) -> str:
    names = sorted({experiment.name for experiment in experiments})
    near = get_close_matches(name, names)
    if near:
        return f"did you mean {' or '.join(map(repr, near))}?"
    more = len(names) - _NAMES_SHOWN
    shown = ", ".join(map(repr, names[:_NAMES_SHOWN])) or "none"
    return f"the store has {shown}" + (f" and {more} more" if more > 0 else "")
