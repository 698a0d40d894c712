"""Texts of a store in Markdown: they read as they are, and call, link and do nothing."""

import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.changes.bars import bars_of
from reportgen.changes.markdown import code, link, table, text
from reportgen.spelling import harmless
from reportgen.trace import course_of

BITS = [*"`*_[]()<>|\\&#@!~$:^%\"'-+=.{}é1a ", "http://e.org", "www.e.org", "a@b.com", "@team"]
BITS += ["#12", "GH-1", "<!--", "-->", "&amp;", "&#64;", "\n\n", "```", "![", "](b)", "ftp://x.y"]
GAP = "\N{ZERO WIDTH SPACE}"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("val_loss", "val_loss"),
        ("a|b", "a&#124;b"),
        ("`rm -rf`", "\\`rm -rf\\`"),
        ("<img src=x>", "&lt;img src=x&gt;"),
        ("<!-- reportgen summary -->", "&lt;!-- reportgen summary --&gt;"),
        ("@team", f"@{GAP}team"),
        ("me/repo#12", f"me/repo#{GAP}12"),
        ("GH-12", f"GH-{GAP}12"),
        ("!5 &3 ~bug", f"!{GAP}5 &amp;{GAP}3 \\~{GAP}bug"),
        ("https://x.org www.x.org", f"https:{GAP}//x.org www{GAP}.x.org"),
        (":tada: at 12:30:10", f":{GAP}tada: at 12:30:10"),
        ("[a](b) *c* _d_ $e$", f"\\[a\\](b) \\*c\\* \\_d\\_ \\${GAP}e\\$"),
        ("two\n\n# lines\t", "two # lines"),
        ("\u202eevil\x1b[2J", "\ufffdevil\ufffd\\[2J"),
        ("", "(no name)"),
        ("x" * 99, "x" * 79 + "…"),
    ],
)
def test_texts_are_neutral_and_read_as_they_are(raw: str, expected: str) -> None:
    assert text(raw) == expected


@given(st.text())
def test_no_text_opens_a_cell_a_tag_a_line_or_a_mention(raw: str) -> None:
    found = text(raw)
    assert not re.search(r"[|<>\n\r]|(?<!\\)[`*\[\]]|@\w|#\w", found.replace("&#124;", ""))


@given(st.text())
def test_no_name_leaves_its_code(raw: str) -> None:
    found = code(raw)
    inner = re.fullmatch(r"`([^`|\\\n]*)`|<code>((?:\w|[ \u200b]|&#\d+;)*)</code>", found)
    assert inner is not None


@given(st.lists(st.sampled_from(BITS), max_size=8).map("".join))
def test_in_the_parser_of_github_names_read_as_they_are_and_do_nothing(raw: str) -> None:
    parser = pytest.importorskip("cmarkgfm", reason="of the dependency group `test`")
    rows = [[text(raw), code(raw)], [link(raw, "https://me.org/x"), "z"]]
    page = parser.github_flavored_markdown_to_html(
        table(["a", "b"], rows, []), options=parser.cmark.Options.CMARK_OPT_UNSAFE
    )
    cells = re.findall(r"<td>(.*?)</td>", page)
    assert len(cells) == 4
    assert re.findall(r'href="(.*?)"', page) == ["https://me.org/x"]
    assert set(re.findall(r"<(\w+)", "".join(cells))) <= {"a", "code"}
    expected = harmless(" ".join(raw.split())) or "(no name)"
    for cell in cells[:3]:
        assert unescape(re.sub("<.*?>", "", cell)).replace(GAP, "") == expected[:80]


def test_a_link_leads_where_it_should_whatever_its_title() -> None:
    found = link("](http://evil)", "https://me.org/a b(c)/index.html")
    assert found == f"[\\](http:{GAP}//evil)](https://me.org/a%20b%28c%29/index.html)"
    assert link("plain", "") == "plain"


def test_tables_have_a_rule_and_numbers_to_the_right() -> None:
    assert table(["a", "b"], [["1", "2"]], [1]) == "| a | b |\n| --- | ---: |\n| 1 | 2 |"


def test_bars_show_the_course_from_its_first_value_to_its_last() -> None:
    falling = bars_of(course_of([1 / (n + 1) for n in range(100)])[2])
    assert (falling[0], falling[-1], len(falling)) == ("█", "▁", 12)
    assert bars_of(course_of([1.0, 2.0])[2]) == "▁" * 11 + "█"
    assert bars_of("") == ""
    with pytest.raises(ValueError, match="trace"):
        bars_of("A")
