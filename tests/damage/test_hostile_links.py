"""Symbolic links in a store: out of it, within it, in circles."""

from pathlib import Path

import pytest

from reportgen.model import Problem
from reportgen.readers.mlruns import MlrunsStore
from tests.damages import (
    DANGLES,
    DATASET,
    LEADS_OUT,
    MODEL,
    RUN,
    SAFE_POINT,
    replace_by_link,
    two_stores,
)
from tests.trees import (
    BAD,
    EXPERIMENT,
    GOOD,
    add_run,
    check_good_run,
    everything_in,
    experiments_of,
    good_store,
    problems_of,
    read_all,
    read_bad,
    read_in_time,
    write,
)

MUTUAL = f"{EXPERIMENT}/mutual"

EVERYWHERE = [
    EXPERIMENT,
    f"{EXPERIMENT}/meta.yaml",
    f"{EXPERIMENT}/tags",
    f"{EXPERIMENT}/tags/mark",
    f"{EXPERIMENT}/datasets",
    f"{EXPERIMENT}/datasets/{DATASET}",
    f"{EXPERIMENT}/datasets/{DATASET}/meta.yaml",
    f"{EXPERIMENT}/models",
    f"{EXPERIMENT}/models/{MODEL}",
    f"{EXPERIMENT}/models/{MODEL}/meta.yaml",
    f"{EXPERIMENT}/models/{MODEL}/params",
    f"{EXPERIMENT}/models/{MODEL}/params/mark",
    f"{EXPERIMENT}/models/{MODEL}/tags",
    f"{EXPERIMENT}/models/{MODEL}/metrics",
    f"{EXPERIMENT}/models/{MODEL}/metrics/m",
    f"{EXPERIMENT}/models/{MODEL}/artifacts",
    RUN,
    f"{RUN}/meta.yaml",
    f"{RUN}/metrics",
    f"{RUN}/metrics/m",
    f"{RUN}/metrics/deep",
    f"{RUN}/params",
    f"{RUN}/params/mark",
    f"{RUN}/tags",
    f"{RUN}/tags/mlflow.runName",
    f"{RUN}/artifacts",
    f"{RUN}/artifacts/mark",
    f"{RUN}/artifacts/deep",
    f"{RUN}/inputs",
    f"{RUN}/inputs/x1",
    f"{RUN}/inputs/x1/meta.yaml",
    f"{RUN}/outputs",
    f"{RUN}/outputs/{MODEL}",
    f"{RUN}/outputs/{MODEL}/meta.yaml",
]


def assert_told(store: Path, where: str, reason: str) -> None:
    """Assert that this is why a place cannot be read, whatever came of it."""
    told = [problem.reason for problem in problems_of(store) if problem.path == where]
    assert {text.removeprefix(reason) for text in told} <= {
        "",
        "; the run is left out",
        "; named as the folder",
    }
    assert told


@pytest.mark.parametrize("where", EVERYWHERE)
def test_a_link_that_leads_out_of_the_store_is_told_of_and_not_followed(
    tmp_path: Path, where: str
) -> None:
    store, outside = two_stores(tmp_path)
    replace_by_link(store / where, outside / where)
    told = everything_in(store)
    assert "SECRET" not in told
    assert "31337" not in told
    assert_told(store, where, LEADS_OUT)
    check_good_run(store, "2")


@pytest.mark.parametrize("where", EVERYWHERE)
def test_a_relative_link_that_climbs_out_is_not_followed(tmp_path: Path, where: str) -> None:
    store, outside = two_stores(tmp_path)
    up = "../" * (where.count("/") + 1)
    replace_by_link(store / where, f"{up}outside/{where}")
    assert (store / where).resolve() == outside / where
    assert "SECRET" not in everything_in(store)


def test_a_trash_that_leads_out_is_not_followed(tmp_path: Path) -> None:
    store, outside = two_stores(tmp_path)
    (store / ".trash").symlink_to(outside)
    assert "SECRET" not in everything_in(store)
    assert problems_of(store) == [Problem(".trash", None, LEADS_OUT)]
    (store / ".trash").unlink()
    (store / ".trash").mkdir()
    (store / ".trash/9").symlink_to(outside / EXPERIMENT)
    assert "SECRET" not in everything_in(store)
    assert problems_of(store) == [Problem(".trash/9", None, LEADS_OUT)]
    check_good_run(store, "2")


def test_a_neighbour_whose_name_starts_like_the_store_is_outside(tmp_path: Path) -> None:
    store, outside = two_stores(tmp_path)
    outside.rename(tmp_path / "store-2")
    replace_by_link(store / RUN / "params", tmp_path / "store-2" / RUN / "params")
    assert "SECRET" not in everything_in(store)


def digests_of(root: Path) -> dict[str, str]:
    """What stands for everything of each run but the times of its artifacts."""
    return {where: run.digest for where, run in read_all(root).items()}


@pytest.mark.parametrize("where", [where for where in EVERYWHERE if where != RUN])
def test_a_link_within_the_store_is_followed(tmp_path: Path, where: str) -> None:
    store, _ = two_stores(tmp_path)
    before = digests_of(store), experiments_of(store)
    target = store / "models" / "kept"  # a place that is no experiment
    target.parent.mkdir()
    (store / where).rename(target)
    (store / where).symlink_to(target)
    assert (digests_of(store), experiments_of(store)) == before
    assert problems_of(store) == []


def test_a_store_that_is_a_link_itself_is_read(tmp_path: Path) -> None:
    store, _ = two_stores(tmp_path)
    (tmp_path / "link").symlink_to(store)
    check_good_run(tmp_path / "link", "2")
    assert problems_of(tmp_path / "link") == []


def test_a_second_name_for_a_run_shows_it_twice(tmp_path: Path) -> None:
    good_store(tmp_path)
    (tmp_path / EXPERIMENT / "again").symlink_to(GOOD)
    runs = read_all(tmp_path)
    assert runs[f"{EXPERIMENT}/again"].params == runs[f"{EXPERIMENT}/{GOOD}"].params
    reason = f"says it is run {GOOD}; the folder's name is used"
    assert problems_of(tmp_path) == [Problem(f"{EXPERIMENT}/again/meta.yaml", None, reason)]


@pytest.mark.parametrize("where", EVERYWHERE)
def test_a_link_to_nothing_is_told_of(tmp_path: Path, where: str) -> None:
    store, _ = two_stores(tmp_path)
    replace_by_link(store / where, store / "nothing here")
    assert_told(store, where, DANGLES)
    check_good_run(store, "2")


def link_in_circles(store: Path) -> None:
    """Links to themselves, to what is above them and to each other."""
    targets = {
        "loop": "loop",
        "up": ".",
        ".trash/up": "..",
        ".trash/all": "../1",
        f"{EXPERIMENT}/self": "self",
        f"{EXPERIMENT}/up": f"../{EXPERIMENT}",
        f"{EXPERIMENT}/tags/up": ".",
        f"{RUN}/metrics/up": "..",
        f"{RUN}/metrics/self": "self",
        f"{MUTUAL}/metrics/a": "../params",
        f"{MUTUAL}/params/b": "../metrics",
        f"{RUN}/artifacts/up": f"../../{BAD}",
        f"{RUN}/artifacts/here": ".",
        f"{MUTUAL}/artifacts/a1": "../tags",
        f"{MUTUAL}/artifacts/a2": "../tags",
        f"{MUTUAL}/tags/b1": "../artifacts",
        f"{MUTUAL}/tags/b2": "../artifacts",
        f"{RUN}/inputs/up": "..",
        f"{EXPERIMENT}/models/up": "..",
    }
    add_run(store, "mutual", {"metrics/m": SAFE_POINT, "params/p": "1"})
    for place, target in targets.items():
        (store / place).parent.mkdir(exist_ok=True)
        (store / place).symlink_to(target)


def test_links_in_circles_come_to_an_end(tmp_path: Path) -> None:
    store, _ = two_stores(tmp_path)
    link_in_circles(store)
    read_in_time(store)
    told = {problem.path: problem.reason for problem in problems_of(store)}
    above = "a link to a folder above itself; not followed"
    assert told["loop"] == told[f"{EXPERIMENT}/self"] == told[f"{RUN}/metrics/self"] == DANGLES
    assert told["up"] == told[".trash/up"] == LEADS_OUT
    assert told[f"{EXPERIMENT}/up"] == told[f"{RUN}/metrics/up"] == above
    assert told[f"{RUN}/artifacts/up"] == told[f"{RUN}/artifacts/here"] == above
    assert "over 200 links in one folder; not followed" in told.values()
    check_good_run(store, "2")


def test_a_store_of_circles_alone_is_told_to_be_none(tmp_path: Path) -> None:
    (tmp_path / ".trash").symlink_to(".")
    (tmp_path / "loop").symlink_to("loop")
    write(tmp_path, {"zzz/notes.txt": "x"})
    with pytest.raises(Exception, match="is not an MLflow store"):
        MlrunsStore(tmp_path)


def test_a_trash_that_is_the_store_itself_hides_nothing(tmp_path: Path) -> None:
    good_store(tmp_path)
    (tmp_path / ".trash").symlink_to(".")
    (tmp_path / "loop").symlink_to("loop")
    check_good_run(tmp_path)


def test_a_chain_of_a_thousand_links_is_not_followed(tmp_path: Path) -> None:
    good_store(tmp_path)
    folder = add_run(tmp_path, BAD, {"params/end": "x"}) / "params"
    for number in range(1500):
        (folder.parent / f"l{number}").symlink_to(f"l{number + 1}")
    (folder.parent / "l1500").write_text("the end")
    (folder / "chain").symlink_to("../l0")
    run = read_bad(tmp_path)
    assert run.params == {"end": "x"}
    assert [problem.path for problem in run.problems] == [f"{RUN}/params/chain"]


def test_more_links_than_anyone_needs_are_told_of(tmp_path: Path) -> None:
    good_store(tmp_path)
    folder = add_run(tmp_path, BAD, {"params/p": "x"}) / "params"
    for number in range(250):
        (folder / f"q{number:03}").symlink_to("p")
    run = read_bad(tmp_path)
    assert len(run.params) == 201
    assert len(run.problems) == 50
    assert run.problems[0].reason == "over 200 links in one folder; not followed"


def test_the_name_of_a_run_does_not_come_from_outside(tmp_path: Path) -> None:
    good_store(tmp_path)
    write(tmp_path.parent, {"elsewhere/mlflow.runName": "SECRET"})
    folder = add_run(tmp_path, BAD, changes={"run_name": ""})
    (folder / "tags").symlink_to(tmp_path.parent / "elsewhere")
    store = MlrunsStore(tmp_path)
    (experiment,) = store.experiments()
    assert [outline.name for outline in store.outlines(experiment)[0]] == ["name of 900d", ""]
    assert (read_bad(tmp_path).name, read_bad(tmp_path).tags) == ("", {})
