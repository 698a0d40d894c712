"""Imports point one way, and what is heavy is loaded only where it works."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sites import add_experiment, add_run, make_store

PACKAGE = Path(__file__).resolve().parent.parent / "reportgen"

# Each layer may import those of earlier lines; those of one line stand side by side and know
# nothing of each other. The package itself, for its version, may be imported by all.
LAYERS = (
    ("values", "native", "interrupts"),
    ("errors", "digest", "spelling", "thin", "trace", "configvalues"),
    ("knots",),
    ("model", "config", "configsample"),
    ("readers", "analysis", "charts", "render"),
    ("library", "export", "site"),
    ("watch", "serve", "publish", "changes"),
    ("cli",),
    ("__main__",),
)
FLOORS = {name: floor for floor, names in enumerate(LAYERS) for name in names}
OUTSIDE = ("__init__",)  # public names, looked up when they are used

HEAVY = {"jinja2", "markdown", "markupsafe", "matplotlib", "nh3", "numpy", "orjson", "pandas"}
HEAVY |= {"pyarrow", "pygments", "tomllib", "tqdm", "yaml"}

# What runs before it is known whether there is anything to do.
QUICK = (
    "reportgen",
    "reportgen.analysis.metric_rules",
    "reportgen.cli",
    "reportgen.cli.arguments",
    "reportgen.cli.console",
    "reportgen.cli.ending",
    "reportgen.cli.going",
    "reportgen.cli.verbs",
    "reportgen.config",
    "reportgen.configsample",
    "reportgen.configvalues",
    "reportgen.digest",
    "reportgen.errors",
    "reportgen.model",
    "reportgen.readers.base",
    "reportgen.readers.files",
    "reportgen.readers.places",
    "reportgen.readers.stamps",
    "reportgen.render.theme",
    "reportgen.site.context",
    "reportgen.site.ledgerplace",
    "reportgen.site.outputs",
    "reportgen.site.project",
    "reportgen.site.quick",
)


def layer_of(module: str) -> str:
    """The layer of a module: reportgen.site.build is in `site`."""
    return module.partition(".")[2].partition(".")[0] or "__init__"


def imports_of(path: Path) -> Iterator[str]:
    """The modules of reportgen that a file imports anywhere, also in functions and for types."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names if one.name.startswith("reportgen"))
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("reportgen"):
            yield str(node.module)


def module_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts).removesuffix(".__init__")


def modules() -> dict[str, Path]:
    return {module_of(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def test_every_module_is_in_a_layer() -> None:
    layers = {layer_of(module) for module in modules()}
    assert layers == FLOORS.keys() | set(OUTSIDE)


def test_imports_point_one_way() -> None:
    wrong = [
        f"{module} imports {other}"
        for module, path in modules().items()
        for other in imports_of(path)
        if layer_of(module) in FLOORS
        and layer_of(other) in FLOORS
        and layer_of(other) != layer_of(module)
        and FLOORS[layer_of(other)] >= FLOORS[layer_of(module)]
    ]
    assert wrong == []


def test_imports_are_absolute() -> None:
    relative = [
        module
        for module, path in modules().items()
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert relative == []


def heavy_after(code: str, *arguments: str, cwd: Path) -> set[str]:
    """The heavy modules that a fresh Python has loaded after running the code."""
    ending = "\nimport sys\nprint('LOADED', *{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run(
        [sys.executable, "-c", code + ending, *arguments],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = done.stdout.rpartition("LOADED")[2].split()
    assert "reportgen" in loaded
    return HEAVY & set(loaded)


@pytest.mark.parametrize("module", QUICK)
def test_modules_of_the_quick_path_load_nothing_heavy(module: str, tmp_path: Path) -> None:
    assert heavy_after(f"import {module}", cwd=tmp_path) == set()


RUN_MAIN = """
import sys
from reportgen.cli import main
try:
    status = main(sys.argv[1:])
except SystemExit as ended:
    status = ended.code
assert status == 0, status
"""


@pytest.mark.parametrize("arguments", [("--help",), ("build", "--help"), ("--version",)])
def test_help_loads_nothing_heavy(arguments: tuple[str, ...], tmp_path: Path) -> None:
    assert heavy_after(RUN_MAIN, *arguments, cwd=tmp_path) == set()


def test_a_build_with_nothing_to_do_loads_nothing_heavy(tmp_path: Path) -> None:
    make_store(tmp_path / "mlruns", 1)
    arguments = ("build", "mlruns", "-o", "site")
    first = heavy_after(RUN_MAIN, *arguments, cwd=tmp_path)
    assert {"jinja2", "orjson"} <= first  # reads and renders
    heavy_after(RUN_MAIN, *arguments, cwd=tmp_path)  # reads again what was too young to be trusted
    assert heavy_after(RUN_MAIN, *arguments, cwd=tmp_path) == set()


def test_what_draws_and_colours_is_loaded_only_where_there_is_something_to(tmp_path: Path) -> None:
    add_experiment(tmp_path / "mlruns", "1", "iris")
    run = add_run(tmp_path / "mlruns", 1)
    arguments = ("build", "mlruns", "-o", "site", "--jobs", "1")
    first = heavy_after(RUN_MAIN, *arguments, cwd=tmp_path)
    assert {"matplotlib", "numpy"} <= first  # paints cards
    assert first & {"pandas", "pyarrow", "pygments"} == set()
    (run / "tags").mkdir()
    (run / "tags" / "team").write_text("blue")
    drawing = {"matplotlib", "numpy", "pandas", "pyarrow", "pygments"}
    changed = heavy_after(RUN_MAIN, *arguments, cwd=tmp_path)
    assert "jinja2" in changed  # the run's page was made again
    assert changed & drawing == set()
    (run / "artifacts").mkdir()
    (run / "artifacts" / "train.py").write_text("print(1)")
    assert heavy_after(RUN_MAIN, *arguments, cwd=tmp_path) & drawing == {"pygments"}
