"""Compiled templates are kept from process to process, and only right ones are taken."""

import sys
from pathlib import Path

import pytest
from jinja2 import Environment

from reportgen.render import compiled
from reportgen.render.compiled import CompiledTemplates
from reportgen.render.env import environment
from reportgen.render.theme import Theme, find_theme

DEFAULT = find_theme("default")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for compiled templates, and no environment that has taken some already."""
    kept = tmp_path / "kept"
    monkeypatch.setattr(compiled, "cache_from_source", lambda _: str(kept / "module.pyc"))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    environment.cache_clear()
    return kept


def compilings(monkeypatch: pytest.MonkeyPatch, theme: Theme = DEFAULT) -> list[str | None]:
    """The templates that a new process would compile for a page of an error."""
    found: list[str | None] = []
    compile_one = Environment.compile

    def noted(self: Environment, source: str, name: str | None = None, *rest: object) -> object:
        found.append(name)
        return compile_one(self, source, name, *rest)  # type: ignore[call-overload]

    monkeypatch.setattr(Environment, "compile", noted)
    environment.cache_clear()
    environment(theme).get_template("404.html")
    monkeypatch.setattr(Environment, "compile", compile_one)
    return found


def test_a_template_is_compiled_once(monkeypatch: pytest.MonkeyPatch) -> None:
    assert compilings(monkeypatch) == ["404.html"]
    assert compilings(monkeypatch) == []


def test_one_of_another_version_is_compiled_again(monkeypatch: pytest.MonkeyPatch) -> None:
    compilings(monkeypatch)
    monkeypatch.setattr(compiled, "_stamp", lambda _: (0, 0))
    assert compilings(monkeypatch) == ["404.html"]


def test_a_damaged_file_is_replaced(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    compilings(monkeypatch)
    (kept,) = folder.iterdir()
    whole = kept.read_bytes()
    for damaged in (b"", whole[:-9], whole[:60], b"x" * len(whole)):
        kept.write_bytes(damaged)
        assert compilings(monkeypatch) == ["404.html"]
        assert kept.read_bytes() == whole


def test_templates_of_other_themes_are_not_kept(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, folder: Path
) -> None:
    theme = tmp_path / "mine"
    (theme / "templates").mkdir(parents=True)
    (theme / "theme.toml").write_text("")
    (theme / "templates/404.html").write_text("gone")
    for _ in range(2):
        assert compilings(monkeypatch, find_theme(f"{theme}/")) == ["404.html"]
    assert not folder.exists()


def test_nothing_is_written_where_python_may_not(
    monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert compilings(monkeypatch) == ["404.html"]
    assert not folder.exists()


def test_a_folder_that_is_not_ours_costs_nothing(
    monkeypatch: pytest.MonkeyPatch, folder: Path
) -> None:
    folder.write_bytes(b"a file, where no folder can be made")
    assert compilings(monkeypatch) == ["404.html"]
    assert CompiledTemplates().get_cache_key("404.html") == ""
