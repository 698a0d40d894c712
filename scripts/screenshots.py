"""Take the pictures of docs/images/ again: pages of the sample's site, in light and in dark.

    python scripts/screenshots.py

Needs the dependency group `test` and Chromium on the path.
"""

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from reportgen.config import Options
from reportgen.site.project import build_site

CHECKOUT = Path(__file__).resolve().parent.parent
IMAGES = CHECKOUT / "docs" / "images"
LARGEST = 300_000  # bytes
PAGES = {
    "experiment": "experiments/coffee-quality/index.html",
    "run": "runs/1168354c233f3d5a69185c0b3a04bea6/index.html",
}
WIDTH, HEIGHT = 1280, 1000  # CSS pixels; pictures have as many
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def main() -> None:
    """Build the sample's site and take every picture."""
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("no chromium on the path. On Debian: apt-get install chromium")
    IMAGES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        site = Path(folder, "site")
        build_site(Options(stores=(str(CHECKOUT / "sample_mlruns"),), output=str(site)))
        browser = playwright.chromium.launch(executable_path=chromium, args=QUIET)
        for name, page in PAGES.items():
            take(browser, site / page, IMAGES / f"{name}-light.png", dark=False)
            take(browser, site / page, IMAGES / f"{name}-dark.png", dark=True)
        browser.close()


def take(browser: Browser, page: Path, image: Path, *, dark: bool) -> None:
    """Write a picture of the top of a page. Fails where the file would be too large for git."""
    tab = browser.new_page(
        viewport={"width": WIDTH, "height": HEIGHT}, color_scheme="dark" if dark else "light"
    )
    tab.goto(page.as_uri())
    tab.screenshot(path=image, animations="disabled")
    tab.close()
    size = image.stat().st_size
    sys.stdout.write(f"{image.relative_to(CHECKOUT)}: {size:,} bytes\n")
    if size > LARGEST:
        sys.exit(f"{image.name} is larger than {LARGEST:,} bytes")


if __name__ == "__main__":
    main()
