"""The runs that the config file names as baselines: one at the most for each experiment."""

from collections.abc import Sequence
from dataclasses import replace

from reportgen.analysis.chosen import Row, find_run
from reportgen.analysis.metric_rules import MetricRules
from reportgen.config import Options
from reportgen.errors import UsageError
from reportgen.model import Problem
from reportgen.readers.base import Outline, Store
from reportgen.site.catalog import Catalog, Entry, RunLink
from reportgen.site.survey import Survey, survey_of

_CONFIG = "reportgen.toml"


def with_baselines(
    catalog: Catalog, stores: Sequence[Store], options: Options, rules: MetricRules
) -> Catalog:
    """The catalog with the baseline of each experiment for which one is named.

    For `EXPERIMENT:best`, the runs of that experiment are read. A name that means no run, or
    several, is a problem and no error: runs come and go while a config file stays.
    """
    if not options.baseline:
        return catalog
    rows = [_row(entry, stores[entry.store], options, rules) for entry in catalog.entries]
    entries = dict(zip(map(id, rows), catalog.entries, strict=True))
    found: dict[str, RunLink] = {}
    problems = []
    for text in options.baseline:
        try:
            row, outline = find_run(rows, text, "the site")
        except UsageError as error:
            reason = f"runs.baseline = {text!r}: {error}; {error.hint}"
            problems.append(Problem(_CONFIG, None, reason))
            continue
        entry = entries[id(row)]
        found.setdefault(entry.key, catalog.link(entry, outline))
    return replace(catalog, baselines=found, problems=(*catalog.problems, *problems))


def _row(entry: Entry, store: Store, options: Options, rules: MetricRules) -> Row[Outline]:
    def best() -> int:
        runs = entry.experiment, store, entry.outlines
        return best_of(survey_of(*runs, options, rules, unshown=entry.unshown))

    return Row(entry.experiment, entry.outlines, best)


def best_of(survey: Survey) -> int:
    """The place of the best run. Raises UsageError where runs may not be ranked."""
    if survey.lead is not None:
        return survey.lead.place
    reason = survey.standing.reason
    if survey.standing.primary is not None:
        reason = f"no run has a value of {survey.standing.primary}"
    raise UsageError(
        f"which run of {survey.name!r} is best cannot be told: {reason}",
        hint="name a run, or a metric to rank by: [metrics] primary",
    )
