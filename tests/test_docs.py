"""The documentation says what there is, all of it, and its examples work."""

import argparse
import ast
import re
import shlex
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from update_docs import (
    CHECKOUT,
    DOCS,
    commands,
    generated_parts,
    names_of_parts,
    options_of,
    updated,
)

from reportgen.cli import main
from reportgen.cli.arguments import make_parser
from reportgen.config import SCHEMA, Options, load_options
from reportgen.configsample import sample_config
from reportgen.errors import ReportgenError

DOC_PAGES = sorted(DOCS.rglob("*.md"))
PAGES = [*DOC_PAGES, CHECKOUT / "README.md", CHECKOUT / "CHANGELOG.md"]
ENDLESS = ("watch", "serve")  # commands that go on until Ctrl-C
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)|(?:src|srcset|href)=\"([^\"]+)\"")
_CODE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_FILE = re.compile(r"^`([\w./-]+)`:\n\n```\w+\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_ROW = re.compile(r"^\| `(\w+)` \| `(.+?)` \| .+ \|$", re.MULTILINE)


def by_name(path: Path) -> str:
    return path.relative_to(CHECKOUT).as_posix()


def section(text: str, heading: str) -> str:
    """What stands below a heading of a page, up to the next one of its level or above."""
    level = heading.partition(" ")[0]
    rest = f"\n{text}".partition(f"\n{heading}\n")[2]
    return re.split(rf"^#{{1,{len(level)}}} ", rest, flags=re.MULTILINE)[0]


@pytest.mark.parametrize("page", DOC_PAGES, ids=by_name)
def test_generated_parts_are_up_to_date(page: Path) -> None:
    text = page.read_text("utf-8")
    assert updated(text, generated_parts()) == text, "run python scripts/update_docs.py"


def test_every_generated_part_is_in_the_docs_once() -> None:
    used = [name for page in DOC_PAGES for name in names_of_parts(page.read_text("utf-8"))]
    assert sorted(used) == sorted(generated_parts())


@pytest.mark.parametrize("command", commands())
def test_every_command_and_its_options_are_documented(command: str) -> None:
    text = (DOCS / "commands.md").read_text("utf-8")
    own = section(text, f"## {command}") + section(text, "## Options of all commands")
    assert own.strip()
    assert [option for option, _ in options_of(commands()[command]) if option not in own] == []


def test_every_exit_status_is_documented() -> None:
    rows = section((DOCS / "commands.md").read_text("utf-8"), "## Exit status")
    assert re.findall(r"^\| (\d+) \|", rows, re.MULTILINE) == ["0", "1", "2", "130"]


@pytest.mark.parametrize("table", SCHEMA)
def test_every_config_key_is_documented_with_its_default(table: str) -> None:
    rows = _ROW.findall(section((DOCS / "configuration.md").read_text("utf-8"), f"## {table}"))
    documented = {key: tomllib.loads(f"value = {default}")["value"] for key, default in rows}
    parsed = {key: SCHEMA[table][key][1](value) for key, value in documented.items()}
    assert parsed == {key: getattr(Options(), field) for key, (field, _) in SCHEMA[table].items()}


def test_every_line_of_the_sample_config_is_a_default(tmp_path: Path) -> None:
    lines = sample_config().splitlines()
    file = tmp_path / "reportgen.toml"
    file.write_text("\n".join(line.removeprefix("# ") for line in lines[2:]), "utf-8")
    options = load_options(str(file))
    assert options == replace(
        Options(),
        stores=(f"{tmp_path}/mlruns",),
        output=f"{tmp_path}/site",
        source=str(file),
    )
    keys = [key for table in SCHEMA.values() for key in table]
    assert re.findall(r"^# (\w+) =", sample_config(), re.MULTILINE) == keys


def test_every_dependency_is_explained() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))
    groups = [project["project"]["dependencies"], *project["dependency-groups"].values()]
    groups += project["project"]["optional-dependencies"].values()
    names = {re.split(r"[<>=!~\[; ]", one)[0] for group in groups for one in group}
    text = (DOCS / "dependencies.md").read_text("utf-8")
    assert {name for name in names if not re.search(rf"(?<![\w-]){name}(?![\w-])", text)} == set()


def test_every_macro_and_static_file_of_the_default_theme_is_documented() -> None:
    theme = CHECKOUT / "themes" / "default"
    text = (DOCS / "themes.md").read_text("utf-8")
    shared = (theme / "templates" / "macros.html").read_text("utf-8")
    names = {*re.findall(r"{% macro (\w+)\(", shared)}
    names |= {path.name for path in (theme / "static").iterdir()}
    assert {name for name in names if f"`{name}`" not in text} == set()


def slugs() -> set[str]:
    """The slugs of all errors that can be raised."""
    kinds = [ReportgenError]
    for kind in kinds:
        kinds += kind.__subclasses__()
    return {kind.slug for kind in kinds if kind is not ReportgenError}


def test_every_kind_of_error_is_documented_and_no_other() -> None:
    text = section((DOCS / "messages.md").read_text("utf-8"), "## Errors")
    assert sorted(re.findall(r"^### `(.+)`$", text, re.MULTILINE)) == sorted(slugs())


def texts_of(path: Path) -> Iterator[str]:
    """Every text in a module, with "…" where an f-string has an expression."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            parts = [one.value if isinstance(one, ast.Constant) else "…" for one in node.values]
            yield "".join(map(str, parts))


def test_every_message_of_the_docs_is_one_that_the_code_has() -> None:
    rows = re.findall(r"^\| (.*?) \|", (DOCS / "messages.md").read_text("utf-8"), re.MULTILINE)
    documented = [message for row in rows for message in re.findall("`(.+?)`", row)]
    modules = [*(CHECKOUT / "reportgen").rglob("*.py"), Path(argparse.__file__)]
    said = "\0".join(text for module in modules for text in texts_of(module))
    parts = {part for message in documented for part in re.split(r"…|\bN\b", message)}
    assert len(documented) > 40
    assert {part for part in parts if part.strip(" :,") not in said} == set()


def anchors(text: str) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", _CODE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=by_name)
def test_links_lead_somewhere(page: Path) -> None:
    broken = []
    for markdown, html in _LINK.findall(_CODE.sub("", page.read_text("utf-8"))):
        link = markdown or html
        parts = urlsplit(link)
        if parts.scheme:
            continue
        target = page.parent / unquote(parts.path) if parts.path else page
        ids = anchors(target.read_text("utf-8")) if parts.fragment and target.exists() else ()
        if not target.exists() or (parts.fragment and parts.fragment not in ids):
            broken.append(link)
    assert broken == []


def shell_commands(page: Path) -> list[str]:
    """Every line of a page that calls reportgen and that a reader may type as it stands."""
    blocks = (body for kind, body in _CODE.findall(page.read_text("utf-8")) if kind == "sh")
    return [line for body in blocks for line in body.splitlines() if line[:10] == "reportgen "]


def python_examples(page: Path) -> list[str]:
    return [body for kind, body in _CODE.findall(page.read_text("utf-8")) if kind == "python"]


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with the stores that the examples name and a remote, as the current folder."""
    remote = tmp_path / "remote.git"
    for options in (("--bare", str(remote)), (str(tmp_path),)):
        subprocess.run(["git", "init", "--quiet", *options], check=True)
    git = ["git", "-C", str(tmp_path), "remote", "add", "origin", str(remote)]
    subprocess.run(git, check=True)
    for place in ("mlruns", "path/to/mlruns", "runs-a/mlruns", "runs-b/mlruns"):
        shutil.copytree(CHECKOUT / "sample_mlruns", tmp_path / place)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MLFLOW_TRACKING_URI", raising=False)
    return tmp_path


@pytest.mark.parametrize("page", [*filter(shell_commands, PAGES)], ids=by_name)
def test_commands_of_the_docs_work(
    page: Path, workplace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for path, body in _FILE.findall(page.read_text("utf-8")):
        (workplace / path).parent.mkdir(parents=True, exist_ok=True)
        (workplace / path).write_text(body, "utf-8")
    failed = []
    for line in shell_commands(page):
        arguments = shlex.split(line, comments=True)[1:]
        if arguments[0] in ENDLESS:
            make_parser().parse_args(arguments)
            continue
        status = main(arguments)
        said = capsys.readouterr().err
        if status or "error:" in said:
            failed.append((line, status, said))
    assert failed == []


@pytest.mark.parametrize("page", [*filter(python_examples, PAGES)], ids=by_name)
def test_python_examples_of_the_docs_run(page: Path, workplace: Path) -> None:
    assert (workplace / "mlruns").is_dir()
    for block in python_examples(page):
        exec(compile(block, by_name(page), "exec"), {})  # noqa: S102 (what readers will run)


def test_the_docs_call_every_command() -> None:
    called = {shlex.split(line)[1] for page in PAGES for line in shell_commands(page)}
    assert commands().keys() <= called
