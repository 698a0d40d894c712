"""Failed runs in buckets: by rule, by error, with what they share."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.analysis.failure_rules import read_failure_rules
from reportgen.analysis.failures import (
    MOST_BUCKETS,
    MOST_LISTED,
    NO_CAUSE,
    OTHER,
    FailureGroup,
    failure_groups,
    kind_of,
    merge_groups,
)
from reportgen.errors import ConfigError
from reportgen.model import Cause, Run, Status

RULES = read_failure_rules([("out of memory", "CUDA out of memory|Killed"), ("shape", "shape")])
CAUSES = st.text(max_size=240)


def run(number: int, cause: str = "", status: Status = Status.FAILED, **params: str) -> Run:
    found = Cause(cause, "log.txt") if cause else None
    start = 1000 - number  # newest first, as stores give them
    return Run(
        f"r{number}", "1", "", f"1/r{number}", status, start_time=start, params=params, cause=found
    )


def only(groups: tuple[FailureGroup, ...]) -> FailureGroup:
    (group,) = groups
    return group


@pytest.mark.parametrize(
    ("cause", "kind"),
    [
        ("ValueError: could not convert", "ValueError"),
        ("sklearn.utils._param_validation.InvalidParameterError: x", "InvalidParameterError"),
        ("torch.cuda.OutOfMemoryError: CUDA out of memory. Tried 3 GiB", "OutOfMemoryError"),
        ("RuntimeError('x')", "RuntimeError"),
        ("KeyboardInterrupt", "KeyboardInterrupt"),
        ("SystemExit: 3", "SystemExit"),
        ("Error in fit(x) : no such column", "Error in fit"),
        ("Error in `mutate()`: no such column", "Error in mutate"),
        ("Error: object 'x' not found", "Error"),
        ("Segmentation fault (core dumped)", "Segmentation fault (core dumped)"),
        ("step 12345 took 17 minutes", "step N took N minutes"),
        ("", NO_CAUSE),
        (" \n ", NO_CAUSE),
    ],
)
def test_kind_of_a_failure_is_the_error_that_its_cause_names(cause: str, kind: str) -> None:
    assert kind_of(cause, ()) == (kind, False)


def test_first_rule_that_fits_wins_over_the_error() -> None:
    assert kind_of("RuntimeError: bad shape; Killed", RULES) == ("out of memory", True)
    assert kind_of("RuntimeError: bad shape", RULES) == ("shape", True)
    assert kind_of("RuntimeError: other", RULES) == ("RuntimeError", False)


def test_rule_that_matches_nothing_at_all_leaves_runs_without_a_cause_alone() -> None:
    assert kind_of("", read_failure_rules([("all", ".*")])) == (NO_CAUSE, False)


@given(CAUSES)
def test_every_cause_has_a_short_kind_in_one_line(cause: str) -> None:
    kind, _ = kind_of(cause, RULES)
    assert 0 < len(kind) <= 80
    assert kind == " ".join(kind.split())


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("(", "cannot be read"),
        ("[a", "cannot be read"),
        ("", "is empty"),
        ("a" * 501, "longer than 500"),
        ("(a+)+", "may take for ever"),
        (r"([\w.]*\s?)*x", "may take for ever"),
        ("((ab)*c)+", "may take for ever"),
        ("(a{2,})+", "may take for ever"),
        ("(a|a)*b", "may take for ever"),
        (r"(\w|a)*b", "may take for ever"),
        ("(a|ab)*c", "may take for ever"),
        ("(?:a?){60}a", "may take for ever"),
        ("(?P<x>(a|.)b?)+c", "may take for ever"),
        ("a*a*a*a*b", "more than 3"),
        ("a?" * 30, "more than 12"),
    ],
)
def test_pattern_that_cannot_be_used_is_refused_with_its_name(pattern: str, reason: str) -> None:
    with pytest.raises(ConfigError, match=reason) as caught:
        read_failure_rules([("mine", pattern)])
    assert "'mine'" in str(caught.value)


@pytest.mark.parametrize("pattern", [
    "a+b*", "(a|b)*", r"(\+)+", "[(+]+", "(?:x+){2}", "(a+)b+", "CUDA.*memory|OOM|(?i:killed)?",
    r"^(Value|Key)Error: .*step \d+.*$", "(?:ab|cd) x+?", "a*|b*|c*|d*|e*|f*",
])  # fmt: skip
def test_harmless_pattern_is_taken(pattern: str) -> None:
    assert read_failure_rules([("mine", pattern)])[0].pattern == pattern


@given(st.text("ab()*+?[]|\\{}1,.^$", max_size=12))
def test_every_pattern_is_refused_or_done_with_soon(pattern: str) -> None:
    try:
        rules = read_failure_rules([("mine", pattern)])
    except ConfigError:
        return
    began = time.process_time()
    for cause in ("a" * 60, "ab" * 30, "a1" * 30):  # not as long as a cause: tests are to be short
        kind_of(f"{cause}!", rules)
    assert time.process_time() - began < 2


def test_only_the_start_of_a_cause_is_searched() -> None:
    assert kind_of("x" * 240 + "Killed", RULES)[1] is False
    assert kind_of("x" * 234 + "Killed", RULES) == ("out of memory", True)


def test_too_many_rules_and_a_rule_without_a_name_are_refused() -> None:
    with pytest.raises(ConfigError, match="101 rules"):
        read_failure_rules([("x", "x")] * 101)
    with pytest.raises(ConfigError, match="has no name"):
        read_failure_rules([(" ", "x")])


def test_group_tells_how_many_when_and_which() -> None:
    runs = [run(1, "ValueError: a"), run(2, status=Status.FINISHED), run(3, "ValueError: b")]
    group = only(failure_groups(runs))
    assert (group.kind, group.count, group.first, group.last) == ("ValueError", 2, 997, 999)
    assert [(one.where, one.started, one.cause) for one in group.runs] == [
        ("1/r1", 999, "ValueError: a"),
        ("1/r3", 997, "ValueError: b"),
    ]


def test_killed_runs_stand_apart_and_last() -> None:
    runs = [run(1, status=Status.KILLED), run(2, status=Status.KILLED), run(3, "OSError: x")]
    assert [(one.status, one.kind, one.count) for one in failure_groups(runs)] == [
        (Status.FAILED, "OSError", 1),
        (Status.KILLED, NO_CAUSE, 2),
    ]


def test_shared_parameters_come_with_how_many_runs_have_them() -> None:
    runs = [
        run(1, "MyError: x", batch="512", lr="1", same="s"),
        run(2, "MyError: x", batch="512", lr="2", same="s"),
        run(3, status=Status.FINISHED, batch="512", lr="1", same="s"),
        run(4, status=Status.FINISHED, batch="64", lr="1", same="s"),
    ]
    assert only(failure_groups(runs)).shared == (("batch", "512", 3), ("same", "s", 4))


def test_long_value_is_not_looked_at() -> None:
    runs = [run(1, text="x" * 5000), run(2, text="x" * 5000)]
    assert only(failure_groups(runs)).shared == ()


def test_counts_are_exact_where_not_all_runs_are_listed() -> None:
    runs = [run(n, "A Error: x" if n % 100 else "OSError: x") for n in range(2000)]
    large, small = failure_groups(runs)
    assert (large.count, small.count) == (1980, 20)
    assert (len(large.runs), len(small.runs)) == (MOST_LISTED - 20, 20)
    assert large.runs[0].where == "1/r1"


def test_very_many_kinds_end_in_one_for_the_rest() -> None:
    kinds = [f"{'x' * (n % 60)}{chr(97 + n // 60)} happened" for n in range(MOST_BUCKETS + 50)]
    groups = failure_groups([run(n, kind) for n, kind in enumerate(kinds)])
    assert sum(group.count for group in groups) == MOST_BUCKETS + 50
    assert (groups[-1].kind, groups[-1].count) == (OTHER, 50)
    assert sum(len(group.runs) for group in groups) <= MOST_LISTED


def bucket_of(*experiments: list[Run]) -> tuple[tuple[str, str], ...]:
    """What the only bucket of some experiments shares."""
    rows = [(str(n), len(runs), failure_groups(runs)) for n, runs in enumerate(experiments)]
    (bucket,) = merge_groups(rows)
    return bucket.shared


def test_bucket_shares_what_all_its_runs_have_and_not_all_others() -> None:
    first = [run(1, batch="512", same="s"), run(2, status=Status.FINISHED, batch="64", same="s")]
    second = [run(3, batch="512", same="s"), run(4, batch="512", same="s", lr="1")]
    assert bucket_of(first, second) == (("batch", "512"),)


def test_bucket_of_all_runs_or_of_one_run_shares_nothing_that_tells() -> None:
    assert bucket_of([run(1, batch="512"), run(2, batch="512")]) == ()
    assert bucket_of([run(1, batch="512"), run(2, status=Status.FINISHED)]) == ()


def test_what_one_experiment_always_has_counts_beside_another_that_does_not() -> None:
    first = [run(1, gpu="old"), run(2, status=Status.FINISHED, gpu="old")]
    second = [run(3, gpu="old"), run(4, status=Status.FINISHED, gpu="new")]
    assert bucket_of(first, second) == (("gpu", "old"),)


PARAMS = st.dictionaries(st.sampled_from("abc"), st.sampled_from("12"), max_size=3)
RUNS = st.lists(st.tuples(st.booleans(), PARAMS), max_size=6)


@given(RUNS, RUNS)
def test_shared_parameters_are_those_of_a_plain_search(
    left: list[tuple[bool, dict[str, str]]], right: list[tuple[bool, dict[str, str]]]
) -> None:
    experiments = [
        [
            run(n, status=Status.FAILED if failed else Status.FINISHED, **params)
            for n, (failed, params) in enumerate(rows)
        ]
        for rows in (left, right)
    ]
    rows = [(str(n), len(runs), failure_groups(runs)) for n, runs in enumerate(experiments)]
    concerned = [runs for runs in experiments if any(r.status is Status.FAILED for r in runs)]
    every = [one for runs in concerned for one in runs]
    failed = [one for one in every if one.status is Status.FAILED]
    others = [one for one in every if one.status is not Status.FAILED]
    expected = {
        item
        for item in (failed[0].params.items() if len(failed) > 1 else ())
        if all(item in one.params.items() for one in failed)
        and not all(item in one.params.items() for one in others)
    }
    found = merge_groups(rows)
    assert [(one.count, set(one.shared)) for one in found] == (
        [(len(failed), expected)] if failed else []
    )
