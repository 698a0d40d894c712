"""Files that are named and not opened, media, pointers of Git LFS, and notebooks."""

import hashlib
import io
import json
import pickle
import re
from html import unescape

import numpy as np
import pytest

from reportgen.render.viewers import VIEWERS, Shown, show
from reportgen.render.viewers.opaque import rest
from tests.markup import Elements


def shown(path: str, body: bytes, href: str = "artifacts/x") -> Shown:
    return show(path, len(body), lambda limit: body[:limit], href)


def words(found: Shown) -> str:
    return unescape(re.sub("<[^>]*>", " ", found.html))


class Trap:
    def __reduce__(self) -> tuple[object, ...]:
        return (pytest.fail, ("a pickle was loaded",))


@pytest.mark.parametrize("ending", ["pkl", "joblib", "pt", "bin", "pickle"])
@pytest.mark.parametrize("protocol", [0, 4])
def test_pickles_are_named_and_never_loaded(ending: str, protocol: int) -> None:
    found = shown(f"model/model.{ending}", pickle.dumps(Trap(), protocol))
    assert found.kind == "file"
    assert "never loaded here" in words(found)
    assert 'href="artifacts/x"' in found.html


def test_a_file_is_named_with_size_and_digest() -> None:
    body = bytes(range(256)) * 8
    found = shown("a/mystery.xyz", body, "")
    digest = hashlib.sha256(body).hexdigest()[:16]
    assert f"mystery.xyz  2 KiB, sha-256 of the file {digest}…" in words(found)
    assert "<a" not in found.html


def test_of_a_large_file_the_digest_is_that_of_its_first_bytes() -> None:
    body = bytes(5 << 20)
    digest = hashlib.sha256(body[: 4 << 20]).hexdigest()[:16]
    assert f"5 MiB, sha-256 of its first 4 MiB {digest}…" in words(shown("w.onnx", body))


def test_the_fallback_is_the_last_viewer() -> None:
    assert VIEWERS[-1] is rest


@pytest.mark.parametrize(
    ("array", "said"),
    [
        (np.zeros((3, 20), "f4"), "3 × 20, float32"),
        (np.zeros(7, "i8"), "7, int64"),
        (np.array(1 + 2j), "one value, complex128"),
        (np.array(["ab"]), "1, text"),
        (np.array([True]), "1, bool"),
        (np.array([None]), "1, Python objects, as a pickle"),
    ],
)
def test_an_array_is_described_from_its_header(array: np.ndarray, said: str) -> None:
    out = io.BytesIO()
    np.save(out, array)
    assert f"a NumPy array: {said} " in words(shown("x.npy", out.getvalue()))


def test_weights_in_safetensors_are_counted_from_their_header() -> None:
    header = {"__metadata__": {"a": "b"}, "w": {"shape": [768, 10]}, "b": {"shape": []}}
    body = json.dumps(header).encode()
    found = shown("m.safetensors", len(body).to_bytes(8, "little") + body + bytes(99))
    assert "2 tensors, 7\N{NARROW NO-BREAK SPACE}681 parameters" in words(found)
    odd = json.dumps({"w": {"shape": [-1]}}).encode()
    found = shown("m.safetensors", len(odd).to_bytes(8, "little") + odd)
    assert "weights in safetensors: never loaded here " in words(found)


@pytest.mark.parametrize("path", ["w.bin", "data.csv", "plot.png", "model.pkl"])
def test_a_pointer_of_git_lfs_is_told_under_any_name(path: str) -> None:
    body = b"version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize 12582912\n" % (
        b"4d7a" * 16
    )
    text = words(shown(path, body))
    assert "kept in Git LFS, 12 MiB, not in this checkout" in text
    assert f"oid sha256:{'4d7a' * 16}" in text


def test_a_text_that_only_begins_like_a_pointer_is_a_text() -> None:
    assert shown("a.txt", b"version https://git-lfs.github.com/spec/v1\nand so on\n").kind == "text"


def test_sound_and_film_load_nothing_before_they_are_played() -> None:
    for path, kind in (("a.wav", "audio"), ("a.mp4", "video")):
        found = shown(path, b"x")
        ((tag, attributes),) = Elements(found.html).found
        assert (found.kind, tag) == (kind, kind)
        assert attributes["preload"] == "none"
        assert attributes["src"] == "artifacts/x"
        assert "autoplay" not in attributes
    assert shown("a.wav", b"\0", "").note == "audio, not copied"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"%PDF-1.4\n<< /Type /Pages /Kids [3 0 R] /Count 12 >>", "12 pages"),
        (b"%PDF-1.5\n<< /Count 1 /Type /Pages >>", "1 page"),
        (b"%PDF-1.5\n<</Linearized 1/L 9/O 4/E 7/N 31/T 8>>", "31 pages"),
        (b"%PDF-1.7\nall compressed", "a PDF, 23 bytes"),
    ],
)
def test_a_pdf_is_a_card_with_its_pages_where_they_are_easily_known(body: bytes, said: str) -> None:
    found = shown("p.pdf", body)
    assert said in words(found)
    assert 'href="artifacts/x"' in found.html
    assert "<object" not in found.html


PNG = "iVBORw0KGgo="


def book(cells: object, **more: object) -> bytes:
    return json.dumps({"nbformat": 4, "cells": cells, **more}).encode()


def code(*outputs: object, source: object = "") -> dict[str, object]:
    return {"cell_type": "code", "execution_count": 3, "source": source, "outputs": outputs}


def test_a_notebook_shows_text_code_and_plain_outputs() -> None:
    found = shown(
        "n.ipynb",
        book(
            [
                {"cell_type": "markdown", "source": ["# Title\n", "<script>x</script>*so*"]},
                code(
                    {"output_type": "stream", "text": ["a\n", "\u001b[31mb\u001b[0m\n"]},
                    {"data": {"image/png": PNG, "text/plain": "<Figure>"}},
                    {"data": {"text/html": "<i>t</i>", "text/plain": "t"}},
                    {"traceback": ["\u001b[31mValueError\u001b[0m: no"]},
                    source=["import os\n", "x = '<b>'"],
                ),
                {"cell_type": "raw", "source": "as <it> is"},
            ]
        ),
    )
    assert found.kind == "notebook"
    assert "<h2>Title</h2>" in found.html
    assert "<em>so</em>" in found.html
    assert '<span class="k">import </span>' in found.html
    assert "&lt;b&gt;" in found.html
    assert f'<img src="data:image/png;base64,{PNG}" alt="output">' in found.html
    assert "\na\nb</pre>" in found.html
    assert "\nValueError: no</pre>" in found.html
    assert "&lt;Figure&gt;" not in found.html
    assert "as &lt;it&gt; is" in found.html
    assert "<script" not in found.html
    assert "<i>" not in found.html
    assert found.note == "1 output left out, or without HTML"


def test_an_old_notebook_is_read_from_its_worksheet() -> None:
    cell = {"cell_type": "code", "input": "1 + 1", "outputs": [{"png": PNG, "text": "2"}]}
    found = shown("n.ipynb", json.dumps({"worksheets": [{"cells": [cell]}]}).encode())
    assert f"base64,{PNG}" in found.html


def test_what_a_notebook_holds_too_much_of_is_cut() -> None:
    many = shown("n.ipynb", book([code(source="x")] * 200))
    assert many.html.count("v-in") == 150
    assert many.note == "first 150 of 200 cells"
    long = shown("n.ipynb", book([code({"text": "y\n" * 100})]))
    assert "<small>40 lines more</small>" in long.html
    large = shown("n.ipynb", book([code({"data": {"image/png": "A" * 400_000}})]))
    assert "<img" not in large.html
    assert large.note == "1 output left out, or without HTML"
    pictures = shown("n.ipynb", book([code({"data": {"image/png": "A" * 200_000}})] * 9))
    assert pictures.html.count("<img") == 2


def test_an_image_of_a_notebook_that_is_no_base64_is_left_out() -> None:
    found = shown("n.ipynb", book([code({"data": {"image/png": '"><script>', "text/plain": "t"}})]))
    assert "<img" not in found.html
    assert "\nt</pre>" in found.html


def test_what_is_no_notebook_is_shown_as_text() -> None:
    assert shown("n.ipynb", b'{"a": 1}').note == "not a notebook"
    assert shown("n.ipynb", b'{"a"').note.startswith("not valid JSON")
