"""Results as lines, as JSON and as the table in RESULTS.md."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.cases import Result

LIBRARIES = ("mlflow", "pandas", "numpy", "orjson", "jinja2", "pyyaml")

HEAD = """# Benchmark results

Ours and theirs are medians of {pairs} pairs measured in turns; the ratio is the median of the
pairs' ratios, and the span their least and greatest. What each line measures: README.md.

| name | ours | theirs | ratio | span | limit | |
|---|---|---|---|---|---|---|
"""


def verdict(result: Result) -> str:
    """`ok` or `over`."""
    return "ok" if result.is_ok else "over"


def line(result: Result) -> str:
    """One line for the terminal: name, ours, theirs, ratio, limit, verdict."""
    unit = result.unit
    return (
        f"{result.name:13}  ours {result.ours:8.3f} {unit}  theirs {result.theirs:8.3f} {unit}  "
        f"ratio {result.ratio:6.3f}  limit {result.limit:5.2f}  {verdict(result)}"
    )


def row(result: Result) -> str:
    """One row of the Markdown table."""
    ratios = [ours / theirs for ours, theirs in result.pairs]
    unit = result.unit
    return (
        f"| `{result.name}` | {result.ours:.3f} {unit}: {result.ours_is} "
        f"| {result.theirs:.3f} {unit}: {result.theirs_is} | **{result.ratio:.3f}** "
        f"| {min(ratios):.3f}–{max(ratios):.3f} | {result.limit:g} | {verdict(result)} |\n"
    )


def machine() -> dict[str, str]:
    """What the figures depend on beside the code: cores, system, Python, libraries."""
    facts = {
        "cores": str(os.cpu_count()),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "parser": "compiled" if find_spec("reportgen._points") else "in Python",
    }
    for library in LIBRARIES:
        try:
            facts[library] = version(library)
        except PackageNotFoundError:
            facts[library] = "absent"
    return facts


def as_json(results: Sequence[Result], date: str | None, command: str) -> str:
    """Every measured pair, with what it was measured on."""
    lines = [asdict(result) | {"verdict": verdict(result)} for result in results]
    record = {"date": date, "command": command, "machine": machine(), "results": lines}
    return json.dumps(record, indent=2) + "\n"


def as_markdown(results: Sequence[Result], date: str, command: str) -> str:
    """The text of RESULTS.md."""
    facts = ", ".join(f"{name} {value}" for name, value in machine().items())
    table = "".join(row(result) for result in results)
    pairs = len(results[0].pairs)
    return f"{HEAD.format(pairs=pairs)}{table}\nMeasured {date} with `{command}` on: {facts}.\n"
