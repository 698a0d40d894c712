"""The colours of charts can be told apart by everybody, on light and on dark pages."""

from itertools import combinations

import pytest

from reportgen.charts.painted.inks import INKS, NAME_OF_LIGHT, SERIES

GROUND = {"light": "#ffffff", "dark": "#17181a"}

# Machado, Oliveira and Fernandes 2009, full severity, on linear RGB.
SIGHTS = {
    "usual": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protan": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deutan": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritan": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
TO_XYZ = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
WHITE = (0.9505, 1.0, 1.089)

Triple = tuple[float, float, float]


def linear(colour: str) -> Triple:
    """Linear RGB of #rrggbb (IEC 61966-2-1)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return red, green, blue


def turned(matrix: tuple[Triple, ...], triple: Triple) -> Triple:
    x, y, z = (sum(a * b for a, b in zip(row, triple, strict=True)) for row in matrix)
    return x, y, z


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2."""
    dark, light = sorted(turned(TO_XYZ, linear(colour))[1] for colour in (one, other))
    return (light + 0.05) / (dark + 0.05)


def lab(colour: str, sight: str) -> Triple:
    seen = [min(1.0, max(0.0, part)) for part in turned(SIGHTS[sight], linear(colour))]
    xyz = turned(TO_XYZ, (seen[0], seen[1], seen[2]))
    ratios = [part / white for part, white in zip(xyz, WHITE, strict=True)]
    x, y, z = (r ** (1 / 3) if r > 0.008856 else 7.787 * r + 16 / 116 for r in ratios)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def colours(scheme: str) -> list[str]:
    return [getattr(INKS[name], scheme) for name in SERIES]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("sight", SIGHTS)
def test_colours_of_runs_stay_apart_for_every_sight(scheme: str, sight: str) -> None:
    seen = [lab(colour, sight) for colour in colours(scheme)]
    apart = [
        sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) ** 0.5
        for one, other in combinations(seen, 2)
    ]
    assert min(apart) > 20  # CIE76


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_stand_out_from_their_ground(scheme: str) -> None:
    for name in ("text", "second", "faint", "accent", "good", "bad", "stopped"):
        assert contrast(getattr(INKS[name], scheme), GROUND[scheme]) >= 4.5, name
    for name in (*SERIES, "dot"):
        assert contrast(getattr(INKS[name], scheme), GROUND[scheme]) >= 3, name


def test_every_light_colour_names_one_ink() -> None:
    assert len(NAME_OF_LIGHT) == len(INKS)
