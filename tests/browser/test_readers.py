"""What the checks of pages by axe-core see: each kind of element in both schemes, each by name."""

import pytest
from playwright.sync_api import Browser

from tests.browser.readers import violations
from tests.browser.visits import visit

pytestmark = pytest.mark.browser

DARK = "@media (prefers-color-scheme: dark)"
PLAIN = f"body {{ background: #fff; color: #000 }} {DARK} {{ body {{ background: #000 }}"
STYLE = f"{PLAIN} body {{ color: #fff }} }}"
ROWS = "".join(f"<p><span>row {number}</span></p>" for number in range(40))
PAGE = """<!doctype html><html lang="en"><title>x</title><style>{style}</style>
<main><h1>Rows</h1>{rows}{more}</main>"""


def rules_broken(browser: Browser, style: str = "", more: str = "") -> list[str]:
    """Rule and elements that are named, of a page of forty rows."""
    with visit(browser, color_scheme="light") as (page, _):
        page.set_content(PAGE.format(style=STYLE + style, rows=ROWS, more=more))
        return violations(page)


def test_nothing_is_found_where_nothing_is_wrong(browser: Browser) -> None:
    assert rules_broken(browser) == []


@pytest.mark.parametrize(
    "style",
    [
        "p:nth-child(20) { color: #777; background: #888 }",
        "p:nth-child(20) span { opacity: 0.2 }",
        DARK + "{ p:nth-child(20) span { color: #222 } }",
        DARK + "{ p:nth-child(20) { background: #ddd } }",
        "@media (prefers-color-scheme: light) { p:last-of-type { color: #ddd } }",
    ],
)
def test_one_row_of_forty_that_cannot_be_read_is_seen(browser: Browser, style: str) -> None:
    assert [found.partition(":")[0] for found in rules_broken(browser, style)][:1] == [
        "color-contrast"
    ]


def test_what_has_no_name_is_seen_once(browser: Browser) -> None:
    found = rules_broken(browser, more="<button></button>")
    assert found == ['button-name: ["<button></button>"]']
