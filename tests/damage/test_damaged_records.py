"""meta.yaml files that are missing, empty, cut, broken or odd: one test a case."""

from pathlib import Path

import pytest

from reportgen.model import Problem, Status
from tests.damages import LOGGED, META, age, break_run, changed_run
from tests.trees import (
    BAD,
    EXPERIMENT,
    GOOD,
    add_run,
    check_good_run,
    experiments_of,
    good_store,
    problems_of,
    read_all,
    read_bad,
    run_record,
    values_of,
    write,
)


@pytest.mark.parametrize("name", LOGGED)
def test_a_run_without_a_record_is_left_out_and_told_of(tmp_path: Path, name: str) -> None:
    good_store(tmp_path)
    write(tmp_path / EXPERIMENT / BAD, {name: LOGGED[name]})
    assert list(read_all(tmp_path)) == [f"{EXPERIMENT}/{GOOD}"]
    assert problems_of(tmp_path) == [
        Problem(META, None, "is missing beside logged data; the run is left out")
    ]
    check_good_run(tmp_path)


def test_a_folder_that_is_no_run_is_no_problem(tmp_path: Path) -> None:
    experiment = good_store(tmp_path)
    write(experiment, {"stray/notes.txt": "x", "loose.txt": "x", f"{BAD}/artifacts/model.pkl": "x"})
    (experiment / "empty").mkdir()
    assert list(read_all(tmp_path)) == [f"{EXPERIMENT}/{GOOD}"]
    assert problems_of(tmp_path) == []
    check_good_run(tmp_path)


@pytest.mark.parametrize("body", [b"", b"\0" * 400, b" \n\n", b"\xef\xbb\xbf"])
def test_an_empty_record_costs_only_its_run(tmp_path: Path, body: bytes) -> None:
    break_run(tmp_path, body)
    assert list(read_all(tmp_path)) == [f"{EXPERIMENT}/{GOOD}"]
    assert problems_of(tmp_path) == [Problem(META, None, "the file is empty; the run is left out")]
    check_good_run(tmp_path)


@pytest.mark.parametrize(
    ("body", "line", "reason"),
    [
        ("artifact_uri: x\nend_ti", 2, "could not find expected ':'"),
        ("name: x\n\trun_id: y\n", 2, "found a tab character that violates indentation"),
        ("run_id: [1, 2\n", 2, "did not find expected ',' or ']'"),
        (
            "run_id: a\n---\nrun_id: b\n",
            2,
            "expected a single document in the stream, but found another document",
        ),
        ("run_id: 'a\n", 2, "found unexpected end of stream"),
        ("run_id: !!python/object/apply:os.system ['true']\n", 1, "is not allowed here"),
        ("run_id: !secret x\n", 1, "could not determine a constructor for the tag '!secret'"),
        ("run_id: \x01\n", None, "control characters are not allowed"),
        ("- run_id\n- status\n", None, "holds a list where a mapping was expected"),
        ("just words\n", None, "holds a str where a mapping was expected"),
        ("# nothing but a remark\n", None, "holds a NoneType where a mapping was expected"),
    ],
)
def test_invalid_yaml_costs_only_its_run(
    tmp_path: Path, body: str, line: int | None, reason: str
) -> None:
    break_run(tmp_path, body)
    assert list(read_all(tmp_path)) == [f"{EXPERIMENT}/{GOOD}"]
    (problem,) = problems_of(tmp_path)
    assert (problem.path, problem.line) == (META, line)
    assert reason in problem.reason
    assert problem.reason.endswith("; the run is left out")
    check_good_run(tmp_path)


def test_git_conflict_marks_cost_only_their_run(tmp_path: Path) -> None:
    whole = run_record(BAD)
    ours, theirs = whole, run_record(BAD, {"status": 4})
    break_run(tmp_path, f"<<<<<<< HEAD\n{ours}=======\n{theirs}>>>>>>> other\n")
    assert list(read_all(tmp_path)) == [f"{EXPERIMENT}/{GOOD}"]
    (problem,) = problems_of(tmp_path)
    assert problem.path == META
    assert problem.line is not None
    assert problem.reason.startswith("not valid YAML: ")
    check_good_run(tmp_path)


def test_a_record_cut_between_two_fields_shows_what_is_there(tmp_path: Path) -> None:
    whole = run_record(BAD)
    break_run(tmp_path, whole[: whole.index("lifecycle_stage")])
    run = read_bad(tmp_path)
    assert (run.id, run.name, run.status, run.start_time) == (BAD, "", Status.RUNNING, None)
    assert run.end_time == 1600000009000
    assert (run.params, run.tags) == ({"a": "1"}, {"t": "x"})
    assert values_of(tmp_path, run, "loss") == [(0, 1600000000000, 0.5)]
    assert run.problems == (
        Problem(META, None, "has no status, so it may be cut short; taken as running"),
    )


def test_a_record_of_an_experiment_cut_before_its_name_is_told_of(tmp_path: Path) -> None:
    good_store(tmp_path)
    whole = (tmp_path / "1/meta.yaml").read_text()
    write(tmp_path, {"1/meta.yaml": whole[: whole.index("name")]})
    assert experiments_of(tmp_path)["1"].name == "1"
    assert problems_of(tmp_path) == [
        Problem("1/meta.yaml", None, "has no name, so it may be cut short; named as the folder")
    ]
    check_good_run(tmp_path)


def test_a_run_among_the_experiments_is_told_of(tmp_path: Path) -> None:
    good_store(tmp_path)
    write(tmp_path, {f"{BAD}/meta.yaml": run_record(BAD), f"{BAD}/params/a": "1"})
    assert list(experiments_of(tmp_path)) == ["1"]
    assert problems_of(tmp_path) == [
        Problem(f"{BAD}/meta.yaml", None, "is the record of a run, not of an experiment; left out")
    ]
    check_good_run(tmp_path)


def test_a_record_without_any_field_of_a_run_is_shown_and_told_of(tmp_path: Path) -> None:
    break_run(tmp_path, "something: else\n")
    run = read_bad(tmp_path)
    assert run.params == {"a": "1"}
    assert run.problems == (Problem(META, None, "has none of the fields of a run's record"),)


def test_python_2_marks_are_read_as_text(tmp_path: Path) -> None:
    break_run(
        tmp_path,
        f"experiment_id: 1\nname: !!python/unicode 'Run 0'\nrun_uuid: !!python/unicode '{BAD}'\n"
        "start_time: 1600000000000\nstatus: 3\n",
    )
    run = read_bad(tmp_path)
    assert (run.name, run.status, run.problems) == ("Run 0", Status.FINISHED, ())


def test_a_record_with_windows_line_ends_and_a_bom_is_read(tmp_path: Path) -> None:
    break_run(tmp_path, b"\xef\xbb\xbf" + run_record(BAD).replace("\n", "\r\n").encode())
    run = read_bad(tmp_path)
    assert (run.id, run.name, run.status) == (BAD, "name of bad0", Status.FINISHED)
    assert run.problems == ()


def test_a_record_in_utf_16_costs_only_its_run(tmp_path: Path) -> None:
    break_run(tmp_path, run_record(BAD).encode("utf-16"))
    assert list(read_all(tmp_path)) == [f"{EXPERIMENT}/{GOOD}"]
    (problem,) = problems_of(tmp_path)
    assert problem.reason.startswith("not valid YAML: ")
    check_good_run(tmp_path)


def test_bytes_that_are_not_utf_8_become_marks(tmp_path: Path) -> None:
    break_run(tmp_path, run_record(BAD).replace("ana", "an\xe4").encode("latin-1"))
    run = read_bad(tmp_path)
    assert (run.user, run.status, run.problems) == ("an\ufffd", Status.FINISHED, ())


def test_long_and_ambiguous_values_are_read_as_mlflow_folds_them(tmp_path: Path) -> None:
    name = "yes: no, # " + "many words " * 30 + "'quoted' \"twice\" é 日本 \U0001f600 end"
    changed_run(tmp_path, {"run_name": name, "user_id": "on", "source_name": "1e3"})
    run = read_bad(tmp_path)
    assert (run.name, run.user, run.source) == (name, "on", "1e3")


def test_a_record_that_is_a_folder_costs_only_its_run(tmp_path: Path) -> None:
    good_store(tmp_path)
    write(tmp_path, {f"{META}/x": "x"})
    assert list(read_all(tmp_path)) == [f"{EXPERIMENT}/{GOOD}"]
    reason = "a folder, where a file was expected; the run is left out"
    assert problems_of(tmp_path) == [Problem(META, None, reason)]
    check_good_run(tmp_path)


def test_an_empty_experiment_record_is_told_of_and_its_runs_are_kept(tmp_path: Path) -> None:
    good_store(tmp_path)
    write(tmp_path, {"2/meta.yaml": "", "3/meta.yaml": ""})
    add_run(tmp_path, BAD, LOGGED, experiment="3")
    age(tmp_path / "2/meta.yaml")
    age(tmp_path / "3/meta.yaml")
    found = experiments_of(tmp_path)
    assert {where: experiment.name for where, experiment in found.items()} == {
        "1": "experiment 1",
        "3": "3",
    }
    assert problems_of(tmp_path) == [
        Problem("2/meta.yaml", None, "the file is empty; the experiment is left out"),
        Problem("3/meta.yaml", None, "the file is empty; named as the folder"),
    ]
    assert read_all(tmp_path)[f"3/{BAD}"].params == {"a": "1"}
    check_good_run(tmp_path)


def test_an_experiment_whose_record_is_gone_keeps_its_runs(tmp_path: Path) -> None:
    good_store(tmp_path)
    add_run(tmp_path, BAD, LOGGED, experiment="2")
    assert experiments_of(tmp_path)["2"].name == "2"
    assert problems_of(tmp_path) == [
        Problem("2/meta.yaml", None, "is missing, though there are runs; named as the folder")
    ]
    check_good_run(tmp_path)
