"""The requests of the model cards are ones that MLflow's own server reads, with their gaps."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from reportgen.analysis.modelrequest import Given, write_bodies

pytestmark = [
    pytest.mark.filterwarnings("ignore"),  # MLflow's own
    pytest.mark.usefixtures("mlflow_settings"),
]

COLUMNS: list[dict[str, object]] = [
    {"name": "a", "type": "double"},
    {"name": "b", "type": "string", "required": False},
]
TENSOR: dict[str, object] = {
    "type": "tensor",
    "tensor-spec": {"dtype": "float64", "shape": [-1, 2]},
}


def served(given: Given) -> Any:
    """What a model is given for a request: parsed, and held against the signature."""
    from mlflow.models.utils import _enforce_schema
    from mlflow.pyfunc.scoring_server import infer_and_parse_data
    from mlflow.types import Schema

    schema = Schema.from_json(json.dumps(given.inputs))
    data = json.loads(write_bodies(given).python)
    return _enforce_schema(infer_and_parse_data(data, schema), schema)


@pytest.mark.parametrize(
    "example",
    [
        {"columns": ["a", "b"], "data": [[1.5, "x"], [2.5, "y"], [float("nan"), None]]},
        [{"a": 1.5, "b": "x"}, {"a": None}],
    ],
)
def test_a_row_with_missing_values_arrives_as_such(example: object) -> None:
    frame = served(Given(example=example, kind="dataframe", inputs=COLUMNS))
    assert list(frame.columns) == ["a", "b"]
    assert frame.isna().to_numpy().tolist() == [[False, False], [True, True]]


def test_a_missing_number_of_an_array_arrives_as_nan() -> None:
    array = served(Given(example=[[1.0, None], [2.0, 3.0]], kind="ndarray", inputs=[TENSOR]))
    assert [[value == value for value in row] for row in array.tolist()] == [  # noqa: PLR0124 (NaN)
        [True, False],
        [True, True],
    ]


NESTED = {"type": "object", "properties": {"id": {"type": "long"}}, "name": "o", "required": False}


@pytest.mark.parametrize(
    ("inputs", "rows"),
    [
        (COLUMNS, 2),
        ([{"name": "x", "type": "long"}], 1),
        ([COLUMNS[0], {"name": "n", "type": "long", "required": False}], 1),
        ([COLUMNS[0], {"name": "t", "type": "boolean", "required": False}], 1),
        ([COLUMNS[0], {"name": "t", "type": "binary", "required": False}], 1),
        ([COLUMNS[0], {"name": "t", "type": "datetime", "required": False}], 2),
        ([COLUMNS[0], NESTED], 2),
        ([COLUMNS[0], {"type": "array", "items": {"type": "string"}, "name": "l"}], 1),
        ([{"type": "map", "values": {"type": "double"}, "name": "m"}], 1),
        ([{"type": "string"}, {"type": "double"}], 1),
        ([{"type": "string"}], 1),
        ([TENSOR], 1),
    ],
)
def test_placeholders_fit_the_signature_they_were_written_from(
    inputs: Sequence[dict[str, object]], rows: int
) -> None:
    assert len(served(Given(inputs=inputs))) == rows
