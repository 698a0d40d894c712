"""CSV, TSV and JSON tables: which rows are shown, and what is said of the others."""

import json

from reportgen.render.viewers import Shown, show
from tests.markup import Elements, rows_of


def shown(path: str, body: bytes) -> Shown:
    return show(path, len(body), lambda limit: body[:limit], f"artifacts/{path}")


def table_class(html: str) -> str:
    (attributes,) = [found for tag, found in Elements(html).found if tag == "table"]
    return attributes.get("class", "")


def test_a_csv_file_is_a_table_with_its_first_row_as_header() -> None:
    found = shown("a/p.csv", b'id,label,score\n1,"cat, big",0.5\n2,dog,-1e-3\n')
    assert found.kind == "table"
    assert rows_of(found.html) == [
        ["id", "label", "score"],
        ["1", "cat, big", "0.5"],
        ["2", "dog", "-1e-3"],
    ]
    assert found.note == ""
    assert [tag for tag, _ in Elements(found.html).found].count("th") == 3


def test_columns_of_numbers_are_marked_by_their_place() -> None:
    found = shown("p.csv", b"n,word,gap,mixed,pct\n1,x,,1,5%\n-2.5e3,y,nan,z,7 %\n.5,z,4,2,1%\n")
    assert table_class(found.html) == "n1 n3 n5"


def test_a_first_row_with_a_number_is_no_header() -> None:
    found = shown("p.csv", b"0.1,a\n0.2,b\n")
    assert rows_of(found.html) == [["0.1", "a"], ["0.2", "b"]]
    assert "<th" not in found.html


def test_the_delimiter_is_the_one_that_parts_all_lines_alike() -> None:
    assert rows_of(shown("p.csv", b"a;b\n1,5;2,5\n").html) == [["a", "b"], ["1,5", "2,5"]]
    assert rows_of(shown("p.tsv", b"a, x\tb\n1\t2\n").html) == [["a, x", "b"], ["1", "2"]]
    assert rows_of(shown("p.csv", b"a|b|c\n1|2|3\n").html)[1] == ["1", "2", "3"]
    assert rows_of(shown("p.csv", b"only\n1\n").html) == [["only"], ["1"]]


def test_of_many_rows_the_first_200_are_shown_and_all_are_counted() -> None:
    body = b"x,y\n" + b"".join(b"%d,%d\n" % (n, n * n) for n in range(12_431))
    found = shown("p.csv", body)
    assert len(rows_of(found.html)) == 201
    assert found.note == "first 200 of 12\N{NARROW NO-BREAK SPACE}431 rows"


def test_rows_are_counted_with_newlines_in_quotes_and_with_empty_lines() -> None:
    quoted = b"x\n" + b'"one\nrow"\n' * 300
    assert shown("p.csv", quoted).note == "first 200 of 300 rows"
    spaced = b"x\n" + b"1\n\n" * 250
    assert shown("p.csv", spaced).note == "first 200 of 250 rows"
    unended = b"x\r\n" + b"1\r\n" * 250 + b"2"
    assert shown("p.csv", unended).note == "first 200 of 251 rows"


def test_of_many_columns_the_first_50_are_shown() -> None:
    found = shown("p.csv", b",".join(b"c%d" % n for n in range(70)) + b"\n" + b"1," * 69 + b"1\n")
    assert [len(row) for row in rows_of(found.html)] == [50, 50]
    assert found.note == "first 50 of 70 columns"


def test_long_cells_are_cut_and_this_is_said() -> None:
    found = shown("p.csv", b"a\n" + b"w" * 500 + b"\n")
    assert rows_of(found.html)[1] == ["w" * 200 + "…"]
    assert found.note == "long cells cut at 200 characters"


def test_a_quote_that_never_ends_leaves_the_text() -> None:
    found = shown("p.csv", b'a,b\n1,"' + b"x" * 140_000)
    assert found.kind == "text"
    assert found.note.startswith("not a table: field larger than field limit")


def test_cells_are_escaped() -> None:
    found = shown("p.csv", b"a,b\n<b>x</b>,&amp;\n")
    assert rows_of(found.html)[1] == ["<b>x</b>", "&amp;"]
    assert "<b>" not in found.html


def test_a_table_of_50_rows_takes_less_than_4_kb() -> None:
    body = b"row,truth,predicted\n" + b"".join(b"%d,%d.25,%d.5\n" % (n, n, n) for n in range(50))
    assert len(shown("p.csv", body).html) < 4000


def test_what_mlflow_logs_as_a_table_is_one() -> None:
    image = {"type": "image", "filepath": "table_images/q/1.png", "compressed_filepath": "x"}
    data = [["What?", 0.10, image, None, True], ["Why?", 2, image, [1, "a"], False]]
    body = json.dumps({"columns": ["q", "score", "img", "more", "ok"], "data": data}).encode()
    found = shown("eval/q.json", body)
    assert rows_of(found.html) == [
        ["q", "score", "img", "more", "ok"],
        ["What?", "0.1", "image: table_images/q/1.png", "", "true"],
        ["Why?", "2", "image: table_images/q/1.png", '[1, "a"]', "false"],
    ]
    assert table_class(found.html) == "n2"


def test_a_large_table_of_mlflow_is_read_from_its_head() -> None:
    rows = ",".join(f'["text {n}", {n}.50]' for n in range(60_000))
    body = f'{{"columns":["t","v"],"data":[{rows}]}}'.encode()
    reads: list[int] = []

    def read(limit: int) -> bytes:
        reads.append(limit)
        return body[:limit]

    found = show("big.json", len(body), read, "")
    assert max(reads) <= (512 << 10) + 1 < len(body)
    assert rows_of(found.html)[:2] == [["t", "v"], ["text 0", "0.50"]]
    assert len(rows_of(found.html)) == 201
    assert found.note == "first 200 rows"


def test_other_json_that_is_large_is_shown_as_text() -> None:
    body = b"[" + b'{"a": {"b": 1}},\n' * 40_000 + b"1]"
    found = shown("big.json", body)
    assert found.kind == "text"
    assert found.note.startswith("too large for a tree; first 2")


def test_records_alike_are_a_table_and_others_a_tree() -> None:
    records = b'[{"step": 1, "loss": 0.50}, {"step": 2, "loss": 0.25, "lr": 1e-4}]'
    assert rows_of(shown("h.json", records).html) == [
        ["step", "loss", "lr"],
        ["1", "0.50", ""],
        ["2", "0.25", "1e-4"],
    ]
    lines = b'{"step": 1, "loss": NaN}\n\n{"step": 2, "loss": 0.25}\n'
    assert rows_of(shown("h.jsonl", lines).html)[1:] == [["1", "NaN"], ["2", "0.25"]]
    assert shown("h.json", b'[{"a": {"x": 1}}, {"a": {"x": 2}}]').kind == "tree"
    assert shown("h.jsonl", b'{"a": 1}\n{"a"').kind == "text"
