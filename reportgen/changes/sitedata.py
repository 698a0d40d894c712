"""What a built site tells of its experiments and runs, read from its data files.

The files may be of another release or of somebody else: what is not as it should be is a SiteError.
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import field
from functools import cache
from math import isfinite
from typing import Any, TypeVar

from reportgen.errors import SiteError
from reportgen.model import MetricKey
from reportgen.site.othersite import OtherSite
from reportgen.site.pages.summarydata import VERSION
from reportgen.values import frozen

_RUNNING = ("RUNNING", "SCHEDULED")
T = TypeVar("T")


@frozen
class Best:
    """The best value of a metric and the page of the run that has it."""

    value: float
    page: str


@frozen
class MetricFacts:
    """What is known of a metric of an experiment."""

    role: str  # "train", "val", "test", "operational" or "unknown"
    direction: str  # "higher", "lower" or "" where it is not known which values are better
    ranks: bool  # whether runs may be told better and worse by it
    noise: float | None  # differences up to this are chance; None where nothing is known of it
    best: Best | None


@frozen
class ListedRun:
    """A run as its experiment lists it."""

    page: str  # its folder below `runs/`
    title: str
    status: str
    start: int | None  # ms
    cause: str = ""  # why it failed; "" where that is not known

    @property
    def is_over(self) -> bool:
        """Whether it has ended, in whatever way."""
        return self.status not in _RUNNING

    @property
    def is_result(self) -> bool:
        """Whether it has come to its own end, well or not."""
        return self.status in ("FINISHED", "FAILED")


@frozen
class ExperimentData:
    """An experiment of a site; of one that another release built, maybe runs only."""

    slug: str
    name: str
    id: str
    runs: Mapping[str, ListedRun]  # by page, newest first
    primary: MetricKey | None = None  # that ranks runs; None where none may
    reason: str = ""  # why that one, or why none
    baseline: str | None = None  # the page of the run that others are compared with
    metrics: Mapping[MetricKey, MetricFacts] = field(default_factory=dict)
    apart: tuple[MetricKey, ...] = ()  # measured on test data
    shown: tuple[MetricKey, ...] = ()  # in the run table, those worth most first
    courses: Mapping[str, Mapping[MetricKey, str]] = field(default_factory=dict)  # traces, by page
    has_values: bool = True  # False where another release built it, which tells runs only

    @property
    def titles(self) -> Counter[str]:
        """How many of its runs have each title."""
        return Counter(run.title for run in self.runs.values())

    @property
    def best(self) -> Best | None:
        """The best value that runs are ranked by."""
        return None if self.primary is None else self.metrics[self.primary].best


@frozen
class RunValues:
    """What a run was made with and what it came to."""

    params: Mapping[str, str]
    values: Mapping[MetricKey, tuple[float, float, float]]  # last, least, greatest; nan where none
    test: tuple[MetricKey, ...]  # metrics that it has from test data

    def value(self, key: MetricKey, direction: str) -> float | None:
        """The best value over the steps, or the last one where no value is known to be better.

        None where the run has no such metric, or no finite value of it.
        """
        found = self.values.get(key)
        if found is None:
            return None
        value = found[("", "lower", "higher").index(direction)]
        return value if isfinite(value) else None


class SiteData:
    """The data of a built site; runs are read when they are asked for, once."""

    def __init__(self, site: OtherSite) -> None:
        """Read what lists the experiments. Raises SiteError."""
        self._site = site
        self.name = site.name
        listed = self._json("data/site.json", _experiments) or []
        self.experiments = tuple(self._experiment(one) for one in listed)
        self.values = cache(self._values)

    @property
    def pages(self) -> Mapping[str, tuple[ExperimentData, ListedRun]]:
        """Every run with its experiment, by its page."""
        return {p: (e, run) for e in self.experiments for p, run in e.runs.items()}

    def _experiment(self, one: tuple[str, str, str]) -> ExperimentData:
        slug, name, identity = one
        folder = f"experiments/{slug}"
        brief = self._json(f"{folder}/summary.json", lambda plain: _brief(one, plain))
        if brief is not None:
            return brief
        rows = self._json(f"{folder}/runs.json", _rows) or {}
        return ExperimentData(slug, name, identity, rows, has_values=False)

    def _values(self, page: str) -> RunValues | None:
        """The values of a run; None where the site does not have it."""
        return self._json(f"runs/{page}/run.json", _run_values)

    def _json(self, path: str, parse: Callable[[Any], T]) -> T | None:
        body = self._site.read(path)
        if body is None:
            return None
        try:
            return parse(json.loads(body))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise SiteError(
                f"{path} of {self.name} is not what reportgen writes: "
                + (f"it has no {error}" if isinstance(error, KeyError) else str(error)),
                hint="build that site again",
            ) from error


def _experiments(plain: Any) -> list[tuple[str, str, str]]:
    return [
        (_text(one["slug"]), _text(one["name"]), _text(one["id"])) for one in plain["experiments"]
    ]


def _brief(one: tuple[str, str, str], plain: Any) -> ExperimentData | None:
    """The experiment; None where another release wrote the file in a form that is not known."""
    if plain["version"] != VERSION:
        return None
    metrics = {key: _facts(facts) for key, facts in plain["metrics"].items()}
    primary = plain["primary"]
    ranks = primary in metrics and metrics[primary].ranks
    baseline = plain["baseline"]
    return ExperimentData(
        *one,
        {page: _listed(page, run) for page, run in plain["runs"].items()},
        primary if ranks else None,
        _text(plain["reason"]),
        None if baseline is None else _text(baseline),
        metrics,
        tuple(map(_text, plain["apart"])),
        tuple(map(_text, plain["shown"])),
        {page: {k: _text(v) for k, v in of.items()} for page, of in plain["courses"].items()},
    )


def _facts(plain: Any) -> MetricFacts:
    best = plain["best"]
    direction = _text(plain["direction"])
    if direction not in ("", "lower", "higher"):
        raise ValueError(f"no direction: {direction!r}")
    return MetricFacts(
        _text(plain["role"]),
        direction,
        plain["ranks"] is True,
        None if plain["noise"] is None else float(plain["noise"]),
        None if best is None else Best(float(best[0]), _text(best[1])),
    )


def _listed(page: str, plain: Any) -> ListedRun:
    title, status, start, cause = plain
    return ListedRun(
        page, _text(title), _text(status), start if type(start) is int else None, _text(cause)
    )


def _rows(plain: Any) -> dict[str, ListedRun]:
    """The runs of `runs.json`, by id: of other pages than those of ids nothing is told there."""
    return {
        _text(row["run_id"]): ListedRun(
            _text(row["run_id"]),
            _text(row.get("tags.mlflow.runName") or row["run_id"][:8]),
            _text(row["status"]),
            row["start_time"] if type(row["start_time"]) is int else None,
        )
        for row in plain
    }


def _run_values(plain: Any) -> RunValues:
    values = {
        key: (float(one["last"]), float(one["min"]), float(one["max"]))
        for key, one in plain["metrics"].items()
    }
    heldout = plain.get("heldout", {})
    for key, one in heldout.items():
        if "last" in one:  # not sealed
            values[key] = (float(one["last"]), float(one["min"]), float(one["max"]))
    params = {key: _text(value) for key, value in plain["params"].items()}
    return RunValues(params, values, tuple(heldout))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"no text: {value!r}")
    return value
