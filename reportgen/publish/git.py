"""Running git, in an environment in which it can mean no repository but the one it is told of.

A hook of git, or an alias, runs us with variables that name the repository of the user; they would
turn every command of ours against it. So they are taken away, and what git is to know of the user's
repository (how to get at a remote, who is the author) is handed over as settings.
"""

import os
import re
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, BinaryIO

from reportgen.errors import PublishError
from reportgen.values import frozen

Setting = tuple[str, str]  # name and value of a setting of git

_LEAST = (2, 31)  # the first that takes settings from the environment (GIT_CONFIG_COUNT)
# What `git rev-parse --local-env-vars` lists, but for settings, and what hooks of a server get.
_OF_A_REPOSITORY = frozenset(
    (
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_COMMON_DIR",
        "GIT_CONFIG",
        "GIT_DIR",
        "GIT_GRAFT_FILE",
        "GIT_IMPLICIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_INTERNAL_SUPER_PREFIX",
        "GIT_NAMESPACE",
        "GIT_NO_REPLACE_OBJECTS",
        "GIT_OBJECT_DIRECTORY",
        "GIT_PREFIX",
        "GIT_PROTOCOL",
        "GIT_PUSH_OPTION_COUNT",
        "GIT_QUARANTINE_PATH",
        "GIT_REPLACE_REF_BASE",
        "GIT_SHALLOW_FILE",
        "GIT_WORK_TREE",
    )
)
_ENGLISH = {"LC_ALL": "C", "LANGUAGE": ""}  # its words are read
# No hook of the user's runs, nothing is tidied up in the background, files are sent as they are.
_OURS: tuple[Setting, ...] = (
    ("core.hooksPath", os.devnull),
    ("core.autocrlf", "false"),
    ("core.fsmonitor", "false"),
    ("gc.auto", "0"),
    ("maintenance.auto", "false"),
    ("advice.pushUpdateRejected", "false"),
    ("protocol.version", "2"),  # contents can be asked for one by one
    ("pack.useSparse", "false"),  # what the branch has at another path is not sent again
)
_OWNED = re.compile(r"in repository at ('.*?')")
_VERSION = re.compile(rb"(\d+)\.(\d+)")


def of_another_user(what: str, words: str) -> PublishError:
    """The error for a repository that git does not read because of who owns it."""
    found = _OWNED.search(words)
    return PublishError(
        f"{what} belongs to another user of this machine, so git does not read it",
        hint=f"git config --global --add safe.directory {found[1] if found else 'FOLDER'}",
    )


def is_of_another_user(words: str) -> bool:
    """Whether that is what git says."""
    return "dubious ownership" in words


class GitFailed(PublishError):
    """A command of git that failed, with its words."""

    def __init__(self, command: str, words: str) -> None:
        lines = [line.strip() for line in words.splitlines() if line.strip()]
        said = [line for line in lines if line.startswith(("fatal:", "error:"))] or lines[-1:]
        reason = said[0] if said else "no reason given"
        super().__init__(f"git {command} failed: {reason}", hint="see what git says, and try again")
        self.words = words

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        """As a plain PublishError, for the way to another process."""
        return _plain, (str(self), self.hint)


def _plain(message: str, hint: str) -> PublishError:
    return PublishError(message, hint=hint)


@frozen
class Git:
    """git, to be run in a folder."""

    folder: Path
    repository: Path | None = None  # a git folder; None: as git finds one from the folder
    settings: tuple[Setting, ...] = ()
    index: Path | None = None  # the file that holds the index; None: as git has it
    asks: bool = False  # may ask a person at the terminal for a password

    def run(self, *arguments: str, given: bytes = b"") -> bytes:
        """What a command prints. Raises GitFailed."""
        done = self.attempt(*arguments, given=given)
        if done.returncode:
            raise GitFailed(arguments[0], spoken(done.stderr))
        return done.stdout

    def line(self, *arguments: str) -> str:
        """The one line that a command prints; "" where it fails."""
        done = self.attempt(*arguments)
        return "" if done.returncode else spoken(done.stdout).strip()

    def attempt(self, *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        """A command run to its end, whatever that is. Raises PublishError where git is missing."""
        with _git_is_there():
            return subprocess.run(
                self._command(arguments),
                cwd=self.folder,
                env=self._environment(),
                input=given,
                capture_output=True,
                check=False,
                start_new_session=not self.asks,
            )

    def heard(
        self, *arguments: str, hear: Callable[[str], None]
    ) -> subprocess.CompletedProcess[bytes]:
        """As `attempt`, for a command that takes its time: tells each line of its messages."""
        with _git_is_there():
            process = subprocess.Popen(
                self._command(arguments),
                cwd=self.folder,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=not self.asks,
            )
        with process:
            assert process.stdout is not None
            assert process.stderr is not None
            try:
                words = _lines_of(process.stderr, hear)
                printed = process.stdout.read()
            except BaseException:
                process.kill()
                raise
        return subprocess.CompletedProcess(process.args, process.returncode, printed, words)

    @contextmanager
    def feeding(self, *arguments: str) -> Iterator[BinaryIO]:
        """The input of a command that runs as long as the block does. Raises GitFailed."""
        with _git_is_there():
            process = subprocess.Popen(
                self._command(arguments),
                cwd=self.folder,
                env=self._environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
            )
        with process:
            assert process.stdin is not None
            assert process.stderr is not None
            is_whole = False
            try:
                with suppress(BrokenPipeError), process.stdin:  # if it ends early, it says why
                    yield process.stdin  # type: ignore[misc]
                    is_whole = True
            except BaseException:
                process.kill()
                raise
            words = process.stderr.read()
        if process.returncode or not is_whole:
            raise GitFailed(arguments[0], spoken(words))

    def _command(self, arguments: Sequence[str]) -> list[str]:
        where = [f"--git-dir={self.repository}"] if self.repository else []
        return ["git", *where, *arguments]

    def _environment(self) -> dict[str, str]:
        settings = (*_OURS, *self.settings) if self.repository else self.settings
        found = with_settings(os.environ, settings)
        if self.index:
            found["GIT_INDEX_FILE"] = str(self.index)
        if not self.asks:
            found.setdefault("GIT_TERMINAL_PROMPT", "0")
        return found


def with_settings(environment: Mapping[str, str], settings: Sequence[Setting]) -> dict[str, str]:
    """An environment that names no repository, with settings of git added to those it has."""
    found = {name: value for name, value in environment.items() if name not in _OF_A_REPOSITORY}
    found |= _ENGLISH
    known = found.get("GIT_CONFIG_COUNT", "")
    first = int(known) if known.isdecimal() else 0
    for number, (name, value) in enumerate(settings, first):
        found[f"GIT_CONFIG_KEY_{number}"] = name
        found[f"GIT_CONFIG_VALUE_{number}"] = value
    if settings:
        found["GIT_CONFIG_COUNT"] = str(first + len(settings))
    return found


def require_git() -> None:
    """Raise PublishError where git is missing, or too old."""
    said = Git(Path()).run("version")
    found = _VERSION.search(said)
    if found is None or (int(found[1]), int(found[2])) < _LEAST:
        least = ".".join(map(str, _LEAST))
        raise PublishError(
            f"{spoken(said).strip()} is too old: publishing needs git {least} or newer",
            hint="install a newer git (https://git-scm.com)",
        )


def _lines_of(stream: IO[bytes], hear: Callable[[str], None]) -> bytes:
    """All that comes, but for progress; each line is told as it comes."""
    kept, line = [], bytearray()
    while letter := stream.read(1):
        line += letter
        if letter in b"\r\n":
            hear(spoken(bytes(line)).strip())
            kept += [bytes(line)] if letter == b"\n" else []
            line.clear()
    return b"".join(kept) + line


@contextmanager
def _git_is_there() -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        if error.filename != "git":
            raise
        raise PublishError(
            "git is not installed, or not on the PATH",
            hint="install git (https://git-scm.com), or copy the folder of the site yourself",
        ) from error


def spoken(words: bytes) -> str:
    """What git said, as a text."""
    return words.decode("utf-8", "replace")
