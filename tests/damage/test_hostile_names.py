"""Names and ids of control characters, of no valid text, and such that lead elsewhere."""

import os
from dataclasses import replace
from pathlib import Path

import pytest

from reportgen.errors import AccessError
from reportgen.model import Artifact, Problem
from reportgen.readers.base import Outline
from reportgen.readers.mlruns import MlrunsStore
from tests.damages import INPUTS, MODEL, RUN, add_model, input_record, output_record
from tests.trees import (
    BAD,
    EXPERIMENT,
    add_run,
    artifact_paths,
    experiment_record,
    good_store,
    problems_of,
    read_all,
    read_bad,
    run_record,
    values_of,
    write,
)

ODD_NAMES = [
    "line\nbreak",
    "\x1b[31mred",
    "bell\x07",
    "\u202egnp.exe",
    "\u200b",
    "trailing ",
    " leading",
    "..hidden",
    "...",
    "-rf",
    "a\\b",
    "%2e%2e%2f",
    "<script>alert(1)&",
    "CON",
    "é",
    "e\u0301",
    "x" * 255,
]


@pytest.mark.parametrize("name", ODD_NAMES)
def test_names_of_any_valid_text_are_read_as_they_are(tmp_path: Path, name: str) -> None:
    good_store(tmp_path)
    add_run(
        tmp_path,
        BAD,
        {
            f"metrics/{name}": "1600000000000 0.5 0\n",
            f"params/{name}": "p",
            f"tags/{name}": "t",
            f"artifacts/{name}": "a",
        },
    )
    run = read_bad(tmp_path)
    assert (list(run.metrics), run.params, run.tags) == ([name], {name: "p"}, {name: "t"})
    assert values_of(tmp_path, run, name) == [(0, 1600000000000, 0.5)]
    assert artifact_paths(run.artifacts) == [name]
    assert run.problems == ()


@pytest.mark.parametrize("name", [name for name in ODD_NAMES if not name.startswith(".")])
def test_ids_of_any_valid_text_are_read_as_they_are(tmp_path: Path, name: str) -> None:
    good_store(tmp_path)
    write(tmp_path / name, {"meta.yaml": experiment_record(name), f"{name}/params/p": "1"})
    write(tmp_path / name / name, {"meta.yaml": run_record(name, experiment=name)})
    run = read_all(tmp_path)[f"{name}/{name}"]
    assert (run.id, run.experiment_id, run.params) == (name, name, {"p": "1"})
    assert problems_of(tmp_path) == []


def test_names_that_are_not_utf_8_are_told_of_and_left_out(tmp_path: Path) -> None:
    good_store(tmp_path)
    folder = add_run(tmp_path, BAD, {f"{kind}/ok": "1" for kind in ("params", "tags", "artifacts")})
    odd = os.fsdecode(b"caf\xe9")
    places = ["", "1/", "1/tags/", "1/models/", f"{RUN}/metrics/"]
    places += [f"{RUN}/{kind}/" for kind in ("params", "tags", "artifacts")]
    for place in places:
        (tmp_path / place).mkdir(exist_ok=True)
        try:
            (tmp_path / place / odd).mkdir()
        except OSError as error:
            pytest.skip(f"this file system takes only valid names: {error}")
    (folder / "params" / os.fsdecode(b"file\xff")).write_text("x")
    run = read_bad(tmp_path)
    assert (run.params, run.tags, artifact_paths(run.artifacts)) == (
        {"ok": "1"},
        {"ok": "1"},
        ["ok"],
    )
    reason = "the name is not valid UTF-8; left out"
    expected = [f"{place}caf\ufffd" for place in places] + [f"{RUN}/params/file\ufffd"]
    assert sorted(problems_of(tmp_path), key=lambda problem: problem.path) == [
        Problem(path, None, reason) for path in sorted(expected)
    ]


def test_a_place_that_leads_above_the_store_is_refused(tmp_path: Path) -> None:
    root = tmp_path / "store"
    good_store(root)
    write(tmp_path, {"secret/meta.yaml": run_record("secret"), "secret/metrics/m": "1 2 3\n"})
    store = MlrunsStore(root)
    (outline,) = store.outlines(store.experiments()[0])[0]
    run = store.read(outline)
    for where in ("../secret", "1/../../secret", "..", "", "/", "1", "2/x"):
        with pytest.raises(AccessError):
            store.read(Outline("secret", where, "", run.status, None, ""))
    for where, key in (("../secret", "m"), (run.where, "../../../../secret/metrics/m")):
        forged = replace(run, where=where, metrics={key: run.metrics["rmse"]})
        with pytest.raises(AccessError):
            store.series(forged, key)
    with pytest.raises(AccessError, match="has no artifact"):
        store.open_artifact(run, "../meta.yaml")
    for where, path in (
        ("../secret", "../meta.yaml"),
        (run.where, "../../../../secret/meta.yaml"),
        (run.where, str(tmp_path / "secret/meta.yaml")),
    ):
        forged = replace(run, where=where, artifacts=(Artifact(path, 1),))
        with pytest.raises(AccessError, match="cannot be opened"):
            store.open_artifact(forged, path)


CLIMBING = [
    "../../x",
    "..",
    ".",
    "/etc",
    "a/b",
    "",
    "a\0b",
    "x" * 5000,
    ["a"],
    {"a": 1},
    None,
    10**40,
]


@pytest.mark.parametrize("source_id", CLIMBING)
def test_an_input_that_leads_elsewhere_is_told_of(tmp_path: Path, source_id: object) -> None:
    good_store(tmp_path)
    write(tmp_path, {"x/meta.yaml": "name: SECRET\n", f"{EXPERIMENT}/datasets/meta.yaml": "a: 1\n"})
    add_run(
        tmp_path,
        BAD,
        {
            "inputs/x1/meta.yaml": input_record(source_id),
            "inputs/x2/meta.yaml": input_record(source_id, "MODEL"),
        },
    )
    run = read_bad(tmp_path)
    assert ([each.name for each in run.datasets], [each.name for each in run.models]) == (
        [""],
        [""],
    )
    assert [problem.path for problem in run.problems] == [INPUTS, INPUTS]
    assert "SECRET" not in repr(problems_of(tmp_path)) + repr(run)


@pytest.mark.parametrize("model_id", CLIMBING)
def test_an_output_that_leads_elsewhere_falls_back_on_its_folder(
    tmp_path: Path, model_id: object
) -> None:
    good_store(tmp_path)
    write(tmp_path, {"x/meta.yaml": "name: SECRET\n"})
    add_model(tmp_path, {"source_run_id": ""})
    add_run(tmp_path, BAD, {f"outputs/{MODEL}/meta.yaml": output_record(model_id)})
    run = read_bad(tmp_path)
    assert len(run.models) == 1
    assert run.models[0].name in ("forest", "")
    assert "SECRET" not in repr(run)
