"""The output folder: what is the user's is never overwritten or deleted, what is odd is said."""

import os
import shutil
from contextlib import chdir
from pathlib import Path

import pytest

from reportgen.cli import main
from reportgen.errors import OutputConflict, OutputError
from reportgen.site.folder import claim
from reportgen.site.quick import STATE_FOLDER
from tests.sites import add_run, build, difference, make_store, page, run_id, tree_of
from tests.trees import write

RUN_PAGE = f"runs/{run_id(0)}/index.html"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store of two runs in one experiment."""
    return make_store(tmp_path / "mlruns", runs=2)


@pytest.fixture
def site(store: Path, tmp_path: Path) -> Path:
    """Its site, built once."""
    build(store, tmp_path / "site")
    return tmp_path / "site"


@pytest.mark.parametrize(
    "name", ["index.html", "404.html", "assets/own.css", "data/raw.csv", "runs/notes.txt"]
)
def test_first_build_leaves_a_folder_with_foreign_files_alone(
    store: Path, tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path / "site", {name: "mine", "README": "mine"})
    before = tree_of(tmp_path / "site")
    with chdir(tmp_path):
        assert main(["build", store.name]) == 2
    what = name.partition("/")[0]
    assert capsys.readouterr().err == (
        f"error: site already holds {what} that reportgen did not write  [output-conflict]\n"
        "  try: choose an empty folder with -o, or move these away\n"
    )
    assert tree_of(tmp_path / "site") == before
    assert not (tmp_path / "site" / STATE_FOLDER).exists()


def test_first_build_takes_a_folder_where_nothing_is_in_the_way(
    store: Path, site: Path, tmp_path: Path
) -> None:
    own: dict[str, str | bytes] = {"CNAME": "example.org", "notes/x.txt": "mine"}
    write(tmp_path / "public", own)
    assert build(store, tmp_path / "public").status == 0
    found = tree_of(tmp_path / "public")
    assert difference(found, tree_of(site)) == ["CNAME", "notes/", "notes/x.txt"]
    assert (found["CNAME"], found["notes/x.txt"]) == (b"example.org", b"mine")


def test_site_without_our_state_counts_as_foreign(store: Path, site: Path) -> None:
    before = tree_of(site)
    shutil.rmtree(site / STATE_FOLDER)
    with pytest.raises(OutputConflict, match=r"index\.html and 13 more"):
        build(store, site)
    assert tree_of(site) == before


def test_foreign_file_where_a_new_page_must_go_is_left_alone(store: Path, site: Path) -> None:
    place = f"runs/{run_id(7)}/index.html"
    write(site, {place: "mine"})
    add_run(store, 7)
    report = build(store, site)
    reason = "a file that reportgen did not write stands here; it was left alone"
    assert report.status == 1
    assert [(failure.path, failure.reason) for failure in report.failures] == [(place, reason)]
    assert page(site, place) == "mine"
    assert reason in page(site, "problems/index.html")
    (site / place).unlink()
    assert build(store, site).status == 0
    assert "run 7" in page(site, place)
    assert reason not in page(site, "problems/index.html")


def test_folder_where_a_page_must_go_is_left_alone(store: Path, site: Path) -> None:
    (site / RUN_PAGE).unlink()
    write(site, {f"{RUN_PAGE}/x.txt": "mine"})
    report = build(store, site)
    assert (report.status, [failure.path for failure in report.failures]) == (1, [RUN_PAGE])
    assert page(site, f"{RUN_PAGE}/x.txt") == "mine"


def test_page_edited_by_hand_stays_until_it_is_deleted(store: Path, site: Path) -> None:
    ours = page(site, RUN_PAGE)
    write(site, {RUN_PAGE: "mine now"})
    report = build(store, site)
    assert report.status == 1
    assert [(failure.path, failure.reason) for failure in report.failures] == [
        (
            RUN_PAGE,
            "was changed by hand since reportgen wrote it; delete it to have it written again",
        )
    ]
    assert page(site, RUN_PAGE) == "mine now"
    assert build(store, site).status == 1
    (site / RUN_PAGE).unlink()
    assert build(store, site).status == 0
    assert page(site, RUN_PAGE) == ours


def test_page_edited_by_hand_is_not_pruned(store: Path, site: Path) -> None:
    write(site, {RUN_PAGE: "mine now"})
    shutil.rmtree(store / "1" / run_id(0))
    report = build(store, site)
    folder = f"runs/{run_id(0)}"
    assert report.pruned == (
        f"diffs/{run_id(0)}..{run_id(1)}/index.html",
        "experiments/experiment-1/overview-1.svg",  # there is nothing to compare any more
        f"{folder}/artifacts/notes.txt",
        f"{folder}/files.js",
        f"{folder}/run.js",
        f"{folder}/run.json",
    )
    assert page(site, RUN_PAGE) == "mine now"
    assert sorted(os.listdir(site / folder)) == ["index.html"]


def test_files_of_the_user_survive_pruning(store: Path, site: Path) -> None:
    own: dict[str, str | bytes] = {
        "CNAME": "example.org",
        "notes/x.txt": "mine",
        f"runs/{run_id(0)}/remarks.md": "mine",
        f"runs/{run_id(0)}/artifacts/more.txt": "mine",
    }
    write(site, own)
    shutil.rmtree(store / "1" / run_id(0))
    report = build(store, site)
    assert (report.status, RUN_PAGE in report.pruned) == (0, True)
    assert {path: page(site, path) for path in own} == own
    assert not (site / RUN_PAGE).exists()


def test_last_run_takes_its_folders_along(store: Path, site: Path) -> None:
    for number in (0, 1):
        shutil.rmtree(store / "1" / run_id(number))
    build(store, site)
    assert not (site / "runs").exists()


@pytest.fixture
def moved_runs(site: Path, tmp_path: Path) -> Path:
    """The site's folder of runs, moved elsewhere, with a link to it in its place."""
    (site / "runs").rename(tmp_path / "elsewhere")
    (site / "runs").symlink_to(tmp_path / "elsewhere")
    return tmp_path / "elsewhere"


def test_nothing_is_written_through_a_linked_folder(
    store: Path, site: Path, moved_runs: Path
) -> None:
    before = tree_of(moved_runs)
    add_run(store, 7)
    with pytest.raises(OutputError, match="runs is a link; nothing is written through it"):
        build(store, site)
    assert tree_of(moved_runs) == before


def test_nothing_is_replaced_through_a_linked_folder(
    store: Path, site: Path, moved_runs: Path
) -> None:
    before = tree_of(moved_runs)
    with pytest.raises(OutputError, match="runs is a link; nothing is written through it"):
        build(store, site, title="Other")
    assert tree_of(moved_runs) == before


def test_nothing_is_pruned_through_a_linked_folder(
    store: Path, site: Path, moved_runs: Path
) -> None:
    before = tree_of(moved_runs)
    for number in (0, 1):
        shutil.rmtree(store / "1" / run_id(number))
    assert build(store, site).pruned == (
        f"diffs/{run_id(0)}..{run_id(1)}/index.html",
        "experiments/experiment-1/overview-1.svg",
    )
    assert tree_of(moved_runs) == before


def test_output_folder_may_be_a_link_itself(store: Path, site: Path, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    assert build(store, tmp_path / "link").status == 0
    assert difference(tree_of(tmp_path / "real"), tree_of(site)) == []


def test_output_that_is_a_file_is_refused(store: Path, tmp_path: Path) -> None:
    write(tmp_path, {"site": "mine"})
    with pytest.raises(OutputConflict, match="site is a file"):
        build(store, tmp_path / "site")
    assert page(tmp_path, "site") == "mine"


def test_output_below_a_file_is_refused(store: Path, tmp_path: Path) -> None:
    write(tmp_path, {"notes": "mine"})
    with pytest.raises(OutputError, match="notes/site cannot be written"):
        build(store, tmp_path / "notes" / "site")
    assert page(tmp_path, "notes") == "mine"


def test_output_that_cannot_be_written_is_refused(store: Path, tmp_path: Path) -> None:
    (tmp_path / "locked").mkdir(mode=0o555)
    if os.access(tmp_path / "locked", os.W_OK):
        pytest.skip("this user may write everywhere")
    with pytest.raises(OutputError, match="locked/site cannot be written: Permission denied"):
        build(store, tmp_path / "locked" / "site")


def test_two_builds_at_once_are_refused(store: Path, site: Path) -> None:
    before = tree_of(site)
    with claim(site), pytest.raises(OutputError, match="another reportgen is building into"):
        build(store, site, title="Other")
    assert tree_of(site) == before
    assert build(store, site, title="Other").status == 0


@pytest.mark.parametrize("inner", ["", "site", "1/site", f"1/{run_id(0)}/artifacts", ".trash/x"])
def test_output_in_the_store_is_refused(store: Path, inner: str) -> None:
    before = tree_of(store)
    with pytest.raises(OutputConflict, match="is in the store"):
        build(store, store / inner)
    assert tree_of(store) == before


def test_output_in_the_store_is_refused_behind_a_link_too(store: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(store)
    before = tree_of(store)
    with pytest.raises(OutputConflict, match="is in the store"):
        build(store, tmp_path / "link" / "site")
    assert tree_of(store) == before


def test_output_that_holds_the_store_is_fine(store: Path, tmp_path: Path) -> None:
    before = tree_of(store)
    with chdir(tmp_path):
        assert main(["build", "mlruns", "-o", ".", "--quiet"]) == 0
        assert main(["build", "mlruns", "-o", ".", "--quiet"]) == 0
    assert tree_of(store) == before
    assert RUN_PAGE in tree_of(tmp_path)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b'{"version":1}',
        b'{"version":1,"files":[]}',
        b'{"version":1,"files":{"index.html":3}}',
        b'{"version":1,"files":{"index.html":["a"]}}',
        b'{"version":1,"files":{"index.html":[1,2]}}',
        b'{"version":99,"files":{}}',
    ],
)
def test_damaged_manifest_is_refused(
    store: Path, site: Path, body: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    (site / STATE_FOLDER / "manifest.json").write_bytes(body)
    before = tree_of(site)
    with pytest.raises(OutputError, match=r"manifest.json is not a manifest of this version"):
        build(store, site, title="Other")
    assert tree_of(site) == before
    assert main(["check", str(store), "-o", str(site)]) == 2
    assert capsys.readouterr().err.count("\n") == 2


@pytest.mark.parametrize("path", ["../victim", "/{folder}/victim", "runs/../../victim", ""])
def test_manifest_cannot_name_files_outside_the_site(
    store: Path, site: Path, tmp_path: Path, path: str
) -> None:
    write(tmp_path, {"victim": ""})
    name = path.replace("/{folder}", str(tmp_path))
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    entry = f'{{"version":1,"files":{{"{name}":["","{empty}"]}}}}'
    (site / STATE_FOLDER / "manifest.json").write_text(entry)
    with pytest.raises(OutputError, match=r"manifest.json is not a manifest of this version"):
        build(store, site, title="Other")
    assert (tmp_path / "victim").exists()


def damage(path: Path, how: str) -> None:
    """Cut a file in half, overwrite its middle, empty it or remove it."""
    body = path.read_bytes()
    middle = len(body) // 2
    changed = {
        "cut": body[:middle],
        "overwritten": body[: middle - 4] + b"\xff" * 8 + body[middle + 4 :],
        "empty": b"",
    }
    path.unlink()
    if how in changed:
        path.write_bytes(changed[how])


@pytest.mark.parametrize("how", ["cut", "overwritten", "empty", "gone"])
@pytest.mark.parametrize("what", ["store-0/*.shelf", "site/*.shelf", "complete"])
def test_damaged_memory_costs_time_only(
    store: Path, site: Path, tmp_path: Path, what: str, how: str
) -> None:
    write(store / "1" / run_id(0), {"params/mtry": "4"})
    shutil.rmtree(store / "1" / run_id(1))
    (site / "index.html").unlink()
    for path in (site / STATE_FOLDER).glob(what):
        damage(path, how)
    assert build(store, site).status == 0
    build(store, tmp_path / "clean")
    assert difference(tree_of(site), tree_of(tmp_path / "clean")) == []


@pytest.mark.parametrize("how", ["cut", "empty", "gone"])
def test_damaged_memory_of_the_site_is_not_taken_for_nothing_to_do(
    store: Path, site: Path, how: str
) -> None:
    build(store, site)
    (site / "index.html").unlink()
    for path in (site / STATE_FOLDER / "site").iterdir():
        damage(path, how)
    assert build(store, site).written == ("index.html",)


def lowest_free_descriptor() -> int:
    descriptor = os.open(os.devnull, os.O_RDONLY)
    os.close(descriptor)
    return descriptor


def test_build_leaves_no_file_open(store: Path, site: Path) -> None:
    before = lowest_free_descriptor()
    build(store, site, title="Other")
    with pytest.raises(OutputError), claim(site):
        build(store, site, title="Third")
    assert lowest_free_descriptor() == before


def test_file_that_is_deleted_comes_back(store: Path, site: Path) -> None:
    before = tree_of(site)
    for path in ("index.html", RUN_PAGE, "assets/pages.css", "data/site.json"):
        (site / path).unlink()
    assert build(store, site).status == 0
    assert difference(tree_of(site), before) == []


def test_moved_site_is_taken_up_where_it_is(store: Path, site: Path, tmp_path: Path) -> None:
    before = tree_of(site)
    site.rename(tmp_path / "public")
    assert build(store, tmp_path / "public").written == ()
    assert tree_of(tmp_path / "public") == before
