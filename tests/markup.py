"""Pages read as a test needs them: elements, and the rows of tables."""

from dataclasses import dataclass
from html.parser import HTMLParser


@dataclass
class Cell:
    """A table cell: its text, blanks made single, and its tooltip."""

    text: str = ""
    title: str = ""


class Elements(HTMLParser):
    """The elements of a page (tag and attributes), and its tables, row by row."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []
        self.rows: list[list[Cell]] = []
        self._cell: Cell | None = None
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        self.found.append((tag, attributes))
        if tag == "tr":
            self.rows.append([])
        elif tag in {"td", "th"}:
            self._cell = Cell(title=attributes.get("title", ""))
            self.rows[-1].append(self._cell)

    def handle_endtag(self, tag: str) -> None:
        if tag in {"td", "th"} and self._cell is not None:
            self._cell.text = " ".join(self._cell.text.split())
            self._cell = None

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.text += data


def rows_of(text: str) -> list[list[str]]:
    """The rows of all tables of a page, as texts."""
    return [[cell.text for cell in row] for row in Elements(text).rows]


def row_of(text: str, first: str) -> list[Cell]:
    """The one row of a page whose first cell is `first`."""
    (row,) = [row for row in Elements(text).rows if row and row[0].text == first]
    return row


def links_of(text: str) -> list[str]:
    """The addresses that a page's anchors lead to, in order."""
    return [
        attributes["href"]
        for tag, attributes in Elements(text).found
        if attributes.get("href") and tag == "a"
    ]
