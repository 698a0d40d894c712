"""The ledger of looks: how often each test set was scored, kept longer than the runs themselves.

One look is one run that scored one family of metrics on one test set; so many steps, so many
looks. The ledger is a file of JSON lines that is only ever appended to:

    {"when": 1772529943000, "experiment": "coffee", "run": "1a05...", "metric": "rmse",
     "dataset": "coffee-test", "dataset_digest": "bbf32bd3", "steps": 1, "configuration": "9f..."}

A line says what was known when it was written; of several on one look, the one with the most
steps holds. A line with a "reason" records that the results of a run were unsealed.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields as dataclass_fields
from typing import TypeAlias

from reportgen.analysis.plain import dump_json
from reportgen.analysis.role_names import stem_of
from reportgen.analysis.scored import scored_on
from reportgen.analysis.seed_names import sets_seed
from reportgen.digest import digest_of
from reportgen.model import MetricKey, Problem, Run, RunId
from reportgen.values import frozen

UNKNOWN = "?"  # a test set that MLflow has no record of
LookKey: TypeAlias = tuple[RunId, str, str, str]  # run, metric, dataset and its digest
Place: TypeAlias = tuple[str, LookKey]  # with the name of the experiment

_TEXTS = ("experiment", "run", "metric", "dataset", "dataset_digest")
_BATCHES = re.compile(r"[_/.-]step$", re.IGNORECASE)
_AGGREGATE = re.compile(r"[_/.-](?:step|epoch)$", re.IGNORECASE)
_FAR = 1 << 63  # ms; a time beyond is none
_MOST_TOLD = 20  # problems of one ledger
_OURS = b'{"when":'  # how a line of ours starts, also a torn one


@frozen
class Look:
    """A line of the ledger."""

    when: int  # ms: the time of the newest point that was scored; from the data, not from a clock
    experiment: str  # its name
    run: RunId
    metric: str  # the family: the metric's name without its role
    dataset: str  # "?" where MLflow has no record of the test set
    dataset_digest: str  # "?" as above
    steps: int
    configuration: str = ""  # of the parameters but for seeds: equal for equal ones
    reason: str = ""  # why the run was unsealed; "" for a look

    @property
    def key(self) -> LookKey:
        """What tells this look from all others."""
        return self.run, self.metric, self.dataset, self.dataset_digest

    @property
    def place(self) -> Place:
        """The same with the name that the experiment had."""
        return self.experiment, self.key


_FIELDS = tuple(field.name for field in dataclass_fields(Look))


@frozen
class Ledger:
    """What a file of looks holds."""

    looks: tuple[Look, ...] = ()
    problems: tuple[Problem, ...] = ()
    is_foreign: bool = False  # not empty, and no line of it is ours
    is_torn: bool = False  # its last line is not ended


def family_of(key: MetricKey) -> str:
    """What a metric measures, whatever its role: `test_acc`, `test/acc_epoch` and `acc` are one."""
    stem = stem_of(key)
    return _AGGREGATE.sub("", stem) or stem


def configuration_of(run: Run) -> str:
    """A short digest of a run's parameters, those that only set a seed left out."""
    params = {key: value for key, value in run.params.items() if not sets_seed(key)}
    return digest_of(params)[:12]


def looks_of(
    experiment: str, runs: Iterable[Run], is_heldout: Callable[[MetricKey], bool]
) -> tuple[Look, ...]:
    """The looks that runs have taken at test sets, run by run in their order."""
    return tuple(
        look
        for run in runs
        if any(map(is_heldout, run.metrics))
        for look in _looks_of_run(experiment, run, is_heldout)
    )


def _looks_of_run(
    experiment: str, run: Run, is_heldout: Callable[[MetricKey], bool]
) -> Iterable[Look]:
    families: dict[str, list[MetricKey]] = {}
    for key in sorted(filter(is_heldout, run.metrics)):
        families.setdefault(family_of(key), []).append(key)
    configuration = configuration_of(run)
    for family in sorted(families):
        keys = families[family]
        whole = [key for key in keys if not _BATCHES.search(key)]  # of a pass, not of each batch
        for (name, digest), (when, steps) in sorted(_scorings(run, whole or keys).items()):
            place = _told(experiment), run.id, _told(family), name, digest
            yield Look(when if abs(when) < _FAR else 0, *place, steps, configuration)


def _scorings(run: Run, keys: Iterable[MetricKey]) -> dict[tuple[str, str], tuple[int, int]]:
    """Each test set of some metrics with the newest time and the most points that one has on it."""
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for key in keys:
        head = run.metrics[key]
        sets = [
            (_told(one.dataset.name), _told(one.dataset.dataset_digest), one.count)
            for one in scored_on(run, key)
        ]
        for name, digest, count in sets or [("", "", head.count)]:
            place = name or UNKNOWN, digest or UNKNOWN
            when, steps = found.get(place, (head.timestamp, 0))
            found[place] = max(when, head.timestamp), max(steps, count)
    return found


def _told(text: str) -> str:
    """A text as a file can hold it, so that it is the same when it is read again."""
    return text.encode("utf-8", "replace").decode()


def told_steps(looks: Iterable[Look]) -> dict[Place, int]:
    """The most steps that lines of a ledger tell of each look."""
    steps: dict[Place, int] = {}
    for look in looks:
        if not look.reason:
            steps[look.place] = max(look.steps, steps.get(look.place, 0))
    return steps


def new_looks(told: Mapping[Place, int], found: Iterable[Look]) -> tuple[Look, ...]:
    """Those of `found` that were not told yet, or not with as many steps.

    One of an experiment that was renamed is told again: when the run is gone, its name is left.
    """
    most: dict[Place, Look] = {}
    for look in found:
        before = most.get(look.place)
        if before is None or look.steps > before.steps:
            most[look.place] = look
    return tuple(look for look in most.values() if look.steps > told.get(look.place, 0))


def spell(looks: Iterable[Look]) -> bytes:
    """Looks as lines of the ledger."""
    return b"".join(dump_json(_plain(look)) + b"\n" for look in looks)


def _plain(look: Look) -> dict[str, object]:
    plain: dict[str, object] = {"when": look.when}
    plain.update((name, getattr(look, name)) for name in _TEXTS)
    plain["steps"] = look.steps
    for name in ("configuration", "reason"):
        if getattr(look, name):
            plain[name] = getattr(look, name)
    return plain


def parse_ledger(body: bytes, path: str) -> Ledger:
    """The looks in a file; each line that is none becomes a problem and is passed over.

    `path` is how problems name the file. A last line without an end counts if it is whole.
    """
    looks: list[Look] = []
    problems: list[Problem] = []
    ours = False
    lines = body.split(b"\n")
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        look = _parse(line)
        if look is not None:
            looks.append(look)
        else:
            problems.append(Problem(path, number, _why(line, is_last=number == len(lines))))
        ours = ours or look is not None or line.startswith(_OURS)
    told = problems[:_MOST_TOLD]
    if len(problems) > len(told):
        rest = len(problems) - len(told)
        told.append(Problem(path, None, f"{rest} more lines of this file could not be read"))
    return Ledger(tuple(looks), tuple(told), bool(problems) and not ours, bool(lines[-1]))


def _why(line: bytes, *, is_last: bool) -> str:
    if is_last and line.startswith(_OURS):
        return "the last line of the ledger is cut short; passed over"
    return "not a line of a ledger of looks; passed over"


def _parse(line: bytes) -> Look | None:
    import orjson  # not where there is nothing to build

    try:
        plain = orjson.loads(line)
    except ValueError:
        return None
    if not isinstance(plain, dict):
        return None
    fields = {"configuration": "", "reason": "", **plain}
    texts = [fields.get(name) for name in (*_TEXTS, "configuration", "reason")]
    numbers = [fields.get(name) for name in ("when", "steps")]
    if any(type(text) is not str for text in texts):
        return None
    if any(type(number) is not int for number in numbers) or not fields["run"]:
        return None
    look = Look(**{name: fields[name] for name in _FIELDS})
    return look if look.steps > 0 else None
