"""A site whose author asked for it tells open pages when there is something newer."""

import json
import re
from pathlib import Path

import pytest

from reportgen.config import load_options
from reportgen.errors import ConfigError
from reportgen.site.refresh import is_page
from tests.sites import add_run, build, difference, make_store, run_id, tree_of
from tests.trees import write

RUN = f"runs/{run_id(1)}/index.html"
POINTS = f"runs/{run_id(1)}/run.js"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    store = make_store(tmp_path / "mlruns", runs=2)
    page = '<!doctype html><html data-root="../"><head></head><body>theirs</body></html>'
    write(store / "1" / run_id(1), {"artifacts/page.html": page, "artifacts/run.js": "x = 1\n"})
    return store


def stamps(site: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for path in (site / "data/stamps").iterdir():
        told = json.loads(path.read_text().partition(",")[2].removesuffix(");\n"))
        found.update({name: stamp for name, (stamp, _) in told.items()})
    return found


def own_stamp(site: Path, path: str) -> str:
    text = (site / path).read_text()
    found = re.search(r'data-stamp="(\w+)"|^\(reportgen[^"]*"[^"]*","(\w+)"', text)
    assert found is not None, path
    return found[1] or found[2]


def test_all_that_a_page_needs_to_follow_is_added_and_nothing_else(
    store: Path, tmp_path: Path
) -> None:
    build(store, tmp_path / "plain")
    build(store, tmp_path / "site", refresh=30_000)
    plain, site = tree_of(tmp_path / "plain"), tree_of(tmp_path / "site")
    added = set(site) - set(plain)
    assert {path.partition("/")[0] for path in added} == {"data"}
    assert {"data/stamp.js", "data/refresh.js"} < added
    for path in plain:
        body = site[path].decode("utf-8", "replace")
        body = re.sub(r' data-refresh="30000" data-stamp="\w+"', "", body)
        body = re.sub(r'<script src="[./]*data/refresh.js" defer></script>\n', "", body)
        body = re.sub(r"^\(reportgen[.]had.*\n", "", body)
        assert body == plain[path].decode("utf-8", "replace"), path
    changed = {path for path in plain if plain[path] != site[path]}
    assert changed == {path for path in plain if is_page(path)} | {
        *(f"runs/{run_id(number)}/{name}.js" for number in range(2) for name in ("run", "files")),
        "experiments/experiment-1/runs.js",
        "data/site.js",
    }
    assert not any("/artifacts/" in path for path in changed)


def test_each_file_tells_the_stamp_that_is_listed_also_after_it_changed(
    store: Path, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    build(store, site, refresh=30_000)
    before = stamps(site)
    assert before == {path: own_stamp(site, path) for path in before}
    assert {RUN, POINTS, "index.html", "data/site.js"} < set(before)
    whole = (site / "data/stamp.js").read_bytes()
    write(store / "1" / run_id(1), {"metrics/rmse": "1600000500000 0.5 0\n"})
    build(store, site, refresh=30_000)
    after = stamps(site)
    assert after == {path: own_stamp(site, path) for path in after}
    assert (site / "data/stamp.js").read_bytes() != whole
    assert after[RUN] != before[RUN]
    assert after[POINTS] != before[POINTS]
    other = f"runs/{run_id(0)}/index.html"
    assert after[other] == before[other]
    build(store, tmp_path / "clean", refresh=30_000)
    assert difference(tree_of(site), tree_of(tmp_path / "clean")) == []


def test_the_option_may_come_and_go(store: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    build(store, tmp_path / "plain")
    build(store, site)
    build(store, site, refresh=30_000)
    build(store, tmp_path / "clean", refresh=30_000)
    assert difference(tree_of(site), tree_of(tmp_path / "clean")) == []
    add_run(store, 2)
    build(store, site, refresh=60_000)
    assert stamps(site) == {path: own_stamp(site, path) for path in stamps(site)}
    build(store, site)
    build(store, tmp_path / "plain")
    assert difference(tree_of(site), tree_of(tmp_path / "plain")) == []


@pytest.mark.parametrize(
    ("text", "every"), [('"30s"', 30_000), ('"1m"', 60_000), ("2", 2000), ("0", 0), ('"0s"', 0)]
)
def test_it_is_asked_for_in_the_config(tmp_path: Path, text: str, every: int) -> None:
    write(tmp_path, {"reportgen.toml": f"[site]\nrefresh = {text}\n"})
    assert load_options(str(tmp_path / "reportgen.toml")).refresh == every


@pytest.mark.parametrize("text", ['"1s"', "1", '"often"', "true"])
def test_what_is_no_such_time_is_refused(tmp_path: Path, text: str) -> None:
    write(tmp_path, {"reportgen.toml": f"[site]\nrefresh = {text}\n"})
    with pytest.raises(ConfigError, match=r"refresh = .* is not a duration of 2 s or more"):
        load_options(str(tmp_path / "reportgen.toml"))
