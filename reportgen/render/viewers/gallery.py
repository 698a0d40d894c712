"""Images of a run: those of one thing over time as a strip, all others as a grid."""

import re
from collections.abc import Sequence

from markupsafe import Markup

from reportgen.render.escaping import escaped
from reportgen.render.viewers.image import Picture, picture_html
from reportgen.spelling import grouped, plural
from reportgen.values import frozen

# Names that `log_image` gives with a key and a step (mlflow/tracking/client.py): parts are set off
# by "%" until 3.9 or so, by "+" since; a "/" in the key is "#" then and "~" now.
_LOGGED = re.compile(
    r"images/(?P<key>[^/]+)(?P<sep>[+%#])step(?P=sep)(?P<step>-?\d{1,19})(?P=sep)timestamp(?P=sep)"
    r"(?P<time>\d{1,19})(?P=sep)[0-9a-fA-F-]{8,40}(?P<small>(?P=sep)compressed)?\.(?:png|webp)"
)
_NUMBER = re.compile(r"\d{1,18}")
_IMAGE = re.compile(r".+\.(?:png|jpe?g|jfif|gif|webp|avif|bmp|svg)", re.IGNORECASE | re.DOTALL)
_FEWEST = 3  # numbered names; of two, the number may mean anything
_MOST_FRAMES = 150  # of a strip


@frozen
class Frame:
    """An image of a series. `thumbnail` is the path of a smaller copy of it, "" for none."""

    step: int
    path: str
    thumbnail: str


@frozen
class Series:
    """Images of one thing, in order of step: as logged under a key, or numbered by name."""

    name: str
    label: str  # what is before the number: step, epoch, …; "" where nothing is
    frames: tuple[Frame, ...]


def series_of(paths: Sequence[str]) -> list[Series]:
    """The series among the paths of a run's artifacts, in order of name; not all images have one.

    Images of MLflow are a series also when there is but one: the thumbnail belongs to it.
    Numbered names (`epoch_001.png`) are one from three on, where they differ in the number alone.
    """
    logged = [found for found in map(_LOGGED.fullmatch, paths) if found]
    names = {found[0] for found in logged}
    rest = [path for path in paths if path not in names and _IMAGE.fullmatch(path)]
    return sorted(_logged_series(logged) + _numbered_series(rest), key=lambda one: one.name)


def _logged_series(logged: Sequence[re.Match[str]]) -> list[Series]:
    small = {_without_mark(found): found[0] for found in logged if found["small"]}
    groups: dict[str, list[tuple[int, int, Frame]]] = {}
    full = {found[0].rpartition(".")[0]: found for found in logged if not found["small"]}
    for stem, found in full.items():
        frame = Frame(int(found["step"]), found[0], small.get(stem, ""))
        key = found["key"].replace("~" if found["sep"] == "+" else "#", "/")
        groups.setdefault(key, []).append((frame.step, int(found["time"]), frame))
    for stem, path in small.items():
        if stem not in full:  # the thumbnail is all that is left
            found = next(one for one in logged if one[0] == path)
            key = found["key"].replace("~" if found["sep"] == "+" else "#", "/")
            frame = Frame(int(found["step"]), path, "")
            groups.setdefault(key, []).append((frame.step, int(found["time"]), frame))
    return [
        Series(key, "step", tuple(frame for *_, frame in sorted(group, key=_order)))
        for key, group in groups.items()
    ]


def _without_mark(found: re.Match[str]) -> str:
    return found[0][: found.start("small")]


def _order(item: tuple[int, int, Frame]) -> tuple[int, int, str]:
    return item[0], item[1], item[2].path


def _numbered_series(paths: Sequence[str]) -> list[Series]:
    """Series by the last number in a name; of names that it does not join, by the first."""
    result = []
    left = list(paths)
    for place in (-1, 0):
        groups: dict[tuple[str, str], list[Frame]] = {}
        for path in left:
            folder, _, name = path.rpartition("/")
            stem = name.rpartition(".")[0]
            numbers = list(_NUMBER.finditer(stem))
            if not numbers:
                continue
            number = numbers[place]
            start = len(folder) + 1 if folder else 0
            start, end = start + number.start(), start + number.end()
            parts = (path[:start], path[end:])
            groups.setdefault(parts, []).append(Frame(int(number[0]), path, ""))
        for (before, after), frames in groups.items():
            if len(frames) >= _FEWEST:
                ordered = tuple(sorted(frames, key=lambda frame: (frame.step, frame.path)))
                result.append(Series(f"{before}…{after}", _label(before), ordered))
                taken = {frame.path for frame in frames}
                left = [path for path in left if path not in taken]
    return result


def _label(before: str) -> str:
    """The word that stands before a number: `step` for samples/step-100.png."""
    words = re.findall(r"[^\W\d_]+", before.rpartition("/")[2])
    return words[-1] if words else ""


def gallery(pictures: Sequence[Picture]) -> Markup:
    """All images of a run: a strip for each series, then a grid of the others.

    Strips scroll sideways and snap to images; nothing needs a script.
    """
    at = {picture.path: picture for picture in pictures}
    shown: set[str] = set()
    parts = []
    for series in series_of(list(at)):
        parts.append(strip(series, at))
        shown.update(frame.path for frame in series.frames)
        shown.update(frame.thumbnail for frame in series.frames)
    rest = [picture for picture in pictures if picture.path not in shown]
    if rest:
        figures = "".join(_figure(picture, picture.path) for picture in rest)
        parts.append(Markup(f'<div class="v-grid">{figures}</div>'))  # noqa: S704 (escaped there)
    return Markup("".join(parts))  # noqa: S704 (Markup, all of them)


def strip(series: Series, pictures: dict[str, Picture]) -> Markup:
    """The images of a series side by side, with their steps.

    `pictures` holds images by path; thumbnails are used where they are in it. Of a long series,
    images are drawn evenly, the first and the last among them.
    """
    frames = [frame for frame in series.frames if frame.path in pictures]
    drawn = _evenly(frames)
    figures = []
    for frame in drawn:
        small = pictures.get(frame.thumbnail)
        caption = f"{series.label} {frame.step}".strip()
        figures.append(_figure(pictures[frame.path], caption, small.src if small else ""))
    count = plural(len(frames), "image")
    if len(drawn) < len(frames):
        count = f"{grouped(len(drawn))} of {count}"
    name = escaped(series.name)
    return Markup(  # noqa: S704 (escaped)
        f'<section class="v-series"><h3>{name} <small>{count}</small></h3>'
        f'<div class="v-strip" tabindex="0" role="region" aria-label="{name}">'
        f"{''.join(figures)}</div></section>"
    )


def _evenly(frames: Sequence[Frame]) -> list[Frame]:
    if len(frames) <= _MOST_FRAMES:
        return list(frames)
    last = len(frames) - 1
    return [frames[round(place * last / (_MOST_FRAMES - 1))] for place in range(_MOST_FRAMES)]


def _figure(picture: Picture, caption: str, thumbnail: str = "") -> str:
    image = picture_html(picture, thumbnail)
    return f"<figure>{image}<figcaption>{escaped(caption)}</figcaption></figure>"
