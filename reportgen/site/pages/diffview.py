"""What the template of a diff sees."""

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from reportgen.analysis.diff import RunDiff
from reportgen.analysis.diff_metrics import Drawn, MetricChange, Verdict, with_curves
from reportgen.analysis.diff_summary import DiffSummary, percent
from reportgen.charts.overlay import Course, overlay_svg
from reportgen.model import MetricHead, Run
from reportgen.render.filters import day_time, duration
from reportgen.site.catalog import RunLink
from reportgen.site.pages.difffiles import FilesView, Shown, files_view
from reportgen.site.pages.difftables import (
    metrics_html,
    origin_html,
    same_html,
    signed,
    values_html,
)
from reportgen.site.pages.frame import Frame, Link
from reportgen.spelling import number
from reportgen.values import frozen

_COLOURS = 7
_SHORT_ID = 8
_MOST_FIGURES = 3  # scripts draw them all, from all points
_NONE = Markup()


@frozen
class SideView:
    """One of the two runs."""

    letter: str  # A or B
    link: Link
    status: str
    facts: tuple[str, ...]  # experiment where they differ, id, start, duration, commit


@frozen
class GistView:
    """What changed, and whether it helped."""

    big: str  # the change of the metric that runs are chosen by; "" where none is told
    tone: str  # "up" for better, "down" for worse, else "flat"
    changed: str
    outcome: str
    counts: str
    also: str


@frozen
class Overlay:
    """The curves of one metric of both runs over each other."""

    metric: str
    hint: str
    svg: Markup


@frozen
class DiffView:
    """All that the template of a diff sees. Tables are HTML already; "" where there is nothing."""

    frame: Frame
    colours: str  # the classes of the two runs' colours
    pages: tuple[str, str]  # the folders of the runs' pages; "" in a file that stands alone
    about: str  # why these two: "the run before", "parent"; "" where they were asked for
    a: SideView
    b: SideView
    gist: GistView
    metrics: Markup
    same_metrics: Markup
    same_metric_count: int
    params: Markup
    param_count: int
    same_params: Markup
    same_param_count: int
    origin: Markup  # source, data and environment
    same_origin: Markup
    same_origin_count: int
    figures: tuple[Overlay, ...]  # of the first metrics that have curves
    more_curves: int  # how many further ones there are
    heldout: Markup
    heldout_count: int
    is_sealed: bool
    system: Markup
    system_count: int
    tags: Markup
    mlflow_tags: Markup
    mlflow_tag_count: int
    same_tags: Markup
    same_tag_count: int
    files: FilesView
    is_empty: bool  # nothing at all differs
    policy: str = ""  # of a file that stands alone
    styles: Markup = _NONE


@frozen
class DiffPlace:
    """How a diff stands among pages: its frame, the links to both runs, and their files."""

    frame: Frame
    links: tuple[Link, Link]
    statuses: tuple[str, str]
    pages: tuple[str, str]
    about: str
    experiments: tuple[str, str]
    shown: tuple[Shown, Shown]


def colours_of(a: RunLink, b: RunLink) -> tuple[int, int]:
    """The colours of two runs: their own; where they share one, A has another here."""
    if a.colour != b.colour:
        return a.colour, b.colour
    return b.colour % _COLOURS + 1, b.colour


def diff_view(diff: RunDiff, summary: DiffSummary, place: DiffPlace) -> DiffView:
    """The view of a diff; files that differ are read here as far as they are shown."""
    same = [one for one in diff.metrics.plain if one.verdict is Verdict.SAME]
    differing = [one for one in diff.metrics.plain if one.verdict is not Verdict.SAME]
    same_tags = (*diff.tags.same, *diff.mlflow_tags.same)
    same_origin = (*diff.facts.same, *_same_data(diff))
    colours = place.links[0].colour, place.links[1].colour
    drawn = list(with_curves(diff.metrics.plain, diff.a, diff.b))
    return DiffView(
        frame=place.frame,
        colours=f"a{colours[0]} b{colours[1]}",
        pages=place.pages,
        about=place.about,
        a=_side(diff.a, "A", place),
        b=_side(diff.b, "B", place),
        gist=_gist(summary),
        metrics=metrics_html(differing, "Metrics"),
        same_metrics=same_html((one.key, number(one.new)) for one in same),
        same_metric_count=len(same),
        params=values_html(diff.params, "Parameter", "Parameters that differ"),
        param_count=diff.params.count,
        same_params=same_html(diff.params.same),
        same_param_count=len(diff.params.same),
        origin=origin_html(diff, duration),
        same_origin=same_html(same_origin),
        same_origin_count=len(same_origin),
        figures=tuple(_figures(drawn[:_MOST_FIGURES])),
        more_curves=max(0, len(drawn) - _MOST_FIGURES),
        heldout=metrics_html(diff.metrics.heldout, "Test results", judged=False),
        heldout_count=len(diff.metrics.heldout),
        is_sealed=any(
            side is not None and side.is_sealed
            for one in diff.metrics.heldout
            for side in (one.a, one.b)
        ),
        system=metrics_html(diff.metrics.system, "System metrics", judged=False),
        system_count=len(diff.metrics.system),
        tags=values_html(diff.tags, "Tag", "Tags that differ"),
        mlflow_tags=values_html(diff.mlflow_tags, "Tag", "Tags of MLflow that differ"),
        mlflow_tag_count=diff.mlflow_tags.count,
        same_tags=same_html(same_tags),
        same_tag_count=len(same_tags),
        files=files_view(diff.files, place.shown),
        is_empty=_is_empty(diff, differing),
    )


def _is_empty(diff: RunDiff, differing: list[MetricChange]) -> bool:
    return not (
        differing
        or diff.params.count
        or diff.tags.count
        or diff.mlflow_tags.count
        or diff.facts.count
        or diff.datasets.changes
        or diff.environments.count
        or diff.files.count
        or diff.took[0] != diff.took[1]
    )


def _same_data(diff: RunDiff) -> Iterator[tuple[str, str]]:
    for name, digest in diff.datasets.same:
        yield f"dataset {name}", digest
    if diff.environments.same:
        yield "packages", f"{diff.environments.same} of one version"


def _side(run: Run, letter: str, place: DiffPlace) -> SideView:
    index = "AB".index(letter)
    facts = [run.id[:_SHORT_ID]]
    if place.experiments[0] != place.experiments[1]:
        facts.insert(0, f"in {place.experiments[index]}")
    if run.start_time is not None:
        facts.append(day_time(run.start_time))
    if run.end_time is not None:
        facts.append(duration(run.start_time, run.end_time))
    if run.source_version:
        facts.append(f"commit {run.source_version.strip()[:_SHORT_ID]}")
    return SideView(letter, place.links[index], place.statuses[index], tuple(facts))


def _gist(summary: DiffSummary) -> GistView:
    one = summary.headline
    big, tone = "", "flat"
    if one is not None and one.difference is not None and one.verdict is not Verdict.SAME:
        big = signed(one.difference) if abs(one.difference) < 1e6 else percent(one.relative)
        tone = {Verdict.BETTER: "up", Verdict.WORSE: "down"}.get(one.verdict, "flat")
    return GistView(big, tone, summary.changed, summary.outcome, summary.counts, summary.also)


def _figures(drawn: Sequence[Drawn]) -> Iterator[Overlay]:
    """The curves of both runs, over each other; those of test data stand on the runs' pages."""
    for change, old, new in drawn:
        courses = [
            _course(name, head)
            for name, head in (("ka", old), ("kb", new))
            if head is not None and head.trace
        ]
        svg = overlay_svg(courses, f"{change.key} over the steps of A and B")
        if svg:
            hint = f"{change.direction} is better" if change.direction else ""
            yield Overlay(change.key, hint, Markup(svg))  # noqa: S704 (our own drawing)


def _course(name: str, head: MetricHead) -> Course:
    return Course(name, head.trace, head.low, head.high, head.step)
