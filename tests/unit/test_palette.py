"""The colours of the default theme: legible on every ground they stand on, and those of charts."""

import re

import pytest

from reportgen.charts.painted.inks import INKS, SERIES
from reportgen.render.theme import built_in_folder

STATIC = built_in_folder() / "default" / "static"
SCHEMES = ("light", "dark")
GROUNDS = ("bg", "surface", "sunken")
TEXTS = ("text", "text-2", "text-3", "accent", "good", "bad", "warn", "info")
OWN_GROUND = ("accent", "good", "bad", "warn", "info")  # each has one named after it
INK_NAMES = {
    "page": "bg",
    "line": "line",
    "text": "text",
    "second": "text-2",
    "faint": "text-3",
    "context": "context",
    "accent": "accent",
    "good": "good",
    "bad": "bad",
    "stopped": "warn",
    **{name: name for name in SERIES},
}
ONLY_PAINTED = {"dot"}  # lines in context as dots, which are smaller and so darker

_TOKEN = re.compile(r"--([a-z0-9-]+):\s*light-dark\((#[0-9a-f]+), (#[0-9a-f]+)\);")
_BARE = re.compile(r"#[0-9a-fA-F]{3,8}\b")


def tokens() -> dict[str, dict[str, str]]:
    """The colours of report.css by name, each as #rrggbb for light and for dark."""
    root = (STATIC / "report.css").read_text("utf-8").partition(":root {")[2].partition("}")[0]
    found = {
        name: dict(zip(SCHEMES, map(in_full, (light, dark)), strict=True))
        for name, light, dark in _TOKEN.findall(root)
    }
    assert len(found) > 25
    return found


def in_full(colour: str) -> str:
    """#abc as #aabbcc."""
    return colour if len(colour) == 7 else "#" + "".join(digit * 2 for digit in colour[1:])


def luminance(colour: str) -> float:
    """The relative luminance of WCAG 2."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2: 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert contrast("#123456", "#123456") == 1


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("text", TEXTS)
def test_text_is_legible_on_every_ground(text: str, scheme: str) -> None:
    colours = {name: pair[scheme] for name, pair in tokens().items()}
    grounds = (*GROUNDS, f"{text}-bg") if text in OWN_GROUND else GROUNDS
    ratios = {ground: contrast(colours[text], colours[ground]) for ground in grounds}
    assert {ground: ratio for ground, ratio in ratios.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_words_in_tags_are_legible(scheme: str) -> None:
    colours = {name: pair[scheme] for name, pair in tokens().items()}
    for text in ("text", "text-2"):
        assert contrast(colours[text], colours["mute-bg"]) >= 4.5, text


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("name", SERIES)
def test_lines_of_charts_stand_out_from_their_card(name: str, scheme: str) -> None:
    colours = tokens()
    assert contrast(colours[name][scheme], colours["surface"][scheme]) >= 3


@pytest.mark.parametrize("ink", sorted(INK_NAMES))
def test_painted_charts_have_the_colours_of_the_pages(ink: str) -> None:
    ours = {scheme: getattr(INKS[ink], scheme) for scheme in SCHEMES}
    assert ours == tokens()[INK_NAMES[ink]]


def test_every_ink_is_a_colour_of_the_pages() -> None:
    assert INKS.keys() - ONLY_PAINTED == INK_NAMES.keys()


@pytest.mark.parametrize("scheme", SCHEMES)
def test_marks_in_code_and_trees_are_legible(scheme: str) -> None:
    rules = (STATIC / "viewers.css").read_text("utf-8")
    found = re.findall(r"[{ ]color: light-dark\((#[0-9a-f]+), (#[0-9a-f]+)\)", rules)
    assert len(found) > 8
    colours = tokens()
    for pair in found:
        shown = in_full(dict(zip(SCHEMES, pair, strict=True))[scheme])
        for ground in ("surface", "sunken"):
            assert contrast(shown, colours[ground][scheme]) >= 4.5, (shown, ground)


@pytest.mark.parametrize("sheet", ["report.css", "charts.css"])
def test_colours_have_names(sheet: str) -> None:
    """A bare colour in a rule would not follow light and dark; paper is always white."""
    text = re.sub(r"/\*.*?\*/", "", (STATIC / sheet).read_text("utf-8"), flags=re.DOTALL)
    text = text.partition("@media print {")[0]  # the last of both
    rules = re.sub(r"--[a-z0-9-]+:[^;]*;", "", text)
    assert _BARE.findall(rules) == []
