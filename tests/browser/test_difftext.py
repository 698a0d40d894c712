"""Two texts compared in the browser: the same lines and words as on the prepared pages."""

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from reportgen.analysis.diff_text import TextDiff, diff_texts
from reportgen.analysis.edits import edits_of
from tests.browser.visits import visit

pytestmark = pytest.mark.browser

STATIC = Path(__file__).parents[2] / "themes" / "default" / "static"
EDITS = "pairs => pairs.map(([a, b, most]) => reportgen.difftext.edits([...a], [...b], most))"
DIFFS = "cases => cases.map(([a, b, most]) => reportgen.difftext.diff(a, b, { most }))"

SPELT = """lr: 0.1 0.10 1e-4 1E+5 1.2.3 -0.5 12e+-3 e+ true None x_1 naïve größe 実験 ３ Ⅷ ² ½ 😀
𝔸𝔹 "a" [1, {} == <b> &amp; // # \\ é \u00ad"""
WORDS = SPELT.split()
BLANKS = [" ", "  ", "\t", "\x1c", "\u00a0", "\u2003", "\ufeff", "\x85", ""]


def line_of(random: Random) -> str:
    """A line of words and blanks of all kinds; sometimes one of many words, or none."""
    count = 0 if random.random() < 0.1 else 450 if random.random() < 0.01 else random.randint(1, 9)
    blank = random.choice(BLANKS) if random.random() < 0.3 else " "
    return blank.join(random.choices(WORDS, k=count))


def changed(random: Random, line: str) -> str:
    """A line with some of its characters taken out, put in or replaced."""
    signs = list(line)
    for _ in range(random.randint(1, 3)):
        place = random.randint(0, len(signs))
        signs[place : place + random.randint(0, 2)] = random.choice([*WORDS, " ", ""])
    return "".join(signs).replace("\n", "").replace("\0", "")


def texts(random: Random) -> tuple[str, str]:
    """Two texts that have some lines in common."""
    pool = [line_of(random) for _ in range(random.randint(1, 12))]
    a = random.choices(pool, k=random.randint(0, 40))
    b = []
    for line in a:
        fate = random.random()
        if fate < 0.75:
            b.append(line)
        elif fate < 0.9:
            b.append(changed(random, line))
        if random.random() < 0.08:
            b += random.choices(pool, k=random.randint(1, 4))
    ends = random.choice(["\n", ""]), random.choice(["\n", ""])
    return "\n".join(a) + ends[0], "\n".join(b) + ends[1]


def plain(diff: TextDiff) -> dict[str, Any]:
    """A diff as the browser gives it."""
    return {
        "hunks": [
            {
                "skipped": hunk.skipped,
                "lines": [
                    {
                        "kind": line.kind,
                        "a": line.a,
                        "b": line.b,
                        "pieces": [[piece.text, piece.is_changed] for piece in line.pieces],
                    }
                    for line in hunk.lines
                ],
            }
            for hunk in diff.hunks
        ],
        "added": diff.added,
        "removed": diff.removed,
        "note": diff.note,
    }


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    with visit(browser) as (opened, events):
        for name in ("core.js", "core-parts.js", "difftext.js"):
            opened.add_script_tag(path=STATIC / name)
        yield opened
        assert events.errors == []


def test_the_way_from_one_list_to_another_is_that_of_python(page: Page) -> None:
    random = Random(7)  # noqa: S311 (not a secret)
    cases: list[Any] = []
    for _ in range(1500):
        signs = "ab" if random.random() < 0.5 else "abcdefgh"
        a, b = ("".join(random.choices(signs, k=random.randint(0, 24))) for _ in range(2))
        cases.append([a, b, random.choice([0, 1, 2, 5, 12, 100])])
    expected = [edits_of(a, b, most) for a, b, most in cases]
    assert None in expected
    found = page.evaluate(EDITS, cases)
    assert [one and [tuple(edit) for edit in one] for one in found] == expected


def test_lines_and_words_are_those_of_python(page: Page) -> None:
    random = Random(11)  # noqa: S311 (not a secret)
    cases: list[Any] = [[*texts(random), random.choice([0, 3, 8, 2000])] for _ in range(800)]
    for (a, b, most), found in zip(cases, page.evaluate(DIFFS, cases), strict=True):
        assert found == plain(diff_texts(a, b, most_shown=most)), (a, b, most)


def test_bounds_are_those_of_python(page: Page) -> None:
    lines = [f"line {place}" for place in range(4001)]
    long = "x " * 1100
    cases: list[Any] = [
        ["\n".join(lines), "\n".join(lines[:-1]), 2000],
        ["\n".join(lines[:4000]) + "\n", "\n".join(lines[1:4000]) + "\n", 2000],
        ["\n".join(lines[:301]), "\n".join(f"other {line}" for line in lines[:301]), 2000],
        ["\n".join(lines[:300]), "\n".join(f"other {line}" for line in lines[:300]), 50],
        ["ab" * 2000, "ba" * 2000, 2000],
        ["\n".join("ab"[i % 3 % 2] for i in range(4000)), "\n".join("abb" * 1300), 2000],
        [long + "1", long + "2", 2000],
        ["😀" * 1000 + "1", "😀" * 1000 + "2", 2000],
        ["w " * 199 + "w", "w " * 199 + "v", 2000],
        ["w " * 200 + "w", "w " * 200 + "v", 2000],
        [" ".join("ab" * 40), " ".join("ba" * 40), 2000],
        ["", "", 2000],
        ["\n", "", 2000],
        ["a", "a\n", 2000],
    ]
    expected = [plain(diff_texts(a, b, most_shown=most)) for a, b, most in cases]
    assert len({one["note"] for one in expected}) == 4
    assert page.evaluate(DIFFS, cases) == expected
