"""`reportgen init --github` and `--gitlab`: files by which a service builds and publishes."""

import json
import subprocess
from pathlib import Path

from reportgen import __version__
from reportgen.errors import OutputError, UsageError

GITHUB = Path(".github/workflows/reportgen.yml")
GITLAB = Path(".gitlab-ci.yml")
_GITLAB_INCLUDED = Path(".gitlab/reportgen.yml")
_TEMPLATES = Path(__file__).resolve().parent.parent / "workflows"
_ON_PAGES = "https://${{ github.repository_owner }}.github.io/${{ github.event.repository.name }}/"


def github_file(url: str) -> tuple[Path, str, tuple[str, ...]]:
    """The workflow of GitHub: its place, its text, and what to do next.

    `url` is where the site will stand; "" is where GitHub Pages puts it. Raises UsageError where
    the file is there already.
    """
    _refuse(GITHUB)
    branch = default_branch()
    text = _template("github.yml")
    text = text.replace("__BRANCHES__", json.dumps(branch)).replace("__BRANCH__", branch)
    text = text.replace("__SITE_URL__", json.dumps(url or _ON_PAGES))
    return (
        GITHUB,
        text,
        (
            f"commit it; it publishes what is pushed to {branch}",
            "on GitHub: Settings > Pages > Build and deployment > Source: GitHub Actions",
        ),
    )


def gitlab_file() -> tuple[Path, str, tuple[str, ...]]:
    """The jobs for GitLab: their file, their text, and what to do next.

    Where `.gitlab-ci.yml` is there, a file that it can include. Raises UsageError where that is
    there as well.
    """
    text = _template("gitlab.yml")
    note = "for a note on merge requests: a CI/CD variable REPORTGEN_TOKEN, with the scope api"
    if not _is_there(GITLAB):
        return GITLAB, text, ("commit it; it publishes the default branch", note)
    _refuse(_GITLAB_INCLUDED)
    include = f"add to {GITLAB}:  include: [{{ local: {_GITLAB_INCLUDED.as_posix()} }}]"
    return _GITLAB_INCLUDED, text, (include, note)


def _template(name: str) -> str:
    text = (_TEMPLATES / name).read_text("utf-8")
    return text.replace("__VERSION__", __version__)


def write_new(path: Path, text: str) -> None:
    """Write a file that is not there yet. Raises UsageError where it is, or OutputError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise _there(path) from None
    except OSError as error:
        raise OutputError(
            f"{path} cannot be written: {error.strerror}", hint="check the permissions here"
        ) from error


def refuse_subfolder() -> None:
    """Raise UsageError below the root of a git repository: services look for their files there."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / ".git").exists():
            if folder != here:
                raise UsageError(
                    "workflows belong in the root of the repository", hint=f"cd {folder}"
                )
            return


def default_branch() -> str:
    """The branch that is published: that of origin if git knows it, else `main`."""
    name = _git("symbolic-ref", "--short", "refs/remotes/origin/HEAD").removeprefix("origin/")
    current = _git("symbolic-ref", "--short", "HEAD")
    return name or (current if current in ("main", "master", "trunk") else "main")


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(["git", *arguments], capture_output=True, text=True, check=False)
    except OSError:  # no git
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _is_there(path: Path) -> bool:
    return path.exists() or path.is_symlink()


def _refuse(path: Path) -> None:
    if _is_there(path):
        raise _there(path)


def _there(path: Path) -> UsageError:
    return UsageError(f"{path} is there already", hint="edit it, or move it away")
