"""Markdown notes become HTML that can be read and can do nothing."""

import pytest

from reportgen.render.notes import note_html, opening


@pytest.mark.parametrize(
    ("note", "html"),
    [
        ("plain & <simple>", "<p>plain &amp; </p>"),
        ("*a* **b** `c`", "<p><em>a</em> <strong>b</strong> <code>c</code></p>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("3. a\n4. b", '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>'),
        ("> a", "<blockquote>\n<p>a</p>\n</blockquote>"),
        ("```\nx < 1\n```", "<pre tabindex=0><code>x &lt; 1\n</code></pre>"),
        ("```r\nx\n```", '<pre tabindex=0><code class="language-r">x\n</code></pre>'),
        ("a  \nb", "<p>a<br>\nb</p>"),
        ("---", "<hr>"),
    ],
)
def test_markdown_is_rendered(note: str, html: str) -> None:
    assert note_html(note) == html


@pytest.mark.parametrize("opener", ["[x]", "<i>x</i>", "&amp;", "\\#"])
@pytest.mark.parametrize(
    "note",
    [
        "# a *b*",
        "a\\*b `*c*` __d__ e_f_g\n***h***",
        "1. a  \n b\n2. **c*d",
        "a|b\n-|-\n*1*|`2`",
        "~~~\nx\n~~~",
    ],
)
def test_a_note_reads_the_same_whatever_stands_below_it(note: str, opener: str) -> None:
    below = note_html(f"{note}\n\n---\n\n{opener}")
    assert str(below).partition("\n<hr>")[0] == note_html(note)


def test_tables_are_rendered() -> None:
    html = "".join(note_html("| a | b |\n|---|---|\n| 1 | 2 |").split())
    assert html == (
        "<table><thead><tr><th>a</th><th>b</th></tr></thead>"
        "<tbody><tr><td>1</td><td>2</td></tr></tbody></table>"
    )


@pytest.mark.parametrize("note", ["", "  \n\t"])
def test_empty_note_is_nothing(note: str) -> None:
    assert note_html(note) == ""


def test_headings_are_below_the_title_of_the_page() -> None:
    assert note_html("# a\n\n## b\n\n###### c") == "<h2>a</h2>\n<h3>b</h3>\n<h6>c</h6>"


def test_headings_in_code_are_left_alone() -> None:
    assert note_html("`<h1>`") == "<p><code>&lt;h1&gt;</code></p>"


@pytest.mark.parametrize(
    "address", ["https://example.org/?a=1", "http://example.org", "HTTPS://e.org", "mailto:a@b.org"]
)
def test_links_to_the_web_stay(address: str) -> None:
    assert f'href="{address}"' in note_html(f"[x]({address})")
    assert 'rel="noopener noreferrer nofollow"' in note_html(f"[x]({address})")


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "&#106;avascript:alert(1)",
        "java\tscript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "vbscript:x",
        "//example.org/",
        "/etc/passwd",
        "../../index.html",
        "artifacts/x.html",
        "https:example.org",
    ],
)
def test_other_links_are_text(address: str) -> None:
    assert "href" not in note_html(f"[x]({address}) <a href='{address}'>y</a>")


@pytest.mark.parametrize(
    "markup",
    [
        "<script>hit()</script>",
        "<style>*{display:none}</style>",
        "<img src=x onerror=hit()>",
        "<svg onload=hit()>",
        "<iframe src=//example.org></iframe>",
        "<form action=//example.org><input autofocus onfocus=hit()><button>b</button></form>",
        "<div style='position:fixed' onclick=hit() id=content class=skip>d</div>",
        "<object data=x></object><embed src=x><video src=x></video><audio src=x></audio>",
        "<base href=//example.org><meta http-equiv=refresh content=0><link rel=stylesheet href=x>",
        "<math><mtext></table><mglyph><style><img src=x onerror=hit()></style></mglyph></math>",
        "<!-- comment --><?php x ?><![CDATA[x]]>",
    ],
)
def test_markup_that_acts_is_gone(markup: str) -> None:
    html = note_html(f"before\n\n{markup}\n\nbetween {markup} words")
    for part in (
        "hit()",
        "src=",
        "style",
        "<svg",
        "<iframe",
        "<form",
        "<input",
        "id=",
        "class=",
        "<!",
    ):
        assert part not in html
    assert "between" in html


def test_pictures_are_their_description() -> None:
    assert note_html("![a <plot>](https://example.org/p.png)") == (
        "<p><em>(picture: a &lt;plot&gt;)</em></p>"
    )
    assert note_html('![](p.png "a > b")') == "<p><em>(picture)</em></p>"


@pytest.mark.parametrize(
    "note",
    [
        "[" * 8000,
        "![" * 8000,
        "[a](" * 4000,
        "\n".join(" " * 4 * depth + "- x" for depth in range(60)),
        "- " * 3000 + "x",
        "1. * " * 1500,
        "x" * 100_000,
    ],
)
def test_note_that_only_an_attacker_would_write_is_shown_as_it_is(note: str) -> None:
    assert "".join(note.split())[:3000].replace(">", "&gt;") in "".join(note_html(note).split())


@pytest.mark.parametrize(
    "note", ["- a\n    - b\n        - c", "-" * 60, "* * *", "f(a[1])\n" * 200, "[a](b) " * 200]
)
def test_note_that_people_write_is_rendered(note: str) -> None:
    assert not note_html(note).startswith("<pre>")


@pytest.mark.parametrize(
    ("note", "line"),
    [
        ("", ""),
        ("# Title #1\n\ntext", "text"),
        ("\n\n---\n***\n  \ntext", "text"),
        ("| a | b |", "| a | b |"),
        ("one, from\n[a\nlink](https://example.org).\n\nmore", "one, from a link."),
        ("goes on\n- one\n- two", "goes on"),
        ("- one\n- two", "- one"),
        ("# Title\nlines\n\n# Other\nwords", "lines"),
        ("# T\n\n![](logo.png)\n\nTrained on X.", "Trained on X."),
        ("# ![](logo.png)\n\n# Title", "Title"),
        ("![](logo.png)", ""),
        ("Trained\n**on** X\n*with* Y", "Trained on X *with* Y"),
        ("from 5 to\n-5 degrees\n+ more", "from 5 to -5 degrees"),
        ("goes on\n* one\n* two", "goes on"),
        ("words\n> said", "words"),
        ("x" * 200, "x" * 159 + "…"),
        ("x" * 158 + " " + "y" * 50, "x" * 158 + "…"),
    ],
)
def test_opening_says_something(note: str, line: str) -> None:
    assert opening(note) == line
