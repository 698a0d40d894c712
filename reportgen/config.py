"""What the user asked for: `reportgen.toml`, or `[tool.reportgen]` in pyproject.toml, as Options.

Paths in the file are relative to the file. An unknown key is an error that names the nearest one.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from reportgen.configvalues import (
    GateRule,
    Parser,
    parse_count,
    parse_duration,
    parse_flag,
    parse_gate,
    parse_host,
    parse_mode,
    parse_name,
    parse_refresh,
    parse_robots,
    parse_rows,
    parse_rules,
    parse_size,
    parse_text,
    parse_texts,
    parse_url,
    parse_words,
)
from reportgen.errors import ConfigError

CONFIG_FILE = "reportgen.toml"
PROJECT_FILE = "pyproject.toml"  # of which the tables below tool.reportgen count


@dataclass(frozen=True, slots=True)
class Options:
    """Everything that decides what a build does; command-line options win over the file."""

    title: str = "Experiments"
    url: str = ""  # where the site will stand; "" where unknown
    robots: str = "index"  # what search engines are asked to do: "index" or "noindex"
    refresh: int = 0  # ms between two looks of an open page for a newer one; 0 = it does not look
    stores: tuple[str, ...] = ()  # () = as MLflow would find one
    output: str = "site"
    theme: str = "default"
    experiments: tuple[str, ...] = ()  # names; () = all
    filter: str = ""  # MLflow's search syntax; "" = all runs
    deleted: bool = False  # include what the store has deleted
    max_file: int = 5 << 20  # bytes of an artifact, to be copied
    max_run: int = 50 << 20  # bytes of all artifacts of a run, to be copied
    roles: tuple[tuple[str, str], ...] = ()  # pattern of metric names -> role
    directions: tuple[tuple[str, str], ...] = ()  # pattern -> "higher" or "lower"
    primary: tuple[str, ...] = ()  # metrics to rank by: the first that an experiment has
    test_ranking: str = ""  # the reason why runs may be ranked by a test metric; "" = they may not
    seed_params: tuple[str, ...] = ()  # parameters that only choose the dice; () = found by name
    baseline: tuple[str, ...] = ()  # runs to compare those of their experiments with
    stalled_after: int = 30 * 60_000  # ms without a sign of life of a running run; 0 = never
    now: int = 0  # ms; what counts as now, if it is after the newest entry of all runs
    failure_rules: tuple[tuple[str, str], ...] = ()  # name and pattern of causes
    accepted: tuple[tuple[str, str], ...] = ()  # findings -> the reason to leave them
    heldout: str = "aside"  # where test results stand: "aside", "sealed" or "open"
    max_looks: int = 10  # at one test set, beyond which the pages say that it is worn
    test_rows: tuple[tuple[str, int], ...] = ()  # test set or metric -> rows it was measured on
    gate: tuple[GateRule, ...] = ()  # what new runs may not be worse by
    ledger: str = ""  # the file of the looks at test sets; "" = beside the config or the site
    jobs: int = 0  # processes; 0 = one for each core
    public: bool = False  # the site is for everybody: what is private is redacted
    redact: tuple[str, ...] = ()  # patterns of more that is private
    keep: tuple[str, ...] = ()  # kinds of what is private that stay: user, home, host, email
    allow: tuple[str, ...] = ()  # patterns of parameters and tags whose values stay
    publish_remote: str = ""  # a name or an address; "" = origin, or the only one
    publish_branch: str = "gh-pages"
    publish_folder: str = ""  # of the public edition; "" = the output folder with "-public" behind
    publish_cname: str = ""  # the host of a site that has its own; "" = as the branch says
    publish_max_size: int = 10**9  # bytes of all that is published: what GitHub Pages takes
    publish_history: bool = False  # each publish adds a commit
    strict: bool = False  # problems of the store make the exit status 1
    source: str = ""  # the config file that was read, or ""


# section -> key -> (field of Options, parser); the one place that a new key is added to
SCHEMA: Mapping[str, Mapping[str, tuple[str, Parser]]] = {
    "site": {
        "title": ("title", parse_text),
        "url": ("url", parse_url),
        "robots": ("robots", parse_robots),
        "refresh": ("refresh", parse_refresh),
    },
    "build": {
        "store": ("stores", parse_texts),
        "output": ("output", parse_name),
        "theme": ("theme", parse_name),
        "experiments": ("experiments", parse_texts),
        "filter": ("filter", parse_text),
        "deleted": ("deleted", parse_flag),
        "jobs": ("jobs", parse_count),
        "strict": ("strict", parse_flag),
    },
    "metrics": {
        "roles": ("roles", parse_words),
        "direction": ("directions", parse_words),
        "primary": ("primary", parse_texts),
        "allow_test_ranking": ("test_ranking", parse_text),
    },
    "runs": {
        "seed_params": ("seed_params", parse_texts),
        "stalled_after": ("stalled_after", parse_duration),
        "baseline": ("baseline", parse_texts),
    },
    "failures": {"rule": ("failure_rules", parse_rules)},
    "findings": {"accept": ("accepted", parse_words)},
    "heldout": {
        "mode": ("heldout", parse_mode),
        "max_looks": ("max_looks", parse_count),
        "n": ("test_rows", parse_rows),
        "ledger": ("ledger", parse_text),
    },
    "privacy": {
        "public": ("public", parse_flag),
        "redact": ("redact", parse_texts),
        "keep": ("keep", parse_texts),
        "allow": ("allow", parse_texts),
    },
    "gate": {"rule": ("gate", parse_gate)},
    "artifacts": {"max_file": ("max_file", parse_size), "max_run": ("max_run", parse_size)},
    "publish": {
        "remote": ("publish_remote", parse_text),
        "branch": ("publish_branch", parse_text),
        "folder": ("publish_folder", parse_text),
        "cname": ("publish_cname", parse_host),
        "max_size": ("publish_max_size", parse_size),
        "keep_history": ("publish_history", parse_flag),
    },
}


def load_options(named: str | None = None) -> Options:
    """The options of the config file: the named one, ./reportgen.toml, or ./pyproject.toml.

    Defaults where there is none. Raises ConfigError for a file that is missing, broken or wrong.
    """
    if named is not None:
        path = Path(named)
        if not path.is_file():
            raise ConfigError(f"no config file {named}", hint="`reportgen init` writes one")
    else:
        path = Path(CONFIG_FILE)
        if not path.is_file():
            path = Path(PROJECT_FILE)
    if not path.is_file():
        return Options()
    tables: Any = _read_toml(path)
    if path.name == PROJECT_FILE:
        tool = tables.get("tool")
        tables = tool.get("reportgen") if isinstance(tool, dict) else None
        if tables is None:
            return Options()
    return replace(_parse(tables, path), source=str(path))


def _read_toml(path: Path) -> dict[str, Any]:
    import tomllib  # only where there is a file: a build that has nothing to do stays quick

    try:
        return tomllib.loads(path.read_text("utf-8-sig"))  # Notepad marks its UTF-8
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: {error}", hint="see docs/configuration.md") from error
    except OSError as error:
        raise ConfigError(f"{path}: {error.strerror}", hint="check its permissions") from error


def _parse(tables: Any, path: Path) -> Options:
    if not isinstance(tables, dict):
        raise ConfigError(f"{path}: tool.reportgen is not a table", hint="[tool.reportgen.build]")
    values: dict[str, object] = {}
    for section, keys in tables.items():
        if section not in SCHEMA:
            raise _unknown_section(path, section)
        if not isinstance(keys, dict):
            raise ConfigError(f"{path}: {section} is not a table", hint=f"write [{section}]")
        for key, value in keys.items():
            if key not in SCHEMA[section]:
                raise _unknown(path, f"{section}.{key}", key, SCHEMA[section])
            name, parser = SCHEMA[section][key]
            try:
                values[name] = parser(value)
            except TypeError as error:
                raise ConfigError(
                    f"{path}: {section}.{key} = {value!r} is not {error}",
                    hint="see docs/configuration.md",
                ) from None
    return _at_home(replace(Options(), **values), path.parent)  # type: ignore[arg-type]


def _unknown_section(path: Path, name: str) -> ConfigError:
    """For a table that is none, also a key that stands above all tables."""
    homes = [f"[{section}]" for section, keys in SCHEMA.items() if name in keys]
    if homes:
        hint = f"write it below {' or '.join(homes)}"
        return ConfigError(f"{path}: {name} stands in no table", hint=hint)
    return _unknown(path, f"[{name}]", name, SCHEMA)


def _unknown(path: Path, shown: str, key: str, known: Mapping[str, object]) -> ConfigError:
    from difflib import get_close_matches

    near = get_close_matches(key, known, n=1, cutoff=0.4)
    hint = f"did you mean {near[0]}?" if near else f"known are: {', '.join(known)}"
    return ConfigError(f"{path}: unknown key {shown}", hint=hint)


def _at_home(options: Options, home: Path) -> Options:
    """Paths of the file, which are relative to its folder, as paths from here."""
    if home == Path():
        return options
    theme, folder = options.theme, options.publish_folder
    return replace(
        options,
        stores=tuple(s if ":" in s else os.path.join(home, s) for s in options.stores),  # noqa: PTH118
        output=os.path.join(home, options.output),  # noqa: PTH118
        theme=os.path.join(home, theme) if "/" in theme or os.sep in theme else theme,  # noqa: PTH118
        publish_folder=os.path.join(home, folder) if folder else "",  # noqa: PTH118
        ledger=os.path.join(home, options.ledger) if options.ledger else "",  # noqa: PTH118
    )
