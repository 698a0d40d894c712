"""The public names of `reportgen`: all are there, and none is loaded before it is used."""

import ast
import subprocess
import sys
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

import pytest

import reportgen


@pytest.mark.parametrize("name", reportgen.__all__)
def test_a_public_name_is_documented(name: str) -> None:
    assert getattr(reportgen, name).__doc__


def test_nothing_else_is_public() -> None:
    with pytest.raises(AttributeError, match="module 'reportgen' has no attribute 'open_stor'"):
        _ = getattr(reportgen, "open_stor")  # noqa: B009 (a type checker knows it as well)


def test_star_import_gives_the_public_names() -> None:
    names: dict[str, object] = {}
    exec("from reportgen import *", names)  # noqa: S102 (the only place that may hold a star)
    assert set(names) - {"__builtins__"} == set(reportgen.__all__)


def test_type_checkers_see_the_same_objects() -> None:
    source = Path(reportgen.__file__).read_text("utf-8")
    seen = {
        alias.asname or alias.name: getattr(import_module(str(node.module)), alias.name)
        for block in ast.parse(source).body
        if isinstance(block, ast.If)
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert seen == {name: getattr(reportgen, name) for name in reportgen.__all__}


def test_import_loads_no_other_module_of_the_package(tmp_path: Path) -> None:
    code = "import reportgen, sys; print(*(n for n in sys.modules if n.startswith('reportgen')))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["reportgen"]


def test_the_version_is_that_of_the_installed_package() -> None:
    assert reportgen.__version__ == version("reportgen")
