"""Pages read as a test needs them: elements, and the rows of tables."""

import re
from dataclasses import dataclass
from html import unescape
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
        if tag in {"tr", "td", "th"}:
            self._end_cell()
        if tag == "tr":
            self.rows.append([])
        elif tag in {"td", "th"}:
            self._cell = Cell(title=attributes.get("title", ""))
            self.rows[-1].append(self._cell)

    def handle_endtag(self, tag: str) -> None:
        if tag in {"tr", "td", "th", "tbody", "table"}:
            self._end_cell()

    def _end_cell(self) -> None:
        """End a cell, which may have no end tag."""
        if self._cell is not None:
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


def artifacts_of(text: str) -> dict[str, tuple[str, str]]:
    """The artifacts that a run's page lists: by path, what is said of each, and what is shown.

    What is said of the images that the gallery shows together goes by "".
    """
    listed = text.partition('<div class="artifacts">')[2].partition("</section>")[0]
    found = {}
    for part in listed.split(' class="artifact">')[1:]:
        head, _, shown = part.partition("</summary>")
        path = head.partition('<span class="path">')[2].partition("</span>")[0]
        remark = head.partition("<small>")[2].partition("</small>")[0]
        name = unescape(re.sub("<[^>]*>", "", path))
        found[name] = unescape(remark), shown.rpartition("</details>")[0]
    return found


def links_of(text: str) -> list[str]:
    """The addresses that a page's anchors lead to, in order."""
    return [
        attributes["href"]
        for tag, attributes in Elements(text).found
        if attributes.get("href") and tag == "a"
    ]
