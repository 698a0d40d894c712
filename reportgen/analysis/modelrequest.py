"""The body of a request to a served model, from its example or, without one, its signature.

Python's server (`mlflow models serve`, POST /invocations) takes one of `dataframe_split`,
`dataframe_records`, `instances` and `inputs`, with `params` beside it. R's server
(`mlflow_rfunc_serve`, POST /predict/) makes a data frame of `as.data.frame(fromJSON(body))`, so a
body there is one array for each column: with a list of records, a null is an error and several
rows become one. In both forms here each row has a value for each column, null where it is missing.
"""

from collections.abc import Mapping, Sequence
from math import isinf
from typing import TypeAlias

from reportgen.analysis.modelexample import Row, Table, as_table, is_missing
from reportgen.analysis.modelschema import Spec, is_required, json_text, placeholder, takes_missing
from reportgen.values import frozen

_ROWS = 2  # of an example, in a request
_WIDTH = 100
_MAX_BODY = 6000  # characters
_MAX_COLUMNS = 300
_CHAT = frozenset(("messages", "prompt", "input"))  # such an example is the body, without `inputs`
_TABLES = frozenset(("dataframe_split", "dataframe_records"))
_FORMATS = _TABLES | {"inputs", "instances"}

Body: TypeAlias = dict[str, object]


@frozen
class Given:
    """What is known of a model's input; None and () where it is not."""

    example: object = None
    params: object = None
    kind: str = ""  # of the example: "dataframe", "ndarray", "json_object", "sparse_matrix_csr"
    serving: object = None  # serving_input_example.json
    inputs: Sequence[Spec] = ()
    param_specs: Sequence[Spec] = ()


@frozen
class Bodies:
    """The same rows for both servers; "" where they cannot be written."""

    python: str
    r: str
    is_example: bool  # else the values are placeholders
    remark: str  # why there is no body for Python's server
    takes_missing: bool  # whether Python's server takes null for every column of the signature


def write_bodies(given: Given) -> Bodies:
    """The bodies of a request: of at most two rows, one with a missing value where there is one."""
    table = None if given.kind.startswith("sparse") else as_table(given.example)
    body = _from_serving(given) or _from_example(given, table)
    is_example = body is not None
    remark = ""
    if body is None:
        table, body = _from_signature(given)
        remark = "" if body else "neither an input example nor a signature says what to send"
        if given.inputs and not body:
            remark = "the input is too large to write out: see the signature"
    python = lay_out(_finite(body)) if body else ""
    if len(python) > _MAX_BODY:
        python, remark = "", "the example is too large to write out"
    return Bodies(python, _r_body(table), is_example, remark, all(map(takes_missing, given.inputs)))


def _from_serving(given: Given) -> Body | None:
    """What MLflow itself wrote as an example of a request, with fewer rows."""
    if not isinstance(given.serving, dict):
        return None
    keys = [key for key in given.serving if key in _FORMATS]
    if _CHAT & given.serving.keys() and not keys:
        return dict(given.serving)
    if len(keys) != 1:
        return None
    key = keys[0]
    value = given.serving[key]
    rest: Body = {"params": given.serving["params"]} if given.serving.get("params") else {}
    table = as_table(value) if key in _TABLES else None
    if table is not None:
        return _split(table) | rest
    is_array = given.kind == "ndarray" and isinstance(value, list)
    return {key: value[:_ROWS] if is_array else value} | rest


def _from_example(given: Given, table: Table | None) -> Body | None:
    if given.example is None or given.kind.startswith("sparse"):
        return None
    rest: Body = {} if given.params is None else {"params": given.params}
    value = given.example
    is_frame = given.kind == "dataframe" or (not given.kind and _looks_like_frame(value))
    if is_frame and table is not None:
        return _split(table) | rest
    if isinstance(value, dict) and _CHAT & value.keys():
        return value | rest
    if given.kind == "ndarray" and isinstance(value, list):
        value = value[:_ROWS]
    return {"inputs": value} | rest


def _looks_like_frame(value: object) -> bool:
    if isinstance(value, dict):
        return "data" in value and "columns" in value
    return isinstance(value, list) and all(isinstance(row, dict) for row in value)


def _split(table: Table) -> Body:
    """Rows in pandas' split form: a cell for each column, so that none can be left out."""
    rows = [list(row) for row in chosen_rows(table)]
    names: Body = {} if table.columns is None else {"columns": list(table.columns)}
    return {"dataframe_split": names | {"data": rows}}


def chosen_rows(table: Table) -> Sequence[Row]:
    """The first two rows; the second gives way to the first with a missing value, if need be."""
    rows = list(table.rows[:_ROWS])
    if not any(map(_has_missing, rows)):
        rows[1:] = next(([row] for row in table.rows[_ROWS:] if _has_missing(row)), rows[1:])
    return rows


def _has_missing(row: Row) -> bool:
    return any(map(is_missing, row))


def _from_signature(given: Given) -> tuple[Table | None, Body | None]:
    """Placeholders by type: as a table where the inputs are columns, and as a body."""
    specs = given.inputs
    if not specs or len(specs) > _MAX_COLUMNS:
        return None, None
    names = tuple(str(spec["name"]) for spec in specs if spec.get("name") is not None)
    has_names = len(names) == len(specs)
    values = [placeholder(spec) for spec in specs]
    params = {
        str(spec.get("name")): spec["default"]
        for spec in given.param_specs
        if spec.get("default") is not None
    }
    rest: Body = {"params": params} if params else {}
    if any(spec.get("type") == "tensor" for spec in specs):
        if None in values:
            return None, None
        inputs = dict(zip(names, values, strict=True)) if has_names else values[0]
        return None, {"inputs": inputs} | rest
    if not has_names and len(specs) == 1:
        return None, {"inputs": values} | rest
    rows: list[Row] = [values]
    gaps = [not is_required(spec) and takes_missing(spec) for spec in specs]
    if any(gaps):
        rows.append([None if gap else value for value, gap in zip(values, gaps, strict=True)])
    table = Table(names if has_names else None, tuple(rows))
    return table, _split(table) | rest


def _r_body(table: Table | None) -> str:
    """One array for each column; where nothing is known, two invented columns."""
    if table is None or not table.rows:
        table = Table(("column_1", "column_2"), ((1.5, "text"), (2.5, None)))
    names = table.columns or tuple(f"V{number + 1}" for number in range(table.width))
    rows = chosen_rows(table)
    columns: Body = {name: [row[i] for row in rows] for i, name in enumerate(names)}
    body = lay_out(_finite(columns, for_r=True))
    return body if len(body) <= _MAX_BODY else ""


def _finite(value: object, *, for_r: bool = False) -> object:
    """The value with null for NaN; infinities as the server reads them."""
    if is_missing(value):
        return None
    if for_r and isinstance(value, float) and isinf(value):
        return "Inf" if value > 0 else "-Inf"  # as jsonlite writes and reads them
    if isinstance(value, Mapping):
        return {str(key): _finite(item, for_r=for_r) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item, for_r=for_r) for item in value]
    return value


def lay_out(value: object, indent: int = 0) -> str:
    """JSON that stays within a screen's width where it can: a row of a table on one line."""
    flat = json_text(value)
    if len(flat) + indent <= _WIDTH or not value or not isinstance(value, dict | list):
        return flat
    inner = " " * (indent + 2)
    if isinstance(value, dict):
        items = [f"{json_text(key)}: {lay_out(item, indent + 2)}" for key, item in value.items()]
    else:
        items = [lay_out(item, indent + 2) for item in value]
    is_flat = isinstance(value, list) and not any(isinstance(item, dict | list) for item in value)
    lines = _filled(items, _WIDTH - indent - 2) if is_flat else [f"{item}," for item in items]
    start, end = "{}" if isinstance(value, dict) else "[]"
    body = f"\n{inner}".join(lines).removesuffix(",")
    return f"{start}\n{inner}{body}\n{' ' * indent}{end}"


def _filled(items: Sequence[str], width: int) -> list[str]:
    """Items with commas, as many on a line as fit."""
    lines = [""]
    for item in items:
        if lines[-1] and len(lines[-1]) + len(item) + 2 > width:
            lines.append("")
        lines[-1] += f"{' ' if lines[-1] else ''}{item},"
    return lines
