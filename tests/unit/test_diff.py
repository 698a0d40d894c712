"""What is said to differ between two runs is what does, with verdicts only where one is due."""

import sys
from dataclasses import replace
from math import inf, nan
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.analysis.diff import RunDiff, diff_runs
from reportgen.analysis.diff_env import diff_environments, packages_in
from reportgen.analysis.diff_files import Change, diff_files, matched_path
from reportgen.analysis.diff_metrics import (
    Judgement,
    MetricChange,
    Verdict,
    is_same,
    judgement_between,
    judgement_in,
    rounded_up,
)
from reportgen.analysis.diff_summary import percent, summary_of
from reportgen.analysis.diff_values import diff_values, number_in
from reportgen.analysis.metric_rules import NO_RULES
from reportgen.analysis.noise import noise_limits, seed_params
from reportgen.analysis.repository import compare_url
from reportgen.analysis.standing import experiment_standing, run_standing
from reportgen.model import Artifact, DatasetInput, Experiment, MetricHead, Run, Status

EXPERIMENT = Experiment("1", "beans", "1")
KEYS = st.sampled_from(["lr", "opt/lr", "opt/name", "depth"])
PARAMS = st.dictionaries(KEYS, st.sampled_from(["", "0.1", "0.10", "adam", "2"]))
METRICS = st.dictionaries(
    st.sampled_from(["val_rmse", "val_acc", "train_loss", "test_acc", "system/cpu", "thing"]),
    st.sampled_from([0.1, 0.25, 0.5, -1.0, 0.0, nan, inf]),
)


def head(key: str, value: float, **changes: Any) -> MetricHead:
    finite = value if abs(value) < inf else nan
    return replace(MetricHead(key, 1, value, 0, 0, finite, finite, "d"), **changes)


def run_of(params: dict[str, str], metrics: dict[str, float], **changes: Any) -> Run:
    heads = {key: head(key, value) for key, value in metrics.items()}
    plain = Run("r", "1", "run", "1/r", Status.FINISHED, params=params, metrics=heads)
    return replace(plain, **changes)


def judged(*runs: Run) -> Judgement:
    standing = experiment_standing(runs, EXPERIMENT, NO_RULES)
    return judgement_in(standing, noise_limits(runs, standing), seed_params(runs))


def diff_of(a: Run, b: Run, *others: Run) -> RunDiff:
    b = replace(b, id="b", where="1/b") if b.where == a.where else b
    return diff_runs(a, b, judged(a, b, *others))


def verdicts(diff: RunDiff) -> dict[str, Verdict]:
    return {one.key: one.verdict for one in diff.metrics.plain}


def only(diff: RunDiff) -> MetricChange:
    (found,) = diff.metrics.plain
    return found


@given(PARAMS, METRICS)
def test_a_run_does_not_differ_from_itself(
    params: dict[str, str], metrics: dict[str, float]
) -> None:
    run = run_of(params, metrics, tags={"team": "blue"})
    diff = diff_of(run, run)
    assert (diff.params.count, diff.tags.count, diff.facts.count) == (0, 0, 0)
    assert set(verdicts(diff).values()) <= {Verdict.SAME}
    assert all(one.difference in (0, None) for one in diff.metrics.heldout)


@given(PARAMS, METRICS, PARAMS, METRICS)
def test_the_other_way_round_everything_is_mirrored(
    params_a: dict[str, str],
    metrics_a: dict[str, float],
    params_b: dict[str, str],
    metrics_b: dict[str, float],
) -> None:
    a, b = run_of(params_a, metrics_a), run_of(params_b, metrics_b)
    there, back = diff_of(a, b), diff_of(b, a)
    mirrored = {Verdict.BETTER: Verdict.WORSE, Verdict.WORSE: Verdict.BETTER}
    assert verdicts(back) == {k: mirrored.get(v, v) for k, v in verdicts(there).items()}
    assert [(one.key, one.new, one.old) for one in back.params.changes] == [
        (one.key, one.old, one.new) for one in there.params.changes
    ]
    assert there.params.same == back.params.same
    for one, other in zip(there.metrics.plain, back.metrics.plain, strict=True):
        assert (one.a, one.b) == (other.b, other.a) or nan_in(one)
        assert one.difference == (None if other.difference is None else -other.difference)


def nan_in(one: MetricChange) -> bool:
    return any(side is not None and side.last != side.last for side in (one.a, one.b))


@given(PARAMS, PARAMS)
def test_each_name_is_the_same_or_changed_and_not_both(
    a: dict[str, str], b: dict[str, str]
) -> None:
    values = diff_values(a, b)
    changed = [change.key for change in values.changes]
    same = [key for key, _ in values.same]
    assert sorted([*changed, *same]) == sorted({*a, *b})


def test_absent_is_not_empty() -> None:
    (change,) = diff_values({}, {"note": ""}).changes
    assert (change.old, change.new) == (None, "")


def test_numbers_have_a_relative_change_and_one_written_otherwise_is_told() -> None:
    lr, depth = diff_of(
        run_of({"lr": "0.1", "z": "1.0"}, {}), run_of({"lr": "0.05", "z": "1"}, {})
    ).params.changes
    assert lr.relative == pytest.approx(-0.5)
    assert (depth.relative, depth.is_same_number) == (0.0, True)


def test_numbers_that_are_labels_have_no_relative_change() -> None:
    old = {"tags": {"build": "410", "mlflow.x": "1"}, "source_version": "1234567"}
    new = {"tags": {"build": "820", "mlflow.x": "2"}, "source_version": "7654321"}
    a = run_of({"seed": "7", "cv_fold": "1", "rank": "1", "lr": "1"}, {}, **old)
    b = run_of({"seed": "42", "cv_fold": "3", "rank": "2", "lr": "2"}, {}, **new)
    c = run_of({"rank": "0"}, {})
    for diff in (diff_of(a, b, c), diff_of(a, b)):
        changes = {one.key: one.relative for one in diff.params.changes}
        rank = None if diff.judgement.seeds >= {"rank"} else 1.0
        assert changes == {"seed": None, "cv_fold": None, "rank": rank, "lr": 1.0}
        others = (*diff.tags.changes, *diff.mlflow_tags.changes, *diff.facts.changes)
        assert [(one.key, one.relative) for one in others] == [
            ("build", None),
            ("mlflow.x", None),
            ("commit", None),
        ]


@pytest.mark.parametrize(
    ("key", "old", "new", "verdict"),
    [
        ("val_rmse", 0.25, 0.23, Verdict.BETTER),
        ("val_rmse", 0.23, 0.25, Verdict.WORSE),
        ("val_acc", 0.8, 0.9, Verdict.BETTER),
        ("val_acc", 0.8, 0.8 * (1 + 1e-10), Verdict.SAME),
        ("val_thing", 1.0, 2.0, Verdict.UNCLEAR),
        ("val_rmse", 0.25, nan, Verdict.UNCLEAR),
    ],
)
def test_verdicts_follow_the_direction_where_it_is_known(
    key: str, old: float, new: float, verdict: Verdict
) -> None:
    assert only(diff_of(run_of({}, {key: old}), run_of({}, {key: new}))).verdict is verdict


def test_a_long_value_is_not_kept_when_it_was_read_as_a_number() -> None:
    value = str(10**100)
    held = sys.getrefcount(value)
    assert number_in(value) == 1e100
    assert sys.getrefcount(value) == held


def test_the_best_value_over_the_steps_is_compared_and_the_last_is_kept() -> None:
    curve = head("val_rmse", 0.4, count=3, low=0.2, low_step=1, step=2, high=0.5)
    a, b = replace(run_of({}, {}), metrics={"val_rmse": curve}), run_of({}, {"val_rmse": 0.3})
    found = only(diff_of(a, b))
    assert found.a is not None
    assert found.a.best is not None
    assert (found.old, found.a.best.step, found.a.last, found.a.step) == (0.2, 1, 0.4, 2)
    assert found.verdict is Verdict.WORSE


@pytest.mark.parametrize("key", ["val_rmse", "rmse", "train_rmse"])
def test_differences_within_the_spread_over_seeds_are_no_verdict(key: str) -> None:
    runs = [
        run_of({"seed": str(seed), "lr": lr}, {key: value}, id=f"{lr}{seed}")
        for lr, values in (("0.1", (0.2, 0.3, 0.25)), ("0.5", (0.21, 0.31, 0.26)))
        for seed, value in enumerate(values)
    ]
    diff = diff_of(runs[0], runs[3], *runs)
    assert only(diff).verdict is Verdict.NOISE
    assert ("within the spread over seeds" in summary_of(diff).outcome) is (key == "val_rmse")
    far = run_of({"seed": "9", "lr": "9"}, {key: 5.0}, id="far")
    assert only(diff_of(runs[0], far, *runs)).verdict is Verdict.WORSE


def test_limits_are_rounded_up_to_two_digits() -> None:
    assert rounded_up(0.01234) == pytest.approx(0.013)
    assert rounded_up(1234.0) == pytest.approx(1300)
    assert rounded_up(0.0) == 0


def test_test_results_stand_apart_and_get_no_verdict() -> None:
    diff = diff_of(run_of({}, {"test_acc": 0.8}), run_of({}, {"test_acc": 0.9}))
    assert diff.metrics.plain == ()
    (found,) = diff.metrics.heldout
    assert found.verdict is Verdict.NONE
    assert found.difference == pytest.approx(0.1)
    assert "test_acc" not in summary_of(diff).text


def test_sealed_results_have_no_values() -> None:
    a, b = run_of({}, {"test_acc": 0.8}), run_of({}, {"test_acc": 0.9}, id="b", where="1/b")
    diff = diff_runs(a, b, judged(a, b), sealed=(False, True))
    (found,) = diff.metrics.heldout
    assert found.b is not None
    assert found.b.is_sealed
    assert found.difference is None
    assert "0.9" not in repr(found)


def test_runs_of_two_experiments_are_judged_where_both_agree() -> None:
    a, b = run_of({}, {"val_rmse": 0.3}), run_of({}, {"val_rmse": 0.2})
    standings = [run_standing(run, NO_RULES, {}) for run in (a, b)]
    judgement = judgement_between(standings[0], standings[1])
    assert only(diff_runs(a, b, judgement)).verdict is Verdict.BETTER
    down = {"mlflow.experiment.primaryMetric.name": "val_rmse"}
    down["mlflow.experiment.primaryMetric.greaterIsBetter"] = "true"
    judgement = judgement_between(standings[0], run_standing(b, NO_RULES, down))
    assert only(diff_runs(a, b, judgement)).verdict is Verdict.UNCLEAR


def test_summary_says_what_changed_and_whether_it_helped() -> None:
    a = run_of({"lr": "0.1", "seed": "1"}, {"val_rmse": 0.25})
    b = run_of({"lr": "0.05", "wd": "0"}, {"val_rmse": 0.23})
    assert summary_of(diff_of(a, b)).text == (
        "1 parameter changed (lr 0.1 → 0.05); seed logged only in A; wd logged only in B. "
        "val_rmse fell from 0.25 to 0.23 (8 % better)."
    )


def test_summary_tells_of_a_failed_run_and_of_other_data() -> None:
    data = DatasetInput("d", "beans", "aaa", "", "", "", "", "training")
    a = run_of({"lr": "1"}, {"val_rmse": 0.2}, datasets=(data,))
    b = run_of({"lr": "1"}, {}, status=Status.FAILED, datasets=(replace(data, dataset_digest="b"),))
    text = summary_of(diff_of(a, b)).text
    assert text == (
        "No parameter changed. B failed. No metric stands in both, so nothing says which run is "
        "better. Also different: 1 dataset."
    )


def test_beside_a_link_the_outcome_comes_first_and_what_is_long_is_cut() -> None:
    a = run_of({f"parameter_{letter}": "1" for letter in "abcd"}, {"val_rmse": 0.25})
    b = run_of({f"parameter_{letter}": letter * 40 for letter in "abcd"}, {"val_rmse": 0.23})
    brief = summary_of(diff_of(a, b)).brief
    assert brief.startswith("val_rmse fell from 0.25 to 0.23 (8 % better). 4 parameters changed (")
    assert brief.endswith("…")
    assert len(brief) <= 160


def test_no_word_says_that_one_thing_made_the_other() -> None:
    a, b = run_of({"lr": "1"}, {"val_rmse": 0.3}), run_of({"lr": "2"}, {"val_rmse": 0.2})
    assert not {"because", "caused", "due", "thanks"} & set(summary_of(diff_of(a, b)).text.split())


@pytest.mark.parametrize(
    ("relative", "text"),
    [
        (0.074, "+7.4 %"),
        (-0.189, "−19 %"),
        (2.0, "+200 %"),
        (19.0, "× 20"),
        (None, ""),
        (1e-6, "+< 0.01 %"),
    ],
)
def test_relative_changes_are_short(relative: float | None, text: str) -> None:
    assert percent(relative) == text


def test_equality_allows_for_the_order_of_sums() -> None:
    assert is_same(0.1 + 0.2, 0.3)
    assert is_same(nan, nan)
    assert not is_same(nan, 1.0)
    assert not is_same(0.0, 1e-300)


REQUIREMENTS = (
    "mlflow==2.9.2\nscikit_learn==1.4.0  # pinned\nnumpy>=1.20; python_version>'3'\n-r x\n"
)
CONDA = (
    "channels:\n- conda-forge\ndependencies:\n- python=3.11.4\n- pip<=24\n- pip:\n  - pandas==2.1\n"
)


def test_packages_are_read_from_requirements_and_conda() -> None:
    found = packages_in([("model/conda.yaml", CONDA), ("model/requirements.txt", REQUIREMENTS)])
    assert found["scikit-learn"] == "1.4.0"
    assert found["numpy"] == ">=1.20"
    assert (found["python"], found["pandas"], found["mlflow"]) == ("3.11.4", "2.1", "2.9.2")


def test_packages_of_r_are_read_from_its_lock_file() -> None:
    lock = '{"R": {"Version": "4.3.1"}, "Packages": {"ranger": {"Version": "0.16"}}}'
    assert packages_in([("renv.lock", lock)]) == {"R": "4.3.1", "ranger": "0.16"}
    assert packages_in([("renv.lock", "[]")]) == {}


@given(st.text(max_size=80))
def test_any_text_can_be_taken_for_an_environment(text: str) -> None:
    files = [("requirements.txt", text), ("conda.yaml", text), ("renv.lock", text)]
    assert diff_environments(packages_in(files), packages_in(files)).count == 0


def test_environment_of_one_run_only_is_not_told_package_by_package() -> None:
    assert diff_environments(None, {"numpy": "1"}).only == "b"
    (one,) = diff_environments({"numpy": "1"}, {"numpy": "2"}).packages
    assert (one.name, one.old, one.new) == ("numpy", "1", "2")


class Bodies:
    """Files in memory; nothing larger than 100 bytes is hashed."""

    def __init__(self, bodies: dict[str, bytes]) -> None:
        self.bodies = bodies
        self.artifacts = tuple(Artifact(path, len(body)) for path, body in sorted(bodies.items()))

    def head(self, artifact: Artifact, limit: int) -> bytes:
        return self.bodies[artifact.path][:limit]

    def fingerprint(self, artifact: Artifact) -> str | None:
        return repr(self.bodies[artifact.path]) if artifact.size <= 100 else None


def test_files_are_told_added_removed_changed_or_not_compared() -> None:
    a = Bodies({"c.yaml": b"lr: 1\n", "gone": b"", "same.txt": b"x", "w.bin": bytes(200)})
    b = Bodies({"c.yaml": b"lr: 2\n", "new": b"", "same.txt": b"x", "w.bin": bytes(200)})
    found = diff_files(a.artifacts, b.artifacts, (a, b))
    assert {one.path: one.change for one in found.changes} == {
        "c.yaml": Change.CHANGED,
        "gone": Change.REMOVED,
        "new": Change.ADDED,
        "w.bin": Change.UNTOLD,
    }
    assert found.same == ("same.txt",)
    text = found.changes[0].text
    assert text is not None
    assert (text.added, text.removed) == (1, 1)


def test_images_of_a_step_are_matched_without_their_time_and_id() -> None:
    old = "images/p+step+1+timestamp+1772530157400+6f6e4b64-59ed-707c-5705-353567d7ab64.png"
    new = "images/p+step+1+timestamp+1772530157999+00000000-59ed-707c-5705-353567d7ab64.png"
    assert matched_path(old) == matched_path(new) == "images/p+step+1.png"


@pytest.mark.parametrize(
    ("repository", "url"),
    [
        (
            "https://github.com/ana/beans.git",
            "https://github.com/ana/beans/compare/0123456...89abcde",
        ),
        ("git@gitlab.com:ana/b.git", "https://gitlab.com/ana/b/-/compare/0123456...89abcde"),
        (
            "https://bitbucket.org/ana/b",
            "https://bitbucket.org/ana/b/branches/compare/89abcde..0123456",
        ),
        ("https://example.org/ana/b", ""),
        ("javascript:alert(1)//github.com/a/b", ""),
    ],
)
def test_commits_are_compared_at_the_large_hosts(repository: str, url: str) -> None:
    assert compare_url(repository, repository, ("0123456", "89abcde")) == url
    assert compare_url(repository, "https://github.com/x/y", ("0123456", "89abcde")) == ""
    assert compare_url(repository, repository, ("0123456", "0123456")) == ""
