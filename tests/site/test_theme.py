"""Themes: what a folder changes, what it inherits, and what is said when it cannot be used."""

import re
import shutil
from contextlib import chdir
from pathlib import Path

import pytest

from reportgen.cli import main
from reportgen.errors import ThemeError
from reportgen.render.bundles import joined_bytes
from reportgen.render.theme import find_theme
from tests.sites import build, difference, make_store, page, run_id, tree_of
from tests.trees import write

RUN_PAGE = f"runs/{run_id(0)}/index.html"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return make_store(tmp_path / "mlruns", runs=2)


def theme(folder: Path, extends: str = "default", **templates: str) -> Path:
    """A theme of some templates, each given by its name without the ending."""
    write(folder, {"theme.toml": f'name = "Mine"\nextends = "{extends}"\n'})
    write(folder, {f"templates/{name}.html": text for name, text in templates.items()})
    return folder


def block(name: str, text: str, of: str) -> str:
    """A template that changes one block of another."""
    return f'{{% extends "{of}" %}}{{% block {name} %}}{text}{{% endblock %}}'


def test_theme_changes_one_block_and_inherits_the_rest(store: Path, tmp_path: Path) -> None:
    mine = theme(tmp_path / "mine", run=block("metrics", "<p>our metrics</p>", "default/run.html"))
    build(store, tmp_path / "site", theme=str(mine))
    build(store, tmp_path / "plain")
    ours, plain = (page(tmp_path / name, RUN_PAGE) for name in ("site", "plain"))
    before, _, rest = plain.partition('<section><div class="sh"><h2 id="metrics">')
    after = rest.partition("</section>\n")[2]
    assert ours == f"{before}<p>our metrics</p>{after}"
    assert '<h2 id="artifacts">' in after
    assert difference(tree_of(tmp_path / "site"), tree_of(tmp_path / "plain")) == [
        f"runs/{run_id(number)}/index.html" for number in (0, 1)
    ]


def test_theme_changes_the_frame_of_all_pages(store: Path, tmp_path: Path) -> None:
    mine = theme(tmp_path / "mine", base=block("footer", "our foot", "default/base.html"))
    build(store, tmp_path / "site", theme=str(mine))
    pages = [path for path in tree_of(tmp_path / "site") if path.endswith(".html")]
    without = [path for path in pages if "our foot" not in page(tmp_path / "site", path)]
    assert without == ["404.html"]  # it has no footer


def test_theme_extends_a_theme_that_extends_default(store: Path, tmp_path: Path) -> None:
    theme(tmp_path / "ours", base=block("footer", "our foot", "default/base.html"))
    mine = theme(
        tmp_path / "mine",
        "../ours",
        base=block("header", "my head", "ours/base.html"),
        index=block("newest", "my news", "default/index.html"),
    )
    build(store, tmp_path / "site", theme=str(mine))
    text = page(tmp_path / "site", "index.html")
    assert ("our foot" in text, "my head" in text, "my news" in text) == (True, True, True)
    assert "my head" in page(tmp_path / "site", RUN_PAGE)


def test_static_files_of_a_theme_hide_inherited_ones(store: Path, tmp_path: Path) -> None:
    mine = theme(tmp_path / "mine")
    write(mine, {"static/viewers.css": "a {}", "static/fonts/own.woff2": b"font"})
    build(store, tmp_path / "site", theme=str(mine))
    found = tree_of(tmp_path / "site" / "assets")
    default = find_theme("default")
    inherited = {name: joined_bytes(paths) for name, paths in default.assets().items()}
    assert {name: body for name, body in found.items() if not name.endswith("/")} == {
        **inherited,
        "fonts/own.woff2": b"font",
        "viewers.css": b"a {}",
    }


def test_every_static_file_is_in_the_site_once_and_joined_in_its_place() -> None:
    mine = find_theme("default")
    parts = [path for paths in mine.assets().values() for path in paths]
    assert sorted(parts) == sorted(mine.static_files().values())
    scripts = joined_bytes(mine.assets()["pages.js"]).decode()
    assert re.findall(r"^/\* (\S+) \*/$", scripts, re.MULTILINE) == [
        "core.js",
        "core-state.js",
        "core-parts.js",
        "search.js",
        "search-dialog.js",
    ]


def test_a_theme_replaces_a_part_of_a_bundle_and_has_bundles_of_its_own(tmp_path: Path) -> None:
    mine = theme(tmp_path / "mine")
    bundles = '[bundles]\n"diffs.js" = ["x.js"]\n"mine.js" = ["x.js", "y.js"]\n'
    write(
        mine,
        {
            "theme.toml": bundles,
            "static/x.js": "f()",
            "static/y.js": "(g)()",
            "static/report.css": "a {}",
        },
    )
    found = find_theme(str(mine)).assets()
    assert joined_bytes(found["mine.js"]) == b"/* x.js */\nf()\n;\n/* y.js */\n(g)()\n"
    assert joined_bytes(found["diffs.js"]) == b"f()"
    assert joined_bytes(found["pages.css"]).startswith(b"/* report.css */\na {}\n/* charts.css */")


@pytest.mark.parametrize(
    ("bundles", "message"),
    [
        ("bundles = 1", "bundles is not a table"),
        ('[bundles]\n"a.js" = "b.js"', "bundles.a.js is not a list of names"),
        ('[bundles]\n"a.js" = ["b.js"]', "bundle a.js: no file b.js in"),
    ],
)
def test_wrong_bundles_are_an_error(tmp_path: Path, bundles: str, message: str) -> None:
    mine = theme(tmp_path / "mine")
    write(mine, {"theme.toml": bundles})
    with pytest.raises(ThemeError, match=message):
        find_theme(str(mine))


def test_changed_theme_changes_the_pages(store: Path, tmp_path: Path) -> None:
    mine = theme(tmp_path / "mine", base=block("footer", "one", "default/base.html"))
    build(store, tmp_path / "site", theme=str(mine))
    theme(mine, base=block("footer", "two", "default/base.html"))
    build(store, tmp_path / "site", theme=str(mine))
    build(store, tmp_path / "clean", theme=str(mine))
    assert difference(tree_of(tmp_path / "site"), tree_of(tmp_path / "clean")) == []


def test_new_file_of_a_theme_is_noticed(store: Path, tmp_path: Path) -> None:
    mine = theme(tmp_path / "mine")
    for _ in range(2):
        build(store, tmp_path / "site", theme=str(mine))
    write(mine, {"static/new.css": "a {}"})
    assert build(store, tmp_path / "site", theme=str(mine)).written[0] == "assets/new.css"


def test_theme_of_the_same_name_elsewhere_is_another(store: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        foot = block("footer", f"foot {name}", "default/base.html")
        theme(tmp_path / name / "mine", base=foot)
    for name in ("a", "a", "b"):
        with chdir(tmp_path / name):
            build(store, tmp_path / "site", theme="./mine")
    assert "foot b" in page(tmp_path / "site", "index.html")


def test_pages_fall_back_to_default_when_a_theme_is_taken_away(store: Path, tmp_path: Path) -> None:
    mine = theme(tmp_path / "mine", base=block("footer", "our foot", "default/base.html"))
    build(store, tmp_path / "site", theme=str(mine))
    shutil.rmtree(mine)
    build(store, tmp_path / "site")
    build(store, tmp_path / "clean")
    assert difference(tree_of(tmp_path / "site"), tree_of(tmp_path / "clean")) == []


def refused(name: str | Path) -> tuple[str, str]:
    """Message and hint of a theme that cannot be used."""
    with pytest.raises(ThemeError) as raised:
        find_theme(str(name))
    return str(raised.value), raised.value.hint


def test_missing_theme_is_refused(tmp_path: Path) -> None:
    hint = "built in: default; or name a folder with a theme.toml"
    assert refused("midnight") == ("no theme midnight: looked for midnight/theme.toml", hint)
    (tmp_path / "empty").mkdir()
    with chdir(tmp_path):
        assert refused("./empty") == ("no theme ./empty: looked for ./empty/theme.toml", hint)


def test_theme_that_extends_itself_is_refused(tmp_path: Path) -> None:
    theme(tmp_path / "a", "../b")
    theme(tmp_path / "b", "../a")
    hint = "see `extends` in theme.toml"
    with chdir(tmp_path):
        assert refused("./a") == ("theme ./a extends itself", hint)
        theme(tmp_path / "a", "../a")
        assert refused("./a") == ("theme ./a extends itself", hint)


def test_theme_that_extends_a_missing_one_is_refused(tmp_path: Path) -> None:
    assert refused(theme(tmp_path / "a", "../b"))[0] == "no theme ../b: looked for ../b/theme.toml"
    assert refused(theme(tmp_path / "a", "b"))[0] == "no theme b: looked for b/theme.toml"


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ("colour = 1", "unknown key colour"),
        ("name = ", "Invalid value"),
        ("extends = 3", "extends is not a text"),
        ("name = [1]", "name is not a text"),
    ],
)
def test_broken_theme_toml_is_refused(tmp_path: Path, toml: str, message: str) -> None:
    write(tmp_path / "a", {"theme.toml": toml})
    said, hint = refused(tmp_path / "a")
    assert said.startswith(f"{tmp_path / 'a' / 'theme.toml'}: {message}")
    assert hint in {"known are: name, extends, bundles", "see docs/themes.md"}


def test_refused_theme_writes_nothing(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with chdir(tmp_path):
        assert main(["build", "mlruns", "--theme", "midnight"]) == 2
    assert "[bad-theme]" in capsys.readouterr().err
    assert not (tmp_path / "site").exists()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("\n{{ view.no_such_field }}", r"AttributeError: .* 'no_such_field' \(run.html:2\)"),
        ("{{ 1 / 0 }}", r"ZeroDivisionError: division by zero \(run.html:1\)"),
        ("\n{% if %}", r"TemplateSyntaxError: Expected an expression.* \(run.html:2\)"),
        ('{% extends "nowhere.html" %}', r"TemplateNotFound: nowhere.html \(run.html:1\)"),
    ],
)
def test_broken_template_costs_its_own_pages_only(
    store: Path, tmp_path: Path, text: str, reason: str
) -> None:
    build(store, tmp_path / "site")
    before = page(tmp_path / "site", RUN_PAGE)
    mine = theme(tmp_path / "mine", run=text, base=block("footer", "our foot", "default/base.html"))
    report = build(store, tmp_path / "site", theme=str(mine))
    assert report.status == 1
    assert [failure.path for failure in report.failures] == [
        f"runs/{run_id(number)}/index.html" for number in (1, 0)
    ]
    assert re.fullmatch(reason, report.failures[0].reason)
    assert page(tmp_path / "site", RUN_PAGE) == before
    assert "our foot" in page(tmp_path / "site", "index.html")
    assert build(store, tmp_path / "site").status == 0


def test_templates_see_the_view_alone(store: Path, tmp_path: Path) -> None:
    probe = "{{ [lipsum is defined, cycler is defined, range is defined, config is defined] }}"
    mine = theme(tmp_path / "mine", index=probe)
    build(store, tmp_path / "site", theme=str(mine))
    assert page(tmp_path / "site", "index.html") == "[False, False, False, False]"
