"""reportgen: MLflow runs as a static web site.

From Python:

    store = reportgen.open_store("mlruns")
    table = store.runs()                       # a pandas DataFrame, as of mlflow.search_runs

The names below are loaded when they are first used, so that a build that has nothing to do
loads nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reportgen.errors import ReportgenError
    from reportgen.library import OpenStore, open_store

__version__ = "0.1.0"
__all__ = ["OpenStore", "ReportgenError", "open_store"]

_HOMES = {
    "OpenStore": "reportgen.library",
    "ReportgenError": "reportgen.errors",
    "open_store": "reportgen.library",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'reportgen' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
