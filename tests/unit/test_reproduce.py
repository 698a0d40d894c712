"""How to do a run again: links to commits, and commands that a shell takes as they are meant."""

import json
import shlex
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reportgen.analysis.repository import commit_url
from reportgen.model import Artifact, Run
from reportgen.site.pages.reproduce import recipe_of, source_name

COMMIT = "0123456789abcdef0123456789abcdef01234567"
GITHUB = f"https://github.com/ana/beans/commit/{COMMIT}"
WORDS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)


def run(repository: str = "", paths: tuple[str, ...] = (), **fields: Any) -> Run:
    tags = {"mlflow.source.git.repoURL": repository} if repository else {}
    artifacts = tuple(Artifact(path, 1) for path in paths)
    plain = Run("r", "1", "run", "1/r", source_version=COMMIT, artifacts=artifacts)
    return replace(plain, **{"tags": tags, **fields})


@pytest.mark.parametrize(
    ("repository", "url"),
    [
        ("https://github.com/ana/beans", GITHUB),
        ("https://github.com/ana/beans.git", GITHUB),
        ("https://github.com/ana/beans/", GITHUB),
        (" https://github.com/ana/beans.git\n", GITHUB),
        ("https://ana@github.com/ana/beans.git", GITHUB),
        ("git@github.com:ana/beans.git", GITHUB),
        ("ssh://git@github.com/ana/beans.git", GITHUB),
        (
            "git@gitlab.com:group/sub/beans.git",
            f"https://gitlab.com/group/sub/beans/-/commit/{COMMIT}",
        ),
        ("https://gitlab.com/ana/beans", f"https://gitlab.com/ana/beans/-/commit/{COMMIT}"),
        ("git@bitbucket.org:ana/beans", f"https://bitbucket.org/ana/beans/commits/{COMMIT}"),
        ("https://codeberg.org/ana/beans", f"https://codeberg.org/ana/beans/commit/{COMMIT}"),
    ],
)
def test_commit_is_linked_at_its_host(repository: str, url: str) -> None:
    assert commit_url(repository, COMMIT) == url
    assert recipe_of(run(repository)).commit_url == url


@pytest.mark.parametrize(
    "repository",
    [
        "",
        "https://github.com/ana",
        "http://github.com/ana/beans",
        "https://github.com.evil.invalid/ana/beans",
        "https://evil.invalid/github.com/ana/beans",
        "https://github.com@evil.invalid/ana/beans",
        "https://github.com:x@evil.invalid/ana/beans",
        "https://ana:secret@github.com/ana/beans",
        "https://github.com/ana/beans?x=1",
        "https://github.com/ana/beans#x",
        "https://github.com/ana/be ans",
        "https://github.com/ana/beans\nhttps://github.com/a/b",
        'https://github.com/ana/beans"onmouseover="x',
        "https://github.com/ana/<script>",
        "javascript:alert(1)//github.com/ana/beans",
        "git@github.com:ana/beans.git;id",
        "git@github.com.evil.invalid:ana/beans",
        "file:///srv/git/beans",
        "/home/ana/beans",
        "https://dev.azure.com/ana/beans",
    ],
)
def test_other_repositories_give_neither_link_nor_clone(repository: str) -> None:
    recipe = recipe_of(run(repository, source="train.py"))
    assert (recipe.commit, recipe.commit_url) == (COMMIT, "")
    assert recipe.commands == f"git checkout {COMMIT}\npython train.py"


@pytest.mark.parametrize(
    "commit", ["", "main", "012345", "0123456; id", "0" * 65, "x" * 40, f"{COMMIT}\n;id", "-f"]
)
def test_what_is_no_commit_gives_neither_link_nor_checkout(commit: str) -> None:
    recipe = recipe_of(run("https://github.com/ana/beans", source_version=commit, source="a.py"))
    assert (recipe.commit, recipe.commit_url) == (commit.strip(), "")
    assert recipe.commands == "python a.py"


def test_short_commit_and_old_tag_of_the_repository_are_known() -> None:
    tags = {"mlflow.gitRepoURL": "https://github.com/ana/beans"}
    recipe = recipe_of(run(source_version="0123456", tags=tags))
    assert recipe.commit_url == "https://github.com/ana/beans/commit/0123456"


def test_whole_recipe() -> None:
    paths = ("model/requirements.txt", "deep/er/requirements.txt", "conda.yaml", "a.txt")
    recipe = recipe_of(
        run(
            "git@github.com:ana/beans.git",
            paths,
            source="/home/ana/beans/train beans.py",
            params={"lr": "0.1", "ünï": '"'},
        )
    )
    assert recipe.commands.splitlines() == [
        "git clone git@github.com:ana/beans.git && cd beans",
        f"git checkout {COMMIT}",
        "pip install -r model/requirements.txt",
        "python 'train beans.py'",
    ]
    assert json.loads(recipe.params) == {"lr": "0.1", "ünï": '"'}
    assert "ünï" in recipe.params


@pytest.mark.parametrize(
    ("source", "command"),
    [
        ("train.R", "Rscript train.R"),
        ("C:\\work\\fit.r", "Rscript fit.r"),
        ("book.ipynb", "jupyter lab book.ipynb"),
        ("train", ""),
        ("", ""),
        (
            "/usr/lib/python3/site-packages/ipykernel_launcher.py",
            "# in a notebook, whose name was not recorded",
        ),
        ("-cimport os.py", "python './-cimport os.py'"),
        ("$(id).py", "python '$(id).py'"),
    ],
)
def test_program_is_started_by_its_name(source: str, command: str) -> None:
    assert recipe_of(run(source=source, source_version="")).commands == command


@pytest.mark.parametrize(
    ("path", "command"),
    [
        ("conda.yaml", "conda env create -f conda.yaml"),
        ("renv.lock", "Rscript -e 'renv::restore(lockfile = commandArgs(TRUE)[1])' renv.lock"),
        ("a b/requirements.txt", "pip install -r 'a b/requirements.txt'"),
        ("$(id)/requirements.txt", "pip install -r '$(id)/requirements.txt'"),
        ("requirements.txt.bak", ""),
    ],
)
def test_environment_is_made_of_a_file_that_was_logged(path: str, command: str) -> None:
    assert recipe_of(run(paths=(path,), source_version="")).commands == command


def test_project_is_run_with_its_parameters() -> None:
    project = run(
        source="https://github.com/mlflow/mlflow-example",
        source_type="PROJECT",
        tags={"mlflow.project.entryPoint": "fit it"},
        params={"alpha": "0.5", "note": "it's"},
    )
    recipe = recipe_of(project)
    assert shlex.split(recipe.commands) == [
        *("mlflow", "run", "https://github.com/mlflow/mlflow-example", "-e", "fit it"),
        *("-v", COMMIT, "-P", "alpha=0.5", "-P", "note=it's"),
    ]
    assert recipe.entry_point == "fit it"


@given(WORDS, WORDS, WORDS, WORDS)
def test_no_text_of_a_store_ends_its_word(source: str, entry: str, key: str, value: str) -> None:
    tags = {"mlflow.project.entryPoint": entry}
    project = run(source=f"x{source}", source_type="PROJECT", tags=tags, params={key: value})
    words = shlex.split(recipe_of(project).commands)
    assert words[:3] == ["mlflow", "run", f"x{source}"]
    assert words[-2:] == ["-P", f"{key}={value}"]
    script = recipe_of(run(source=f"{source}.py", source_version="")).commands
    name = source_name(f"{source}.py")
    assert shlex.split(script) == ["python", f"./{name}" if name.startswith("-") else name]


def test_nothing_known_is_nothing_told() -> None:
    recipe = recipe_of(Run("r", "1", "run", "1/r"))
    assert (recipe.commands, recipe.params, recipe.commit, recipe.branch) == ("", "", "", "")
