"""What git and remotes say where something does not work, as errors that say what to do."""

from collections.abc import Sequence

from reportgen.errors import PublishError
from reportgen.publish.git import GitFailed, is_of_another_user, of_another_user
from reportgen.publish.target import Target, without_secrets

_MOST = 300  # letters of somebody else's words
_NO_RIGHTS = (
    "authentication failed",
    "permission denied",
    "could not read username",
    "could not read password",
    "terminal prompts disabled",
    "host key verification failed",
    "error: 401",
    "error: 403",
    "access denied",
    "permission to",
    "not allowed to push",
    "insufficient permission",
    "read-only",
)
_NO_REMOTE = (
    "does not appear to be a git repository",
    "repository not found",
    "' not found",
    "error: 404",
    "no such file or directory",
    "not a git repository",
    "does not exist",
)
_NO_NETWORK = ("could not resolve host", "connection", "timed out", "unable to access", "network")
# What ends a message of git and says nothing of the case.
_IDLE = (
    "please make sure you have the correct access rights",
    "and the repository exists.",
    "fatal: could not read from remote repository",
    "to add an exception",
    "git config --global --add safe.directory",
)
# A ref of the remote is another than it was when we looked, or is about to be.
_OVERTAKEN = (
    "stale info",
    "fetch first",
    "cannot lock ref",
    "failed to update ref",
    "incorrect old value",
    "reference already exists",
    "couldn't find remote ref",
    "not our ref",
)


class Overtaken(Exception):
    """Somebody else has pushed since we looked."""


def remote_trouble(target: Target, failed: GitFailed) -> PublishError:
    """The error for a remote that could not be read or written."""
    words = failed.words.lower()
    said = quoted(failed.words.splitlines())
    where = target.name if target.name == target.shown else f"{target.name} ({target.shown})"
    if is_of_another_user(words):
        return of_another_user(where, failed.words)
    if any(sign in words for sign in _NO_RIGHTS):
        return PublishError(
            f"no rights at {where}: {said}",
            hint="see that `git push` works there; a workflow needs `permissions: contents: write`",
        )
    if any(sign in words for sign in _NO_REMOTE):
        return PublishError(
            f"there is no repository at {where}: {said}",
            hint=f"check the address, and that you may see it: git ls-remote {target.shown}",
        )
    if any(sign in words for sign in _NO_NETWORK):
        return PublishError(
            f"{where} cannot be reached: {said}",
            hint="check the address and your network, and publish again",
        )
    return PublishError(
        f"{where} cannot be read or written: {said}", hint=f"git ls-remote {target.shown}"
    )


def refused(target: Target, reason: str, words: str) -> PublishError:
    """The error for a push that the remote did not take. Raises Overtaken where to try again."""
    told = [line.removeprefix("remote:") for line in words.splitlines() if "remote:" in line[:7]]
    said = quoted([reason, *told])
    lowered = "\n".join([reason, *told]).lower()  # git's other words hold the address
    if "denycurrentbranch" in lowered or "checked out" in reason:
        hint = "publish to a bare repository, or to a branch that is not checked out there"
    elif "non-fast-forward" in lowered or "protected" in lowered or "force" in lowered:
        hint = "--keep-history needs no forced push; or allow forced pushes to this branch there"
    elif any(sign in lowered for sign in _OVERTAKEN):
        raise Overtaken
    else:
        hint = "ask who runs that repository, or publish to another branch: --branch NAME"
    return PublishError(f"{target.name} refused {target.branch}: {said}", hint=hint)


def is_overtaken(failed: GitFailed) -> bool:
    """Whether what was fetched has gone since we looked."""
    return any(sign in failed.words.lower() for sign in _OVERTAKEN)


def quoted(lines: Sequence[str]) -> str:
    """Somebody else's words in one line, without passwords, and not too many of them."""
    kept = [" ".join(line.split()) for line in lines]
    kept = [line for line in kept if line and not line.lower().startswith(_IDLE)]
    text = without_secrets("; ".join(dict.fromkeys(kept)))
    return text if len(text) <= _MOST else f"{text[:_MOST]}…"
