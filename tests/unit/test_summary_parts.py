"""A summary of many experiments and rules is cut; verdicts are those of a diff."""

import pytest

from reportgen.analysis.diff_metrics import Verdict
from reportgen.analysis.gate import Judged, Outcome
from reportgen.changes.compare import Changed
from reportgen.changes.part import Part, verdict_of
from reportgen.changes.places import Places
from reportgen.changes.report import Summary, markdown_of
from reportgen.changes.sitedata import ExperimentData, ListedRun, MetricFacts

NOWHERE = Places("", "", frozenset())


def facts(direction: str, noise: float | None = None) -> MetricFacts:
    return MetricFacts("val", direction, True, noise, None)


@pytest.mark.parametrize(
    ("metric", "old", "new", "verdict"),
    [
        (facts("lower"), 0.5, 0.4, Verdict.BETTER),
        (facts("lower"), 0.5, 0.6, Verdict.WORSE),
        (facts("higher"), 0.5, 0.6, Verdict.BETTER),
        (facts("higher", 0.2), 0.5, 0.6, Verdict.NOISE),
        (facts(""), 0.5, 0.6, Verdict.UNCLEAR),
        (facts(""), 0.1 + 0.2, 0.3, Verdict.SAME),
    ],
)
def test_verdicts_know_direction_and_noise(
    metric: MetricFacts, old: float, new: float, verdict: Verdict
) -> None:
    assert verdict_of(metric, old, new) is verdict


def part(number: int) -> Part:
    run = ListedRun("a" * 32, f"“run” {number}", "FAILED", 0, "é" * 300)
    data = ExperimentData(f"e{number}", f"experiment {number}", "1", {run.page: run})
    return Part(Changed(data, None, new=(run,)), (), 0, (), None, (0, ()))


@pytest.mark.parametrize("most", [5_000, 20_000, 900_000])
def test_of_many_experiments_and_rules_the_first_are_told_and_the_others_counted(most: int) -> None:
    broken = Outcome(Judged.BROKEN, "coffee", "val_loss", "é" * 390)
    gate = (broken,) * 200
    summary = Summary("T", tuple(map(part, range(300))), 7, "base", "", False, gate, NOWHERE)
    found = markdown_of(summary, most)
    told = found.count("\n### ")
    assert len(found.encode()) <= most
    assert "## T: 300 new runs, 300 failed\n" in found
    assert "**🔴 Gate: 200 rules are broken**" in found
    assert told >= 1
    if told < 300:
        assert f"{300 - told} more experiments changed and 7 experiments without changes" in found
        assert f"- {200 - found.count('🔴 broken')} more\n" in found
