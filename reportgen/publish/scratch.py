"""A repository of our own, for as long as it takes to publish, in which a commit is made and sent.

Of the branch only its newest commit is fetched, and, where the remote can leave them out, no
contents of files: names and hashes tell what is to be sent.
"""

import hashlib
import os
import re
import shutil
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from reportgen.errors import PublishError
from reportgen.publish.git import Git, GitFailed, spoken
from reportgen.publish.target import REMOTE, Target
from reportgen.publish.words import Overtaken, is_overtaken, refused, remote_trouble
from reportgen.values import frozen

_SEEN = f"refs/remotes/{REMOTE}/branch"
_HEX_OF_SHA256 = 64
_PROGRESS = re.compile(r"Writing objects: +(\d+)%")


@frozen
class Item:
    """A file of a branch."""

    mode: str  # of git: 100644 for a plain file
    oid: str  # of its contents


@frozen
class Branch:
    """What a branch of a remote holds."""

    tip: str = ""  # its newest commit; "" where the remote has no such branch
    items: Mapping[str, Item] = field(default_factory=dict)  # by path
    is_default: bool = False  # the branch that a clone of the remote checks out


class Scratch:
    """The repository; `open_scratch` makes one."""

    def __init__(self, target: Target, folder: Path) -> None:
        self._target = target
        self._folder = folder
        self._git = Git(folder, folder / "git", target.settings, asks=target.asks)
        self._kept: set[str] = set()
        self._leaves_out = True  # contents of files are fetched only when they are asked for
        self.algorithm = ""
        self._make(target.algorithm)

    def look(self) -> Branch:
        """Fetch the branch as it is now. Raises PublishError where the remote cannot be read."""
        ref = f"refs/heads/{self._target.branch}"
        try:
            heads = self._git.run("ls-remote", "--symref", REMOTE, "HEAD", ref)
        except GitFailed as failed:
            raise remote_trouble(self._target, failed) from None
        default, tips = _heads(spoken(heads))
        for tip in tips.values():
            algorithm = "sha256" if len(tip) == _HEX_OF_SHA256 else "sha1"
            if algorithm != self.algorithm:
                self._make(algorithm)
        is_default = default == ref
        if ref not in tips:
            return Branch(is_default=is_default)
        try:
            self._fetch()
        except GitFailed as failed:
            raise self._trouble(failed) from None
        tip = self._git.line("rev-parse", _SEEN)
        listed = self._git.run("ls-tree", "-r", "-z", "--full-tree", tip)
        return Branch(tip, dict(_items(listed)), is_default)

    def _fetch(self) -> None:
        options = ["--quiet", "--depth=1", "--no-tags", "--no-auto-gc"]
        options += ["--filter=blob:none"] if self._leaves_out else []
        ref = f"+refs/heads/{self._target.branch}:{_SEEN}"
        self._git.run("fetch", *options, REMOTE, ref)

    def _trouble(self, failed: GitFailed) -> PublishError:
        """The error for a remote that cannot be read. Raises Overtaken where it has changed."""
        if is_overtaken(failed):
            raise Overtaken
        return remote_trouble(self._target, failed)

    def read(self, oids: Sequence[str]) -> list[bytes]:
        """The contents of files of the branch that was fetched. Raises Overtaken, PublishError."""
        try:
            if self._leaves_out:
                self._bring(oids)
            return [self._git.run("cat-file", "blob", oid) for oid in oids]
        except GitFailed as failed:
            if not self._leaves_out:
                raise self._trouble(failed) from None
        # Some remotes leave contents out when asked to, and then refuse to send single ones.
        try:
            self._leaves_out = False
            self._make(self.algorithm)
            self._fetch()
        except GitFailed as failed:
            raise self._trouble(failed) from None
        return self.read(oids)

    def _bring(self, oids: Sequence[str]) -> None:
        """Fetch what is not here in one go; what is asked for singly comes singly."""
        if len(set(oids)) < 2 or not self._git.line("config", f"remote.{REMOTE}.promisor"):
            return
        missing = spoken(
            self._git.run("rev-list", "--objects", "--missing=print", "--no-object-names", _SEEN)
        )
        gone = {line[1:] for line in missing.splitlines() if line.startswith("?")}
        wanted = [oid for oid in dict.fromkeys(oids) if oid in gone]
        if len(wanted) > 1:
            fetch = ("fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--filter=blob:none")
            noop = ("-c", "fetch.negotiationAlgorithm=noop")
            self._git.run(*noop, *fetch, REMOTE, *wanted)

    def oid_of(self, data: bytes) -> str:
        """The name that git gives to the contents of a file."""
        hasher = hashlib.new(self.algorithm, b"blob %d\0" % len(data), usedforsecurity=False)
        hasher.update(data)
        return hasher.hexdigest()

    @contextmanager
    def keeping(self, known: Container[str]) -> Iterator[Callable[[bytes], str]]:
        """A function that takes the contents of a file into the repository and gives their name.

        Those whose names are `known` are on the branch, and are passed over.
        """
        with self._git.feeding("fast-import", "--quiet", "--done") as stream:

            def keep(data: bytes) -> str:
                oid = self.oid_of(data)
                if oid not in known and oid not in self._kept:
                    self._kept.add(oid)
                    stream.write(b"blob\ndata %d\n" % len(data))
                    stream.write(data)
                    stream.write(b"\n")
                return oid

            yield keep
            stream.write(b"done\n")

    def commit(
        self, items: Mapping[str, Item], message: str, when: int, *, parent: str = ""
    ) -> str:
        """A commit of these files, by their paths; contents may be elsewhere. Gives its name."""
        index = replace(self._git, index=self._folder / "index")
        (self._folder / "index").unlink(missing_ok=True)
        lines = [f"{item.mode} {item.oid} 0\t{path}\0" for path, item in items.items()]
        index.run("update-index", "-z", "--index-info", given=_bytes("".join(lines)))
        tree = spoken(index.run("write-tree", "--missing-ok")).strip()
        name, mail = self._target.author
        made = f"{_plain(name)} <{_plain(mail)}> {when} +0000"
        above = f"parent {parent}\n" if parent else ""
        body = f"tree {tree}\n{above}author {made}\ncommitter {made}\n\n{message}\n"
        hashing = ("hash-object", "-t", "commit", "-w", "--stdin")
        return spoken(self._git.run(*hashing, given=_bytes(body))).strip()

    def push(self, commit: str, tip: str, sent: Callable[[int], None] | None = None) -> None:
        """Make a commit the newest of the branch, if it still is as it was when we looked.

        `tip` is what its newest commit was, or ""; `sent` is told how many percent are sent.
        Raises Overtaken, or PublishError.
        """
        ref = f"refs/heads/{self._target.branch}"
        lease = f"--force-with-lease={ref}:{tip}"
        progress = "--progress" if sent else "--no-progress"
        command = ("push", "--porcelain", "--no-verify", progress, lease, REMOTE, f"{commit}:{ref}")

        def hear(line: str) -> None:
            found = _PROGRESS.match(line)
            if found and sent:
                sent(int(found[1]))

        done = self._git.heard(*command, hear=hear)
        words = spoken(done.stderr)
        for line in spoken(done.stdout).splitlines():
            if line.startswith("!"):
                raise refused(self._target, line.split("\t")[-1], words)
        if done.returncode:
            raise remote_trouble(self._target, GitFailed("push", words))

    def _make(self, algorithm: str) -> None:
        """Make the repository, for names of objects that are made by some algorithm."""
        shutil.rmtree(self._folder / "git", ignore_errors=True)
        self.algorithm = algorithm
        self._kept.clear()
        options = ("--quiet", "--bare", "--template=", f"--object-format={algorithm}")
        self._git.run("init", *options)


@contextmanager
def open_scratch(target: Target) -> Iterator[Scratch]:
    """A repository in a temporary folder that goes at the end."""
    try:
        folder = TemporaryDirectory(prefix="reportgen-", ignore_cleanup_errors=True)
    except OSError as error:
        raise PublishError(
            f"no temporary folder can be made: {error.strerror}",
            hint="make room, or name a place for it: TMPDIR=FOLDER",
        ) from error
    with folder as name:
        yield Scratch(target, Path(name))


def _heads(listed: str) -> tuple[str, dict[str, str]]:
    """The default branch of a remote, or "", and its newest commits by ref."""
    default, tips = "", {}
    for line in listed.splitlines():
        left, _, right = line.partition("\t")
        if left.startswith("ref: ") and right == "HEAD":
            default = left.removeprefix("ref: ")
        elif right:
            tips[right] = left
    return default, tips


def _items(listed: bytes) -> Iterator[tuple[str, Item]]:
    """What `git ls-tree -r -z` prints."""
    for entry in listed.split(b"\0")[:-1]:
        about, _, path = entry.partition(b"\t")
        mode, _, oid = about.decode().split(" ")
        yield os.fsdecode(path), Item(mode, oid)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _plain(name: str) -> str:
    """A name that cannot break out of its place in a commit."""
    return "".join(letter for letter in name if letter not in "<>\n\0").strip() or "nobody"
