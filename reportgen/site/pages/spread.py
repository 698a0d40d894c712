"""How far the runs of an experiment vary with their seed, in a line."""

from reportgen.analysis.noise import Noise
from reportgen.spelling import number, plural


def noise_line(noise: Noise) -> str:
    """`seeds vary by ±0.004 (3 groups of 3): differences below 0.014 are noise`."""
    if noise.deviation is None or noise.limit is None:
        return "each setting has one seed: how far seeds vary is not known"
    sizes = [group.count for group in noise.repeated]
    least, most = min(sizes), max(sizes)
    of = str(most) if least == most else f"{least} to {most}"
    vary = f"seeds vary by ±{rough(noise.deviation)} ({plural(len(sizes), 'group')} of {of})"
    if not noise.limit:
        return f"seeds make no difference ({plural(len(sizes), 'group')} of {of})"
    return f"{vary}: differences below {rough(noise.limit)} are noise"


def near_tip(noise: Noise | None) -> str:
    """What marks a value that is not told from the best one, in words."""
    if noise is None or noise.limit is None:
        return ""
    return f"within noise of the best: seeds alone make differences of {rough(noise.limit)}"


def rough(value: float) -> str:
    """A number with two significant digits: a spread is not known better."""
    return number(float(f"{value:.2g}"))
