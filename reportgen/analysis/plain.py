"""Runs as JSON: the object that `export` writes a line of, and the one that `run.json` holds.

Times are int milliseconds since the Unix epoch, UTC. Numbers that JSON lacks are the strings
"NaN", "Infinity" and "-Infinity".
"""

import json
from math import isfinite

import orjson

from reportgen.analysis.standing import Standing
from reportgen.model import Artifact, Experiment, MetricHead, MetricSeries, Problem, Run


def plain_number(value: float) -> float | str:
    """A float as JSON can hold it: itself, or its name where it is not finite."""
    value = float(value)
    if isfinite(value):
        return value
    if value > 0:
        return "Infinity"
    return "-Infinity" if value < 0 else "NaN"


def plain_run(experiment: Experiment, run: Run) -> dict[str, object]:
    """A run as plain values; the keys and their order are public (docs of `export`)."""
    return {
        "experiment_id": run.experiment_id,
        "experiment": experiment.name,
        "run_id": run.id,
        "run_name": run.name,
        "status": run.status.name,
        "lifecycle_stage": run.lifecycle_stage,
        "start_time": run.start_time,
        "end_time": run.end_time,
        "user": run.user,
        "source": run.source,
        "params": dict(run.params),
        "tags": dict(run.tags),
        "metrics": {key: _plain_metric(head) for key, head in run.metrics.items()},
        "artifacts": [_plain_artifact(artifact) for artifact in run.artifacts],
        "problems": [_plain_problem(problem) for problem in run.problems],
    }


def site_run(
    experiment: Experiment, run: Run, standing: Standing, *, is_sealed: bool, unsealed: str
) -> dict[str, object]:
    """A run as the site's own files have it: test metrics apart, each metric with its role.

    Test metrics that are sealed have their role and the count of their points, and no value.
    `unsealed` is the reason why they were opened, "" where they never were sealed.
    """
    metrics: dict[str, object] = {}
    heldout: dict[str, object] = {}
    for key, head in run.metrics.items():
        assigned = standing.roles[key]
        role = {"role": assigned.role.value, "by": assigned.by}
        if not standing.is_heldout(key):
            metrics[key] = {**_plain_metric(head), **role}
        elif is_sealed:
            heldout[key] = {"sealed": True, "count": head.count, **_plain_links(head), **role}
        else:
            reason = {"unsealed": unsealed} if unsealed else {}
            heldout[key] = {**_plain_metric(head), **role, **reason}
    plain: dict[str, object] = {}
    for name, value in plain_run(experiment, run).items():
        plain[name] = metrics if name == "metrics" else value
        if name == "metrics":
            plain["heldout"] = heldout
    return plain


def plain_points(series: MetricSeries) -> list[tuple[int, int, float | str]]:
    """The points of a metric as [step, timestamp, value], in the order of the series."""
    values = map(plain_number, series.values)
    return list(zip(series.steps, series.timestamps, values, strict=True))


def dump_json(value: object) -> bytes:
    """Compact JSON, UTF-8, keys in their order. Floats must be finite: see `plain_number`.

    Steps may be ints of any size, which only the slower module of the two can write.
    """
    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return text.encode("utf-8", "replace")


def _plain_metric(head: MetricHead) -> dict[str, object]:
    return {
        "last": plain_number(head.last),
        "step": head.step,
        "timestamp": head.timestamp,
        "count": head.count,
        "min": plain_number(head.low),
        "max": plain_number(head.high),
        **_plain_links(head),
    }


def _plain_links(head: MetricHead) -> dict[str, object]:
    """The datasets that a metric was logged with; no key where there are none."""
    if not head.datasets:
        return {}
    links = [{"name": one.name, "digest": one.dataset_digest} for one in head.datasets]
    return {"datasets": links}


def _plain_artifact(artifact: Artifact) -> dict[str, object]:
    return {"path": artifact.path, "bytes": artifact.size}


def _plain_problem(problem: Problem) -> dict[str, object]:
    return {"path": problem.path, "line": problem.line, "reason": problem.reason}
