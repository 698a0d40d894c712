"""Which values of a metric are better, and which metric an experiment is ranked by."""

import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.analysis.direction_names import PHRASES
from reportgen.analysis.directions import Directed, Direction, direction_of
from reportgen.analysis.metric_rules import MetricRules, Role, read_rules
from reportgen.analysis.primary import Primary, primary_of
from reportgen.analysis.roles import Assigned, assign_roles
from reportgen.errors import ConfigError
from reportgen.model import MetricHead

TABLE = tomllib.loads(Path(__file__).with_name("metric_names.toml").read_text("utf-8"))["run"]
NAME, GREATER = (f"mlflow.experiment.primaryMetric.{key}" for key in ("name", "greaterIsBetter"))

LOWER = """
loss error mae mse rmse mape perplexity wer cer log_loss brier hinge deviance crps fid nll
error_rate word_error_rate false_positive_rate false_negative_rate cross_entropy ce_loss aic
categorical_crossentropy rootMeanSquaredError val/total_loss loss_rpn_cls ece lpips eer
negative_log_likelihood mean_pinball_loss test-rmse-mean top1_err rank_test_f1 1-f1 1-accuracy
val/1-auc neg_log_likelihood
"""
HIGHER = """
acc accuracy auc roc_auc average_precision f1 r2 rsq rsq_trad map mAP50 mAP50-95 bleu rouge
recall precision ndcg iou mIoU dice kappa mcc silhouette concordance ccc psnr ssim reward
success_rate true_positive_rate neg_mean_squared_error val_neg_root_mean_squared_error
neg_log_loss precision@5 recall_at_10 ndcg_at_3 top_5_accuracy top1 f1_macro macro_f1
f1-score weighted_f1 pearson_r spearman dice_coef log_likelihood r2_score adj_r2 f0.5
mean_test_score training_score Ridge_score_X_test 1-error 1-wer valid_1-auc
"""
NOT_GUESSED = """
loss_scale loss_ratio learning_rate time latency f1_threshold accuracy_gap value objective foo
risk_score anomaly_score error_std std_error std_test_score rmse_var coverage mpe msd bias
entropy approx_kl g_loss discriminator_loss critic_loss policy_loss value_loss loss_std
loss_temperature seasonal_error neg_loss neg_accuracy pos_weight split0_test_score val_1-auc
accuracy_weight temp_f clip_fraction detection_prevalence abs_target_sum auc_threshold
"""


def direction(metric: str) -> str:
    return direction_of(metric).direction.value


def roles(*names: str, points: int = 9) -> dict[str, Assigned]:
    return assign_roles({name: MetricHead(name, points, 0.5, 8, 0, 0, 1, "") for name in names})


# --- names


@pytest.mark.parametrize("run", TABLE, ids=lambda run: run["framework"])
def test_every_metric_of_a_framework_has_its_direction(
    run: Mapping[str, list[list[object]]],
) -> None:
    found = {
        row[0]: direction_of(str(row[0]), role=Role(row[1])).direction.value
        for row in run["metrics"]
    }
    assert found == {row[0]: row[2] for row in run["metrics"]}


@pytest.mark.parametrize("metric", LOWER.split())
def test_lower_is_better(metric: str) -> None:
    assert direction(metric) == "lower"


@pytest.mark.parametrize("metric", HIGHER.split())
def test_higher_is_better(metric: str) -> None:
    assert direction(metric) == "higher"


@pytest.mark.parametrize("metric", NOT_GUESSED.split())
def test_the_direction_is_not_guessed(metric: str) -> None:
    assert direction(metric) == "unknown"


def test_a_known_direction_says_what_it_is_known_by() -> None:
    assert direction_of("val_rmse") == Directed(
        Direction.LOWER, "`rmse` is better when lower", "name:rmse"
    )
    assert direction_of("1-f1") == Directed(
        Direction.LOWER, "1 - `f1` is better when lower", "name:1-f1"
    )
    assert direction_of("foo").by == ""


def test_figures_of_the_machine_and_the_run_have_no_better_direction() -> None:
    assert direction_of("system/gpu_accuracy", role=Role.SYSTEM).direction is Direction.UNKNOWN
    timed = direction_of("eval_runtime", role=Role.OPERATIONAL)
    assert timed.direction is Direction.UNKNOWN
    assert "how the run went" in timed.reason


def test_the_role_in_a_name_does_not_change_its_direction() -> None:
    for phrase, better in PHRASES.items():
        if phrase == ("rank",):
            continue
        bare = "_".join(phrase)
        assert direction(bare) == better.value, bare
        for prefix in ("train_", "val_", "test/", "fold_3_"):
            assert direction(prefix + bare) == better.value, prefix + bare


@given(st.text(max_size=30))
def test_any_name_has_a_direction_with_a_reason(metric: str) -> None:
    found = direction_of(metric)
    assert found.reason
    assert bool(found.by) == (found.direction is not Direction.UNKNOWN)


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz_/", max_size=20))
def test_the_sign_of_a_known_error_turns_its_direction(prefix: str) -> None:
    name = f"{prefix}/neg_mean_squared_error"
    assert direction(name) in ("higher", "unknown")  # never lower


# --- declared


def test_the_config_file_wins_over_tags_names_and_roles() -> None:
    rules = read_rules(directions={"val_*loss": "max", "eval_runtime": "lower", "acc": "none"})
    tags = {NAME: "val_loss", GREATER: "False"}
    assert direction_of("val_loss", rules, tags) == Directed(
        Direction.HIGHER, "set in reportgen.toml for `val_*loss`", "config:val_*loss"
    )
    timed = direction_of("eval_runtime", rules, tags, Role.OPERATIONAL)
    assert timed.direction is Direction.LOWER
    assert direction_of("acc", rules).direction is Direction.UNKNOWN


@pytest.mark.parametrize(
    ("word", "better"),
    [
        ("min", "lower"),
        ("Lower", "lower"),
        ("minimize", "lower"),
        ("max", "higher"),
        ("higher", "higher"),
        ("maximize", "higher"),
        ("unknown", "unknown"),
    ],
)
def test_directions_have_several_words(word: str, better: str) -> None:
    rules = read_rules(directions={"m": word})
    assert direction_of("m", rules).direction.value == better


def test_a_word_that_is_no_direction_is_a_config_error() -> None:
    with pytest.raises(ConfigError, match="'m' is 'up'"):
        read_rules(directions={"m": "up"})


@pytest.mark.parametrize(("tag", "better"), [("True", "higher"), ("false", "lower")])
def test_the_tags_of_the_experiment_win_over_the_name(tag: str, better: str) -> None:
    tags = {NAME: "rmse", GREATER: tag}
    assert direction_of("rmse", experiment_tags=tags).direction.value == better
    assert direction_of("mae", experiment_tags=tags).direction is Direction.LOWER


def test_tags_that_say_nothing_leave_the_name_to_decide() -> None:
    assert direction_of("rmse", experiment_tags={NAME: "rmse"}).by == "name:rmse"
    assert direction_of("rmse", experiment_tags={NAME: "rmse", GREATER: "?"}).by == "name:rmse"


# --- the metric to rank by


def test_the_config_file_names_the_primary_metric() -> None:
    rules = MetricRules(primary=("val_f1",))
    tags = {NAME: "val_acc", GREATER: "True"}
    found = primary_of(roles("val_f1", "val_acc", "val_loss"), rules, tags)
    assert found == Primary(
        "val_f1", Direction.HIGHER, "named by metrics.primary in reportgen.toml", "config"
    )


def test_a_primary_metric_that_the_experiment_lacks_is_looked_for_further() -> None:
    found = primary_of(roles("val_acc"), MetricRules(primary=("val_f1",)))
    assert (found.metric, found.by) == ("val_acc", "only")


def test_the_tag_of_mlflow_names_it_else() -> None:
    tags = {NAME: "score", GREATER: "False"}
    found = primary_of(roles("score", "val_acc"), experiment_tags=tags)
    assert (found.metric, found.direction, found.by) == ("score", Direction.LOWER, "tag")
    assert "which data it was measured on is not known" in found.reason


def test_the_only_validation_metric_with_a_direction_is_taken() -> None:
    found = primary_of(roles("val_f1", "val_foo", "train_f1", "test_f1", "lr", "rmse"))
    assert (found.metric, found.direction, found.by) == ("val_f1", Direction.HIGHER, "only")


def test_spread_rank_and_splits_do_not_count_beside_the_score_of_a_search() -> None:
    names = ("mean_test_score", "std_test_score", "rank_test_score", "split0_test_score")
    found = primary_of(roles(*names, points=1))
    assert (found.metric, found.direction) == ("mean_test_score", Direction.HIGHER)


@pytest.mark.parametrize(
    ("names", "loss"),
    [
        (("val_loss", "val_acc", "loss", "acc"), "val_loss"),
        (("val/loss", "val/acc"), "val/loss"),
        (("eval_loss", "eval_f1"), "eval_loss"),
        (("val_loss", "val_loss_epoch", "val_loss_step", "val_acc"), "val_loss"),
        (("val_loss_epoch", "val_loss_step", "val_acc"), "val_loss_epoch"),
    ],
)
def test_among_several_it_is_the_validation_loss(names: tuple[str, ...], loss: str) -> None:
    found = primary_of(roles(*names))
    assert (found.metric, found.direction, found.by) == (loss, Direction.LOWER, "loss")


def test_among_several_without_a_loss_it_is_none_and_the_reason_shows_what_to_write() -> None:
    found = primary_of(roles("val_rmse", "val_mae", "val_rsq", "val_ccc", "val_mape"))
    assert found.metric == ""
    assert "5 metrics are measured on validation data" in found.reason
    assert "and 1 more" in found.reason
    assert '[metrics] primary = "val_ccc"' in found.reason


def test_two_losses_with_different_prefixes_are_not_chosen_from() -> None:
    assert primary_of(roles("a/val_loss", "b/val_loss")).metric == ""


def test_an_unknown_direction_is_asked_for() -> None:
    found = primary_of(roles("val_foo"))
    assert found.metric == ""
    assert '[metrics] direction = { "val_foo" = "lower" }' in found.reason


def test_without_validation_metric_the_reason_shows_how_to_declare_one() -> None:
    found = primary_of(roles("rmse", "train_rmse", "test_rmse", points=1))
    assert found == Primary(
        "",
        Direction.UNKNOWN,
        "none of the metrics is known to be measured on validation data; declare it with "
        '[metrics] roles = { "rmse" = "val" }',
        "",
    )
    assert primary_of({}).reason == "no metric was logged"
    tokens = primary_of(roles("completion_tokens", "rmse", points=1)).reason
    assert '{ "rmse" = "val" }' in tokens  # the first that has a direction


@pytest.mark.parametrize("extra", [(), ("val_acc",)])
def test_a_test_metric_in_the_config_file_is_refused(extra: tuple[str, ...]) -> None:
    found = primary_of(roles("test_acc", *extra), MetricRules(primary=("test_acc",)))
    assert (found.metric, found.by) == ("", "test")
    assert "metrics.primary is `test_acc`, which is measured on test data" in found.reason
    assert "allow_test_ranking" in found.reason


def test_a_test_metric_in_a_tag_is_passed_over_for_a_validation_metric() -> None:
    tags = {NAME: "test_acc", GREATER: "True"}
    assert primary_of(roles("test_acc", "val_acc"), experiment_tags=tags).metric == "val_acc"
    refused = primary_of(roles("test_acc"), experiment_tags=tags)
    assert (refused.metric, refused.by) == ("", "test")


def test_a_reason_allows_ranking_by_test_data_and_is_passed_on() -> None:
    rules = read_rules(
        primary=("test_acc",), allow_test_ranking=" final report, no choice is made "
    )
    found = primary_of(roles("test_acc", "val_acc"), rules)
    assert (found.metric, found.direction) == ("test_acc", Direction.HIGHER)
    assert found.on_test == "final report, no choice is made"
    assert found.on_test in found.reason


def test_a_reason_alone_does_not_make_a_test_metric_primary() -> None:
    rules = read_rules(allow_test_ranking="because")
    assert primary_of(roles("test_acc", "test_loss"), rules).metric == ""
    assert primary_of(roles("test_acc", "val_acc"), rules).metric == "val_acc"


NAMES = st.sampled_from([str(row[0]) for run in TABLE for row in run["metrics"]])


@given(st.lists(NAMES, max_size=8, unique=True), NAMES, NAMES)
def test_no_test_metric_is_ever_primary_without_a_reason(
    names: list[str], primary: str, tagged: str
) -> None:
    found_roles = roles(*names)
    found = primary_of(found_roles, MetricRules(primary=(primary,)), {NAME: tagged})
    assert found.reason
    assert not found.metric or found_roles[found.metric].role is not Role.TEST


@given(st.lists(NAMES, max_size=8, unique=True))
def test_the_order_of_the_metrics_does_not_change_the_primary(names: list[str]) -> None:
    assert primary_of(roles(*names)) == primary_of(roles(*reversed(names)))
