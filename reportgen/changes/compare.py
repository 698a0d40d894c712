"""What became of the runs of a site since another one was built: new, ended, gone."""

from collections.abc import Container, Sequence

from reportgen.changes.sitedata import ExperimentData, ListedRun, SiteData
from reportgen.values import frozen


@frozen
class Changed:
    """The runs of an experiment that are not as they were; each newest first."""

    experiment: ExperimentData
    base: ExperimentData | None  # as the base has it; None where it is new, or nothing is compared
    new: tuple[ListedRun, ...] = ()
    ended: tuple[ListedRun, ...] = ()  # that were running; as they are now
    gone: tuple[ListedRun, ...] = ()  # as they were

    def with_status(self, status: str) -> tuple[ListedRun, ...]:
        """Those of the new and ended runs that have a status now."""
        return tuple(run for run in (*self.new, *self.ended) if run.status == status)

    @property
    def judged(self) -> tuple[ListedRun, ...]:
        """Those that have finished or failed since; what was killed was stopped on purpose."""
        return tuple(run for run in (*self.new, *self.ended) if run.is_result)

    @property
    def is_any(self) -> bool:
        """Whether anything changed."""
        return bool(self.new or self.ended or self.gone)


def changes_of(site: SiteData, base: SiteData | None) -> tuple[Changed, ...]:
    """Every experiment of the site with what changed in it, in the order of the site.

    Without a base no run is new. Experiments that only the base has come last, if runs are gone
    with them. A run is the same run in whichever experiment it is.
    """
    if base is None:
        return tuple(Changed(one, None) for one in site.experiments)
    before, after = base.pages, site.pages
    found = []
    for one in site.experiments:
        old = _counterpart(one, base.experiments)
        runs = one.runs.values()
        found.append(
            Changed(
                one,
                old,
                tuple(run for run in runs if run.page not in before),
                tuple(
                    run
                    for run in runs
                    if run.page in before and run.is_over and not before[run.page][1].is_over
                ),
                _gone(old, after),
            )
        )
    known = {one.base.slug for one in found if one.base is not None}
    for old in base.experiments:
        gone = _gone(old, after) if old.slug not in known else ()
        if gone:
            found.append(Changed(old, old, gone=gone))
    return tuple(found)


def _gone(old: ExperimentData | None, after: Container[str]) -> tuple[ListedRun, ...]:
    runs = () if old is None else old.runs.values()
    return tuple(run for run in runs if run.page not in after)


def _counterpart(one: ExperimentData, others: Sequence[ExperimentData]) -> ExperimentData | None:
    """The same experiment in the other site: of that folder, else of that id, if one has it."""
    for other in others:
        if other.slug == one.slug:
            return other
    of_id = [other for other in others if other.id == one.id]
    return of_id[0] if len(of_id) == 1 else None
