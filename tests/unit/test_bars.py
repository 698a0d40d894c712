"""The bar of runs by status: in words, and with parts that fill it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.model import Status
from reportgen.site.pages.bars import Bar, count_by_status, status_bar

COUNTS = st.dictionaries(st.sampled_from(Status), st.integers(1, 10**6), min_size=1)


def test_counts_stand_in_one_order_and_without_what_is_not_there() -> None:
    statuses = [Status.FAILED, Status.FINISHED, Status.UNKNOWN, Status.FAILED]
    assert count_by_status(statuses) == (("FINISHED", 1), ("FAILED", 2), ("UNKNOWN", 1))
    assert count_by_status([]) == ()


def test_bar_says_its_counts() -> None:
    bar = status_bar([("FINISHED", 3), ("FAILED", 1)])
    assert bar.label == "3 finished, 1 failed"
    assert [(part.name, part.count, part.x, part.width) for part in bar.parts] == [
        ("FINISHED", 3, "0.0", "296.5"),
        ("FAILED", 1, "298.5", "101.5"),
    ]


def test_bar_of_no_runs_is_empty() -> None:
    assert status_bar([]) == Bar((), "")


def test_single_failed_run_among_thousands_is_seen() -> None:
    failed = status_bar([("FINISHED", 100_000), ("FAILED", 1)]).parts[1]
    assert float(failed.width) >= 4


@given(COUNTS)
def test_parts_fill_the_bar_without_overlap(counts: dict[Status, int]) -> None:
    parts = status_bar([(status.name, count) for status, count in counts.items()]).parts
    assert [part.count for part in parts] == list(counts.values())
    end = 0.0
    for part in parts:
        assert float(part.x) >= end - 0.11  # each is rounded to a tenth
        assert float(part.width) >= 3.9
        end = float(part.x) + float(part.width)
    assert end == pytest.approx(400, abs=0.11)
