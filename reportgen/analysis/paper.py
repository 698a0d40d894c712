"""Runs as a table for a README or a paper: GitHub Markdown and LaTeX.

One row a run: its name and status, the parameters that are not the same in all runs, and the last
value of each metric to five digits.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from reportgen.analysis.table import Column, columns_of
from reportgen.model import Experiment, Run
from reportgen.spelling import harmless, markdown_text
from reportgen.values import frozen

_DIGITS = 5
_LARGE = 1e15  # from here on, floats no longer hold every digit
_NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|-?inf|nan", re.IGNORECASE)


@frozen
class PaperTable:
    """A table as text, one tuple of cells a row, nothing escaped."""

    headers: tuple[str, ...]  # (n,)
    is_number: tuple[bool, ...]  # (n,) whether all cells of the column are numbers
    rows: tuple[tuple[str, ...], ...]  # (runs, n)


def paper_table(runs: Iterable[tuple[Experiment, Run]]) -> PaperTable:
    """The table of some runs; with a column of experiments where there is more than one."""
    pairs = list(runs)
    columns = [
        Column("run", "text", [run.title for _, run in pairs]),
        Column("status", "text", [run.status.name for _, run in pairs]),
    ]
    if len({experiment.where for experiment, _ in pairs}) > 1:
        columns.insert(0, Column("experiment", "text", [one.name for one, _ in pairs]))
    columns += _measured(columns_of(run for _, run in pairs))
    texts = [_texts(column) for column in columns]
    return PaperTable(
        tuple(_in_line(column.name) for column in columns),
        tuple(_all_numbers(cells) for cells in texts),
        tuple(zip(*texts, strict=True)),
    )


def _measured(columns: Sequence[Column]) -> list[Column]:
    """Parameters that vary, then metrics: by their keys, or full names where two are the same."""
    params = [one for one in columns if one.name.startswith("params.") and _varies(one)]
    shown = params + [one for one in columns if one.name.startswith("metrics.")]
    keys = [column.name.partition(".")[2] for column in shown]
    uses = Counter(keys)
    names = [
        key if uses[key] == 1 else column.name for key, column in zip(keys, shown, strict=True)
    ]
    return [Column(name, one.kind, one.cells) for name, one in zip(names, shown, strict=True)]


def _varies(column: Column) -> bool:
    """Whether a parameter tells runs apart; of a single run, all of them are shown."""
    return len(column.cells) == 1 or len(set(column.cells)) > 1


def _texts(column: Column) -> list[str]:
    if column.kind == "number":
        return ["" if cell is None else short_number(cell) for cell in column.cells]
    return ["" if cell is None else _in_line(cell) for cell in column.cells]


def _in_line(text: str) -> str:
    """A text of a store in one line, and without what neither terminals nor TeX may be given."""
    return harmless(" ".join(text.split()))


def _all_numbers(cells: Sequence[str]) -> bool:
    filled = [cell for cell in cells if cell]
    return bool(filled) and all(_NUMBER.fullmatch(cell) for cell in filled)


def short_number(value: float) -> str:
    """A number to five digits, all of the whole part shown: 0.91235, 1597545, 1e-07, nan."""
    text = f"{value or 0.0:.{_DIGITS}g}"  # -0.0 is no better than 0
    return f"{value:.0f}" if "e+" in text and abs(value) < _LARGE else text


def markdown(table: PaperTable) -> str:
    """A GitHub Markdown table; text that would be read as Markdown or HTML is escaped."""
    marks = ["---:" if number else "---" for number in table.is_number]
    rows = [_line(map(markdown_text, table.headers)), _line(marks)]
    rows += [_line(map(markdown_text, row)) for row in table.rows]
    return "".join(f"{row}\n" for row in rows)


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def latex(table: PaperTable) -> str:
    r"""A LaTeX `tabular`, with rules from the package booktabs; all special characters escaped."""
    places = "".join("r" if number else "l" for number in table.is_number)
    header = _latex_row([_latex_text(name) for name in table.headers])
    body = []
    for row in table.rows:
        cells = zip(row, table.is_number, strict=True)
        body.append(
            _latex_row([_latex_number(cell) if n else _latex_text(cell) for cell, n in cells])
        )
    lines = [r"% needs \usepackage{booktabs}", rf"\begin{{tabular}}{{{places}}}", r"\toprule"]
    lines += [header, r"\midrule", *body, r"\bottomrule", r"\end{tabular}"]
    return "".join(f"{line}\n" for line in lines)


def _latex_row(cells: Sequence[str]) -> str:
    row = " & ".join(cells)
    # After the \\ or rule before it, a "[" or "*" would be taken for an option.
    return (rf"{{{row[0]}}}{row[1:]}" if row[:1] in ("[", "*") else row) + r" \\"


_LATEX_SPELLING = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"{\char34}",  # \textquotedbl is not in the encoding that LaTeX begins with
    **{char: f"\\{char}" for char in "&%$#_{}"},
}
_LATEX_SPECIAL = re.compile(r'[\\~^<>|"&%$#_{}]|-(?=-)')


def _latex_text(text: str) -> str:
    """The text as LaTeX prints it; two hyphens, as of an option, must not become a dash."""
    return _LATEX_SPECIAL.sub(lambda found: _LATEX_SPELLING.get(found[0], "-{}"), text)


def _latex_number(text: str) -> str:
    """A number with a real minus, powers of ten and the infinity sign."""
    mantissa, e, exponent = text.lower().partition("e")
    if e:
        return rf"${mantissa} \times 10^{{{int(exponent)}}}$"
    if mantissa.endswith("inf"):
        return f"${mantissa.removesuffix('inf')}\\infty$"
    return f"${text}$" if text.startswith("-") else text
