"""Where models lie among artifacts, and the small text files that are read of them.

A model is a folder with a file MLmodel, among a run's artifacts or in a logged model of MLflow 3;
or a `crate.bin`, R's crate logged as a bare file. Pickles, weights and crates are never opened.
"""

import json
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from reportgen.analysis.modelexample import MAX_EXAMPLE_BYTES, parse_json
from reportgen.analysis.modelschema import short
from reportgen.model import Artifact, Run
from reportgen.values import frozen

Read: TypeAlias = Callable[[str, int], bytes | None]  # path below the artifacts, most bytes
LoadYaml: TypeAlias = Callable[[bytes], Mapping[str, object]]

MLMODEL = "MLmodel"
CRATE = "crate.bin"
_MAX_TEXT_BYTES = 1 << 20
_MAX_REASON = 300  # characters


@frozen
class ModelFile:
    """A file of a model; the path is below the model's folder."""

    path: str
    size: int  # bytes


@frozen
class ModelPlace:
    """Where a model lies, and its files."""

    path: str  # of its folder, or of a bare crate.bin, below the artifacts; "" for all of them
    files: tuple[ModelFile, ...]
    is_bare_crate: bool = False
    model_id: str = ""  # of the logged model whose artifacts are meant; "" for those of the run
    name: str = ""  # of the logged model
    uri: str = ""  # as MLflow finds it: "runs:/<run id>/<path>" or "models:/<model id>"
    local: str = ""  # its folder in a copy of the store; "" where not known

    @property
    def size(self) -> int:
        """All bytes of the folder."""
        return sum(file.size for file in self.files)


def find_models(artifacts: Sequence[Artifact]) -> tuple[ModelPlace, ...]:
    """The models among artifacts, by path: folders with an MLmodel, and crates outside of those."""
    files = sorted((artifact.path, artifact.size) for artifact in artifacts)
    paths = [path for path, _ in files]
    places = []
    for path, size in files:
        folder, _, name = path.rpartition("/")
        if name == MLMODEL:
            prefix = f"{folder}/" if folder else ""
            first = bisect_left(paths, prefix)
            end = bisect_left(paths, f"{folder}0") if folder else len(paths)  # "0" follows "/"
            inside = tuple(ModelFile(p.removeprefix(prefix), s) for p, s in files[first:end])
            places.append(ModelPlace(folder, inside))
        elif name == CRATE:
            places.append(ModelPlace(path, (ModelFile(name, size),), is_bare_crate=True))
    folders = {place.path for place in places if not place.is_bare_crate}
    return tuple(p for p in places if not (p.is_bare_crate and _lies_in(p.path, folders)))


def _lies_in(path: str, folders: set[str]) -> bool:
    above = path.split("/")[:-1]
    return any("/".join(above[:depth]) in folders for depth in range(len(above) + 1))


def models_of(run: Run, label: str) -> tuple[ModelPlace, ...]:
    """The models of a run: in its artifacts, then those that MLflow 3 logged beside it.

    `label` is the name of the store's folder, with which the local paths begin.
    """
    own = [
        replace(
            place,
            uri=f"runs:/{run.id}/{place.path}",
            local=joined(label, run.where, "artifacts", place.path),
        )
        for place in find_models(run.artifacts)
    ]
    logged = [
        replace(
            place,
            model_id=model.id,
            name=model.name,
            uri=f"models:/{model.id}" if not place.path else "",
            local=joined(label, model.where, "artifacts", place.path),
        )
        for model in run.models
        for place in find_models(model.artifacts)
    ]
    return (*own, *logged)


def joined(*parts: str) -> str:
    """Parts of a path, empty ones left out."""
    return "/".join(part for part in parts if part)


@frozen
class Folder:
    """The texts of a model, read by name: only what is listed, and only while it is small."""

    place: ModelPlace
    read: Read
    load_yaml: LoadYaml

    def bytes(self, name: str, limit: int = _MAX_TEXT_BYTES) -> tuple[bytes | None, str]:
        """The bytes of a file, or None and why; without a reason where there is no such file."""
        found = next((file for file in self.place.files if file.path == name), None)
        if found is None:
            return None, ""
        body = self.read(joined(self.place.path, name), limit + 1)
        if body is None:
            return None, "cannot be opened"
        if len(body) > limit:
            return None, f"is larger than {limit >> 10} KiB"
        return body, ""

    def mapping(self, name: str) -> tuple[Mapping[str, object] | None, str]:
        """A YAML file, as `bytes`."""
        body, reason = self.bytes(name)
        if body is None:
            return None, reason
        try:
            return self.load_yaml(body), ""
        except ValueError as error:
            return None, short(str(error), _MAX_REASON)

    def json(self, name: str) -> tuple[object, str]:
        """A JSON file, as `bytes`."""
        body, reason = self.bytes(name, MAX_EXAMPLE_BYTES)
        if body is None:
            return None, reason
        try:
            return parse_json(body), ""
        except json.JSONDecodeError as error:
            return None, f"is not valid JSON in line {error.lineno}"
        except ValueError:
            return None, "is nested too deep, or holds a number that is too long"
