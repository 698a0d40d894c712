"""The reader of YAML records: the quick splitter agrees with YAML, and any bytes are answered."""

from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reportgen.readers.metafile import (
    MAX_RECORD_BYTES,
    RecordError,
    _split_flat,
    parse_record,
)
from tests.trees import experiment_record, run_record

explore = settings(max_examples=200)

RUN_RECORD = run_record("0" * 31 + "e").encode()
RECORDS = [RUN_RECORD, experiment_record("919191919191919191").encode()]

# Pieces that mean something to YAML, to be put together in every order.
# fmt: off
PIECES = [
    "a: ", "b: ", "a:", ": ", "- ", "? ", "[", "]", "{", "}", ", ", "\n", "\n  ", "\n\t", "  ", "'",
    '"', "|\n", ">-\n", "# x", "&a ", "*a", "*a ", "!x ", "!!int ", "!!bool x", "!!float ''",
    "!!null ", "!!set ", "!!omap ", "!!pairs ", "!!binary ", "!!timestamp ", "!!str ", "!!seq ",
    "!!map ", "!!merge ", "!!python/name:os.system ", "!!python/unicode 'x'", "<<: ", "=", "---\n",
    "...\n", "%YAML 1.2\n", "\\ud800", '"\\ud83d\\ude00"', '"\\x00"', "0x", "0x_", "0b1", "017",
    "1:30", "1_0", "12e4", "12e34", "1.5", ".5", ".inf", ".nan", "2020-01-01", "2020-99-99",
    "9999-12-31 23:59:59 -23:59", "yes", "No", "null", "~", "on", "y", "true", "é", "日本", "\0",
    "\x07", "\x85", "\ufeff", "\u2028", "\U0001f600", "C:\\x", "file:///a", "1" * 70, "x" * 90, "@",
]
# fmt: on
pieces = st.lists(st.sampled_from(PIECES), max_size=14).map(
    lambda parts: "".join(parts).encode("utf-8", "surrogatepass")
)
flat_lines = st.lists(
    st.tuples(st.sampled_from(["a", "b", "run_id", "a b", "é", "1", "-", "yes"]), st.text())
    | st.tuples(st.sampled_from(["a", "b", "c"]), st.sampled_from(PIECES)),
    max_size=6,
).map(lambda lines: "".join(f"{key}: {text}\n" for key, text in lines).encode())
damaged = st.tuples(
    st.sampled_from(RECORDS), st.integers(0, 400), st.integers(0, 40), st.binary(max_size=4)
).map(lambda cut: cut[0][: cut[1]] + cut[3] + cut[0][cut[1] + cut[2] :])
bodies = st.one_of(pieces, flat_lines, damaged, st.binary(max_size=60))

scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
written = st.dictionaries(
    st.text(st.characters(codec="utf-8"), min_size=1, max_size=30),
    scalars | st.lists(scalars, max_size=2) | st.dictionaries(st.text(), scalars, max_size=2),
    max_size=8,
)
plain_texts = st.text("abcxyzABC012359 .:-_/'\"#,@=+~%é日", max_size=12)
plain: st.SearchStrategy[dict[str, Any]] = st.dictionaries(
    st.sampled_from(["name", "run_id", "status", "tags", "user_id", "start_time"]),
    plain_texts | st.integers(0, 10**21) | st.none() | st.just([]) | st.just({}),
    min_size=1,
)


def typed(value: object) -> object:
    """The value with the type of each part, so that True is not 1 and 1 is not 1.0."""
    if isinstance(value, dict):
        return {typed(key): typed(item) for key, item in value.items()}
    if isinstance(value, list):
        return [typed(item) for item in value]
    return type(value).__name__, repr(value)


@given(bodies | plain.map(lambda fields: yaml.safe_dump(fields, allow_unicode=True).encode()))
@settings(explore, max_examples=300)
@example(b"run_id: 12e34567890123456789012345678901\n")
@example(b"a: 1e5\n")
@example(b"a: 0x10\n")
@example(b"a: 0b1\n")
@example(b"a: 017\n")
@example(b"a: 1_000\n")
@example(b"a: x #y\n")
@example(b"a: 1\na: 2\n")
@example(b"a: x\n  y: z\n")
@example("a: x\u2028y\n".encode())
@example("a: 'x\x85y'\n".encode())
def test_the_splitter_agrees_with_pyyaml_or_gives_way(body: bytes) -> None:
    record = _split_flat(body)
    if record is not None:
        assert typed(record) == typed(yaml.safe_load(body))
        assert typed(record) == typed(yaml.load(body, Loader=yaml.CSafeLoader))


# fmt: off
SCALARS = [
    "y", "N", "yes", "No", "ON", "off", "True", "FALSE", "null", "Null", "~", "nan", ".nan", "inf",
    "-.INF", "0", "-1", "+1", "1.", ".5", "1.5", "017", "0o17", "0x1f", "0b1", "1e5", "1e+5", "1_0",
    "12:30", "12e34", "0e", "0xg", "1" * 19, "1" * 20, "=", "<<", "-", "--", "---", "...", "?", ":",
    "a:", "a: b", "a:b", "a :b", "a #b", "a#b", " a", "a ", "a  b", "a\tb", "@a", "`a", "%a", "!a",
    "&a", "*a", "|", ">", "''", "'", "'a'", "'a''b'", "'a' b", '"a"', "[]", "[a]", "{}", "{a: 1}",
    "- a", "? a", "a, b", "a]", "C:\\x", "file:///C:/x", "s3://b/c", "/a b/c", "_", "é", "日本",
    "'é'", "'\u2028'", "'\x85'", "a\x85b", "a\u2028b", "\ufeffa", "\U0001f600", "NaN", "a=b", "(a)",
]
# fmt: on


@pytest.mark.parametrize("scalar", SCALARS)
def test_the_splitter_reads_a_scalar_as_pyyaml_does_or_gives_way(scalar: str) -> None:
    for body in (f"a: {scalar}\n".encode(), f"{scalar}: a\n".encode()):
        record = _split_flat(body)
        if record is not None:
            assert typed(record) == typed(yaml.safe_load(body))


@pytest.mark.parametrize("body", RECORDS)
def test_the_splitter_takes_the_records_that_mlflow_writes(body: bytes) -> None:
    assert _split_flat(body) == yaml.safe_load(body)
    assert _split_flat(body.replace(b"\n", b"\r\n")) is None
    assert parse_record(body.replace(b"\n", b"\r\n")) == yaml.safe_load(body)


@given(written, st.booleans())
@settings(explore, max_examples=60)
def test_what_pyyaml_writes_is_read_as_pyyaml_reads_it(
    fields: dict[str, Any],
    unicode: bool,  # noqa: FBT001
) -> None:
    body = yaml.safe_dump(fields, allow_unicode=unicode, default_flow_style=False)
    assert typed(parse_record(body.encode())) == typed(yaml.safe_load(body))


def is_plain(value: object) -> bool:
    """Whether a value is of the types that readers know, and all its text can be written."""
    if isinstance(value, dict):
        return all(map(is_plain, value.keys())) and all(map(is_plain, value.values()))
    if isinstance(value, list):
        return all(map(is_plain, value))
    if isinstance(value, str):
        return value.encode("utf-8").decode() == value
    if isinstance(value, int):
        return len(str(value)) <= 70
    return value is None or isinstance(value, float)


@given(bodies)
@settings(explore, max_examples=300)
@example(b"a: &a [*a]\n")
@example(b"a: !!int ''\n")
@example(b"a: !!float ''\n")
@example(b"a: !!bool x\n")
@example(b"a: !!timestamp x\n")
@example(b"a: !!set {x, y}\n")
@example(b"a: 0x" + b"f" * 5000)
@example(b"? !!omap [a: b]\n: c\n")
@example(b"a: !!int 1:2:\n")
@example(b"a: =\n")
@example(b"")
def test_any_bytes_give_a_record_or_say_why_not(body: bytes) -> None:
    refusal = None
    try:
        record = parse_record(body)
    except RecordError as error:
        refusal = error
    if refusal is not None:
        lines = len(body.decode("utf-8", "replace").splitlines()) + 1
        assert refusal.line is None or 1 <= refusal.line <= lines
        assert 0 < len(str(refusal)) <= 200
    else:
        assert all(isinstance(key, str) for key in record)
        assert is_plain(dict(record))


def test_a_record_beyond_any_size_is_refused_before_it_is_parsed() -> None:
    body = b"a: [" + b"1, " * (MAX_RECORD_BYTES // 3) + b"1]\n"
    with pytest.raises(RecordError, match="larger than 1048576 bytes"):
        parse_record(body)


def test_aliases_of_plain_text_are_read() -> None:
    assert parse_record(b"a: &x text\nb: *x\n") == {"a": "text", "b": "text"}


def test_an_anchor_on_a_list_is_refused() -> None:
    with pytest.raises(RecordError, match="has an anchor on a list or mapping"):
        parse_record(b"a: &x [1]\nb: 2\n")


@pytest.mark.parametrize("count", [100, 101])
def test_aliases_are_bounded(count: int) -> None:
    body = "a: &x text\nb: [" + ", ".join(["*x"] * count) + "]\n"
    if count <= 100:
        assert len(str(parse_record(body.encode())["b"])) == 8 * count
    else:
        with pytest.raises(RecordError, match="nested or aliased beyond any record"):
            parse_record(body.encode())


@pytest.mark.parametrize("depth", [39, 40])
def test_nesting_is_bounded(depth: int) -> None:
    body = b"a: " + b"[" * depth + b"]" * depth + b"\n"
    if depth < 40:
        assert list(parse_record(body)) == ["a"]
    else:
        with pytest.raises(RecordError, match="nested or aliased beyond any record"):
            parse_record(body)


def test_keys_are_text_whatever_they_are_written_as() -> None:
    assert parse_record(b"2: a\nyes: b\n~: c\n1.5: d\n") == {
        "2": "a",
        "True": "b",
        "None": "c",
        "1.5": "d",
    }


def test_a_broken_record_is_told_of_with_its_line() -> None:
    with pytest.raises(RecordError) as caught:
        parse_record(b"a: 1\nb: 2\nc: [\n")
    assert caught.value.line == 4
    with pytest.raises(RecordError) as caught:
        parse_record(b"a: 1\nb 2\nc: 3\n")
    assert caught.value.line in (2, 3)
