"""Take out of a store what tells one machine, person or moment from another.

MLflow draws ids at random, stamps models and experiments with the time of day and writes where
it ran. Here ids become digests of names, those times follow from the runs' own, and locations
point to an invented home, so that making a store twice gives the same bytes.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

HOME = "/home/analyst/coffee/mlruns"
SAID = {"mlflow.user": b"analyst", "mlflow.source.name": b"train_coffee.py"}
IMAGE = re.compile(r"^(?P<what>.+)\+(?P<id>[0-9a-f-]{36})(?=\.png$|\+compressed\.webp$)")
STAMP = re.compile(
    r"^((?:creation_time|last_update_time|creation_timestamp|last_updated_timestamp): )\d+$", re.M
)
MADE = re.compile(r"^(utc_time_created: )'[^']*'$", re.M)


@dataclass(frozen=True, slots=True)
class Cleaning:
    """What to write in the place of what."""

    names: Mapping[str, str]  # ids, and the folder of the store
    moments: Mapping[Path, int]  # experiment or model folder: ms since the Unix epoch

    def text(self, said: str) -> str:
        """Replace every name, longest first, in a text or a path."""
        longest = sorted(self.names, key=len, reverse=True)
        pattern = re.compile("|".join(map(re.escape, longest)))
        return pattern.sub(lambda found: self.names[found[0]], said)

    def file(self, path: Path) -> bytes:
        """Give the cleaned bytes of a file; binary ones, which hold no names, stay as they are."""
        if path.parent.name == "tags" and path.name in SAID:
            return SAID[path.name]
        body = path.read_bytes()
        try:
            said = self.text(body.decode())
        except UnicodeDecodeError:
            return body
        if path.name in {"meta.yaml", "MLmodel"}:
            said = self._at_its_moment(path, said)
        return said.encode()

    def _at_its_moment(self, path: Path, said: str) -> str:
        moment = next(self.moments[folder] for folder in path.parents if folder in self.moments)
        made = datetime.fromtimestamp(moment / 1000, UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
        return MADE.sub(rf"\g<1>'{made}'", STAMP.sub(rf"\g<1>{moment}", said))


def clean_store(raw: Path, out: Path) -> None:
    """Write a clean copy of a store; empty folders are left out, as git would."""
    cleaning = _cleaning_of(raw)
    for path in sorted(raw.rglob("*")):
        if path.is_file() and not path.name.startswith("mlflow.source.git."):
            target = out / cleaning.text(str(path.relative_to(raw)))
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(cleaning.file(path))


def _cleaning_of(raw: Path) -> Cleaning:
    names: dict[str, str] = {str(raw): HOME}
    moments: dict[Path, int] = {}
    for folder in _folders_with_meta(raw):
        experiment = _meta(folder)
        if experiment["experiment_id"] != "0":  # MLflow's own number for "Default"
            number = 10**17 + int(_digest(experiment["name"]), 16) % (9 * 10**17)
            names[experiment["experiment_id"]] = str(number)
        runs = {run["run_id"]: run for run in map(_meta, _folders_with_meta(folder))}
        for key, run in runs.items():
            names[key] = _digest(experiment["name"], run["run_name"])
            names |= _names_within(folder / key, names[key])
        moments |= _model_moments(folder, runs)
        names |= {
            model.name: "m-" + _digest(names[meta["source_run_id"]], meta["name"])
            for model, meta in _models(folder)
        }
        if runs:
            moments[folder] = min(int(run["start_time"]) for run in runs.values()) - 5000
    moments[raw] = min(moments.values())  # the experiment without runs, made with the store
    if len(set(names.values())) < len(names):
        raise ValueError("two runs of an experiment have one name, so their ids would be equal")
    return Cleaning(names, moments)


def _names_within(run: Path, run_id: str) -> dict[str, str]:
    """Name the input records of a run as MLflow does, and its images by step instead of chance."""
    names = {}
    for record in _folders_with_meta(run / "inputs"):
        source = f"{_meta(record)['source_id']}{run_id}"
        names[record.name] = hashlib.md5(source.encode(), usedforsecurity=False).hexdigest()
    for image in (run / "artifacts").rglob("*"):
        if found := IMAGE.match(image.name):
            names[found["id"]] = str(uuid.UUID(_digest(run_id, found["what"])))
    return names


def _model_moments(experiment: Path, runs: Mapping[str, Any]) -> dict[Path, int]:
    """Date each model just before its run ended."""
    return {
        model: int(runs[meta["source_run_id"]]["end_time"]) - 1000
        for model, meta in _models(experiment)
    }


def _models(experiment: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    for model in _folders_with_meta(experiment / "models"):
        yield model, _meta(model)


def _folders_with_meta(parent: Path) -> list[Path]:
    return sorted(path.parent for path in parent.glob("*/meta.yaml"))


def _meta(folder: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((folder / "meta.yaml").read_text(encoding="utf-8"))
    return loaded


def _digest(*said: str) -> str:
    """Give 32 hexadecimal digits that follow from the texts alone."""
    return hashlib.sha256("\0".join(said).encode()).hexdigest()[:32]
