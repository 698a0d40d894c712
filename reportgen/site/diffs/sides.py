"""Two runs with the stores they are in, and all that differs between them, files included."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import BinaryIO

from reportgen.analysis.diff import RunDiff, diff_runs
from reportgen.analysis.diff_env import (
    MOST_BYTES,
    NO_ENVIRONMENTS,
    Environments,
    diff_environments,
    is_environment,
    packages_in,
)
from reportgen.analysis.diff_files import NO_FILES, Files, diff_files
from reportgen.analysis.diff_metrics import Judgement
from reportgen.analysis.diff_text import MOST_SHOWN
from reportgen.errors import AccessError
from reportgen.model import Artifact, Run
from reportgen.readers.base import Store

_PART = 1 << 20  # bytes that are hashed at a time
_SMALL = 64 << 10  # bytes of a file that is kept


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two runs."""

    store: Store
    run: Run
    is_sealed: bool = False  # whether its test results are in no file
    most_hashed: int = 256 << 10  # bytes of a file
    kept: dict[str, bytes] = field(default_factory=dict)  # small files that were read, by path

    def head(self, artifact: Artifact, limit: int) -> bytes:
        """At most so many bytes from the start of a file. Raises AccessError."""
        known = self.kept.get(artifact.path)
        if known is not None:
            return known[:limit]
        with self.store.open_artifact(self.run, artifact.path) as file:
            body = file.read(limit)
        if artifact.size <= min(limit, _SMALL):
            self.kept[artifact.path] = body
        return body

    def fingerprint(self, artifact: Artifact) -> str | None:
        """The SHA-256 of a file; None for one that is too large to be read, or cannot be."""
        if artifact.size > self.most_hashed:
            return None
        try:
            if artifact.size <= _SMALL:
                return sha256(self.head(artifact, _SMALL)).hexdigest()
            with self.store.open_artifact(self.run, artifact.path) as file:
                return _hash_of(file)
        except AccessError:
            return None


def _hash_of(file: BinaryIO) -> str:
    found = sha256()
    while part := file.read(_PART):
        found.update(part)
    return found.hexdigest()


def whole_diff(a: Side, b: Side, judgement: Judgement, room: int = MOST_SHOWN) -> RunDiff:
    """All that differs between two runs; their files are read as far as that is allowed.

    `room` is how many lines are shown, of all texts that differ together.
    """
    files = NO_FILES
    if a.run.artifacts or b.run.artifacts:
        files = diff_files(a.run.artifacts, b.run.artifacts, (a, b), room)
    return diff_runs(
        a.run,
        b.run,
        judgement,
        sealed=(a.is_sealed, b.is_sealed),
        environments=_environments(a, b, files),
        files=files,
    )


def _environments(a: Side, b: Side, files: Files) -> Environments:
    """The packages of both. Where all files that name some are equal, only those of A are read."""
    old, new = _named(a.run), _named(b.run)
    if not old and not new:
        return NO_ENVIRONMENTS
    if old == new and set(old) <= set(files.same):
        return Environments((), len(packages_in(_texts(a))))
    return diff_environments(
        packages_in(_texts(a)) if old else None,
        packages_in(_texts(b)) if new else None,
    )


def _named(run: Run) -> list[str]:
    """The files that name packages: paths below the run, and below each of its models."""
    own = [artifact.path for artifact in run.artifacts if is_environment(artifact.path)]
    for model in run.models:
        paths = (artifact.path for artifact in model.artifacts)
        own += [f"{model.id}/{path}" for path in paths if is_environment(path)]
    return own


def _texts(side: Side) -> Iterator[tuple[str, str]]:
    """The files of a run and of its models that name packages, as path and text."""
    store, run = side.store, side.run
    for artifact in run.artifacts:
        if is_environment(artifact.path) and artifact.size <= MOST_BYTES:
            yield artifact.path, _text(side, artifact)
    for model in run.models:
        for artifact in model.artifacts:
            if is_environment(artifact.path) and artifact.size <= MOST_BYTES:
                try:
                    with store.open_model_artifact(run, model.id, artifact.path) as file:
                        body = file.read(MOST_BYTES)
                except AccessError:
                    continue
                yield artifact.path, body.decode("utf-8", "replace")


def _text(side: Side, artifact: Artifact) -> str:
    try:
        return side.head(artifact, MOST_BYTES).decode("utf-8", "replace")
    except AccessError:  # it went since the run was listed
        return ""
