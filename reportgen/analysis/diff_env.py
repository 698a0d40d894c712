"""What differs between the environments of two runs: packages and their versions.

Read line by line from the files that MLflow and people log: requirements.txt, conda.yaml,
python_env.yaml, and renv.lock of R. Nothing is resolved and nothing is installed.
"""

import json
import re
from collections.abc import Iterable, Mapping

from reportgen.values import frozen

ENVIRONMENT_FILES = (  # where two name a package, the first decides
    "requirements.txt",
    "pip-freeze.txt",
    "conda.yaml",
    "environment.yml",
    "environment.yaml",
    "python_env.yaml",
    "renv.lock",
)
MOST_BYTES = 256 << 10  # of a file
_REQUIREMENT = re.compile(
    r"(?P<name>[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[[^\]]*\])?\s*"
    r"(?P<version>(?:@|[=<>!~]).*)?"
)
_PINNED = re.compile(r"={1,3}\s*([^\s=<>!~,;*]+)")
_PYTHON = re.compile(r"python:\s*(\S+)")


@frozen
class Package:
    """A package whose version differs; None where the environment does not have it."""

    name: str
    old: str | None  # "" where it is named without a version
    new: str | None


@frozen
class Environments:
    """The environments of two runs side by side."""

    packages: tuple[Package, ...]  # that differ, sorted by name
    same: int  # how many are equal
    only: str = ""  # "a" or "b" where only that run logged an environment

    @property
    def count(self) -> int:
        """How many packages differ."""
        return len(self.packages)


NO_ENVIRONMENTS = Environments((), 0)


def is_environment(path: str) -> bool:
    """Whether a file is one that names packages."""
    return path.rpartition("/")[2] in ENVIRONMENT_FILES


def diff_environments(a: Mapping[str, str] | None, b: Mapping[str, str] | None) -> Environments:
    """What differs between two environments as of `packages_in`; None for a run without one.

    Where only one run logged any, nothing is said of single packages: all of them would differ.
    """
    if a is None or b is None:
        return Environments((), 0, "" if a is b else "b" if a is None else "a")
    differing = tuple(
        Package(name, a.get(name), b.get(name))
        for name in sorted(a.keys() | b.keys())
        if a.get(name) != b.get(name)
    )
    return Environments(differing, len(a.keys() | b.keys()) - len(differing))


def packages_in(files: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Packages and versions in some files, given as path and text.

    Names are spelled as PEP 503 has them; "" stands for a package without a version. A version
    that is pinned is given as it is, any other with its signs: ">=1.2".
    """
    found: dict[str, str] = {}
    for path, text in sorted(files, key=lambda file: (_rank(file[0]), file[0])):
        if path.endswith(".lock"):
            packages = _locked(text)
        else:
            packages = dict(filter(None, map(_package, text.split("\n"))))
        for name, version in packages.items():
            found.setdefault(name, version)
    return found


def _rank(path: str) -> int:
    return ENVIRONMENT_FILES.index(path.rpartition("/")[2])


def _package(line: str) -> tuple[str, str] | None:
    """The package that a line of a requirements file, or of a list in YAML, names."""
    text = line.partition(" #")[0].strip()
    if text.startswith("- "):
        text = text[2:].strip().strip("'\"")
    elif python := _PYTHON.fullmatch(text):
        return "python", python[1].strip("'\"")
    if not text or text[0] in "#-" or text.endswith(":"):  # a remark, an option, a key
        return None
    found = _REQUIREMENT.fullmatch(text.partition(";")[0].strip())
    if found is None:
        return None
    version = (found["version"] or "").strip()
    pinned = _PINNED.fullmatch(version)
    if pinned:
        version = pinned[1]
    elif version.startswith("=") and version.count("=") == 2 and not version.startswith("=="):
        version = version[1:].partition("=")[0]  # conda: =version=build
    return re.sub(r"[-_.]+", "-", found["name"]).lower(), version


def _locked(text: str) -> dict[str, str]:
    """The packages of an renv.lock, and R itself; their names keep their case."""
    try:
        plain = json.loads(text)
        packages = plain["Packages"]
        found = {str(name): str(one["Version"]) for name, one in packages.items()}
        return found | {"R": str(plain["R"]["Version"])}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}
