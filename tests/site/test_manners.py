"""What a site has for those who link to it, find it or follow it."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from reportgen.cli import main
from reportgen.config import load_options
from reportgen.errors import ConfigError
from reportgen.model import Experiment, Run, Status
from reportgen.readers.memory import MemoryStore
from reportgen.site.catalog import gather
from reportgen.site.context import make_context
from reportgen.site.pages.sitemap import robot_outputs
from tests.markup import Elements
from tests.site.hostile import hostile_store
from tests.site.hostile_texts import VALUE
from tests.sites import (
    add_experiment,
    add_run,
    build,
    difference,
    options_for,
    page,
    reportgen,
    run_id,
    tree_of,
)

URL = "https://example.org/coffee"
ATOM = "{http://www.w3.org/2005/Atom}"
MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
RUN = f"runs/{run_id(1)}/index.html"
EVERY_KIND = (
    "experiments/beans/index.html",
    "experiments/beans/heldout/index.html",
    RUN,
    f"diffs/{run_id(1)}..{run_id(2)}/index.html",
    "compare/index.html",
    "failed/index.html",
    "problems/index.html",
)


def beans(store: Path) -> Path:
    """Two runs of one experiment, of which one failed; and one that says that it is running."""
    add_experiment(store, "0", "Default")
    add_experiment(store, "1", "Beans")
    val = "1600000060000 0.25 0\n"
    add_run(store, 1, {"metrics/val_loss": val, "metrics/test_acc": "1600000061000 0.875 0\n"})
    add_run(store, 2, {"metrics/val_loss": "1600000120000 0.5 0\n"}, status=4)
    add_run(store, 3, status=1, end_time=None)
    return store


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return beans(tmp_path_factory.mktemp("manners") / "mlruns")


@pytest.fixture(scope="module")
def site(store: Path) -> Path:
    """The site of a store that tells where it will stand."""
    build(store, store.parent / "site", url=URL, title="Coffee & more")
    return store.parent / "site"


@pytest.fixture(scope="module")
def unlisted(store: Path) -> Path:
    """The same for a site that search engines are to leave out."""
    build(store, store.parent / "unlisted", url=URL, robots="noindex")
    return store.parent / "unlisted"


def meta(site: Path, path: str) -> dict[str, str]:
    """The names and contents of the `meta` elements of a page, and its canonical link."""
    found = Elements(page(site, path)).found
    named = {
        a.get("name") or a.get("property", ""): a.get("content", "")
        for tag, a in found
        if tag == "meta"
    }
    canonical = [a["href"] for tag, a in found if tag == "link" and a["rel"] == "canonical"]
    return {**named, "canonical": " ".join(canonical)}


def test_every_page_tells_its_own_address_once(site: Path) -> None:
    assert meta(site, "index.html")["canonical"] == f"{URL}/"
    for path in EVERY_KIND:
        assert meta(site, path)["canonical"] == f"{URL}/{path}"
    assert meta(site, "404.html")["canonical"] == ""


def test_pages_of_a_site_that_stands_nowhere_tell_no_address(store: Path, tmp_path: Path) -> None:
    build(store, tmp_path / "site")
    whole = tree_of(tmp_path / "site")
    for path, body in whole.items():
        if path.endswith(".html"):
            assert b'rel="canonical"' not in body
            assert b"og:" not in body
    assert {"sitemap.xml", "feed.xml"} & whole.keys() == set()
    assert whole["robots.txt"] == b"User-agent: *\nDisallow:\n"


@pytest.mark.parametrize(
    ("path", "title", "about", "alt"),
    [
        ("index.html", "Coffee & more", "1 experiment, 3 runs", "1 experiment, 3 runs"),
        (EVERY_KIND[0], "Beans", "3 runs", "3 runs, best val_loss 0.25 of run 1"),
        (RUN, "run 1", "finished run of Beans", "the experiment Beans in brief"),
    ],
)
def test_card_of_a_page_is_complete(
    site: Path, path: str, title: str, about: str, alt: str
) -> None:
    found = meta(site, path)
    image = f"{URL}/card.png" if path == "index.html" else f"{URL}/experiments/beans/card.png"
    assert found["og:title"] == title
    assert found["og:url"] == found["canonical"]
    assert found["og:site_name"] == "Coffee & more"
    assert found["og:description"] == about
    assert found["og:image"] == image
    assert (found["og:image:width"], found["og:image:height"]) == ("1200", "630")
    assert found["og:image:alt"].endswith(alt)
    assert found["twitter:card"] == "summary_large_image"
    body = (site / image.removeprefix(f"{URL}/")).read_bytes()
    size = int.from_bytes(body[16:20], "big"), int.from_bytes(body[20:24], "big")
    assert size == (1200, 630)


def parsed(site: Path, path: str) -> ElementTree.Element:
    return ElementTree.fromstring((site / path).read_bytes())  # noqa: S314 (our own file)


def addresses(body: bytes) -> list[tuple[str, str]]:
    """The addresses of a sitemap, each with when it changed."""
    return [
        (one.findtext(f"{MAP}loc", ""), one.findtext(f"{MAP}lastmod", ""))
        for one in ElementTree.fromstring(body)  # noqa: S314 (our own file)
    ]


def test_sitemap_lists_pages_by_what_their_data_tell(site: Path) -> None:
    assert addresses((site / "sitemap.xml").read_bytes()) == [
        (f"{URL}/", "2020-09-13T12:29:40Z"),
        (f"{URL}/experiments/beans/index.html", "2020-09-13T12:29:40Z"),
        (f"{URL}/runs/{run_id(3)}/index.html", "2020-09-13T12:29:40Z"),
        (f"{URL}/runs/{run_id(2)}/index.html", "2020-09-13T12:28:49Z"),
        (f"{URL}/runs/{run_id(1)}/index.html", "2020-09-13T12:27:49Z"),
    ]
    assert page(site, "robots.txt").endswith(f"\nSitemap: {URL}/sitemap.xml\n")


def test_sitemap_of_many_pages_is_split() -> None:
    iris = Experiment("1", "iris", "1")
    runs = [Run(str(n), "1", f"run {n}", f"1/{n}", Status.FINISHED) for n in range(3)]
    options = options_for(Path("mlruns"), Path("site"), url=URL)
    catalog = gather([MemoryStore([iris], runs)], options, None)
    outputs = robot_outputs(make_context(options), catalog, 2)
    found = {output.path: output.make() for output in outputs}
    assert [*found] == [
        "robots.txt",
        *("sitemap-1.xml", "sitemap-2.xml", "sitemap-3.xml", "sitemap.xml"),
    ]
    parts = [one[0] for one in addresses(found["sitemap.xml"])]
    assert parts == [f"{URL}/sitemap-{number}.xml" for number in (1, 2, 3)]
    listed = [one for name in [*found][1:4] for one in addresses(found[name])]
    paths = ("", "experiments/iris/index.html", *(f"runs/{n}/index.html" for n in range(3)))
    assert listed == [(f"{URL}/{path}", "") for path in paths]  # no run tells a time


def test_site_that_is_not_to_be_listed_says_so_where_it_is_heard(unlisted: Path) -> None:
    for path, body in tree_of(unlisted).items():
        if path.endswith(".html"):
            assert body.count(b'<meta name="robots" content="noindex">') == 1, path
    robots = page(unlisted, "robots.txt")
    assert "Disallow:\n" in robots  # a page that must not be read cannot say that it is not listed
    assert "Disallow: /" not in robots
    assert "Sitemap" not in robots
    assert not (unlisted / "sitemap.xml").exists()


def test_listed_site_asks_for_that_on_no_page_but_those_that_are_none(site: Path) -> None:
    asking = [p for p, b in tree_of(site).items() if p.endswith(".html") and b'"noindex"' in b]
    assert asking == ["404.html"]


def test_robots_is_a_choice_of_two(tmp_path: Path) -> None:
    (tmp_path / "reportgen.toml").write_text('[site]\nrobots = "none"\n', "utf-8")
    with pytest.raises(ConfigError, match="is not one of index, noindex"):
        load_options(str(tmp_path / "reportgen.toml"))


def test_feed_tells_the_newest_runs_and_how_they_ended(site: Path) -> None:
    feed = parsed(site, "feed.xml")
    assert feed.findtext(f"{ATOM}id") == f"{URL}/"
    assert feed.findtext(f"{ATOM}title") == "Coffee & more"
    assert feed.findtext(f"{ATOM}updated") == "2020-09-13T12:29:40Z"
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == "Coffee & more"
    entries = feed.findall(f"{ATOM}entry")
    assert [one.findtext(f"{ATOM}title") for one in entries] == [
        "run 3 is running",
        "run 2 failed",
        "run 1 finished",
    ]
    assert entries[2].findtext(f"{ATOM}id") == f"{URL}/{RUN}"
    assert entries[2].findtext(f"{ATOM}published") == "2020-09-13T12:27:40Z"
    assert entries[2].findtext(f"{ATOM}summary") == (
        "A run of Beans. Started 2020-09-13 12:27 UTC, took 9.0 s."
    )
    assert "feed.xml" in {
        a["href"] for t, a in Elements(page(site, "index.html")).found if t == "link"
    }


def test_no_test_result_is_in_badge_feed_or_card_words(site: Path) -> None:
    for path in ("feed.xml", "badge/beans.svg", "badge/site.svg"):
        assert "0.875" not in page(site, path)
        assert "test_acc" not in page(site, path)


def badge(site: Path, path: str) -> tuple[list[str], str]:
    """The texts of a badge, and what it says to those who do not see it."""
    root = parsed(site, path)
    assert root.attrib["role"] == "img"
    label = root.attrib["aria-label"]
    assert root.findtext("{http://www.w3.org/2000/svg}title") == label
    return [one.text or "" for one in root.iter("{http://www.w3.org/2000/svg}text")], label


def test_badge_has_the_best_value_of_a_metric_that_may_rank(site: Path) -> None:
    assert badge(site, "badge/beans.svg") == (
        ["Beans", "val_loss 0.25"],
        "Beans: best val_loss 0.25, lower is better",
    )
    assert badge(site, "badge/site.svg")[0] == ["Coffee & more", "1 experiment · 3 runs"]


def test_badge_counts_runs_where_nothing_may_rank_them(store: Path, tmp_path: Path) -> None:
    build(store, tmp_path / "test", primary=("test_acc",), test_ranking="there is nothing else")
    assert badge(tmp_path / "test", "badge/beans.svg")[0] == ["Beans", "3 runs"]
    assert badge(tmp_path / "test", "badge/default.svg")[0] == ["Default", "0 runs"]


def test_page_of_an_experiment_offers_its_badge(site: Path, unlisted: Path) -> None:
    text = page(site, EVERY_KIND[0])
    assert (
        f"<code>[![Beans]({URL}/badge/beans.svg)]({URL}/experiments/beans/index.html)</code>"
        in text
    )
    assert "These addresses are relative." not in text
    assert '<img src="../../badge/beans.svg" alt="Badge of Beans"' in text


def test_experiment_that_is_called_site_leaves_the_badge_of_the_site_alone(tmp_path: Path) -> None:
    store = tmp_path / "mlruns"
    add_experiment(store, "1", "Site")
    add_run(store, 1)
    build(store, tmp_path / "site")
    assert badge(tmp_path / "site", "badge/site.svg")[0] == ["Experiments", "1 experiment · 1 run"]
    assert badge(tmp_path / "site", "badge/site_experiment.svg")[0][0] == "Site"
    text = page(tmp_path / "site", "experiments/site/index.html")
    assert "[![Site](badge/site_experiment.svg)](experiments/site/index.html)" in text
    assert "These addresses are relative." in text


def test_hostile_names_are_texts_in_every_file(tmp_path: Path) -> None:
    store = hostile_store(tmp_path / "mlruns")
    add_experiment(store, "77", "o [d](x) `d` *\x07 ]]> \ufffe")
    add_run(store, 77, experiment="77", run_name="\x07bell ]]> <b>")
    build(store, tmp_path / "site", url=URL, title=f"Title {VALUE}")
    found = [p for p in tree_of(tmp_path / "site") if p.startswith("badge/") and p[-1] != "/"]
    for path in (*found, "feed.xml", "sitemap.xml"):
        root = parsed(tmp_path / "site", path)
        assert {one.tag.partition("}")[2] for one in root.iter()} <= {
            *("svg", "title", "path", "g", "text"),
            *("feed", "id", "updated", "link", "author", "name", "generator", "entry"),
            *("published", "category", "summary", "urlset", "url", "loc", "lastmod"),
        }
        if path.startswith("badge/"):
            assert int(root.attrib["width"]) <= 420
    feed = parsed(tmp_path / "site", "feed.xml")
    assert feed.findtext(f"{ATOM}title") == f"Title {VALUE}"


# --- now


def test_run_that_is_silent_by_the_date_that_is_named_has_stalled(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def built(name: str, *arguments: str, epoch: str = "") -> dict[str, bytes]:
        monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
        command = ["build", str(store), "-o", str(tmp_path / name), "--jobs", "1", "--quiet"]
        assert main([*command, *arguments]) == 0
        return tree_of(tmp_path / name)

    run = f"runs/{run_id(3)}/index.html"
    plain, dated = built("plain"), built("dated", "--date", "2020-09-13T15:00")
    assert (b"Stalled?" in plain[run], b"Stalled?" in dated[run]) == (False, True)
    zoned = built("zoned", "--date", "2020-09-13T17:00+02:00", epoch="1")
    assert difference(dated, zoned) == []
    assert difference(dated, built("plain", epoch="1600009200")) == []
    assert difference(plain, built("plain", epoch="1")) == []  # before the newest entry


@pytest.mark.parametrize(
    ("arguments", "environment", "said"),
    [
        (["--date", "soon"], {}, "'soon' is no date"),
        ([], {"SOURCE_DATE_EPOCH": "now"}, "SOURCE_DATE_EPOCH is 'now'"),
    ],
)
def test_date_that_is_none_is_refused(
    tmp_path: Path, arguments: list[str], environment: dict[str, str], said: str
) -> None:
    result = reportgen(["build", "mlruns", *arguments], tmp_path, **environment)
    assert (result.returncode, said in result.stderr) == (2, True)
