"""The wheel and the source archive: what is in them, and that reportgen works from the wheel."""

import ast
import os
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from email import message_from_bytes
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

import reportgen
from tests.sites import make_store, page, run_id

CHECKOUT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))["project"]
VERSION = reportgen.__version__


NOT_IN_WHEELS = {".c", ".h", ".so", ".pyd"}  # what is compiled is compiled again for a wheel


def files_below(*folders: str) -> set[str]:
    """Files of the checkout that belong in a wheel as they are."""
    return {
        path.relative_to(CHECKOUT).as_posix()
        for folder in folders
        for path in (CHECKOUT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.suffix not in NOT_IN_WHEELS
    }


def build(target: str, root: Path, out: Path, **environment: str) -> Path:
    """Build a `wheel` or `sdist` of a source tree with the build backend itself: no network."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(out)]
    env = {**os.environ, **environment}
    subprocess.run(command, cwd=root, env=env, check=True, capture_output=True)
    (made,) = out.iterdir()
    return made


def compiled_in(archive: zipfile.ZipFile) -> set[str]:
    return {name for name in archive.namelist() if Path(name).suffix in NOT_IN_WHEELS}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("wheel", CHECKOUT, tmp_path_factory.mktemp("wheel"))


def test_the_wheel_holds_the_package_the_themes_and_the_licence(wheel: Path) -> None:
    info = f"reportgen-{VERSION}.dist-info"
    expected = files_below("reportgen")
    expected |= {name.replace("themes/", "reportgen/_themes/", 1) for name in files_below("themes")}
    expected |= {f"{info}/{name}" for name in ("METADATA", "WHEEL", "RECORD", "entry_points.txt")}
    expected.add(f"{info}/licenses/LICENSE")
    with zipfile.ZipFile(wheel) as archive:
        assert set(archive.namelist()) - compiled_in(archive) == expected
        licence = archive.read(f"{info}/licenses/LICENSE")
    assert {"reportgen/py.typed", "reportgen/_themes/default/theme.toml"} <= expected
    assert licence == (CHECKOUT / "LICENSE").read_bytes()


def test_a_wheel_with_the_compiled_part_serves_all_newer_pythons(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        compiled = compiled_in(archive)
    if not compiled:
        pytest.skip("no compiler, or no headers of Python")
    assert len(compiled) == 1
    assert compiled.pop().startswith("reportgen/_points.")
    assert f"reportgen-{VERSION}-cp311-abi3-" in wheel.name


@pytest.mark.skipif(os.name != "posix", reason="how a compiler is named elsewhere is not known")
def test_without_a_compiler_the_wheel_is_plain_python(wheel: Path, tmp_path: Path) -> None:
    plain = build("wheel", CHECKOUT, tmp_path, CC="/nowhere/cc")
    assert plain.name == f"reportgen-{VERSION}-py3-none-any.whl"
    with zipfile.ZipFile(wheel) as archive, zipfile.ZipFile(plain) as other:
        assert set(other.namelist()) == set(archive.namelist()) - compiled_in(archive)


def test_the_wheel_says_what_it_is(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        info = f"reportgen-{VERSION}.dist-info"
        metadata = message_from_bytes(archive.read(f"{info}/METADATA"))
        commands = archive.read(f"{info}/entry_points.txt").decode()
    assert metadata["Version"] == VERSION
    assert metadata["License-Expression"] == "Apache-2.0"
    assert metadata["Requires-Python"] == PROJECT["requires-python"]
    assert "reportgen = reportgen.cli:main" in commands


def test_the_source_archive_makes_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    source = build("sdist", CHECKOUT, tmp_path / "sdist")
    with tarfile.open(source) as archive:
        archive.extractall(tmp_path / "source", filter="data")
    (root,) = (tmp_path / "source").iterdir()
    again = build("wheel", root, tmp_path / "wheel")
    with zipfile.ZipFile(wheel) as ours, zipfile.ZipFile(again) as theirs:
        assert {name: theirs.read(name) for name in theirs.namelist()} == {
            name: ours.read(name) for name in ours.namelist()
        }


def test_an_unpacked_wheel_builds_a_site_with_its_own_theme(wheel: Path, tmp_path: Path) -> None:
    package = tmp_path / "package"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(package)  # noqa: S202 (made by us a moment ago)
    style = package / "reportgen" / "_themes" / "default" / "static" / "viewers.css"
    style.write_text("body { color: teal }\n")  # no other copy of the theme has this
    make_store(tmp_path / "mlruns", 1)
    done = subprocess.run(
        [sys.executable, "-m", "reportgen", "build", "mlruns"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(package)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("experiment 1: 1 run (1 finished)\n")
    assert "run 0" in page(tmp_path / "site", f"runs/{run_id(0)}/index.html")
    assert (tmp_path / "site" / "assets" / "viewers.css").read_text() == "body { color: teal }\n"


def imported_distributions() -> set[str]:
    """The distributions that the package imports anything of, in the spelling of pyproject.toml."""
    names = {
        name.partition(".")[0]
        for path in (CHECKOUT / "reportgen").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    homes = packages_distributions()
    foreign = names - set(sys.stdlib_module_names) - {"reportgen", "__future__"}
    return {homes[name][0].lower() for name in foreign}


def test_what_is_imported_is_declared_and_what_is_declared_is_imported() -> None:
    extras = PROJECT["optional-dependencies"].values()
    declared = [*PROJECT["dependencies"], *(one for extra in extras for one in extra)]
    names = {re.split(r"[<>=!~\[; ]", requirement)[0].lower() for requirement in declared}
    assert imported_distributions() == names
