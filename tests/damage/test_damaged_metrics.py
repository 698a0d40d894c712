"""Metric files that are cut, odd or noise, read through the store: one test a case."""

import math
from pathlib import Path

import pytest

from reportgen.model import Problem
from tests.damages import LOSS, T, check_points, run_with
from tests.trees import BAD, add_run, good_store, read_bad, values_of


def test_an_empty_metric_file_is_told_of(tmp_path: Path) -> None:
    run = run_with(tmp_path, "")
    assert run.metrics == {}
    assert run.problems == (Problem(LOSS, None, "the metric file holds no point"),)


def test_blank_lines_are_passed_over(tmp_path: Path) -> None:
    run = run_with(tmp_path, f"\n{T} 0.5 0\n\n   \n{T} 0.25 1\n\n")
    check_points(tmp_path, run, [(0, T, 0.5), (1, T, 0.25)], 0.25)
    assert run.problems == ()


def test_two_fields_mean_step_0(tmp_path: Path) -> None:
    run = run_with(tmp_path, f"{T} 0.5\n{T + 1} 0.25\n")
    check_points(tmp_path, run, [(0, T, 0.5), (0, T + 1, 0.25)], 0.25)


def test_five_fields_keep_their_step(tmp_path: Path) -> None:
    run = run_with(tmp_path, f"{T} 0.5 7 train 1a2b3c4d\n{T} 0.25 8 train 12345678\n")
    check_points(tmp_path, run, [(7, T, 0.5), (8, T, 0.25)], 0.25)
    assert run.problems == ()


@pytest.mark.parametrize(
    "line",
    [
        f"{T} 0.5 7 0f0f0f0f",
        f"{T} 0.5 7 my data set 1a2b3c4d",
        f"{T}  0.5   7",
        f"{T}\t0.5\t7",
        f" {T} 0.5 7 ",
        f"{T} 0.5 7 12345678901234567890123456789012",
    ],
)
def test_other_numbers_of_fields_and_other_blanks_are_read(tmp_path: Path, line: str) -> None:
    run = run_with(tmp_path, f"{line}\n{T} 0.25 8\n")
    check_points(tmp_path, run, [(7, T, 0.5), (8, T, 0.25)], 0.25)
    assert run.problems == ()


def test_lines_of_two_and_of_four_fields_are_told_apart(tmp_path: Path) -> None:
    run = run_with(tmp_path, f"{T} 5\n{T + 1} 7 3 {T + 9}\n")
    check_points(tmp_path, run, [(0, T, 5.0), (3, T + 1, 7.0)], 7.0)


def test_a_decimal_comma_is_told_of_and_not_read_as_two_numbers(tmp_path: Path) -> None:
    run = run_with(tmp_path, f"{T} 0,5\n{T} 0,25\n{T} 1\n")
    check_points(tmp_path, run, [(0, T, 1.0)], 1.0)
    assert run.problems == (
        Problem(LOSS, 1, "value is not a number: `0,5`"),
        Problem(LOSS, 2, "value is not a number: `0,25`"),
    )


def test_a_table_with_commas_is_no_metric(tmp_path: Path) -> None:
    run = run_with(tmp_path, f"{T},0.5,0\n{T},0.25,1\n")
    assert run.metrics == {}
    assert [problem.line for problem in run.problems] == [1, 2]


def test_windows_line_ends_are_read(tmp_path: Path) -> None:
    run = run_with(tmp_path, f"{T} 0.5 0\r\n{T} 0.25 1\r\n")
    check_points(tmp_path, run, [(0, T, 0.5), (1, T, 0.25)], 0.25)
    assert run.problems == ()


def test_infinities_are_read_in_every_spelling(tmp_path: Path) -> None:
    words = ["inf", "-inf", "+inf", "Infinity", "-Infinity", "1e999"]
    body = "".join(f"{T} {word} {step}\n" for step, word in enumerate(words))
    run = run_with(tmp_path, f"{body}{T} 0.5 6\n{T} -2 7\n")
    inf = math.inf
    expected = [inf, -inf, inf, inf, -inf, inf, 0.5, -2.0]
    assert [value for _, _, value in values_of(tmp_path, run, "loss")] == expected
    head = run.metrics["loss"]
    assert (head.count, head.last, head.low, head.high) == (8, -2.0, -2.0, 0.5)


def test_a_metric_of_nothing_but_nan_has_no_range(tmp_path: Path) -> None:
    run = run_with(tmp_path, f"{T} nan 0\n{T} NaN 1\n")
    head = run.metrics["loss"]
    assert (head.count, head.step) == (2, 1)
    assert all(math.isnan(number) for number in (head.last, head.low, head.high))
    assert run.problems == ()


@pytest.mark.parametrize("words", ["nan 2 1", "2 nan 1", "1 2 nan", "nan inf 2 -inf 1 nan"])
def test_a_nan_anywhere_leaves_the_range_of_the_others(tmp_path: Path, words: str) -> None:
    lines = [f"{T} {word} {step}\n" for step, word in enumerate(words.split())]
    head = run_with(tmp_path, "".join(lines)).metrics["loss"]
    assert (head.count, head.low, head.high) == (len(lines), 1.0, 2.0)


def test_one_long_line_is_not_two_points(tmp_path: Path) -> None:
    run = run_with(tmp_path, f"{T} 0.5 0 9 {T} 0.25 1\n")
    check_points(tmp_path, run, [(0, T, 0.5)], 0.5)


def test_numbers_beyond_a_double_when_added_up_keep_their_range(tmp_path: Path) -> None:
    run = run_with(tmp_path, f"{T} 1e308 0\n{T} 1.5e308 1\n{T} -1e308 2\n")
    head = run.metrics["loss"]
    assert (head.low, head.high) == (-1e308, 1.5e308)


def test_steps_and_times_with_a_fraction_are_rounded(tmp_path: Path) -> None:
    run = run_with(tmp_path, f"{T}.7 0.5 1.5\n{T} 0.25 3.0\n1.6e12 0.125 1e1\n")
    points = [(2, T + 1, 0.5), (3, T, 0.25), (10, T, 0.125)]
    check_points(tmp_path, run, points, 0.125)
    assert run.problems == ()


def test_steps_beyond_64_bits_are_kept(tmp_path: Path) -> None:
    run = run_with(tmp_path, f"{T} 0.5 {2**70}\n{T} 0.25 {-(2**70)}\n{T} 0.125 {2**63}\n")
    check_points(
        tmp_path,
        run,
        [(-(2**70), T, 0.25), (2**63, T, 0.125), (2**70, T, 0.5)],
        0.5,
    )
    assert run.metrics["loss"].step == 2**70


def test_negative_repeated_and_unordered_steps_are_kept(tmp_path: Path) -> None:
    run = run_with(tmp_path, f"{T} 1 5\n{T} 2 -3\n{T + 1} 3 5\n{T} 4 0\n")
    check_points(tmp_path, run, [(-3, T, 2.0), (0, T, 4.0), (5, T, 1.0), (5, T + 1, 3.0)], 3.0)


@pytest.mark.parametrize("word", ["inf", "nan", "-inf", "1e999"])
def test_a_step_without_end_is_told_of(tmp_path: Path, word: str) -> None:
    run = run_with(tmp_path, f"{T} 0.5 {word}\n{T} 0.25 1\n")
    check_points(tmp_path, run, [(1, T, 0.25)], 0.25)
    assert run.problems == (
        Problem(LOSS, 1, f"timestamp or step is not a number: `{T} 0.5 {word}`"),
    )


def test_true_and_false_are_1_and_0(tmp_path: Path) -> None:
    run = run_with(tmp_path, f"{T} True 0\n{T} False 1\n{T} true 2\n")
    check_points(tmp_path, run, [(0, T, 1.0), (1, T, 0.0), (2, T, 1.0)], 1.0)
    assert run.problems == ()


def test_a_block_of_nul_bytes_is_told_of(tmp_path: Path) -> None:
    run = run_with(tmp_path, f"{T} 0.5 0\n".encode() + b"\0" * 4096 + f"\n{T} 0.25 1\n".encode())
    check_points(tmp_path, run, [(0, T, 0.5), (1, T, 0.25)], 0.25)
    assert run.problems == (Problem(LOSS, 2, "expected `timestamp value [step]`, found one field"),)


def test_a_tail_of_nul_bytes_is_a_cut_last_line(tmp_path: Path) -> None:
    run = run_with(tmp_path, f"{T} 0.5 0\n".encode() + b"\0" * 512)
    check_points(tmp_path, run, [(0, T, 0.5)], 0.5)
    assert [problem.line for problem in run.problems] == [2]


def test_bytes_that_are_not_utf_8_cost_only_their_line(tmp_path: Path) -> None:
    body = f"{T} 0.5 0\n".encode() + b"\xff\xfe \x80 1\n" + f"{T} 0.25 2 d\xe4ta 00\n".encode("l1")
    run = run_with(tmp_path, body)
    check_points(tmp_path, run, [(0, T, 0.5), (2, T, 0.25)], 0.25)
    (problem,) = run.problems
    assert (problem.path, problem.line) == (LOSS, 2)
    assert problem.reason == "timestamp or step is not a number: `\ufffd\ufffd \ufffd 1`"


def test_a_bom_is_passed_over(tmp_path: Path) -> None:
    run = run_with(tmp_path, b"\xef\xbb\xbf" + f"{T} 0.5 0\n{T} 0.25 1\n".encode())
    check_points(tmp_path, run, [(0, T, 0.5), (1, T, 0.25)], 0.25)
    assert run.problems == ()


def test_noise_does_not_fill_the_problems(tmp_path: Path) -> None:
    run = run_with(tmp_path, "\x1b[31mnoise\x07 and more " + "x" * 200 + "\n" + "noise\n" * 1000)
    assert run.metrics == {}
    assert len(run.problems) == 21
    assert run.problems[-1] == Problem(LOSS, None, "981 more lines of this file could not be read")
    assert all(problem.reason.isprintable() for problem in run.problems)
    assert max(len(problem.reason) for problem in run.problems) < 100


def test_a_hundred_thousand_points_with_a_torn_end_are_read(tmp_path: Path) -> None:
    lines = [f"{T + step} {step % 1000 / 8} {step}\n" for step in range(100_000)]
    run = run_with(tmp_path, "".join(lines) + f"{T} 0.")
    head = run.metrics["loss"]
    assert (head.count, head.step, head.last) == (100_000, 99_999, 999 / 8)
    assert (head.low, head.high) == (0.0, 999 / 8)
    assert [problem.line for problem in run.problems] == [100_001]


def test_seconds_become_milliseconds(tmp_path: Path) -> None:
    run = run_with(tmp_path, "1600000000 0.5\n1600000001 0.25\n")
    check_points(tmp_path, run, [(0, T, 0.5), (0, T + 1000, 0.25)], 0.25)
    assert run.metrics["loss"].timestamp == T + 1000


def test_seconds_and_milliseconds_in_one_file_are_told_apart(tmp_path: Path) -> None:
    run = run_with(tmp_path, f"{T} 0.5 3\n1600000005 0.25 3\n{T + 2000} 0.75 3\n")
    points = [(3, T, 0.5), (3, T + 2000, 0.75), (3, T + 5000, 0.25)]
    check_points(tmp_path, run, points, 0.25)
    assert run.metrics["loss"].timestamp == T + 5000


def test_the_first_seconds_of_the_epoch_are_converted_once(tmp_path: Path) -> None:
    run = run_with(tmp_path, "50 0.5 1\n50 0.25 1\n")
    check_points(tmp_path, run, [(1, 50_000, 0.25), (1, 50_000, 0.5)], 0.5)
    assert run.metrics["loss"].timestamp == 50_000


def test_exact_repeats_count_once(tmp_path: Path) -> None:
    line = f"{T} 0.5 0\n"
    run = run_with(tmp_path, line * 16 + f"{T} 0.25 1\n" + line)
    check_points(tmp_path, run, [(0, T, 0.5), (1, T, 0.25)], 0.25)


def test_a_value_written_as_int_and_as_float_is_one_point(tmp_path: Path) -> None:
    run = run_with(tmp_path, f"{T} 1 0\n{T} 1.0 0\n{T} 2 0\n")
    check_points(tmp_path, run, [(0, T, 1.0), (0, T, 2.0)], 2.0)


def test_nan_repeats_count_once(tmp_path: Path) -> None:
    run = run_with(tmp_path, f"{T} nan 0\n{T} nan 0\n{T} 1 0\n")
    assert run.metrics["loss"].count == 2
    assert len(values_of(tmp_path, run, "loss")) == 2


@pytest.mark.parametrize(
    ("words", "last"),
    [
        ("1 2", 2.0),
        ("2 1", 2.0),
        ("1 nan", 1.0),
        ("1 nan 2", 2.0),
        ("nan 2 1", math.nan),
        ("inf 1", math.inf),
    ],
)
def test_the_latest_of_equal_steps_and_times_is_the_one_mlflow_takes(
    tmp_path: Path, words: str, last: float
) -> None:
    run = run_with(tmp_path, "".join(f"{T} {word} 4\n" for word in words.split()))
    found = run.metrics["loss"].last
    assert found == last or (math.isnan(found) and math.isnan(last))


def test_the_latest_point_is_not_the_last_line(tmp_path: Path) -> None:
    run = run_with(tmp_path, f"{T} 0.5 9\n{T + 5} 0.25 1\n{T + 9} 0.125 2\n")
    head = run.metrics["loss"]
    assert (head.last, head.step, head.timestamp) == (0.5, 9, T)


def test_junk_in_a_folder_of_metrics_is_passed_over_and_odd_names_are_shown(
    tmp_path: Path,
) -> None:
    good_store(tmp_path)
    names = [".DS_Store", "loss~", "._loss", ".nfs0001", "Thumbs.db", ".gitkeep"]
    files: dict[str, str | bytes] = {f"metrics/{name}": b"\0\1\2" for name in names}
    shown = ["a@b", "val/loss", "val/deep/er", "trailing\n", "précision 日本", "100%"]
    files |= {f"metrics/{name}": f"{T} 0.5 0\n" for name in shown}
    add_run(tmp_path, BAD, files)
    run = read_bad(tmp_path)
    assert sorted(run.metrics) == sorted(shown)
    assert {head.last for head in run.metrics.values()} == {0.5}
    assert run.problems == ()


def test_a_file_larger_than_any_metric_is_not_read(tmp_path: Path) -> None:
    good_store(tmp_path)
    add_run(tmp_path, BAD, {"metrics/loss": ""})
    with (tmp_path / LOSS).open("r+b") as file:
        file.truncate((256 << 20) + 1)  # a hole: takes no room on the disk
    run = read_bad(tmp_path)
    assert run.metrics == {}
    assert run.problems == (
        Problem(LOSS, None, "268,435,457 bytes; files over 268,435,456 bytes are not read"),
    )
