"""meta.yaml files made to break their reader."""

from pathlib import Path

from tests.damages import RUN
from tests.trees import (
    BAD,
    EXPERIMENT,
    GOOD,
    add_run,
    check_good_run,
    experiment_record,
    good_store,
    problems_of,
    read_all,
    read_bad,
    read_in_time,
    write,
)


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
