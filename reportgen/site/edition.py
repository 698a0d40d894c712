"""The edition of a site that a build makes: the private one, or the public one, redacted."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from reportgen.config import Options
from reportgen.model import Problem, Run
from reportgen.readers.base import Outline
from reportgen.site.catalog import Catalog, Entry
from reportgen.site.context import Context
from reportgen.site.ledgerfile import LedgerFile
from reportgen.site.outputs import Failure
from reportgen.site.permanent import Permanent, permanent_links
from reportgen.site.previous import Previous
from reportgen.site.sealing import SealingStore
from reportgen.site.told import Told


class Edition:
    """The private edition: all is shown as it is."""

    read: Callable[[int, Outline], Run] | None = None  # how a filter sees a run, if otherwise

    def options(self, options: Options) -> Options:
        """The options as they name what the site shows."""
        return options

    def context(self, context: Context) -> Context:
        """The context, likewise."""
        return context

    def veil(self, ledger: LedgerFile) -> None:
        """Have the ledger of looks tell no more than the site may."""

    def keep(self, entry: Entry, outline: Outline) -> bool:
        """Whether all is known of a run whose files are as they should be."""
        return True

    def take(self, entry: Entry, redacted: Mapping[str, Told]) -> None:
        """Note what was redacted of runs, by place."""

    def problems(self, problems: Sequence[Problem]) -> list[Problem]:
        """Problems as they may be shown."""
        return list(problems)

    def failures(self, failures: Sequence[Failure]) -> list[Failure]:
        """Failures as they may be shown."""
        return list(failures)

    def permanent(self, catalog: Catalog, previous: Previous | None) -> Permanent:
        """Permanent links, likewise; the site before may have told more than this one may."""
        return permanent_links(catalog, previous)

    def finish(self, catalog: Catalog) -> tuple[list[str], list[str]]:
        """A line for each redaction, and what is said of them at the end of the build."""
        return [], []


def edition_of(context: Context, stores: Sequence[SealingStore], root: Path) -> Edition:
    """The edition that is built from these stores."""
    if context.privacy is None:
        return Edition()
    from reportgen.site.publicedition import PublicEdition  # patterns take a while to be loaded
    from reportgen.site.redacting import RedactingStore

    return PublicEdition([one for one in stores if isinstance(one, RedactingStore)], root)
