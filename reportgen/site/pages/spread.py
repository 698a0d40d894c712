"""How far the runs of an experiment vary with their seed: in a line, and group by group."""

from collections.abc import Iterator
from dataclasses import dataclass

from reportgen.analysis.noise import Noise, SeedGroup
from reportgen.site.survey import Survey
from reportgen.spelling import exact, grouped, number, plural

_MOST_GROUPS = 50  # listed, the best first
_MOST_SETTINGS = 12  # parameters of a group that are listed
_LONGEST = 40  # characters of a parameter


@dataclass(frozen=True, slots=True)
class SeedRow:
    """A group of runs that differ only in their seed."""

    settings: str  # the parameters in which groups differ
    count: str  # of seeds
    mean: str
    full: str  # every digit of the mean
    spread: str  # standard deviation; for a single run, that there is none


@dataclass(frozen=True, slots=True)
class SeedTable:
    """The groups of an experiment, the best mean first."""

    metric: str
    summary: str  # how many groups there are, and whether they are of one size
    line: str  # how far they vary, in words
    remark: str  # what to mind when groups are compared; "" where nothing
    rows: tuple[SeedRow, ...]
    more: int  # groups that are not listed


def seed_table(survey: Survey) -> SeedTable | None:
    """The table of an experiment's seeds; None where no seed varies, or no metric ranks runs."""
    noise = survey.noise
    if noise is None:
        return None
    same = set(noise.groups[0].settings).intersection(*(g.settings for g in noise.groups))
    top = survey.standing.top(noise.metric, (1.0, 2.0))
    ordered = sorted(noise.groups, key=lambda group: group.mean, reverse=top == 2.0)
    return SeedTable(
        noise.metric,
        _summary(noise),
        noise_line(noise),
        _remark(noise),
        tuple(_rows(ordered[:_MOST_GROUPS], same)),
        max(0, len(ordered) - _MOST_GROUPS),
    )


def noise_line(noise: Noise) -> str:
    """`seeds vary by ±0.004 (3 groups of 3): differences below 0.014 are noise`."""
    if noise.spread is None or noise.limit is None:
        return "each setting has one seed: how far seeds vary is not known"
    sizes = [group.count for group in noise.repeated]
    least, most = min(sizes), max(sizes)
    of = str(most) if least == most else f"{least} to {most}"
    vary = f"seeds vary by ±{_rough(noise.spread)} ({plural(len(sizes), 'group')} of {of})"
    if not noise.limit:
        return f"seeds make no difference ({plural(len(sizes), 'group')} of {of})"
    return f"{vary}: differences below {_rough(noise.limit)} are noise"


def near_tip(noise: Noise | None) -> str:
    """What marks a value that is not told from the best one, in words."""
    if noise is None or noise.limit is None:
        return ""
    return f"within noise of the best: seeds alone make differences of {_rough(noise.limit)}"


def _summary(noise: Noise) -> str:
    unequal = ", of unequal size" if noise.is_unequal else ""
    seeds = ", ".join(noise.seeds)
    return f"{plural(len(noise.groups), 'group')} of runs that differ only in {seeds}{unequal}"


def _remark(noise: Noise) -> str:
    parts = []
    single = len(noise.groups) - len(noise.repeated)
    if single and noise.repeated:
        verb = "has" if single == 1 else "have"
        parts.append(f"{plural(single, 'group')} {verb} one seed only")
    if noise.is_unequal:
        parts.append("of groups of unequal size compare the means, not the best runs")
    return "; ".join(parts)


def _rows(groups: list[SeedGroup], same: set[tuple[str, str]]) -> Iterator[SeedRow]:
    for group in groups:
        own = [item for item in group.settings if item not in same]
        shown = [f"{key}={_short(value)}" for key, value in own[:_MOST_SETTINGS]]
        if len(own) > _MOST_SETTINGS:
            shown.append(f"and {len(own) - _MOST_SETTINGS} more")
        yield SeedRow(
            ", ".join(shown) or "no other parameters",
            grouped(group.count),
            number(group.mean),
            exact(group.mean),
            "one seed only" if group.spread is None else f"±{_rough(group.spread)}",
        )


def _short(value: str) -> str:
    line = " ".join(value.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"


def _rough(value: float) -> str:
    """A number with two significant digits: a spread is not known better."""
    return number(float(f"{value:.2g}"))
