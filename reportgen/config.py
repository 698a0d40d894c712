"""What the user asked for: `reportgen.toml`, or `[tool.reportgen]` in pyproject.toml, as Options.

Paths in the file are relative to the file. An unknown key is an error that names the nearest one.
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

from reportgen.errors import ConfigError

CONFIG_FILE = "reportgen.toml"
HELDOUT_MODES = ("aside", "sealed", "open")
_UNITS = {"": 1, "B": 1, "KB": 1000, "MB": 1000**2, "GB": 1000**3}
_UNITS |= {"KIB": 1 << 10, "MIB": 1 << 20, "GIB": 1 << 30}
_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|min|[smhd])", re.IGNORECASE)
_DURATION_UNITS = {"ms": 1, "s": 1000, "m": 60_000, "min": 60_000, "h": 3_600_000, "d": 86_400_000}


@dataclass(frozen=True, slots=True)
class Options:
    """Everything that decides what a build does; command-line options win over the file."""

    title: str = "Experiments"
    url: str = ""  # where the site will stand, for the links of 404.html; "" where unknown
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
    failure_rules: tuple[tuple[str, str], ...] = ()  # name and pattern of causes
    accepted: tuple[tuple[str, str], ...] = ()  # findings -> the reason to leave them
    heldout: str = "aside"  # where test results stand: "aside", "sealed" or "open"
    max_looks: int = 10  # at one test set, beyond which the pages say that it is worn
    test_rows: tuple[tuple[str, int], ...] = ()  # test set or metric -> rows it was measured on
    ledger: str = ""  # the file of the looks at test sets; "" = beside the config or the site
    jobs: int = 0  # processes; 0 = one for each core
    strict: bool = False  # problems of the store make the exit status 1
    source: str = ""  # the config file that was read, or ""


Parser: TypeAlias = Callable[[Any], object]


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("a text in quotes")
    return value


def _texts(value: Any) -> tuple[str, ...]:
    items = [value] if isinstance(value, str) else value
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        raise TypeError("a text, or a list of texts")
    return tuple(items)


def _url(value: Any) -> str:
    url = _text(value)
    if url and not url.startswith(("https://", "http://")):
        raise TypeError("an address that starts with https://")
    return url


def _count(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise TypeError("a whole number, 0 or more")
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError("true or false")
    return value


def _mode(value: Any) -> str:
    if value not in HELDOUT_MODES:
        raise TypeError(f"one of {', '.join(HELDOUT_MODES)}")
    return str(value)


def _rows(value: Any) -> tuple[tuple[str, int], ...]:
    """A table from test sets or metrics to numbers of rows, in its order."""
    numbers = value.values() if isinstance(value, dict) else (None,)
    if not all(type(number) is int and number > 0 for number in numbers):
        raise TypeError('a table of whole numbers above 0, such as { "digits_test" = 1000 }')
    return tuple(value.items())


def _words(value: Any) -> tuple[tuple[str, str], ...]:
    """A table from patterns of metric names to words, in its order."""
    if not isinstance(value, dict) or not all(isinstance(word, str) for word in value.values()):
        raise TypeError('a table of texts, such as { "val_*" = "val" }')
    return tuple(value.items())


def parse_size(value: Any) -> int:
    """Bytes from an int or a text such as "5 MiB". Raises TypeError that says what is expected."""
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    if isinstance(value, str):
        text = value.strip()
        digits = text.rstrip("BbKkMmGgIi ")
        unit = text[len(digits) :].strip().upper()
        if digits.replace(".", "", 1).isdecimal() and unit in _UNITS:
            amount = float(digits) * _UNITS[unit]
            if amount < 1 << 63:
                return int(amount)
    raise TypeError('a size such as "5 MiB"')


def parse_duration(value: Any) -> int:
    """Milliseconds from seconds or a text such as "1h 30m"; TypeError says what is expected."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 40:
        return value * 1000
    if isinstance(value, str):
        parts = _DURATION.findall(value)
        if parts and not _DURATION.sub("", value).strip():
            total = sum(float(amount) * _DURATION_UNITS[unit.lower()] for amount, unit in parts)
            if total < 1 << 50:
                return round(total)
    raise TypeError('a duration such as "30m", "12h" or "2d"')


def _rules(value: Any) -> tuple[tuple[str, str], ...]:
    """A list of tables with a name and a pattern."""
    expected = 'a list of tables such as { name = "out of memory", match = "CUDA out of memory" }'
    if not isinstance(value, list):
        raise TypeError(expected)
    found = []
    for item in value:
        if not isinstance(item, dict) or sorted(item) != ["match", "name"]:
            raise TypeError(expected)
        found.append((_text(item["name"]), _text(item["match"])))
    return tuple(found)


# section -> key -> (field of Options, parser); the one place that a new key is added to
SCHEMA: Mapping[str, Mapping[str, tuple[str, Parser]]] = {
    "site": {"title": ("title", _text), "url": ("url", _url)},
    "build": {
        "store": ("stores", _texts),
        "output": ("output", _text),
        "theme": ("theme", _text),
        "experiments": ("experiments", _texts),
        "filter": ("filter", _text),
        "deleted": ("deleted", _flag),
        "jobs": ("jobs", _count),
        "strict": ("strict", _flag),
    },
    "metrics": {
        "roles": ("roles", _words),
        "direction": ("directions", _words),
        "primary": ("primary", _texts),
        "allow_test_ranking": ("test_ranking", _text),
    },
    "runs": {
        "seed_params": ("seed_params", _texts),
        "stalled_after": ("stalled_after", parse_duration),
        "baseline": ("baseline", _texts),
    },
    "failures": {"rule": ("failure_rules", _rules)},
    "findings": {"accept": ("accepted", _words)},
    "heldout": {
        "mode": ("heldout", _mode),
        "max_looks": ("max_looks", _count),
        "n": ("test_rows", _rows),
        "ledger": ("ledger", _text),
    },
    "artifacts": {"max_file": ("max_file", parse_size), "max_run": ("max_run", parse_size)},
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
            path = Path("pyproject.toml")
    if not path.is_file():
        return Options()
    tables = _read_toml(path)
    if path.name == "pyproject.toml":
        tables = tables.get("tool", {}).get("reportgen")
        if tables is None:
            return Options()
    return replace(_parse(tables, path), source=str(path))


def _read_toml(path: Path) -> dict[str, Any]:
    import tomllib  # only where there is a file: a build that has nothing to do stays quick

    try:
        return tomllib.loads(path.read_text("utf-8"))
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
            raise _unknown(path, f"[{section}]", section, SCHEMA)
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


def _unknown(path: Path, shown: str, key: str, known: Mapping[str, object]) -> ConfigError:
    from difflib import get_close_matches

    near = get_close_matches(key, known, n=1, cutoff=0.4)
    hint = f"did you mean {near[0]}?" if near else f"known are: {', '.join(known)}"
    return ConfigError(f"{path}: unknown key {shown}", hint=hint)


def _at_home(options: Options, home: Path) -> Options:
    """Paths of the file, which are relative to its folder, as paths from here."""
    if home == Path():
        return options
    theme = options.theme
    return replace(
        options,
        stores=tuple(s if ":" in s else os.path.join(home, s) for s in options.stores),  # noqa: PTH118
        output=os.path.join(home, options.output),  # noqa: PTH118
        theme=os.path.join(home, theme) if "/" in theme or os.sep in theme else theme,  # noqa: PTH118
        ledger=os.path.join(home, options.ledger) if options.ledger else "",  # noqa: PTH118
    )
