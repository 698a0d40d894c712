"""A site as it was published, checked out and served below `/repo/`, as GitHub Pages does."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.readers import SIZES, violations
from tests.browser.sites import PAGES, full_store
from tests.browser.visits import Traffic, links_of, visit
from tests.publish.remotes import Project, git

pytestmark = pytest.mark.browser

KINDS = ("index", "experiment", "run with every artifact", "test results", "comparison", "404")
PREVIEW = "preview/pr-1/"


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory, served_root: Path, server: str) -> str:
    """The address of the site; its preview pr-1 is beside it."""
    folder = tmp_path_factory.mktemp("published")
    full_store(folder / "mlruns")
    (folder / "reportgen.toml").write_text(f'[site]\nurl = "{server}/repo/"\n')
    git(folder, "init", "-q", "--bare", "remote.git")
    project = Project(folder, folder / "remote.git")
    for more in ((), ("--preview", "pr-1")):
        said = project.publish("--remote", "./remote.git", *more)
        assert said.status == 0, said.err
    assert said.last == f"{server}/repo/{PREVIEW}"
    branch = ("--branch", "gh-pages", str(project.remote), str(served_root / "repo"))
    git(folder, "-c", "core.autocrlf=false", "clone", "-q", *branch)
    return f"{server}/repo"


@pytest.mark.parametrize(
    ("folder", "kind"),
    [*(("", kind) for kind in KINDS), *((PREVIEW, kind) for kind in ("index", "experiment"))],
)
def test_published_page_is_whole(browser: Browser, repo: str, folder: str, kind: str) -> None:
    """Links lead to files, nothing comes from elsewhere, and every reader can read it."""
    home = f"{repo}/{folder}".rstrip("/")
    size = SIZES["phone" if folder else "desk"]
    visited = visit(browser, viewport=size, color_scheme="light")
    with visited as (page, events), Traffic(page) as traffic:
        page.goto(f"{home}/{PAGES[kind]}")
        traffic.settle()
        assert page.locator("h1").count() == 1
        assert violations(page) == []
        links = [link for link in links_of(page) if link.startswith(f"{repo}/")]
        assert links != []
        answers = {link: page.request.get(link).status for link in links}
    assert {link: status for link, status in answers.items() if status != 200} == {}
    assert (events.errors, events.foreign(repo)) == ([], [])
