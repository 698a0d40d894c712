"""A branch that others use, too: what they put there stays, and nobody's push is lost."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from reportgen.publish import scratch
from reportgen.publish.git import Git
from tests.publish.remotes import PAGES, Project, git
from tests.publish.test_publish import edit_note


def test_files_of_others_stay(published: Project) -> None:
    published.commit_beside({"NOTES.md": "mine", "runs/extra/mine.txt": "mine"})
    edit_note(published, "green")
    assert published.publish().status == 0
    assert published.show("NOTES.md") == published.show("runs/extra/mine.txt") == "mine"
    assert len(published.commits()) == 1


def test_file_of_ours_that_others_changed_is_not_replaced(published: Project) -> None:
    tip = published.commit_beside({"index.html": "mine", "404.html": "mine"})
    edit_note(published, "green")
    said = published.publish()
    assert (said.status, published.commits()[0]) == (2, tip)
    assert "holds 404.html and 1 more file of somebody else" in said.err
    published.commit_beside({"index.html": None, "404.html": None})
    assert published.publish().status == 0
    assert "mine" not in published.show("index.html")


@pytest.mark.parametrize("path", ["runs", "robots/x.html"])
def test_file_in_the_way_is_named(published: Project, path: str) -> None:
    """A file where a folder must go, and a folder where a file must."""
    git(published.remote, "update-ref", "-d", f"refs/heads/{PAGES}")
    blob = git(published.remote, "hash-object", "-w", "--stdin", given="mine")
    tree = git(published.remote, "mktree", given=f"100644 blob {blob}\tREADME.md\n")
    commit = git(published.remote, "commit-tree", "-m", "x", tree)
    git(published.remote, "update-ref", f"refs/heads/{PAGES}", commit)
    assert published.publish().status == 0  # a branch with nothing but a README is free
    published.commit_beside({"index.html": None, "index.html/mine.txt": "mine"})
    said = published.publish()
    assert said.status == 2
    assert "index.html" in said.err


def test_branch_of_something_else_is_refused(published: Project) -> None:
    git(published.remote, "update-ref", f"refs/heads/{PAGES}", "refs/heads/main")
    published.commit_beside({"mkdocs.yml": "docs", "a.md": "docs"})
    tip = published.commits()
    said = published.publish()
    assert (said.status, published.commits()) == (2, tip)
    assert "holds something else than a site of reportgen: a.md and 1 more file" in said.err
    assert "git push origin --delete gh-pages" in said.err
    for arguments in (("--branch", "main"), ("--preview", "x", "--branch", "main")):
        said = published.publish(*arguments)
        assert said.status == 2
        assert "main is the main branch of origin" in said.err
    git(published.folder, "checkout", "-q", "-b", "work")
    said = published.publish("--branch", "work")
    assert (said.status, "work is the branch that you work on" in said.err) == (2, True)


@pytest.fixture
def between(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], object]], None]:
    """Have something happen once, when a commit is about to be pushed."""

    def arrange(act: Callable[[], object]) -> None:
        waiting = [act]
        push = scratch.Scratch.push

        def meanwhile(self: scratch.Scratch, commit: str, tip: str, _sent: object) -> None:
            if waiting:
                waiting.pop()()
            push(self, commit, tip)

        monkeypatch.setattr(scratch.Scratch, "push", meanwhile)

    return arrange


def test_push_of_somebody_else_in_between_is_taken_in(
    published: Project, between: Callable[[Callable[[], object]], None]
) -> None:
    between(lambda: published.commit_beside({"preview/theirs/index.html": "theirs"}))
    edit_note(published, "green")
    said = published.publish()
    assert said.status == 0
    assert "somebody else has pushed to gh-pages of origin meanwhile" in said.err
    assert published.show("preview/theirs/index.html") == "theirs"
    assert len(published.commits()) == 1


def test_branch_that_comes_to_be_in_between_is_taken_in(
    fresh: Project, between: Callable[[Callable[[], object]], None]
) -> None:
    between(lambda: fresh.publish("--preview", "theirs"))
    assert fresh.publish().status == 0
    assert {"index.html", "preview/theirs/index.html"} <= fresh.tree().keys()


def test_somebody_who_pushes_each_time_is_given_way(
    published: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reportgen.publish.project._PAUSE", 0.0)
    push = scratch.Scratch.push

    def late(self: scratch.Scratch, commit: str, tip: str, _sent: object) -> None:
        published.commit_beside({"theirs.txt": commit})
        push(self, commit, tip)

    monkeypatch.setattr(scratch.Scratch, "push", late)
    edit_note(published, "green")
    said = published.publish()
    assert (said.status, "each time that we were about to" in said.err) == (2, True)


def test_hook_of_the_remote_that_pushes_first_is_noticed(published: Project) -> None:
    """The remote itself says that the branch is another by now."""
    hook = published.remote / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(
        "#!/bin/sh\n"
        "[ -e moved ] || { touch moved; env -u GIT_QUARANTINE_PATH -u GIT_OBJECT_DIRECTORY"
        " git update-ref refs/heads/gh-pages refs/heads/main; }\n"
    )
    hook.chmod(0o755)
    edit_note(published, "green")
    said = published.publish()
    assert "somebody else has pushed" in said.err
    assert (said.status, "gh-pages" in said.err) == (0, True)


def test_git_of_another_folder_is_never_meant(published: Project, tmp_path: Path) -> None:
    """The temporary repository is the one that is named, wherever it lies."""
    inner = replace(Git(published.folder), repository=tmp_path / "none")
    assert inner.attempt("rev-parse", "HEAD").returncode != 0
