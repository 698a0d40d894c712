"""A site on a branch of a real remote: what is sent, what stays, and what is left alone."""

import os
import shutil
from pathlib import Path

import pytest

from reportgen.publish.marks import MARKS
from tests.publish.remotes import PAGES, Project, everything_below, git, run
from tests.sites import add_run, run_id, tree_of

SITE = "site-public"
OURS = (SITE, "heldout-ledger.jsonl")


def site_of(project: Project) -> dict[str, bytes]:
    """The files of the site that was built to be published."""
    found = tree_of(project.folder / SITE)
    return {path: data for path, data in found.items() if not path.endswith("/")}


def edit_note(project: Project, text: str) -> None:
    """A change of the store that pages show."""
    (project.folder / "mlruns" / "1" / run_id(0) / "tags").mkdir(exist_ok=True)
    (project.folder / "mlruns" / "1" / run_id(0) / "tags" / "team").write_text(text)


def test_first_publish_sends_exactly_the_files_of_the_site(fresh: Project) -> None:
    said = fresh.publish()
    assert said.status == 0, said.err
    tree, site = fresh.tree(), site_of(fresh)
    assert {path for path in tree if not path.startswith(MARKS)} == set(site)
    for path in ("index.html", ".nojekyll", f"runs/{run_id(0)}/index.html", "card.png"):
        hashed = git(fresh.remote, "hash-object", "--no-filters", str(fresh.folder / SITE / path))
        assert tree[path] == hashed
    (commit,) = fresh.commits()
    shown = git(fresh.remote, "log", "-1", "--format=%an <%ae>|%cn|%s|%b", commit)
    head = git(fresh.folder, "rev-parse", "HEAD")
    assert shown.startswith("Ada <ada@example.org>|Ada|Publish the site|From commit " + head)
    assert f"published gh-pages of origin: {len(site)} files, " in said.last
    assert "added" in said.last


def test_nothing_is_sent_where_nothing_changed(published: Project) -> None:
    before = published.commits(), published.objects()
    said = published.publish()
    assert (said.status, said.last.partition(":")[0]) == (0, "nothing changed")
    assert (published.commits(), published.objects()) == before


def test_only_what_changed_is_sent_and_the_branch_keeps_one_commit(published: Project) -> None:
    git(published.remote, "config", "uploadpack.allowFilter", "true")
    git(published.folder, "remote", "set-url", "origin", published.remote.as_uri())
    before, objects = published.tree(), published.objects()
    edit_note(published, "green")
    add_run(published.folder / "mlruns", 7)
    shutil.rmtree(published.folder / "mlruns" / "1" / run_id(1))
    said = published.publish()
    assert said.status == 0, said.err
    after = published.tree()
    assert set(after.values()) - set(before.values()) == {
        one for one in published.objects() - objects if kind(published, one) == "blob"
    }
    assert f"runs/{run_id(7)}/index.html" in after
    assert f"runs/{run_id(1)}/run.json" not in after
    assert f"runs/{run_id(1)}/index.html" in after  # its address tells what became of it
    assert all(word in said.last for word in (" added", " changed", " removed"))
    assert len(published.commits()) == 1
    assert everything(published) == site_of(published)
    assert published.publish().last.startswith("nothing changed")


def kind(project: Project, name: str) -> str:
    return git(project.remote, "cat-file", "-t", name)


def everything(project: Project) -> dict[str, bytes]:
    """The files of the branch, checked out; the marks of a publish left out."""
    out = project.remote.parent / "checked-out"
    shutil.rmtree(out, ignore_errors=True)
    url = str(project.remote)
    git(project.remote.parent, "-c", "core.autocrlf=false", "clone", "-qb", PAGES, url, str(out))
    shutil.rmtree(out / ".git")
    shutil.rmtree(out / MARKS)
    found = tree_of(out)
    return {path: data for path, data in found.items() if not path.endswith("/")}


def test_remote_that_sends_no_single_files_is_read_whole(published: Project) -> None:
    """Between git and some servers stands what speaks the first version of the protocol only."""
    git(published.remote, "config", "uploadpack.allowFilter", "true")
    git(published.folder, "remote", "set-url", "origin", published.remote.as_uri())
    git(published.folder, "config", "protocol.version", "0")
    edit_note(published, "green")
    said = published.publish()
    assert said.status == 0, said.err
    assert everything(published) == site_of(published)


def test_history_is_kept_when_asked_for_and_from_then_on(published: Project) -> None:
    (first,) = published.commits()
    edit_note(published, "green")
    assert published.publish("--keep-history").status == 0
    edit_note(published, "red")
    assert published.publish().status == 0
    assert (len(published.commits()), published.commits()[-1]) == (3, first)
    assert published.publish("--no-keep-history").status == 0
    assert len(published.commits()) == 1


def test_dry_run_sends_nothing_and_lists_by_kind(published: Project) -> None:
    before = published.commits(), published.objects()
    edit_note(published, "green")
    said = published.publish("--dry-run")
    assert (published.commits(), published.objects()) == before
    rows = {line.split()[0]: line.split() for line in said.out.splitlines()[1:6]}
    assert list(rows) == ["pages", "data", "artifacts", "pictures", "assets"]
    assert int(rows["pages"][1]) == sum(path.endswith(".html") for path in site_of(published))
    assert "nothing was sent" in said.last


@pytest.mark.parametrize("where", ["checkout", "worktree", "hook"])
def test_checkout_of_the_user_is_the_same_to_the_byte(
    published: Project, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = published.folder
    (folder / "staged.txt").write_text("staged\r\n")
    git(folder, "add", "staged.txt")
    (folder / "README.md").write_text("changed\n")
    hook = folder / ".git" / "hooks" / "pre-push"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\ntouch ran\nexit 1\n")
    hook.chmod(0o755)
    if where == "worktree":
        git(folder, "worktree", "add", "-q", "--detach", "../tree")
        shutil.move(folder / "mlruns", folder.parent / "tree" / "mlruns")
    if where == "hook":
        monkeypatch.setenv("GIT_DIR", str(folder / ".git"))
        monkeypatch.setenv("GIT_INDEX_FILE", str(folder / ".git" / "index"))
        monkeypatch.setenv("GIT_WORK_TREE", str(folder))
        monkeypatch.setenv("GIT_OBJECT_DIRECTORY", str(folder / ".git" / "objects"))
    edit = Project(folder.parent / "tree", published.remote) if where == "worktree" else published
    edit_note(edit, where)
    before = everything_below(folder, OURS)
    said = edit.publish("--verbose")
    assert said.status == 0, said.err
    assert "published" in said.out
    assert everything_below(folder, OURS) == before


def test_detached_and_shallow_checkouts_publish_too(published: Project) -> None:
    root = published.folder.parent
    git(published.folder, "commit", "-q", "--allow-empty", "-m", "second")
    git(published.folder, "push", "-q")
    git(root, "clone", "-q", "--depth=1", published.remote.as_uri(), "shallow")
    shutil.move(published.folder / "mlruns", root / "shallow" / "mlruns")
    git(root / "shallow", "checkout", "-q", "--detach")
    shallow = Project(root / "shallow", published.remote)
    edit_note(shallow, "green")
    said = shallow.publish()
    assert said.status == 0, said.err
    assert (root / "shallow" / ".git" / "shallow").exists()
    assert "changed" in said.last


def test_remote_may_be_an_address_and_the_user_nobody(
    fresh: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "nothing").touch()
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "nothing"))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    shutil.move(fresh.folder / "mlruns", elsewhere / "mlruns")
    empty = tmp_path / "empty.git"
    git(tmp_path, "init", "-q", "--bare", str(empty))
    said = run(elsewhere, "publish", "--jobs", "1", "--remote", empty.as_uri())
    assert said.status == 0, said.err
    author = git(empty, "log", "-1", "--format=%an <%ae>", PAGES)
    assert author == "reportgen <noreply@reportgen.invalid>"
    said = run(elsewhere, "publish", "--jobs", "1", "--remote", "../empty.git")
    assert said.last.startswith("nothing changed")


def test_store_is_that_of_the_last_build(fresh: Project) -> None:
    shutil.rmtree(fresh.folder / SITE)
    shutil.move(fresh.folder / "mlruns", fresh.folder / "tracked")
    assert run(fresh.folder, "build", "tracked", "--jobs", "1").status == 0
    said = fresh.publish("--dry-run")
    assert said.status == 0
    assert said.err.startswith("reading tracked, as the last build did\n")


def test_host_of_ones_own_stays_until_it_is_taken_away(published: Project) -> None:
    said = published.publish("--cname", "Runs.Example.org")
    assert published.show("CNAME") == "runs.example.org"
    assert said.last == "https://runs.example.org/"
    edit_note(published, "green")
    assert published.publish().last == "https://runs.example.org/"
    assert published.show("CNAME") == "runs.example.org"
    assert published.publish("--cname", "").status == 0
    assert "CNAME" not in published.tree()
    said = published.publish("--cname", "https://example.org")
    assert (said.status, "bad-option" in said.err) == (2, True)


def test_address_is_the_last_line(published: Project) -> None:
    config = published.folder / "reportgen.toml"
    config.write_text('[site]\nurl = "https://ada.example.org/runs"\n')
    assert published.publish().last == "https://ada.example.org/runs/"
    assert published.publish("--preview", "Pr 12").last == (
        "https://ada.example.org/runs/preview/pr-12/"
    )


def test_strict_build_with_findings_is_not_published(published: Project) -> None:
    before = published.commits()
    (published.folder / "mlruns" / "1" / run_id(0) / "metrics" / "rmse").write_text("torn\n")
    said = published.publish("--strict")
    assert (said.status, said.out, published.commits()) == (1, "", before)
    assert "not published" in said.err
    assert published.publish().status == 0
    assert published.commits() != before


def test_date_can_be_fixed(fresh: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    fresh.publish()
    first = fresh.commits()
    git(fresh.remote, "update-ref", "-d", f"refs/heads/{PAGES}")
    fresh.publish()
    assert fresh.commits() == first


def test_no_temporary_folder_is_left(published: Project, tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    os.environ["TMPDIR"] = str(tmp_path / "tmp")
    try:
        published.publish()
    finally:
        del os.environ["TMPDIR"]
    assert list((tmp_path / "tmp").iterdir()) == []
