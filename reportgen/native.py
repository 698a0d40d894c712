"""The part of reportgen that is compiled from `c/`, where it is at hand: `points`, else None."""

__all__ = ["FORM", "points"]

FORM = 3  # raised with every change of what a function takes or gives; as in `c/points.c`

try:
    from reportgen import _points as points
except ImportError:  # not built: pip had no compiler, or this is a checkout that was not installed
    points = None  # type: ignore[assignment]
else:
    if getattr(points, "FORM", 0) != FORM:  # a checkout that was updated and not built again
        points = None  # type: ignore[assignment]
