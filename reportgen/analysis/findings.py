"""Findings about an experiment: how its results were chosen, and what they were measured on.

Each rule is a function from `Evidence` to findings. They state facts and the next step. No text has
a value of a test metric in it: findings stand beside parameters.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from reportgen.analysis.chosen_runs import chosen_runs
from reportgen.analysis.directions import PRIMARY_TAG
from reportgen.analysis.evidence import (
    Evidence,
    listed,
    metric_name,
    of_runs,
    plain_name,
    run_name,
    varying_params,
)
from reportgen.analysis.finding_texts import Accepted, Finding, Level
from reportgen.analysis.gaps import tests_like, widest_gap
from reportgen.analysis.metric_rules import Role
from reportgen.analysis.scored import exams_of, role_of_context
from reportgen.analysis.standing import Standing
from reportgen.model import Experiment, MetricKey, Run
from reportgen.spelling import plural


def findings_of(evidence: Evidence, accepted: Accepted | None = None) -> tuple[Finding, ...]:
    """The findings about an experiment, by code, with the reasons for which some are accepted."""
    name = evidence.experiment.name
    found = [finding for rule in _RULES for finding in rule(evidence)]
    return tuple(_of_experiment(finding, name, accepted or {}) for finding in found)


def looks_findings(
    experiment: Experiment,
    looks: Mapping[str, int],
    max_looks: int,
    accepted: Accepted,
) -> tuple[Finding, ...]:
    """What the ledger tells: how often each test set of an experiment was scored.

    Apart from the others, since it may change while the runs stay as they are.
    """
    evidence = Evidence(experiment, (), Standing({}, {}), looks=looks, max_looks=max_looks)
    found = _many_looks(evidence)
    return tuple(_of_experiment(finding, experiment.name, accepted) for finding in found)


def _of_experiment(finding: Finding, name: str, accepted: Accepted) -> Finding:
    """A reason that names the experiment wins over one for all."""
    reason = accepted.get(f"{name}/{finding.code}") or accepted.get(finding.code)
    return replace(finding, experiment=name, accepted=reason or finding.accepted)


def _ranked_by_test(evidence: Evidence) -> Iterator[Finding]:
    """RG301."""
    named = [(key, "metrics.primary in the config file") for key in evidence.rules.primary]
    named.append((evidence.experiment.tags.get(PRIMARY_TAG, ""), f"the tag {PRIMARY_TAG}"))
    roles = evidence.standing.roles
    for key, where in named:
        if key not in roles:
            continue
        if roles[key].role is not Role.TEST:
            return  # that one is taken; what is named after it does not count
        ranks = key == evidence.standing.primary
        does = "ranks the runs by" if ranks else "names"
        finding = _finding(
            "RG301",
            Level.WARNING if where.startswith("the tag") else Level.ERROR,
            f"{where} {does} {metric_name(key)}, which is measured on test data",
            "name a metric on validation data",
        )
        yield replace(finding, accepted=evidence.standing.on_test)
        return


def _filtered_by_test(evidence: Evidence) -> Iterator[Finding]:
    """RG301, too: which runs are there to be ranked is a choice as well."""
    tests = {**dict(evidence.told), **evidence.standing.roles}
    for key in sorted(evidence.asked & tests.keys()):
        if tests[key].role is Role.TEST:
            finding = _finding(
                "RG301",
                Level.ERROR,
                f"the filter goes by {metric_name(key)}, which is measured on test data",
                "filter by a metric on validation data",
            )
            yield replace(finding, accepted=evidence.rules.allow_test_ranking)


def _only_test(evidence: Evidence) -> Iterator[Finding]:
    """RG302."""
    test = evidence.keys(Role.TEST)
    scored = [run for run in evidence.runs if any(key in run.metrics for key in test)]
    if len(scored) < 2 or evidence.keys(Role.VAL):
        return
    varying = varying_params(scored, evidence.seed_patterns)
    if varying:
        yield _finding(
            "RG302",
            Level.WARNING,
            f"{len(scored)} runs differ in {listed(varying)} and have results on test data "
            f"({listed(test, metric_name)}), but none on validation data",
            "log a metric on validation data or from cross-validation, and choose by that",
        )


def _watched(evidence: Evidence) -> Iterator[Finding]:
    """RG303."""
    test = evidence.keys(Role.TEST)
    watched = [
        (run, key)
        for run in evidence.runs
        for key in test
        if key in run.metrics and run.metrics[key].count > 1
    ]
    if watched:
        runs = len({run.id for run, _ in watched})
        most = max(run.metrics[key].count for run, key in watched)
        keys = sorted({key for _, key in watched})
        yield _finding(
            "RG303",
            Level.WARNING,
            f"{listed(keys, metric_name)} {'has' if len(keys) == 1 else 'have'} up to {most:,} "
            f"values in one run, in {runs} of {plural(len(evidence.runs), 'run')}: test data was "
            "scored while training went on",
            "log the test result once, at the end; declare the role if it is validation data",
        )


def _chosen_by_test(evidence: Evidence) -> Iterator[Finding]:
    """RG304."""
    primary = evidence.standing.primary
    if primary is None or evidence.is_sealed or evidence.standing.role(primary) is Role.TEST:
        return
    val = evidence.bests(primary)
    best = evidence.standing.top(primary, val.values())
    if best is None or len(val) < 2:
        return
    leader = next(run for run in evidence.runs if val.get(run.id) == best)
    for run, mark in chosen_runs(evidence.runs):
        key = _leads_test(evidence, run, primary) if val.get(run.id) != best else None
        if key is not None:
            yield _finding(
                "RG304",
                Level.WARNING,
                f"{run_name(run)}, marked by {mark}, is the best by {metric_name(key)} on test "
                f"data; the best by {metric_name(primary)} is {run_name(leader)}",
                "choose by validation data, or say why this run was chosen",
            )


def _leads_test(evidence: Evidence, run: Run, primary: MetricKey) -> MetricKey | None:
    """The test metric of the primary's kind by which a run is the best of several."""
    for key in tests_like(primary, evidence.standing):
        scores = evidence.bests(key)
        top = evidence.standing.top(key, scores.values())
        if len(scores) > 1 and top is not None and scores.get(run.id) == top:
            return key
    return None


def _two_purposes(evidence: Evidence) -> Iterator[Finding]:
    """RG305."""
    found: dict[tuple[str, str, tuple[str, ...]], list[Run]] = {}
    for run in evidence.runs:
        uses: dict[str, dict[Role, tuple[str, str]]] = {}
        for dataset in run.datasets:
            role = role_of_context(dataset.context)
            if dataset.dataset_digest and role is not Role.UNKNOWN:
                by_role = uses.setdefault(dataset.dataset_digest, {})
                by_role.setdefault(role, (dataset.name, dataset.context))
        for digest, by_role in uses.items():
            if len(by_role) > 1:
                name = min(by_role.values())[0]
                contexts = tuple(sorted(context for _, context in by_role.values()))
                found.setdefault((name, digest, contexts), []).append(run)
    for (name, digest, contexts), runs in sorted(found.items()):
        roles = {role_of_context(context) for context in contexts}
        yield _finding(
            "RG305",
            Level.ERROR if Role.TEST in roles else Level.WARNING,
            f"the dataset {plain_name(name)} ({plain_name(digest)}) is used as "
            f"{' and as '.join(map(plain_name, contexts))} in {of_runs(runs)}",
            "look at how the data is split, or correct the context that was logged",
        )


def _not_ranked(evidence: Evidence) -> Iterator[Finding]:
    """RG306."""
    standing = evidence.standing
    if standing.primary is not None:
        if standing.role(standing.primary) is Role.UNKNOWN:
            yield _finding(
                "RG306",
                Level.INFO,
                f"runs are ranked by {metric_name(standing.primary)}, and it is not known which "
                "data it was measured on",
                f'declare it: [metrics] roles = {{ "{standing.primary}" = "val" }}',
            )
        return
    told = any(True for _ in (*_ranked_by_test(evidence), *_only_test(evidence)))
    if standing.roles and not told:
        fact, _, step = standing.reason.rpartition("; ")
        yield _finding(
            "RG306",
            Level.INFO,
            f"no run is called the best: {fact or standing.reason}",
            step if fact else "declare roles and directions in the config file",
        )


def _many_looks(evidence: Evidence) -> Iterator[Finding]:
    """RG307."""
    for name, count in sorted(evidence.looks.items()):
        if count > evidence.max_looks:
            yield _finding(
                "RG307",
                Level.WARNING,
                f"the test set {plain_name(name)} was scored {count:,} times; "
                f"{evidence.max_looks:,} are allowed for",
                "decide by validation data; use fresh test data for a new claim",
            )


def _gap(evidence: Evidence) -> Iterator[Finding]:
    """RG308."""
    primary = evidence.standing.primary
    if primary is None or evidence.is_sealed or evidence.standing.role(primary) is not Role.VAL:
        return
    values = evidence.bests(primary)
    best = evidence.standing.top(primary, values.values())
    chosen = {run.id for run, _ in chosen_runs(evidence.runs)}
    for run in evidence.runs:
        if run.id not in values or (run.id not in chosen if chosen else values[run.id] != best):
            continue
        key = widest_gap(run, primary, evidence.standing, evidence.noise)
        if key is not None:
            yield _finding(
                "RG308",
                Level.INFO,
                f"{run_name(run)} does worse by {metric_name(key)} on test data than by "
                f"{metric_name(primary)} on validation data, by more than chance explains",
                "report the test result; check that both sets are drawn alike",
            )


def _other_exam(evidence: Evidence) -> Iterator[Finding]:
    """RG309."""
    exams = exams_of(evidence.runs, evidence.standing.is_heldout)
    if len(exams) > 1:
        ordered = sorted(exams, key=lambda exam: (-exams[exam], exam))
        shown = [f"{' with '.join(map(plain_name, exam))} in {exams[exam]}" for exam in ordered]
        yield _finding(
            "RG309",
            Level.WARNING,
            f"the runs have {len(exams)} different test sets: {listed(shown)}",
            "compare test results only between runs with the same test set",
        )


def _finding(code: str, level: Level, text: str, what_next: str) -> Finding:
    """A finding; `findings_of` puts in the experiment."""
    return Finding(code, level, "", text, what_next)


_RULES: tuple[Callable[[Evidence], Iterator[Finding]], ...] = (
    _ranked_by_test,
    _filtered_by_test,
    _only_test,
    _watched,
    _chosen_by_test,
    _two_purposes,
    _not_ranked,
    _many_looks,
    _gap,
    _other_exam,
)
