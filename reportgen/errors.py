"""The errors that reportgen raises on purpose; anything else is a bug and keeps its traceback.

    ReportgenError
    ├── UsageError          bad-option        an option or argument that cannot be used
    ├── ConfigError         bad-config        reportgen.toml cannot be read or has a wrong key
    ├── StoreError          no-store          the store is missing or is not a store
    │   └── AccessError     bad-access        asked for a run, metric or artifact that is not there
    ├── ThemeError          bad-theme         a theme folder cannot be used
    ├── SiteError           no-site           a site to compare with is missing or cannot be read
    ├── PublishError        not-published     the site could not be put where it is to be published
    ├── OutputConflict      output-conflict   files of somebody else stand where pages must go
    └── OutputError         output-failed     the output folder cannot be written

A bad *source* (a torn line, a broken meta.yaml) is a `model.Problem`, never an error.
"""

from functools import partial

EXIT_DONE = 0
EXIT_ATTENTION = 1
EXIT_CANNOT_START = 2
EXIT_INTERRUPTED = 130


class ReportgenError(Exception):
    """What went wrong and where, and in `hint` what to do next; exit status 2."""

    slug = "error"

    def __init__(self, message: str, *, hint: str) -> None:
        super().__init__(message)
        self.hint = hint

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        """For the way from one process to another, which by default forgets the hint."""
        return partial(type(self), hint=self.hint), self.args


class UsageError(ReportgenError):
    """An option or argument that cannot be used."""

    slug = "bad-option"


class ConfigError(ReportgenError):
    """The config file cannot be read, or holds a key or value that means nothing."""

    slug = "bad-config"


class StoreError(ReportgenError):
    """The store is missing, or is something else than a store."""

    slug = "no-store"


class AccessError(StoreError):
    """A run, metric or artifact that the store does not have, or that must not be opened."""

    slug = "bad-access"


class ThemeError(ReportgenError):
    """A theme that is missing, or whose theme.toml cannot be used."""

    slug = "bad-theme"


class SiteError(ReportgenError):
    """A site built before, to compare with, that is missing or cannot be read."""

    slug = "no-site"


class PublishError(ReportgenError):
    """The site could not be put where it is to be published."""

    slug = "not-published"


class OutputConflict(ReportgenError):
    """Files that reportgen did not write stand where it must write."""

    slug = "output-conflict"


class OutputError(ReportgenError):
    """The output folder cannot be written."""

    slug = "output-failed"
