"""What is found about how results were chosen: when, when not, and how it is accepted."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.analysis.evidence import Evidence
from reportgen.analysis.finding_texts import EXPLANATIONS, Finding, Level, read_accepted
from reportgen.analysis.findings import findings_of
from reportgen.analysis.metric_rules import NO_RULES, MetricRules, Role, read_rules
from reportgen.analysis.noise import noise_of
from reportgen.analysis.roles import Assigned
from reportgen.analysis.standing import experiment_standing
from reportgen.errors import ConfigError
from reportgen.model import (
    DatasetInput,
    Experiment,
    LoggedModel,
    MetricDataset,
    MetricHead,
    Run,
    Status,
)

DOCS = Path(__file__).resolve().parents[2] / "docs"
PRIMARY = "mlflow.experiment.primaryMetric.name"
Values = Mapping[str, float]


def run(
    number: int,
    metrics: Values | None = None,
    params: Mapping[str, str] | None = None,
    /,
    *datasets: DatasetInput,
    **tags: str,
) -> Run:
    heads = {k: MetricHead(k, 1, v, 0, 0, v, v, "") for k, v in (metrics or {}).items()}
    return Run(
        f"{number:032x}",
        "1",
        f"run {number}",
        f"1/{number:032x}",
        Status.FINISHED,
        params=params or {},
        tags=tags,
        metrics=heads,
        datasets=datasets,
    )


def data(name: str, digest: str, context: str, rows: int = 0) -> DatasetInput:
    profile = f'{{"num_rows": {rows}}}' if rows else ""
    return DatasetInput("d", name, digest, "local", "", "", profile, context)


def evidence(
    *runs: Run, rules: MetricRules = NO_RULES, tags: Mapping[str, str] | None = None
) -> Evidence:
    experiment = Experiment("1", "coffee", "1", tags=tags or {})
    standing = experiment_standing(runs, experiment, rules)
    return Evidence(experiment, runs, standing, rules, noise_of(runs, standing))


def codes(given_: Evidence) -> list[str]:
    return [finding.code for finding in findings_of(given_)]


def only(given_: Evidence, code: str) -> Finding:
    (finding,) = [one for one in findings_of(given_) if one.code == code]
    return finding


# --- one case for each code; others take it apart below


def ranked_by_test() -> Evidence:
    rules = read_rules(primary=["test_acc"])
    return evidence(run(1, {"val_acc": 0.5, "test_acc": 0.5}), rules=rules)


def only_test() -> Evidence:
    return evidence(run(1, {"test_acc": 0.5}, {"lr": "1"}), run(2, {"test_acc": 0.6}, {"lr": "2"}))


def watched() -> Evidence:
    one = run(1, {"val_acc": 0.5, "test_acc": 0.5})
    many = {**one.metrics, "test_acc": replace(one.metrics["test_acc"], count=30)}
    return evidence(replace(one, metrics=many), run(2, {"val_acc": 0.6}))


def chosen_by_test() -> Evidence:
    return evidence(
        run(1, {"val_acc": 0.9, "test_acc": 0.6}),
        run(2, {"val_acc": 0.8, "test_acc": 0.7}, champion="true"),
    )


def two_purposes() -> Evidence:
    sets = data("digits", "a1", "training"), data("digits", "a1", "test")
    return evidence(run(1, {"val_acc": 0.5}, {}, *sets))


def not_ranked() -> Evidence:
    return evidence(run(1, {"rmse": 0.5}))


def many_looks() -> Evidence:
    return replace(evidence(run(1, {"val_acc": 0.5})), looks={"digits@a1": 11})


def gap() -> Evidence:
    exam = data("digits", "a1", "test", rows=1000)
    return evidence(run(1, {"val_acc": 0.95, "test_acc": 0.85}, {}, exam))


def other_exam() -> Evidence:
    return evidence(
        run(1, {"val_acc": 0.5}, {}, data("digits", "a1", "test")),
        run(2, {"val_acc": 0.5}, {}, data("digits", "b2", "test")),
    )


CASES: Mapping[str, Callable[[], Evidence]] = {
    "RG301": ranked_by_test,
    "RG302": only_test,
    "RG303": watched,
    "RG304": chosen_by_test,
    "RG305": two_purposes,
    "RG306": not_ranked,
    "RG307": many_looks,
    "RG308": gap,
    "RG309": other_exam,
}
LEVELS = {"RG301": Level.ERROR, "RG305": Level.ERROR, "RG306": Level.INFO, "RG308": Level.INFO}


def test_every_code_has_a_case() -> None:
    about_results = [code for code in EXPLANATIONS if code < "RG401"]  # others: test_public.py
    assert list(CASES) == about_results


@pytest.mark.parametrize("code", CASES)
def test_finding_occurs_alone_with_its_level(code: str) -> None:
    (finding,) = findings_of(CASES[code]())
    assert (finding.code, finding.experiment) == (code, "coffee")
    assert finding.level is LEVELS.get(code, Level.WARNING)
    assert finding.counts is (finding.level is not Level.INFO)


@pytest.mark.parametrize("key", ["{}", "coffee/{}"])
@pytest.mark.parametrize("code", CASES)
def test_finding_can_be_accepted_with_a_reason(code: str, key: str) -> None:
    accepted = read_accepted([(key.format(code), " known since May ")])
    (finding,) = findings_of(CASES[code](), accepted)
    assert (finding.accepted, finding.counts) == ("known since May", False)


@pytest.mark.parametrize("code", CASES)
def test_finding_of_another_experiment_or_code_is_not_accepted(code: str) -> None:
    other = "RG301" if code != "RG301" else "RG302"
    accepted = read_accepted([(f"tea/{code}", "known"), (other, "known")])
    (finding,) = findings_of(CASES[code](), accepted)
    assert finding.accepted == ""


def test_reason_that_names_the_experiment_wins() -> None:
    accepted = read_accepted([("RG306", "for all"), ("coffee/RG306", "for this")])
    assert only_of(findings_of(not_ranked(), accepted)).accepted == "for this"


def only_of(findings: tuple[Finding, ...]) -> Finding:
    (finding,) = findings
    return finding


@pytest.mark.parametrize(
    ("key", "reason", "said"),
    [
        ("RG300", "x", "no code"),
        ("coffee", "x", "no code"),
        ("RG302/coffee", "x", "no code"),
        ("RG302", " ", "no reason"),
    ],
)
def test_accepting_what_there_is_not_is_an_error(key: str, reason: str, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        read_accepted([(key, reason)])


@pytest.mark.parametrize("code", EXPLANATIONS)
def test_every_code_has_its_page(code: str) -> None:
    text = (DOCS / "findings" / f"{code}.md").read_text("utf-8")
    assert f"# {code}: {EXPLANATIONS[code].title}\n" in text
    assert "\n## When it is found\n" in text
    assert f"[{code}](findings/{code}.md)" in (DOCS / "findings.md").read_text("utf-8")


def test_there_is_no_page_without_a_code() -> None:
    assert {path.stem for path in (DOCS / "findings").iterdir()} == set(EXPLANATIONS)


# --- RG301


def test_ranking_by_test_data_with_a_reason_is_accepted_by_it() -> None:
    rules = read_rules(primary=["test_acc"], allow_test_ranking="final report")
    finding = only(evidence(run(1, {"test_acc": 0.5}), rules=rules), "RG301")
    assert (finding.level, finding.accepted) == (Level.ERROR, "final report")


def test_tag_that_names_test_data_is_a_warning() -> None:
    given_ = evidence(run(1, {"val_acc": 0.5, "test_acc": 0.5}), tags={PRIMARY: "test_acc"})
    assert only(given_, "RG301").level is Level.WARNING
    rules = read_rules(primary=["val_acc"])
    assert codes(replace(given_, rules=rules)) == []


def test_filter_by_test_data_chooses_by_it() -> None:
    given_ = evidence(run(1, {"val_acc": 0.5, "test_acc": 0.5}))
    assert codes(replace(given_, asked=frozenset({"val_acc", "test_f1"}))) == []
    asked = replace(given_, asked=frozenset({"val_acc", "test_acc"}))
    assert only(asked, "RG301").text.startswith("the filter goes by `test_acc`, which")
    assert only(asked, "RG301").level is Level.ERROR
    reason = read_rules(allow_test_ranking="final report")
    assert only(replace(asked, rules=reason), "RG301").accepted == "final report"
    told = (("score", Assigned(Role.TEST, "a tag", "tag:x")),)
    assert codes(replace(given_, asked=frozenset({"score"}), told=told)) == ["RG301"]


def test_metric_that_the_experiment_lacks_is_not_found_fault_with() -> None:
    rules = read_rules(primary=["test_f1"])
    assert codes(evidence(run(1, {"val_acc": 0.5, "test_acc": 0.5}), rules=rules)) == []


# --- RG302


@pytest.mark.parametrize(
    "runs",
    [
        (run(1, {"test_acc": 0.5}, {"lr": "1"}), run(2, {"test_acc": 0.6}, {"lr": "1"})),
        (run(1, {"test_acc": 0.5}, {"seed": "1"}), run(2, {"test_acc": 0.6}, {"seed": "2"})),
        (run(1, {"test_acc": 0.5}, {"lr": "1"}),),
        (run(1, {"test_acc": 0.5}, {"lr": "1"}), run(2, {"rmse": 0.6}, {"lr": "2"})),
        (run(1, {"test_acc": 0.5}, {"lr": "1"}), run(2, {"test_acc": 1, "val_acc": 0.6})),
    ],
)
def test_test_data_alone_is_no_matter_without_a_choice(runs: tuple[Run, ...]) -> None:
    assert "RG302" not in codes(evidence(*runs))


def test_only_test_names_parameters_and_metrics() -> None:
    text = only(only_test(), "RG302").text
    assert text.startswith("2 runs differ in lr and have results on test data (`test_acc`)")


# --- RG304


def model(name: str) -> LoggedModel:
    tags = {"mlflow.modelVersions": f'[{{"name": "{name}", "version": 3}}]'}
    return LoggedModel("m-1", "m", "1", "", "output", None, "", "READY", None, tags=tags)


def test_chosen_run_is_named_with_the_best_one() -> None:
    text = only(chosen_by_test(), "RG304").text
    assert text == (
        "run 2 (00000000), marked by the tag `champion`, is the best by `test_acc` on test data; "
        "the best by `val_acc` is run 1 (00000000)"
    )


def test_run_of_a_registered_model_counts_as_chosen() -> None:
    best, other = run(1, {"val_acc": 0.9, "test_acc": 0.6}), run(2, {"val_acc": 0.8, "test_acc": 1})
    given_ = evidence(best, replace(other, models=(model("taste"),)))
    assert "the registered model `taste`" in only(given_, "RG304").text


@pytest.mark.parametrize(
    "tags",
    [
        {},
        {"champion": "no"},
        {"champion": "false"},
        {"chosen": ""},
        {"stage": "staging"},
        {"mlflow.best": "yes"},
        {"best_epoch": "7"},
        {"championship": "yes"},
    ],
)
def test_run_that_nothing_marks_is_not_chosen(tags: dict[str, str]) -> None:
    given_ = evidence(
        run(1, {"val_acc": 0.9, "test_acc": 0.6}), run(2, {"val_acc": 0.8, "test_acc": 0.7}, **tags)
    )
    assert codes(given_) == []


@pytest.mark.parametrize("tags", [{"stage": "Production"}, {"alias": "champion"}, {"my.best": "1"}])
def test_other_marks_count_as_well(tags: dict[str, str]) -> None:
    given_ = evidence(
        run(1, {"val_acc": 0.9, "test_acc": 0.6}), run(2, {"val_acc": 0.8, "test_acc": 0.7}, **tags)
    )
    assert codes(given_) == ["RG304"]


def test_chosen_run_that_is_best_on_both_or_not_best_on_test_is_fine() -> None:
    both = evidence(
        run(1, {"val_acc": 0.9, "test_acc": 0.9}, chosen="yes"),
        run(2, {"val_acc": 0, "test_acc": 0}),
    )
    neither = evidence(
        run(1, {"val_acc": 0.9, "test_acc": 0.9}),
        run(2, {"val_acc": 0.8, "test_acc": 0.8}, chosen="yes"),
    )
    assert codes(both) == codes(neither) == []


def test_nothing_that_compares_test_results_is_told_where_they_are_sealed() -> None:
    assert codes(replace(chosen_by_test(), is_sealed=True)) == []
    assert codes(replace(gap(), is_sealed=True)) == []


# --- RG305 and RG309


def test_training_and_validation_on_the_same_data_is_a_warning() -> None:
    sets = data("digits", "a1", "training"), data("digits", "a1", "validation")
    finding = only(evidence(run(1, {}, {}, *sets)), "RG305")
    assert finding.level is Level.WARNING
    assert "digits (a1) is used as training and as validation in run 1" in finding.text


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("a1", "training"), ("b2", "test")),
        (("a1", "training"), ("a1", "training")),
        (("a1", "training"), ("a1", "eval")),  # which data that is stays open
        (("", "training"), ("", "test")),
    ],
)
def test_different_data_or_one_purpose_is_fine(
    first: tuple[str, str], second: tuple[str, str]
) -> None:
    assert codes(evidence(run(1, {}, {}, data("d", *first), data("d", *second)))) == []


def test_one_purpose_in_each_of_two_runs_is_fine() -> None:
    runs = (
        run(1, {}, {}, data("d", "a", "training")),
        run(2, {}, {}, data("d", "a", "validation")),
    )
    assert codes(evidence(*runs)) == []


def test_runs_with_the_same_or_no_test_set_have_one_exam() -> None:
    exam = data("digits", "a1", "test")
    assert codes(evidence(run(1, {}, {}, exam), run(2, {}, {}, exam), run(3))) == []


def test_metric_that_was_logged_with_a_test_set_was_tested_on_that_alone() -> None:
    a, b = data("letters", "a1", "test"), data("digits", "b2", "test")

    def scored(number: int, exam: DatasetInput, *used: DatasetInput) -> Run:
        found = run(number, {"test_acc": 0.5, "val_acc": 0.5}, {}, *used)
        link = MetricDataset(exam.name, exam.dataset_digest, 1)
        head = replace(found.metrics["test_acc"], datasets=(link,))
        return replace(found, metrics={**found.metrics, "test_acc": head})

    assert codes(evidence(scored(1, a, a, b), scored(2, a, a))) == []
    assert codes(evidence(scored(1, a, a, b), scored(2, b, a, b))) == ["RG309"]


def test_exams_are_listed_the_most_common_first() -> None:
    runs = [run(n, {}, {}, data("d", "b" if n else "a", "test")) for n in range(4)]
    text = only(evidence(*runs), "RG309").text
    assert text == "the runs have 2 different test sets: d (b) in 3, d (a) in 1"


# --- RG306


def test_what_is_missing_to_rank_is_said_with_the_line_that_declares_it() -> None:
    finding = only(not_ranked(), "RG306")
    assert "none of the metrics is known to be measured on validation data" in finding.text
    assert finding.what_next == 'declare it with [metrics] roles = { "rmse" = "val" }'


def test_ranking_by_a_metric_of_unknown_role_is_a_hint() -> None:
    rules = read_rules(primary=["rmse"])
    finding = only(evidence(run(1, {"rmse": 0.5}), rules=rules), "RG306")
    assert finding.text.startswith("runs are ranked by `rmse`")


def test_metric_that_is_named_and_has_no_direction_is_told_of() -> None:
    rules = read_rules(roles={"foo": "val"}, primary=["foo"])
    finding = only(evidence(run(1, {"foo": 0.5}), rules=rules), "RG306")
    assert "whether higher or lower values of `foo` are better is not known" in finding.text


def test_experiment_without_metrics_is_fine() -> None:
    assert codes(evidence(run(1), run(2))) == []


# --- RG307 and RG308


def test_looks_up_to_the_limit_are_fine() -> None:
    given_ = replace(many_looks(), looks={"digits@a1": 10})
    assert codes(given_) == []
    assert codes(replace(given_, max_looks=9)) == ["RG307"]


@pytest.mark.parametrize(
    ("val", "test", "rows", "is_found"),
    [
        (0.95, 0.94, 1000, False),  # two standard errors are 0.015
        (0.95, 0.92, 1000, True),
        (0.95, 0.92, 100, False),
        (0.85, 0.95, 1000, False),  # better on test data
        (0.95, 0.5, 0, False),  # nothing tells what chance explains
    ],
)
def test_gap_is_found_beyond_two_standard_errors(
    val: float,
    test: float,
    rows: int,
    is_found: bool,  # noqa: FBT001
) -> None:
    exam = data("digits", "a1", "test", rows)
    given_ = evidence(run(1, {"val_acc": val, "test_acc": test}, {}, exam))
    assert codes(given_) == (["RG308"] if is_found else [])


def test_gap_is_found_beyond_the_noise_of_seeds() -> None:
    def seeded(number: int, val: float, test: float) -> Run:
        return run(number, {"val_rmse": val, "test_rmse": test}, {"seed": str(number)})

    quiet = [seeded(n, 0.30 + n / 1000, 0.303) for n in range(4)]
    wide = [seeded(n, 0.30 + n / 1000, 0.40) for n in range(4)]
    assert codes(evidence(*quiet)) == []
    assert codes(evidence(*wide)) == ["RG308"]


def test_no_text_of_a_finding_has_a_value_on_test_data() -> None:
    told = [finding for case in CASES.values() for finding in findings_of(case())]
    values = re.compile(r"0\.\d")
    assert [one.text for one in told if values.search(one.text + one.what_next)] == []


METRICS = st.dictionaries(
    st.sampled_from(["val_acc", "test_acc", "rmse", "loss"]), st.floats(0, 1), max_size=3
)
CONTEXTS = st.sampled_from(["training", "test", "validation", "eval", ""])
SETS = st.lists(st.builds(lambda d, c: data("d\n`", d, c, 10), st.sampled_from("ab"), CONTEXTS))
ROWS = st.lists(
    st.tuples(METRICS, st.dictionaries(st.sampled_from(["lr", "seed"]), st.text(max_size=3)), SETS),
    max_size=5,
)


@given(ROWS, st.text(max_size=5))
def test_findings_are_one_line_each_in_order_of_code(
    rows: list[tuple[dict[str, float], dict[str, str], list[DatasetInput]]], tag: str
) -> None:
    runs = [run(n, m, p, *sets, chosen=tag) for n, (m, p, sets) in enumerate(rows)]
    found = findings_of(evidence(*runs))
    assert [one.code for one in found] == sorted(one.code for one in found)
    assert all(one.text.isprintable() and one.text[-1] != "." for one in found)
    assert found == findings_of(evidence(*runs))
