"""Charts as files: what they hold, that nothing in them acts, that their bytes stay the same."""

import os
import re
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from math import inf, nan
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reportgen.charts.painted.by_run import MetricByRun, RunValue, draw_metric_by_run
from reportgen.charts.painted.card import (
    ExperimentCard,
    SiteCard,
    draw_experiment_card,
    draw_site_card,
)
from reportgen.charts.painted.inks import INKS
from reportgen.charts.painted.overview import MetricOverRuns, RunLine, draw_metric_over_runs
from reportgen.charts.painted.paint import Drawing, svg
from reportgen.charts.painted.scatter import Parameter, ParameterAgainstMetric, draw_parameters

SVG = "{http://www.w3.org/2000/svg}"
ROOT = Path(__file__).resolve().parents[2]


def over(*values: tuple[float, ...], name: str = "run", best: int | None = 0) -> MetricOverRuns:
    runs = [
        RunLine(f"{name} {i}", range(len(ys)), ys, i if i < 3 else None, ys[-1] if ys else nan)
        for i, ys in enumerate(values)
    ]
    return MetricOverRuns("val/f1", runs, "higher", best if runs else None)


def by_run(*values: float | None, name: str = "run", best: int | None = None) -> MetricByRun:
    return MetricByRun("val/f1", [RunValue(f"{name} {i}", v) for i, v in enumerate(values)],
                       "lower", best)  # fmt: skip


def against(*values: str | None, name: str = "depth", best: int | None = 0) -> Drawing:
    scores = [i / 10 for i in range(len(values))]
    labels = [f"run {i}" for i in range(len(values))]
    panel = Parameter(name, values)
    return draw_parameters(
        ParameterAgainstMetric("val/f1", scores, labels, [panel], "higher", best)
    )


def all_with(name: str) -> list[Drawing]:
    """Every kind of SVG chart with a name in every place that takes one."""
    line = RunLine(name, (0, 1, 2), (0.1, 0.5, 0.4), colour=1, value=0.4)
    params = [Parameter(name, (name, "b", None)), Parameter("n", ("1", "2", "3"))]
    return [
        draw_metric_over_runs(MetricOverRuns(name, [line, line], "", 1, x_label=name)),
        draw_metric_by_run(MetricByRun(name, [RunValue(name, 1.0), RunValue(name, None)], "", 0)),
        draw_parameters(ParameterAgainstMetric(name, (1, 2, nan), [name] * 3, params, "", 1)),
    ]


def parsed(drawing: Drawing) -> ElementTree.Element:
    return ElementTree.fromstring(drawing.body)  # noqa: S314 (our own file)


def texts(drawing: Drawing) -> list[str]:
    return [element.text or "" for element in parsed(drawing).iter(f"{SVG}text")]


def strokes(drawing: Drawing, ink: str) -> list[str]:
    paths = parsed(drawing).iter(f"{SVG}path")
    return [p.get("d", "") for p in paths if f"stroke-{ink}" in p.get("class", "").split()]


HOSTILE = (
    "<script>alert(1)</script>",
    "</text><image href='//x.test/a.png'/>",
    '"><a xlink:href="javascript:x" style="fill: #1b1a18">',
    "&amp; ]]> <!-- --> <?xml?>",
    "$x^2$ \\alpha $ \\frac{",
    "two\nlines\r\n\tand \x00\x1b[31m more",
    "\u202eright to left\u202c \u2066x\u2069",
    "実験 مرحبا हिन्दी ไทย 😀👩\u200d👧 \ud800 \ufffe",
    "",
    "x" * 2000,
)


@pytest.mark.parametrize("name", HOSTILE)
def test_names_are_only_ever_text(name: str) -> None:
    for drawing in all_with(name):
        root = parsed(drawing)
        tags = {element.tag.removeprefix(SVG) for element in root.iter()}
        assert tags == {"svg", "title", "style", "path", "text"}
        attributes = {key for element in root.iter() for key in element.attrib}
        assert not {key for key in attributes if "href" in key or key.startswith("on")}
        assert "style" not in attributes
        assert b"url(" not in drawing.body


@settings(max_examples=30)
@given(st.text(max_size=30))
def test_any_text_can_be_a_name(name: str) -> None:
    for drawing in all_with(name):
        assert parsed(drawing).tag == f"{SVG}svg"


def test_dollars_and_markup_are_shown_as_they_are() -> None:
    shown = texts(draw_metric_over_runs(over((1.0, 2.0), name="$x_1$ <b>&")))
    assert "$x_1$ <b>& 0 2" in shown


def test_values_stand_behind_names_that_are_written_to_the_left() -> None:
    assert "تشغيل 0\N{LEFT-TO-RIGHT MARK} 2" in texts(
        draw_metric_over_runs(over((1.0, 2.0), name="تشغيل"))
    )


def test_a_style_in_a_name_stays_a_name() -> None:
    name = 'style="fill: #1b1a18"'
    assert name in texts(against("1", "2", name=name))


CASES: dict[str, Callable[[], Drawing]] = {
    "runs": lambda: draw_metric_over_runs(over((0.1, 0.4, 0.3), (0.2, nan, 0.3), (), (0.5,))),
    "one value": lambda: draw_metric_over_runs(over((0.5,))),
    "equal": lambda: draw_metric_over_runs(over((0.5, 0.5), (0.5, 0.5))),
    "far apart": lambda: draw_metric_over_runs(over((1e-30, 1e30), (-1e30, inf))),
    "steps far apart": lambda: draw_metric_over_runs(
        MetricOverRuns("f1", [RunLine("a", (-1e18, 0, nan, 1e18), (1, 2, 3, 4))])
    ),
    "by run": lambda: draw_metric_by_run(by_run(0.3, None, 0.1, inf, 0.2, best=2)),
    "by run once": lambda: draw_metric_by_run(by_run(1e-30, best=0)),
    "numbers": lambda: against("1e-5", "0.001", "1", best=1),
    "categories": lambda: against("gini", "entropy", None, "gini"),
}


@pytest.mark.parametrize("case", CASES)
def test_charts_fit_their_size(case: str) -> None:
    drawing = CASES[case]()
    root = parsed(drawing)
    assert root.get("viewBox") == f"0 0 {drawing.width} {drawing.height}"
    for path in root.iter(f"{SVG}path"):
        numbers = [float(n) for n in re.findall(r"-?[\d.]+", path.get("d", ""))]
        assert all(0 <= x <= drawing.width for x in numbers[::2]), case
        assert all(0 <= y <= drawing.height for y in numbers[1::2]), case


@pytest.mark.parametrize(
    "drawing",
    [
        lambda: draw_metric_over_runs(over((nan, inf), ())),
        lambda: draw_metric_over_runs(over()),
        lambda: draw_metric_by_run(by_run(None, nan)),
        lambda: draw_metric_by_run(by_run()),
        lambda: draw_parameters(
            ParameterAgainstMetric("f1", [None, nan], ["a", "b"], [Parameter("p", ["1", "2"])])
        ),
    ],
)
def test_a_chart_without_a_finite_value_says_so(drawing: Callable[[], Drawing]) -> None:
    assert "no finite value to draw" in texts(drawing())


def test_zero_has_no_sign_whichever_came_first() -> None:
    def line_from(left: float) -> bytes:
        return svg(9, 9, lambda canvas: canvas.lines((left, 5), (1, 5), "text", 1), "a line")

    assert line_from(-0.0) == line_from(0.0)
    assert b"M0 " in line_from(-0.0)


def test_bold_texts_have_a_weight_that_browsers_know() -> None:
    chart = svg(90, 30, lambda canvas: canvas.text(4, 20, "loss", bold=True), "a word").decode()
    assert re.findall('font-weight="([^"]*)"', chart) == ["600"]
    plain = svg(90, 30, lambda canvas: canvas.text(4, 20, "loss"), "a word").decode()
    assert "font-weight" not in plain


def test_an_svg_chart_that_would_not_be_kept_whole_is_refused() -> None:
    with pytest.raises(ValueError, match="more than lines"):
        svg(10, 10, lambda canvas: canvas.box(0, 0, 5, 5, "dot"), "a box")


def test_alternative_texts_are_sentences_with_counts_and_the_best() -> None:
    assert draw_metric_over_runs(over((0.1, 0.4), (0.2, nan))).alt == (
        "val/f1 by step: higher is better · 2 runs · 1 value not finite. "
        "The best is run 0 with 0.4."
    )
    runs = [RunValue("a", 0.3), RunValue("b", None, failed=True), RunValue("c", 0.1)]
    chart = MetricByRun("loss", [*runs, RunValue("d", None)], "lower", 2)
    assert draw_metric_by_run(chart).alt == (
        "loss by run, in order of start: lower is better · 4 runs · 1 failed (×) · "
        "1 without a value (–) · line: best so far. The best is c with 0.1."
    )
    assert against("1", "2", best=1).alt == (
        "val/f1 against depth: higher is better · 2 runs · best: run 1, 0.1."
    )
    assert (
        draw_metric_over_runs(over((0.1,))).alt in draw_metric_over_runs(over((0.1,))).body.decode()
    )


def test_the_best_run_is_thicker_and_drawn_last() -> None:
    body = draw_metric_over_runs(over((0.1, 0.4), (0.2, 0.3), best=1)).body.decode()
    widths = re.findall(r'class="stroke-c[12]" stroke-width="([\d.]+)"', body)
    assert widths[:4] == ["1.75", "5", "2.5", "7"]  # line and end of one, line and end of the best


def test_a_running_run_is_dashed() -> None:
    runs = [RunLine("a", (0, 1), (1, 2), 0, running=True), RunLine("b", (0, 1), (2, 1), 1)]
    body = draw_metric_over_runs(MetricOverRuns("f1", runs)).body.decode()
    assert len(re.findall("stroke-dasharray", body)) == 1


def test_a_thousand_runs_are_thinned_and_counted() -> None:
    ys = [tuple((i * 7 + j * 13) % 101 / 101 for j in range(300)) for i in range(1000)]
    drawing = draw_metric_over_runs(over(*ys, best=900))
    assert drawing.note == "higher is better · 104 of 1\u202f000 runs drawn"
    assert drawing.note in texts(drawing)
    assert len(drawing.body) < 150_000
    grey = strokes(drawing, "context")
    assert grey[0].count("M") == 100  # all grey runs are one path


def test_failed_runs_are_crosses_and_those_without_a_value_lie_at_the_foot() -> None:
    runs = [RunValue("a", 1.0), RunValue("b", None, failed=True), RunValue("c", 2.0, failed=True)]
    drawing = draw_metric_by_run(MetricByRun("f1", [*runs, RunValue("d", None)], "", None))
    at_value, at_foot = strokes(drawing, "bad")
    heights = [float(re.findall(r"[\d.]+", path)[1]) for path in (at_value, at_foot)]
    assert heights[0] < 100
    assert heights[1] > 230


def test_parameters_that_span_decades_get_a_log_scale() -> None:
    assert "depth (log scale)" in texts(against("0.0001", "0.01", "1"))
    assert "depth" in texts(against("1", "50", "99"))
    assert "depth" in texts(against("0", "10000"))  # zero has no place on a log scale


def test_categories_are_sorted_and_rare_ones_are_put_together() -> None:
    shown = texts(against("b", "a", "10", "9"))
    assert [word for word in shown if word in {"a", "b", "9", "10"}] == ["9", "10", "a", "b"]
    many = [f"c{i:02}" for i in range(20)] + [f"c{i:02}" for i in range(11)]
    labels = [word for word in texts(against(*many)) if re.fullmatch(r"c\d\d|other", word)]
    assert labels == [*(f"c{i:02}" for i in range(11)), "other"]


def test_values_of_runs_without_any_of_the_parameters_take_no_room() -> None:
    params = [Parameter("p", ("1", "2", "3", None))]
    chart = ParameterAgainstMetric("rmse", (0.27, 0.28, 0.29, 90.0), ("a", "b", "c", "d"), params)
    drawing = draw_parameters(chart)
    labels = [word for word in texts(drawing) if re.fullmatch(r"[\d.]+", word)]
    assert "beyond" not in drawing.note
    assert {"0.270", "0.290"} <= set(labels)
    assert not [label for label in labels if float(label) > 4]


def test_only_parameters_with_something_to_show_get_a_panel() -> None:
    params = [Parameter("bare", (None, "1")), *(Parameter(f"p{i}", ("1", "2")) for i in range(8))]
    chart = ParameterAgainstMetric("f1", (0.5, None), ("a", "b"), params)
    drawing = draw_parameters(chart)
    assert [word for word in texts(drawing) if re.fullmatch(r"p\d|bare", word)] == [
        f"p{i}" for i in range(6)
    ]
    assert drawing.note.endswith("2 more parameters not shown")


def test_every_ink_has_its_dark_twin() -> None:
    for case in CASES.values():
        body = case().body.decode()
        used = set(re.findall(r"(?<=[\" ])(?:fill|stroke)-(\w+)(?=[\" ])", body))
        used &= INKS.keys()
        assert {"text", "second"} <= used
        (style,) = re.findall("<style>(.*)</style>", body)
        assert style.count("@media (prefers-color-scheme:dark){") == 1
        for ink in used:
            assert f"-{ink}{{" in style
            assert INKS[ink].dark in style


def chunks(body: bytes) -> list[bytes]:
    """The names of the chunks of a PNG, whose checksums must be right."""
    assert body[:8] == b"\x89PNG\r\n\x1a\n"
    names, at = [], 8
    while at < len(body):
        (length,) = struct.unpack_from(">I", body, at)
        data = body[at + 4 : at + 8 + length]
        assert struct.unpack_from(">I", body, at + 8 + length) == (zlib.crc32(data),)
        names.append(data[:4])
        at += 12 + length
    return names


@pytest.mark.parametrize("name", HOSTILE)
def test_cards_are_drawn_for_every_name(name: str) -> None:
    site = draw_site_card(SiteCard(name, 2, {"finished": 3, name: 1}))
    experiment = draw_experiment_card(
        ExperimentCard(name, 3, name, name, 0.5, name, (0, 1, nan, 3), (1, 2, 3, inf))
    )
    for card in (site, experiment):
        assert struct.unpack_from(">II", card.body, 16) == (1200, 630)
        assert set(chunks(card.body)) <= {b"IHDR", b"pHYs", b"IDAT", b"IEND"}  # no text, no time


def test_cards_tell_in_words_what_they_show() -> None:
    site = draw_site_card(SiteCard("Coffee", 1, {"failed": 2, "finished": 40, "lost": 1}))
    assert site.alt == "Coffee: 1 experiment, 43 runs (40 finished, 2 failed, 1 lost)."
    card = ExperimentCard("rf", 48, "Coffee", "f1", 0.826, "amber-lynx-31")
    assert draw_experiment_card(card).alt == "rf: 48 runs, best f1 0.826 by amber-lynx-31."
    assert draw_experiment_card(ExperimentCard("rf", 1)).alt == "rf: 1 run."


DRAW_ALL = """
import hashlib, sys, warnings
warnings.simplefilter("error", UserWarning)  # as matplotlib warns of what it draws
from test_charts import CASES, ExperimentCard, draw_experiment_card
names = list(CASES)
if sys.argv[1] == "back":
    names.reverse()
    import matplotlib
    before = dict(matplotlib.rcParams.copy())  # of the copy: no backend is chosen for it
made = {name: CASES[name]().body for name in names}
card = ExperimentCard("rf", 3, "s", "f1", 1.5, "a", (0, 1), (1, 2))
made["card"] = draw_experiment_card(card).body
if sys.argv[1] == "back":
    assert dict(matplotlib.rcParams.copy()) == before
    assert matplotlib.rcParams["lines.linewidth"] == 9
assert "matplotlib.pyplot" not in sys.modules
print(*(f"{name}={hashlib.sha256(made[name]).hexdigest()}" for name in sorted(made)), sep="\\n")
"""

WILD = """
lines.linewidth: 9
lines.antialiased: False
path.sketch: 1, 100, 2
font.size: 30
font.family: serif
svg.fonttype: path
svg.hashsalt: other
text.usetex: True
axes.unicode_minus: False
figure.dpi: 33
savefig.dpi: 44
savefig.bbox: tight
savefig.facecolor: red
figure.facecolor: blue
figure.constrained_layout.use: True
"""


def test_bytes_are_the_same_in_every_process_order_and_setting(tmp_path: Path) -> None:
    (tmp_path / "matplotlibrc").write_text(WILD)
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests" / "unit")])
    shown = []
    for order, seed, rc in (("on", "1", ""), ("back", "2", str(tmp_path / "matplotlibrc"))):
        environment = {**os.environ, "PYTHONPATH": path, "PYTHONHASHSEED": seed}
        environment |= {"MATPLOTLIBRC": rc} if rc else {}
        done = subprocess.run(
            [sys.executable, "-c", DRAW_ALL, order],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        shown.append(done.stdout)
    assert shown[0] == shown[1]
    assert len(shown[0].split()) > len(CASES)
