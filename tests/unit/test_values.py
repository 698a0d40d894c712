"""Values are what their parts are."""

import pickle

import pytest

from reportgen.values import frozen


@frozen
class Spot:
    """Two parts, one of them with a default."""

    name: str
    at: tuple[int, ...] = ()


@frozen
class Place:
    """The same parts in another class."""

    name: str
    at: tuple[int, ...] = ()


def test_values_are_equal_where_their_class_and_all_parts_are() -> None:
    assert Spot("a", (1,)) == Spot("a", (1,))
    assert Spot("a", (1,)) != Spot("a", (2,))
    assert Spot("a") != Spot("b")
    assert Spot("a").__eq__(Place("a")) is NotImplemented


def test_equal_values_are_one_key_of_a_dict() -> None:
    assert {Spot("a", (1,)): "found"}[Spot("a", (1,))] == "found"
    assert len({Spot("a"), Spot("a"), Spot("b")}) == 2


def test_a_value_shows_its_parts() -> None:
    assert repr(Spot("a", (1, 2))) == "Spot(name='a', at=(1, 2))"


def test_a_value_survives_the_way_to_another_process() -> None:
    packed = pickle.dumps(Spot("a", (1,)))
    assert pickle.loads(packed) == Spot("a", (1,))  # noqa: S301 (our own)


def test_a_value_has_no_parts_but_its_own() -> None:
    with pytest.raises(AttributeError):
        Spot("a").colour = "red"  # type: ignore[attr-defined]
