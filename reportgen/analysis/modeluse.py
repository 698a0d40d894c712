"""How a model is loaded and served from Python and from R, as text to copy.

Python: `mlflow.pyfunc`, `mlflow.<flavour>`, `mlflow models serve`. R: `mlflow_load_model` and
`mlflow_rfunc_serve` of the package mlflow, which know the flavours crate, keras, xgboost and h2o
in the files that R itself writes. `flavours` is the registry of names.
"""

import json
import shlex
from collections.abc import Mapping

from reportgen.analysis.modelrequest import Bodies
from reportgen.values import frozen


@frozen
class Known:
    """A flavour that MLflow has, or had."""

    name: str  # to show
    language: str  # "Python", "R" or "Java"
    module: str = ""  # with `load_model`, in Python; "" where there is none


_OF_PYTHON = {
    "catboost": "CatBoost",
    "diffusers": "Diffusers",
    "diviner": "Diviner",
    "dspy": "DSPy",
    "fastai": "fastai",
    "gluon": "MXNet Gluon",
    "h2o": "H2O",
    "johnsnowlabs": "John Snow Labs",
    "keras": "Keras",
    "langchain": "LangChain",
    "lightgbm": "LightGBM",
    "llama_index": "LlamaIndex",
    "onnx": "ONNX",
    "openai": "OpenAI",
    "paddle": "PaddlePaddle",
    "pmdarima": "pmdarima",
    "promptflow": "Prompt flow",
    "prophet": "Prophet",
    "pytorch": "PyTorch",
    "sentence_transformers": "Sentence Transformers",
    "shap": "SHAP",
    "sklearn": "scikit-learn",
    "spacy": "spaCy",
    "spark": "Spark ML",
    "statsmodels": "statsmodels",
    "tensorflow": "TensorFlow",
    "transformers": "Transformers",
    "xgboost": "XGBoost",
}
FLAVOURS: Mapping[str, Known] = {
    "python_function": Known("Python function", "Python", "mlflow.pyfunc"),
    "crate": Known("R crate", "R"),
    "r_function": Known("R function", "R"),  # before MLflow 0.6
    "mleap": Known("MLeap", "Java"),
    **{key: Known(name, "Python", f"mlflow.{key}") for key, name in _OF_PYTHON.items()},
}

# What R's loader opens, by flavour: it does not look at what MLmodel says of the file.
_R_FILES = {
    "crate": "crate.bin",
    "keras": "model.h5",
    "xgboost": "model.xgb",
    "h2o": "model.h2o/h2o.yaml",
}

_OLD_SERVER = "MLflow before 2.0 takes the table itself, without dataframe_split around it."
_NO_NULL = (
    "MLflow refuses null in columns of type integer, long and binary, and reads it as false in "
    "boolean ones: where values can be missing, a signature must say double or string."
)
_PLACEHOLDERS = "The values are placeholders, written from the signature."
_INVENTED = "The names of the columns are invented: write those that the model was fitted on."


@frozen
class Snippet:
    """A piece of text to copy."""

    title: str
    language: str  # "python", "r" or "sh"
    code: str
    remark: str = ""

    @property
    def is_loading(self) -> bool:
        """Whether it loads the model; else it serves it or asks a server."""
        return self.title.startswith("Load")


@frozen
class Usable:
    """What the texts depend on."""

    uri: str
    flavours: tuple[str, ...]  # keys
    files: frozenset[str]  # below the model's folder
    is_old: bool  # logged before MLflow 2, or not known
    bodies: Bodies


def is_r_loadable(flavour: str, files: frozenset[str]) -> bool:
    """Whether R's `mlflow_load_model` opens the flavour as it lies there."""
    return flavour in _R_FILES and _R_FILES[flavour] in files


def snippets(model: Usable) -> tuple[Snippet, ...]:
    """All that can be done with a model of these flavours, Python first."""
    found: list[Snippet] = []
    if "python_function" in model.flavours:
        found += _pyfunc(model)
    for flavour in model.flavours:
        known = FLAVOURS.get(flavour)
        if known and known.module and flavour != "python_function":
            code = f"import mlflow\n\nmodel = {known.module}.load_model({_text(model.uri)})"
            remark = "Gives the library's own object."
            found.append(Snippet(f"Load in Python as {known.name}", "python", code, remark))
    if "python_function" in model.flavours:
        found += _ask_pyfunc(model)
    if any(is_r_loadable(flavour, model.files) for flavour in model.flavours):
        found += _in_r(model)
    return tuple(snippet for snippet in found if snippet.code)


def _pyfunc(model: Usable) -> list[Snippet]:
    code = (
        "import mlflow\n\n"
        f"model = mlflow.pyfunc.load_model({_text(model.uri)})\n"
        "predictions = model.predict(data)"
    )
    return [Snippet("Load in Python", "python", code)]


def _ask_pyfunc(model: Usable) -> list[Snippet]:
    serve = f"mlflow models serve -m {shlex.quote(model.uri)} -p 5000 --env-manager local"
    bodies = model.bodies
    remarks = [bodies.remark] if bodies.remark else []
    if bodies.python and not bodies.is_example:
        remarks.append(_PLACEHOLDERS)
    if model.is_old and "dataframe_split" in bodies.python:
        remarks.append(_OLD_SERVER)
    if bodies.python and not bodies.takes_missing:
        remarks.append(_NO_NULL)
    found = [Snippet("Serve with Python", "sh", serve if model.uri.isprintable() else "")]
    if bodies.python:
        asked = _curl("http://127.0.0.1:5000/invocations", bodies.python)
        found.append(Snippet("Ask the Python server", "sh", asked, " ".join(remarks)))
        if "dataframe_split" in bodies.python:
            found.append(Snippet("Ask the Python server from R", "r", _R_TO_PYTHON))
    elif remarks:
        found[0] = Snippet(found[0].title, "sh", found[0].code, f"No request: {remarks[0]}.")
    return found


def _in_r(model: Usable) -> list[Snippet]:
    uri = _text(model.uri)
    load = (
        f"library(mlflow)\n\nmodel <- mlflow_load_model({uri})\n"
        "predictions <- mlflow_predict(model, data = rows)"
    )
    found = [
        Snippet("Load in R", "r", load),
        Snippet("Serve with R", "r", f"mlflow::mlflow_rfunc_serve({uri}, port = 5000)"),
    ]
    if model.bodies.r:
        invented = '"column_1"' in model.bodies.r
        is_example = model.bodies.is_example or invented
        remark = _INVENTED if invented else ("" if is_example else _PLACEHOLDERS)
        asked = _curl("http://127.0.0.1:5000/predict/", model.bodies.r)
        found.append(Snippet("Ask the R server", "sh", asked, remark))
    found.append(Snippet("Ask the R server from R", "r", _R_TO_R))
    return found


_R_TO_PYTHON = """\
library(jsonlite)

# rows: a data frame
body <- toJSON(list(dataframe_split = list(columns = names(rows), data = rows)),
               dataframe = "values", na = "null", digits = NA)
httr::content(httr::POST("http://127.0.0.1:5000/invocations", body = body,
                         httr::content_type_json()))"""

_R_TO_R = """\
library(jsonlite)

# rows: a data frame
body <- toJSON(rows, dataframe = "columns", na = "null", digits = NA)
httr::content(httr::POST("http://127.0.0.1:5000/predict/", body = body,
                         httr::content_type_json()))"""


def bare_crate(uri: str, local: str) -> tuple[Snippet, ...]:
    """How to load an R crate that was logged as a file, without an MLmodel beside it."""
    open_it = (
        "model <- readRDS(path)\n"
        "if (is.raw(model)) model <- unserialize(model)  # as mlflow_save_model writes it\n"
        "predictions <- model(rows)"
    )
    found = []
    run, _, path = uri.removeprefix("runs:/").partition("/")
    if uri.startswith("runs:/"):
        get = f"path <- mlflow::mlflow_download_artifacts({_text(path)}, run_id = {_text(run)})"
        found.append(Snippet("Load in R", "r", f"library(carrier)\n\n{get}\n{open_it}"))
    if local:
        code = f"library(carrier)\n\npath <- {_text(local)}\n{open_it}"
        found.append(Snippet("Load in R from a copy of the store", "r", code))
    again = 'mlflow::mlflow_save_model(model, "model")\n'
    again += 'mlflow::mlflow_rfunc_serve("model", port = 5000)'
    remark = "A crate without an MLmodel cannot be served as it is: save it as a model first."
    found.append(Snippet("Serve with R", "r", again, remark))
    return tuple(found)


def _text(value: str) -> str:
    """A string of Python and of R alike: letters stay, what cannot be printed is escaped."""
    return _escaped(json.dumps(value, ensure_ascii=False))


def _escaped(text: str) -> str:
    """JSON with escapes for what would not be seen, such as marks that turn the text around."""
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() or char == "\n" else json.dumps(char)[1:-1] for char in text
    )


def _curl(url: str, body: str) -> str:
    """A request for a POSIX shell: an apostrophe can only stand in a JSON string, so escape it."""
    said = _escaped(body).replace("'", "\\u0027")
    return f"curl {url} \\\n  -H 'Content-Type: application/json' \\\n  -d '{said}'"
