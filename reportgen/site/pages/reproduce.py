"""How to do a run again: the commit, the program, its parameters, its environment."""

import json
import re
import shlex

from reportgen.analysis.repository import commit_url, is_commit, is_known_host, repository_of
from reportgen.model import Run
from reportgen.values import frozen

_ENVIRONMENTS = {
    "requirements.txt": "pip install -r",
    "conda.yaml": "conda env create -f",
    "renv.lock": "Rscript -e 'renv::restore(lockfile = commandArgs(TRUE)[1])'",
}
# What MLflow takes for the program where a notebook runs that it cannot name.
_KERNELS = {"ipykernel_launcher.py", "colab_kernel_launcher.py"}


@frozen
class Recipe:
    """What a reader types to do the run again, and what is known of where it came from."""

    commit: str  # of git; "" where none is recorded
    commit_url: str  # the commit's page at its host; "" where that is not known
    branch: str
    commands: str  # for a shell, a line each; "" where nothing is known
    params: str  # JSON
    entry_point: str  # of an MLflow project


def recipe_of(run: Run) -> Recipe:
    """The recipe of a run, from its tags, its source and the names of its artifacts."""
    repository = repository_of(run)
    commit = run.source_version.strip()
    return Recipe(
        commit=commit,
        commit_url=commit_url(repository, commit),
        branch=run.tags.get("mlflow.source.git.branch", ""),
        commands="\n".join(_commands(run, repository, commit)),
        params=json.dumps(dict(run.params), indent=2, ensure_ascii=False) if run.params else "",
        entry_point=_entry_point(run),
    )


def _commands(run: Run, repository: str, commit: str) -> list[str]:
    lines = []
    known = is_commit(commit)
    if run.source_type == "PROJECT" and run.source:
        return [_project_command(run, commit if known else "")]
    if known:
        if is_known_host(repository):
            lines.append(f"git clone {shlex.quote(repository)} && cd {_folder(repository)}")
        lines.append(f"git checkout {commit}")
    lines += _environment(run)
    program = _program(run.source)
    if program:
        lines.append(program)
    return lines


def _entry_point(run: Run) -> str:
    return run.tags.get("mlflow.project.entryPoint", "")


def _project_command(run: Run, commit: str) -> str:
    parts = ["mlflow run", _word(run.source)]
    entry = _entry_point(run) or "main"
    if entry != "main":
        parts.append(f"-e {shlex.quote(entry)}")
    if commit:
        parts.append(f"-v {commit}")
    parts += [f"-P {shlex.quote(f'{key}={value}')}" for key, value in run.params.items()]
    return " ".join(parts)


def _folder(repository: str) -> str:
    return _word(repository.rstrip("/").rpartition("/")[2].removesuffix(".git"))


def _word(path: str) -> str:
    """A path as one word of a shell, which no program takes for an option."""
    return shlex.quote(f"./{path}" if path.startswith("-") else path)


def _environment(run: Run) -> list[str]:
    """One line for the first file of an environment that was logged, nearest the top."""
    paths = sorted((artifact.path for artifact in run.artifacts), key=lambda p: (p.count("/"), p))
    for name, command in _ENVIRONMENTS.items():
        for path in paths:
            if path.rpartition("/")[2] == name:
                return [f"{command} {shlex.quote(path)}"]
    return []


def source_name(source: str) -> str:
    """A program without the folder it lay in; an address, or the module of a project, as it is."""
    if "://" in source or "#" in source:
        return source
    return re.split(r"[\\/]", source.rstrip("\\/"))[-1]


def _program(source: str) -> str:
    """The command that starts a script, by its ending; only the name of the file is used."""
    name = source_name(source)
    if name in _KERNELS:
        return "# in a notebook, whose name was not recorded"
    for ending, interpreter in ((".py", "python"), (".R", "Rscript"), (".r", "Rscript")):
        if name.endswith(ending):
            return f"{interpreter} {_word(name)}"
    return f"jupyter lab {_word(name)}" if name.endswith(".ipynb") else ""
