"""Bring the generated parts of docs/ up to date with the code.

    python scripts/update_docs.py

A generated part stands between `<!-- begin: NAME -->` and `<!-- end -->`; all else in docs/ is
written by hand. `tests/test_docs.py` fails where a part is not what this script would write.
"""

import argparse
import inspect
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import is_dataclass
from pathlib import Path
from typing import Any, get_args, get_type_hints

from reportgen.analysis.finding_texts import EXPLANATIONS, accepting
from reportgen.cli.arguments import make_parser
from reportgen.render.filters import FILTERS
from reportgen.render.theme import DEFAULT, find_theme
from reportgen.site.pages.compare import CompareView
from reportgen.site.pages.diffview import DiffView
from reportgen.site.pages.experiment import ExperimentView
from reportgen.site.pages.failed import FailedView
from reportgen.site.pages.gone import GoneView, MovedView
from reportgen.site.pages.heldout import HeldoutView
from reportgen.site.pages.missing import NotFoundView
from reportgen.site.pages.overview import IndexView, ProblemsView
from reportgen.site.pages.runview import RunView

CHECKOUT = Path(__file__).resolve().parent.parent
DOCS = CHECKOUT / "docs"
_PART = re.compile(r"(?<=<!-- begin: )([\w ]+)( -->\n).*?(?=<!-- end -->)", re.DOTALL)
_BLOCK = re.compile(r"{% *block +(\w+) *%}")
_EXTENDS = re.compile(r'{% *extends +"(.+?)" *%}')
_OPTIONS = ("option", "meaning")
_FIELD = re.compile(r" {4}(\w+): (.+?)(?: = .+?)?(?:  # (.+))?")

VIEWS: Mapping[str, type] = {
    "404.html": NotFoundView,
    "compare.html": CompareView,
    "diff.html": DiffView,
    "difffile.html": DiffView,
    "experiment.html": ExperimentView,
    "heldout.html": HeldoutView,
    "failed.html": FailedView,
    "gone.html": GoneView,
    "index.html": IndexView,
    "moved.html": MovedView,
    "problems.html": ProblemsView,
    "run.html": RunView,
}


def main() -> None:
    """Write the pages whose generated parts are out of date, and say which."""
    parts = generated_parts()
    for path in sorted(DOCS.rglob("*.md")):
        text = path.read_text("utf-8")
        fresh = updated(text, parts)
        if fresh != text:
            path.write_text(fresh, "utf-8")
            sys.stdout.write(f"wrote docs/{path.relative_to(DOCS).as_posix()}\n")


def updated(text: str, parts: Mapping[str, str]) -> str:
    """A page with its generated parts as they should be. Raises KeyError for an unknown part."""
    return _PART.sub(lambda found: f"{found[1]}{found[2]}\n{parts[found[1]]}\n", text)


def names_of_parts(text: str) -> list[str]:
    """The generated parts of a page."""
    return [found[1] for found in _PART.finditer(text)]


def generated_parts() -> dict[str, str]:
    """Every generated part by its name, as Markdown that ends in a newline."""
    options = {name: options_of(parser) for name, parser in commands().items()}
    shared = [row for row in options["build"] if all(row in rows for rows in options.values())]
    parts = {
        f"options of {name}": _table(_OPTIONS, [row for row in rows if row not in shared])
        for name, rows in options.items()
        if rows != shared
    }
    parts["shared options"] = _table(_OPTIONS, shared)
    parts["filters"] = filters_table()
    parts["templates"] = templates_table()
    parts["views"] = views_tables()
    parts["findings"] = findings_table()
    parts |= {f"finding {code}": finding_page(code) for code in EXPLANATIONS}
    return parts


def findings_table() -> str:
    """All kinds of findings."""
    rows = [(f"[{code}](findings/{code}.md)", one.title) for code, one in EXPLANATIONS.items()]
    return _table(("code", "says"), rows)


def finding_page(code: str) -> str:
    """What the site says of a kind of finding, and how to accept it."""
    one = EXPLANATIONS[code]
    parts = [f"# {code}: {one.title}", one.means, "## Why it matters", one.matters]
    parts += ["## What to do", one.to_do]
    if code < "RG401":
        shown, owner = "a reason that is shown on the page", "coffee-quality"
    else:
        shown, owner = "a reason", "coffee-quality" if code == "RG401" else ""
    parts += ["## To accept it", f"In `reportgen.toml`, with {shown}:"]
    parts.append(f"```toml\n{accepting(code, owner)}\n```")
    return "\n\n".join(parts) + "\n"


def commands() -> dict[str, argparse.ArgumentParser]:
    """The parser of each command, in the order of the help."""
    for action in make_parser()._actions:
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    raise LookupError("the parser has no commands")


def options_of(parser: argparse.ArgumentParser) -> list[tuple[str, str]]:
    """Arguments and options of a command with what its `--help` says of them."""
    return [
        (_code(_spelled(action)), action.help or "")
        for action in sorted(parser._actions, key=lambda action: bool(action.option_strings))
        if action.dest != "help"
    ]


def _spelled(action: argparse.Action) -> str:
    if not action.option_strings:
        return f"[{action.metavar} ...]" if action.nargs == "*" else str(action.metavar)
    value = "" if action.nargs == 0 else f" {action.metavar}"
    return ", ".join(action.option_strings) + value


def filters_table() -> str:
    """The filters that templates may use besides those of Jinja."""
    return _table(("filter", "gives"), [(_code(n), _summary(f)) for n, f in FILTERS.items()])


def _summary(thing: Any) -> str:
    return (inspect.getdoc(thing) or "").partition("\n\n")[0].replace("\n", " ")


def templates_table() -> str:
    """The templates of the default theme with the blocks that each defines."""
    (folder,) = find_theme(DEFAULT).template_folders()
    rows = []
    for path in sorted(Path(folder).glob("*.html")):
        text = path.read_text("utf-8")
        base = _EXTENDS.search(text)
        if base is None and path.name not in VIEWS and not _BLOCK.search(text):
            continue  # macros
        blocks = ", ".join(map(_code, dict.fromkeys(_BLOCK.findall(text))))
        view = _code(VIEWS[path.name].__name__) if base else "as of the page"
        rows.append((_code(path.name), _code(base[1]) if base else "", view, blocks))
    return _table(("template", "extends", "`view` is a", "blocks"), rows)


def views_tables() -> str:
    """The fields of every view and of every value that can be reached from one."""
    reached: dict[str, type] = {}
    for view in VIEWS.values():
        _reach(view, reached)
    views = {kind.__name__ for kind in VIEWS.values()}
    names = sorted(reached, key=lambda name: (name not in views, name))
    return "\n".join(_fields_table(reached[name]) for name in names)


def _reach(kind: Any, reached: dict[str, type]) -> None:
    """Collect the dataclasses that a type leads to, by name."""
    if isinstance(kind, type) and is_dataclass(kind):
        if reached.setdefault(kind.__name__, kind) is not kind:
            raise ValueError(f"two views are named {kind.__name__}")
        for hint in get_type_hints(kind).values():
            if not (isinstance(hint, type) and hint.__name__ in reached):
                _reach(hint, reached)
    for part in get_args(kind):
        _reach(part, reached)


def _fields_table(kind: type) -> str:
    rows = [(_code(name), _code(hint), about) for name, hint, about in _fields(kind)]
    head = f"### {kind.__name__}\n\n{_summary(kind)}\n\n"
    return head + _table(("field", "type", "remark"), rows)


def _fields(kind: type) -> Iterator[tuple[str, str, str]]:
    """Name, type and comment of each field, then of each property."""
    for line in inspect.getsource(kind).splitlines():
        found = _FIELD.fullmatch(line)
        if found:
            yield found[1], found[2].strip('"'), found[3] or ""
    for name, value in vars(kind).items():
        if isinstance(value, property):
            assert value.fget is not None, name
            hint = re.search(r"-> (.+):$", inspect.getsource(value.fget), re.MULTILINE)
            assert hint is not None, name
            yield name, hint[1].strip('"'), _summary(value)


def _code(text: str) -> str:
    return f"`{text}`"


def _table(header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [header, ("---",) * len(header), *rows]
    cells = (" | ".join(cell.replace("|", r"\|") for cell in line) for line in lines)
    return "".join(f"| {line} |\n" for line in cells)


if __name__ == "__main__":
    main()
