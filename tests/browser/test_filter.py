"""The filter of the run table in the browser: the same language as that of the command line."""

import json
import math
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from reportgen.analysis.filters import parse_filter
from reportgen.errors import UsageError
from reportgen.model import Run
from tests.browser.visits import visit
from tests.unit.test_filters import RUNS

pytestmark = pytest.mark.browser

STATIC = Path(__file__).parents[2] / "themes" / "default" / "static"

# Numbers travel as texts: JSON has no nan.
TABLE = """table => {
  const number = text => text === null ? null : Number(text);
  const map = (columns, make) => new Map(Object.entries(columns).map(([k, v]) => [k, make(v)]));
  window.table = { ...table,
    metrics: map(table.metrics, last => ({ last: last.map(number) })),
    params: map(table.params, values => ({ values })),
    tags: map(table.tags, values => ({ values })),
  };
}"""
ASK = """texts => texts.map(text => {
  try {
    const filter = reportgen.filter.parse(text, window.table);
    return window.table.ids.filter((_, row) => filter.matches(row)).join(' ');
  } catch (error) {
    if (error.name !== 'FilterError') throw error;
    const position = [...text.slice(0, error.at)].length + 1;
    return [`filter, position ${position}: ${error.message}`, error.hint, error.length >= 1];
  }
})"""


def table_of(runs: tuple[Run, ...]) -> dict[str, Any]:
    """Some runs as a table of the browser."""

    def columns(kind: str, read: Any = lambda value: value) -> dict[str, list[Any]]:
        keys = sorted({key for run in runs for key in getattr(run, kind)})
        return {
            key: [
                read(getattr(run, kind)[key]) if key in getattr(run, kind) else None for run in runs
            ]
            for key in keys
        }

    def last(head: Any) -> str:
        if math.isfinite(head.last):
            return repr(head.last)
        return "NaN" if math.isnan(head.last) else "Infinity" if head.last > 0 else "-Infinity"

    return {
        "ids": [run.id for run in runs],
        "titles": [run.title for run in runs],
        "statuses": [run.status.name for run in runs],
        "starts": [run.start_time for run in runs],
        "ends": [run.end_time for run in runs],
        "users": [run.user for run in runs],
        "datasets": [[[d.name, d.dataset_digest, d.context] for d in run.datasets] for run in runs],
        "metrics": columns("metrics", last),
        "params": columns("params"),
        "tags": columns("tags"),
        "apart": ["test_acc"],
    }


def asked_in_python(text: str) -> str | list[Any]:
    """The ids of the runs that a filter keeps, or what is wrong with it."""
    try:
        found = parse_filter(text)
    except UsageError as error:
        return [str(error), error.hint, True]
    return " ".join(run.id for run in RUNS if found.matches(run))


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    with visit(browser) as (opened, events):
        for name in ("filter-words.js", "filter.js"):
            opened.add_script_tag(path=STATIC / name)
        opened.evaluate(TABLE, table_of(RUNS))
        yield opened
        assert events.errors == []


FIELDS = """metrics.rmse metric.loss metrics.val/loss metrics.`val/loss` metrics.rmze params.lr
param.model params.`with~space` params."with~space" parameters.note params.path tags.stage tag.memo
tags.mlflow.source.name status attributes.status run_id attr.run_id run_name "Run~Name" user_id
start_time created run.end_time dataset.name datasets.digest dataset.context"""
NUMBERS = ("0.25", "-0.5", "1e-4", "+1", ".5", "1e999", "1700000000000", "1700000001000.0", "2.")
TEXTS = r"""'ridge' "Forest_A" 'FINISHED' 'FAILED' 'ada' 'it''s' '0.1' '' 'kim' 'coffee' 'tea' 'd2'
'C:\new' "training" 'Ridge~1' 'r%' '%' '_' '%s%r%' 'F%r%s%A' '%A' 'first%line' 'RIDG_' 'C:\%' '%_%'
'ſ%' '%K%' 'İ%'"""
SIGNS = ("=", "!=", "<", "<=", ">", ">=", "LIKE", "ilike", "IN", "not in", "IS NULL", "is not null")
WORDS = r"""( ) , = != < <= LIKE in NOT is null and OR 'a' "b" `c` 1 -.5 1e9 metrics.rmse params.lr
` tags.`a|b` status start_time dataset.name run_id IN ('ada') ' " . metrics. x.y \ é ٣ == <> => !
parms.x stauts run.stauts mlflow.user metrics.x. dataset.nme `metrics.rmse` 0x10 1.2.3 1e nan 三 ²
datset.rows atribute.status tgas.`x` 'x'x ０ 😀 params.'a"""


def clause(random: Random) -> str:
    """A comparison that is right more often than not."""
    field, sign = random.choice(FIELDS.split()), random.choice(SIGNS)
    is_number = field.startswith("metric") or field.endswith(("_time", "created"))
    values = NUMBERS if is_number != (random.random() < 0.03) else TEXTS.split()
    if "NULL" in sign.upper():
        return f"{field} {sign}"
    if sign.upper().endswith("IN"):
        return f"{field} {sign} ({', '.join(random.choices(values, k=random.randint(1, 3)))})"
    if is_number == sign.upper().endswith("LIKE") or (not is_number and sign[0] in "<>"):
        sign = random.choice(("=", "!="))
    return f"{field}{sign if sign[0] in '=!<>' else f' {sign} '}{random.choice(values)}"


def expression(random: Random, depth: int = 2) -> str:
    """Comparisons joined and bracketed."""
    parts = [
        f"({expression(random, depth - 1)})" if depth and random.random() < 0.25 else clause(random)
        for _ in range(random.randint(1, 3))
    ]
    joined = parts[0]
    for part in parts[1:]:
        joined += random.choice((" AND ", " or ", " and\n", " OR ")) + part
    return joined.replace("~", " ")


def expressions() -> list[str]:
    """Right ones, nearly right ones, and rows of words that mean nothing."""
    random = Random(5)  # noqa: S311 (not a secret)
    right = [expression(random) for _ in range(1500)]
    torn = [text[: random.randint(0, len(text))] for text in right[:300]]
    loose = [
        random.choice((" ", "", "\t")).join(random.choices(WORDS.split(), k=random.randint(1, 9)))
        for _ in range(1500)
    ]
    odd = [
        "",
        " \n",
        "\x1c",
        "\ufeff",
        "(" * 51 + "run_id = 'a'",
        "(" * 50 + "run_id = 'ada'" + ")" * 50,
    ]
    odd += [
        f"metrics.rmse < 'two\nlines \x1b[31m {'more ' * 20}'",
        "params.x = 'a\u200bb\U000e0001' 1",
    ]
    return [*right, *torn, *loose, *odd]


def test_the_browser_understands_filters_as_the_command_line_does(page: Page) -> None:
    texts = expressions()
    found = page.evaluate(ASK, texts)
    expected = [asked_in_python(text) for text in texts]
    differing = [row for row in zip(texts, found, expected, strict=True) if row[1] != row[2]]
    assert differing[:5] == []
    kept = [ids for ids in expected if isinstance(ids, str)]
    assert len(kept) > 1000
    assert len({*kept}) == 8  # every choice of three runs
    assert len(expected) - len(kept) > 1000


def test_a_test_metric_cannot_be_referred_to(page: Page) -> None:
    (found,) = page.evaluate(ASK, ["run_id = 'x' or metrics.test_acc > 0.5"])
    assert found[0] == "filter, position 17: metrics.test_acc is a test metric, and stands apart"


def test_where_artifacts_lie_cannot_be_referred_to(page: Page) -> None:
    (found,) = page.evaluate(ASK, ["artifact_uri LIKE 'file:%'"])
    assert found[0] == "filter, position 1: artifact_uri is not in this table"


def test_fields_that_no_run_has_are_told(page: Page) -> None:
    text = json.dumps("metrics.rmze < 1 or params.lr = '0.1'")
    found = page.evaluate(f"reportgen.filter.parse({text}, table).absent.map(name => name.typed)")
    assert found == ["metrics.rmze"]


def test_many_wildcards_take_no_time(page: Page) -> None:
    found = page.evaluate(
        """() => {
          const table = { params: new Map([['a', { values: ['a'.repeat(20000) + 'b'] }]]) };
          const filter = reportgen.filter.parse(`params.a LIKE '${'%a'.repeat(100)}%c'`, table);
          const start = performance.now();
          return [filter.matches(0), performance.now() - start < 2000];
        }"""
    )
    assert found == [False, True]
