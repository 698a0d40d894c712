"""HTML and large SVG: in frames of their own, on pages with a policy of their own."""

import pytest

from reportgen.render.viewers import (
    Shown,
    frame_href,
    frame_name,
    frame_page,
    sandbox_page,
    show,
)
from tests.markup import Elements

BASE = '<base href="about:srcdoc">'
LARGE = b'<svg width="640" height="480">' + b"<path d='M0 0'/>" * 4_000 + b"</svg>"


def shown(path: str, body: bytes, href: str) -> Shown:
    return show(path, len(body), lambda limit: body[:limit], href)


def attributes_of(html: str, tag: str) -> dict[str, str]:
    (attributes,) = [attributes for name, attributes in Elements(html).found if name == tag]
    return attributes


def test_html_and_large_svg_have_a_frame_named_after_their_copy() -> None:
    assert frame_name("a/r.html", 9, "a/r.html.txt") == "a/r.html.html"
    assert frame_name("R.HTM", 9, "R.HTM-1a2b3c.txt") == "R.HTM-1a2b3c.html"
    assert frame_name("p.svg", 200_000, "p.svg.txt") == "p.svg.html"
    assert frame_name("p.svg", 2_000, "p.svg.txt") == ""
    assert frame_name("html", 9, "html.txt") == ""
    assert frame_name("a.png", 9, "a.png") == ""
    up = "../../runs/ab/artifacts/artifacts/r.html.txt"
    assert frame_href("artifacts/r.html", 9, up) == "../../runs/ab/frames/artifacts/r.html.html"
    assert frame_href("r.html", 9, "") == ""


def test_a_page_that_asks_for_nothing_is_framed_without_scripts() -> None:
    body = (
        b'<meta http-equiv="content-type" content="text/html"><h1>Report</h1>'
        b'<style>p { background: url(#a) }</style><img src="data:image/png;base64,AA==">'
        b'<a href="https://example.org/">more</a>'
    )
    found = shown("r.html", body, "artifacts/r.html.txt")
    frame = attributes_of(found.html, "iframe")
    assert found.kind == "page"
    assert frame["sandbox"] == ""
    assert frame["src"] == "frames/r.html.html"
    assert frame["loading"] == "lazy"
    assert attributes_of(found.html, "a")["href"] == "frames/r.html.html"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"<p>x<script>y</script>", "a page with scripts"),
        (b"<p onclick = 'x()'>", "a page with scripts"),
        (b"<a href='javascript:x'>", "a page with scripts"),
        (b"<script src=https://cdn.example/x.js>", "are not loaded"),
        (b"<img src='plot.png'>", "are not loaded"),
        (b"<link rel=stylesheet href=x.css>", "are not loaded"),
        (b"<style>@import 'x.css'</style>", "are not loaded"),
        (b"<p style='background: url(//example.org/x)'>", "are not loaded"),
        (b"<meta http-equiv='refresh' content='0'>", "are not loaded"),
        (b"x" * 300_000, "a page"),
    ],
)
def test_a_page_that_a_frame_would_refuse_something_is_only_linked(body: bytes, said: str) -> None:
    found = shown("r.html", body, "artifacts/r.html.txt")
    assert "<iframe" not in found.html
    assert said in found.html
    assert attributes_of(found.html, "a")["href"] == "frames/r.html.html"


def test_a_page_that_was_not_copied_is_shown_as_text() -> None:
    found = shown("r.html", b"<b>x</b>\n", "")
    assert found.kind == "text"
    assert "&lt;b&gt;x&lt;/b&gt;" in found.html
    assert found.note == "a page, not copied: its source"


def test_no_byte_of_an_artifact_is_part_of_the_page_around_it() -> None:
    body = b"""</iframe><script>x</script>"'><b a='1' b="2">&quot; &lt; \xc3\xa9"""
    page = sandbox_page('</title>"<i>', body).decode()
    assert [tag for tag, _ in Elements(page).found] == [
        "html", "head", "meta", "meta", "meta", "meta", "meta", "title", "style", "body", "iframe",
    ]  # fmt: skip
    frame = attributes_of(page, "iframe")
    assert frame["srcdoc"] == BASE + body.decode()
    assert frame["sandbox"] == "allow-scripts"
    assert frame["title"] == '</title>"<i>'


def test_the_policy_stands_before_all_that_it_rules() -> None:
    page = sandbox_page("x", b"").decode()
    policy = page.index("Content-Security-Policy")
    assert policy < page.index("<title") < page.index("srcdoc")
    for refused in ("default-src", "frame-src", "object-src", "form-action"):
        assert f"{refused} 'none'" in page
    assert "http:" not in page
    assert "allow-same-origin" not in page


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("é".encode(), "é"),
        (b'<meta charset="ISO-8859-1">\xe9', '<meta charset="ISO-8859-1">é'),
        (b"<meta charset=windows-1251>\xe9", "<meta charset=windows-1251>й"),
        (b"<meta charset=utf-7>+AGE-", "<meta charset=utf-7>+AGE-"),
        (b"<meta charset=iso-8859-99>\xc3\xa9", "<meta charset=iso-8859-99>é"),
        ("é".encode("utf-16"), "é"),
        (b"\xff", "�"),
    ],
)
def test_pages_are_read_in_the_encoding_they_name(body: bytes, text: str) -> None:
    assert attributes_of(sandbox_page("x", body).decode(), "iframe")["srcdoc"] == BASE + text


def test_a_large_svg_image_is_framed_in_its_own_size() -> None:
    found = shown("p.svg", LARGE, "artifacts/p.svg.txt")
    frame = attributes_of(found.html, "iframe")
    assert found.kind == "image"
    assert len(found.html) < 400
    assert (frame["src"], frame["sandbox"]) == ("frames/p.svg.html", "")
    assert (frame["width"], frame["height"]) == ("640", "480")
    page = frame_page("a/p.svg", LARGE).decode()
    assert attributes_of(page, "img")["src"].startswith("data:image/svg+xml,%3Csvg")
    assert "script" not in page
    assert b"srcdoc" in frame_page("a/p.html", b"x")
