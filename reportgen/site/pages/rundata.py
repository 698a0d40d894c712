"""A run for scripts in the page, `run.js`: its data and the points of its curves.

The object of `run.json`, and what pages know beyond it: where the run stands in the site, the
standing of its metrics, its datasets, and each curve as `charts/packed.py` has it. Curves of test
metrics are in it only where the author lets them stand beside parameters.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from reportgen.analysis.roles import stem_of
from reportgen.analysis.standing import Standing
from reportgen.charts.packed import Grids, packed_curve
from reportgen.model import MetricSeries, Run
from reportgen.render.viewers import is_bitmap
from reportgen.site.catalog import RunLink, Shelfmark
from reportgen.site.diffs.sides import environment_files
from reportgen.site.scripts import put_call
from reportgen.values import frozen

Json = dict[str, object]


@frozen
class Logged:
    """A run with what is known of its metrics, and the way to their points."""

    run: Run
    standing: Standing
    series_of: Callable[[str], MetricSeries]


@frozen
class Placed:
    """Where a run stands in the site."""

    mark: Shelfmark
    link: RunLink
    hrefs: Mapping[str, str]  # of copied artifacts
    bases: Sequence[str]  # the pages of the runs that there is a prepared diff against


def run_script(plain: Json, logged: Logged, placed: Placed) -> bytes:
    """The script of a run; `plain` is its `run.json`."""
    run, standing = logged.run, logged.standing
    grids = Grids()
    curves = dict(_curves(logged, grids))
    mark, link = placed.mark, placed.link
    environments = environment_files(run)
    return put_call(
        "run",
        link.page,
        {
            **plain,
            "artifacts": list(_artifacts(run, placed.hrefs)),
            "files": bool(placed.hrefs or environments),
            "packages": bool(environments),
            "page": link.page,
            "title": run.title,
            "colour": link.colour,
            "silent": link.silent,
            "experiment": {"name": mark.name, "slug": mark.slug},
            "cause": run.cause.reason if run.cause else "",
            "diffs": list(placed.bases),
            "datasets": list(_datasets(run)),
            "standing": {key: _told(standing, key) for key in sorted(run.metrics)},
            "grids": grids.packed,
            "curves": curves,
        },
    )


def plain_standing(standing: Standing, key: str) -> Json:
    """What scripts need to know of a metric beyond its values."""
    return {
        "stem": stem_of(key),
        "role": standing.role(key).value,
        "label": standing.label(key),
        "why": standing.why(key),
        "direction": standing.direction_word(key),
        "hint": standing.hint(key),
        "mayRank": standing.may_rank(key),
    }


def _told(standing: Standing, key: str) -> Json:
    """The same without what is not known or not so, and without what follows: `core.js` adds it."""
    stem = stem_of(key)
    told = {
        "stem": "" if stem == key else stem,
        "role": standing.role(key).value,
        "why": standing.why(key),
        "direction": standing.direction_word(key),
        "mayRank": standing.may_rank(key),
    }
    return {name: value for name, value in told.items() if value}


def _artifacts(run: Run, hrefs: Mapping[str, str]) -> Iterator[Json]:
    for artifact in run.artifacts:
        href = hrefs.get(artifact.path)
        kind = "image" if href and is_bitmap(artifact.path) else ""
        yield {"path": artifact.path, "bytes": artifact.size, "href": href, "kind": kind}


def _datasets(run: Run) -> Iterator[Json]:
    for dataset in run.datasets:
        yield {
            "name": dataset.name,
            "digest": dataset.dataset_digest,
            "context": dataset.context,
            "source_type": dataset.source_type,
        }


def _curves(logged: Logged, grids: Grids) -> Iterator[tuple[str, Json]]:
    standing = logged.standing
    for key, head in sorted(logged.run.metrics.items()):
        if head.count > 1 and (standing.is_open or not standing.is_heldout(key)):
            series = logged.series_of(key)
            if len(series.values):  # none where the file was emptied since the run was read
                yield key, packed_curve(series, grids)
