"""Keys with a common prefix stand together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.analysis.prefixes import Group, group_by_prefix, natural

KEYS = st.lists(st.text("ab/._", max_size=6), unique=True, max_size=12)


@pytest.mark.parametrize(
    ("keys", "groups"),
    [
        ([], []),
        (["lr"], [("", ("lr",))]),
        (["optimizer/lr"], [("", ("optimizer/lr",))]),
        (["optimizer/lr", "optimizer/name"], [("optimizer", ("optimizer/lr", "optimizer/name"))]),
        (["model.depth", "model.width"], [("model", ("model.depth", "model.width"))]),
        (["clf__C", "clf__tol"], [("clf", ("clf__C", "clf__tol"))]),
        (["a/x", "a.y"], [("a", ("a/x", "a.y"))]),
        (["a.b/x", "a.c/y"], [("a", ("a.b/x", "a.c/y"))]),
        (["/x", "/y"], [("", ("/x", "/y"))]),
        (["a/x", "lr", "b/x", "a/y", "b/y"], [
            ("", ("lr",)), ("a", ("a/x", "a/y")), ("b", ("b/x", "b/y"))]),
        (["a/x", "a/y"], [("a", ("a/x", "a/y"))]),
    ],
)  # fmt: skip
def test_keys_that_share_a_prefix_make_a_group(
    keys: list[str], groups: list[tuple[str, tuple[str, ...]]]
) -> None:
    assert list(group_by_prefix(keys)) == [Group(prefix, members) for prefix, members in groups]


def test_numbers_in_keys_are_sorted_by_their_size() -> None:
    keys = ["loss_10", "loss_2", "loss", "10", "a1b10", "a1b9", "loss_02", "9" * 40, "x٣"]
    ordered = ["10", "9" * 40, "a1b9", "a1b10", "loss", "loss_02", "loss_2", "loss_10", "x٣"]
    assert sorted(keys, key=natural) == ordered


def test_only_the_given_separators_count() -> None:
    keys = ["val.a", "val.b", "val/a", "val/b"]
    assert group_by_prefix(keys, ("/",)) == (
        Group("", ("val.a", "val.b")),
        Group("val", ("val/a", "val/b")),
    )


@given(KEYS)
def test_every_key_is_in_one_group_in_the_order_it_was_given(keys: list[str]) -> None:
    groups = group_by_prefix(keys)
    assert sorted(key for group in groups for key in group.keys) == sorted(keys)
    for group in groups:
        assert sorted(group.keys, key=keys.index) == list(group.keys)
        if group.prefix:
            assert len(group.keys) > 1
            assert all(key.startswith(group.prefix) for key in group.keys)
    assert [group.prefix for group in groups][1:].count("") == 0
    prefixes = [group.prefix for group in groups]
    assert len(set(prefixes)) == len(prefixes)
