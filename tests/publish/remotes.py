"""A checkout with a store, the bare repository it pushes to, and a clone of somebody else."""

import io
import os
import subprocess
from collections.abc import Sequence
from contextlib import chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

from reportgen.cli import main
from tests.sites import make_store

PAGES = "gh-pages"


@dataclass(frozen=True)
class Said:
    """The end of a command."""

    status: int
    out: str
    err: str

    @property
    def last(self) -> str:
        """The last line of the result."""
        return self.out.splitlines()[-1]


def git(folder: Path, *arguments: str, given: str = "") -> str:
    """What git prints, run in a folder; fails the test where git fails."""
    done = subprocess.run(
        ["git", "-c", "commit.gpgsign=false", *arguments],
        cwd=folder,
        input=given,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.rstrip("\n")


@dataclass(frozen=True)
class Project:
    """A checkout on its branch `main`, with `mlruns` beside its files."""

    folder: Path
    remote: Path

    def publish(self, *arguments: str) -> Said:
        """Run `reportgen publish`, in one process."""
        return run(self.folder, "publish", "--jobs", "1", *arguments)

    def tree(self, branch: str = PAGES) -> dict[str, str]:
        """What a branch of the remote holds: names of contents by path."""
        listed = git(self.remote, "ls-tree", "-r", "--full-tree", branch).splitlines()
        return {line.partition("\t")[2]: line.split()[2] for line in listed}

    def show(self, path: str, branch: str = PAGES) -> str:
        """A file of a branch of the remote."""
        return git(self.remote, "show", f"{branch}:{path}")

    def commits(self, branch: str = PAGES) -> list[str]:
        """The commits of a branch of the remote, the newest first."""
        return git(self.remote, "log", "--format=%H", branch).splitlines()

    def objects(self) -> set[str]:
        """The names of all objects that the remote holds, those that nothing leads to as well."""
        listed = git(self.remote, "cat-file", "--batch-all-objects", "--batch-check=%(objectname)")
        return set(listed.splitlines())

    def commit_beside(self, files: dict[str, str | None]) -> str:
        """A commit of somebody else on the branch of the site; gives its name.

        `files` are texts by path; None deletes.
        """
        clone = self.remote.parent / "theirs"
        if not clone.exists():
            git(self.remote.parent, "clone", "-q", "--no-checkout", str(self.remote), str(clone))
        git(clone, "fetch", "-q", "origin")
        git(clone, "checkout", "-q", "-B", "work", f"origin/{PAGES}")
        for path, text in files.items():
            if text is None:
                (clone / path).unlink()
            else:
                (clone / path).parent.mkdir(parents=True, exist_ok=True)
                (clone / path).write_text(text)
        git(clone, "add", "-A")
        git(clone, "commit", "-qm", "by hand")
        git(clone, "push", "-q", "origin", f"HEAD:{PAGES}")
        return git(clone, "rev-parse", "HEAD")


def run(folder: Path, *arguments: str) -> Said:
    """Run the command line in this process, in a folder."""
    out, err = io.StringIO(), io.StringIO()
    with chdir(folder), redirect_stdout(out), redirect_stderr(err):
        status = main(arguments)
    return Said(status, out.getvalue(), err.getvalue())


def make_project(root: Path) -> Project:
    """A checkout with one commit that was pushed, and an untracked store and site."""
    remote, folder = root / "remote.git", root / "work"
    git(root, "init", "-q", "--bare", "-b", "main", str(remote))
    git(root, "init", "-q", "-b", "main", str(folder))
    (folder / "README.md").write_text("about\n")
    git(folder, "add", "README.md")
    git(folder, "commit", "-qm", "first")
    git(folder, "remote", "add", "origin", str(remote))
    git(folder, "push", "-q", "-u", "origin", "main")
    make_store(folder / "mlruns", 2)
    return Project(folder, remote)


def everything_below(folder: Path, but: Sequence[str] = ()) -> dict[str, tuple[int, bytes]]:
    """Every file below a folder, links and git's own included, with its mode and its bytes.

    `but` are names at the top that are left out.
    """
    found = {}
    for parent, folders, names in os.walk(folder):
        if Path(parent) == folder:
            folders[:] = [name for name in folders if name not in but]
            names = [name for name in names if name not in but]  # noqa: PLW2901
        for name in names:
            path = Path(parent) / name
            data = os.readlink(path).encode() if path.is_symlink() else path.read_bytes()
            found[path.relative_to(folder).as_posix()] = path.lstat().st_mode, data
    return found
