"""What is remembered between builds: kept as it was, trusted only while nothing changed."""

from array import array
from pathlib import Path
from typing import TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.readers.stamps import (
    Looked,
    Memory,
    Shelf,
    is_unchanged,
    look_at,
)
from tests.trees import (
    write,
)

explore = settings(max_examples=60)


names = st.text(
    st.characters(codec="utf-8", exclude_characters="\0/"), min_size=1, max_size=6
) | st.sampled_from(["../models/m", "caf\udce9", "a\n", "."])


stamps = st.integers(-(2**63), 2**63 - 1)


looked = st.lists(st.tuples(names, stamps), max_size=4)


shelves = st.dictionaries(names, st.tuples(looked, st.binary(max_size=20)), max_size=4)


Content: TypeAlias = dict[str, tuple[list[tuple[str, int]], bytes]]


def shelf_of(content: Content) -> Shelf:
    shelf = Shelf()
    for place, (found, head) in content.items():
        packed = array("q", [stamp for _, stamp in found]).tobytes()
        shelf.looks[place] = Looked(place, tuple(name for name, _ in found), packed)
        if head:
            shelf.heads[place] = head
    return shelf


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for all examples of the properties below."""
    return tmp_path_factory.mktemp("scratch")


@given(shelves, names)
@explore
def test_a_shelf_comes_back_as_it_was(scratch: Path, content: Content, salt: str) -> None:
    salt = salt.replace("\n", "").encode("utf-8", "replace").decode()
    shelf, path = shelf_of(content), scratch / "file"
    path.write_bytes(b"".join(shelf.dump(salt)))
    assert Shelf.load(path, salt) == shelf
    assert Shelf.load(path, salt, heads=False) == Shelf(shelf.looks, {})
    assert Shelf.load(path, f"{salt}x") == Shelf()


def test_a_shelf_of_the_root_alone_comes_back(tmp_path: Path) -> None:
    shelf = shelf_of({"": ([(".", 5)], b"")})
    (tmp_path / "file").write_bytes(b"".join(shelf.dump("salt")))
    assert Shelf.load(tmp_path / "file", "salt") == shelf


@given(shelves, st.data())
@explore
def test_a_damaged_shelf_is_empty(scratch: Path, content: Content, data: st.DataObject) -> None:
    body = b"".join(shelf_of(content).dump("salt"))
    start = data.draw(st.integers(0, len(body)))
    end = data.draw(st.integers(start, len(body)))
    fresh = data.draw(st.binary(max_size=8) | st.sampled_from([b"9" * 9, b"-1 ", b"9" * 30]))
    path = scratch / "file"
    path.write_bytes(body[:start] + fresh + body[end:])
    assert Shelf.load(path, "salt") in (Shelf(), shelf_of(content))
    found = Shelf.load(path, "salt", heads=False)
    assert found.heads == {}


@given(st.binary(max_size=100), st.lists(st.integers(-5, 2**70), max_size=8))
@explore
def test_no_file_of_memory_makes_its_reader_fail(
    scratch: Path, body: bytes, numbers: list[int]
) -> None:
    lengths, path = " ".join(map(str, numbers)).encode(), scratch / "file"
    path.write_bytes(b"reportgen-memory 5 salt\n" + lengths + b"\n" + body)
    for heads in (True, False):
        shelf = Shelf.load(path, "salt", heads=heads)
        for each in shelf.looks.values():
            assert not each.names or not is_unchanged("/nowhere at all", each)


def test_a_shelf_that_is_missing_or_a_folder_is_empty(tmp_path: Path) -> None:
    assert Shelf.load(tmp_path / "gone", "salt") == Shelf()
    assert Shelf.load(tmp_path, "salt") == Shelf()


def test_memory_keeps_forgets_and_never_mixes_names(tmp_path: Path) -> None:
    shelf = shelf_of({"a": ([("x", 1)], b"head")})
    memory = Memory(tmp_path / "deep/er", "salt")
    assert memory.open("1") == Shelf()
    memory.keep("1", shelf)
    memory.keep("1\0deleted", Shelf())
    assert Memory(tmp_path / "deep/er", "salt").open("1") == shelf
    assert Memory(tmp_path / "deep/er", "other").open("1") == Shelf()
    later = Memory(tmp_path / "deep/er", "salt")
    later.keep("2", shelf)
    later.forget_others()
    assert (later.open("1"), later.open("2")) == (Shelf(), shelf)
    assert len(list((tmp_path / "deep/er").iterdir())) == 1


def test_looking_at_own_files_trusts_them_at_once(tmp_path: Path) -> None:
    write(tmp_path, {"out/a": "x", "out/b": "y"})
    look = look_at(str(tmp_path), "out", ("a", "b"))
    assert is_unchanged(str(tmp_path), look)
    absolute = look_at("", str(tmp_path / "out"), ("a", "b"))
    assert is_unchanged("/anywhere", absolute)
    (tmp_path / "out/b").unlink()
    assert not is_unchanged(str(tmp_path), look)
