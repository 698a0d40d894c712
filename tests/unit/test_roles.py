"""Which data a metric was measured on: by config, tags, datasets, names, and each other."""

import re
import time
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.analysis.metric_rules import first_match
from reportgen.analysis.roles import (
    Assigned,
    MetricRules,
    Role,
    assign_roles,
    merge_roles,
    read_rules,
    roles_of,
    stem_of,
)
from reportgen.analysis.scored import role_of_context
from reportgen.errors import ConfigError
from reportgen.model import DatasetInput, MetricDataset, MetricHead, Run

TABLE = tomllib.loads(Path(__file__).with_name("metric_names.toml").read_text("utf-8"))["run"]
ROWS = [(run["framework"], *row) for run in TABLE for row in run["metrics"]]


def heads(counts: Mapping[str, int]) -> dict[str, MetricHead]:
    return {
        key: MetricHead(key, count, 0.5, count - 1, 0, 0.5, 0.5, "")
        for key, count in counts.items()
    }


def roles(*names: str, points: int = 1) -> dict[str, Role]:
    found = assign_roles(heads(dict.fromkeys(names, points)))
    return {name: assigned.role for name, assigned in found.items()}


def dataset(context: str, name: str = "digits") -> DatasetInput:
    return DatasetInput(f"id-{name}", name, "a1b2", "local", "{}", "{}", "{}", context)


# --- names, as frameworks write them


@pytest.mark.parametrize("run", TABLE, ids=lambda run: run["framework"])
def test_every_metric_of_a_framework_has_its_role(run: Mapping[str, list[list[object]]]) -> None:
    metrics = heads({str(row[0]): int(str(row[3])) for row in run["metrics"]})
    found = {name: one.role.value for name, one in assign_roles(metrics).items()}
    assert found == {row[0]: row[1] for row in run["metrics"]}


def test_the_table_is_large_and_names_its_sources() -> None:
    assert len(ROWS) >= 400
    assert len({run["framework"] for run in TABLE}) == len(TABLE)
    assert all(
        run["source"].startswith("https://")
        or run["source"] in ("sample_mlruns", "features.md 4.1 of this project")
        for run in TABLE
    )


def test_every_role_has_a_reason_and_every_known_one_a_source() -> None:
    for run in TABLE:
        metrics = heads({row[0]: row[3] for row in run["metrics"]})
        for assigned in assign_roles(metrics).values():
            assert assigned.reason
            known = assigned.role is not Role.UNKNOWN
            assert known == bool(assigned.by)
            assert not known or assigned.by.startswith(("name:", "shape:"))


@pytest.mark.parametrize("others", [[], ["test_loss", "val_loss", "train_loss", "loss"]])
def test_no_training_or_validation_metric_passes_as_test_nor_the_other_way_round(
    others: list[str],
) -> None:
    opposite = {"train": {Role.TEST}, "val": {Role.TEST}, "test": {Role.TRAIN, Role.VAL}}
    in_family = re.compile(  # told by the others of their run only
        r"(?:mean|std)_test_(?!score)|test-\w+-(?:mean|std)|test_score$"
    )
    for framework, name, role, _, points in ROWS:
        if role not in opposite or in_family.match(name):
            continue
        metrics = heads(dict.fromkeys([name, *others], points))
        assert assign_roles(metrics)[name].role not in opposite[role], (framework, name)


def test_a_name_is_only_test_with_a_word_for_it() -> None:
    for _, name, role, _, _ in ROWS:
        if role == "test":
            assert re.search("test|held|hold|X_te", name, re.IGNORECASE)


def test_the_bare_name_is_of_the_training_data_where_the_validation_metric_is_there() -> None:
    assert roles("loss", "val_loss", points=9)["loss"] is Role.TRAIN
    assert roles("loss", "val/loss", points=9)["loss"] is Role.TRAIN
    assert roles("loss", "val_accuracy", points=9)["loss"] is Role.UNKNOWN
    assert roles("loss", points=9)["loss"] is Role.UNKNOWN
    assert roles("rmse", "cv_rmse", points=9)["rmse"] is Role.UNKNOWN  # may be of the test data
    assert roles("rmse", "test_rmse")["rmse"] is Role.UNKNOWN


def test_a_bare_name_logged_once_is_left_open_where_validation_was_logged_often() -> None:
    found = assign_roles(heads({"accuracy": 1, "val_accuracy": 10}))
    assert found["accuracy"].role is Role.UNKNOWN
    assert "final score" in found["accuracy"].reason


def test_a_bare_name_is_left_open_where_the_training_metric_has_a_name_of_its_own() -> None:
    found = roles("accuracy", "train_accuracy", "val_accuracy", points=9)
    assert found["accuracy"] is Role.UNKNOWN


@pytest.mark.parametrize(("points", "role"), [(1, Role.UNKNOWN), (2, Role.VAL), (50, Role.VAL)])
def test_eval_is_validation_where_it_was_watched(points: int, role: Role) -> None:
    assert roles("eval_loss", points=points) == {"eval_loss": role}


def test_test_is_a_fold_only_in_the_names_that_a_search_writes() -> None:
    assert roles("split0_test_acc", "rank_test_acc", "mean_test_acc", "std_test_acc") == {
        "split0_test_acc": Role.VAL,
        "rank_test_acc": Role.VAL,
        "mean_test_acc": Role.VAL,
        "std_test_acc": Role.VAL,
    }
    names = ("split_test_acc", "mean_test_acc", "test_mean_score", "my_mean_test_score")
    assert set(roles(*names).values()) == {Role.TEST}


def test_two_validation_sets_of_xgboost_may_hide_the_training_data() -> None:
    one = roles("validation_0-rmse", points=9)
    two = roles("validation_0-rmse", "validation_1-rmse", points=9)
    three = roles(*(f"validation_{n}-rmse" for n in range(3)), points=9)
    assert list(one.values()) == [Role.VAL]
    assert list(two.values()) == [Role.UNKNOWN, Role.VAL]
    assert set(three.values()) == {Role.UNKNOWN}


def test_metrics_slash_is_validation_only_in_a_run_of_ultralytics() -> None:
    assert roles("metrics/mAP50(B)") == {"metrics/mAP50(B)": Role.UNKNOWN}
    assert roles("metrics/mAP50(B)", "val/box_loss")["metrics/mAP50(B)"] is Role.VAL
    assert roles("metrics/revenue", "val/box_loss")["metrics/revenue"] is Role.UNKNOWN


def test_a_measure_on_test_data_never_passes_as_a_figure_of_the_run() -> None:
    names = ("test_error_count", "test_lr_accuracy", "test_gpu_f1", "test_time_to_event_mae")
    assert set(roles(*names).values()) == {Role.TEST}


# --- what does not matter: order, case, digits

WORDS = """
loss acc rmse f1 train val valid test eval fold cv dev oof holdout x best mean split score latest
contest validation training testing max std lr time
"""
PARTS = st.sampled_from(WORDS.split())
NAMES = st.builds(
    lambda parts, seps: "".join(a + b for a, b in zip(parts, seps, strict=False)).rstrip("_/-. "),
    st.lists(PARTS, min_size=1, max_size=4),
    st.lists(st.sampled_from(["_", "/", "-", ".", "_0_", "_12-"]), min_size=4, max_size=4),
)
RUNS = st.dictionaries(NAMES, st.integers(1, 3), max_size=6)


@given(RUNS, st.randoms(use_true_random=False))
def test_the_order_of_the_metrics_does_not_matter(counts: dict[str, int], random: Random) -> None:
    shuffled = list(counts.items())
    random.shuffle(shuffled)
    found = assign_roles(heads(dict(shuffled)))
    assert list(found) == [name for name, _ in shuffled]
    assert found == assign_roles(heads(counts))


@given(NAMES, st.integers(1, 3), st.data())
def test_other_digits_and_case_never_turn_validation_into_test(
    name: str, points: int, data: st.DataObject
) -> None:
    def other(part: re.Match[str]) -> str:
        if part[0].isdigit():
            return data.draw(st.sampled_from("0123456789"))
        # Capitals within a word would part it: `laTest` says test, `latest` does not.
        return data.draw(st.sampled_from((str.lower, str.upper, str.capitalize)))(part[0])

    renamed = re.sub(r"[0-9]|[a-z]+", other, name)
    before, after = (assign_roles(heads({one: points}))[one].role for one in (name, renamed))
    assert {before, after} not in ({Role.VAL, Role.TEST}, {Role.TRAIN, Role.TEST})


@given(st.text(max_size=30))
def test_any_name_has_a_role_and_a_stem(name: str) -> None:
    assert assign_roles(heads({name: 1}))[name].reason
    assert bool(stem_of(name)) == bool(name)


# --- declared


def test_the_config_file_wins_over_tags_datasets_and_names() -> None:
    rules = read_rules({"val_*": "test", "rmse": "train"})
    found = assign_roles(
        heads({"val_loss": 9, "rmse": 1}),
        rules,
        run_tags={"reportgen.role.rmse": "test"},
        datasets=[dataset("validation")],
    )
    assert found["val_loss"] == Assigned(
        Role.TEST, "set in reportgen.toml for `val_*`", "config:val_*"
    )
    assert found["rmse"] == Assigned(Role.TRAIN, "set in reportgen.toml", "config:rmse")


def test_a_whole_name_wins_over_patterns_and_the_first_pattern_over_later_ones() -> None:
    patterns = (("val*", 1), ("*_loss", 2), ("val_loss", 3))
    assert first_match("val_loss", patterns) == ("val_loss", 3)
    assert first_match("val_box_loss", patterns) == ("val*", 1)
    assert first_match("train/box_loss", patterns) == ("*_loss", 2)
    assert first_match("accuracy", patterns) is None


def test_a_metric_may_be_declared_unknown() -> None:
    rules = read_rules({"val_reward": "unknown"})
    assert assign_roles(heads({"val_reward": 9}), rules)["val_reward"].role is Role.UNKNOWN


def test_a_word_that_is_no_role_is_a_config_error_that_names_the_roles() -> None:
    with pytest.raises(ConfigError, match="'rmse' is 'tset'") as caught:
        read_rules({"rmse": "tset"})
    assert "train" in caught.value.hint
    assert "test" in caught.value.hint


def test_a_tag_of_the_run_wins_over_one_of_the_experiment_and_both_over_the_name() -> None:
    tag = "reportgen.role.val_rmse"
    found = assign_roles(
        heads({"val_rmse": 1}), run_tags={tag: "Testing"}, experiment_tags={tag: "train"}
    )
    assert found["val_rmse"].role is Role.TEST
    assert found["val_rmse"].by == f"tag:{tag}"
    found = assign_roles(heads({"val_rmse": 1}), experiment_tags={tag: "train"})
    assert found["val_rmse"].role is Role.TRAIN
    assert "of the experiment" in found["val_rmse"].reason


def test_a_tag_that_names_no_role_is_said_and_not_passed_over() -> None:
    found = assign_roles(heads({"rmse": 1}), run_tags={"reportgen.role.rmse": "tset"})
    assert found["rmse"].role is Role.UNKNOWN
    assert "says 'tset', which is no role" in found["rmse"].reason


# --- datasets


def test_the_dataset_of_a_run_tells_what_names_do_not() -> None:
    found = assign_roles(heads({"rmse": 1, "train_rmse": 1}), datasets=[dataset("testing")])
    assert found["rmse"] == Assigned(
        Role.TEST, "dataset digits used as `testing`", "dataset:testing"
    )
    assert found["train_rmse"].role is Role.TRAIN


def test_datasets_that_differ_tell_nothing_of_a_single_metric() -> None:
    both = [dataset("training"), dataset("test", "digits-test")]
    assert assign_roles(heads({"rmse": 1}), datasets=both)["rmse"].role is Role.UNKNOWN
    unsaid = [dataset("test"), dataset("", "more")]
    assert assign_roles(heads({"rmse": 1}), datasets=unsaid)["rmse"].role is Role.UNKNOWN


def test_that_only_training_data_is_linked_does_not_make_a_number_a_training_metric() -> None:
    found = assign_roles(heads({"rmse": 1}), datasets=[dataset("train")])  # as autologging does
    assert found["rmse"].role is Role.UNKNOWN


def linked(name: str, *datasets: DatasetInput, count: int = 1) -> dict[str, MetricHead]:
    """A metric that was logged with these datasets."""
    told = tuple(MetricDataset(one.name, one.dataset_digest, 1) for one in datasets)
    return {name: replace(heads({name: count})[name], datasets=told)}


def test_the_dataset_that_a_metric_was_logged_with_decides_for_it_alone() -> None:
    test = dataset("test", "digits  of May")
    found = assign_roles(
        {**linked("rmse", dataset("", "digits of May")), **heads({"mae": 1})},
        datasets=[dataset("training"), test],
    )
    reason = "logged with dataset digits  of May, used as `test`"
    assert found["rmse"] == Assigned(Role.TEST, reason, "dataset:test")
    assert found["mae"].role is Role.UNKNOWN


def test_of_several_datasets_that_a_metric_was_logged_with_test_data_decides() -> None:
    sets = [dataset("train", "a"), dataset("validation", "b"), dataset("dev", "c")]
    test = dataset("test", "d")

    def role(*links: DatasetInput) -> Role:
        found = assign_roles(linked("rmse", *links), datasets=[*sets, test])
        return found["rmse"].role

    assert role(*sets, test) is Role.TEST
    assert role(*sets) is Role.UNKNOWN
    assert role(*sets[1:]) is Role.VAL
    assert role(dataset("", "unheard of")) is Role.UNKNOWN


def test_data_for_evaluation_is_validation_data_where_it_was_watched() -> None:
    sets = [dataset("eval"), dataset("train", "a")]
    assert assign_roles(linked("rmse", sets[0], count=5), datasets=sets)["rmse"].role is Role.VAL
    once = assign_roles(linked("rmse", sets[0]), datasets=sets)["rmse"]
    assert once.role is Role.UNKNOWN


def test_the_name_of_a_linked_dataset_tells_what_its_context_leaves_open() -> None:
    def found(context: str, name: str, count: int = 1) -> Assigned:
        one = dataset(context, name)
        used = [one] if context else []
        return assign_roles(linked("rmse", one, count=count), datasets=used)["rmse"]

    assert found("", "test") == Assigned(Role.TEST, "logged with dataset test", "dataset:test")
    assert found("", "iris train").role is Role.TRAIN
    assert found("", "test", count=3).role is Role.TEST
    assert found("eval", "digits_test", count=3).role is Role.TEST
    assert found("eval", "digits", count=3).role is Role.VAL
    assert (
        found("validation", "test").role is Role.VAL
    )  # what it was used for, not what it is called
    assert found("", "train_test_split").role is Role.UNKNOWN


def test_a_linked_dataset_overrules_a_clear_name_only_where_it_is_test_data() -> None:
    def with_link(name: str, context: str) -> Role:
        one = dataset(context)
        found = assign_roles(linked(name, one), datasets=[one, dataset("other", "more")])
        return found[name].role

    assert with_link("val_rmse", "test") is Role.TEST
    assert with_link("test_rmse", "training") is Role.TEST
    assert with_link("mean_test_score", "train") is Role.VAL  # scikit-learn's autologging
    assert with_link("val_rmse", "training") is Role.VAL
    assert with_link("eval_rmse", "validation") is Role.VAL


@pytest.mark.parametrize(
    ("context", "role"),
    [
        ("training", Role.TRAIN),
        ("train", Role.TRAIN),
        ("validation", Role.VAL),
        ("val_", Role.VAL),
        ("test", Role.TEST),
        ("testing", Role.TEST),
        ("Held-out", Role.TEST),
        ("eval", Role.UNKNOWN),
        ("evaluation", Role.UNKNOWN),
        ("optimization", Role.UNKNOWN),
        ("latest", Role.UNKNOWN),
        ("", Role.UNKNOWN),
    ],
)
def test_contexts_are_read_as_names_are(context: str, role: Role) -> None:
    assert role_of_context(context) is role


# --- runs and their table


def test_a_run_is_taken_with_its_tags_and_datasets() -> None:
    run = Run(
        "a" * 32,
        "1",
        "first",
        "1/a",
        tags={"reportgen.role.mae": "val"},
        metrics=heads({"rmse": 1, "mae": 1, "rsq": 1}),
        datasets=(dataset("test"),),
    )
    found = roles_of(run, MetricRules(), {"reportgen.role.rsq": "train"})
    assert [one.role for one in found.values()] == [Role.TEST, Role.VAL, Role.TRAIN]


def test_a_column_is_test_as_soon_as_it_is_in_one_run() -> None:
    test = assign_roles(heads({"rmse": 1}), datasets=[dataset("test")])
    val = assign_roles(heads({"rmse": 1}), datasets=[dataset("validation")])
    unknown = assign_roles(heads({"rmse": 1}))
    for runs in ([test, val, unknown], [unknown, val, test], [val, unknown, test]):
        assert merge_roles(runs)["rmse"].role is Role.TEST


def test_a_column_that_one_dataset_explains_is_left_open_for_the_other_runs() -> None:
    val = assign_roles(heads({"rmse": 1}), datasets=[dataset("validation")])
    unknown = assign_roles(heads({"rmse": 1}))
    assert merge_roles([val, unknown])["rmse"].role is Role.UNKNOWN
    assert merge_roles([val, val])["rmse"].role is Role.VAL


def test_a_column_is_what_its_name_says_in_some_run() -> None:
    often, once = heads({"eval_loss": 9, "loss": 9}), heads({"eval_loss": 1, "loss": 1})
    merged = merge_roles([assign_roles(often), assign_roles(once)])
    assert [(name, one.role) for name, one in merged.items()] == [
        ("eval_loss", Role.VAL),
        ("loss", Role.TRAIN),
    ]


def test_a_column_that_is_train_here_and_val_there_is_left_open() -> None:
    train = assign_roles(heads({"m": 1}), run_tags={"reportgen.role.m": "train"})
    val = assign_roles(heads({"m": 1}), run_tags={"reportgen.role.m": "val"})
    assert merge_roles([train, val])["m"].role is Role.UNKNOWN
    assert merge_roles([]) == {}


@given(st.lists(RUNS, max_size=4), st.randoms(use_true_random=False))
def test_the_order_of_the_runs_does_not_matter(
    counts: list[dict[str, int]], random: Random
) -> None:
    runs = [assign_roles(heads(one)) for one in counts]
    shuffled = list(runs)
    random.shuffle(shuffled)
    assert merge_roles(shuffled) == merge_roles(runs)


# --- stems


@pytest.mark.parametrize(
    ("metric", "stem"),
    [
        ("train_loss", "loss"),
        ("val_loss", "loss"),
        ("loss", "loss"),
        ("val/acc", "acc"),
        ("train/acc", "acc"),
        ("training_score", "score"),
        ("valid_0-l2", "l2"),
        ("training-l2", "l2"),
        ("validation_1-logloss", "logloss"),
        ("model/val_loss", "model/loss"),
        ("Loss/train", "Loss"),
        ("loss (val)", "loss"),
        ("valLoss", "loss"),
        ("valloss", "loss"),
        ("TestAccuracy", "Accuracy"),
        ("accuracy_score_X_test", "accuracy_score"),
        ("mean_squared_error-2_X_val", "mean_squared_error-2"),
        ("mean_test_score", "mean_score"),
        ("mean_train_score", "mean_score"),
        ("fold_3_val_acc", "acc"),
        ("fold_3_rmse", "rmse"),
        ("oof_rmse", "rmse"),
        ("hold_out_rmse", "rmse"),
        ("eval_loss", "loss"),
        ("evaluation/env_runners/episode_return_mean", "env_runners/episode_return_mean"),
        ("train_loss_step", "loss_step"),
        ("metrics/mAP50(B)", "metrics/mAP50(B)"),
        ("test_val_gap", "test_val_gap"),
        ("latest_accuracy", "latest_accuracy"),
        ("system/cpu_utilization_percentage", "system/cpu_utilization_percentage"),
        ("test", "test"),
        ("X_test", "X_test"),
        ("learn_rate", "learn_rate"),
    ],
)
def test_the_stem_is_the_name_without_its_role(metric: str, stem: str) -> None:
    assert stem_of(metric) == stem


# --- cost


def test_ten_thousand_runs_take_well_under_a_second() -> None:
    names = {"loss", "val_loss", "acc", "val_acc", "test_acc", "lr", "epoch", "rmse", "mae", "f1"}
    metrics = heads(dict.fromkeys(sorted(names), 9))
    rules = read_rules({"rmse": "test", "val_*": "val"})
    tags = {f"mlflow.tag{n}": "x" for n in range(8)}
    datasets = (dataset("training"), dataset("validation", "more"))
    started = time.process_time()
    for _ in range(10_000):
        assign_roles(metrics, rules, run_tags=tags, datasets=datasets)
    assert time.process_time() - started < 1  # some 0.1 s
