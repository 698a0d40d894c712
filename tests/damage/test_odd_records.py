"""meta.yaml files that are whole, with fields that are absent, odd or of another release."""

from pathlib import Path

import pytest

from reportgen.model import Problem, Status
from reportgen.readers.mlruns import MlrunsStore
from tests.damages import LOGGED, META, break_run, changed_run
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
    run_record,
    write,
)


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
    ],
)
def test_a_status_is_read_as_number_and_as_text(
    tmp_path: Path, value: object, status: Status
) -> None:
    changed_run(tmp_path, {"status": value})
    run = read_bad(tmp_path)
    assert (run.status, run.problems) == (status, ())


@pytest.mark.parametrize("value", [None, ABSENT])
def test_a_missing_status_means_running_and_is_told_of(tmp_path: Path, value: object) -> None:
    changed_run(tmp_path, {"status": value})
    run = read_bad(tmp_path)
    assert (run.status, run.name) == (Status.RUNNING, "name of bad0")
    assert [problem.reason for problem in run.problems] == [
        "has no status, so it may be cut short; taken as running"
    ]


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
        (1600000000000000000, "'1600000000000000000'"),
        (253402300800000, "'253402300800000'"),
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


@pytest.mark.parametrize("value", [-1, 0, 253402300799999])
def test_a_start_time_at_the_ends_of_time_is_kept(tmp_path: Path, value: int) -> None:
    changed_run(tmp_path, {"start_time": value})
    run = read_bad(tmp_path)
    assert (run.start_time, run.problems) == (value, ())


def test_a_start_time_with_a_fraction_is_rounded(tmp_path: Path) -> None:
    changed_run(tmp_path, {"start_time": 1600000000000.6})
    run = read_bad(tmp_path)
    assert (run.start_time, run.problems) == (1600000000001, ())


def test_duplicate_keys_count_as_the_last_of_them(tmp_path: Path) -> None:
    break_run(tmp_path, run_record(BAD) + "status: 4\n")
    assert read_bad(tmp_path).status is Status.FAILED
    write(tmp_path, {META: run_record(BAD) + 'status: 5 # "by hand"\n'})
    assert read_bad(tmp_path).status is Status.KILLED


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
