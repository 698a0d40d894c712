"""The Markdown and LaTeX tables of `reportgen export`."""

import io
from collections.abc import Mapping
from math import inf, nan

import markdown as python_markdown
import pytest

from reportgen.analysis.paper import latex, markdown, paper_table, short_number
from reportgen.export import export_runs
from reportgen.model import Experiment, MetricHead, Run, Status

COFFEE = Experiment("1", "coffee", "1")


def run(name: str, params: Mapping[str, str], **metrics: float) -> Run:
    heads = {key: MetricHead(key, 1, one, 0, 0, one, one, "") for key, one in metrics.items()}
    return Run("ab" * 16, "1", name, f"1/{name}", Status.FINISHED, params=params, metrics=heads)


def table(*runs: Run) -> tuple[str, str]:
    found = paper_table((COFFEE, one) for one in runs)
    return markdown(found), latex(found)


FOREST = run("forest", {"seed": "1", "trees": "100"}, rmse=0.4123456)
BOOST = run("boost", {"seed": "1", "trees": "50"}, rmse=-1.5e-07, r2=0.5)


def test_markdown_shows_what_varies_and_the_metrics() -> None:
    assert table(FOREST, BOOST)[0] == (
        "| run | status | trees | r2 | rmse |\n"
        "| --- | --- | ---: | ---: | ---: |\n"
        "| forest | FINISHED | 100 |  | 0.41235 |\n"
        "| boost | FINISHED | 50 | 0.5 | -1.5e-07 |\n"
    )


def test_latex_is_a_booktabs_tabular() -> None:
    assert table(FOREST, BOOST)[1] == (
        "% needs \\usepackage{booktabs}\n"
        "\\begin{tabular}{llrrr}\n"
        "\\toprule\n"
        "run & status & trees & r2 & rmse \\\\\n"
        "\\midrule\n"
        "forest & FINISHED & 100 &  & 0.41235 \\\\\n"
        "boost & FINISHED & 50 & 0.5 & $-1.5 \\times 10^{-7}$ \\\\\n"
        "\\bottomrule\n"
        "\\end{tabular}\n"
    )


def test_a_single_run_shows_all_its_parameters() -> None:
    assert paper_table([(COFFEE, FOREST)]).headers == ("run", "status", "seed", "trees", "rmse")


def test_a_parameter_that_some_runs_lack_varies() -> None:
    runs = [(COFFEE, run("a", {"p": "1"})), (COFFEE, run("b", {}))]
    assert paper_table(runs).headers == ("run", "status", "p")


def test_runs_of_more_experiments_get_a_column_for_them() -> None:
    pairs = [(COFFEE, FOREST), (Experiment("2", "tea", "2"), BOOST)]
    found = paper_table(pairs)
    assert found.headers[0] == "experiment"
    assert [row[0] for row in found.rows] == ["coffee", "tea"]


def test_a_parameter_and_a_metric_of_one_name_are_told_apart() -> None:
    pairs = [(COFFEE, run("a", {"k": "1"}, k=1.0)), (COFFEE, run("b", {"k": "2"}, k=2.0))]
    assert paper_table(pairs).headers == ("run", "status", "params.k", "metrics.k")


def test_a_run_without_a_name_is_shown_by_its_id() -> None:
    assert paper_table([(COFFEE, run("", {}))]).rows == (("abababab", "FINISHED"),)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.123456789, "0.12346"),
        (1e-07, "1e-07"),
        (37.0, "37"),
        (1597545.6, "1597546"),
        (99999.6, "100000"),
        (1e20, "1e+20"),
        (-0.0, "0"),
        (nan, "nan"),
        (-inf, "-inf"),
    ],
)
def test_numbers_have_five_digits(value: float, shown: str) -> None:
    assert short_number(value) == shown


@pytest.mark.parametrize(
    "text",
    [
        "a|b",
        "a\\|b",
        "*bold* **x**",
        "<script>alert(1)</script>",
        "__init__ and my_run_1",
        "`code`",
        "[link](https://example.com)",
        "&lt; & &amp;",
        "a\\b",
    ],
)
def test_markdown_shows_text_as_it_is(text: str) -> None:
    source = table(run(text, {}), run("other", {}))[0]
    page = python_markdown.markdown(source, extensions=["tables"])
    cell = page.split("<tbody>")[1].split("<td>")[1].split("</td>")[0]
    shown = cell.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert shown == text


def test_markdown_does_not_strike_through() -> None:
    assert "| \\~\\~gone\\~\\~ |" in table(run("~~gone~~", {}))[0]


def test_text_of_several_lines_becomes_one() -> None:
    assert paper_table([(COFFEE, run("two\r\nlines\there", {}))]).rows[0][0] == "two lines here"


@pytest.mark.parametrize(
    ("text", "spelt"),
    [
        ("50% & $5 #1 a_b {x}", r"50\% \& \$5 \#1 a\_b \{x\}"),
        ("~/x^2\\n", r"\textasciitilde{}/x\textasciicircum{}2\textbackslash{}n"),
        ('<a> | "b"', r"\textless{}a\textgreater{} \textbar{} {\char34}b{\char34}"),
        ("train --lr -x ---", r"train -{}-lr -x -{}-{}-"),
        ("[0.5] x", "{[}0.5] x"),
        ("* x", "{*} x"),
    ],
)
def test_latex_escapes_what_is_special(text: str, spelt: str) -> None:
    body = table(run(text, {}))[1]
    assert f"\\midrule\n{spelt} & FINISHED \\\\\n" in body


def test_latex_numbers_are_set_as_mathematics() -> None:
    runs = [run("a", {}, m=nan), run("b", {}, m=-inf), run("c", {}, m=-0.5), run("d", {}, m=1e20)]
    cells = [line.split(" & ")[-1] for line in table(*runs)[1].splitlines()[5:9]]
    found = [cell.removesuffix(r" \\") for cell in cells]
    assert found == ["nan", r"$-\infty$", "$-0.5$", r"$1 \times 10^{20}$"]


@pytest.mark.parametrize("name", ["md", "latex"])
def test_tables_are_exported_as_utf_8(name: str) -> None:
    out = io.BytesIO()
    assert export_runs([(COFFEE, run("ä☃", {}))], name, out) == 1
    assert "ä☃" in out.getvalue().decode()


def test_keys_and_texts_stay_in_their_line_and_give_no_orders_to_a_terminal() -> None:
    odd = run("a\nb\x1b<31m", {"p\n": "1\x00\u202e2", "q\t|x": "3"}, **{"loss\n": 0.5})
    rows, paper = table(odd)
    assert rows == (
        "| run | status | p | q \\|x | loss |\n"
        "| --- | --- | --- | ---: | ---: |\n"
        "| a b�&lt;31m | FINISHED | 1��2 | 3 | 0.5 |\n"
    )
    assert "run & status & p & q \\textbar{}x & loss \\\\\n" in paper
    assert "\na b�\\textless{}31m & FINISHED & 1��2 & 3 & 0.5 \\\\\n" in paper
