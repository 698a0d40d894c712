"""Bytes as text: encodings, and the logs of terminals."""

import re

from reportgen.render.viewers.base import Unfit

_BOMS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe\0\0", "utf-32-le"),
    (b"\0\0\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_CONTROLS = bytes({*range(0x20), 0x7F} - {*b"\t\n\r\f\b\x1b"})
_MOST_CONTROLS = 50  # one in so many bytes: texts have none, other files have many
# Orders to a terminal: colours and cursor moves, titles, and the rare two-character ones.
_ORDERS = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\^_])")


def text_of(body: bytes, *, whole: bool) -> str:
    """The text that bytes spell; line ends become newlines.

    UTF-8, UTF-16 or UTF-32 with a mark at the start, else Windows-1252 as the likeliest of the
    rest. Raises Unfit where the bytes are no text. Where they are not the `whole` file, a
    character that is cut off at their end is left out.
    """
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            text = body[len(mark) :].decode(encoding, "replace" if whole else "ignore")
            return _lines_ended(text)
    if b"\0" in body or _controls(body) * _MOST_CONTROLS > len(body):
        raise Unfit("not a text")
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        if not whole and error.start > len(body) - 4:
            text = body[: error.start].decode()
        else:
            text = body.decode("cp1252", "replace")
    return _lines_ended(text)


def _controls(body: bytes) -> int:
    return len(body) - len(body.translate(None, _CONTROLS))


def _lines_ended(text: str) -> str:
    return text.replace("\r\n", "\n") if "\r" in text else text


def as_on_screen(text: str) -> str:
    """A terminal's log as it was left on the screen: no colours, progress bars as they ended."""
    if "\x1b" in text:
        text = _ORDERS.sub("", text)
    if "\r" in text:
        text = "\n".join(_last_state(line) if "\r" in line else line for line in text.split("\n"))
    return text


def _last_state(line: str) -> str:
    states = [state for state in line.split("\r") if state.strip()]
    return states[-1] if states else ""
