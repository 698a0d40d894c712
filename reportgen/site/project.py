"""Options to a site: the one way in for the command line and for Python.

Light on purpose: what reads, renders and writes is imported only when there is something to do.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from reportgen.config import Options
from reportgen.readers.places import default_place, local_path
from reportgen.site.outputs import PATH_OF_PROBLEMS
from reportgen.site.quick import LastBuild
from reportgen.values import frozen

if TYPE_CHECKING:
    from reportgen.model import Problem
    from reportgen.site.outputs import Failure
    from reportgen.site.previous import Previous

Progress: TypeAlias = Callable[[int, int], None]  # runs done, runs in all

_NAMED = 5  # files that failed for one reason: with a broken theme, all of them do


@frozen
class Report:
    """The end of a build."""

    summary: str  # lines to print, one for each experiment
    status: int  # exit status: done, or done but something needs attention
    written: tuple[str, ...] = ()  # paths whose bytes are new
    pruned: tuple[str, ...] = ()
    failures: "tuple[Failure, ...]" = ()
    problems: "tuple[Problem, ...]" = ()
    redacted: tuple[str, ...] = ()  # of a public site: a line for each redaction, without values

    def failure_lines(self) -> Iterator[str]:
        """What failed and why; of many files with one reason, the first and how many more."""
        by_reason: dict[str, list[str]] = {}
        for failure in self.failures:
            by_reason.setdefault(failure.reason, []).append(failure.path)
        is_listed = all(failure.path != PATH_OF_PROBLEMS for failure in self.failures)
        for reason, paths in by_reason.items():
            shown = paths if len(paths) <= _NAMED + 1 else paths[:_NAMED]
            yield from (f"{path}: {reason}" for path in shown)
            if len(paths) > len(shown):
                more = len(paths) - len(shown)
                where = f", listed in {PATH_OF_PROBLEMS}" if is_listed else ""
                yield f"{more:,} more files for the same reason{where}"


def store_places(options: Options) -> tuple[str, ...]:
    """Paths of the stores to read: those of the options, else the one that MLflow would use.

    A store that is named twice is read once. Raises StoreError where there is none, or for a URI
    that cannot be read.
    """
    places = options.stores or (default_place(os.environ),)
    named: dict[str, str] = {}
    for path in map(str, map(local_path, places)):
        named.setdefault(os.path.realpath(path), path)
    return tuple(named.values())


def build_site(
    options: Options, progress: Progress | None = None, previous: "Previous | None" = None
) -> Report:
    """Bring the site up to date; costs little more than a stat of every file if it is.

    Where `previous` has a run or an experiment that this site has not, a page at its address says
    what became of it.

    Raises ReportgenError where the build cannot start or the output folder cannot be written.
    """
    places = store_places(options)
    root = Path(options.output)
    last = LastBuild(root, options, places, previous.digest if previous else "")
    known = last.result()
    if known is not None:
        return Report(known[1], known[0], redacted=last.redacted())
    from reportgen.site.garbage import seldom_collected

    with seldom_collected():
        from reportgen.site.build import Build

        return Build(options, places, root, last).run(progress, previous)
