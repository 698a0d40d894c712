"""Options and surroundings of all tests."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--update-golden`, by which the pages in tests/golden/ are written anew."""
    parser.addoption("--update-golden", action="store_true", help="write tests/golden/*.html anew")


@pytest.fixture(autouse=True)
def _no_tracking_uri(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away the store that MLflow, once it was used in this process, names to all others."""
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
