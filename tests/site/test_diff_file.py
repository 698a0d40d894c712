"""A diff as one HTML file needs no other file, and its policy allows its own styles and no more."""

import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path

import pytest

from reportgen.cli import main
from tests.browser.sites import png
from tests.markup import Elements
from tests.sites import add_experiment, add_run
from tests.trees import write


@pytest.fixture
def text(tmp_path: Path) -> str:
    """The file for two runs with an image each."""
    add_experiment(tmp_path / "mlruns", "1", "beans")
    for number in (1, 2):
        run = add_run(tmp_path / "mlruns", number, {"params/lr": f"0.{number}"})
        write(
            run, {"artifacts/fit.png": png(4 + number, 3), "tags/t": "</style><script>1</script>"}
        )
    out = tmp_path / "diff.html"
    assert main(["diff", "run 1", "run 2", str(tmp_path / "mlruns"), "-o", str(out)]) == 0
    return out.read_text("utf-8")


def test_nothing_is_loaded_and_nothing_linked(text: str) -> None:
    found = Elements(text).found
    assert [tag for tag, _ in found if tag in ("script", "link", "iframe")] == []
    links = [a["href"] for tag, a in found if tag == "a" and "href" in a]
    assert [link for link in links if not link.startswith("#")] == []
    images = [attributes["src"] for tag, attributes in found if tag == "img"]
    assert len(images) == 2
    assert all(source.startswith("data:image/png;base64,") for source in images)


def test_policy_names_the_hash_of_the_styles(text: str) -> None:
    (styles,) = re.findall(r"<style>(.*?)</style>", text, flags=re.DOTALL)
    digest = b64encode(sha256(styles.encode()).digest()).decode()
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="(.*?)"', text)
    assert f"style-src &#39;sha256-{digest}&#39;" in policy or f"'sha256-{digest}'" in policy
    assert "script-src" not in policy


def test_it_says_what_changed(text: str) -> None:
    assert "1 parameter changed (lr 0.1 → 0.2)." in text
