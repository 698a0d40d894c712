"""Where to publish to: a branch of a remote, and all that git must know to get there.

Looks at the repository that the user is in, and asks nothing but what its settings say: nothing is
written, no other host is asked.
"""

import os
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from reportgen import __version__
from reportgen.errors import PublishError
from reportgen.publish.git import (
    Git,
    GitFailed,
    Setting,
    is_of_another_user,
    of_another_user,
    require_git,
    spoken,
)
from reportgen.values import frozen

REMOTE = "target"  # as the remote is called in our own repository
_USUAL = "origin"
_NOBODY = ("reportgen", "noreply@reportgen.invalid")
# Settings of the user's repository by which git gets at remotes, and knows who the user is.
_WANTED = re.compile(
    r"(http|credential|url|ssh|protocol|user|author|committer)\."
    r"|core\.(sshcommand|askpass|gitproxy)$",
    re.IGNORECASE,
)
_OF_REMOTES = ("proxy", "proxyauthmethod", "uploadpack", "receivepack", "serveroption")
# Of web addresses a token may be all that stands before the host; else it is after a colon.
_SECRETS = (
    (re.compile(r"(https?://)[^/@\s]+@"), r"\1"),
    (re.compile(r"(://[^:/@\s]*):[^/@\s]+@"), r"\1@"),
)
_ADDRESS = re.compile(r"[\w+.-]+://|([\w.-]+@)?[\w.-]{2,}:")


@frozen
class Target:
    """A branch of a remote."""

    branch: str
    name: str  # of the remote, as a user knows it: origin, or its address without passwords
    url: str  # may hold a password: not to be shown
    settings: tuple[Setting, ...]  # by which git reaches it
    author: tuple[str, str]  # name and mail address
    commit: str = ""  # that the user works on; "" outside a repository
    at_work: str = ""  # the branch that the user works on
    algorithm: str = "sha1"  # of the user's repository
    asks: bool = False  # git may ask for a password

    @property
    def shown(self) -> str:
        """The remote's address without a user's name or password."""
        return without_secrets(self.url)

    @property
    def place(self) -> str:
        """Branch and remote in words."""
        return f"{self.branch} of {self.name}"


def find_target(folder: Path, remote: str, branch: str, *, asks: bool = False) -> Target:
    """The branch of a remote that is named, else of the one that the user's repository has.

    `remote` is a name, an address or a path. Raises PublishError where there is none, or where the
    name of the branch is none.
    """
    require_git()
    git = Git(folder)
    _check_branch(git, branch)
    top = _repository(git, is_needed=not _is_address(remote, folder))
    name, url, base = _choose(git, remote, folder, top)
    known = _pairs(git.attempt("config", "--list", "-z").stdout)
    settings = _settings(git, known, name if base else "")
    return Target(
        branch,
        name,
        url,
        (*settings, (f"remote.{REMOTE}.url", url)),
        _author(dict(known)),
        git.line("rev-parse", "--verify", "--quiet", "HEAD") if top else "",
        git.line("symbolic-ref", "--short", "--quiet", "HEAD") if top else "",
        (git.line("rev-parse", "--show-object-format") or "sha1") if top else "sha1",
        asks,
    )


def without_secrets(text: str) -> str:
    """A text without the passwords that addresses in it hold."""
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    return text


def _check_branch(git: Git, branch: str) -> None:
    is_name = bool(branch) and not branch.startswith(("-", "refs/")) and branch != "HEAD"
    if not is_name or git.attempt("check-ref-format", f"refs/heads/{branch}").returncode:
        raise PublishError(
            f"{branch!r} is no name that a branch can have", hint="the usual one is gh-pages"
        )


def _repository(git: Git, *, is_needed: bool) -> Path | None:
    """The folder that relative addresses of remotes start from; None outside a repository."""
    for question in ("--show-toplevel", "--absolute-git-dir"):  # the second for one without files
        found = git.attempt("rev-parse", question)
        if not found.returncode:
            return Path(spoken(found.stdout).removesuffix("\n"))
    words = spoken(found.stderr)
    if is_needed and is_of_another_user(words):
        raise of_another_user("the repository here", words)
    if is_needed and "not a git repository" not in words:
        raise GitFailed("rev-parse", words)
    if is_needed:
        raise PublishError(
            "no git repository here, so there is no remote to publish to",
            hint="go to your repository, or name the remote: --remote https://github.com/ME/REPO",
        )
    return None


def _is_address(remote: str, folder: Path) -> bool:
    return bool(_ADDRESS.match(remote)) or os.sep in remote or (folder / remote / "HEAD").exists()


def _choose(git: Git, remote: str, folder: Path, top: Path | None) -> tuple[str, str, Path | None]:
    """How the remote is called, its address, and the repository that knows it by this name."""
    names = git.line("remote").split("\n") if top else []
    names = [name for name in names if name]
    if remote and remote not in names and _is_address(remote, folder):
        return without_secrets(remote), _whole(remote, folder), None
    name = remote or (_USUAL if _USUAL in names or len(names) != 1 else names[0])
    if name not in names:
        there = f"there are {', '.join(names)}: --remote NAME" if names else "git remote add"
        known = there if names else f"{there} {name} https://github.com/ME/REPO"
        raise PublishError(f"the repository here has no remote {name}", hint=known)
    assert top is not None
    # With what url.*.insteadOf makes of it: where it pushes to, for reading, too.
    url = git.run("remote", "get-url", "--push", name)
    return name, _whole(spoken(url).removesuffix("\n"), top), top


def _whole(url: str, base: Path) -> str:
    """An address that means the same in every folder. Raises PublishError for what is none."""
    if url.startswith("-"):
        raise PublishError(f"{url!r} is no address of a remote", hint="git remote -v")
    return url if _ADDRESS.match(url) else str((base / Path(url).expanduser()).resolve())


def _settings(git: Git, known: Sequence[Setting], remote: str) -> list[Setting]:
    """Those of the known settings that only the user's repository knows, as far as they are wanted.

    Those of the user and of the system are found anyway, and would be there twice.
    """
    here = Counter(known)
    outside = Git(git.folder, Path(os.devnull))
    here.subtract(Counter(_pairs(outside.attempt("config", "--list", "-z").stdout)))
    found = [(name, value) for name, value in here.elements() if _WANTED.match(name)]
    prefix = f"remote.{remote}."
    for name, value in here.elements() if remote else ():
        if name.startswith(prefix) and name.removeprefix(prefix) in _OF_REMOTES:
            found.append((f"remote.{REMOTE}.{name.removeprefix(prefix)}", value))
    return found


def _pairs(listed: bytes) -> list[Setting]:
    """What `git config --list -z` prints; a name without a value means true."""
    pairs = []
    for entry in spoken(listed).split("\0")[:-1]:
        name, is_set, value = entry.partition("\n")
        pairs.append((name, value if is_set else "true"))
    return pairs


def _author(known: Mapping[str, str]) -> tuple[str, str]:
    """The user as git knows them; nobody where it would have to guess, by the machine's name."""
    name = os.environ.get("GIT_AUTHOR_NAME") or known.get("author.name") or known.get("user.name")
    mail = (
        os.environ.get("GIT_AUTHOR_EMAIL") or known.get("author.email") or known.get("user.email")
    )
    return (name, mail) if name and mail else _NOBODY


def user_agent() -> str:
    """Who made a commit, for its message."""
    return f"reportgen {__version__}"
