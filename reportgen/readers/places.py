"""From what a user names as a store to the reader that can read it."""

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

from reportgen.errors import StoreError
from reportgen.readers.base import Store
from reportgen.readers.stamps import Memory

TRACKING_URI = "MLFLOW_TRACKING_URI"
DEFAULT_PLACES = ("mlruns", "mlflow.db")


def default_place(environment: Mapping[str, str]) -> str:
    """The store to read where none is named: as MLflow finds it.

    Raises StoreError where there is neither a tracking URI nor one of the default places.
    """
    uri = environment.get(TRACKING_URI, "")
    if uri:
        return uri
    for name in DEFAULT_PLACES:
        if Path(name).exists():
            return name
    raise StoreError(
        f"no store here: looked for {TRACKING_URI}, ./{', ./'.join(DEFAULT_PLACES)}",
        hint="name it: reportgen build path/to/mlruns",
    )


def local_path(uri: str) -> Path:
    """The path of a store named by a path or a `file:` URI. Raises StoreError for other URIs."""
    parts = urlsplit(uri)
    if len(parts.scheme) < 2:  # none, or the letter of a Windows drive
        return Path(uri).expanduser()
    if parts.scheme == "file":
        path = unquote(parts.path)
        is_drive = os.name == "nt" and path[:1] == "/" and path[2:3] == ":"
        return Path(path[1:] if is_drive else path)
    raise StoreError(
        f"cannot read {parts.scheme} stores: {uri.rsplit('@', maxsplit=1)[-1]}",
        hint="this version reads `mlruns` folders; name one",
    )


def open_place(uri: str, memory: Memory | None = None) -> Store:
    """The store at a path or URI. Raises StoreError where there is none."""
    from reportgen.readers.mlruns import MlrunsStore  # parsers are loaded only to read

    return MlrunsStore(local_path(uri), memory)
