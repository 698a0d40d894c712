"""Twenty clients of MLflow under a watch, for seconds; `make soak` does so for minutes."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from benchmarks.soak import soak
from benchmarks.soak_tab import watched

pytestmark = pytest.mark.browser
SECONDS = 5.0


def test_a_watch_of_twenty_clients_loses_no_point(tmp_path: Path, browser: Browser) -> None:
    page = browser.new_page()
    soaked = soak(tmp_path, SECONDS, writers=1, clients=20, tab=watched(page))
    page.close()
    assert soaked.wrong == []
    assert soaked.deeds > 40
    assert soaked.points > 20
