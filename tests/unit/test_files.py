"""Looking into a folder of a store: what is opened, noted and told of."""

import os
from pathlib import Path
from unittest.mock import patch

import pytest

from reportgen.model import Problem
from reportgen.readers import files, stamps
from reportgen.readers.files import Trail, as_text, is_junk
from reportgen.readers.regular import Unreadable, open_regular, read_regular, resolve
from reportgen.readers.stamps import UNTRUSTED, look_at, stamp_of
from tests.compiled import needs_compiled, points
from tests.trees import write

MIB = 1 << 20
NEVER = (1 << 63) - 1  # a horizon that trusts every time


def trail_of(root: Path, base: str = "1/r") -> Trail:
    (root / base).mkdir(parents=True, exist_ok=True)
    return Trail(str(root), base, NEVER)


@pytest.mark.parametrize("size", [0, 1, 200_001, MIB - 1, MIB, MIB + 1, 2 * MIB, 3_000_000])
def test_files_of_every_size_are_read_whole(tmp_path: Path, size: int) -> None:
    body = os.urandom(size)
    write(tmp_path, {"file": body})
    read, status = read_regular(str(tmp_path / "file"), 1 << 22)
    assert (read, status.st_size) == (body, size)


def test_a_file_at_its_limit_is_read_and_one_beyond_is_not(tmp_path: Path) -> None:
    write(tmp_path, {"file": b"x" * 70_000})
    assert len(read_regular(str(tmp_path / "file"), 70_000)[0]) == 70_000
    with pytest.raises(Unreadable, match="70,000 bytes; files over 69,999 bytes are not read"):
        read_regular(str(tmp_path / "file"), 69_999)


def test_only_files_are_read(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("file")
    write(tmp_path, {"file": "x"})
    with pytest.raises(Unreadable, match="too many levels of symbolic links"):
        read_regular(str(tmp_path / "link"), 10)
    with pytest.raises(Unreadable, match="a folder, where a file was expected"):
        read_regular(str(tmp_path), 10)
    with pytest.raises(Unreadable, match="not a directory"):
        read_regular(str(tmp_path / "file/below"), 10)
    with pytest.raises(FileNotFoundError):
        read_regular(str(tmp_path / "gone"), 10)


def test_opening_follows_links_as_far_as_the_root(tmp_path: Path) -> None:
    root = tmp_path / "root"
    write(tmp_path, {"root/a/file": "in", "outside": "out"})
    (root / "in").symlink_to("a/file")
    (root / "out").symlink_to("../outside")
    (root / "folder").symlink_to("a")
    with open_regular(str(root), str(root / "in")) as file:
        assert file.read() == b"in"
    with open_regular(str(root), str(root / "folder/file")) as file:
        assert file.read() == b"in"
    for path in (root / "out", root / "../outside", root / "a/../../outside", root):
        with pytest.raises(Unreadable, match="a link that leads out of the store"):
            open_regular(str(root), str(path))
    with pytest.raises(Unreadable, match="a folder, where a file was expected"):
        open_regular(str(root), str(root / "a"))
    with pytest.raises(FileNotFoundError):
        open_regular(str(root), str(root / "gone"))


def test_a_path_resolves_only_below_the_root(tmp_path: Path) -> None:
    root = str(tmp_path)
    assert resolve(root, f"{root}/a/../b") == f"{root}/b"
    assert resolve(root, root) is None
    assert resolve(root, f"{root}-2/a") is None
    assert resolve(root, "/etc/passwd") is None


def test_a_stamp_changes_with_time_size_and_file(tmp_path: Path) -> None:
    write(tmp_path, {"a": "x", "b": "x"})
    first = stamp_of(os.stat(tmp_path / "a"), NEVER)
    assert first != UNTRUSTED
    assert stamp_of(os.stat(tmp_path / "a"), NEVER) == first
    assert stamp_of(os.stat(tmp_path / "b"), NEVER) != first
    os.utime(tmp_path / "a", ns=(1, 1))
    second = stamp_of(os.stat(tmp_path / "a"), NEVER)
    (tmp_path / "a").write_text("xy")
    os.utime(tmp_path / "a", ns=(1, 1))
    assert len({first, second, stamp_of(os.stat(tmp_path / "a"), NEVER)}) == 3


def test_a_stamp_at_or_after_the_horizon_is_not_trusted(tmp_path: Path) -> None:
    status = os.stat(tmp_path)
    newest = max(status.st_mtime_ns, status.st_ctime_ns)
    assert stamp_of(status, newest) == UNTRUSTED
    assert stamp_of(status, newest + 1) != UNTRUSTED


@pytest.mark.parametrize(
    ("name", "junk"),
    [
        (".DS_Store", True),
        ("Thumbs.db", True),
        ("desktop.ini", True),
        (".gitkeep", True),
        ("loss~", True),
        ("._loss", True),
        (".nfs000000000000", True),
        ("loss", False),
        (".hidden", False),
        ("DS_Store", False),
        ("a~b", False),
    ],
)
def test_junk_is_known_by_its_name(name: str, junk: bool) -> None:  # noqa: FBT001
    assert is_junk(name) is junk


def test_a_place_is_below_the_root_with_slashes(tmp_path: Path) -> None:
    trail = trail_of(tmp_path)
    assert trail.place("metrics/a") == "1/r/metrics/a"
    assert trail.place("../models/m/meta.yaml") == "1/models/m/meta.yaml"
    assert trail.place(".") == "1/r"
    assert trail_of(tmp_path, "").place(".") == "."
    assert trail_of(tmp_path, "").place("1") == "1"


def test_names_that_are_not_utf_8_are_shown_with_marks() -> None:
    assert as_text(os.fsdecode(b"caf\xe9/x")) == "caf\ufffd/x"
    assert as_text("日本") == "日本"


def test_every_look_is_noted(tmp_path: Path) -> None:
    write(tmp_path / "1/r", {"meta.yaml": "a: 1\n", "params/deep/p": "1", "params/.DS_Store": "x"})
    trail = trail_of(tmp_path)
    assert trail.read("meta.yaml", 10) == b"a: 1\n"
    assert [trail.read(name, 10) for name in trail.files("params")] == [b"1"]
    assert trail.names == ["meta.yaml", "params", "params/deep", "params/deep/p"]
    expected = [stamp_of(os.stat(tmp_path / "1/r" / name), NEVER) for name in trail.names]
    assert list(trail.stamps) == expected
    assert trail.problems == []


def test_what_is_gone_is_no_problem_and_not_noted(tmp_path: Path) -> None:
    trail = trail_of(tmp_path)
    assert trail.read("meta.yaml", 10) is None
    assert list(trail.files("params")) == []
    trail.look("tags")
    assert not trail.has_folder("tags")
    assert (trail.names, trail.problems) == ([], [])


def test_what_cannot_be_trusted_is_noted_as_such(tmp_path: Path) -> None:
    write(tmp_path / "1/r", {"params/p": "1", "large": "x" * 11})
    (tmp_path / "1/r/link").symlink_to("params/p")
    trail = trail_of(tmp_path)
    assert trail.read("link", 10) == b"1"
    assert trail.read("large", 10) is None
    assert (trail.names, list(trail.stamps)) == (["link", "large"], [UNTRUSTED, UNTRUSTED])
    reason = "11 bytes; files over 10 bytes are not read"
    assert trail.problems == [Problem("1/r/large", None, reason)]


def test_files_are_listed_in_the_order_of_their_names_folder_by_folder(tmp_path: Path) -> None:
    write(tmp_path / "1/r/params", dict.fromkeys(("b", "a/z", "a/y", "a.b", "B", "c/d/e"), ""))
    found = [name.removeprefix("params/") for name in trail_of(tmp_path).files("params")]
    assert found == ["B", "a/y", "a/z", "a.b", "b", "c/d/e"]


def below(root: Path, horizon: int, ways: object) -> tuple[object, ...]:
    """All that is read and noted below `metrics`, by the compiled module `ways` or without one."""
    with patch.object(files, "_points", ways), patch.object(stamps, "_points", ways):
        trail = Trail(str(root), "1/r", horizon)
        read = list(trail.read_each(trail.files("metrics"), 2 * MIB))
        looked = look_at(str(root), "1/r", tuple(name for name, _ in read))
    return read, trail.names, list(trail.stamps), trail.problems, looked


ORDINARY: dict[str, str | bytes] = {
    "a": "1 2 3\n",
    "deep/er/b": b"\xff\0",
    "deep-er": "",
    "full": b"x" * MIB,
    "junk~": "x",
    **{f"many/{number}": str(number) for number in range(40)},
}


@needs_compiled
@pytest.mark.parametrize("horizon", [NEVER, 0])
def test_ordinary_files_are_read_by_the_compiled_module_and_as_without_it(
    tmp_path: Path, horizon: int
) -> None:
    write(tmp_path / "1/r/metrics", ORDINARY)
    (tmp_path / "1/r/metrics/empty").mkdir()
    os.utime(tmp_path / "1/r/metrics/a", ns=(-5, -5))
    assert below(tmp_path, horizon, points) == below(tmp_path, horizon, None)
    with patch.object(files, "read_regular", side_effect=AssertionError):
        below(tmp_path, horizon, points)


@needs_compiled
@pytest.mark.parametrize(
    "odd", ["link", "folder link", "link out", "pipe", "large", "beyond its limit", "name"]
)
def test_what_is_not_ordinary_is_told_as_without_the_compiled_module(
    tmp_path: Path, odd: str
) -> None:
    folder = tmp_path / "root/1/r/metrics"
    write(folder, ORDINARY)
    if odd == "pipe":
        os.mkfifo(folder / "odd")
    elif odd in ("large", "beyond its limit", "name"):
        size = 2 * MIB + 1 if odd == "beyond its limit" else MIB + 1
        write(folder, {"caf\u00e9" if odd == "name" else "odd": b"x" * size})
    else:
        write(tmp_path, {"outside": "secret"})
        target = {"link": "a", "folder link": "many", "link out": f"{tmp_path}/outside"}[odd]
        (folder / "odd").symlink_to(target)
    root = tmp_path / "root"
    assert below(root, NEVER, points) == below(root, NEVER, None)


@needs_compiled
def test_the_compiled_module_opens_nothing_that_is_not_ordinary(tmp_path: Path) -> None:
    write(tmp_path, {"file": "x", "large": b"x" * (MIB + 1), "folder/file": "x"})
    (tmp_path / "link").symlink_to("file")
    os.mkfifo(tmp_path / "pipe")
    root = str(tmp_path)
    found = points.read(root, ["file", "folder/file"], 9, NEVER)
    assert found is not None
    assert found[0] == [b"x", b"x"]
    for odd in ("link", "pipe", "folder", "gone", "file/file", "large"):
        assert points.read(root, ["file", odd], 2 * MIB, NEVER) is None
    assert points.read(root, ["file"], 0, NEVER) is None
    assert points.read(f"{root}/gone", ["file"], 9, NEVER) is None
    assert points.stamps(root, ("file", "gone")) is None
    assert points.stamps(f"{root}/gone", ()) is None
    assert points.listing(root, NEVER) is None
    assert points.listing(f"{root}/gone", NEVER) is None
    listed = points.listing(f"{root}/folder", NEVER)
    assert listed is not None
    assert listed[1:] == (["file"], [])
