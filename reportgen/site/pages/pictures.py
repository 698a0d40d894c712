"""The painted charts of an experiment: which are worth painting, what each depends on, and how.

A picture is planned from the heads of the runs. Its points are read by the process that paints
it, and only when it is painted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from reportgen.analysis.standing import Standing
from reportgen.charts.curve import choose_x
from reportgen.charts.painted.by_run import MetricByRun, RunValue, draw_metric_by_run
from reportgen.charts.painted.card import (
    ExperimentCard,
    SiteCard,
    draw_experiment_card,
    draw_site_card,
)
from reportgen.charts.painted.overview import (
    MetricOverRuns,
    RunLine,
    chosen_lines,
    draw_metric_over_runs,
)
from reportgen.charts.painted.scatter import Parameter, ParameterAgainstMetric, draw_parameters
from reportgen.digest import Digest, digest_of
from reportgen.model import MetricKey, Run, RunId, Status
from reportgen.readers.base import Store
from reportgen.site.survey import Survey
from reportgen.spelling import number, plural
from reportgen.values import frozen

_CURVES = 2  # metrics whose curves over all runs are painted
_COLOURED = 7
_PARAMETERS = 4
_SIDE_BY_SIDE = 2  # parameters of a picture


@frozen
class CourseRun:
    """A run whose curve is to be painted."""

    run: Run  # as much of it as the store needs to find the points
    colour: int | None  # 0 to 6; None for grey


@frozen
class Courses:
    """A metric over the steps in all runs: what to paint, its points still in the store."""

    metric: MetricKey
    runs: tuple[CourseRun, ...]
    direction: str
    best: int | None  # index into `runs`


Chart = Courses | MetricByRun | ParameterAgainstMetric | ExperimentCard | SiteCard


@frozen
class Picture:
    """A painted file of the site."""

    path: str  # below the experiment's folder
    chart: Chart
    depends: Digest
    alt: str  # "" for one that no page of ours shows


def overviews_of(survey: Survey, colours: Sequence[int]) -> tuple[Picture, ...]:
    """The pictures of an experiment with two runs or more, the most telling first.

    `colours` are those of the runs, 1 to 7, in the order of the survey.
    """
    if len(survey.runs) < 2:
        return ()
    standing = survey.standing
    tints = {run.id: colour - 1 for run, colour in zip(survey.runs, colours, strict=True)}
    keys = [column.key for column in survey.columns.metrics]
    found: list[Picture] = []
    found += [_courses(survey, key, tints) for key in _with_curves(survey, keys)[:_CURVES]]
    if keys:
        main = standing.primary or keys[0]
        found.append(_by_run(survey, main, tints))
        beside = main if standing.stands_beside_params(main) else keys[0]
        scatter = _against(survey, beside)
        if scatter is not None:
            found.append(scatter)
    return tuple(
        replace(picture, path=f"overview-{place}.svg")
        for place, picture in enumerate(found, start=1)
    )


def _with_curves(survey: Survey, keys: Sequence[MetricKey]) -> list[MetricKey]:
    """The metrics with a curve in two runs or more: by their place in a table, then by length."""
    points: dict[MetricKey, int] = {}
    for key in keys:
        counts = [run.metrics[key].count for run in survey.runs if key in run.metrics]
        if sum(count > 1 for count in counts) > 1:
            points[key] = max(counts)
    standing = survey.standing
    return sorted(
        points,
        key=lambda key: (key != standing.primary, standing.rank(key), -points[key], key),
    )


def _oldest_first(survey: Survey, key: MetricKey) -> list[Run]:
    return [run for run in reversed(survey.runs) if key in run.metrics]


def _best_index(survey: Survey, key: MetricKey, runs: Sequence[Run]) -> int | None:
    if survey.standing.primary is None:  # then no run is called the best
        return None
    best = survey.best.get(key, frozenset())
    return next((place for place, run in enumerate(runs) if run.id in best), None)


def _courses(survey: Survey, key: MetricKey, tints: dict[RunId, int]) -> Picture:
    runs = [run for run in _oldest_first(survey, key) if run.metrics[key].count > 1]
    best = _best_index(survey, key, runs)
    newest = {run.id for run in runs[-_COLOURED:]}
    coloured = newest if best is None else {runs[best].id, *(r.id for r in runs[1 - _COLOURED :])}
    chart = Courses(
        key,
        tuple(
            CourseRun(_light(run, key), tints[run.id] if run.id in coloured else None)
            for run in runs
        ),
        survey.standing.direction_word(key),
        best,
    )
    shown = tuple((r.run.id, r.run.title, r.run.status, r.colour) for r in chart.runs)
    digests = tuple(run.metrics[key].digest for run in runs)
    alt = (
        f"{key} over its steps in {plural(len(runs), 'run')}{_best_words(survey, key, best, runs)}"
    )
    return Picture("", chart, digest_of(key, shown, digests, chart.direction, best), alt)


def _light(run: Run, key: MetricKey) -> Run:
    """As much of a run as it takes to read one metric: what travels to another process."""
    return Run(
        run.id,
        run.experiment_id,
        run.title,
        run.where,
        run.status,
        metrics={key: run.metrics[key]},
    )


def _best_words(survey: Survey, key: str, best: int | None, runs: Sequence[Run]) -> str:
    if best is None:
        return ""
    value = survey.standing.best(runs[best].metrics[key])
    return "" if value is None else f"; best is {runs[best].title} with {number(value.value)}"


def _by_run(survey: Survey, key: MetricKey, tints: dict[RunId, int]) -> Picture:
    runs = list(reversed(survey.runs))
    few = len(runs) <= _COLOURED
    values = tuple(
        RunValue(
            run.title,
            _value(survey.standing, run, key),
            run.status is Status.FAILED,
            tints[run.id] if few else None,
        )
        for run in runs
    )
    best = _best_index(survey, key, runs)
    chart = MetricByRun(key, values, _ranking_word(survey.standing, key), best)
    alt = f"{key} by run, in order of start{_best_words(survey, key, best, runs)}"
    return Picture("", chart, digest_of(chart), alt)


def _ranking_word(standing: Standing, key: MetricKey) -> str:
    """The direction of a metric by which runs may be told better and worse, else ""."""
    ranks = standing.primary is not None and standing.may_rank(key)
    return standing.direction_word(key) if ranks else ""


def _value(standing: Standing, run: Run, key: MetricKey) -> float | None:
    head = run.metrics.get(key)
    if head is None:
        return None
    best = standing.best(head)
    return head.last if best is None else best.value


def _against(survey: Survey, key: MetricKey) -> Picture | None:
    """The main metric against the parameters that vary most tellingly; None where none does."""
    runs = _oldest_first(survey, key)
    names = [
        name
        for name in survey.columns.params
        if name not in survey.seeds and _is_telling(name, runs)
    ][:_PARAMETERS]
    if len(runs) < 3 or not names:
        return None
    best = _best_index(survey, key, runs)
    chart = ParameterAgainstMetric(
        key,
        tuple(_value(survey.standing, run, key) for run in runs),
        tuple(run.title for run in runs),
        tuple(Parameter(name, tuple(run.params.get(name) for run in runs)) for name in names),
        survey.standing.direction_word(key),
        best,
        _SIDE_BY_SIDE,
    )
    alt = f"{key} against {', '.join(names)} in {plural(len(runs), 'run')}"
    return Picture("", chart, digest_of(chart), alt)


def _is_telling(name: str, runs: Sequence[Run]) -> bool:
    """Whether a parameter takes several values, of which some stand for more than one run.

    Numbers may differ in every run; texts that do (a path, a seed of letters) tell nothing.
    """
    values = [run.params[name] for run in runs if name in run.params]
    distinct = set(values)
    if len(distinct) < 2 or max(map(len, distinct)) > 40:
        return False
    return len(distinct) < len(values) or all(map(_is_number, distinct))


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def experiment_card(survey: Survey, name: str, site: str) -> Picture:
    """What a chat shows of a link to the experiment."""
    lead = survey.lead
    if lead is None:
        chart = ExperimentCard(name, len(survey.runs), site)
    else:
        run = survey.runs[lead.place]
        places = tuple(map(float, range(1, len(lead.course) + 1)))
        best = (lead.metric, lead.best.value, run.title)
        chart = ExperimentCard(name, len(survey.runs), site, *best, places, lead.course)
    return Picture("card.png", chart, digest_of(chart), "")


def card_words(survey: Survey, name: str) -> str:
    """The card of an experiment in words."""
    lead, count = survey.lead, plural(len(survey.runs), "run")
    if lead is None:
        return f"{name}: {count}"
    best = f"best {lead.metric} {number(lead.best.value)} of {survey.runs[lead.place].title}"
    return f"{name}: {count}, {best}"


def site_card(title: str, experiments: int, statuses: Mapping[str, int]) -> Picture:
    """What a chat shows of a link to the site."""
    chart = SiteCard(title, experiments, statuses)
    return Picture("card.png", chart, digest_of(chart), "")


def paint(chart: Chart, store: Store) -> bytes:
    """The bytes of a picture. Reads the points that it needs; only curves need the store."""
    match chart:
        case Courses():
            return draw_metric_over_runs(_with_points(chart, store)).body
        case MetricByRun():
            return draw_metric_by_run(chart).body
        case ParameterAgainstMetric():
            return draw_parameters(chart).body
        case ExperimentCard():
            return draw_experiment_card(chart).body
        case SiteCard():
            return draw_site_card(chart).body


def _with_points(chart: Courses, store: Store) -> MetricOverRuns:
    """The chart with the points of the runs that it draws."""
    kinds: set[str] = set()
    lines = []
    grey, focus = chosen_lines([place.colour for place in chart.runs], chart.best)
    drawn = {*grey, *focus}
    for index, place in enumerate(chart.runs):
        if index not in drawn:
            lines.append(RunLine(place.run.title, (), (), place.colour))
            continue
        series = store.series(place.run, chart.metric)
        kind: str
        xs: Sequence[float]
        kind, xs = choose_x(series.steps, series.timestamps)
        if kind == "time":
            kind, xs = "seconds", [x / 1000 for x in xs]
        kinds.add(kind)
        last, running = place.run.metrics[chart.metric].last, place.run.status is Status.RUNNING
        lines.append(RunLine(place.run.title, xs, series.values, place.colour, last, running))
    label = kinds.pop() if len(kinds) == 1 else "step"
    return MetricOverRuns(chart.metric, tuple(lines), chart.direction, chart.best, label)
