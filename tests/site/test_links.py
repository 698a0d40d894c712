"""Names of folders and files in a site: safe on every system, in every address, and stable."""

import re
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.digest import digest_of
from reportgen.site.check import links_in, resolve
from reportgen.site.links import artifact_name, copy_names, distinct, page_name, slug_of

RUN = "1168354c233f3d5a69185c0b3a04bea6"
UNSAFE = set('<>:"\\|?*') | {chr(code) for code in (*range(32), 127)}


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Coffee", "coffee"),
        ("Iris / réseau, v2", "iris-reseau-v2"),
        ("  --a__b--  ", "a-b"),
        ("../../etc", "etc"),
        ("x" * 100, "x" * 60),
        ("x" * 59 + " y", "x" * 59),
    ],
)
def test_slug_is_the_name_in_plain_letters(name: str, slug: str) -> None:
    assert slug_of(name) == slug


@pytest.mark.parametrize("name", ["実験", "", "...", "con", "COM1", "😀"])
def test_slug_of_a_name_without_plain_letters_is_a_digest(name: str) -> None:
    assert slug_of(name) == f"e-{digest_of(name)[:8]}"


@given(st.text())
@settings(derandomize=True)
def test_slug_is_safe_whatever_the_name(name: str) -> None:
    assert re.fullmatch(r"[a-z0-9](-?[a-z0-9]+)*", slug_of(name))
    assert len(slug_of(name)) <= 60


@pytest.mark.parametrize("run_id", [RUN, "a", "A-b_c", "0"])
def test_page_of_a_run_is_its_id(run_id: str) -> None:
    assert page_name(run_id) == run_id


@pytest.mark.parametrize(
    "run_id", ["", ".", "..", "-x", "a b", "a/b", "a%2fb", "nul", "ü", "x" * 129]
)
def test_odd_id_is_made_safe_and_keeps_a_digest(run_id: str) -> None:
    assert re.fullmatch(rf"[a-z0-9-]+-{digest_of(run_id)[:8]}", page_name(run_id))


def test_first_of_equal_names_stays() -> None:
    names = distinct([("iris", "one"), ("Iris", "two"), ("iris", "three"), ("wine", "four")])
    assert names == [
        "iris",
        f"Iris-{digest_of('two')[:6]}",
        f"iris-{digest_of('three')[:6]}",
        "wine",
    ]


def test_suffix_goes_before_the_ending_of_a_file() -> None:
    names = distinct([("a.d/x.csv", "1"), ("a.d/X.csv", "2"), ("a.d/m", "3"), ("a.d/M", "4")])
    assert names[1] == f"a.d/X-{digest_of('2')[:6]}.csv"
    assert names[3] == f"a.d/M-{digest_of('4')[:6]}"


def test_suffix_grows_until_a_name_is_free() -> None:
    taken = f"iris-{digest_of('two')[:6]}"
    names = distinct([("iris", "one"), (taken, "three"), ("iris", "two")])
    assert names == ["iris", taken, f"iris-{digest_of('two')[:8]}"]


@given(st.lists(st.sampled_from(["a", "A", "a.txt", "A.TXT", "b/a.txt", "a-1"]), max_size=12))
@settings(derandomize=True)
def test_distinct_names_differ_in_more_than_case(names: list[str]) -> None:
    found = distinct((name, str(number)) for number, name in enumerate(names))
    assert len({name.lower() for name in found}) == len(names)


@pytest.mark.parametrize(
    "path", ["model.pkl", "plots/fit.png", "a b/c#d.csv", "näïve-実験.txt", "-rf.txt", "100%.json"]
)
def test_artifact_keeps_its_name(path: str) -> None:
    assert artifact_name(path) == path


@pytest.mark.parametrize(
    "path",
    [
        "report.html",
        "a/plot.SVG",
        "x.xhtml",
        "feed.rss",
        "page.php",
        "x.mht",
        "MLmodel",
        "a.b/file",
    ],
)
def test_artifact_that_would_run_or_has_no_ending_is_shown_as_text(path: str) -> None:
    assert artifact_name(path) == f"{path}.txt"


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("aux.csv", rf"e-\w{{8}}-{digest_of('aux.csv')[:8]}\.csv"),
        ("a:b.txt", rf"a-b-{digest_of('a:b.txt')[:8]}\.txt"),
        (".htaccess", rf"htaccess-{digest_of('.htaccess')[:8]}\.txt"),
        (".git/config", rf"git-{digest_of('.git')[:8]}/config\.txt"),
        ("x.html.", rf"x-html-{digest_of('x.html.')[:8]}\.txt"),
        ("y" * 250 + ".csv", rf"y{{60}}-{digest_of('y' * 250 + '.csv')[:8]}\.csv"),
    ],
)
def test_odd_artifact_is_made_safe_and_keeps_its_ending(path: str, name: str) -> None:
    assert re.fullmatch(name, artifact_name(path))


@given(st.text(st.characters(exclude_characters="\0/", exclude_categories=["Cs"]), min_size=1))
@settings(derandomize=True)
def test_artifact_name_is_safe_whatever_the_file(part: str) -> None:
    name = artifact_name(part)
    assert not set(name) & UNSAFE
    assert not name.startswith(".")
    assert not name.endswith((".", " "))
    assert "/" not in name
    assert len(name.encode()) <= 204


def test_names_of_many_artifacts_are_not_kept() -> None:
    paths = tuple(f"plots/{number}.png" for number in range(101))
    held = sys.getrefcount(paths)
    assert copy_names(paths) == paths
    assert sys.getrefcount(paths) == held


@pytest.mark.parametrize(
    ("page", "link", "target"),
    [
        ("index.html", "runs/a/index.html", "runs/a/index.html"),
        ("runs/a/index.html", "../../index.html#top", "index.html"),
        ("runs/a/index.html", "artifacts/a%20b%23.txt?x=1", "runs/a/artifacts/a b#.txt"),
        ("runs/a/index.html", "../../../x", "../x"),
        ("index.html", "#content", None),
        ("index.html", "https://example.org/x", None),
        ("index.html", "//example.org/x", None),
        ("index.html", "mailto:a@example.org", None),
    ],
)
def test_link_is_resolved_as_a_browser_does(page: str, link: str, target: str | None) -> None:
    assert resolve(page, link) == target


def test_links_are_found_with_their_lines() -> None:
    lines = (
        '<a href="a.html">x</a>',
        '<img src="b.png"><a>none</a>',
        '<a href="">y</a><a href="c?d&amp;e">',
    )
    assert list(links_in("\n".join(lines))) == [(1, "a.html"), (2, "b.png"), (3, "c?d&e")]
