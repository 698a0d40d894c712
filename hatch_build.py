"""Compiles the optional part of reportgen: what reads files, thins, draws and packs points, in C.

The build backend calls this for each wheel and each editable install. Where nothing can be compiled
(no compiler, no headers of Python) the build goes on without it, and Python does all of it:
the same results, more slowly. In a checkout that is not installed: `python hatch_build.py`.
"""

import os
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

MODULE = "reportgen._points"
FOLDER = "reportgen"
SOURCES = (
    "points.c",
    "course.c",
    "digits.c",
    "files.c",
    "grid.c",
    "knots.c",
    "stroke.c",
    "thin.c",
)
STABLE_ABI = "0x030B0000"  # of Python 3.11: one wheel serves this and all newer ones


class PointsHook(BuildHookInterface[Any]):
    """Adds the compiled module to a wheel, or puts it beside its source for an editable install."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile before files are gathered; `version` is "standard" or "editable"."""
        if version == "editable":
            compile_in_place(Path(self.root))
            return
        self._scratch = tempfile.TemporaryDirectory()
        made = compile_points(Path(self.root), Path(self._scratch.name))
        if made is not None:
            platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
            build_data["force_include"][str(made)] = f"{FOLDER}/{made.name}"
            build_data["pure_python"] = False
            build_data["tag"] = f"cp311-abi3-{platform}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Drop what the wheel has taken in."""
        if version != "editable":
            self._scratch.cleanup()


def compile_in_place(root: Path) -> bool:
    """Put the module beside its source; whether it could be compiled. An old one is removed."""
    folder = root / FOLDER
    for old in (*folder.glob("_points*.so"), *folder.glob("_points*.pyd")):
        old.unlink()
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        made = compile_points(root, Path(scratch))
        if made is not None:
            made.replace(folder / made.name)
    return made is not None


def compile_points(root: Path, out: Path) -> Path | None:
    """Compile the module of a source tree to somewhere below `out`; None where that fails."""
    from setuptools import Distribution, Extension
    from setuptools.command.build_ext import build_ext

    extension = Extension(
        MODULE,
        [str(root / FOLDER / "c" / name) for name in SOURCES],
        define_macros=[("Py_LIMITED_API", STABLE_ABI)],
        # Products are rounded before sums, as in Python.
        # What is for debuggers only names the folder it was built in, so that wheels would differ.
        extra_compile_args=["-g0", "-ffp-contract=off"] if os.name == "posix" else [],
        py_limited_api=True,
        optional=True,
    )
    command = build_ext(Distribution({"name": "reportgen", "ext_modules": [extension]}))
    command.build_lib, command.build_temp = str(out / "lib"), str(out / "temp")
    command.ensure_finalized()
    command.run()
    made = Path(command.get_ext_fullpath(MODULE))
    return made if made.is_file() else None


if __name__ == "__main__":
    sys.exit(not compile_in_place(Path(__file__).resolve().parent))
