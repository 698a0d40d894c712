"""Two runs with the stores they are in, and all that differs between them, files included."""

from collections.abc import Callable, Iterator
from dataclasses import field
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
from reportgen.values import frozen

_PART = 1 << 20  # bytes that are hashed at a time
_SMALL = 64 << 10  # bytes of a file that is kept


def _nothing(_: str) -> None:
    """What is known of a hash where nothing is."""


@frozen
class Side:
    """One of the two runs."""

    store: Store
    run: Run
    is_sealed: bool = False  # whether its test results are in no file
    most_hashed: int = 256 << 10  # bytes of a file
    kept: dict[str, bytes] = field(default_factory=dict)  # small files that were read, by path
    known: Callable[[str], str | None] = _nothing  # SHA-256 of a file that was hashed, by its path
    hashes: dict[str, str] = field(default_factory=dict)  # those that were made here

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
        path = artifact.path
        found = self.known(path) or self.hashes.get(path)
        if found is not None or artifact.size > self.most_hashed:
            return found
        try:
            found = self.hashes[path] = self._hash(artifact)
        except AccessError:
            return None
        return found

    def _hash(self, artifact: Artifact) -> str:
        if artifact.size <= _SMALL:
            return sha256(self.head(artifact, _SMALL)).hexdigest()
        with self.store.open_artifact(self.run, artifact.path) as file:
            return _hash_of(file)


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
    return diff_environments(packages_of(a), packages_of(b))


def packages_of(side: Side) -> dict[str, str] | None:
    """The packages of a run and its models; None where no file names any."""
    return packages_in(_texts(side)) if environment_files(side.run) else None


def environment_files(run: Run) -> list[tuple[str, Artifact]]:
    """The files of a run and of its models that name packages, with the model's id or ""."""
    found = [("", artifact) for artifact in run.artifacts if is_environment(artifact.path)]
    for model in run.models:
        found += [(model.id, one) for one in model.artifacts if is_environment(one.path)]
    return found


def _named(run: Run) -> list[str]:
    """The files that name packages: paths below the run, and below each of its models."""
    files = environment_files(run)
    return [f"{model}/{one.path}" if model else one.path for model, one in files]


def _texts(side: Side) -> Iterator[tuple[str, str]]:
    """The files of a run and of its models that name packages, as path and text."""
    for model, artifact in environment_files(side.run):
        if artifact.size > MOST_BYTES:
            continue
        try:
            body = _body(side, model, artifact)
        except AccessError:  # it went since the run was listed
            continue
        yield artifact.path, body.decode("utf-8", "replace")


def _body(side: Side, model: str, artifact: Artifact) -> bytes:
    if not model:
        return side.head(artifact, MOST_BYTES)
    with side.store.open_model_artifact(side.run, model, artifact.path) as file:
        return file.read(MOST_BYTES)
