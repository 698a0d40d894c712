"""A model as a card: what MLmodel and the small text files beside it tell.

Read are listings and these texts, nothing else:

    MLmodel  input_example.json  serving_input_example.json  registered_model_meta
    requirements.txt  r-dependencies.txt  conda.yaml  conda_env.yaml  python_env.yaml

What cannot be read becomes a sentence on the card. MLmodel's fields by release: docs/models.md.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TypeAlias

from reportgen.analysis.modelexample import Example, show_example, split_params
from reportgen.analysis.modelplace import (
    MLMODEL,
    Folder,
    LoadYaml,
    ModelFile,
    ModelPlace,
    Read,
)
from reportgen.analysis.modelrequest import Given, write_bodies
from reportgen.analysis.modelschema import Signature, json_text, read_signature, read_specs, short
from reportgen.analysis.modeluse import FLAVOURS, Snippet, Usable, bare_crate, snippets
from reportgen.values import frozen

Pairs: TypeAlias = tuple[tuple[str, str], ...]

_MAX_LINES = 300  # of requirements
_MAX_VALUE = 300  # characters
_MAX_PAIRS = 60
_MAX_FILES = 200  # listed
_LOGIN = re.compile(r"(?<=://)[^/@\s]+@")
_R_MOMENT = re.compile(r"(\d\d-\d\d-\d\dT\d\d:\d\d:)\d\d\.(\d\d(?:\.\d+)?)")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@frozen
class Flavour:
    """One way that a model can be used in."""

    key: str  # as in MLmodel
    name: str
    language: str  # "" where the flavour is not one of MLflow's
    version: str  # of the library, "" where not said


@frozen
class ModelCard:
    """All that is shown of a model."""

    place: ModelPlace
    title: str
    problem: str = ""  # why MLmodel could not be read; all else of it is then empty
    flavours: tuple[Flavour, ...] = ()
    facts: Pairs = ()
    created: int | None = None  # ms since the Unix epoch, UTC
    signature: Signature | None = None
    example: Example | None = None
    requirements: tuple[str, ...] = ()
    metadata: Pairs = ()  # what the user put into MLmodel
    addresses: Pairs = ()
    uses: tuple[Snippet, ...] = ()
    remarks: tuple[str, ...] = ()  # what else could not be read

    @property
    def label(self) -> str:
        """What tells the model from the others of its run, for those who hear the page."""
        if self.place.model_id:
            return f"{self.title} {self.place.model_id}"
        return self.place.path or self.title

    @property
    def loading(self) -> tuple[Snippet, ...]:
        """How it is loaded."""
        return tuple(use for use in self.uses if use.is_loading)

    @property
    def serving(self) -> tuple[Snippet, ...]:
        """How it is served, and how a server is asked."""
        return tuple(use for use in self.uses if not use.is_loading)

    @property
    def listed(self) -> tuple[ModelFile, ...]:
        """The files to list."""
        return self.place.files[:_MAX_FILES]


def read_card(place: ModelPlace, read: Read, load_yaml: LoadYaml) -> ModelCard:
    """The card of a model.

    `read(path, limit)` gives at most `limit` bytes of a file below the artifacts, None where it
    cannot. `load_yaml` reads a mapping safely and raises ValueError, as `load_yaml` of the readers.
    """
    title = place.name or place.path.rpartition("/")[2] or "model"
    if place.is_bare_crate:
        uses = bare_crate(place.uri, place.local)
        crate = Flavour("crate", FLAVOURS["crate"].name, "R", "")
        addresses = _addresses(place, ())
        return ModelCard(place, title, flavours=(crate,), addresses=addresses, uses=uses)
    folder = Folder(place, read, load_yaml)
    spec, problem = folder.mapping(MLMODEL)
    if spec is None:
        requirements, _ = _environment(folder)
        return ModelCard(
            place,
            title,
            problem or "is empty",
            requirements=requirements,
            addresses=_addresses(place, ()),
        )
    return _full_card(folder, title, spec)


def _full_card(folder: Folder, title: str, spec: Mapping[str, object]) -> ModelCard:
    place = folder.place
    requirements, python = _environment(folder)
    flavours = _flavours(spec.get("flavors"))
    given, example, remarks = _example(folder, spec)
    uri = place.uri or place.local
    usable = Usable(
        uri,
        tuple(flavour.key for flavour in flavours),
        frozenset(file.path for file in place.files),
        is_old=_text(spec.get("mlflow_version")).partition(".")[0] in ("", "0", "1"),
        bodies=write_bodies(given),
    )
    said = spec.get("utc_time_created", spec.get("time_created"))
    created = read_moment(said)
    return ModelCard(
        place=place,
        title=title,
        flavours=flavours,
        facts=_facts(spec, python, "" if created is not None else _text(said)),
        created=created,
        signature=read_signature(spec.get("signature")),
        example=example,
        requirements=requirements,
        metadata=_pairs(spec.get("metadata")),
        addresses=_addresses(place, _registered(folder)),
        uses=snippets(usable) if uri else (),
        remarks=remarks,
    )


def _text(value: object) -> str:
    """A value of MLmodel on one line; "" for null."""
    if value is None:
        return ""
    text = value if isinstance(value, str) else json_text(value)
    return short(" ".join(text.split()), _MAX_VALUE)


def _pairs(value: object) -> Pairs:
    if not isinstance(value, Mapping):
        return ()
    rows = [(short(str(key), _MAX_VALUE), _text(item)) for key, item in value.items()]
    return tuple(rows[:_MAX_PAIRS])


def _flavours(value: object) -> tuple[Flavour, ...]:
    """The flavours in the order of MLmodel, the general python_function last."""
    if not isinstance(value, Mapping):
        return ()
    found = []
    for key, settings in list(value.items())[:_MAX_PAIRS]:
        known = FLAVOURS.get(str(key))
        name, language = (known.name, known.language) if known else (str(key), "")
        version = _version(settings) if key != "python_function" else ""
        found.append(Flavour(short(str(key), _MAX_VALUE), name, language, version))
    return tuple(sorted(found, key=lambda flavour: flavour.key == "python_function"))


def _version(settings: object) -> str:
    """The library's version: `sklearn_version`, `xgb_version`, or `version` of R's flavours."""
    if not isinstance(settings, Mapping):
        return ""
    keys = [key for key in settings if str(key).endswith("version") and settings[key] is not None]
    return _text(settings[keys[0]]) if keys else ""


def _facts(spec: Mapping[str, object], python: str, created: str) -> Pairs:
    flavours = spec.get("flavors")
    pyfunc = flavours.get("python_function") if isinstance(flavours, Mapping) else None
    settings: Mapping[str, object] = pyfunc if isinstance(pyfunc, Mapping) else {}
    model_id = _text(spec.get("model_id"))
    uuid = _text(spec.get("model_uuid"))
    rows = [
        ("Created", created),
        ("Loader module", _text(settings.get("loader_module"))),
        ("Model data", _text(settings.get("model_path", settings.get("data")))),
        ("Python", _text(settings.get("python_version")) or python),
        ("MLflow", _text(spec.get("mlflow_version"))),
        ("Model id", model_id),
        ("Model UUID", uuid if uuid != model_id else ""),
        ("Source run", _text(spec.get("run_id"))),
    ]
    return tuple(row for row in rows if row[1])


def read_moment(value: object) -> int | None:
    """When a model was made, in ms since the Unix epoch; None where it is not a time.

    `2026-03-03 09:24:59.000000` without a zone is UTC. R wrote the year with two digits and the
    seconds twice until MLflow 1.7, `20-03-11T18:50:41.41.05`, and seconds since the epoch at first.
    """
    try:
        if isinstance(value, float | int) and not isinstance(value, bool):
            moment = datetime.fromtimestamp(value, UTC)
        else:
            doubled = _R_MOMENT.fullmatch(str(value))
            text = f"20{doubled[1]}{doubled[2]}" if doubled else str(value)
            moment = datetime.fromisoformat(_padded(text))
            moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return (moment - _EPOCH) // _MILLISECOND
    except (ValueError, OverflowError, OSError):
        return None


_MILLISECOND = datetime.resolution * 1000


def _padded(text: str) -> str:
    """A fraction of a second with six digits, as Python 3.11 reads it."""
    head, dot, fraction = text.partition(".")
    return f"{head}.{fraction[:6]:0<6}" if dot and fraction.isdigit() else text


def _example(
    folder: Folder, spec: Mapping[str, object]
) -> tuple[Given, Example | None, tuple[str, ...]]:
    """What is known of the input; the example to show; what could not be read."""
    said = spec.get("saved_input_example_info")
    info: Mapping[str, object] = said if isinstance(said, Mapping) else {}
    name = _text(info.get("artifact_path")) or "input_example.json"
    serving_name = _text(info.get("serving_input_path")) or "serving_input_example.json"
    value, reason = folder.json(name)
    serving, serving_reason = folder.json(serving_name)
    remarks = [f"{name} {reason}"] if reason else []
    remarks += [f"{serving_name} {serving_reason}"] if serving_reason else []
    example, params = split_params(value, info)
    signature = spec.get("signature")
    parts: Mapping[str, object] = signature if isinstance(signature, Mapping) else {}
    given = Given(
        example=example,
        params=params,
        kind=_text(info.get("type")),
        serving=serving,
        inputs=read_specs(parts.get("inputs"))[0],
        param_specs=read_specs(parts.get("params"))[0],
    )
    shown = None if example is None else show_example(example, params)
    return given, shown, tuple(remarks)


def _environment(folder: Folder) -> tuple[tuple[str, ...], str]:
    """What a model needs, a line each, and the version of Python, "" where not said."""
    python_env = folder.mapping("python_env.yaml")[0] or {}
    conda = folder.mapping("conda.yaml")[0] or folder.mapping("conda_env.yaml")[0] or {}
    said = conda.get("dependencies")
    wanted = said if isinstance(said, list) else []
    pythons = [item[7:] for item in wanted if isinstance(item, str) and item.startswith("python=")]
    python = _text(python_env.get("python")) or _text("".join(pythons[:1])).lstrip("=")
    body = folder.bytes("requirements.txt")[0] or folder.bytes("r-dependencies.txt")[0]
    if body is not None:
        lines = body.decode("utf-8-sig", "replace").splitlines()
    else:
        pip = [item["pip"] for item in wanted if isinstance(item, Mapping) and "pip" in item]
        nested = [line for part in pip if isinstance(part, list) for line in part]
        lines = [line for line in [*wanted, *nested] if isinstance(line, str)]
    clean = [_LOGIN.sub("…@", short(line.strip(), _MAX_VALUE)) for line in lines if line.strip()]
    return tuple(clean[:_MAX_LINES]), python


def _registered(folder: Folder) -> Pairs:
    """The address in the registry, in a folder that was fetched from one."""
    meta = folder.mapping("registered_model_meta")[0] or {}
    name, version = _text(meta.get("model_name")), _text(meta.get("model_version"))
    return (("Registered", f"models:/{name}/{version}"),) if name and version else ()


def _addresses(place: ModelPlace, registered: Pairs) -> Pairs:
    rows = (("In MLflow", place.uri), *registered, ("In a copy of the store", place.local))
    return tuple(row for row in rows if row[1])
