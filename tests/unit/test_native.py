"""The compiled part is taken only where it is of this source."""

import runpy
import sys
from pathlib import Path
from types import ModuleType

import pytest

import reportgen
from reportgen import native
from tests.compiled import needs_compiled


@needs_compiled
def test_the_compiled_part_of_an_older_source_is_left_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert runpy.run_path(native.__file__)["points"] is native.points
    older = ModuleType("reportgen._points")
    monkeypatch.setitem(sys.modules, older.__name__, older)
    monkeypatch.setattr(reportgen, "_points", older)
    assert runpy.run_path(native.__file__)["points"] is None


def test_the_source_in_c_tells_the_form_that_python_takes() -> None:
    source = Path(native.__file__).with_name("c") / "points.c"
    assert f'"FORM", {native.FORM})' in source.read_text("utf-8")
