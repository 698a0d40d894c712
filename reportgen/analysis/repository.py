"""Addresses of commits at the large hosts of git repositories."""

import re

from reportgen.model import Run

_REPOSITORY = re.compile(
    r"(?:https://(?:[\w.-]+@)?|git@|ssh://git@)(github\.com|gitlab\.com|bitbucket\.org|codeberg\.org)"
    r"[/:]([\w.-]+(?:/[\w.-]+)+)/?"
)
_REPOSITORY_TAGS = ("mlflow.source.git.repoURL", "mlflow.gitRepoURL")
_COMMIT = re.compile(r"[0-9a-fA-F]{7,64}")
_COMMIT_PATHS = {"gitlab.com": "-/commit", "bitbucket.org": "commits"}
_COMPARE_PATHS = {"gitlab.com": "-/compare", "bitbucket.org": "branches/compare"}


def repository_of(run: Run) -> str:
    """The address of the git repository that a run was started from; "" where none is recorded."""
    found = (run.tags.get(tag, "").strip() for tag in _REPOSITORY_TAGS)
    return next(filter(None, found), "")


def is_commit(text: str) -> bool:
    """Whether a text can be the id of a commit."""
    return _COMMIT.fullmatch(text) is not None


def is_known_host(repository: str) -> bool:
    """Whether an address is of a repository at one of the large hosts."""
    return _REPOSITORY.fullmatch(repository) is not None


def home_of(repository: str) -> str:
    """The page of a repository at one of the large hosts, without credentials; "" elsewhere."""
    found = _REPOSITORY.fullmatch(repository.strip())
    return f"https://{found[1]}/{found[2].removesuffix('.git')}" if found else ""


def commit_url(repository: str, commit: str) -> str:
    """The page of a commit; "" where the host is not known or the text is no commit."""
    home = home_of(repository)
    if not home or not is_commit(commit):
        return ""
    return f"{home}/{_COMMIT_PATHS.get(_host(home), 'commit')}/{commit}"


def compare_url(old: str, new: str, commits: tuple[str, str]) -> str:
    """The page that compares two commits of one repository; "" where there is none."""
    home = home_of(old)
    before, after = commits[0].strip(), commits[1].strip()
    if not home or home != home_of(new) or before == after:
        return ""
    if not is_commit(before) or not is_commit(after):
        return ""
    if _host(home) == "bitbucket.org":
        return f"{home}/{_COMPARE_PATHS['bitbucket.org']}/{after}..{before}"
    return f"{home}/{_COMPARE_PATHS.get(_host(home), 'compare')}/{before}...{after}"


def _host(home: str) -> str:
    return home.split("/")[2]
