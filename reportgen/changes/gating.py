"""The gate's rules on the runs of a site: what is compared with what."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from reportgen.analysis.gate import (
    GateExperiment,
    GateMetric,
    GateRun,
    Outcome,
    Side,
    judge,
)
from reportgen.analysis.metric_rules import first_match
from reportgen.changes.compare import Changed
from reportgen.changes.sitedata import ExperimentData, ListedRun, SiteData
from reportgen.config import Options
from reportgen.configvalues import GateRule
from reportgen.errors import ConfigError
from reportgen.model import MetricKey

_LOOKED_AT = 200  # runs, for the one before the new ones


def gate_outcomes(
    options: Options, site: SiteData, base: SiteData | None, changed: Sequence[Changed], why: str
) -> tuple[Outcome, ...]:
    """What the rules of the config say; `why` there is no base, where there is none.

    With a base, the runs that have finished or failed since are judged; without one the newest of
    those there are. Raises ConfigError for a rule that cannot be meant.
    """
    if not options.gate:
        return ()
    if not options.baseline and any(rule.than == "baseline" for rule in options.gate):
        raise ConfigError(
            "gate.rule compares with the baseline, and the config names none",
            hint='write [runs] baseline = "NAME", or than = "base" or "previous"',
        )
    here = [one for one in changed if one.experiment.slug in {e.slug for e in site.experiments}]
    if any(not one.experiment.has_values for one in here):
        raise ConfigError(
            "gate.rule needs the values of runs, and another release built the site",
            hint="reportgen build",
        )
    judged = [_experiment(site, base, one, options.gate, why) for one in here]
    return judge(options.gate, judged, is_open=options.heldout == "open")


def _experiment(
    site: SiteData, base: SiteData | None, one: Changed, rules: Sequence[GateRule], why: str
) -> GateExperiment:
    data = one.experiment
    metrics = {key: GateMetric(f.role, f.direction, f.noise) for key, f in data.metrics.items()}
    for key in data.apart:
        metrics.setdefault(key, GateMetric("test", "", None))
    keys = [k for k in metrics if any(first_match(k, ((r.metric, True),)) for r in rules)]
    new = one.judged if base is not None else tuple(_newest(data))
    new = tuple(run for run in new if run.page != data.baseline)
    pages = {run.page for run in new}
    others = (run for run in data.runs.values() if run.page not in pages)
    return GateExperiment(
        data.name,
        metrics,
        tuple(_run(site, data, run, keys) for run in new),
        {
            "base": _base(one, base, keys, why),
            "baseline": _baseline(site, data, keys),
            "previous": _previous(site, data, others, keys),
        },
    )


def _newest(data: ExperimentData) -> Iterator[ListedRun]:
    """The newest run that has finished or failed."""
    for run in data.runs.values():
        if run.is_result and run.page != data.baseline:
            yield run
            return


def _run(
    site: SiteData, data: ExperimentData, run: ListedRun, keys: Iterable[MetricKey]
) -> GateRun:
    """A run as it is judged: by its values where it finished."""
    if run.status != "FINISHED":
        return GateRun(run.title, {}, run.cause or "it failed")
    return GateRun(run.title, dict(_values(site, data, run.page, keys)))


def _values(
    site: SiteData, data: ExperimentData, page: str, keys: Iterable[MetricKey]
) -> Iterator[tuple[MetricKey, float]]:
    values = site.values(page)
    for key in keys if values is not None else ():
        facts = data.metrics.get(key)
        value = values.value(key, facts.direction) if values and facts else None
        if value is not None:
            yield key, value


def _base(one: Changed, base: SiteData | None, keys: Iterable[MetricKey], why: str) -> Side:
    if base is None:
        return Side(absent=why)
    if one.base is None:
        return Side(absent="the base does not have the experiment")
    if not one.base.has_values:
        return Side(absent="another release built the base, without the values")
    values = {}
    for key in keys:
        facts, own = one.base.metrics.get(key), one.experiment.metrics.get(key)
        if facts and own and facts.best and facts.direction == own.direction:
            run = one.base.runs.get(facts.best.page)
            values[key] = facts.best.value, run.title if run else facts.best.page
    return Side(values)


def _baseline(site: SiteData, data: ExperimentData, keys: Iterable[MetricKey]) -> Side:
    run = data.runs.get(data.baseline or "")
    if run is None:
        words = "the config names no baseline for it, or one that the site does not have"
        return Side(absent=words, is_wrong=True)
    return Side({key: (v, run.title) for key, v in _values(site, data, run.page, keys)})


def _previous(
    site: SiteData, data: ExperimentData, others: Iterable[ListedRun], keys: Sequence[MetricKey]
) -> Side:
    """For each metric the newest of the other runs that finished with it."""
    found: dict[MetricKey, tuple[float, str]] = {}
    finished = (run for run in others if run.status == "FINISHED")
    for run in islice(finished, _LOOKED_AT):
        if len(found) == len(keys):
            break
        for key, value in _values(site, data, run.page, keys):
            found.setdefault(key, (value, run.title))
    return Side(found) if found else Side(absent="there is no run before it")
