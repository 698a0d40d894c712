"""Runs by what people call them: an id, a name, `EXPERIMENT:best`, `EXPERIMENT:last~1`."""

import re
from collections.abc import Callable, Sequence
from typing import Generic

from reportgen.analysis.selection import R, check_names, choose_run
from reportgen.errors import UsageError
from reportgen.model import Experiment
from reportgen.values import frozen

_CHOICE = re.compile(r"(?P<name>.+):(?P<word>best|last)(?:~(?P<back>\d{1,9}))?", re.DOTALL)
_FORMS = "an id, a name, EXPERIMENT:best, EXPERIMENT:last or EXPERIMENT:last~1"


@frozen
class Row(Generic[R]):
    """An experiment with its runs, newest first, and the way to the best of them."""

    experiment: Experiment
    runs: Sequence[R]
    best: Callable[[], int]  # its place in `runs`; raises UsageError where none can be told


def find_run(rows: Sequence[Row[R]], text: str, where: str) -> tuple[Row[R], R]:
    """The run that a text means, with its experiment. `where` says what was searched.

    Raises UsageError where it means none or several, with those that may be meant.
    """
    found = _CHOICE.fullmatch(text)
    if found is not None and not any(run.name == text for row in rows for run in row.runs):
        return _by_place(rows, found)
    every = [run for row in rows for run in row.runs]
    run = choose_run(every, text, where)
    return next((row, one) for row in rows for one in row.runs if one is run)


def _by_place(rows: Sequence[Row[R]], found: re.Match[str]) -> tuple[Row[R], R]:
    """The run at a place of an experiment: the best one, or so many before the last."""
    name, is_best = found["name"], found["word"] == "best"
    check_names([name], [row.experiment for row in rows], deleted=True)
    named = [row for row in rows if row.experiment.name == name]
    if len(named) > 1:
        ids = " and ".join(row.experiment.id for row in named)
        raise UsageError(
            f"{len(named)} experiments are named {name!r}, with the ids {ids}",
            hint="name the run by its id",
        )
    row = named[0]
    if not row.runs:
        raise UsageError(f"the experiment {name!r} has no runs", hint=f"a run is {_FORMS}")
    if is_best:
        if found["back"]:
            raise UsageError(f"{found[0]!r} is no run", hint=f"a run is {_FORMS}")
        return row, row.runs[row.best()]
    back = int(found["back"] or 0)
    if back >= len(row.runs):
        raise UsageError(
            f"the experiment {name!r} has {len(row.runs)} runs",
            hint=f"the first of them is {name}:last~{len(row.runs) - 1}",
        )
    return row, row.runs[back]
