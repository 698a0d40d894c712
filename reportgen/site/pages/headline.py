"""An experiment in a few figures: the best run, the time that runs took, how they ended."""

from collections.abc import Sequence
from dataclasses import field
from statistics import median

from markupsafe import Markup

from reportgen.analysis.finding_texts import Finding
from reportgen.charts.sparkline import spark_of
from reportgen.model import Run, Status
from reportgen.render.filters import duration
from reportgen.site.catalog import RunLink
from reportgen.site.pages.bars import Bar, count_by_status, status_bar
from reportgen.site.pages.frame import Link, run_link
from reportgen.site.pages.spread import noise_line
from reportgen.site.survey import Survey
from reportgen.spelling import exact, number, plural
from reportgen.values import frozen


@frozen
class KeyFigure:
    """A number at the head of the page."""

    label: str
    value: str
    full: str = ""
    link: Link | None = None
    small: str = ""
    more: str = ""  # a second line in small
    spark: Markup = field(default=Markup())


@frozen
class Headline:
    """The experiment in a few figures; `advice` says why no run is called the best."""

    figures: tuple[KeyFigure, ...]
    bar: Bar
    failed: Link | None  # to the page of failed runs, where some failed or were killed
    advice: str


def headline(
    survey: Survey, links: Sequence[RunLink], findings: Sequence[Finding], root: str
) -> Headline:
    """The head of an experiment that has runs."""
    figures = [figure for figure in (_best(survey, links, root), _times(survey.runs)) if figure]
    counts = count_by_status(run.status for run in survey.runs)
    has_metrics = any(run.metrics for run in survey.runs)
    is_told = any(one.code == "RG306" for one in findings)
    unranked = survey.standing.primary is None and has_metrics and not is_told
    advice = f"No run is called the best: {survey.standing.reason}." if unranked else ""
    if survey.standing.on_test:
        advice = f"Ranked by {survey.standing.primary}: {survey.standing.reason}."
    ended = any(name in (Status.FAILED.name, Status.KILLED.name) for name, _ in counts)
    failed = Link("what went wrong", f"{root}failed/index.html") if ended else None
    return Headline(tuple(figures), status_bar(counts), failed, advice)


def _best(survey: Survey, links: Sequence[RunLink], root: str) -> KeyFigure | None:
    """The best run by the primary metric, and how the best so far went."""
    lead = survey.lead
    if lead is None:
        return None
    hint = survey.standing.hint(lead.metric)
    return KeyFigure(
        f"Best {lead.metric}",
        number(lead.best.value),
        exact(lead.best.value),
        run_link(root, links[lead.place]),
        f"best of {plural(len(lead.course), 'run')} · {hint}",
        noise_line(survey.noise) if survey.noise else "",
        Markup(spark_of(lead.course)),  # noqa: S704 (our own drawing of numbers)
    )


def _times(runs: Sequence[Run]) -> KeyFigure | None:
    """How long runs took in all, and the middle one."""
    took = [
        run.end_time - run.start_time
        for run in runs
        if run.end_time is not None
        and run.start_time is not None
        and run.end_time >= run.start_time
    ]
    if not took:
        return None
    middle = f"median {duration(0, round(median(took)))} a run" if len(took) > 1 else ""
    return KeyFigure("Run time in all", duration(0, sum(took)), small=middle)
