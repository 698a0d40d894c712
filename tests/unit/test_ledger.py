"""The ledger of looks: what a run's look at a test set is, and the file that tells of it."""

import json
from collections.abc import Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.analysis.ledger import (
    Look,
    configuration_of,
    family_of,
    looks_of,
    new_looks,
    parse_ledger,
    spell,
    told_steps,
)
from reportgen.analysis.scored import scored_sets
from reportgen.model import DatasetInput, MetricDataset, MetricHead, Run

TEXTS = st.text(st.characters(codec="utf-8"), min_size=1)
LOOKS = st.lists(
    st.builds(
        Look,
        when=st.integers(0, 1 << 53),
        experiment=TEXTS,
        run=TEXTS,
        metric=TEXTS,
        dataset=TEXTS,
        dataset_digest=TEXTS,
        steps=st.integers(1, 1 << 53),
        configuration=TEXTS,
        reason=st.just("") | TEXTS,
    )
)
LOOK = Look(1600000000000, "digits", "r1", "acc", "digits_test", "a1b2", 1, "c1")


def dataset(name: str, context: str, digest: str = "a1b2") -> DatasetInput:
    return DatasetInput(f"id-{name}", name, digest, "local", "{}", "{}", "{}", context)


def run(
    counts: Mapping[str, int],
    *datasets: DatasetInput,
    params: Mapping[str, str] | None = None,
) -> Run:
    heads = {
        key: MetricHead(key, count, 0.5, count - 1, 1000 * count, 0.5, 0.5, "")
        for key, count in counts.items()
    }
    return Run("r1", "1", "one", "1/r1", params=params or {}, metrics=heads, datasets=datasets)


def linked(found: Run, key: str, **counts: int) -> Run:
    """The run with a metric that was logged with datasets of these names, so many points each."""
    told = tuple(MetricDataset(name, "a1b2", count) for name, count in counts.items())
    return replace(
        found, metrics={**found.metrics, key: replace(found.metrics[key], datasets=told)}
    )


def looks(found: Run) -> list[tuple[str, str, str, int]]:
    taken = looks_of("digits", [found], lambda key: "test" in key)
    return [(look.metric, look.dataset, look.dataset_digest, look.steps) for look in taken]


# --- looks


def test_each_family_of_metrics_is_a_look_and_each_step_is_one() -> None:
    found = looks(run({"test_acc": 1, "test_loss": 3, "val_acc": 9}, dataset("digits", "test")))
    assert found == [("acc", "digits", "a1b2", 1), ("loss", "digits", "a1b2", 3)]


def test_look_at_unrecorded_data_is_one_all_the_same() -> None:
    assert looks(run({"test_acc": 1}, dataset("fit", "training"))) == [("acc", "?", "?", 1)]
    assert looks(run({"test_acc": 1}, dataset("", "test", ""))) == [("acc", "?", "?", 1)]


def test_run_that_scores_two_test_sets_has_looked_at_both() -> None:
    found = looks(run({"test_acc": 1}, dataset("b", "test"), dataset("a", "testing", "c3")))
    assert found == [("acc", "a", "c3", 1), ("acc", "b", "a1b2", 1)]


def test_evaluation_data_is_the_test_set_where_no_other_is() -> None:
    both = run({"test_acc": 1}, dataset("a", "eval"), dataset("b", "test"))
    only = run({"test_acc": 1}, dataset("a", "eval"), dataset("c", "training"))
    assert [one.name for one in scored_sets(both, ["test_acc"])] == ["b"]
    assert [one.name for one in scored_sets(only, ["test_acc"])] == ["a"]


def test_metric_that_was_logged_with_a_test_set_is_a_look_at_that_one_alone() -> None:
    a, b = dataset("a", "test"), dataset("b", "test")
    found = linked(run({"test_acc": 1, "test_loss": 1}, a, b), "test_acc", a=1)
    found = linked(found, "test_loss", b=1)
    assert looks(found) == [("acc", "a", "a1b2", 1), ("loss", "b", "a1b2", 1)]


def test_metric_that_was_logged_with_several_test_sets_counts_the_points_of_each() -> None:
    sets = [dataset("a", "test"), dataset("b", "test"), dataset("fit", "training")]
    found = linked(run({"test_acc": 9}, *sets), "test_acc", a=5, b=3, fit=1)
    assert looks(found) == [("acc", "a", "a1b2", 5), ("acc", "b", "a1b2", 3)]


def test_link_to_what_is_no_test_set_leaves_those_of_the_run() -> None:
    fit, test = dataset("fit", "training"), dataset("a", "test")
    found = linked(run({"test_acc": 1}, fit, test), "test_acc", fit=1)
    assert looks(found) == [("acc", "a", "a1b2", 1)]
    unheard = linked(run({"test_acc": 1}, test), "test_acc", b=1)
    assert looks(unheard) == [("acc", "b", "a1b2", 1)]


def test_batches_of_one_pass_over_the_test_set_are_one_look() -> None:
    assert looks(run({"test_acc_step": 100, "test_acc_epoch": 2})) == [("acc", "?", "?", 2)]
    assert looks(run({"test_acc_step": 100})) == [("acc", "?", "?", 100)]


def test_time_of_a_look_is_that_of_its_newest_point() -> None:
    (look,) = looks_of("digits", [run({"test/acc": 4, "test_acc": 7})], lambda _: True)
    assert (look.when, look.experiment, look.run, look.steps) == (7000, "digits", "r1", 7)


def test_look_can_be_read_back_whatever_was_logged() -> None:
    head = MetricHead("test_acc", 1, 0.5, 0, 1 << 70, 0.5, 0.5, "")
    odd = Run(
        "r1", "1", "", "1/r1", metrics={"test_acc": head}, datasets=(dataset("\ud800", "test"),)
    )
    taken = looks_of("di\ngits\udfff", [odd], lambda _: True)
    assert parse_ledger(spell(taken), "ledger.jsonl").looks == taken
    assert taken[0].experiment == "di\ngits?"


def test_run_without_test_metrics_has_taken_no_look() -> None:
    assert looks(run({"val_acc": 5}, dataset("digits", "test"))) == []


@pytest.mark.parametrize(
    ("key", "family"),
    [
        ("test_acc", "acc"),
        ("test/acc_epoch", "acc"),
        ("accuracy_score_X_test", "accuracy_score"),
        ("rmse", "rmse"),
        ("test", "test"),
        ("test_loss_step", "loss"),
    ],
)
def test_family_is_the_name_without_its_role(key: str, family: str) -> None:
    assert family_of(key) == family


def test_configuration_is_of_all_parameters_but_seeds() -> None:
    one = run({}, params={"lr": "0.1", "seed": "1", "random_state": "3", "data_seed": "1"})
    other = run({}, params={"lr": "0.1", "seed": "2"})
    third = run({}, params={"lr": "0.2", "seed": "1"})
    assert configuration_of(one) == configuration_of(other) != configuration_of(third)


# --- the file


@given(LOOKS)
def test_ledger_reads_back_what_it_wrote(written: list[Look]) -> None:
    ledger = parse_ledger(spell(written), "ledger.jsonl")
    assert list(ledger.looks) == written
    assert (ledger.problems, ledger.is_foreign, ledger.is_torn) == ((), False, False)


def test_line_has_the_documented_fields() -> None:
    assert json.loads(spell([LOOK])) == {
        "when": 1600000000000,
        "experiment": "digits",
        "run": "r1",
        "metric": "acc",
        "dataset": "digits_test",
        "dataset_digest": "a1b2",
        "steps": 1,
        "configuration": "c1",
    }


@given(LOOKS, LOOKS, st.data())
def test_ledger_cut_at_any_byte_keeps_what_came_before(
    first: list[Look], last: list[Look], data: st.DataObject
) -> None:
    whole, body = spell(first), spell([*first, *last, LOOK])
    cut = data.draw(st.integers(len(whole), len(body)))
    ledger = parse_ledger(body[:cut], "ledger.jsonl")
    assert list(ledger.looks[: len(first)]) == first
    assert not ledger.is_foreign or not first
    assert len(ledger.problems) <= 1


def test_torn_last_line_is_a_problem_and_the_next_line_does_not_join_it() -> None:
    torn = spell([LOOK]) + spell([LOOK])[:30]
    ledger = parse_ledger(torn, "ledger.jsonl")
    assert (ledger.looks, ledger.is_torn) == ((LOOK,), True)
    assert [(p.path, p.line, p.reason) for p in ledger.problems] == [
        ("ledger.jsonl", 2, "the last line of the ledger is cut short; passed over")
    ]


def test_last_line_without_its_end_counts_where_it_is_whole() -> None:
    ledger = parse_ledger(spell([LOOK]).rstrip(), "ledger.jsonl")
    assert (ledger.looks, ledger.problems, ledger.is_torn) == ((LOOK,), (), True)


@pytest.mark.parametrize(
    "line",
    [
        b"<<<<<<< HEAD",
        b"{}",
        b"[1, 2]",
        b"null",
        b'{"when":1,"experiment":"a","run":"","metric":"m","dataset":"?","dataset_digest":"?","steps":1}',
        b'{"when":1,"experiment":"a","run":"r","metric":"m","dataset":"?","dataset_digest":"?","steps":0}',
        b'{"when":1,"experiment":"a","run":"r","metric":7,"dataset":"?","dataset_digest":"?","steps":1}',
        b'{"when":true,"experiment":"a","run":"r","metric":"m","dataset":"?","dataset_digest":"?","steps":1}',
        b"\xff\xfe",
    ],
)
def test_foreign_line_is_a_problem_and_costs_no_other(line: bytes) -> None:
    ledger = parse_ledger(spell([LOOK]) + line + b"\n\n" + spell([LOOK]), "ledger.jsonl")
    assert ledger.looks == (LOOK, LOOK)
    assert [(p.line, p.reason) for p in ledger.problems] == [
        (2, "not a line of a ledger of looks; passed over")
    ]
    assert not ledger.is_foreign


def test_file_of_something_else_is_told_from_a_ledger() -> None:
    assert parse_ledger(b"# Notes\n\nBuy milk\n", "notes.md").is_foreign
    assert not parse_ledger(b"", "ledger.jsonl").is_foreign
    assert not parse_ledger(spell([LOOK])[:9], "ledger.jsonl").is_foreign  # our first line, torn


def test_many_foreign_lines_are_counted_not_listed() -> None:
    ledger = parse_ledger(spell([LOOK]) + b"x\n" * 1000, "ledger.jsonl")
    assert len(ledger.problems) == 21
    assert ledger.problems[-1].reason == "980 more lines of this file could not be read"


@given(LOOKS, LOOKS)
def test_what_was_added_once_is_not_added_again(known: list[Look], found: list[Look]) -> None:
    found = [look for look in found if not look.reason]
    fresh = new_looks(told_steps(known), found)
    assert new_looks(told_steps([*known, *fresh]), found) == ()


def test_only_more_steps_are_news() -> None:
    more = Look(1600000009000, "digits", "r1", "acc", "digits_test", "a1b2", 3, "c1")
    assert new_looks(told_steps([LOOK]), [more]) == (more,)
    assert new_looks(told_steps([more]), [LOOK]) == ()
    opened = Look(1600000000000, "digits", "r1", "acc", "digits_test", "a1b2", 1, "c1", "why")
    assert new_looks(told_steps([opened]), [LOOK]) == (LOOK,)
