"""Options of the test suite."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--update-golden`, by which the pages in tests/golden/ are written anew."""
    parser.addoption("--update-golden", action="store_true", help="write tests/golden/*.html anew")
