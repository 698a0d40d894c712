"""What the index tells of each experiment's runs, remembered between builds.

The index and the page of failed runs need the best value of an experiment, its failures and the
findings about it; with the brief at hand, the runs of an experiment that did not change are not
read for it again.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from math import ceil, isfinite
from pathlib import Path
from typing import Any

import orjson

from reportgen.analysis.diff_metrics import Judgement
from reportgen.analysis.failure_rules import FailureRule
from reportgen.analysis.failures import FailureGroup, ListedRun, failure_groups
from reportgen.analysis.finding_texts import Finding, Level
from reportgen.analysis.ledger import Look, looks_of
from reportgen.analysis.metric_rules import Role
from reportgen.analysis.roles import Assigned, Elsewhere
from reportgen.digest import Digest, digest_of
from reportgen.model import MetricKey, Status
from reportgen.site.quick import STATE_FOLDER
from reportgen.site.survey import Survey
from reportgen.values import frozen

_FILE = "briefs.json"
_COURSE = 64  # values of a course, at the most


@frozen
class Leader:
    """The best run by the primary metric."""

    where: str
    metric: str
    value: float
    hint: str  # "lower is better"
    course: tuple[float, ...]  # the best so far, by run, oldest first
    is_of_test: bool = False  # whether the author lets runs be ranked by test data


@frozen
class Plate:
    """A picture of an experiment, as its page shows it."""

    path: str  # below the experiment's folder
    digest: Digest
    alt: str  # "" for one that is not shown there


@frozen
class Brief:
    """An experiment in brief."""

    digest: Digest  # of all that the brief was made from
    leader: Leader | None
    run_count: int
    failures: tuple[FailureGroup, ...]
    findings: tuple[Finding, ...]
    plates: tuple[Plate, ...]
    looks: tuple[Look, ...]  # at test sets, by all runs
    elsewhere: Mapping[str, Elsewhere]  # by run: its metrics that are test by other runs
    primary: MetricKey | None  # the metric that runs are ranked by
    limits: Mapping[MetricKey, float]  # by metric: up to this, differences are chance; if known
    judged: Digest  # of how its metrics are judged


def brief_of(
    survey: Survey,
    digest: Digest,
    plates: tuple[Plate, ...],
    findings: tuple[Finding, ...],
    rules: Sequence[FailureRule],
) -> Brief:
    """The brief of an experiment whose runs are at hand."""
    failures = failure_groups(survey.runs, rules)
    looks = looks_of(survey.name, reversed(survey.runs), survey.standing.is_heldout)
    return Brief(
        digest,
        _leader(survey),
        len(survey.runs),
        failures,
        findings,
        plates,
        looks,
        survey.standing.elsewhere,
        survey.standing.primary,
        dict(_limits(survey.judgement)),
        digest_of(survey.judgement),
    )


def _limits(judgement: Judgement) -> Iterator[tuple[MetricKey, float]]:
    for key, own in judgement.facts.items():
        if own.limit is not None and isfinite(own.limit):
            yield key, own.limit


def _leader(survey: Survey) -> Leader | None:
    lead = survey.lead
    if lead is None:
        return None
    thinned = lead.course[:: ceil(len(lead.course) / _COURSE)]
    course = (*thinned[:-1], lead.course[-1])
    hint = survey.standing.hint(lead.metric)
    is_of_test = survey.standing.is_heldout(lead.metric)
    where = survey.runs[lead.place].where
    return Leader(where, lead.metric, lead.best.value, hint, course, is_of_test)


class Briefs:
    """The briefs of a site's experiments, by store and place."""

    def __init__(self, root: Path, salt: str) -> None:
        """Read what an earlier build kept; nothing where that is absent, damaged or of others."""
        self._path = root / STATE_FOLDER / _FILE
        self._salt = salt
        self._old: dict[str, Brief] = {}
        self._new: dict[str, Brief] = {}
        self._shown: dict[str, Brief] = {}
        with suppress(OSError, ValueError, KeyError, TypeError):
            kept = orjson.loads(self._path.read_bytes())
            if kept["salt"] == salt:
                self._old = {key: _brief(plain) for key, plain in kept["briefs"].items()}

    def of(self, key: str, digest: Digest, make: Callable[[], Brief]) -> Brief:
        """The brief of an experiment: as it was, or made anew where anything changed."""
        brief = self._old.get(key)
        if brief is None or brief.digest != digest:
            brief = make()
        self._new[key] = brief
        return brief

    def last(self, key: str) -> Brief | None:
        """The brief of the build before, whatever has changed since."""
        return self._old.get(key)

    def show(self, key: str, brief: Brief) -> None:
        """Have the site's pages see more of an experiment than is kept for the next build."""
        self._shown[key] = brief

    def all(self) -> Mapping[str, Brief]:
        """The briefs of this build, as the site's pages see them."""
        return {**self._new, **self._shown}

    def save(self) -> None:
        """Write them for the next build."""
        plain = {"salt": self._salt, "briefs": {key: asdict(b) for key, b in self._new.items()}}
        fresh = self._path.with_suffix(".new")
        fresh.write_bytes(orjson.dumps(plain))
        fresh.replace(self._path)


def _brief(plain: dict[str, Any]) -> Brief:
    leader = plain["leader"]
    if leader is not None:
        leader = Leader(**{**leader, "course": tuple(map(float, leader["course"]))})
    return Brief(
        plain["digest"],
        leader,
        plain["run_count"],
        tuple(_group(group) for group in plain["failures"]),
        tuple(Finding(**{**one, "level": Level(one["level"])}) for one in plain["findings"]),
        tuple(Plate(**plate) for plate in plain["plates"]),
        tuple(Look(**look) for look in plain["looks"]),
        {where: _elsewhere(found) for where, found in plain["elsewhere"].items()},
        plain["primary"],
        {key: float(limit) for key, limit in plain["limits"].items()},
        plain["judged"],
    )


def _elsewhere(plain: list[Any]) -> Elsewhere:
    return tuple((key, Assigned(**{**one, "role": Role(one["role"])})) for key, one in plain)


def _group(plain: dict[str, Any]) -> FailureGroup:
    return FailureGroup(
        **{
            **plain,
            "status": Status(plain["status"]),
            "shared": tuple((name, value, runs) for name, value, runs in plain["shared"]),
            "runs": tuple(ListedRun(**run) for run in plain["runs"]),
        }
    )
