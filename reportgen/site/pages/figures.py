"""The curves of a run: metrics of one stem share a chart, charts of one prefix stand together."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup

from reportgen.analysis.prefixes import group_by_prefix, natural
from reportgen.analysis.roles import stem_of
from reportgen.analysis.standing import Standing
from reportgen.charts.curve import Curve, Line, choose_x, curve_svg
from reportgen.model import MetricSeries, Run, Status
from reportgen.values import frozen

if TYPE_CHECKING:
    from reportgen.charts.axes import XKind

_LINES = 7  # in a chart; more would be a tangle
_SHORT = 8  # times the last step of a metric, and still not that of another: apart


@frozen
class Figure:
    """One chart with its title."""

    title: str
    hint: str
    keys: tuple[str, ...]  # the metrics that it shows, by which scripts find their points
    svg: Markup


@frozen
class FigureGroup:
    """Charts with a common prefix; `name` is "" for those without one."""

    name: str
    figures: tuple[Figure, ...]


@frozen
class Drawer:
    """Draws the curves of one run."""

    run: Run
    standing: Standing
    series_of: Callable[[str], MetricSeries]

    def groups(self, keys: Iterable[str]) -> tuple[FigureGroup, ...]:
        """Charts of those metrics of the run that have two points or more."""
        stems: dict[str, list[str]] = {}
        for key in keys:
            if self.run.metrics[key].count > 1:
                stems.setdefault(stem_of(key), []).append(key)
        groups = []
        for group in group_by_prefix(stems, ("/",)):
            figures: list[Figure] = []
            for stem in group.keys:
                charts = _charts([self._curve(key) for key in self._in_order(stems[stem])])
                figures += [self._figure(stem, curves) for curves in charts]
            groups.append(FigureGroup(group.prefix, tuple(figures)))
        return tuple(groups)

    def _in_order(self, keys: Iterable[str]) -> list[str]:
        """The metrics of a stem, training first."""
        return sorted(keys, key=lambda key: (self.standing.order(key), natural(key)))

    def _curve(self, key: str) -> "_Curve":
        series = self.series_of(key)
        kind, xs = choose_x(series.steps, series.timestamps)
        return _Curve(key, self.run.metrics[key].step, kind, xs, series.values)

    def _figure(self, stem: str, curves: "Sequence[_Curve]") -> Figure:
        growing = self.run.status is Status.RUNNING
        lines = tuple(
            Line(curve.key, curve.xs, curve.values, f"c{place}", growing)
            for place, curve in enumerate(curves, start=1)
        )
        title = curves[0].key if len(curves) == 1 else stem
        chart = Curve(title, lines, curves[0].kind)
        svg = Markup(curve_svg(chart))  # noqa: S704 (our own drawing, texts escaped)
        keys = tuple(curve.key for curve in curves)
        return Figure(title, self.standing.hint(keys[0]), keys, svg)


class _Curve(NamedTuple):
    """A metric's points over what they are drawn over: (n,) each."""

    key: str
    last: int  # step
    kind: "XKind"
    xs: Sequence[int]
    values: Sequence[float]


def _charts(curves: Sequence[_Curve]) -> Iterator[Sequence[_Curve]]:
    """The curves of a stem in charts of a few lines, all over one kind of axis.

    One that ends after a few steps, as one counted by fold, has no place beside one with many: it
    would be a stroke at the edge.
    """
    longest = max(curve.last for curve in curves)
    parts: dict[tuple[bool, str], list[_Curve]] = {}
    for curve in curves:
        is_short = curve.last * _SHORT < longest
        parts.setdefault((is_short, curve.kind), []).append(curve)
    for _, part in sorted(parts.items()):
        for start in range(0, len(part), _LINES):
            yield part[start : start + _LINES]
