"""The public edition of a site: what is private was taken out by its stores, and is listed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from reportgen.config import Options
from reportgen.model import Problem
from reportgen.readers.base import Outline
from reportgen.site.catalog import Catalog, Entry
from reportgen.site.context import Context
from reportgen.site.edition import Edition
from reportgen.site.ledgerfile import LedgerFile
from reportgen.site.outputs import Failure
from reportgen.site.permanent import Permanent, permanent_links
from reportgen.site.previous import Previous
from reportgen.site.redacted import Taker
from reportgen.site.redacting import RedactingStore
from reportgen.site.redactions import Redactions, count_lines, write_list
from reportgen.site.told import Told


class PublicEdition(Edition):
    """The public edition: what is private was taken out by the stores, and is listed."""

    def __init__(self, stores: Sequence[RedactingStore], root: Path) -> None:
        """Read what an earlier build redacted."""
        self._stores = stores
        self._root = root
        self._redactor = stores[0].redactor
        self._book = Redactions(root, self._redactor.digest)
        self.read = lambda index, outline: stores[index].original(outline)

    def options(self, options: Options) -> Options:
        """As `Edition.options`: names of experiments and runs as they are shown."""
        return replace(
            options,
            experiments=tuple(map(self._text, options.experiments)),
            baseline=tuple(map(self._text, options.baseline)),
        )

    def context(self, context: Context) -> Context:
        """As `Edition.context`: accepted findings by the names of experiments that are shown."""
        accepted = {self._text(key): self._text(why) for key, why in context.accepted.items()}
        return replace(context, accepted=accepted)

    def veil(self, ledger: LedgerFile) -> None:
        """As `Edition.veil`."""
        ledger.veil(self._text)

    def _text(self, text: str) -> str:
        return self._redactor.text(text)[0]

    def keep(self, entry: Entry, outline: Outline) -> bool:
        """As `Edition.keep`: where a build was killed, it may not be known what was redacted."""
        return self._book.keep(f"{entry.store}/{outline.where}")

    def take(self, entry: Entry, redacted: Mapping[str, Told]) -> None:
        """As `Edition.take`."""
        for where, told in redacted.items():
            self._book.take(f"{entry.store}/{where}", told)

    def problems(self, problems: Sequence[Problem]) -> list[Problem]:
        """As `Edition.problems`."""
        return list(Taker(self._redactor, Told()).problems(problems))

    def failures(self, failures: Sequence[Failure]) -> list[Failure]:
        """As `Edition.failures`."""
        return [replace(one, reason=self._text(one.reason)) for one in failures]

    def permanent(self, catalog: Catalog, previous: Previous | None) -> Permanent:
        """As `Edition.permanent`."""
        return permanent_links(catalog, previous).spelled(self._text)

    def finish(self, catalog: Catalog) -> tuple[list[str], list[str]]:
        """As `Edition.finish`; writes the list."""
        for entry in catalog.entries:
            told = self._stores[entry.store].experiments_told
            self._book.take(entry.key, told.get(entry.experiment.where, Told()))
        self._book.save()
        redacted, unread = self._book.lines(catalog)
        write_list(self._root, redacted, unread)
        return redacted, count_lines(redacted, unread)
