"""From what a user names as a store to the reader that can read it."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from reportgen.errors import StoreError

if TYPE_CHECKING:
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
    if ":" not in uri:
        return Path(uri).expanduser()
    from urllib.parse import unquote, urlsplit

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


def labels_of(places: Sequence[str]) -> tuple[str, ...]:
    """Short names for stores: as few last parts of their paths as tell them apart."""
    parts = [Path(place).resolve().parts for place in places]
    for length in range(1, max(map(len, parts)) + 1):
        labels = tuple("/".join(path[-length:]) for path in parts)
        if len(set(labels)) == len(set(parts)):
            return labels
    return labels


def open_place(uri: str, memory: "Memory | None" = None, label: str = "") -> "Store":
    """The store at a path or URI. Raises StoreError where there is none."""
    from reportgen.readers.mlruns import MlrunsStore  # parsers are loaded only to read

    return MlrunsStore(local_path(uri), memory, label)
