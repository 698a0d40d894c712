"""A built site compared with another one: all that a summary tells."""

from pathlib import Path

from reportgen.analysis.gate import Judged, Outcome
from reportgen.changes.compare import Changed, changes_of
from reportgen.changes.gating import gate_outcomes
from reportgen.changes.part import best_before, part_of
from reportgen.changes.places import Places
from reportgen.changes.report import Summary
from reportgen.changes.sitedata import SiteData
from reportgen.config import Options
from reportgen.errors import SiteError
from reportgen.site.othersite import find_other, is_address
from reportgen.values import frozen


@frozen
class Found:
    """A summary, and what the gate says of it."""

    summary: Summary
    outcomes: tuple[Outcome, ...]

    @property
    def is_broken(self) -> bool:
        """Whether a rule of the gate is broken."""
        return any(one.judged is Judged.BROKEN for one in self.outcomes)


def summary_of(options: Options, base: str) -> Found:
    """The site in the output folder compared with the one named, or by itself for "".

    That there is no site at the place of the base yet is no error: it may be the first one to be
    published. Raises SiteError where the site itself is missing or one of them cannot be read, and
    ConfigError for rules of the gate that cannot be meant.
    """
    own = find_other(options.output) if Path(options.output).is_dir() else None
    if own is None:
        raise SiteError(
            f"no site in {options.output} to make a summary of",
            hint=f"reportgen build -o {options.output}",
        )
    site = SiteData(own)
    other = find_other(base) if base else None
    before = None if other is None else SiteData(other)
    missing = f"nothing is published at {base} yet, so nothing is compared" if base else ""
    missing = "" if before is not None else missing
    changed = changes_of(site, before)
    told = [one for one in changed if _is_told(one, before)]
    why = missing or "no --base was given"
    outcomes = gate_outcomes(options, site, before, changed, why)
    in_base = [] if before is None else [*before.pages, *(e.slug for e in before.experiments), ""]
    summary = Summary(
        options.title,
        tuple(part_of(site, before, one) for one in told),
        len(changed) - len(told) if before is not None else 0,
        base,
        missing,
        before is not None and any(not e.has_values for e in before.experiments),
        outcomes,
        Places(options.url, base if is_address(base) else "", frozenset(in_base)),
    )
    return Found(summary, outcomes)


def _is_told(one: Changed, base: SiteData | None) -> bool:
    """Whether there is anything to tell of an experiment."""
    if base is None:
        return bool(one.experiment.runs)
    before, now = best_before(one), one.experiment.best
    return one.is_any or (before is not None and now is not None and now.value != before)
