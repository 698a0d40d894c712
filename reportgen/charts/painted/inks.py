"""The colours of charts, each for light and for dark pages: those of the default theme.

Series colours keep a contrast of 3 to 1 to their ground, and stay apart under the three kinds of
colour blindness; text colours keep 4.5 to 1.
"""

from collections.abc import Mapping

from reportgen.values import frozen


@frozen
class Ink:
    """One colour as #rrggbb."""

    light: str
    dark: str


INKS: Mapping[str, Ink] = {
    "page": Ink("#faf9f7", "#101113"),
    "line": Ink("#e7e5df", "#2a2b2e"),  # grid
    "text": Ink("#1b1a18", "#ececea"),
    "second": Ink("#57544e", "#b4b3af"),
    "faint": Ink("#6e6b64", "#93928d"),
    "context": Ink("#c9c6be", "#45474c"),  # lines of runs that are not in focus
    "dot": Ink("#8f8b83", "#77797f"),  # the same as dots
    "accent": Ink("#2a5bd0", "#8db2ff"),
    "good": Ink("#0c6b48", "#5cd3a2"),
    "bad": Ink("#b3261e", "#ff9d92"),
    "stopped": Ink("#855200", "#eabf66"),
    "c1": Ink("#1d5084", "#3e8ceb"),
    "c2": Ink("#d87c29", "#fad125"),
    "c3": Ink("#3e987d", "#2fface"),
    "c4": Ink("#970515", "#f25329"),
    "c5": Ink("#9181ec", "#d9c3fe"),
    "c6": Ink("#5e26b1", "#ad7399"),
    "c7": Ink("#66203c", "#f18778"),
}
SERIES = tuple(name for name in INKS if name[0] == "c" and name[1:].isdigit())
NAME_OF_LIGHT: Mapping[str, str] = {ink.light: name for name, ink in INKS.items()}


def series(colour: int | None, otherwise: str) -> str:
    """The ink of a run's colour, counted from 0; beyond the last they begin again."""
    return otherwise if colour is None else SERIES[colour % len(SERIES)]
