"""The courses of a metric in two runs over each other."""

import re
from itertools import pairwise

from reportgen.charts.overlay import Course, overlay_svg
from reportgen.trace import course_of, points_of

_MATRIX = re.compile(r'transform="matrix\((\S+) 0 0 (\S+) (\S+) (\S+)\)" d="([^"]*)"')


def lines_of(svg: str) -> list[list[list[tuple[float, float]]]]:
    """Of each course, the stretches it is drawn in, as points in units."""
    found = []
    for *numbers, path in _MATRIX.findall(svg):
        wide, tall, left, top = map(float, numbers)
        stretches = []
        for stretch in path.split("M")[1:]:
            steps = [int(one) for one in re.findall(r"-?\d+", stretch)]
            x = y = 0
            places = []
            for along, down in zip(steps[::2], steps[1::2], strict=True):
                x, y = x + along, y + down
                places.append((left + wide * x, top + tall * y))
            stretches.append(places)
        found.append(stretches)
    return found


def drawn_course(values: list[float], last_step: int) -> Course:
    finite = [value for value in values if value == value]  # noqa: PLR0124 (nan is a gap)
    return Course("ka", course_of(values)[2], min(finite), max(finite), last_step)


def height_at(line: list[tuple[float, float]], x: float) -> list[float]:
    """The heights of a line at a place: two where it goes straight up or down."""
    found = []
    for (x1, y1), (x2, y2) in pairwise(line):
        if x1 == x2 == x:
            found += [y1, y2]
        elif x1 <= x <= x2 and x1 != x2:
            found.append(y1 + (y2 - y1) * (x - x1) / (x2 - x1))
    return found


def test_both_courses_share_one_scale_of_values_and_steps() -> None:
    svg = overlay_svg([drawn_course([4, 0], 10), drawn_course([2, 1], 5)], "loss")
    long, short = lines_of(svg)
    assert [[(round(x), round(y)) for x, y in line] for line in long] == [[(4, 20), (396, 128)]]
    assert [[(round(x), round(y)) for x, y in line] for line in short] == [[(4, 74), (200, 101)]]


def test_line_misses_no_point_of_a_course_by_more_than_half_a_level() -> None:
    values = [1 / (1 + step / 40) + (0.2 if step in (300, 700) else 0) for step in range(1000)]
    course = drawn_course(values, 999)
    ((line,),) = lines_of(overlay_svg([course], "loss"))
    level = 108 / 31
    for x, y in points_of(course.trace)[0]:
        at, height = 4 + x * 6.222, 20 + level * (31 - y)
        missed = [abs(one - height) for one in height_at(line, at)]
        assert min(missed) <= level / 2 + 0.01
    assert len(line) < len(points_of(course.trace)[0])


def test_course_has_a_gap_where_values_are_not_finite() -> None:
    svg = overlay_svg([drawn_course([1, 2, float("nan"), 2, 1], 4)], "loss")
    ((left, right),) = lines_of(svg)
    assert left[-1][0] < right[0][0]


def test_level_course_stands_where_its_value_is() -> None:
    level = drawn_course([1, 1], 10)
    assert [y for _, y in lines_of(overlay_svg([level], "loss"))[0][0]] == [74, 74]
    _, drawn = lines_of(overlay_svg([drawn_course([4, 0], 10), level], "loss"))
    assert {round(y) for _, y in drawn[0]} == {101}


def test_nothing_is_drawn_without_a_course() -> None:
    assert overlay_svg([Course("ka", "", 1, 1, 0)], "loss") == ""
