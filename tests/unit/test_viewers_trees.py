"""JSON and YAML as trees: values as they are spelled, bounded in depth and number."""

import re
from html import unescape

import pytest

from reportgen.render.viewers import Shown, show


def shown(path: str, body: bytes) -> Shown:
    return show(path, len(body), lambda limit: body[:limit], "")


def plain(found: Shown) -> str:
    """The text of a tree: words as they are, strings in quotes, each item on its line."""
    html = str(found.html).replace("<q>", '"').replace("</q>", '"').replace("</b>", ": ")
    html = html.replace("<li>", "\n").replace("<small>", " (").replace("</small>", ")")
    return unescape(re.sub("<[^>]*>", "", html)).strip()


def test_numbers_keep_every_digit_and_words_have_no_quotes() -> None:
    body = (
        b'{"lr": 0.10, "id": 12345678901234567890123, "n": NaN, "on": true, "off": null, "s": "1"}'
    )
    found = shown("c.json", body)
    assert found.kind == "tree"
    assert plain(found) == (
        'lr: 0.10\nid: 12345678901234567890123\nn: NaN\non: true\noff: null\ns: "1"'
    )


def test_short_lists_stand_in_a_line_and_what_is_nested_opens() -> None:
    found = shown("c.json", b'{"a": [512, "x", true], "m": {"k": {}, "l": []}, "z": [[1]]}')
    assert plain(found) == ('a: [512, "x", true]\nm:  (2 keys)\nk: {}\nl: []\nz:  (1 item)\n0: [1]')
    assert found.html.count("<details open>") == 2


def test_yaml_is_shown_as_it_is_spelled() -> None:
    body = (
        b"lr: 0.10\namp: yes\nv: '1.10'\noct: 017\nday: 2026-01-02\nnone:\n"
        b"base: &b {k: 1_000}\nuse: *b\n<<: *b\n? [a, b]\n: x\n"
    )
    assert plain(shown("c.yaml", body)) == (
        'lr: 0.10\namp: yes\nv: "1.10"\noct: 017\nday: "2026-01-02"\nnone: null\n'
        'base:  (1 key)\nk: 1_000\nuse: *b\n<<: *b\n?: "x"'
    )


def test_mlmodel_files_are_yaml_and_documents_stand_one_after_another() -> None:
    assert plain(shown("model/MLmodel", b"flavors:\n  sklearn: {code: null}\n")) == (
        "flavors:  (1 key)\nsklearn:  (1 key)\ncode: null"
    )
    assert plain(shown("two.yml", b"a: 1\n---\n- 2\n")) == "0:  (1 key)\na: 1\n1: [2]"


@pytest.mark.parametrize(
    ("path", "body", "reason"),
    [
        ("c.json", b'{"a": 1,\n "b": }', "not valid JSON: line 2: Expecting value"),
        ("c.json", b"[" * 100_000, "JSON nested too deep"),
        ("c.yaml", b"a: 1\nb: [\n", "not valid YAML: line 3: "),
        ("c.yaml", b"[" * 60, "nested too deep for a tree"),
        ("c.yaml", b"# nothing\n", "holds no values"),
        ("c.yaml", b"- a\n" * 30_000, "too large for a tree"),
        ("c.yaml", b"a: 1\n" + b"# \n" * 200_000, "too large to be shown as a tree"),
    ],
)
def test_what_is_no_tree_is_shown_as_text_with_the_reason(
    path: str, body: bytes, reason: str
) -> None:
    found = shown(path, body)
    assert found.kind == "text"
    assert found.note.startswith(reason)


def test_a_large_tree_is_cut_and_this_is_said() -> None:
    body = b'{"a": [' + b"{}, " * 5_000 + b"1]," + b'"b": 2}'
    found = shown("c.json", body)
    assert plain(found).endswith("4\N{NARROW NO-BREAK SPACE}801 more)\nb: 2")
    nested = b"[" + b",".join(b"[%s]" % b",".join([b'{"k": 1}'] * 90) for _ in range(90)) + b"]"
    found = shown("c.json", nested)
    assert found.note == "only the first values are shown"
    assert len(found.html) < 120_000


def test_depth_is_bounded_by_words_instead_of_values() -> None:
    found = shown("c.json", b'{"a": ' * 60 + b"1" + b"}" * 60)
    assert found.html.count("<details") == 19
    assert "(1 key, nested too deep)" in plain(found)


def test_long_strings_are_cut_and_their_length_is_said() -> None:
    found = shown("c.json", b'{"prompt": "%s"}' % (b"x" * 1204))
    assert plain(found) == (f'prompt: "{"x" * 400}…" (1\N{NARROW NO-BREAK SPACE}204 characters)')


def test_keys_and_strings_are_escaped() -> None:
    found = shown("c.json", b'{"<i>k": "<script>", "c": "\\u0000\\ud800\\u001b"}')
    assert "<script>" not in found.html
    assert plain(found) == '<i>k: "<script>"\nc: "␀�␛"'


def test_a_tree_of_20_keys_takes_less_than_2_kb() -> None:
    body = b"{%s}" % b", ".join(b'"optimizer/key_%02d": "value %d"' % (n, n) for n in range(20))
    assert len(shown("config.json", body).html) < 2000
