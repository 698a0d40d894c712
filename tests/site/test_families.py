"""Runs in the table of their experiment: children below parents, one colour on every page."""

import re
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.markup import Elements, rows_of
from tests.sites import add_experiment, add_run, build, page, run_id

PAGE = "experiments/beans/index.html"


def add_child(store: Path, number: int, parent: int) -> Path:
    files = {"tags/mlflow.parentRunId": run_id(parent)}
    return add_run(store, number, files)


def names_in(site: Path, path: str = PAGE) -> list[tuple[str, bool]]:
    """The runs of a table in their order, and whether each stands below its parent."""
    return [(name, depth > 0) for name, depth in depths_in(site, path)]


def depths_in(site: Path, path: str = PAGE) -> list[tuple[str, int]]:
    """The runs of a table in their order, and how far each is set in."""
    body = page(site, path).partition("</thead>")[2].partition("</table>")[0]
    rows = re.findall(r"<tr(?: class=\"(child)(?: d(\d))?\")?>.*?<a [^>]*>([^<]*)</a>", body)
    return [(name, int(deep or bool(child))) for child, deep, name in rows]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    add_experiment(tmp_path / "mlruns", "1", "beans")
    add_experiment(tmp_path / "mlruns", "2", "grinders")
    return tmp_path / "mlruns"


@pytest.fixture
def site(store: Path) -> Path:
    return store.parent / "site"


def test_children_of_children_are_set_in_further(store: Path, site: Path) -> None:
    add_run(store, 1)
    for number in range(2, 8):
        add_child(store, number, number - 1)
    build(store, site)
    assert depths_in(site) == [(f"run {place + 1}", min(place, 4)) for place in range(7)]


def test_children_stand_below_their_parent(store: Path, site: Path) -> None:
    add_child(store, 1, 3)  # it started before its parent
    add_run(store, 2)
    add_run(store, 3)
    add_child(store, 4, 3)
    add_child(store, 5, 4)
    build(store, site)
    assert names_in(site) == [
        ("run 3", False),
        ("run 4", True),
        ("run 5", True),
        ("run 1", True),
        ("run 2", False),
    ]
    text = page(site, PAGE)
    assert "2 child runs" in text
    assert 'title="run 4\nchild of run 3"' in text


def test_circle_of_parents_loses_no_run(store: Path, site: Path) -> None:
    for number, parent in ((1, 2), (2, 3), (3, 1), (4, 4)):
        add_child(store, number, parent)
    build(store, site)
    assert sorted(names_in(site)) == [
        *(("run 1", True), ("run 2", True), ("run 3", False), ("run 4", False)),
    ]
    for number, parent in ((1, 2), (2, 3), (3, 1)):
        own = page(site, f"runs/{run_id(number)}/index.html")
        assert f'child of <a href="../../runs/{run_id(parent)}/index.html">' in own


def test_parent_of_another_experiment_is_linked_and_not_in_the_table(
    store: Path, site: Path
) -> None:
    add_run(store, 1, experiment="2")
    add_child(store, 2, 1)
    build(store, site)
    assert names_in(site) == [("run 2", False)]
    child = page(site, f"runs/{run_id(2)}/index.html")
    assert f'child of <a href="../../runs/{run_id(1)}/index.html">run 1</a>' in child
    parent = page(site, f"runs/{run_id(1)}/index.html")
    assert f'<a href="../../runs/{run_id(2)}/index.html">run 2</a>' in parent


def test_parent_that_is_gone_is_not_linked(store: Path, site: Path) -> None:
    add_child(store, 2, 1)
    build(store, site)
    assert names_in(site) == [("run 2", False)]
    assert "child of" not in page(site, f"runs/{run_id(2)}/index.html")


def test_family_is_kept_together_over_pages(store: Path, site: Path) -> None:
    for number in range(502):
        add_run(store, number)
    add_child(store, 600, 0)
    build(store, site)
    first, second = names_in(site), names_in(site, "experiments/beans/page-2/index.html")
    assert (len(first), len(second)) == (500, 3)
    assert second == [("run 1", False), ("run 0", False), ("run 600", True)]


def colours_of(text: str) -> dict[str, str]:
    """The colour of each run that a page links to: from its name to r1 … r7."""
    found: dict[str, str] = {}
    for (tag, dot), (_, link) in pairwise(Elements(text).found):
        colour = re.fullmatch("dot (r[1-7])", dot.get("class", ""))
        run = re.search("runs/([0-9a-f]{32})/", link.get("href", ""))
        if tag == "span" and colour and run:
            assert found.setdefault(run[1], colour[1]) == colour[1]
    return found


def test_run_has_one_colour_on_every_page(store: Path, site: Path) -> None:
    for number in range(9):
        start = 1600000000000 + number * 60_000
        points = "".join(f"{start + step} 0.{step}{number} {step}\n" for step in range(1, 5))
        parent = {"tags/mlflow.parentRunId": run_id(8)} if number == 3 else {}
        status = 4 if number == 5 else 3
        add_run(store, number, {"metrics/val_loss": points, **parent}, status=status)
    build(store, site)
    expected = {run_id(number): f"r{number % 7 + 1}" for number in range(9)}  # oldest first
    assert colours_of(page(site, PAGE)) == expected
    for path in ("index.html", "failed/index.html", f"runs/{run_id(8)}/index.html"):
        found = colours_of(page(site, path))
        assert found.items() <= expected.items()
        assert found
    for number in range(9):
        own = page(site, f"runs/{run_id(number)}/index.html")
        facts = own.partition('<p class="facts">')[2]
        assert facts.startswith(f'<span><span class="dot r{number % 7 + 1}"')


def test_newer_run_changes_no_older_ones_colour(store: Path, site: Path) -> None:
    for number in range(3):
        add_run(store, number)
    build(store, site)
    before = colours_of(page(site, PAGE))
    add_run(store, 8)
    build(store, site)
    after = colours_of(page(site, PAGE))
    assert before.items() < after.items()


def test_run_is_painted_in_the_colour_of_its_dot(store: Path, site: Path) -> None:
    """In a picture of few runs, each line has the colour that the table gives its run."""
    for number in range(4):
        start = 1600000000000 + number * 60_000
        points = "".join(f"{start + step} 0.{step}{number} {step}\n" for step in range(1, 5))
        add_run(store, number, {"metrics/val_loss": points})
    build(store, site)
    colours = colours_of(page(site, PAGE))
    picture = (site / "experiments/beans/overview-1.svg").read_bytes()
    strokes = [
        element.get("class", "")
        for element in ElementTree.fromstring(picture).iter()  # noqa: S314 (our own file)
        if element.tag.endswith("}path")
    ]
    drawn = {stroke.removeprefix("stroke-c") for stroke in strokes if "stroke-c" in stroke}
    assert drawn - {"ontext"} == {colour.removeprefix("r") for colour in colours.values()}


def test_runs_without_children_say_nothing_of_them(store: Path, site: Path) -> None:
    add_run(store, 1)
    build(store, site)
    assert "child run" not in page(site, PAGE).partition("<tbody>")[2]
    assert [row[0] for row in rows_of(page(site, PAGE))[2:]] == ["run 1 00000000"]
