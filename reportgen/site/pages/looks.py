"""How often each test set was scored, in words, and what luck alone makes of the best result."""

from collections.abc import Sequence
from math import isfinite

from reportgen.analysis.ledger import UNKNOWN, family_of
from reportgen.analysis.looks import Luck, Tally, is_rate, luck_of, rows_of
from reportgen.analysis.prefixes import natural
from reportgen.analysis.scored import scored_on, scored_sets
from reportgen.model import DatasetInput, MetricHead, MetricKey, Run
from reportgen.render.filters import day_time
from reportgen.site.context import Heldout
from reportgen.site.survey import Survey
from reportgen.spelling import grouped, number, plural
from reportgen.values import frozen

_UNRECORDED = "A test set without a record"


@frozen
class LuckLine:
    """What is known of the luck in the best value of a metric, or of several alike."""

    metric: str  # its name without its role; several with commas between
    looks: int
    words: str


@frozen
class ScoredSetView:
    """A test set and how often it was scored."""

    title: str
    is_recorded: bool  # whether MLflow has a record of it
    rows: str  # how many it has; "" where that is not known
    words: str  # how often it was scored, by how many runs
    worn: str  # that it was scored too often; "" where it was not
    luck: bool  # whether the formula tells something of it
    metrics: tuple[LuckLine, ...]


def looks_words(tally: Tally) -> str:
    """How often a test set was scored: "scored 20 times by 20 runs over 14 configurations"."""
    over = f" over {plural(tally.configurations, 'configuration')}" if tally.configurations else ""
    times = "once" if tally.looks == 1 else plural(tally.looks, "time")
    return f"scored {times} by {plural(tally.runs, 'run')}{over}"


def scored_set_views(
    heldout: Heldout, survey: Survey, tallies: Sequence[Tally]
) -> tuple[ScoredSetView, ...]:
    """The test sets of an experiment, in the order of the tallies."""
    return tuple(_scored_set(heldout, survey, tally) for tally in tallies)


def _scored_set(heldout: Heldout, survey: Survey, tally: Tally) -> ScoredSetView:
    runs = [run for run in survey.runs if any(_used(run, key, tally) for key in _held(run, survey))]
    sets = [one for run in runs for one in scored_sets(run, _held(run, survey))]
    lines = [
        _luck_line(heldout, survey, (tally, metric, count), runs, sets)
        for metric, count in sorted(tally.metrics, key=lambda one: natural(one[0]))
    ]
    rows = rows_of(tally, "", heldout.rows, sets)
    return ScoredSetView(
        tally.title or _UNRECORDED,
        tally.dataset_digest != UNKNOWN or tally.dataset != UNKNOWN,
        "" if rows is None else plural(rows, "row"),
        _words(tally),
        _worn(tally, heldout.max_looks),
        any(luck is not None for _, luck in lines),
        _grouped([line for line, _ in lines]),
    )


def _grouped(lines: Sequence[LuckLine]) -> tuple[LuckLine, ...]:
    """Lines that say the same of several metrics as one, in the order of the first of each."""
    names: dict[tuple[int, str], list[str]] = {}
    for line in lines:
        names.setdefault((line.looks, line.words), []).append(line.metric)
    return tuple(LuckLine(", ".join(found), *said) for said, found in names.items())


def _held(run: Run, survey: Survey) -> list[MetricKey]:
    """The metrics of a run that were measured on test data."""
    return [key for key in run.metrics if survey.standing.is_heldout(key)]


def _used(run: Run, key: MetricKey, tally: Tally) -> bool:
    """Whether a metric on test data was measured on a test set."""
    sets = [scored.dataset for scored in scored_on(run, key)]
    known = [(one.name or UNKNOWN, one.dataset_digest or UNKNOWN) for one in sets]
    return (tally.dataset, tally.dataset_digest) in (known or [(UNKNOWN, UNKNOWN)])


def _words(tally: Tally) -> str:
    words = looks_words(tally)
    first = "first on" if tally.is_first_sure else "the first time by"
    told = f"{words[0].upper()}{words[1:]}, {first} {day_time(tally.first)[:10]}."
    if tally.gone:
        is_one = tally.gone == 1
        told += (
            f" {grouped(tally.gone)} of these runs {'is' if is_one else 'are'} not in this report"
            f" any more; {'its' if is_one else 'their'} looks count all the same."
        )
    return told


def _worn(tally: Tally, most: int) -> str:
    if tally.looks <= most:
        return ""
    return (
        f"That is more than the {plural(most, 'look')} that heldout.max_looks allows. Give the "
        "number of looks with the result, or take a fresh test set for the final one."
    )


def _luck_line(
    heldout: Heldout,
    survey: Survey,
    told: tuple[Tally, str, int],
    runs: Sequence[Run],
    sets: Sequence[DatasetInput],
) -> tuple[LuckLine, Luck | None]:
    """What luck makes of one metric; with it the figures, where the formula has them."""
    tally, metric, count = told
    if count == 1:
        return LuckLine(metric, count, "One look: there was nothing to pick from."), None
    if not is_rate(metric):
        words = (
            "More looks, more luck in the best of them; how much, the number of rows does not tell "
            "for a metric that is no share of rows."
        )
        return LuckLine(metric, count, words), None
    rows = rows_of(tally, metric, heldout.rows, sets)
    if rows is None:
        name = tally.title if tally.title else metric
        words = (
            "How many rows the test set has is not known. Declare it to see how much of the best "
            f'is luck: [heldout] n = {{ "{name}" = 1000 }}'
        )
        return LuckLine(metric, count, words), None
    rate = None if heldout.is_sealed else _best_rate(survey, tally, metric, runs)
    luck = luck_of(rate, rows, count) if heldout.is_sealed or rate is not None else None
    if luck is None:
        words = (
            f"With {plural(rows, 'row')}, the formula does not hold for its best value: it is for "
            "shares from 0 to 1, not too near to either."
        )
        return LuckLine(metric, count, words), None
    return LuckLine(metric, count, _luck_words(luck)), luck


def _luck_words(luck: Luck) -> str:
    points, rows = _points(luck.gain), plural(luck.rows, "row")
    picked = f"Had the best of the {grouped(luck.looks)} been picked by it,"
    if luck.rate is None:
        return f"{picked} up to {points} of it would be luck ({rows}; the value is sealed)."
    best = f"{number(round(100 * luck.rate, 1))} %"
    return (
        f"{picked} about {points} of its {best} would be luck ({rows}, SE {_points(luck.error)})."
    )


def _points(share: float) -> str:
    """A share as percentage points."""
    points = round(100 * share, 1)
    return f"{points} points" if points else "less than 0.1 points"


def _best_rate(survey: Survey, tally: Tally, family: str, runs: Sequence[Run]) -> float | None:
    """The best value of a metric; None where one is beyond 0 to 1, or no direction is known.

    Where values of one metric are of several datasets, which is of which is not known here.
    """
    heads: list[MetricHead] = []
    for run in runs:
        keys = [key for key in _held(run, survey) if family_of(key) == family]
        heads += [run.metrics[key] for key in keys if _used(run, key, tally)]
    heads = [head for head in heads if len(head.datasets) < 2]
    if not all(0.0 <= head.low <= head.high <= 1.0 for head in heads if isfinite(head.low)):
        return None
    found = [(head.key, best.value) for head in heads if (best := survey.standing.best(head))]
    return survey.standing.top(found[0][0], [value for _, value in found]) if found else None
