"""Images: their size from the file, SVG from a data address, and series of steps as strips."""

import io
import tracemalloc
from base64 import b64decode
from urllib.parse import unquote

import pytest
from markupsafe import Markup
from PIL import Image

from reportgen.render.viewers import (
    Picture,
    Shown,
    frame_page,
    gallery,
    picture,
    series_of,
    show,
)
from reportgen.render.viewers.imagesize import UNKNOWN, image_size, svg_size
from tests.markup import Elements

SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="72pt" height="36pt"><!-- 5% \'é\' # --></svg>'


def shown(path: str, body: bytes, href: str = "artifacts/x") -> Shown:
    return show(path, len(body), lambda limit: body[:limit], href)


def drawn(kind: str, width: int = 37, height: int = 21, **options: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), (200, 30, 60)).save(out, kind, **options)
    return out.getvalue()


def images_of(html: str) -> list[dict[str, str]]:
    return [attributes for tag, attributes in Elements(html).found if tag == "img"]


@pytest.mark.parametrize(
    "body",
    [
        drawn("PNG"),
        drawn("JPEG"),
        drawn("JPEG", progressive=True, comment=b"c" * 3_000),
        drawn("GIF"),
        drawn("BMP"),
        drawn("WEBP"),
        drawn("WEBP", lossless=True),
        drawn("WEBP", exif=b"Exif\0\0II*\0\x08\0\0\0\0\0"),
    ],
)
def test_the_size_is_read_from_the_first_bytes(body: bytes) -> None:
    assert image_size(body) == (37, 21)


def test_the_size_of_avif_is_that_of_its_largest_picture() -> None:
    sizes = [(16, 9), (640, 360), (160, 90)]
    boxes = b"".join(
        b"\0\0\0\x14ispe\0\0\0\0" + width.to_bytes(4, "big") + height.to_bytes(4, "big")
        for width, height in sizes
    )
    assert image_size(b"\0\0\0\x1cftypavif" + bytes(16) + boxes) == (640, 360)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "BMP", "WEBP"])
def test_a_header_cut_anywhere_gives_no_wrong_size(kind: str) -> None:
    body = drawn(kind)
    assert {image_size(body[:cut]) for cut in range(len(body))} <= {None, UNKNOWN, (37, 21)}


def test_other_bytes_have_no_size() -> None:
    assert image_size(b"nope") is None
    assert image_size(b"\x89PNG\r\n\x1a\n" + bytes(40)) is None  # browsers show a broken picture
    assert image_size(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(8)) == UNKNOWN


@pytest.mark.parametrize(
    ("head", "size"),
    [
        ('<svg width="460.8pt" height="345.6pt">', (614, 461)),
        ('<?xml version="1.0"?><!DOCTYPE svg><svg\nwidth="10cm"\nheight="1in">', (378, 96)),
        ('<svg viewBox="0 0 40,30">', (40, 30)),
        ('<svg viewBox="0 0 40 30" width="80">', (80, 60)),
        ('<svg width="100%" height="100%">', UNKNOWN),
        ('<svg width="1e9" height="-4">', UNKNOWN),
        ("<p>", None),
    ],
)
def test_the_size_of_svg_is_that_of_its_root(head: str, size: tuple[int, int] | None) -> None:
    assert svg_size(head) == size


def test_an_image_is_linked_to_its_file_and_keeps_its_place() -> None:
    found = shown("plots/a b.png", drawn("PNG"), "artifacts/plots/a%20b.png")
    assert found.kind == "image"
    assert found.note == "37 × 21 pixels"
    assert images_of(found.html) == [
        {
            "src": "artifacts/plots/a%20b.png",
            "alt": "a b.png",
            "width": "37",
            "height": "21",
            "loading": "lazy",
            "decoding": "async",
        }
    ]
    assert '<a href="artifacts/plots/a%20b.png">' in found.html


def test_what_is_no_image_or_was_not_copied_is_not_shown_as_one() -> None:
    assert shown("a.png", b"nope\n").kind == "text"
    assert shown("a.png", b"nope\n").note == "not an image, whatever its name says"
    assert shown("a.png", drawn("PNG"), "").kind == "file"
    assert shown("a.png", drawn("PNG"), "").note == "an image, not copied"


def test_svg_is_shown_from_a_data_address_with_every_character_kept() -> None:
    (image,) = images_of(shown("a.svg", SVG.encode()).html)
    head, _, body = image["src"].partition(",")
    assert head == "data:image/svg+xml"
    assert unquote(body) == SVG
    assert not set(body) & set("\"'<>#\n")
    assert (image["width"], image["height"]) == ("96", "48")


def test_svg_in_another_encoding_is_passed_on_as_it_is() -> None:
    body = '<?xml version="1.0" encoding="iso-8859-1"?><svg><text>é</text></svg>'.encode("latin-1")
    (image,) = images_of(shown("a.svg", body).html)
    assert b64decode(image["src"].removeprefix("data:image/svg+xml;base64,")) == body


def test_large_svg_is_no_longer_held_once_its_frame_is_made() -> None:
    tracemalloc.start()
    try:
        for size in (1_000_000, 1_000_001):
            assert len(frame_page("a.svg", SVG.encode() + b" " * size)) > size
        assert tracemalloc.get_traced_memory()[0] < 500_000
    finally:
        tracemalloc.stop()


def test_of_large_svg_without_a_frame_it_is_told_first_when_it_is_none() -> None:
    for start, reason in (
        (SVG, "an SVG image too large to be shown here"),
        ("text", "not an SVG image, whatever its name says"),
    ):
        assert shown("a.svg", start.encode() + b" " * 50_000, "").note.startswith(reason)


def name(key: str, step: int, sep: str = "+", time: int = 1_700_000_000_000) -> str:
    return f"images/{key}{sep}step{sep}{step}{sep}timestamp{sep}{time}{sep}{'0a1b-' * 7}0"


def test_images_logged_with_a_step_are_a_series_of_their_key() -> None:
    new = [
        f"{name('val~mask', step)}{end}"
        for step in (100, 0)
        for end in (".png", "+compressed.webp")
    ]
    old = [f"{name('val#mask', 5, '%')}{end}" for end in (".png", "%compressed.webp")]
    (series,) = series_of([*new, *old, "other.png", "images/plain.png"])
    assert (series.name, series.label) == ("val/mask", "step")
    assert [frame.step for frame in series.frames] == [0, 5, 100]
    assert [frame.path for frame in series.frames] == [new[2], old[0], new[0]]
    assert [frame.thumbnail for frame in series.frames] == [new[3], old[1], new[1]]


def test_equal_steps_stand_in_the_order_of_their_time() -> None:
    paths = [f"{name('a', 1, time=time)}.png" for time in (30, 20, 10)]
    (series,) = series_of(paths)
    assert [frame.path for frame in series.frames] == paths[::-1]


def test_a_thumbnail_alone_stands_for_its_image() -> None:
    path = f"{name('a', 7)}+compressed.webp"
    (series,) = series_of([path])
    assert [(frame.step, frame.path, frame.thumbnail) for frame in series.frames] == [(7, path, "")]


def test_numbered_names_are_a_series_in_order_of_their_number() -> None:
    paths = [f"samples/step-{step}.png" for step in (100, 20, 3)]
    paths += [f"samples/epoch_{epoch:03}.jpg" for epoch in (1, 2, 3)]
    paths += ["samples/step-1.txt", "plot2d.png", "plot3d.png", "roc.png"]
    epochs, steps = series_of(paths)
    assert (epochs.name, epochs.label) == ("samples/epoch_….jpg", "epoch")
    assert [frame.step for frame in epochs.frames] == [1, 2, 3]
    assert (steps.name, steps.label) == ("samples/step-….png", "step")
    assert [frame.step for frame in steps.frames] == [3, 20, 100]


def test_names_with_two_numbers_join_by_the_one_that_differs() -> None:
    (first,) = series_of([f"e{epoch}_512px.png" for epoch in range(4)])
    assert first.name == "e…_512px.png"
    one, two = series_of([f"e{epoch}_b{batch}.png" for epoch in (1, 2) for batch in range(3)])
    assert (one.name, two.name) == ("e1_b….png", "e2_b….png")


def pictured(path: str) -> Picture:
    return Picture(path, f"artifacts/{path}", f"artifacts/{path}", 40, 30)


def test_the_gallery_has_a_strip_for_a_series_and_a_grid_for_the_rest() -> None:
    paths = [f"epoch_{epoch}.png" for epoch in range(3)]
    step = name("k", 9)
    pictures = [*map(pictured, [*paths, f"{step}.png", f"{step}+compressed.webp", "<roc>.png"])]
    html = gallery(pictures)
    assert html.count('class="v-strip" tabindex="0" role="region"') == 2
    assert [image["src"] for image in images_of(html)] == [
        *(f"artifacts/{path}" for path in paths),
        f"artifacts/{step}+compressed.webp",
        "artifacts/<roc>.png",
    ]
    assert f'<a href="artifacts/{step}.png">' in html
    assert "<figcaption>epoch 2</figcaption>" in html
    assert "<figcaption>&lt;roc&gt;.png</figcaption>" in html
    assert gallery([]) == Markup()


def test_of_a_long_series_images_are_drawn_evenly() -> None:
    html = gallery([pictured(f"s_{step}.png") for step in range(1_000)])
    sources = [image["src"] for image in images_of(html)]
    assert len(sources) == 150
    assert (sources[0], sources[-1]) == ("artifacts/s_0.png", "artifacts/s_999.png")
    assert "150 of 1\N{NARROW NO-BREAK SPACE}000 images" in html


def test_pictures_for_the_gallery_are_images_that_the_page_can_show() -> None:
    def found(path: str, body: bytes, href: str = "artifacts/x") -> Picture | None:
        return picture(path, len(body), lambda limit: body[:limit], href)

    assert found("a.png", drawn("PNG")) == Picture("a.png", "artifacts/x", "artifacts/x", 37, 21)
    vector = found("a.svg", SVG.encode())
    assert vector is not None
    assert (vector.src[:5], vector.href) == ("data:", "")
    assert found("a.png", b"nope") is None
    assert found("a.png", drawn("PNG"), "") is None
    assert found("a.svg", SVG.encode() + bytes(50_000)) is None
    assert found("a.csv", b"1,2\n") is None
