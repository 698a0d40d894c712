"""An experiment in brief for other programs, `summary.json`: what changes are told by.

Which runs there are and how they stand; of each metric its role, which values are better, up to
which difference they are chance, and the best value; and the courses of the newest runs. Values of
test metrics are in it only where the author lets them stand beside parameters.
"""

from collections.abc import Sequence

from reportgen.analysis.metric_rules import Role
from reportgen.analysis.plain import dump_json, plain_number
from reportgen.model import MetricKey, Run
from reportgen.site.catalog import RunLink, Shelfmark
from reportgen.site.pages.rundata import Json
from reportgen.site.survey import Survey

VERSION = 1
_WITH_COURSE = 50  # of the newest runs


def summary_data(
    survey: Survey, mark: Shelfmark, links: Sequence[RunLink], baseline: str | None
) -> bytes:
    """The file of an experiment; `baseline` is the page of the run that others are compared with.

    Runs are [title, status, start in ms or null, cause of a failure or ""] by page, newest first;
    a best value is [value, page]; a course is a text as of `trace.py`.
    """
    standing = survey.standing
    keys = [key for key in survey.judgement.facts if standing.stands_beside_params(key)]
    pairs = list(zip(survey.runs, links, strict=True))
    newest = pairs[:_WITH_COURSE]
    shown = [column.key for column in survey.columns.metrics]
    return dump_json(
        {
            "version": VERSION,
            "name": mark.name,
            "id": mark.id,
            "primary": standing.primary,
            "reason": standing.reason,
            "baseline": baseline,
            "metrics": {key: _metric(survey, links, key) for key in sorted(keys)},
            "apart": list(standing.heldout()),
            "shown": shown,
            "runs": {
                link.page: [
                    link.title,
                    link.status,
                    run.start_time,
                    run.cause.reason if run.cause else "",
                ]
                for run, link in pairs
            },
            "courses": {
                link.page: courses for run, link in newest if (courses := _courses(run, shown))
            },
        }
    )


def _courses(run: Run, keys: Sequence[MetricKey]) -> dict[MetricKey, str]:
    heads = [run.metrics[key] for key in keys if key in run.metrics]
    return {head.key: head.trace for head in heads if head.trace}


def _metric(survey: Survey, links: Sequence[RunLink], key: MetricKey) -> Json:
    facts, standing = survey.judgement.facts[key], survey.standing
    limit = facts.limit
    may_rank = facts.may_rank and facts.role is not Role.TEST
    return {
        "role": facts.role.value,
        "direction": facts.direction,
        "ranks": may_rank,
        "noise": None if limit is None else plain_number(limit),
        "best": _best(survey, links, key) if standing.direction_word(key) else None,
    }


def _best(survey: Survey, links: Sequence[RunLink], key: MetricKey) -> list[object] | None:
    """The best value over all runs and the page of the first run that has it."""
    standing = survey.standing
    values = {
        link.page: best.value
        for run, link in zip(reversed(survey.runs), reversed(links), strict=True)
        if key in run.metrics and (best := standing.best(run.metrics[key]))
    }
    top = standing.top(key, values.values())
    return next(([top, page] for page, value in values.items() if value == top), None)
