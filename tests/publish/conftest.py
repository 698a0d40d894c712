"""git without settings of the machine, and a checkout with what was built from it."""

import shutil
from pathlib import Path

import pytest

from tests.publish.remotes import Project, git, make_project

SETTINGS = """[user]
name = Ada
email = ada@example.org
[commit]
gpgsign = true
[core]
autocrlf = true
[init]
defaultBranch = trunk
[protocol "file"]
allow = always
"""


@pytest.fixture(scope="session")
def _settings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("settings") / "gitconfig"
    path.write_text(SETTINGS)
    return path


@pytest.fixture(autouse=True)
def settings(_settings: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Settings of a user of ours, and some that must make no difference."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(_settings))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    for name in ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_DIR", "SOURCE_DATE_EPOCH"):
        monkeypatch.delenv(name, raising=False)
    return _settings


@pytest.fixture(scope="session")
def _prepared(tmp_path_factory: pytest.TempPathFactory, _settings: Path) -> Path:
    """A project that has been published once."""
    root = tmp_path_factory.mktemp("prepared")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GIT_CONFIG_GLOBAL", str(_settings))
        project = make_project(root)
        assert project.publish().status == 0
    return root


@pytest.fixture
def published(_prepared: Path, tmp_path: Path) -> Project:
    """A project that has been published once, of its own for the test."""
    shutil.copytree(_prepared, tmp_path / "p")
    project = Project(tmp_path / "p" / "work", tmp_path / "p" / "remote.git")
    git(project.folder, "remote", "set-url", "origin", str(project.remote))
    return project


@pytest.fixture
def fresh(published: Project) -> Project:
    """A project that has a built site, and was never published."""
    git(published.remote, "update-ref", "-d", "refs/heads/gh-pages")
    git(published.remote, "gc", "--quiet", "--prune=now")
    return published
