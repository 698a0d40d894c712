"""What cannot be published is told in two lines that say what to do, and nothing is sent."""

import signal
import subprocess
from pathlib import Path

import pytest

from reportgen.errors import PublishError
from reportgen.publish.git import GitFailed, with_settings
from reportgen.publish.parcel import Limits, kind_of, sizes_of
from reportgen.publish.target import find_target
from reportgen.publish.words import Overtaken, quoted, refused, remote_trouble
from tests.patience import until_true
from tests.publish.remotes import Project, git
from tests.publish.test_publish import SITE, edit_note
from tests.sites import clean_environment, command


def refusal(project: Project, *arguments: str) -> str:
    """The two lines of an error, after which the branch is as it was."""
    before = project.commits()
    said = project.publish(*arguments)
    assert (said.status, said.out, project.commits()) == (2, "", before)
    lines = said.err.splitlines()
    assert lines[-2].startswith("error: ")
    assert lines[-2].endswith("  [not-published]")
    assert lines[-1].startswith("  try: ")
    return "\n".join(lines[-2:])


def test_places_that_cannot_be(published: Project, tmp_path: Path) -> None:
    outside = Project(tmp_path, published.remote)
    assert "no git repository here" in refusal(outside)
    assert "the repository here has no remote upstrem" in refusal(published, "--remote", "upstrem")
    assert "there are origin: --remote NAME" in refusal(published, "--remote", "upstrem")
    for branch in ("a..b", "-d", "HEAD", "x.lock", "refs/heads/gh-pages"):
        assert "is no name that a branch can have" in refusal(published, f"--branch={branch}")
    nowhere = str(tmp_path / "nowhere.git")
    said = refusal(published, "--remote", nowhere)
    assert f"there is no repository at {nowhere}: " in said
    git(published.folder, "remote", "set-url", "origin", "http://user:secret@127.0.0.1:9/x.git")
    said = refusal(published)
    assert "origin (http://127.0.0.1:9/x.git) cannot be reached" in said
    assert "secret" not in said
    git(published.folder, "remote", "remove", "origin")
    assert "git remote add origin https://github.com/ME/REPO" in refusal(published)
    git(published.folder, "remote", "add", "only", str(published.remote))
    assert published.publish().status == 0


def test_push_that_the_remote_refuses_is_told_in_its_words(published: Project) -> None:
    edit_note(published, "green")
    hook = published.remote / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho 'pages are frozen until Monday' >&2\nexit 1\n")
    hook.chmod(0o755)
    said = refusal(published)
    assert "origin refused gh-pages: " in said
    assert "pages are frozen until Monday" in said
    hook.unlink()
    git(published.remote, "config", "receive.denyNonFastForwards", "true")
    assert "--keep-history needs no forced push" in refusal(published)
    assert published.publish("--keep-history").status == 0


def test_file_edited_by_hand_is_named(published: Project) -> None:
    page = published.folder / SITE / "index.html"
    page.write_text("mine")
    said = refusal(published)
    assert f"{SITE}/index.html was changed by hand since reportgen wrote it" in said
    page.unlink()
    assert published.publish().status == 0


def test_link_is_not_followed(published: Project) -> None:
    page = published.folder / SITE / "index.html"
    page.rename(published.folder / "elsewhere.html")
    page.symlink_to("../elsewhere.html")
    assert "is no plain file" in refusal(published)


def test_what_is_too_large_is_not_sent(published: Project) -> None:
    (published.folder / "reportgen.toml").write_text("[publish]\nmax_size = 1000\n")
    said = refusal(published)
    assert (
        "more than the 1\N{NARROW NO-BREAK SPACE}000 bytes of [publish] max_size; mostly " in said
    )
    with pytest.raises(PublishError, match=r"is too large: .* up to 4.88 KiB"):
        sizes_of(published.folder / SITE, Limits(10**9, file=5000))


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("index.html", "pages"),
        ("runs/a/run.json", "data"),
        ("runs/a/artifacts/x.png", "artifacts"),
        ("experiments/x/charts/1.svg", "pictures"),
        ("assets/core.js", "assets"),
        (".nojekyll", "data"),
    ],
)
def test_files_are_of_a_kind(path: str, kind: str) -> None:
    assert kind_of(path) == kind


def test_git_that_is_missing_or_too_old(
    published: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    said = published.publish()
    assert (said.status, "git is not installed" in said.err) == (2, True)
    (tmp_path / "bin" / "git").write_text("#!/bin/sh\necho git version 2.30.9\n")
    (tmp_path / "bin" / "git").chmod(0o755)
    said = published.publish()
    assert "git version 2.30.9 is too old: publishing needs git 2.31 or newer" in said.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("fatal: Authentication failed for 'https://github.com/x/'", "no rights at origin"),
        ("remote: Permission to x/y.git denied to z.\nfatal: error: 403", "no rights at origin"),
        ("git@github.com: Permission denied (publickey).\nfatal: Could not read", "no rights"),
        ("fatal: could not read Username for 'x': terminal prompts disabled", "no rights"),
        ("ERROR: Repository not found.\nfatal: Could not read", "there is no repository at"),
        ("ssh: Could not resolve hostname nowhere", "cannot be reached"),
        ("fatal: repository 'http://h/x.git/' not found", "there is no repository at"),
        ("fatal: detected dubious ownership in repository at '/x'", "belongs to another user"),
        ("fatal: something else", "cannot be read or written: fatal: something else"),
    ],
)
def test_words_of_remotes_become_errors(published: Project, words: str, told: str) -> None:
    error = remote_trouble(find_target(published.folder, "", "gh-pages"), GitFailed("x", words))
    assert told in str(error)


def test_protected_branch_is_told(published: Project) -> None:
    target = find_target(published.folder, "", "gh-pages")
    reason = "[remote rejected] (protected branch hook declined)"
    words = "remote: error: GH006: Protected branch update failed.\nremote: \nerror: failed"
    error = refused(target, reason, words)
    assert "GH006: Protected branch update failed." in str(error)
    assert error.hint.startswith("--keep-history needs no forced push")


def test_a_remote_named_after_force_may_be_overtaken_like_any(published: Project) -> None:
    target = find_target(published.folder, "", "gh-pages")
    words = "error: failed to push some refs to 'https://host/me/reinforcement-protected.git'"
    with pytest.raises(Overtaken):
        refused(target, "[rejected] (stale info)", words)


def test_words_of_others_are_one_line_without_passwords() -> None:
    assert quoted(["a  b", "", "a b", "to https://me:word@host/x"]) == "a b; to https://host/x"
    assert len(quoted(["x" * 5000])) < 400


def test_settings_are_added_to_those_of_the_environment() -> None:
    known = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "a.b", "GIT_CONFIG_VALUE_0": "c"}
    found = with_settings({**known, "GIT_DIR": "x", "HOME": "/h"}, [("d.e", "f")])
    assert (found["GIT_CONFIG_COUNT"], found["GIT_CONFIG_KEY_0"]) == ("2", "a.b")
    assert (found["GIT_CONFIG_KEY_1"], found["GIT_CONFIG_VALUE_1"]) == ("d.e", "f")
    assert "GIT_DIR" not in found
    assert found["HOME"] == "/h"


def test_settings_of_the_repository_reach_git_once(published: Project, settings: Path) -> None:
    """As the checkout action of GitHub leaves its token in a file that a folder's rule includes."""
    extra = published.folder.parent / "extra"
    extra.write_text('[http "https://h/"]\n\textraheader = AUTHORIZATION: basic abc\n')
    git(published.folder, "config", "user.name", "Ada of the repository")
    rule = f"includeIf.gitdir:{published.folder}/.git.path"
    git(published.folder, "config", rule, str(extra))
    target = find_target(published.folder, "", "gh-pages")
    assert target.author == ("Ada of the repository", "ada@example.org")
    names = sorted(name for name, _ in target.settings)
    assert names == ["http.https://h/.extraheader", "remote.target.url", "user.name"]


@pytest.mark.usefixtures("interrupts")
def test_interrupted_publish_leaves_branch_and_disk_as_they_were(
    published: Project, tmp_path: Path
) -> None:
    edit_note(published, "green")
    hook = published.remote / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\ntouch reached\nsleep 5\n")
    hook.chmod(0o755)
    (tmp_path / "tmp").mkdir()
    before = published.commits()
    process = subprocess.Popen(
        command(["publish", "--jobs", "1"]),
        cwd=published.folder,
        env=clean_environment(TMPDIR=str(tmp_path / "tmp")),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    until_true((published.remote / "reached").exists, "no push")
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (130, "")
    assert err.endswith("interrupted: what is published is whole, as it was or as it is to be\n")
    assert list((tmp_path / "tmp").iterdir()) == []
    assert published.commits() == before
