"""A run as bytes and back: what is remembered between builds and passed between processes.

Three lines: the run as one JSON list, the stamps of its artifacts, the digest of the first line.
The stamps stand apart because they tell of this machine's files, not of the run. Numbers that
JSON lacks and ints beyond 64 bits are kept as text.
"""

from math import isfinite
from sys import intern
from typing import Any

import orjson

from reportgen.digest import Digest, digest_bytes, digest_of
from reportgen.model import (
    Artifact,
    Cause,
    DatasetInput,
    LoggedModel,
    MetricDataset,
    MetricHead,
    Problem,
    Run,
    Status,
)
from reportgen.readers.base import Outline

_INT64 = 1 << 63
_NO_PROBLEMS = b",[]]"  # how the line of a run ends; within a text, a quote would follow


def pack(run: Run) -> bytes:
    """The bytes that `unpack` makes the same run of, its digest included."""
    plain = [
        run.id,
        run.where,
        run.name,
        run.status.value,
        run.start_time,
        run.tags.get("mlflow.parentRunId", ""),
        run.lifecycle_stage,
        run.experiment_id,
        run.end_time,
        run.user,
        run.source,
        run.source_type,
        run.source_version,
        run.artifact_uri,
        run.artifact_note,
        run.params,
        run.tags,
        [_plain_metric(head) for head in run.metrics.values()],
        [(artifact.path, artifact.size) for artifact in run.artifacts],
        run.datasets,
        [_plain_model(model) for model in run.models],
        run.cause,
        run.hides_names,
        run.problems,
    ]
    first = orjson.dumps(plain)
    stamps = _stamps(run)
    return b"\n".join((first, orjson.dumps(stamps), digest_bytes(first).encode()))


def unpack(packed: bytes) -> Run:
    """The run that `pack` was given, with its digest."""
    first, stamp_line, digest = packed.split(b"\n")
    plain = orjson.loads(first)
    stamps = iter(orjson.loads(stamp_line))
    return Run(
        id=plain[0],
        where=plain[1],
        name=plain[2],
        status=Status(plain[3]),
        start_time=plain[4],
        lifecycle_stage=plain[6],
        experiment_id=plain[7],
        end_time=plain[8],
        user=plain[9],
        source=plain[10],
        source_type=plain[11],
        source_version=plain[12],
        artifact_uri=plain[13],
        artifact_note=plain[14],
        params=_texts(plain[15]),
        tags=_texts(plain[16]),
        metrics={head[0]: _metric(head) for head in plain[17]},
        artifacts=tuple(Artifact(intern(path), size, next(stamps)) for path, size in plain[18]),
        datasets=tuple(DatasetInput(**item) for item in plain[19]),
        models=tuple(_model(item, stamps) for item in plain[20]),
        cause=Cause(**plain[21]) if plain[21] else None,
        hides_names=plain[22],
        problems=_problems(plain),
        digest=digest.decode(),
    )


def _texts(plain: dict[str, str]) -> dict[str, str]:
    """Parameters or tags. Runs of an experiment share most texts, and so one copy of each."""
    return {key: intern(value) for key, value in plain.items()}


def unpack_outline(packed: bytes) -> Outline:
    """Only the outline of a packed run."""
    first, stamps, digest = packed.split(b"\n")
    plain = orjson.loads(first)
    run_id, where, name, status, start_time, parent_id, stage = plain[:7]
    return Outline(
        run_id,
        where,
        name,
        Status(status),
        start_time,
        parent_id,
        stage,
        digest.decode(),
        _digest_of_stamps(orjson.loads(stamps)),
        _problems(plain),
        plain[8],
    )


def owners_in(packed: bytes) -> tuple[str, str, str]:
    """Only the user, the program and the address of the artifacts of a packed run."""
    plain = orjson.loads(packed[: packed.index(b"\n")])
    return plain[9], plain[10], plain[13]


def with_digest(packed: bytes, digest: Digest) -> bytes:
    """A packed run that is known by another digest than that of its bytes."""
    return packed[: packed.rindex(b"\n") + 1] + digest.encode()


def artifacts_digest(run: Run) -> Digest:
    """What tells whether the bytes of a run's artifacts are as they were; "" where nothing does."""
    return _digest_of_stamps(_stamps(run))


def artifacts_digest_in(packed: bytes) -> Digest:
    """As `artifacts_digest`, of a packed run."""
    return _digest_of_stamps(orjson.loads(packed.split(b"\n")[1]))


def _stamps(run: Run) -> list[Digest]:
    stamps = [artifact.digest for artifact in run.artifacts]
    for model in run.models:
        stamps += [artifact.digest for artifact in model.artifacts]
    return stamps


def _digest_of_stamps(stamps: list[Digest]) -> Digest:
    return digest_of(stamps) if all(stamps) else ""


def problems_in(packed: bytes) -> tuple[Problem, ...]:
    """Only the problems of a packed run. Most runs have none, which is seen at the end."""
    first = packed[: packed.index(b"\n")]
    return () if first.endswith(_NO_PROBLEMS) else _problems(orjson.loads(first))


def _problems(plain: list[Any]) -> tuple[Problem, ...]:
    return tuple(Problem(**item) for item in plain[-1])


def digest_in(packed: bytes) -> Digest:
    """The digest of a packed run."""
    return packed[packed.rindex(b"\n") + 1 :].decode()


def _plain_metric(head: MetricHead) -> list[Any]:
    last, low, high = head.last, head.low, head.high
    step, timestamp, low_step, high_step = head.step, head.timestamp, head.low_step, head.high_step
    numbers: list[float | str] = [last, low, high]
    if not isfinite(last + low + high):
        numbers = [one if isfinite(one) else repr(one) for one in (last, low, high)]
    whole: list[int | str] = [step, timestamp, low_step, high_step]
    ints = step, timestamp, low_step, high_step
    if not (_fits(min(ints)) and _fits(max(ints))):
        whole = [number if _fits(number) else str(number) for number in ints]
    return [head.key, head.count, *numbers, *whole, head.trace, head.digest, *head.datasets]


def _fits(number: int) -> bool:
    return -_INT64 <= number < _INT64


def _metric(plain: list[Any]) -> MetricHead:
    key, count, last, low, high, *ints, trace, digest = plain[:11]
    step, timestamp, low_step, high_step = map(int, ints)
    datasets = tuple(MetricDataset(**item) for item in plain[11:]) if len(plain) > 11 else ()
    return MetricHead(
        intern(key),
        count,
        float(last),
        step,
        timestamp,
        float(low),
        float(high),
        digest,
        low_step,
        high_step,
        trace,
        datasets,
    )


def _plain_model(model: LoggedModel) -> dict[str, Any]:
    plain = {name: getattr(model, name) for name in _MODEL_FIELDS}
    plain["metrics"] = [_plain_metric(head) for head in model.metrics.values()]
    plain["artifacts"] = [(artifact.path, artifact.size) for artifact in model.artifacts]
    return plain


_MODEL_FIELDS = tuple(LoggedModel.__dataclass_fields__)


def _model(plain: dict[str, Any], stamps: Any) -> LoggedModel:
    metrics = {head[0]: _metric(head) for head in plain["metrics"]}
    artifacts = tuple(Artifact(path, size, next(stamps)) for path, size in plain["artifacts"])
    return LoggedModel(**{**plain, "metrics": metrics, "artifacts": artifacts})
