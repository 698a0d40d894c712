"""Addresses that a site has given out go on leading somewhere, however the store changes."""

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.errors import SiteError
from reportgen.site.check import site_findings
from reportgen.site.othersite import FolderSite
from reportgen.site.previous import LINKS_PATH, Previous, read_previous
from reportgen.site.project import Report, build_site
from tests.markup import links_of
from tests.site.edits import EDITS, small_store
from tests.site.hostile_texts import MARKUP
from tests.sites import (
    add_experiment,
    add_run,
    difference,
    options_for,
    page,
    reportgen,
    run_id,
    times_of,
    tree_of,
)
from tests.trees import write

RUN = f"runs/{run_id(1)}/index.html"


def build_after(store: Path, output: Path, before: Path | None, **changes: Any) -> Report:
    """Build a site that comes after another one."""
    previous = read_previous(FolderSite(before)) if before else None
    return build_site(options_for(store, output, **changes), None, previous)


def links(site: Path) -> dict[str, Any]:
    """What a site tells of its permanent links."""
    found: dict[str, Any] = json.loads((site / LINKS_PATH).read_text("utf-8"))
    return found


def rename(store: Path, experiment: str, name: str) -> None:
    record = store / experiment / "meta.yaml"
    lines = record.read_text("utf-8").splitlines()
    lines = [f"name: {json.dumps(name)}" if one.startswith("name:") else one for one in lines]
    record.write_text("\n".join(lines) + "\n", "utf-8")


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a store of two experiments with two runs each, and the site of it, `first`."""
    folder = tmp_path_factory.mktemp("published")
    store = folder / "mlruns"
    add_experiment(store, "1", "Beans")
    add_experiment(store, "2", "grinders")
    for number in (1, 2, 3, 4):
        files = {"artifacts/notes.txt": "a note"}
        add_run(store, number, files, experiment=str((number + 1) // 2))
    build_after(store, folder / "first", None)
    return folder


@pytest.fixture
def store(published: Path, tmp_path: Path) -> Path:
    """That store, to be changed."""
    return Path(shutil.copytree(published / "mlruns", tmp_path / "mlruns"))


@pytest.fixture
def first(published: Path, tmp_path: Path) -> Path:
    """Its site, as it was published."""
    return Path(shutil.copytree(published / "first", tmp_path / "first"))


def test_site_tells_its_permanent_links(first: Path) -> None:
    found = links(first)
    assert found["version"] == 1
    assert found["runs"][run_id(1)] == ["run 1", "beans", 1600000069000]
    assert found["experiments"] == {"beans": ["1", "Beans"], "grinders": ["2", "grinders"]}
    assert (found["gone"], found["moved"], found["former"]) == ({}, {}, {})


def test_run_that_was_deleted_leaves_a_tombstone_and_nothing_else(
    store: Path, first: Path, tmp_path: Path
) -> None:
    shutil.rmtree(store / "1" / run_id(1))
    shutil.copytree(first, tmp_path / "grown")
    build_after(store, tmp_path / "grown", first)
    site = tmp_path / "grown"
    assert [*tree_of(site / RUN.rpartition("/")[0])] == ["index.html"]
    text = page(site, RUN)
    assert "This run is no longer in the report." in text
    assert '<meta name="robots" content="noindex">' in text
    assert "<h1>run 1</h1>" in text
    assert "2020-09-13 12:27:49" in text  # when it ended
    assert "../../experiments/beans/index.html" in links_of(text)
    assert [*site_findings(site)] == []
    build_after(store, tmp_path / "clean", first)
    assert difference(tree_of(site), tree_of(tmp_path / "clean")) == []


def test_tombstones_last_from_build_to_build_until_the_run_is_back(
    store: Path, first: Path, tmp_path: Path
) -> None:
    shutil.move(store / "1" / run_id(1), tmp_path / "aside")
    site = tmp_path / "site"
    build_after(store, site, first)
    build_after(store, site, site)
    add_run(store, 9)
    build_after(store, site, site)
    assert "no longer in the report" in page(site, RUN)
    assert "no longer" not in page(site, "experiments/beans/index.html")
    shutil.move(tmp_path / "aside", store / "1" / run_id(1))
    build_after(store, site, site)
    assert "no longer" not in page(site, RUN)
    assert links(site)["gone"] == {}


def test_without_a_site_before_nothing_is_left_behind(
    store: Path, first: Path, tmp_path: Path
) -> None:
    shutil.rmtree(store / "1" / run_id(1))
    rename(store, "2", "mills")
    site = tmp_path / "site"
    build_after(store, site, first)
    assert (site / RUN).exists()
    assert (site / "experiments/grinders/index.html").exists()
    build_after(store, site, None)
    assert not (site / RUN).exists()
    assert not (site / "experiments/grinders").exists()


def test_renamed_experiment_leaves_a_way_to_its_newest_name(
    store: Path, first: Path, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    rename(store, "1", "Coffee beans")
    build_after(store, site, first, url="https://example.org/c")
    rename(store, "1", "Arabica")
    shutil.rmtree(store / "1" / run_id(1))
    build_after(store, site, site, url="https://example.org/c")
    for slug in ("beans", "coffee-beans"):
        text = page(site, f"experiments/{slug}/index.html")
        assert '<meta http-equiv="refresh" content="0; url=../../experiments/arabica/index' in text
        assert links_of(text)[-1] == "../../experiments/arabica/index.html"
        assert 'canonical" href="https://example.org/c/experiments/arabica/index.html"' in text
    assert "../../experiments/arabica/index.html" in links_of(page(site, RUN))
    assert links(site)["moved"] == {"beans": "arabica", "coffee-beans": "arabica"}
    badges = [(site / f"badge/{slug}.svg").read_bytes() for slug in ("beans", "arabica")]
    assert badges[0] == badges[1]  # a README goes on showing it
    assert links(site)["former"] == {"beans": "Beans", "coffee-beans": "Coffee beans"}
    rename(store, "1", "Beans")
    build_after(store, site, site)
    assert links(site)["moved"] == {"arabica": "beans", "coffee-beans": "beans"}
    assert "another name" not in page(site, "experiments/beans/index.html")


def test_experiment_that_is_gone_leaves_a_page_until_another_takes_its_address(
    store: Path, first: Path, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    shutil.rmtree(store / "1")
    build_after(store, site, first)
    assert "This experiment is no longer in the report." in page(
        site, "experiments/beans/index.html"
    )
    text = page(site, RUN)
    assert "Beans" in text
    assert "beans/index.html" not in text
    rename(store, "2", "beans")
    build_after(store, site, site)
    assert "no longer" not in page(site, "experiments/beans/index.html")
    assert links(site)["moved"] == {"grinders": "beans"}
    assert "beans/index.html" not in page(site, RUN)  # another experiment, of the same name


def test_experiment_that_was_made_again_under_its_name_keeps_its_links(
    store: Path, first: Path, tmp_path: Path
) -> None:
    shutil.rmtree(store / "1")
    add_experiment(store, "7", "Beans")
    build_after(store, tmp_path / "site", first)
    assert "../../experiments/beans/index.html" in links_of(page(tmp_path / "site", RUN))


def test_equal_ids_of_two_stores_are_no_renaming(store: Path, first: Path, tmp_path: Path) -> None:
    other = tmp_path / "other" / "mlruns"
    add_experiment(other, "1", "tea")
    add_run(other, 21)
    build_after(other, tmp_path / "site", first)
    assert links(tmp_path / "site")["moved"] == {"beans": "", "grinders": ""}
    add_experiment(store, "3", "spare")
    rename(store, "2", "Grinders of old")  # and its page keeps its slug but for the end
    build_after(store, tmp_path / "both", first, stores=(str(store), str(other)))
    assert links(tmp_path / "both")["moved"] == {"grinders": "grinders-of-old"}


def test_names_are_shown_as_they_are(tmp_path: Path) -> None:
    store = tmp_path / "mlruns"
    add_experiment(store, "1", MARKUP)
    add_run(store, 1, run_name=MARKUP)
    build_after(store, tmp_path / "first", None)
    shutil.rmtree(store / "1" / run_id(1))
    add_run(store, 2)
    rename(store, "1", f"renamed {MARKUP}")
    build_after(store, tmp_path / "site", tmp_path / "first")
    found = [*links(tmp_path / "site")["moved"]]
    for path in (RUN, *(f"experiments/{slug}/index.html" for slug in found)):
        assert MARKUP not in page(tmp_path / "site", path)
        assert "&lt;" in page(tmp_path / "site", path)


def test_public_site_redacts_what_a_private_one_called_by_its_name(
    store: Path, tmp_path: Path
) -> None:
    add_run(store, 9, run_name="ask rosalind@franklin-lab.org")
    rename(store, "2", "of rosalind@franklin-lab.org")
    build_after(store, tmp_path / "first", None)
    shutil.rmtree(store / "1" / run_id(9))
    rename(store, "2", "grinders")
    build_after(store, tmp_path / "site", tmp_path / "first", public=True)
    found = tree_of(tmp_path / "site")
    assert f"runs/{run_id(9)}/index.html" in found
    assert [path for path, body in found.items() if b"rosalind@" in body] == []
    assert [path for path in found if "rosalind" in path] == []


def test_nothing_is_done_where_nothing_changed(store: Path, first: Path, tmp_path: Path) -> None:
    shutil.rmtree(store / "1" / run_id(1))
    site = tmp_path / "site"
    build_after(store, site, first)
    before = times_of(site)
    complete = (site / ".reportgen/complete").read_text("utf-8")
    assert build_after(store, site, first).written == ()
    assert (site / ".reportgen/complete").read_text("utf-8") == complete
    assert times_of(site) == before
    assert build_after(store, site, site).written == ()  # the next one has the same to tell
    (site / RUN).unlink()
    assert build_after(store, site, site).written == (RUN,)


@given(
    st.permutations(sorted(EDITS)).map(lambda names: names[:4]),
    st.lists(st.integers(0, 9), min_size=4, max_size=4),
)
@settings(max_examples=3)
def test_incremental_equals_clean_after_the_same_site(names: list[str], numbers: list[int]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder, "mlruns")
        published, grown, clean = (Path(folder, name) for name in ("published", "grown", "clean"))
        small_store(store)
        build_after(store, published, None)
        before = published
        for place, (name, number) in enumerate(zip(names, numbers, strict=True)):
            EDITS[name](store, number)
            build_after(store, grown, before)
            if place % 2:  # what was built is published
                before = Path(folder, f"published-{place}")
                shutil.copytree(grown, before)
        build_after(store, grown, before)
        build_after(store, clean, before)
        assert difference(tree_of(grown), tree_of(clean)) == []
        assert [*site_findings(clean)] == []
        shown = links(clean)
        for page_name in {*links(published)["runs"]}:
            assert (clean / "runs" / page_name / "index.html").is_file()
        for slug in {*links(published)["experiments"]}:
            assert (clean / "experiments" / slug / "index.html").is_file()
        assert {*shown["moved"].values()} <= {"", *shown["experiments"]}


def test_links_are_read_back_as_they_were_written(first: Path) -> None:
    previous = read_previous(FolderSite(first))
    assert previous.runs[run_id(3)].experiment == "grinders"
    assert previous.experiments["beans"].name == "Beans"
    assert previous.digest != ""


def test_site_of_before_is_taken_as_one_without_links(first: Path) -> None:
    (first / LINKS_PATH).unlink()
    assert read_previous(FolderSite(first)) == Previous()


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"[]",
        b"{}",
        b'{"version":2,"runs":{},"experiments":{},"gone":{},"moved":{},"former":{}}',
        b'{"version":1,"runs":{},"experiments":{},"gone":{},"moved":{"../x":""},"former":{}}',
        b'{"version":1,"runs":{},"experiments":{},"gone":{},"moved":{"x":"a/b"},"former":{}}',
        b'{"version":1,"runs":{},"experiments":{},"gone":{},"moved":{"x":[]},"former":{}}',
        b'{"version":1,"runs":{},"experiments":{},"gone":{"a":["t","n",0,1]},"moved":{},"former":{}}',
        b'{"version":1,"runs":{},"experiments":{"x":[1,"n"]},"gone":{},"moved":{},"former":{}}',
        b'{"version":1,"runs":{"a":["t","x",1]},"experiments":{},"gone":{},"moved":{},"former":{}}',
    ],
)
def test_links_that_cannot_be_trusted_are_refused(first: Path, damage: bytes) -> None:
    (first / LINKS_PATH).write_bytes(damage)
    with pytest.raises(SiteError, match="is not of this version"):
        read_previous(FolderSite(first))


def test_command_line_takes_the_site_before(store: Path, first: Path, tmp_path: Path) -> None:
    shutil.rmtree(store / "1" / run_id(1))
    arguments = ["build", "mlruns", "-o", "site", "--jobs", "1", "--previous"]
    assert reportgen([*arguments, "first"], tmp_path).returncode == 0
    assert "no longer in the report" in page(tmp_path / "site", RUN)
    missing = reportgen([*arguments, "nowhere"], tmp_path)
    assert missing.returncode == 0  # as before the first publish
    assert "no site at nowhere yet" in missing.stderr


def test_theme_shows_what_is_gone_in_its_own_way(store: Path, first: Path, tmp_path: Path) -> None:
    shutil.rmtree(store / "1" / run_id(1))
    gone = '{% extends "base.html" %}{% block content %}{{ view.name }} left{% endblock %}'
    write(tmp_path / "theme", {"theme.toml": 'name = "t"\n', "templates/gone.html": gone})
    build_after(store, tmp_path / "site", first, theme=str(tmp_path / "theme"))
    assert "run 1 left" in page(tmp_path / "site", RUN)
