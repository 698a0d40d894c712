"""Pipes, sockets, devices, endless records, odd names and huge trees in a store."""

import os
import stat
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from reportgen.errors import AccessError
from reportgen.model import Artifact, Problem
from reportgen.readers.base import Outline
from reportgen.readers.mlruns import MlrunsStore
from tests.trees import (
    BAD,
    EXPERIMENT,
    GOOD,
    add_run,
    artifact_paths,
    check_good_run,
    everything_in,
    experiment_record,
    experiments_of,
    good_store,
    problems_of,
    read_all,
    read_bad,
    read_in_time,
    run_in_time,
    run_record,
    values_of,
    write,
)

RUN = f"{EXPERIMENT}/{BAD}"
NOT_A_FILE = "neither a file nor a folder (a pipe, socket or device); not opened"
MODEL = "m-" + "5" * 32


def make_pipe(path: Path) -> None:
    os.mkfifo(path)


def make_socket(path: Path) -> None:
    os.mknod(path, stat.S_IFSOCK | 0o600)


def make_device(path: Path) -> None:
    os.mknod(path, stat.S_IFCHR | 0o600, os.makedev(1, 5))  # /dev/zero: has no end


MAKERS = [
    pytest.param(make_pipe, id="pipe"),
    pytest.param(make_socket, id="socket"),
    pytest.param(make_device, id="device"),
]


def make(maker: Callable[[Path], None], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        maker(path)
    except (OSError, AttributeError) as error:
        pytest.skip(f"cannot make this kind of file here: {error}")


@pytest.mark.parametrize("maker", MAKERS)
def test_nothing_but_regular_files_is_opened(tmp_path: Path, maker: Callable[[Path], None]) -> None:
    good_store(tmp_path)
    add_run(tmp_path, BAD, {"params/p": "1", "inputs/x1/meta.yaml": "source_id: gone\n"})
    told_of = [
        "special",
        ".trash/special",
        f"{EXPERIMENT}/special",
        f"{EXPERIMENT}/tags/special",
        f"{EXPERIMENT}/models/special",
        f"{EXPERIMENT}/models/{MODEL}/meta.yaml",
        f"{EXPERIMENT}/no-record/meta.yaml",
        f"{RUN}/metrics/special",
        f"{RUN}/metrics/deep/special",
        f"{RUN}/params/special",
        f"{RUN}/tags/mlflow.runName",
        f"{RUN}/artifacts/special",
        f"{RUN}/inputs/special",
        f"{RUN}/inputs/x2/meta.yaml",
        f"{RUN}/outputs",
    ]
    for place in told_of:
        make(maker, tmp_path / place)
    (tmp_path / "9").mkdir()
    make(maker, tmp_path / "9/meta.yaml")
    read_in_time(tmp_path)
    found = problems_of(tmp_path)
    assert {problem.path for problem in found if problem.reason == NOT_A_FILE} >= set(told_of)
    assert read_all(tmp_path)[RUN].params == {"p": "1"}
    assert "9" not in experiments_of(tmp_path)
    check_good_run(tmp_path)


@pytest.mark.parametrize("maker", MAKERS)
def test_a_link_to_a_pipe_is_not_opened(tmp_path: Path, maker: Callable[[Path], None]) -> None:
    good_store(tmp_path)
    folder = add_run(tmp_path, BAD, {"params/p": "1"})
    make(maker, tmp_path / "models/special")
    (folder / "params/link").symlink_to(tmp_path / "models/special")
    read_in_time(tmp_path)
    assert Problem(f"{RUN}/params/link", None, NOT_A_FILE) in problems_of(tmp_path)


@pytest.mark.parametrize("maker", MAKERS)
def test_a_record_of_an_experiment_that_is_no_file_keeps_its_runs(
    tmp_path: Path, maker: Callable[[Path], None]
) -> None:
    experiment = good_store(tmp_path)
    (experiment / "meta.yaml").unlink()
    make(maker, experiment / "meta.yaml")
    read_in_time(tmp_path)
    assert problems_of(tmp_path) == [Problem("1/meta.yaml", None, NOT_A_FILE)]
    check_good_run(tmp_path)


OPEN_LATER = """
import os, stat
from reportgen.errors import AccessError
folder = root / trees.EXPERIMENT / trees.BAD
run = trees.read_bad(root)
for name in ("artifacts/a.txt", "metrics/m"):
    (folder / name).unlink()
    os.mknod(folder / name, KIND | 0o600, os.makedev(1, 5))
print(trees.values_of(root, run, "m"))
try:
    trees.MlrunsStore(root).open_artifact(run, "a.txt")
except AccessError as error:
    print(error)
"""


@pytest.mark.parametrize("maker", MAKERS)
def test_an_artifact_that_became_a_pipe_is_not_opened(
    tmp_path: Path, maker: Callable[[Path], None]
) -> None:
    good_store(tmp_path)
    add_run(tmp_path, BAD, {"artifacts/a.txt": "x", "metrics/m": "1600000000000 1 0\n"})
    make(maker, tmp_path / "models/tried")
    kind = stat.S_IFMT((tmp_path / "models/tried").lstat().st_mode)
    told = run_in_time(OPEN_LATER.replace("KIND", str(kind)), tmp_path)
    assert told == f"[]\nthe artifact a.txt of run {BAD} cannot be opened: {NOT_A_FILE}\n"


def test_a_pipe_in_place_of_a_store_is_not_waited_for(tmp_path: Path) -> None:
    make(make_pipe, tmp_path / "mlruns")
    code = "try:\n    trees.MlrunsStore(root)\nexcept Exception as error:\n    print(error)\n"
    told = run_in_time(code, tmp_path / "mlruns")
    assert told == f"{tmp_path}/mlruns is a file, not a store\n"


def repeated(levels: int) -> str:
    lines = ["l0: &l0 [x, x, x, x, x, x, x, x]"]
    lines += [f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 8)}]" for n in range(1, levels)]
    return "\n".join(lines) + "\n"


def merged(levels: int) -> str:
    lines = ["l0: &l0 {k: v}"]
    lines += [f"l{n}: &l{n} {{<<: [*l{n - 1}, *l{n - 1}]}}" for n in range(1, levels)]
    return "\n".join(lines) + "\n"


BOMBS = {
    "aliases": repeated(11),
    "merges": merged(40),
    "itself": "a: &a [*a]\n",
    "itself-as-key": "&a {*a : 1}\n",
    "lists": "a: " + "[" * 100_000 + "\n",
    "maps": "a: " + "{a: " * 100_000 + "\n",
    "dashes": "a:\n" + "- " * 100_000 + "x\n",
    "questions": "? " * 100_000 + "x\n",
    "python": "!!python/object/apply:os.system ['true']\n",
    "python-new": "a: !!python/object/new:os.system ['true']\n",
    "python-module": "a: !!python/module:os {}\n",
    "no-int": "status: !!int ''\n",
    "no-float": "status: !!float ''\n",
    "no-bool": "status: !!bool maybe\n",
    "hex-without-digits": "status: 0x_\n",
    "set": "run_id: !!set {a, b}\n",
    "pairs": "run_id: !!pairs [a: b]\n",
    "unknown-tag": "run_id: !nobody x\n",
    "list-as-key": "? [a]\n: b\n",
    "large": "run_id: " + "x" * 2_000_000 + "\n",
}


def test_records_made_to_break_their_reader_cost_only_themselves(tmp_path: Path) -> None:
    good_store(tmp_path)
    for name, body in BOMBS.items():
        write(tmp_path, {f"{EXPERIMENT}/{name}/meta.yaml": body})
        write(tmp_path, {f"exp-{name}/meta.yaml": body})
    read_in_time(tmp_path)
    assert list(read_all(tmp_path)) == [f"{EXPERIMENT}/{GOOD}"]
    assert sorted(problem.path for problem in problems_of(tmp_path)) == sorted(
        [f"{EXPERIMENT}/{name}/meta.yaml" for name in BOMBS]
        + [f"exp-{name}/meta.yaml" for name in BOMBS]
    )
    check_good_run(tmp_path)


def test_numbers_made_to_break_their_reader_are_taken_as_text(tmp_path: Path) -> None:
    good_store(tmp_path)
    long_hex, sexagesimal = "0x" + "f" * 6000, "1" + ":59" * 50_000
    changes = f"run_name: {long_hex}\nuser_id: {sexagesimal}\nstart_time: {sexagesimal}\n"
    changes += f"experiment_id: {long_hex}\nstatus: {'9' * 6000}\nsource_version: {'9' * 40}\n"
    write(tmp_path, {f"{RUN}/meta.yaml": f"artifact_uri: x\n{changes}"})
    read_in_time(tmp_path)
    run = read_bad(tmp_path)
    assert (run.name, run.user, run.start_time) == (long_hex, sexagesimal, None)
    assert run.source_version == "9" * 40
    assert [len(problem.reason) < 120 for problem in run.problems] == [True] * 3


def test_binary_and_dates_stay_as_they_are_written(tmp_path: Path) -> None:
    good_store(tmp_path)
    body = "artifact_uri: !!binary aGVsbG8=\nrun_name: 2020-01-02\nuser_id: 2020-01-02 03:04:05\n"
    write(tmp_path, {f"{RUN}/meta.yaml": body})
    run = read_bad(tmp_path)
    assert (run.artifact_uri, run.name) == ("aGVsbG8=", "2020-01-02")
    assert run.user == "2020-01-02 03:04:05"


def test_an_endless_id_in_a_record_does_not_fill_a_problem(tmp_path: Path) -> None:
    good_store(tmp_path)
    long = "y" * 5_000
    add_run(tmp_path, BAD, changes={"run_id": long, "experiment_id": long, "lifecycle_stage": long})
    write(tmp_path, {"2/meta.yaml": experiment_record("2", {"experiment_id": long})})
    told = problems_of(tmp_path)
    assert len(told) == 4
    assert all(len(problem.reason) < 120 for problem in told)


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


def test_folders_without_end_are_cut_off(tmp_path: Path) -> None:
    good_store(tmp_path)
    folder = add_run(tmp_path, BAD, {"artifacts/a.txt": "x", "metrics/m": "1600000000000 1 0\n"})
    deep = "/".join(["d"] * 300)
    for kind in ("artifacts", "metrics", "params"):
        write(folder / kind, {f"{deep}/end": "1600000000000 1 0\n", f"{'e/' * 30}end": "1 2 3\n"})
    run = read_bad(tmp_path)
    assert artifact_paths(run.artifacts) == ["a.txt", "e/" * 30 + "end"]
    assert list(run.metrics) == ["e/" * 30 + "end", "m"]
    assert {problem.reason for problem in run.problems} == {"folders nested over 32 deep; not read"}
    assert len(run.problems) == 3


def test_more_artifacts_than_anyone_lists_are_cut_off(tmp_path: Path) -> None:
    good_store(tmp_path)
    folder = add_run(tmp_path, BAD, {"artifacts/a": ""}) / "artifacts"
    for number in range(9_999):
        os.close(os.open(folder / f"b{number:05}", os.O_CREAT | os.O_WRONLY))
    run = read_bad(tmp_path)
    assert (len(run.artifacts), run.problems) == (10_000, ())
    (folder / "c").touch()
    run = read_bad(tmp_path)
    assert artifact_paths(run.artifacts)[::9_999] == ["a", "b09998"]
    assert run.problems == (
        Problem(f"{RUN}/artifacts", None, "only the first 10,000 artifacts are listed"),
    )


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads anything")
def test_files_and_folders_that_must_not_be_read_are_told_of(tmp_path: Path) -> None:
    good_store(tmp_path)
    folder = add_run(tmp_path, BAD, {"params/p": "1", "params/q": "2", "tags/t": "x"})
    write(tmp_path, {"2/meta.yaml": experiment_record("2")})
    denied = [folder / "params/q", folder / "tags", tmp_path / "2"]
    for path in denied:
        path.chmod(0)
    run = read_bad(tmp_path)
    told = problems_of(tmp_path)
    for path in denied:
        path.chmod(0o700)
    assert (run.params, run.tags) == ({"p": "1"}, {})
    assert told == [
        Problem("2", None, "permission denied"),
        Problem(f"{RUN}/params/q", None, "permission denied"),
        Problem(f"{RUN}/tags", None, "permission denied"),
    ]


def test_a_store_of_the_future_is_read_as_any_other(tmp_path: Path) -> None:
    good_store(tmp_path)
    late = time.time() + 10**6
    for path in tmp_path.rglob("*"):
        os.utime(path, (late, late))
    check_good_run(tmp_path)
    assert [artifact.digest for artifact in read_all(tmp_path)[f"1/{GOOD}"].artifacts] == [""]
    assert everything_in(tmp_path)
