"""A diff as JSON: its keys are public, and told in docs/data.md."""

import json

from reportgen.analysis.diff_files import FileChange
from reportgen.analysis.diff_metrics import MetricChange, MetricSide
from reportgen.analysis.diff_summary import summary_of
from reportgen.analysis.diff_values import Values
from reportgen.analysis.plain import plain_number
from reportgen.model import Artifact, Run
from reportgen.site.diffs.compare import Compared
from reportgen.site.diffs.sections import patch_lines

SCHEMA = 1
Json = dict[str, object]


def as_json(found: Compared) -> str:
    """A diff as JSON, indented; numbers that JSON lacks are texts, as in an export."""
    return json.dumps(plain_diff(found), indent=2) + "\n"  # ASCII: safe on any terminal


def plain_diff(found: Compared) -> Json:
    """A diff as plain values."""
    diff = found.diff
    environments = diff.environments
    return {
        "schema": SCHEMA,
        "a": _run(diff.a, found.experiments[0]),
        "b": _run(diff.b, found.experiments[1]),
        "summary": summary_of(diff).text,
        "params": _values(diff.params),
        "metrics": [_judged(one) for one in diff.metrics.plain],
        "heldout": [_metric(one) for one in diff.metrics.heldout],
        "system": [_metric(one) for one in diff.metrics.system],
        "tags": _values(diff.tags),
        "mlflow_tags": _values(diff.mlflow_tags),
        "datasets": {
            "changed": [
                {"name": one.name, "context": one.context, "a": one.old, "b": one.new}
                for one in diff.datasets.changes
            ],
            "same": dict(diff.datasets.same),
        },
        "source": {**_values(diff.facts), "compare_url": diff.commits or None},
        "packages": {
            "changed": [
                {"name": one.name, "a": one.old, "b": one.new} for one in environments.packages
            ],
            "same": environments.same,
        },
        "files": {
            "changed": [_file(one) for one in diff.files.changes],
            "same": list(diff.files.same),
        },
    }


def _run(run: Run, experiment: str) -> Json:
    return {
        "run_id": run.id,
        "run_name": run.name,
        "experiment_id": run.experiment_id,
        "experiment": experiment,
        "status": run.status.name,
        "start_time": run.start_time,
        "end_time": run.end_time,
    }


def _values(values: Values) -> Json:
    return {
        "changed": [
            {"key": one.key, "a": one.old, "b": one.new, "relative": one.relative}
            for one in values.changes
        ],
        "same": dict(values.same),
    }


def _judged(one: MetricChange) -> Json:
    return {**_metric(one), "verdict": one.verdict.value}


def _metric(one: MetricChange) -> Json:
    return {
        "key": one.key,
        "role": one.role,
        "direction": one.direction or None,
        "a": _side(one.a),
        "b": _side(one.b),
        "compared": one.basis or None,
        "difference": one.difference,
        "relative": one.relative,
    }


def _side(side: MetricSide | None) -> Json | None:
    if side is None:
        return None
    if side.is_sealed:
        return {"sealed": True, "count": side.points}
    best = side.best
    return {
        "last": plain_number(side.last),
        "step": side.step,
        "count": side.points,
        "best": None if best is None else plain_number(best.value),
        "best_step": None if best is None else best.step,
    }


def _file(one: FileChange) -> Json:
    found: Json = {
        "path": one.path,
        "change": one.change.value,
        "a_bytes": _bytes(one.a),
        "b_bytes": _bytes(one.b),
    }
    if one.text is not None:
        found["note"] = one.text.note
        found["lines"] = list(patch_lines(one.text))
    return found


def _bytes(artifact: Artifact | None) -> int | None:
    return None if artifact is None else artifact.size
