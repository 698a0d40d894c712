"""What keeps readers from a page, as axe-core finds it."""

from functools import cache
from importlib.resources import files
from typing import Any

from playwright.sync_api import Page

SIZES = {"phone": {"width": 390, "height": 844}, "desk": {"width": 1440, "height": 900}}
SCHEMES: dict[str, Any] = {"phone": "dark", "desk": "light"}  # that a page is opened in
UNFOLD = "document.querySelectorAll('details').forEach(fold => fold.open = true)"

# What elements of a page say is looked at in all of them. Whether their colours can be told apart
# takes axe-core four fifths of its time; that is the same for elements of the same colours on the
# same grounds, in the same font: it looks at a few of each such kind, the last one among them.
_FIND = """async ([within, isAll]) => {
  const colours = ["color-contrast", "link-in-text-block"], few = 3;
  const options = { resultTypes: ["violations"], preload: false, iframes: false };
  const moving = document.getAnimations().filter((one) => one instanceof CSSTransition);
  await Promise.all(moving.map((one) => one.finished.catch(() => null)));
  const grounds = new Map([[null, ""]]);
  const groundOf = (one) => {
    if (!grounds.has(one)) {
      const style = getComputedStyle(one);
      const own = [style.backgroundColor, style.backgroundImage, style.opacity, style.position];
      grounds.set(one, `${groundOf(one.parentElement)}|${own}`);
    }
    return grounds.get(one);
  };
  const kinds = new Map();
  for (const one of document.querySelector(within).querySelectorAll("*")) {
    if (![...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim())
      && !one.matches("input, select, textarea")) continue;
    const { color, fontSize, fontWeight } = getComputedStyle(one);
    const around = getComputedStyle(one.parentElement).color;
    const kind = [one.localName, color, fontSize, fontWeight, around, groundOf(one)].join();
    kinds.set(kind, [...(kinds.get(kind) ?? []), one]);
  }
  const alike = [...kinds.values()].flatMap((all) => [...all.slice(0, few), ...all.slice(-1)]);
  const results = [];
  if (isAll) {
    const rest = Object.fromEntries(colours.map((id) => [id, { enabled: false }]));
    results.push(await axe.run(within, { ...options, rules: rest }));
  }
  if (alike.length) {
    results.push(await axe.run({ include: alike }, { ...options, runOnly: colours }));
  }
  return results.flatMap((one) => one.violations)
    .map((rule) => `${rule.id}: ${JSON.stringify(rule.nodes.map((node) => node.html))}`);
}"""


@cache
def _axe() -> str:
    """The source text of axe-core."""
    return (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")


def violations(page: Page, within: str = "html") -> list[str]:
    """What axe-core finds on a page, all its folds opened: rule, and the elements it names.

    In the scheme that the page is in, then, since these alone change, the colours of the other.
    """
    page.evaluate(UNFOLD)
    if page.evaluate("typeof axe === 'undefined'"):
        page.evaluate(_axe())
    found: list[str] = page.evaluate(_FIND, [within, True])
    is_dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    page.emulate_media(color_scheme="light" if is_dark else "dark")
    found += page.evaluate(_FIND, [within, False])
    page.emulate_media(color_scheme="dark" if is_dark else "light")
    return found


def widths(page: Page) -> list[int]:
    """The width that a page takes, and that of its window."""
    found: list[int] = page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
    )
    return found
