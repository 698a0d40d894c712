"""meta.yaml files that are missing, empty, cut, broken or odd: one test a case."""

import os
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from reportgen.model import Problem, Status
from reportgen.readers.mlruns import MlrunsStore
from tests.trees import (
    ABSENT,
    BAD,
    EXPERIMENT,
    GOOD,
    add_experiment,
    add_good_run,
    add_run,
    check_good_run,
    experiment_record,
    experiments_of,
    good_store,
    is_deleted,
    problems_of,
    read_all,
    read_bad,
    read_in_time,
    run_record,
    values_of,
    write,
)

META = f"{EXPERIMENT}/{BAD}/meta.yaml"
LOGGED = {"metrics/loss": "1600000000000 0.5 0\n", "params/a": "1", "tags/t": "x"}


def age(path: Path) -> None:
    """Make a file as old as one that nobody is writing any more."""
    os.utime(path, (1_600_000_000, 1_600_000_000))


def break_run(root: Path, body: str | bytes) -> None:
    """A good store with a second run whose record is `body`."""
    good_store(root)
    add_run(root, BAD, LOGGED)
    write(root, {META: body})
    age(root / META)


def changed_run(root: Path, changes: dict[str, Any]) -> Path:
    """A good store with a second run whose record has `changes`."""
    good_store(root)
    return add_run(root, BAD, LOGGED, changes=changes)


def test_a_run_without_a_record_is_left_out_and_told_of(tmp_path: Path) -> None:
    good_store(tmp_path)
    write(tmp_path / EXPERIMENT / BAD, LOGGED)
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
    assert problems_of(tmp_path) == [Problem(META, None, "the file is empty")]
    check_good_run(tmp_path)


@pytest.mark.parametrize(
    ("body", "line", "reason"),
    [
        ("artifact_uri: x\nend_ti", 2, "could not find expected ':'"),
        ("name: x\n\trun_id: y\n", 2, "found a tab character that violates indentation"),
        ("run_id: [1, 2\n", 2, "did not find expected ',' or ']'"),
        ("run_id: a\n---\nrun_id: b\n", 2, "but found another document"),
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
    assert run.problems == ()


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


@pytest.mark.parametrize(
    ("value", "status"),
    [
        ("FINISHED", Status.FINISHED),
        ("finished", Status.FINISHED),
        ("Killed", Status.KILLED),
        (1, Status.RUNNING),
        (2, Status.SCHEDULED),
        (3, Status.FINISHED),
        (4, Status.FAILED),
        (5, Status.KILLED),
        (None, Status.RUNNING),
        (ABSENT, Status.RUNNING),
    ],
)
def test_a_status_is_read_as_number_and_as_text(
    tmp_path: Path, value: object, status: Status
) -> None:
    changed_run(tmp_path, {"status": value})
    run = read_bad(tmp_path)
    assert (run.status, run.problems) == (status, ())


@pytest.mark.parametrize("value", [9, 0, -1, "DONE", 3.0, [3], {"a": 1}, "x" * 5000])
def test_a_status_that_nobody_knows_is_unknown(tmp_path: Path, value: object) -> None:
    changed_run(tmp_path, {"status": value})
    run = read_bad(tmp_path)
    assert run.status is Status.UNKNOWN
    assert run.params == {"a": "1"}
    (problem,) = run.problems
    assert (problem.path, problem.line) == (META, None)
    assert problem.reason == f"status {str(value)[:40]!r} is none that MLflow knows"


def test_experiment_ids_as_numbers_are_as_good_as_text(tmp_path: Path) -> None:
    add_good_run(tmp_path)
    add_run(tmp_path, BAD, changes={"experiment_id": 1})
    write(tmp_path, {"1/meta.yaml": experiment_record("1", {"experiment_id": 1})})
    assert read_bad(tmp_path).experiment_id == "1"
    assert experiments_of(tmp_path)["1"].id == "1"
    assert problems_of(tmp_path) == []


def test_a_wrong_experiment_id_gives_way_to_the_folder(tmp_path: Path) -> None:
    changed_run(tmp_path, {"experiment_id": "77"})
    run = read_bad(tmp_path)
    assert run.experiment_id == EXPERIMENT
    assert run.problems == (
        Problem(META, None, "says experiment 77; the folder it lies in is used"),
    )


def test_a_run_that_has_only_its_uuid_is_read(tmp_path: Path) -> None:
    changed_run(tmp_path, {"run_id": ABSENT})
    run = read_bad(tmp_path)
    assert (run.id, run.status, run.problems) == (BAD, Status.FINISHED, ())


def test_a_run_without_uuid_is_read(tmp_path: Path) -> None:
    changed_run(tmp_path, {"run_uuid": ABSENT})
    assert read_bad(tmp_path).problems == ()


def test_a_run_folder_of_another_name_than_its_id_is_read_and_told_of(tmp_path: Path) -> None:
    good_store(tmp_path)
    add_run(tmp_path, "copied", LOGGED, changes={"run_id": BAD})
    run = read_bad(tmp_path, f"{EXPERIMENT}/copied")
    assert (run.id, run.params) == ("copied", {"a": "1"})
    assert run.problems == (
        Problem(
            f"{EXPERIMENT}/copied/meta.yaml",
            None,
            f"says it is run {BAD}; the folder's name is used",
        ),
    )


@pytest.mark.parametrize("value", [ABSENT, None])
def test_a_missing_lifecycle_stage_means_active(tmp_path: Path, value: object) -> None:
    changed_run(tmp_path, {"lifecycle_stage": value})
    run = read_bad(tmp_path)
    assert not is_deleted(run)
    assert run.problems == ()


def test_an_odd_lifecycle_stage_is_active_and_told_of(tmp_path: Path) -> None:
    changed_run(tmp_path, {"lifecycle_stage": "archived"})
    run = read_bad(tmp_path)
    assert not is_deleted(run)
    assert run.problems == (
        Problem(META, None, "lifecycle_stage 'archived' is unknown; taken as active"),
    )


def test_an_experiment_without_lifecycle_stage_is_active(tmp_path: Path) -> None:
    add_good_run(tmp_path)
    body = experiment_record("1", {"lifecycle_stage": ABSENT, "creation_time": ABSENT})
    write(tmp_path, {"1/meta.yaml": body})
    experiment = experiments_of(tmp_path)["1"]
    assert (is_deleted(experiment), experiment.created, experiment.problems) == (False, None, ())
    check_good_run(tmp_path)


def test_fields_that_nobody_knows_are_passed_over(tmp_path: Path) -> None:
    changed_run(tmp_path, {"workspace": "default", "trace_location": None, "new": {"a": [1]}})
    run = read_bad(tmp_path)
    assert (run.name, run.problems) == ("name of bad0", ())


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("yesterday", "'yesterday'"),
        ("2020-09-13 12:26:40", "'2020-09-13 12:26:40'"),
        ([1], "'[1]'"),
        (float("nan"), "'nan'"),
        (float("inf"), "'inf'"),
        (10**30, "'1000000000000000000000000000000'"),
    ],
)
def test_a_start_time_that_is_no_time_is_none_and_told_of(
    tmp_path: Path, value: object, shown: str
) -> None:
    changed_run(tmp_path, {"start_time": value})
    run = read_bad(tmp_path)
    assert (run.start_time, run.end_time) == (None, 1600000009000)
    assert run.problems == (
        Problem(META, None, f"start_time {shown} is not a time in milliseconds"),
    )


def test_an_unquoted_date_is_no_start_time_either(tmp_path: Path) -> None:
    break_run(tmp_path, run_record(BAD).replace("1600000000000", "2020-09-13 12:26:40"))
    run = read_bad(tmp_path)
    assert run.start_time is None
    assert [problem.reason for problem in run.problems] == [
        "start_time '2020-09-13 12:26:40' is not a time in milliseconds"
    ]


def test_a_start_time_with_a_fraction_is_rounded(tmp_path: Path) -> None:
    changed_run(tmp_path, {"start_time": 1600000000000.6})
    run = read_bad(tmp_path)
    assert (run.start_time, run.problems) == (1600000000001, ())


def test_duplicate_keys_count_as_the_last_of_them(tmp_path: Path) -> None:
    break_run(tmp_path, run_record(BAD) + "status: 4\n")
    assert read_bad(tmp_path).status is Status.FAILED
    write(tmp_path, {META: run_record(BAD) + 'status: 5 # "by hand"\n'})
    assert read_bad(tmp_path).status is Status.KILLED


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
    assert problems_of(tmp_path) == [Problem(META, None, "a folder, where a file was expected")]
    check_good_run(tmp_path)


def test_names_come_from_the_record_then_the_tag_then_the_old_field(tmp_path: Path) -> None:
    good_store(tmp_path)
    cases = {
        "a1": ({"run_name": "new", "name": "old"}, "tag", "new"),
        "a2": ({"run_name": ABSENT, "name": "old"}, "tag", "old"),
        "a3": ({"run_name": ABSENT, "name": ""}, "tag", "tag"),
        "a4": ({"run_name": ABSENT}, "tag", "tag"),
        "a5": ({"run_name": ""}, None, ""),
    }
    for run_id, (changes, tag, _) in cases.items():
        files = {} if tag is None else {"tags/mlflow.runName": tag}
        add_run(tmp_path, run_id, files, changes=changes)
    runs = read_all(tmp_path)
    assert {run_id: runs[f"1/{run_id}"].name for run_id in cases} == {
        run_id: name for run_id, (_, _, name) in cases.items()
    }
    assert runs["1/a5"].title == "a5"


def test_outlines_say_of_a_run_what_reading_it_says(tmp_path: Path) -> None:
    changed_run(tmp_path, {"run_name": "", "lifecycle_stage": "deleted", "status": "KILLED"})
    write(tmp_path / EXPERIMENT / BAD, {"tags/mlflow.runName": "tag\n"})
    write(tmp_path / EXPERIMENT / BAD, {"tags/mlflow.parentRunId": GOOD})
    store = MlrunsStore(tmp_path)
    for outline in store.outlines(store.experiments()[0])[0]:
        run = store.read(outline)
        for name in ("id", "where", "name", "status", "start_time", "parent_id", "lifecycle_stage"):
            assert getattr(outline, name) == getattr(run, name)


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
        Problem("2/meta.yaml", None, "the file is empty"),
        Problem("3/meta.yaml", None, "the file is empty"),
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


def test_an_experiment_folder_of_another_name_than_its_id_is_read(tmp_path: Path) -> None:
    add_good_run(tmp_path)
    write(tmp_path, {"1/meta.yaml": experiment_record("1", {"experiment_id": "5"})})
    assert experiments_of(tmp_path)["1"].problems == (
        Problem("1/meta.yaml", None, "says it is experiment 5; the folder's name is used"),
    )
    check_good_run(tmp_path)


def test_ids_beyond_javascript_numbers_keep_every_digit(tmp_path: Path) -> None:
    experiment = "919191919191919191"
    add_experiment(tmp_path, experiment)
    add_good_run(tmp_path, experiment)
    check_good_run(tmp_path, experiment)
    assert experiments_of(tmp_path)[experiment].id == experiment


def test_a_record_that_is_being_rewritten_is_read_again_after_a_moment(tmp_path: Path) -> None:
    good_store(tmp_path)
    add_run(tmp_path, BAD, LOGGED)
    whole = (tmp_path / META).read_text()
    (tmp_path / META).write_text("")

    def finish() -> None:
        time.sleep(0.05)
        (tmp_path / META).write_text(whole)

    writer = threading.Thread(target=finish)
    writer.start()
    run = read_all(tmp_path)[f"{EXPERIMENT}/{BAD}"]
    writer.join()
    assert (run.status, run.params, run.problems) == (Status.FINISHED, {"a": "1"}, ())


def test_an_empty_record_of_the_far_future_is_not_waited_for(tmp_path: Path) -> None:
    good_store(tmp_path)
    for number in range(200):
        write(tmp_path, {f"1/run{number}/meta.yaml": ""})
        os.utime(tmp_path / f"1/run{number}/meta.yaml", (4_000_000_000, 4_000_000_000))
    read_in_time(tmp_path)
    assert len(problems_of(tmp_path)) == 200
    check_good_run(tmp_path)


def test_a_run_that_is_just_being_made_is_not_there_yet(tmp_path: Path) -> None:
    experiment = good_store(tmp_path)
    (experiment / BAD).mkdir()
    assert list(read_all(tmp_path)) == [f"{EXPERIMENT}/{GOOD}"]
    assert problems_of(tmp_path) == []


def test_an_experiment_that_vanishes_during_a_scan_has_no_runs(tmp_path: Path) -> None:
    good_store(tmp_path)
    add_run(tmp_path, BAD, LOGGED, experiment="2")
    add_experiment(tmp_path, "2")
    store = MlrunsStore(tmp_path)
    first, second = store.experiments()
    (tmp_path / "2").rename(tmp_path.parent / "gone")
    assert store.outlines(second) == ((), ())
    assert len(store.outlines(first)[0]) == 1
    (tmp_path.parent / "gone").rename(tmp_path / "2")
