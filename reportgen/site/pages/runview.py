"""What the template of a run's page sees."""

from collections.abc import Callable, Iterator, Sequence

from markupsafe import Markup

from reportgen.analysis.modelcard import ModelCard
from reportgen.analysis.prefixes import group_by_prefix, natural
from reportgen.analysis.standing import Standing
from reportgen.errors import AccessError
from reportgen.model import LoggedModel, MetricHead, Run, Status
from reportgen.readers.base import Store
from reportgen.render.filters import duration, url_path
from reportgen.render.notes import note_html, opening
from reportgen.site.catalog import Entry, Neighbours, RunLink
from reportgen.site.context import Context
from reportgen.site.diffs.pairs import diff_folder, pairs_of
from reportgen.site.pages.beststep import BestStep, best_step
from reportgen.site.pages.exhibits import Exhibition, Exhibits
from reportgen.site.pages.figures import Drawer, FigureGroup
from reportgen.site.pages.frame import (
    Card,
    Frame,
    Link,
    experiment_link,
    page_frame,
    run_href,
    run_link,
)
from reportgen.site.pages.metricrows import MetricGroup, metric_groups
from reportgen.site.pages.models import cards_of
from reportgen.site.pages.reproduce import Recipe, recipe_of, source_name
from reportgen.site.pages.rundata import Logged
from reportgen.site.pages.table import Cell
from reportgen.site.stalled import last_sign
from reportgen.values import frozen

_ROOT = "../../"
_TAIL_LINES = 24
_TAIL_BYTES = 16 << 10


@frozen
class PairGroup:
    """Parameters with a common prefix; `name` is "" for those without one."""

    name: str
    rows: tuple[tuple[str, str], ...]


@frozen
class Trouble:
    """Why a run failed: in one line, and the end of the artifact that says so."""

    title: str
    reason: str
    tail: str
    path: str


@frozen
class MetricsView:
    """Some of a run's metrics: as a table and as curves."""

    groups: tuple[MetricGroup, ...]
    figures: tuple[FigureGroup, ...]
    count: int


@frozen
class HeldoutMetrics:
    """The metrics of a run that were measured on test data: apart from the parameters."""

    groups: tuple[MetricGroup, ...]
    figures: tuple[FigureGroup, ...]  # none where they are sealed
    count: int
    is_sealed: bool
    unsealed: str  # why they were opened; "" where they were not, or nothing is sealed
    all: Link  # to those of all runs


@frozen
class RunView:
    """All that the template of a run's page sees."""

    frame: Frame
    page: str  # its folder below `runs/`
    run: Run
    colour: int
    experiment: Link
    source: str  # the program, without its folder
    duration: str
    note: Markup
    trouble: Trouble | None
    silent_since: int | None  # its last sign of life, if it may have stalled
    params: tuple[PairGroup, ...]
    best_step: BestStep | None  # at which a column of the metrics is; None where there is none
    metrics: MetricsView
    system: MetricsView
    heldout: HeldoutMetrics
    exhibits: Exhibition
    models: tuple[ModelCard, ...]
    recipe: Recipe
    own_tags: tuple[tuple[str, str], ...]
    mlflow_tags: tuple[tuple[str, str], ...]
    newer: Link | None
    older: Link | None
    parent: Link | None
    compared: tuple[Link, ...]  # to the pages that compare it with others
    children: tuple[tuple[Link, str], ...]  # with the status

    @property
    def bare_models(self) -> tuple[LoggedModel, ...]:
        """The logged models that have no card: their files are elsewhere, or never came."""
        carded = {card.place.model_id for card in self.models}
        return tuple(model for model in self.run.models if model.id not in carded)

    @property
    def parts(self) -> tuple[Link, ...]:
        """Links to the parts that the page has, to jump to."""
        return tuple(_parts(self))


@frozen
class RunPlace:
    """Where a run stands in the site."""

    entry: Entry
    link: RunLink
    around: Neighbours
    unsealed: str = ""  # why its test results were opened


def run_view(
    context: Context, store: Store, place: RunPlace, logged: Logged, exhibits: Exhibits
) -> RunView:
    """The view of a run. Its points are read here, those of one metric at a time."""
    entry, around = place.entry, place.around
    run, standing = logged.run, logged.standing
    drawer = Drawer(run, standing, logged.series_of)
    at_best = best_step(run, standing, context.rules, entry.experiment.tags)
    tags = [(key, value) for key, value in run.tags.items() if key != "mlflow.note.content"]
    plain, system, heldout = _split(run, standing)
    return RunView(
        frame=_frame(context, place, run),
        page=place.link.page,
        run=run,
        colour=place.link.colour,
        experiment=experiment_link(_ROOT, entry.mark),
        source=source_name(run.source),
        duration=duration(run.start_time, run.end_time),
        note=note_html(run.note),
        trouble=_trouble(store, run),
        silent_since=last_sign(run) if place.link.silent else None,
        params=_params(run),
        best_step=at_best,
        metrics=_metrics(drawer, plain, at_best),
        system=_metrics(drawer, system),
        heldout=_heldout_metrics(context, drawer, place, heldout, at_best),
        exhibits=exhibits.exhibition(),
        models=cards_of(store, run),
        recipe=recipe_of(run),
        own_tags=tuple(tag for tag in tags if not tag[0].startswith("mlflow.")),
        mlflow_tags=tuple(tag for tag in tags if tag[0].startswith("mlflow.")),
        newer=_link(around.newer),
        older=_link(around.older),
        parent=_link(around.parent),
        compared=tuple(_compared(place)),
        children=tuple((run_link(_ROOT, child), child.status) for child in around.children),
    )


def _frame(context: Context, place: RunPlace, run: Run) -> Frame:
    entry = place.entry
    about = opening(run.note) or f"{run.status.name.lower()} run of {entry.mark.name}"
    card = f"experiments/{entry.mark.slug}/card.png"
    as_of = max((head.timestamp for head in run.metrics.values()), default=run.start_time)
    return page_frame(
        context,
        run_href("", place.link),
        run.title,
        crumbs=(experiment_link(_ROOT, entry.mark),),
        about=about,
        as_of=run.end_time or as_of,
        card=Card(card, f"the experiment {entry.mark.name} in brief"),
    )


def _split(run: Run, standing: Standing) -> tuple[list[str], list[str], list[str]]:
    """The run's metrics: those that stand beside parameters, of the system, of test data."""
    plain, system, heldout = [], [], []
    for key in sorted(run.metrics, key=lambda key: (standing.rank(key), natural(key))):
        if standing.is_heldout(key):
            heldout.append(key)
        elif standing.is_system(key):
            system.append(key)
        else:
            plain.append(key)
    return plain, system, heldout


def _metrics(drawer: Drawer, keys: Sequence[str], at_best: BestStep | None = None) -> MetricsView:
    groups = metric_groups(drawer.run, keys, drawer.standing, _cell_at(at_best, drawer))
    return MetricsView(groups, drawer.groups(keys), len(keys))


def _cell_at(at_best: BestStep | None, drawer: Drawer) -> Callable[[MetricHead], Cell] | None:
    if at_best is None:
        return None
    return lambda head: at_best.cell(head, drawer.series_of)


def _heldout_metrics(
    context: Context,
    drawer: Drawer,
    place: RunPlace,
    keys: Sequence[str],
    at_best: BestStep | None,
) -> HeldoutMetrics:
    is_sealed = context.heldout.is_sealed and not place.unsealed
    href = f"{_ROOT}experiments/{place.entry.mark.slug}/heldout/index.html"
    return HeldoutMetrics(
        metric_groups(
            drawer.run, keys, drawer.standing, _cell_at(at_best, drawer), is_sealed=is_sealed
        ),
        () if is_sealed else drawer.groups(keys),
        len(keys),
        is_sealed,
        place.unsealed,
        Link("Test results of all runs", href),
    )


def _params(run: Run) -> tuple[PairGroup, ...]:
    return tuple(
        PairGroup(group.prefix, tuple((key, run.params[key]) for key in group.keys))
        for group in group_by_prefix(sorted(run.params, key=natural))
    )


def _trouble(store: Store, run: Run) -> Trouble | None:
    """What is told of a run that did not finish as it should have."""
    if run.status is Status.FAILED:
        title = "This run failed"
    elif run.status is Status.KILLED:
        title = "This run was ended from outside"
    else:
        return None
    if run.cause is None:
        told = "nothing that it logged tells why" if run.status is Status.FAILED else ""
        return Trouble(title, told, "", "")
    return Trouble(title, run.cause.reason, _tail(store, run, run.cause.path), run.cause.path)


def _tail(store: Store, run: Run, path: str) -> str:
    """The last lines of an artifact; "" where it cannot be read any more."""
    try:
        with store.open_artifact(run, path) as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - _TAIL_BYTES))
            body = file.read(_TAIL_BYTES)
    except AccessError:  # it went since the run was read; the next build will see that
        return ""
    lines = body.decode("utf-8", "replace").rstrip().splitlines()
    return "\n".join(lines[-_TAIL_LINES:])


def _parts(view: RunView) -> Iterator[Link]:
    yield Link("Parameters", "#parameters")
    yield Link("Metrics", "#metrics")
    if view.metrics.figures:
        yield Link("Curves", "#curves")
    if view.heldout.count:
        yield Link("Test results", "#heldout")
    if view.exhibits.summary:
        yield Link("Artifacts", "#artifacts")
    if view.models:
        yield Link("Model", "#models")
    if view.bare_models:
        yield Link("Logged models", "#logged-models")
    if view.run.datasets:
        yield Link("Datasets", "#datasets")
    if view.children:
        yield Link("Child runs", "#children")
    if view.recipe.commands or view.recipe.params:
        yield Link("Do it again", "#reproduce")


def _compared(place: RunPlace) -> Iterator[Link]:
    for pair in pairs_of(place.link, place.around):
        href = f"{_ROOT}{url_path(diff_folder(pair.base, place.link))}/index.html"
        yield Link(pair.about, href, pair.base.title)


def _link(link: RunLink | None) -> Link | None:
    return None if link is None else run_link(_ROOT, link)
