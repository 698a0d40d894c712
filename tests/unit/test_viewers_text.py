"""Texts: encodings, logs of terminals, line numbers, colours of code, and Markdown."""

import re
from html import unescape
from pathlib import Path

import pytest

from reportgen.render.viewers import Shown, show
from reportgen.render.viewers.code import highlighted

CSS = Path(__file__).parents[2] / "themes" / "default" / "static" / "viewers.css"


def shown(path: str, body: bytes) -> Shown:
    return show(path, len(body), lambda limit: body[:limit], "")


def lines_of(found: Shown) -> list[str]:
    """The lines as a browser shows and copies them: without their numbers."""
    (text,) = re.findall(r"<pre>\n(.*?)</pre>", found.html, re.DOTALL)
    return unescape(re.sub("<[^>]*>", "", text)).removesuffix("\n").split("\n")


@pytest.mark.parametrize(
    "body",
    [
        "é\nb".encode(),
        "é\nb".encode("utf-8-sig"),
        "é\r\nb\r\n".encode("cp1252"),
        "é\nb".encode("utf-16"),
        b"\xfe\xff" + "é\nb".encode("utf-16-be"),
    ],
)
def test_texts_are_read_in_the_encodings_that_people_have(body: bytes) -> None:
    assert lines_of(shown("notes.txt", body)) == ["é", "b"]


def test_line_numbers_stand_apart_from_the_text_and_an_empty_first_line_counts() -> None:
    found = shown("a.txt", b"\n\nx\n")
    assert '<pre class="v-nr" aria-hidden="true">\n1\n2\n3</pre>' in found.html
    assert lines_of(found) == ["", "", "x"]
    assert 'tabindex="0" role="region" aria-label="a.txt"' in found.html


def test_a_log_is_shown_as_the_screen_was_left() -> None:
    body = b"\x1b[1;32mINFO\x1b[0m go\n  0%| | 0/9\r 50%|# | 5/9\r100%|##| 9/9\r\ndone\x07\n"
    assert lines_of(shown("train.log", body)) == ["INFO go", "100%|##| 9/9", "done␇"]


def test_of_a_long_text_the_first_lines_are_shown() -> None:
    found = shown("a.log", b"x\n" * 3_000)
    assert len(lines_of(found)) == 2_000
    nnbsp = "\N{NARROW NO-BREAK SPACE}"
    assert found.note == f"first 2{nnbsp}000 of 3{nnbsp}000 lines"
    assert shown("a.log", b"y" * 999 + b"\n" + b"x\n" * 200_000).note == (
        f"first 2{nnbsp}000 lines of 392 KiB"
    )
    found = shown("a.log", b"y" * 300_000)
    assert found.note == f"first 256 KiB of 293 KiB; lines cut at 5{nnbsp}000 characters"


def test_a_character_cut_in_two_is_left_out() -> None:
    body = b"x" * ((256 << 10) - 1) + "é".encode() + b"more"
    assert "�" not in shown("a.txt", body).html
    assert "Ã" not in shown("a.txt", body).html


def test_files_of_any_name_are_text_where_their_content_is() -> None:
    assert lines_of(shown("Makefile", b"all:\n\techo\n")) == ["all:", "\techo"]
    assert lines_of(shown("requirements.txt", b"numpy>=1\n")) == ["numpy>=1"]
    assert shown("core", b"\x7fELF\0\0").kind == "file"
    assert "an empty file" in shown("empty.txt", b"").html


def test_code_is_marked_by_class_and_escaped() -> None:
    found = shown("t.py", b"def f(x):\n    return '<b>' + str(1.5)  # why\n")
    assert '<span class="k">def </span>' in found.html
    assert "<span class=\"s\">'&lt;b&gt;' </span>" in found.html
    assert '<span class="m">1.5</span>' in found.html
    assert '<span class="c"># why\n</span>' in found.html
    assert "style=" not in found.html
    assert lines_of(found) == ["def f(x):", "    return '<b>' + str(1.5)  # why"]


@pytest.mark.parametrize(
    "key", ["py", "json", "yaml", "toml", "sh", "r", "sql", "js", "dockerfile"]
)
def test_marking_changes_no_character(key: str) -> None:
    text = "FROM a\n\n\tb = 'c' + \"d\" # <e> & 1.50\n  select * from f; -- é\n[g]\nh: [1, 2]\n\n"
    marked = highlighted(text, key)
    assert marked is not None
    assert unescape(re.sub("<[^>]*>", "", marked)) == text + "\n"


def test_texts_that_lexers_are_slow_with_are_left_unmarked() -> None:
    assert highlighted("x = 1\n" * 8_000, "py") is None
    assert highlighted("x" * 401, "py") is None
    assert highlighted("\n" * 12, "py") is None
    assert highlighted("x = 1", "no such language") is None


def test_markdown_is_cleaned_html_one_heading_lower() -> None:
    found = shown("r.md", b"# T\n\n*x* <script>y</script>\n\n| a |\n|---|\n| 1 |\n")
    assert found.kind == "markdown"
    assert "<h2>T</h2>" in found.html
    assert "<em>x</em>" in found.html
    assert "<script" not in found.html
    assert "<td>1</td>" in found.html


@pytest.mark.parametrize("body", [b"x\n\n" * 10_000, b"<a " * 5_000, b"-\n" * 5_000])
def test_markdown_that_would_take_long_is_shown_as_text(body: bytes) -> None:
    assert shown("r.md", body).kind == "text"


def luminance(colour: str) -> float:
    digits = colour if len(colour) == 6 else "".join(2 * digit for digit in colour)
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_colours_of_code_and_trees_can_be_read_on_every_ground() -> None:
    pairs = re.findall(r"color: light-dark\(#(\w+), #(\w+)\)", CSS.read_text("utf-8"))
    assert len(pairs) >= 10
    for light, dark in pairs:
        assert min(contrast(light, ground) for ground in ("ffffff", "f6f5f2", "faf9f7")) >= 4.5
        assert min(contrast(dark, ground) for ground in ("17181a", "1f2022", "101113")) >= 4.5


def test_every_class_of_code_has_a_colour() -> None:
    from reportgen.render.viewers.code import _KINDS

    css = CSS.read_text("utf-8")
    assert {mark for _, mark in _KINDS} == set(re.findall(r":is\(\.v-code, \.v-in\) \.(\w+) ", css))
