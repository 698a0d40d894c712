"""Cards of models: what MLmodel and its neighbours tell, however old, odd or hostile they are."""

import json
import re
import shlex
from collections.abc import Mapping
from dataclasses import replace
from math import isnan
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from reportgen.analysis.modelcard import ModelCard, read_card, read_moment
from reportgen.analysis.modelexample import as_table, parse_json, show_example
from reportgen.analysis.modelplace import ModelPlace, find_models, models_of
from reportgen.analysis.modelrequest import Given, lay_out, write_bodies
from reportgen.analysis.modelschema import placeholder, read_signature, type_text
from reportgen.digest import digest_of
from reportgen.model import Artifact, LoggedModel, Run
from reportgen.readers.yamlfile import load_yaml
from reportgen.render.env import environment
from reportgen.render.theme import find_theme

CHECKOUT = Path(__file__).resolve().parent.parent.parent
RUN = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"


def card_of(files: Mapping[str, str | bytes], *, uri: str = f"runs:/{RUN}/model") -> ModelCard:
    """The card of a model that consists of these files."""
    bodies = {
        f"model/{name}": text.encode() if isinstance(text, str) else text
        for name, text in files.items()
    }
    (place,) = find_models([Artifact(path, len(body)) for path, body in bodies.items()])
    local = f"mlruns/1/{RUN}/artifacts/model"
    return read_card(
        replace(place, uri=uri, local=local), lambda path, limit: bodies[path][:limit], load_yaml
    )


def mlmodel(**fields: object) -> str:
    return yaml.safe_dump({"flavors": {"python_function": {"loader_module": "mine"}}, **fields})


def code(card: ModelCard, title: str) -> str:
    (found,) = [use.code for use in card.uses if use.title == title]
    return found


def asked(card: ModelCard, title: str) -> object:
    """The body of a request, as a shell would send it."""
    return json.loads(shlex.split(code(card, title))[-1])


def markup(card: ModelCard) -> str:
    template = environment(find_theme("default")).get_template("modelcard.html")
    return str(template.module.card(card))  # type: ignore[attr-defined]


# Where models lie


def test_each_folder_with_an_mlmodel_is_a_model_with_the_files_below_it() -> None:
    artifacts = [Artifact(p, 1) for p in ("b/MLmodel", "b/in/MLmodel", "b0/x", "b/z", "MLmodels")]
    assert [(p.path, [f.path for f in p.files]) for p in find_models(artifacts)] == [
        ("b", ["MLmodel", "in/MLmodel", "z"]),
        ("b/in", ["MLmodel"]),
    ]


def test_artifacts_with_an_mlmodel_at_their_top_are_one_model() -> None:
    (place,) = find_models([Artifact("data/weights.pt", 5), Artifact("MLmodel", 2)])
    assert (place.path, place.size) == ("", 7)


def test_a_crate_is_a_model_by_itself_only_outside_of_models() -> None:
    paths = ("r/crate.bin", "m/MLmodel", "m/crate.bin", "m/data/crate.bin")
    places = find_models([Artifact(path, 1) for path in paths])
    assert [(p.path, p.is_bare_crate) for p in places] == [("m", False), ("r/crate.bin", True)]


def test_models_of_a_run_are_addressed_as_mlflow_finds_them() -> None:
    logged = LoggedModel(
        "m-1",
        "forest",
        "1",
        RUN,
        "output",
        0,
        "",
        "READY",
        None,
        artifacts=(Artifact("MLmodel", 1),),
        where="2/models/m-1",
    )
    artifacts = (Artifact("best/MLmodel", 1),)
    run = Run(RUN, "1", "first", f"1/{RUN}", artifacts=artifacts, models=(logged,))
    assert [(p.uri, p.local, p.name) for p in models_of(run, "mlruns")] == [
        (f"runs:/{RUN}/best", f"mlruns/1/{RUN}/artifacts/best", ""),
        ("models:/m-1", "mlruns/2/models/m-1/artifacts", "forest"),
    ]


# What MLmodel says


REAL = sorted(
    path
    for root in ("tests/mlflow_versions", "sample_mlruns")
    for path in (CHECKOUT / root).rglob("MLmodel")
)


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.relative_to(CHECKOUT).as_posix()[:40])
def test_models_of_real_releases_are_read_whole(path: Path) -> None:
    files = {p.name: p.read_bytes() for p in path.parent.iterdir() if p.is_file()}
    card = card_of(files)
    facts = dict(card.facts)
    assert (card.problem, card.remarks) == ("", ())
    assert [flavour.name for flavour in card.flavours] == ["scikit-learn", "Python function"]
    assert re.fullmatch(r"1\.\d\.\d", card.flavours[0].version)
    assert re.fullmatch(r"3\.\d+\.\d+", facts["Python"])
    assert facts["MLflow"] in path.as_posix() or "sample_mlruns" in path.as_posix()
    assert card.created is not None
    assert card.signature is not None
    assert [part.name for part in card.signature.parts] == ["Inputs", "Outputs"]
    assert card.requirements[0].startswith("mlflow")
    assert isinstance(asked(card, "Ask the Python server"), dict)
    assert (card.example is not None) == ("input_example.json" in files)


def test_the_sample_is_asked_with_its_own_example() -> None:
    path = next(path for path in REAL if "m-acff30f5aeae959ed2eb10d9fc71cb02" in path.as_posix())
    card = card_of({p.name: p.read_bytes() for p in path.parent.iterdir()}, uri="models:/m-acff")
    body = asked(card, "Ask the Python server")
    assert isinstance(body, dict)
    assert body["dataframe_split"]["columns"][:2] == ["variety", "processing_method"]
    assert body["dataframe_split"]["data"][0] == [
        *("Catuai", "Washed / Wet", "Honduras", 7.5, 7.33, 7.17, 7.25, 10.0, 1400.0)
    ]
    assert code(card, "Serve with Python") == (
        "mlflow models serve -m models:/m-acff -p 5000 --env-manager local"
    )
    assert 'mlflow.sklearn.load_model("models:/m-acff")' in code(
        card, "Load in Python as scikit-learn"
    )


@pytest.mark.parametrize(
    ("written", "millis"),
    [
        ("2026-11-23 12:51:15.416248", 1795438275416),
        ("2026-11-23 12:51:15.5", 1795438275500),
        ("2026-11-23T12:51:15Z", 1795438275000),
        ("20-03-11T18:50:41.41.05", 1583952641050),  # R, until MLflow 1.7
        (1533765900.0, 1533765900000),
        ("yesterday", None),
        (1e300, None),
        (True, None),
        (None, None),
    ],
)
def test_moments_are_read_as_each_client_wrote_them(written: object, millis: int | None) -> None:
    assert read_moment(written) == millis


def test_a_broken_mlmodel_leaves_the_files_and_a_reason() -> None:
    card = card_of({"MLmodel": "flavors: [", "model.pkl": "xx", "requirements.txt": "numpy\n"})
    assert card.problem.startswith("not valid YAML")
    assert (card.flavours, card.uses, card.requirements) == ((), (), ("numpy",))
    assert [file.path for file in card.listed] == ["MLmodel", "model.pkl", "requirements.txt"]
    assert "MLmodel cannot be read: not valid YAML" in markup(card)


def test_an_mlmodel_that_cannot_be_opened_is_said_to_be_so() -> None:
    (place,) = find_models([Artifact("m/MLmodel", 3)])
    assert read_card(place, lambda _path, _limit: None, load_yaml).problem == "cannot be opened"


def test_only_small_listed_texts_are_read() -> None:
    wanted: list[str] = []

    def read(path: str, limit: int) -> bytes:
        wanted.append(path)
        assert limit <= (1 << 20) + 1
        return mlmodel(saved_input_example_info={"artifact_path": "../../etc/passwd"}).encode()

    names = ("MLmodel", "model.pkl", "crate.bin", "data/weights.pt", "requirements.txt")
    (place,) = find_models([Artifact(f"m/{name}", 10) for name in names])
    read_card(place, read, load_yaml)
    assert set(wanted) == {"m/MLmodel", "m/requirements.txt"}


def test_unknown_flavours_keep_their_name_and_lend_no_code() -> None:
    card = card_of({"MLmodel": "flavors:\n  own: {own_version: 3}\n"})
    (flavour,) = card.flavours
    assert (flavour.name, flavour.language, flavour.version) == ("own", "", "3")
    assert card.uses == ()


def test_the_registry_address_is_shown_where_the_folder_came_from_a_registry() -> None:
    meta = "model_name: coffee\nmodel_version: '3'\n"
    card = card_of({"MLmodel": mlmodel(), "registered_model_meta": meta})
    assert ("Registered", "models:/coffee/3") in card.addresses


def test_requirements_come_from_conda_where_there_is_no_list_and_without_logins() -> None:
    conda = {"dependencies": ["python=3.9.1", "pip<22", {"pip": ["mlflow", "numpy==1.0"]}]}
    card = card_of({"MLmodel": mlmodel(), "conda.yaml": yaml.safe_dump(conda)})
    assert card.requirements == ("python=3.9.1", "pip<22", "mlflow", "numpy==1.0")
    assert ("Python", "3.9.1") in card.facts
    listed = "--index-url https://me:secret@pypi.example.com/simple\n\nnumpy\n"
    card = card_of({"MLmodel": mlmodel(), "requirements.txt": listed})
    assert card.requirements == ("--index-url https://…@pypi.example.com/simple", "numpy")


# Signatures


def test_a_column_is_required_unless_some_release_says_otherwise() -> None:
    columns = [
        {"name": "a", "type": "double"},
        {"name": "b", "type": "double", "required": False},
        {"name": "c", "type": "double", "optional": True},
        {"name": "d", "type": "double", "required": True},
    ]
    signature = read_signature({"inputs": json.dumps(columns), "params": None})
    assert signature is not None
    (part,) = signature.parts
    assert [f.need for f in part.fields] == ["required", "optional", "optional", "required"]
    assert read_signature({"inputs": columns}) == signature  # a list instead of a text


def test_tensors_and_parameters_tell_shape_and_default() -> None:
    tensor = {"type": "tensor", "tensor-spec": {"dtype": "float32", "shape": [-1, 28, 28]}}
    params = [{"name": "k", "dtype": "long", "default": 5, "shape": None}]
    signature = read_signature({"inputs": json.dumps([tensor]), "params": json.dumps(params)})
    assert signature is not None
    (inputs,), (k,) = (part.fields for part in signature.parts)
    assert (inputs.type, inputs.shape, inputs.need) == (
        *("tensor of float32", "any × 28 × 28", "required"),
    )
    assert (k.name, k.type, k.default, k.need) == ("k", "long", "5", "optional")


@pytest.mark.parametrize(
    ("spec", "text", "value"),
    [
        ({"type": "array", "items": {"type": "string"}}, "array of string", ["text"]),
        ({"type": "map", "values": {"type": "long"}}, "map from string to long", {"key": 1}),
        (
            {
                "type": "object",
                "properties": {
                    "id": {"type": "long"},
                    "tags": {"type": "array", "items": {"type": "double"}, "required": False},
                },
            },
            "object {id: long, tags?: array of double}",
            {"id": 1, "tags": [1.5]},
        ),
        ({"type": "sparkml_vector"}, "Spark ML vector", [1.5]),
        ({"type": "any"}, "any", "text"),
        ({"type": ["odd"]}, "unknown", "text"),
    ],
)
def test_nested_types_are_written_in_words_and_filled_in(
    spec: dict[str, object], text: str, value: object
) -> None:
    assert (type_text(spec), placeholder(spec)) == (text, value)


@pytest.mark.parametrize("broken", ["{", "3", '[{"type": "double"}, 4]', 7, '"x"'])
def test_a_part_of_a_signature_that_is_broken_says_so(broken: object) -> None:
    signature = read_signature({"inputs": broken, "outputs": '[{"type": "double"}]'})
    assert signature is not None
    assert [(part.name, bool(part.problem)) for part in signature.parts] == [
        ("Inputs", True),
        ("Outputs", False),
    ]


# Examples


@pytest.mark.parametrize(
    ("written", "columns", "rows"),
    [
        ('{"columns": ["a", "b"], "data": [[1, null], [NaN, "x"]]}', ("a", "b"), [(1, None)]),
        ('{"data": [[1, null]]}', None, [(1, None)]),
        ('[{"a": 1}, {"b": "x", "a": null}]', ("a", "b"), [(1, None), (None, "x")]),
        ('{"a": [1, 2], "b": [null, "x"]}', ("a", "b"), [(1, None), (2, "x")]),
        ('{"a": 1, "b": null}', ("a", "b"), [(1, None)]),
        ("[[1, 2], [3, null]]", None, [(1, 2), (3, None)]),
        ("[1, null]", None, [(1,), (None,)]),
    ],
)
def test_examples_of_all_forms_become_rows_with_their_gaps(
    written: str, columns: tuple[str, ...] | None, rows: list[tuple[object, ...]]
) -> None:
    table = as_table(parse_json(written.encode()))
    assert table is not None
    assert (table.columns, list(table.rows[: len(rows)])) == (columns, rows)


@pytest.mark.parametrize(
    "written",
    [
        '"a text"',
        "3",
        "{}",
        "[]",
        "[[1], [2, 3]]",
        '{"columns": ["a"], "data": [[1, 2]]}',
        '{"messages": [{"role": "user", "content": "hi"}]}',
        "[[[1]]]",
    ],
)
def test_what_is_no_table_is_shown_as_text(written: str) -> None:
    value = parse_json(written.encode())
    example = show_example(value, None)
    assert example.columns == ()
    assert example.text == value or json.loads(example.text) == value


def test_missing_cells_are_shown_as_missing_and_long_tables_are_cut() -> None:
    data = [[None, 1.0], *[["x", float("nan")]] * 8]
    info = {"artifact_path": "input_example.json", "type": "dataframe", "pandas_orient": "split"}
    example = json.dumps({"columns": ["a", "b"], "data": data})
    text = mlmodel(saved_input_example_info=info)
    card = card_of({"MLmodel": text, "input_example.json": example})
    assert card.example is not None
    assert card.example.rows == ((None, "1.0"), *[("x", None)] * 4)
    assert card.example.remark == "Shown: the first 5 of 9 rows."
    html = markup(card)
    assert html.count('<span class="missing">missing</span>') == 5
    assert '<th scope="col" class="number">b</th>' in html


def test_examples_with_parameters_show_both() -> None:
    card = card_of(
        {
            "MLmodel": mlmodel(saved_input_example_info={"type": "ndarray", "params": "true"}),
            "input_example.json": '{"inputs": [[1, 2], [3, 4], [5, 6]], "params": {"k": 2}}',
        }
    )
    assert card.example is not None
    assert (card.example.columns, card.example.params) == (("0", "1"), '{"k": 2}')
    assert asked(card, "Ask the Python server") == {"inputs": [[1, 2], [3, 4]], "params": {"k": 2}}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("{", "input_example.json is not valid JSON in line 1"),
        ("[" * 50 + "]" * 50, "input_example.json is nested too deep"),
        ("[" * 90_000, "input_example.json is nested too deep"),
        ("9" * 5000, "input_example.json is nested too deep, or holds a number that is too long"),
        (" " * (1 << 18) + "1", "input_example.json is larger than 256 KiB"),
    ],
)
def test_an_example_that_cannot_be_read_is_a_remark(body: str, reason: str) -> None:
    card = card_of({"MLmodel": mlmodel(), "input_example.json": body})
    assert card.example is None
    assert card.remarks[0].startswith(reason)


# Requests


CELL = st.one_of(
    st.none(), st.just(float("nan")), st.text(max_size=5), st.integers(-9, 9), st.booleans()
)
TABLES = st.integers(1, 4).flatmap(
    lambda width: st.tuples(
        st.lists(st.text(max_size=5), min_size=width, max_size=width, unique=True),
        st.lists(st.lists(CELL, min_size=width, max_size=width), min_size=1, max_size=5),
    )
)


def is_gap(cell: object) -> bool:
    return cell is None or (isinstance(cell, float) and isnan(cell))


@given(TABLES, st.sampled_from(["split", "records", "records without missing keys"]))
def test_a_missing_value_stays_a_null_in_its_row_for_both_servers(
    table: tuple[list[str], list[list[object]]], orient: str
) -> None:
    names, rows = table
    example: object = {"columns": names, "data": rows}
    if orient == "records":
        example = [dict(zip(names, row, strict=True)) for row in rows]
    elif orient == "records without missing keys":
        full = dict.fromkeys(names, 1)
        some = [
            {name: cell for name, cell in zip(names, row, strict=True) if not is_gap(cell)}
            for row in rows
        ]
        example, rows = [full, *some], [[1] * len(names), *rows]
    bodies = write_bodies(Given(example=example, kind="dataframe"))
    python = json.loads(bodies.python, parse_constant=pytest.fail)["dataframe_split"]
    by_column = json.loads(bodies.r, parse_constant=pytest.fail)
    sent = [list(row) for row in zip(*by_column.values(), strict=True)]
    assert python["columns"] == list(by_column) == names
    assert python["data"] == sent
    told = [[None if is_gap(cell) else cell for cell in row] for row in rows]
    assert all(row in told for row in sent)
    if any(None in row for row in told):
        assert any(None in row for row in sent)


def test_a_serving_example_is_preferred_and_its_records_become_whole_rows() -> None:
    serving = {"dataframe_records": [{"a": 1, "b": 2}, {"a": 3}], "params": {"k": 1}}
    card = card_of({"MLmodel": mlmodel(), "serving_input_example.json": json.dumps(serving)})
    assert asked(card, "Ask the Python server") == {
        "dataframe_split": {"columns": ["a", "b"], "data": [[1, 2], [3, None]]},
        "params": {"k": 1},
    }


def test_a_chat_example_is_sent_as_it_is() -> None:
    example = {"messages": [{"role": "user", "content": "it's\nfine"}]}
    card = card_of({"MLmodel": mlmodel(), "input_example.json": json.dumps(example)})
    assert asked(card, "Ask the Python server") == example


def test_without_an_example_the_signature_gives_placeholders_with_a_gap() -> None:
    columns = [
        {"name": "country", "type": "string", "required": False},
        {"name": "score", "type": "double"},
        {"name": "bags", "type": "long", "required": False},
    ]
    params = [{"name": "k", "type": "long", "default": 3}, {"name": "q", "default": None}]
    signature = {"inputs": json.dumps(columns), "params": json.dumps(params)}
    card = card_of({"MLmodel": mlmodel(signature=signature)})
    (use,) = [use for use in card.uses if use.title == "Ask the Python server"]
    assert asked(card, use.title) == {
        "dataframe_split": {
            "columns": ["country", "score", "bags"],
            "data": [["text", 1.5, 1], [None, 1.5, 1]],  # MLflow refuses null for a long
        },
        "params": {"k": 3},
    }
    assert "placeholders" in use.remark
    assert "refuses null" in use.remark


@pytest.mark.parametrize(
    ("shape", "name", "body"),
    [
        ([-1, 2], None, {"inputs": [[1.5, 1.5]]}),
        ([-1], "x", {"inputs": {"x": [1.5]}}),
        ([-1, 3, 224, 224], None, None),
    ],
)
def test_tensors_are_written_out_while_they_are_small(
    shape: list[int], name: str | None, body: object
) -> None:
    tensor: dict[str, object] = {
        "type": "tensor",
        "tensor-spec": {"dtype": "float32", "shape": shape},
    }
    inputs = json.dumps([tensor if name is None else {**tensor, "name": name}])
    card = card_of({"MLmodel": mlmodel(signature={"inputs": inputs})})
    if body is None:
        (serve,) = [use for use in card.uses if use.title == "Serve with Python"]
        assert "too large" in serve.remark
        assert not any(use.title.startswith("Ask") for use in card.uses)
    else:
        assert asked(card, "Ask the Python server") == body


def test_a_request_survives_the_shell_whatever_its_texts_hold() -> None:
    nasty = "it's $HOME `ls` \\ \" \u202e évil\n"
    example = json.dumps({"columns": [nasty], "data": [[nasty]]})
    card = card_of({"MLmodel": mlmodel(), "input_example.json": example})
    assert asked(card, "Ask the Python server") == {
        "dataframe_split": {"columns": [nasty], "data": [[nasty]]}
    }
    assert "\u202e" not in code(card, "Ask the Python server")


def test_half_characters_of_json_do_not_reach_the_page() -> None:
    example = '[{"\\ud800": "\\udc00"}]'
    card = card_of({"MLmodel": mlmodel(metadata={"a": 1}), "input_example.json": example})
    assert card.example is not None
    assert (card.example.columns, card.example.rows) == (("?",), (("?",),))
    assert "\\ud800" in markup(card).encode("utf-8").decode()


@given(st.recursive(CELL, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_laid_out_json_is_the_same_value(value: object) -> None:
    assert json.dumps(json.loads(lay_out(value))) == json.dumps(value)


# R


CRATE = "flavors:\n  crate:\n    version: 0.1.0\n    model: crate.bin\n"


def test_a_crate_is_loaded_served_and_asked_in_r() -> None:
    card = card_of({"MLmodel": CRATE, "crate.bin": b"\x1f\x8b"})
    assert [use.title for use in card.uses] == [
        "Load in R",
        "Serve with R",
        "Ask the R server",
        "Ask the R server from R",
    ]
    assert f'mlflow_load_model("runs:/{RUN}/model")' in code(card, "Load in R")
    served = f'mlflow::mlflow_rfunc_serve("runs:/{RUN}/model", port = 5000)'
    assert code(card, "Serve with R") == served
    assert asked(card, "Ask the R server") == {"column_1": [1.5, 2.5], "column_2": ["text", None]}
    assert 'na = "null"' in code(card, "Ask the R server from R")


def test_a_crate_with_an_example_is_asked_by_columns() -> None:
    example = '[{"dose": 1.5, "sex": "f"}, {"sex": "m"}]'
    card = card_of({"MLmodel": CRATE, "crate.bin": b"x", "input_example.json": example})
    assert asked(card, "Ask the R server") == {"dose": [1.5, None], "sex": ["f", "m"]}


def test_r_is_offered_only_what_its_loader_opens() -> None:
    flavours = "flavors:\n  keras: {data: data, keras_version: 2.1}\n"
    by_python = card_of({"MLmodel": flavours, "data/model.keras": b"x"})
    by_r = card_of({"MLmodel": flavours, "model.h5": b"x"})
    assert [use.title for use in by_python.uses] == ["Load in Python as Keras"]
    assert "Load in R" in [use.title for use in by_r.uses]


def test_a_bare_crate_is_recognised_and_never_opened() -> None:
    (place,) = find_models([Artifact("out/crate.bin", 2048)])
    place = replace(place, uri=f"runs:/{RUN}/out/crate.bin")
    card = read_card(place, lambda _path, _limit: pytest.fail("was opened"), load_yaml)
    assert [(flavour.name, flavour.language) for flavour in card.flavours] == [("R crate", "R")]
    assert f'mlflow_download_artifacts("out/crate.bin", run_id = "{RUN}")' in code(
        card, "Load in R"
    )
    html = markup(card)
    assert "2 KiB" in html
    assert "readRDS(path)" in html


# On the page


def test_the_card_escapes_what_the_store_says_and_styles_nothing_itself() -> None:
    evil = "<script>alert(1)</script>"
    card = card_of(
        {
            "MLmodel": mlmodel(
                metadata={evil: evil},
                mlflow_version=evil,
                signature={"inputs": json.dumps([{"name": evil, "type": evil}]), "params": evil},
            ),
            "input_example.json": json.dumps([{evil: evil}]),
            "requirements.txt": evil,
        }
    )
    html = markup(card)
    assert "<script" not in html
    assert "style=" not in html
    assert html.count("&lt;script&gt;") >= 8


def test_a_table_of_the_card_can_be_scrolled_and_has_a_name() -> None:
    path = next(path for path in REAL if "sample_mlruns" in path.as_posix())
    html = markup(card_of({p.name: p.read_bytes() for p in path.parent.iterdir()}))
    before = [part[-200:] for part in html.split("<table")[:-1]]
    assert len(before) == 4  # about, signature, example, files
    for text in before:
        assert re.search(
            r'<div class="scroll" tabindex="0" role="region" aria-label="[^"]+">\s*$', text
        )


# Whatever is there


NAMES = (
    "MLmodel",
    "input_example.json",
    "serving_input_example.json",
    "requirements.txt",
    "conda.yaml",
    "python_env.yaml",
    "registered_model_meta",
    "r-dependencies.txt",
)
WORDS = (
    "type name items values properties tensor-spec shape dtype data columns inputs params default"
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*WORDS.split(), "required", "pip"]) | st.text(max_size=4),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
KEYS = (
    "flavors",
    "signature",
    "saved_input_example_info",
    "metadata",
    "utc_time_created",
    "time_created",
    "run_id",
    "model_id",
    "model_uuid",
    "mlflow_version",
)
FLAVOURS = ("python_function", "sklearn", "crate", "keras", "own")


def check_any(files: Mapping[str, bytes]) -> None:
    card = card_of({"MLmodel": b"", **files, "crate.bin": b"x"})
    assert card.problem or card.place.size
    assert markup(card).encode("utf-8", "replace")
    digest_of(card)


@given(st.dictionaries(st.sampled_from(NAMES), st.binary(max_size=60)))
def test_random_bytes_give_a_card(files: dict[str, bytes]) -> None:
    check_any(files)


@given(
    st.dictionaries(st.sampled_from(KEYS), VALUES),
    st.dictionaries(st.sampled_from(FLAVOURS), VALUES),
    st.dictionaries(st.sampled_from(("inputs", "outputs", "params")), VALUES),
    st.sampled_from(("dataframe", "ndarray", "json_object", "sparse_matrix_csr", "")),
    st.dictionaries(st.sampled_from(NAMES[1:]), VALUES),
)
def test_random_values_in_the_right_places_give_a_card(
    fields: dict[str, object],
    flavours: dict[str, object],
    parts: dict[str, object],
    kind: str,
    others: dict[str, object],
) -> None:
    signature = {name: json.dumps(value) for name, value in parts.items()}
    spec = {"flavors": flavours, "signature": signature, **fields}
    spec.setdefault("saved_input_example_info", {"type": kind})
    files = {name: json.dumps(value).encode() for name, value in others.items()}
    files["MLmodel"] = yaml.safe_dump(spec).encode()
    check_any(files)


def test_a_place_without_an_address_has_a_card_without_code() -> None:
    place = ModelPlace("m", find_models([Artifact("m/MLmodel", 1)])[0].files)
    card = read_card(place, lambda _path, _limit: mlmodel().encode(), load_yaml)
    assert (card.title, card.uses, card.addresses) == ("m", (), ())
