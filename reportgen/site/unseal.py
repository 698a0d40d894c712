"""Opening the sealed test results of one run: a line in the ledger, with the reason for it."""

from collections.abc import Sequence
from dataclasses import replace

from reportgen.analysis.ledger import looks_of
from reportgen.analysis.roles import Role, merge_roles, roles_of
from reportgen.analysis.selection import check_names, choose_run
from reportgen.config import Options
from reportgen.errors import OutputError, UsageError
from reportgen.model import DELETED, Experiment, Run
from reportgen.readers.base import runs_of
from reportgen.readers.places import open_place
from reportgen.site.context import make_context
from reportgen.site.ledgerfile import LedgerFile
from reportgen.site.ledgerplace import ledger_path
from reportgen.site.project import store_places


def unseal_run(options: Options, experiment: str, run: str, reason: str) -> tuple[str, ...]:
    """Record that the test results of a run are open from now on; what to tell the user.

    `run` is an id, the start of one, or a name. The next build shows the results. Raises UsageError
    where nothing is sealed, no reason is given, or the names mean no run with test results;
    OutputError where the ledger cannot be written.
    """
    rules = make_context(options).rules
    if options.heldout != "sealed":
        raise UsageError(
            f'nothing is sealed: heldout.mode is "{options.heldout}"',
            hint='to seal test results, write mode = "sealed" below [heldout] in reportgen.toml',
        )
    why = " ".join(reason.split())
    if not why:
        raise UsageError("the reason is empty", hint='--reason "final report for the paper"')
    places = store_places(options)
    ledger = LedgerFile(ledger_path(options, places))
    owner, chosen, runs = _find(options, places, experiment, run)
    roles = merge_roles(roles_of(one, rules, owner.tags) for one in runs)
    looks = looks_of(owner.name, [chosen], lambda key: roles[key].role is Role.TEST)
    if not looks:
        raise UsageError(
            f"run {chosen.title} ({chosen.id}) has no test results",
            hint="docs/roles.md tells which metrics count as such, and how to declare one",
        )
    if chosen.id in ledger.unsealed():
        known = ledger.unsealed()[chosen.id]
        return (f"{chosen.title} was unsealed before, because: {known}",)
    failed = ledger.record(replace(look, reason=why) for look in looks)
    if failed:
        raise OutputError(
            f"{ledger.path} cannot be written: {failed}",
            hint="check its permissions, or name another file: [heldout] ledger",
        )
    return (
        f"unsealed {chosen.title} ({chosen.id}), recorded in {ledger.path}",
        "next: reportgen build, and commit the ledger",
    )


def _find(
    options: Options, places: tuple[str, ...], name: str, run: str
) -> tuple[Experiment, Run, Sequence[Run]]:
    """The run of that name in an experiment of that name, which several stores may have.

    With it the experiment, and all its runs.
    """
    pairs = [(store, one) for store in map(open_place, places) for one in store.experiments()]
    check_names([name], [one for _, one in pairs], deleted=options.deleted)
    found = [
        (experiment, one)
        for store, experiment in pairs
        if experiment.name == name and (options.deleted or experiment.lifecycle_stage != DELETED)
        for one in runs_of(store, experiment, deleted=options.deleted)
    ]
    chosen = choose_run([one for _, one in found], run, f"experiment {name!r}")
    owner = next(experiment for experiment, one in found if one is chosen)
    return owner, chosen, [one for experiment, one in found if experiment is owner]
