"""The compiled part of reportgen, where it is built, and a mark for tests that need it."""

import pytest

from reportgen.native import points

__all__ = ["needs_compiled", "points"]

needs_compiled = pytest.mark.skipif(
    points is None, reason="reportgen._points is not built: python hatch_build.py"
)
