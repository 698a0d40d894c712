"""The way from one text to another is right, short, and found in bounded time."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from reportgen.analysis.diff_text import TextDiff, diff_texts
from reportgen.analysis.edits import Edit, edits_of

WORDS = st.lists(st.sampled_from("abcd"), max_size=12)
TEXTS = st.lists(st.text("ab 1.\n", max_size=9), max_size=9).map("\n".join)


def applied(edits: Sequence[Edit], a: Sequence[str], b: Sequence[str]) -> list[str]:
    """The items of `a`, with those of `b` in the places where the edits say so."""
    out, at = list[str](), 0
    for from_a, to_a, from_b, to_b in edits:
        out += [*a[at:from_a], *b[from_b:to_b]]
        at = to_a
    return out + list(a[at:])


def longest_common(a: Sequence[str], b: Sequence[str]) -> int:
    """How many items two sequences can share, in order: the plain way."""
    row = [0] * (len(b) + 1)
    for item in a:
        before = row.copy()
        for place, other in enumerate(b, 1):
            row[place] = before[place - 1] + 1 if item == other else max(row[place - 1], row[place])
    return row[-1]


@given(WORDS, WORDS)
def test_edits_make_the_second_of_the_first(a: list[str], b: list[str]) -> None:
    edits = edits_of(a, b, 100)
    assert edits is not None
    assert applied(edits, a, b) == b


@given(WORDS, WORDS)
def test_no_way_is_shorter(a: list[str], b: list[str]) -> None:
    edits = edits_of(a, b, 100) or []
    changed = sum(edit[1] - edit[0] + edit[3] - edit[2] for edit in edits)
    assert changed == len(a) + len(b) - 2 * longest_common(a, b)


@given(WORDS)
def test_equal_sequences_need_no_edit(a: list[str]) -> None:
    assert edits_of(a, a, 0) == []


@given(WORDS, WORDS, st.integers(0, 24))
def test_bound_is_kept(a: list[str], b: list[str], most: int) -> None:
    edits = edits_of(a, b, most)
    needed = len(a) + len(b) - 2 * longest_common(a, b)
    assert (edits is None) == (needed > most)


def test_sequences_that_repeat_two_items_end_soon() -> None:
    a = ["ab"[place % 3 % 2] for place in range(4000)]
    assert edits_of(a, ["ba"[place % 5 % 2] for place in range(4000)], 600) is None


def patched(text: str, diff: TextDiff) -> str:
    """A text with the lines of a diff put in and taken out."""
    lines, out, at = text.split("\n"), list[str](), 0
    for hunk in diff.hunks:
        out += lines[at : at + hunk.skipped]
        at += hunk.skipped
        for line in hunk.lines:
            if line.kind != "+":
                assert lines[at] == line.text
                at += 1
            if line.kind != "-":
                out.append(line.text)
    return "\n".join([*out, *lines[at:]])


@given(TEXTS, TEXTS)
def test_lines_of_a_diff_make_the_second_text_of_the_first(a: str, b: str) -> None:
    ends = a.endswith("\n") and b.endswith("\n")
    a, b = (a[:-1], b[:-1]) if ends else (a, b)
    assert patched(a, diff_texts(a, b)) == b


@given(TEXTS, TEXTS)
def test_a_diff_the_other_way_mirrors_it(a: str, b: str) -> None:
    there, back = diff_texts(a, b), diff_texts(b, a)
    assert (there.added, there.removed) == (back.removed, back.added)


def test_changed_words_are_marked_and_a_number_is_one_word() -> None:
    (hunk,) = diff_texts("lr: 0.1\nsame\n", "lr: 0.05\nsame\n").hunks
    old, new, same = hunk.lines
    assert [(piece.text, piece.is_changed) for piece in old.pieces] == [
        ("lr: ", False),
        ("0.1", True),
    ]
    assert [(piece.text, piece.is_changed) for piece in new.pieces] == [
        ("lr: ", False),
        ("0.05", True),
    ]
    assert (same.kind, same.text, same.a, same.b) == (" ", "same", 2, 2)


def test_json_in_one_line_is_laid_out() -> None:
    diff = diff_texts('{"lr": 0.1, "depth": 3}', '{"lr": 0.2, "depth": 3}', is_json=True)
    assert (diff.added, diff.removed) == (1, 1)
    assert diff.note == "laid out in lines to be compared"


def test_too_large_texts_are_not_compared() -> None:
    text = "\n" * 5000
    assert diff_texts(text, text + "x").note == "too large to be compared line by line"


def test_of_many_lines_the_first_are_shown() -> None:
    a = "\n".join(f"a{place}" for place in range(100))
    diff = diff_texts(a, a.replace("a", "b"), most_shown=10)
    assert sum(len(hunk.lines) for hunk in diff.hunks) == 10
    assert diff.note == "190 changed lines left out"
