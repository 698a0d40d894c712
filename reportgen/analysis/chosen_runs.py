"""The runs that somebody has marked as the chosen ones: by a tag, or by registering their model."""

import json
import re
from collections.abc import Iterable
from contextlib import suppress

from reportgen.analysis.role_names import tokens_of
from reportgen.model import Run

_REGISTERED = "mlflow.modelVersions"  # on a logged model: JSON, [{"name": ..., "version": ...}]
_MARKS = {"chosen", "selected", "champion", "winner", "best", "production", "deployed"}
_STATES = {"stage", "alias", "status", "state", "lifecycle", "role"}
_NO = {"", "0", "no", "n", "false", "off", "none", "null", "not"}
_LONGEST = 60


def chosen_runs(runs: Iterable[Run]) -> list[tuple[Run, str]]:
    """Each marked run with what marks it: "the tag `champion`", "the registered model `taste`"."""
    found = []
    for run in runs:
        mark = _by_model(run) or _by_tag(run)
        if mark:
            found.append((run, mark))
    return found


def _by_tag(run: Run) -> str:
    """A tag such as chosen=yes, or stage=production; MLflow's own tags say nothing of this."""
    for key, value in run.tags.items():
        if key.startswith("mlflow.") or len(key) > _LONGEST:
            continue
        words = [token.text for token in tokens_of(key)]
        said = set(re.findall(r"[a-z]+|\d+", value[:_LONGEST].lower())) or {""}
        if words and words[-1] in _MARKS and not said & _NO:
            return f"the tag `{key}`"
        if words and words[-1] in _STATES and said & _MARKS and not said & _NO:
            return f"the tag `{key}`"
    return ""


def _by_model(run: Run) -> str:
    for model in run.models:
        if model.relation != "output":
            continue
        with suppress(ValueError, TypeError, KeyError, IndexError, RecursionError):
            name = json.loads(model.tags.get(_REGISTERED, ""))[0]["name"]
            if isinstance(name, str):
                return f"the registered model `{name[:_LONGEST]}`"
    return ""
