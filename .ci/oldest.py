"""Print a constraint for each run-time dependency: the lower bound that pyproject.toml gives it."""

import re
import sys
import tomllib
from pathlib import Path


def main() -> None:
    """Fails for a dependency without a lower bound, which nothing would test."""
    project = tomllib.loads(Path("pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    for requirement in [*project["dependencies"], *(one for extra in extras for one in extra)]:
        found = re.fullmatch(r"([A-Za-z0-9._-]+)>=([0-9.]+)", requirement)
        if found is None:
            sys.exit(f"{requirement} has no lower bound")
        sys.stdout.write(f"{found[1]}=={found[2]}\n")


main()
