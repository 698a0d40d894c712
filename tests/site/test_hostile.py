"""Hostile strings are shown as text, hostile files are copied as data, links lead nowhere else."""

from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import pytest

from reportgen.site.check import site_findings
from tests.markup import Elements
from tests.site.hostile import ACTIVE, CONFIDED, ODD_NAMES, VALUE, hostile_store
from tests.sites import build, reportgen, run_id, tree_of

# What our own templates and the Markdown of notes may put on a page.
TAGS = """
    a b blockquote body br caption code dd details div dl dt em footer h1 h2 h3 h4 h5 h6 head header
    hr html i img li link main meta nav ol p pre s small span strong style summary table tbody td th
    thead time title tr ul
"""
ARTIFACTS = f"runs/{run_id(1)}/artifacts"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds the hostile store, secrets beside it, and in `out/site` its site."""
    folder = tmp_path_factory.mktemp("hostile")
    store = hostile_store(folder / "mlruns")
    before = tree_of(folder)
    build(store, folder / "out" / "site", title=f"Title {VALUE}")
    after = {path: data for path, data in tree_of(folder).items() if not path.startswith("out/")}
    assert before == after  # nothing outside the output folder is written
    return folder


@pytest.fixture(scope="module")
def site(world: Path) -> Path:
    return world / "out" / "site"


def pages(site: Path) -> Iterator[tuple[str, str]]:
    """Our own pages: path and text; copied artifacts are not ours."""
    for path, data in tree_of(site).items():
        if path.endswith(".html"):
            assert "/artifacts/" not in path
            yield path, data.decode()


def test_pages_hold_harmless_elements_only(site: Path) -> None:
    found = {(path, tag) for path, text in pages(site) for tag, _ in Elements(text).found}
    assert {(path, tag) for path, tag in found if tag not in TAGS.split()} == set()


def test_pages_hold_no_handlers_or_styles(site: Path) -> None:
    wrong = [
        (path, tag, name)
        for path, text in pages(site)
        for tag, attributes in Elements(text).found
        for name in attributes
        if name.startswith("on") or name in {"style", "srcdoc", "autofocus", "formaction", "ping"}
    ]
    assert wrong == []


def test_addresses_are_of_the_site_or_plain_links_of_notes(site: Path) -> None:
    other = {
        (tag, attributes[name])
        for _, text in pages(site)
        for tag, attributes in Elements(text).found
        for name in ("href", "src", "data", "action", "content")
        if ":" in unquote(attributes.get(name, "")).split("/")[0]
        or "//" in attributes.get(name, "")
        if tag != "meta"
    }
    assert other == {("a", "https://example.org/?a=1&b=2")}


def test_only_our_own_pages_carry_a_style_element(site: Path) -> None:
    styled = [path for path, text in pages(site) if "style" in dict(Elements(text).found)]
    assert styled == ["404.html"]


def test_names_are_shown_as_they_are(site: Path) -> None:
    text = unescape((site / f"runs/{run_id(1)}/index.html").read_text("utf-8"))
    assert text.count(VALUE) >= 6  # title, name, user, source, parameters, tags, datasets


def test_every_link_resolves(site: Path) -> None:
    assert list(site_findings(site)) == []


def linked_artifacts(site: Path) -> dict[str, Path]:
    """The odd artifacts that a run's page links to, by what is in them."""
    folder = site / f"runs/{run_id(1)}"
    hrefs = [
        attributes["href"]
        for tag, attributes in Elements((folder / "index.html").read_text("utf-8")).found
        if tag == "a" and attributes.get("href", "").startswith("artifacts/")
    ]
    files = [folder / unquote(href) for href in hrefs]
    return {file.read_text("utf-8"): file for file in files if "/odd/" in file.as_posix()}


def test_odd_artifacts_are_linked_and_whole(site: Path) -> None:
    assert linked_artifacts(site).keys() == {f"odd {name}" for name in ODD_NAMES}


def test_odd_artifacts_stay_in_their_folder(site: Path) -> None:
    home = (site / ARTIFACTS / "odd").resolve()
    assert all(path.resolve().is_relative_to(home) for path in linked_artifacts(site).values())


def test_copied_names_are_safe_for_other_systems(site: Path) -> None:
    names = {part for path in tree_of(site / ARTIFACTS) for part in path.rstrip("/").split("/")}
    assert [name for name in names if set(name) & set('<>:"\\|?*\n\t\r')] == []
    assert [name for name in names if name.endswith((".", " ")) or name.startswith(".")] == []
    assert [name for name in names if len(name.encode()) > 210] == []


def test_active_artifacts_are_copied_as_text(site: Path) -> None:
    copies = tree_of(site / ARTIFACTS / "active")
    harmless = (".txt", ".xyz")  # no system knows the second, so nothing runs it
    assert sorted(copies.values()) == sorted(body.encode() for body in ACTIVE.values())
    assert [name for name in copies if not name.endswith(harmless)] == []


def test_nothing_outside_the_store_is_read(world: Path, site: Path) -> None:
    everything = b"".join(path.read_bytes() for path in site.rglob("*") if path.is_file())
    assert CONFIDED.encode() not in everything
    assert b"root:x:0" not in everything


def test_links_out_of_the_store_are_reported(site: Path) -> None:
    text = (site / "problems/index.html").read_text("utf-8")
    for name in ("params/secret", "tags/secret", "metrics/secret", "artifacts/secret.txt"):
        assert f"1/{run_id(3)}/{name}</th>" in text
    assert text.count("a link that leads out of the store; not followed") >= 8


def test_terminal_gets_no_control_characters(world: Path, tmp_path: Path) -> None:
    result = reportgen(["build", world / "mlruns", "-o", "site", "--verbose"], tmp_path)
    assert result.returncode == 0
    checked = reportgen(["check", world / "mlruns", "-o", "site"], tmp_path)
    assert checked.returncode == 1
    shown = result.stdout + result.stderr + checked.stdout + checked.stderr
    assert [letter for letter in shown if letter != "\n" and not letter.isprintable()] == []
    summary = result.stdout.splitlines()
    assert [line.rpartition(": ")[2].split(" ")[0] for line in summary[:2]] == ["7", "3"]


def test_names_that_the_terminal_cannot_spell_do_not_stop_a_build(
    world: Path, tmp_path: Path
) -> None:
    result = reportgen(
        ["build", world / "mlruns", "-o", "site"], tmp_path, PYTHONIOENCODING="ascii"
    )
    assert (result.returncode, result.stderr) == (0, "")
