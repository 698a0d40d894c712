"""Hostile strings are shown as text, hostile files are copied as data, links lead nowhere else."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from struct import unpack
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest

from reportgen.site.check import resolve, site_findings
from tests.markup import Elements, artifacts_of
from tests.site.hostile import ACTIVE, LOSS, ODD_NAMES, hostile_store
from tests.site.hostile_artifacts import SHOWN
from tests.site.hostile_texts import CONFIDED, KEY, MARKUP, VALUE
from tests.sites import build, reportgen, run_id, tree_of

# What our own templates, the Markdown of notes and the viewers may put on a page. Five more have
# rules of their own below: script, style, input, iframe and img.
TAGS = """
    a audio b blockquote body br button caption code dd del desc details div dl dt em figcaption
    figure footer h1 h2 h3 h4 h5 h6 head header hr html i ins kbd label li link main meta nav ol p
    pre q s section small span strong summary table tbody td th thead time title tr ul video
    circle g path rect svg symbol text tspan use
"""
RULED = {"script", "style", "input", "iframe", "img"}
SWITCH = {
    "type": "checkbox",
    "id": "scheme",
    "aria-label": "Switch between light and dark",
}
# Of the page's own parts, and of curves: `m0-t` is the title of the first metric's.
IDS = re.compile(r"content|scheme|i-[a-z]+|[mst]\d+-[td]")
ANCHORS = """
    artifacts associations attention children compare compare-about compare-head compare-start
    curves datasets experiments explore explore-plots figures files find findings groups heldout
    images killed logged-models looks metrics models newest origin overviews parameters problems
    reproduce runs system tags texts
"""
DATA_IMAGE = re.compile(r"data:image/(svg\+xml[,;]|png;base64,|jpeg;base64,)[^\"'<>\n]*")
EXPERIMENT = "experiments/title-style-textarea-script-script-window-hit-1-script-img-s"
ARTIFACTS = f"runs/{run_id(1)}/artifacts"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds the hostile store, secrets beside it, and in `out/site` its site."""
    folder = tmp_path_factory.mktemp("hostile")
    store = hostile_store(folder / "mlruns")
    before = tree_of(folder)
    report = build(store, folder / "out" / "site", title=f"Title {VALUE}")
    assert report.failures == ()
    after = {path: data for path, data in tree_of(folder).items() if not path.startswith("out/")}
    assert before == after  # nothing outside the output folder is written
    return folder


@pytest.fixture(scope="module")
def site(world: Path) -> Path:
    return world / "out" / "site"


def pages(site: Path) -> Iterator[tuple[str, str]]:
    """Our own pages: path and text; neither copied artifacts nor the pages that frame them."""
    for path, data in tree_of(site).items():
        if path.endswith(".html") and not is_frame(path):
            assert "/artifacts/" not in path
            yield path, data.decode()


def is_frame(path: str) -> bool:
    return re.match("runs/[^/]+/frames/", path) is not None


def elements(site: Path, tag: str) -> list[tuple[str, dict[str, str]]]:
    """The elements of one kind on all our pages: the path of the page, and the attributes."""
    return [
        (path, attributes)
        for path, text in pages(site)
        for found, attributes in Elements(text).found
        if found == tag
    ]


def test_pages_hold_harmless_elements_only(site: Path) -> None:
    found = {(path, tag) for path, text in pages(site) for tag, _ in Elements(text).found}
    assert {(path, tag) for path, tag in found if tag not in {*TAGS.split(), *RULED}} == set()
    assert {tag for _, tag in found} >= RULED


def test_scripts_of_a_page_are_files_of_the_theme(site: Path) -> None:
    found = [one for one in elements(site, "script") if one[0] != "404.html"]
    assert {path for path, _ in found} == {path for path, _ in pages(site) if path != "404.html"}
    for path, attributes in found:
        assert attributes.keys() <= {"src", "defer"}
        root = "../" * path.count("/")
        assert attributes["src"].startswith(f"{root}assets/")
        assert (site / attributes["src"].removeprefix(root)).is_file()
    assert len(found) > 12


def test_only_control_of_a_page_is_the_switch_of_the_theme(site: Path) -> None:
    expected = [(path, SWITCH) for path, _ in pages(site) if path != "404.html"]
    assert elements(site, "input") == expected


def test_policy_of_every_page_is_strict(site: Path) -> None:
    policies = {
        attributes["content"]
        for path, attributes in elements(site, "meta")
        if attributes.get("http-equiv") == "Content-Security-Policy" and path != "404.html"
    }
    assert policies == {
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "media-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'none'"
    }
    kinds = {attributes.get("http-equiv") for _, attributes in elements(site, "meta")}
    assert kinds == {None, "Content-Security-Policy"}


def test_frames_of_a_page_are_sandboxed_and_of_the_site(site: Path) -> None:
    found = elements(site, "iframe")
    assert {attributes["sandbox"] for _, attributes in found} == {""}  # nothing is allowed
    assert {*found[0][1]} <= {"sandbox", "loading", "src", "title", "width", "height"}
    targets = {f"{path.rpartition('/')[0]}/{unquote(a['src'])}" for path, a in found}
    assert all(map(is_frame, targets))
    assert targets == {
        f"runs/{run_id(1)}/frames/active/page.xhtml.html",  # as HTML, it has no script
        f"runs/{run_id(1)}/frames/odd/%2e%2e%2f%2e%2e%2findex.html.html",
        f"runs/{run_id(5)}/frames/html/plain.htm.html",
        SVG_FRAME_PATH,
    }


def test_images_of_a_page_are_of_the_site_or_held_by_it(site: Path) -> None:
    found = [(path, a["src"]) for path, a in elements(site, "img") if "src" in a]
    held = {src for _, src in found if src.startswith("data:")}
    assert [src for src in held if not DATA_IMAGE.fullmatch(src)] == []
    assert {src.partition(",")[0] for src in held} == {
        "data:image/svg+xml",
        "data:image/png;base64",
    }
    files = {resolve(path, src) for path, src in found if src not in held}
    assert files <= tree_of(site).keys()
    assert len(files) > 5


def test_no_id_of_a_page_comes_from_the_store(site: Path) -> None:
    ids = {
        attributes["id"]
        for _, text in pages(site)
        for _, attributes in Elements(text).found
        if "id" in attributes
    }
    assert {one for one in ids if not IDS.fullmatch(one)} <= {*ANCHORS.split()}
    for path, text in pages(site):
        given = [a["id"] for _, a in Elements(text).found if "id" in a]
        assert len(given) == len({*given}), path


HTML_FRAME = [
    ("html", {"lang": "en"}),
    ("head", {}),
    ("meta", {"charset": "utf-8"}),
    (
        "meta",
        {
            "http-equiv": "Content-Security-Policy",
            "content": "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval' data: blob:; "
            "style-src 'unsafe-inline' data:; img-src data: blob:; font-src data:; "
            "media-src data: blob:; connect-src data: blob:; worker-src blob:; "
            "frame-src 'none'; object-src 'none'; form-action 'none'",
        },
    ),
    ("meta", {"name": "referrer", "content": "no-referrer"}),
    ("meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}),
    ("meta", {"name": "robots", "content": "noindex"}),
    ("title", {}),
    ("style", {}),
    ("body", {}),
]
SVG_FRAME_PATH = f"runs/{run_id(5)}/frames/svg/large.svg.html"
SVG_FRAME = [
    ("html", {"lang": "en"}),
    ("head", {}),
    ("meta", {"charset": "utf-8"}),
    (
        "meta",
        {
            "http-equiv": "Content-Security-Policy",
            "content": "default-src 'none'; img-src data:; style-src 'unsafe-inline'",
        },
    ),
    ("meta", {"name": "robots", "content": "noindex"}),
    ("title", {}),
    ("style", {}),
    ("body", {}),
]


def test_frame_pages_hold_one_sandboxed_frame_and_nothing_else(site: Path) -> None:
    files = {path: data for path, data in tree_of(site).items() if is_frame(path) and data}
    assert files.pop(SVG_FRAME_PATH)
    assert len(files) == 9
    for path, data in files.items():
        *around, (tag, frame) = Elements(data.decode()).found
        assert around == HTML_FRAME
        assert (tag, {*frame}) == ("iframe", {"sandbox", "title", "srcdoc"})
        assert frame["sandbox"] == "allow-scripts"  # without allow-same-origin: no origin at all
        copy = site / f"{path.replace('/frames/', '/artifacts/').removesuffix('.html')}.txt"
        base = '<base href="about:srcdoc">'  # the first one counts
        assert frame["srcdoc"] == base + copy.read_text("utf-8")


def test_frame_page_of_a_large_image_holds_one_image_and_nothing_else(site: Path) -> None:
    text = (site / SVG_FRAME_PATH).read_text("utf-8")
    *around, (tag, image) = Elements(text).found
    assert around == SVG_FRAME
    assert (tag, image["alt"], {*image}) == ("img", "large.svg", {"src", "alt"})
    assert DATA_IMAGE.fullmatch(image["src"])


def test_pages_hold_no_handlers_or_styles(site: Path) -> None:
    wrong = [
        (path, tag, name)
        for path, text in pages(site)
        for tag, attributes in Elements(text).found
        for name in attributes
        if name.startswith("on")
        or name in {"style", "srcdoc", "autofocus", "autoplay", "formaction", "ping", "target"}
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
        if tag != "meta" and not (tag == "img" and DATA_IMAGE.fullmatch(attributes[name]))
    }
    assert other == {("a", "https://example.org/?a=1&b=2")}


def test_only_our_own_pages_carry_a_style_element(site: Path) -> None:
    styled = [path for path, text in pages(site) if "style" in dict(Elements(text).found)]
    assert styled == ["404.html"]


def test_names_are_shown_as_they_are(site: Path) -> None:
    text = unescape((site / f"runs/{run_id(1)}/index.html").read_text("utf-8"))
    assert text.count(VALUE) >= 6  # title, name, user, source, parameters, tags, datasets


SHOW_THE_TEXT = (
    *("text/run.log", "text/train.py", "text/fit.R", "text/run.sh", "text/page.css"),
    *("text/page.js", f"text/{KEY}.txt", "book/cells.ipynb", "data/table.json", "data/tree.json"),
    *("data/torn.json", "data/tree.yaml", "data/sheet.csv", f"data/{KEY}.csv", "data/lines.jsonl"),
)


def test_contents_of_artifacts_are_shown_as_they_are(site: Path) -> None:
    found = artifacts_of((site / f"runs/{run_id(5)}/index.html").read_text("utf-8"))
    images = {path for path in SHOWN if path.endswith((".png", f"{KEY}.svg"))}
    assert {*SHOWN} - images == {*found} - {""}
    marks = re.compile(r'<span class="[a-z]+">|</span>')  # of the code viewer
    plain = {path: unescape(marks.sub("", shown)) for path, (_, shown) in found.items()}
    assert [path for path in SHOW_THE_TEXT if VALUE[:100] not in plain[path]] == []


def test_metric_names_are_shown_as_they_are(site: Path) -> None:
    run = unescape((site / f"runs/{run_id(5)}/index.html").read_text("utf-8"))
    assert f'role="img" aria-label="{LOSS}: ' in run
    assert f"<figcaption><b>{LOSS}</b>" in run
    experiment = unescape((site / EXPERIMENT / "index.html").read_text("utf-8"))
    assert f"<dt>Best {LOSS}</dt>" in experiment
    assert f'alt="{LOSS} over its steps in 4 runs' in experiment
    assert f"best {LOSS}, $\\frac{{$ {KEY} 8" in unescape((site / "index.html").read_text("utf-8"))


def test_cause_of_a_failure_is_shown_as_it_is(site: Path) -> None:
    cause = f"ValueError: {MARKUP}"[:200]
    for path in ("index.html", f"{EXPERIMENT}/index.html", f"runs/{run_id(6)}/index.html"):
        assert cause in unescape((site / path).read_text("utf-8"))


def test_painted_pictures_hold_shapes_and_texts_only(site: Path) -> None:
    paths = sorted((site / EXPERIMENT).glob("*.svg"))
    assert [path.name for path in paths] == [f"overview-{number}.svg" for number in (1, 2, 3, 4)]
    for path in paths:
        root = ElementTree.fromstring(path.read_bytes())  # noqa: S314 (what is tested)
        tags = {element.tag for element in root.iter()}
        svg = "{http://www.w3.org/2000/svg}"
        assert tags == {f"{svg}{tag}" for tag in ("svg", "title", "style", "path", "text")}
        names = {name for element in root.iter() for name in element.attrib}
        assert [n for n in names if "href" in n or n.startswith("on") or n == "style"] == []
        assert KEY in (root.findtext(f"{svg}title") or "") or path.name == "overview-2.svg"
        (style,) = root.iter(f"{svg}style")
        assert re.fullmatch(r"[a-z0-9#{}:;.@() -]+", style.text or "")


def test_cards_are_pictures_of_one_size(site: Path) -> None:
    cards = sorted(site.rglob("card.png"))
    assert len(cards) == 3
    for card in cards:
        body = card.read_bytes()
        assert body.startswith(b"\x89PNG\r\n\x1a\n")
        assert unpack(">II", body[16:24]) == (1200, 630)


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
    assert [line.rpartition(": ")[2].split(" ")[0] for line in summary[:2]] == ["7", "7"]


def test_names_that_the_terminal_cannot_spell_do_not_stop_a_build(
    world: Path, tmp_path: Path
) -> None:
    result = reportgen(
        ["build", world / "mlruns", "-o", "site"], tmp_path, PYTHONIOENCODING="ascii"
    )
    assert (result.returncode, result.stderr) == (0, "")
