"""A run's page, its run.json and its copied artifacts."""

from collections.abc import Iterator
from dataclasses import dataclass

from markupsafe import Markup

from reportgen.analysis.plain import dump_json, plain_run
from reportgen.digest import Digest, digest_of
from reportgen.model import Artifact, LoggedModel, Run
from reportgen.readers.base import Outline, Store
from reportgen.render.env import render
from reportgen.render.filters import duration, size, url_path
from reportgen.render.notes import note_html
from reportgen.site.catalog import Entry, Neighbours, RunLink, Shelfmark
from reportgen.site.context import Context
from reportgen.site.links import artifact_name, distinct
from reportgen.site.outputs import Output
from reportgen.site.pages.frame import Frame, Link, experiment_link, run_href

_ROOT = "../../"


@dataclass(frozen=True, slots=True)
class ArtifactRow:
    """An artifact in a listing; `href` is "" where it was not copied.

    `why` says why not, or under which name it was copied where that is not its own.
    """

    path: str
    size: str
    href: str
    why: str


@dataclass(frozen=True, slots=True)
class ModelRow:
    """A logged model of the run and its files."""

    model: LoggedModel
    artifacts: tuple[ArtifactRow, ...]


@dataclass(frozen=True, slots=True)
class RunView:
    """All that the template of a run's page sees."""

    frame: Frame
    run: Run
    experiment: Link
    duration: str
    note: Markup
    own_tags: tuple[tuple[str, str], ...]
    mlflow_tags: tuple[tuple[str, str], ...]
    artifacts: tuple[ArtifactRow, ...]
    models: tuple[ModelRow, ...]
    newer: Link | None
    older: Link | None
    parent: Link | None
    children: tuple[tuple[Link, str], ...]  # with the status


@dataclass(frozen=True, slots=True)
class Copy:
    """An artifact that is copied into the site: from where in the store to which file."""

    artifact: Artifact
    name: str  # below `runs/<page>/artifacts/`


def page_digest(
    context: Context, run_digest: Digest, mark: Shelfmark, around: Neighbours
) -> Digest:
    """What a run's page depends on: known without reading the run when it is remembered."""
    return digest_of(context.digest, run_digest, mark, around)


@dataclass(frozen=True, slots=True)
class RunJob:
    """A run of the site that is to be brought up to date."""

    outline: Outline
    page: str  # its folder below `runs/`
    around: Neighbours


def run_outputs(
    context: Context, store: Store, entry: Entry, job: RunJob, run: Run
) -> Iterator[Output]:
    """The files of a run: artifacts, data, and the page that links to them last."""
    folder = f"runs/{job.page}"
    mark, around = entry.mark, job.around
    copies = choose_copies(run.artifacts, context.max_file, context.max_run)
    for copy in copies:
        yield Output(
            f"{folder}/artifacts/{copy.name}",
            digest_of(copy.artifact.path, copy.artifact.digest) if copy.artifact.digest else "",
            lambda copy=copy: _bytes_of(store, run, copy.artifact.path),  # type: ignore[misc]
        )
    yield Output(
        f"{folder}/run.json",
        digest_of(context.code, run.digest, mark.name),
        lambda: dump_json(plain_run(entry.experiment, run)) + b"\n",
    )
    yield Output(
        f"{folder}/index.html",
        page_digest(context, run.digest, mark, around),
        lambda: render(context.theme, "run.html", _view(context, run, mark, around, copies)),
    )


def _bytes_of(store: Store, run: Run, path: str) -> bytes:
    with store.open_artifact(run, path) as file:
        return file.read()


def choose_copies(artifacts: tuple[Artifact, ...], max_file: int, max_run: int) -> tuple[Copy, ...]:
    """The artifacts to copy: in order of path, while each and all together are small enough."""
    left = max_run
    chosen = []
    for artifact in artifacts:
        if artifact.size <= max_file and artifact.size <= left:
            chosen.append(artifact)
            left -= artifact.size
    names = distinct((artifact_name(artifact.path), artifact.path) for artifact in chosen)
    return tuple(Copy(artifact, name) for artifact, name in zip(chosen, names, strict=True))


def _view(
    context: Context, run: Run, mark: Shelfmark, around: Neighbours, copies: tuple[Copy, ...]
) -> RunView:
    experiment = experiment_link(_ROOT, mark)
    tags = [(key, value) for key, value in run.tags.items() if key != "mlflow.note.content"]
    return RunView(
        frame=Frame(run.title, context.title, _ROOT, (experiment,)),
        run=run,
        experiment=experiment,
        duration=duration(run.start_time, run.end_time),
        note=note_html(run.note),
        own_tags=tuple(tag for tag in tags if not tag[0].startswith("mlflow.")),
        mlflow_tags=tuple(tag for tag in tags if tag[0].startswith("mlflow.")),
        artifacts=_artifact_rows(context, run.artifacts, copies),
        models=tuple(
            ModelRow(model, tuple(_listed(a, "part of the model") for a in model.artifacts))
            for model in run.models
        ),
        newer=_link(around.newer),
        older=_link(around.older),
        parent=_link(around.parent),
        children=tuple((_linked(child), child.status) for child in around.children),
    )


def _artifact_rows(
    context: Context, artifacts: tuple[Artifact, ...], copies: tuple[Copy, ...]
) -> tuple[ArtifactRow, ...]:
    names = {copy.artifact.path: copy.name for copy in copies}
    rows = []
    for artifact in artifacts:
        name = names.get(artifact.path)
        if name is not None:
            href = f"artifacts/{url_path(name)}"
            why = "" if name == artifact.path else f"as {name.rpartition('/')[2]}"
            rows.append(ArtifactRow(artifact.path, size(artifact.size), href, why))
        else:
            limit = context.max_file if artifact.size > context.max_file else context.max_run
            scope = "" if artifact.size > context.max_file else " for one run"
            rows.append(_listed(artifact, f"not copied: over {size(limit)}{scope}"))
    return tuple(rows)


def _listed(artifact: Artifact, why: str) -> ArtifactRow:
    return ArtifactRow(artifact.path, size(artifact.size), "", why)


def _link(link: RunLink | None) -> Link | None:
    return None if link is None else _linked(link)


def _linked(link: RunLink) -> Link:
    return Link(link.title, run_href(_ROOT, link))
