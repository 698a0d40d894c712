"""Previews beside the published site: made, listed, removed, and otherwise left alone."""

import pytest

from reportgen.publish.address import address_of
from reportgen.publish.previews import preview_folder
from tests.publish.remotes import Project
from tests.publish.test_publish import edit_note


def test_preview_leaves_all_else_there(published: Project) -> None:
    before = published.tree()
    edit_note(published, "green")
    said = published.publish("--preview", "Feature/X")
    assert said.status == 0
    after = published.tree()
    assert {path: after[path] for path in before} == before
    added = {path for path in after if path not in before}
    assert all(path.startswith("preview/feature-x/") for path in added)
    assert len(published.commits()) == 1
    assert published.publish("--preview", "Feature/X\n").last.startswith("nothing changed")
    assert published.publish().status == 0  # the site follows, the preview stays
    assert added <= published.tree().keys()
    said = published.publish("--preview", "feature-x")
    assert said.status == 2
    assert "'Feature/X' has the folder preview/feature-x/ already" in said.err


def test_first_publish_may_be_a_preview(fresh: Project) -> None:
    assert fresh.publish("--preview", "pr-1").status == 0
    assert ".nojekyll" in fresh.tree()
    assert "index.html" not in fresh.tree()
    assert fresh.publish().status == 0
    assert {"index.html", "preview/pr-1/index.html"} <= fresh.tree().keys()


def test_previews_are_listed_and_removed(
    published: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = published.tree()
    assert published.publish("--previews").err == "no previews on gh-pages of origin\n"
    for name, day in (("pr-1", 10), ("pr-2", 20), ("pr-3", 30)):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", str(day * 86_400))
        published.publish("--preview", name)
    published.commit_beside({"preview/pr-3/note.txt": "theirs"})
    lines = published.publish("--previews").out.splitlines()
    assert [line.partition(":")[0] for line in lines] == ["pr-3", "pr-2", "pr-1"]
    assert "1970-01-31 00:00:00" in lines[0]
    assert lines[0].endswith("preview/pr-3/")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(40 * 86_400))
    said = published.publish("--prune-older", "25d", "--dry-run")
    assert said.out.splitlines() == [f"would remove preview pr-1 ({len(before) - 2} files)"]
    assert published.publish("--prune-older", "25d").out.startswith("removed preview pr-1")
    said = published.publish("--prune", "pr-3", "--prune", "pr-9")
    assert (said.status, "no preview pr-9" in said.err) == (0, True)
    left = published.tree().keys() - before.keys()
    assert {path for path in left if "pr-2" not in path} == {"preview/pr-3/note.txt"}
    published.publish("--prune", "pr-2")
    assert published.tree().items() - before.items() == {
        ("preview/pr-3/note.txt", published.tree()["preview/pr-3/note.txt"])
    }
    assert len(published.commits()) == 1


def test_previews_count_for_the_size_of_the_site(published: Project) -> None:
    (published.folder / "reportgen.toml").write_text('[publish]\nmax_size = "1100 kB"\n')
    before = published.commits()
    assert published.publish().status == 0
    said = published.publish("--preview", "pr-1")
    assert (said.status, published.commits()) == (2, before)
    assert "and what stands beside it" in said.err


@pytest.mark.parametrize(
    ("name", "folder"),
    [("pr-12", "pr-12"), ("feature/X y", "feature-x-y"), ("../..", None), (".git", "git")],
)
def test_names_become_safe_folders(published: Project, name: str, folder: str | None) -> None:
    if folder is None:
        said = published.publish("--preview", name)
        assert (said.status, "is no name for a preview" in said.err) == (2, True)
    else:
        assert preview_folder(name) == f"preview/{folder}/"


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://github.com/Me/Coffee.git", "https://me.github.io/Coffee/"),
        ("git@github.com:me/coffee", "https://me.github.io/coffee/"),
        ("ssh://git@github.com:22/me/coffee.git/", "https://me.github.io/coffee/"),
        ("https://token@github.com/me/me.github.io", "https://me.github.io/"),
        ("https://gitlab.com/me/coffee.git", ""),
        ("/srv/git/coffee.git", ""),
        ("file:///srv/github.com/me/coffee.git", ""),
    ],
)
def test_address_is_told_where_it_is_known(url: str, address: str) -> None:
    assert address_of(url) == address


def test_broken_marks_are_named(published: Project) -> None:
    published.commit_beside({".reportgen-published/about.json": '{"version": 9}'})
    said = published.publish()
    assert said.status == 2
    assert ".reportgen-published/about.json on the branch cannot be read" in said.err
