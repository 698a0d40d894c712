"""The runs of an experiment for scripts in the page, `runs.js`: column by column.

Rows are in the order of `runs.csv`, newest first. A column is a list with null where a run has no
such value; where all have the same, `{"all": value}`; where few have one, `{"at": [row, ...],
"is": [value, ...]}`. Test metrics are in it only where the author lets them stand beside
parameters; system metrics are not in it.
"""

from collections.abc import Iterable, Mapping, Sequence

from reportgen.analysis.plain import plain_number
from reportgen.analysis.prefixes import natural
from reportgen.analysis.standing import Standing
from reportgen.analysis.summary import Columns
from reportgen.model import MetricHead, MetricKey, Run
from reportgen.render.notes import opening
from reportgen.site.catalog import RunLink, Shelfmark
from reportgen.site.pages.rundata import Json, plain_standing
from reportgen.site.scripts import put_call
from reportgen.site.survey import Survey

_SPARSE = 4  # a column where not one in so many has a value is told by its rows
_HIDDEN_TAGS = ("mlflow.note.content", "mlflow.log-model.history")  # long, and shown elsewhere


def table_script(survey: Survey, mark: Shelfmark, links: Sequence[RunLink]) -> bytes:
    """The script of an experiment's runs."""
    runs, standing = survey.runs, survey.standing
    places = {run.id: place for place, run in enumerate(runs)}
    return put_call(
        "table",
        mark.slug,
        {
            "slug": mark.slug,
            "name": mark.name,
            "count": len(runs),
            "primary": standing.primary,
            "runs": _runs(runs, links),
            "parents": _column([places.get(run.parent_id) for run in runs]),
            "params": _texts([run.params for run in runs]),
            "tags": _texts([_shown_tags(run) for run in runs]),
            "metrics": _metrics(runs, survey),
            "apart": [] if standing.is_open else list(standing.heldout()),
            "datasets": _column([_datasets(run) for run in runs]),
            "shown": _shown(survey.columns),
            "same": [list(pair) for pair in survey.columns.same],
            "seeds": sorted(survey.seeds),
            "near": [place for place, run in enumerate(runs) if run.id in survey.near],
        },
    )


def _runs(runs: Sequence[Run], links: Sequence[RunLink]) -> Json:
    return {
        "ids": [run.id for run in runs],
        "pages": _column(
            [_unlike(link.page, run.id) for run, link in zip(runs, links, strict=True)]
        ),
        "titles": [run.title for run in runs],
        "statuses": _column([run.status.name for run in runs]),
        "starts": _column([run.start_time for run in runs]),
        "ends": _column([run.end_time for run in runs]),
        "colours": [link.colour for link in links],
        "silent": [place for place, link in enumerate(links) if link.silent],
        "users": _column([run.user for run in runs]),
        "notes": _column([opening(run.note) or None for run in runs]),
        "causes": _column([run.cause.reason if run.cause else None for run in runs]),
        "problems": _column([len(run.problems) or None for run in runs]),
    }


def _datasets(run: Run) -> list[list[str]] | None:
    """Name, digest and context of each, to filter by."""
    return [[one.name, one.dataset_digest, one.context] for one in run.datasets] or None


def _unlike(page: str, run_id: str) -> str | None:
    """The name of a run's folder where it is not the run's id."""
    return None if page == run_id else page


def _shown_tags(run: Run) -> Mapping[str, str]:
    return {key: value for key, value in run.tags.items() if key not in _HIDDEN_TAGS}


def _texts(rows: Sequence[Mapping[str, str]]) -> Json:
    keys = sorted({key for row in rows for key in row}, key=natural)
    return {key: _column([row.get(key) for row in rows]) for key in keys}


def _metrics(runs: Sequence[Run], survey: Survey) -> Json:
    standing = survey.standing
    keys = {key for run in runs for key in run.metrics if standing.stands_beside_params(key)}
    with_best = {column.key for column in survey.columns.metrics if column.has_best}
    return {
        key: {
            **plain_standing(standing, key),
            **_values([run.metrics.get(key) for run in runs], standing, has_best=key in with_best),
            "top": _top(runs, survey.best.get(key, frozenset())),
        }
        for key in sorted(keys, key=natural)
    }


def _values(heads: Sequence[MetricHead | None], standing: Standing, *, has_best: bool) -> Json:
    bests = [standing.best(head) if head and has_best else None for head in heads]
    return {
        "last": _column([plain_number(head.last) if head else None for head in heads]),
        "count": _column([head.count if head else None for head in heads]),
        "best": _column([best.value if best else None for best in bests]) if has_best else None,
        "step": _column([best.step if best else None for best in bests]) if has_best else None,
    }


def _top(runs: Iterable[Run], ids: frozenset[str]) -> list[int]:
    """The rows of the best runs."""
    return [place for place, run in enumerate(runs) if run.id in ids] if ids else []


def _shown(columns: Columns) -> dict[str, list[MetricKey]]:
    """The columns of the table in the page, in their order."""
    metrics = [column.key for column in columns.metrics]
    return {"metrics": metrics, "params": list(columns.params)}


def _column(cells: Sequence[object]) -> object:
    filled = [place for place, cell in enumerate(cells) if cell is not None]
    if len(filled) * _SPARSE < len(cells):
        return {"at": filled, "is": [cells[place] for place in filled]}
    if len(filled) == len(cells) and len(cells) > 1 and all(cell == cells[0] for cell in cells):
        return {"all": cells[0]}
    return list(cells)
