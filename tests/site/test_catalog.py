"""What a site is about: which experiments and runs, in what order, and who is related to whom."""

from dataclasses import replace

import pytest

from reportgen.analysis.metric_rules import NO_RULES
from reportgen.config import Options
from reportgen.errors import UsageError
from reportgen.model import DELETED, Experiment, Problem, Run, Status
from reportgen.readers.memory import MemoryStore
from reportgen.site.catalog import Catalog, Entry, RunLink, gather
from reportgen.site.unshown import Sieve

IRIS = Experiment("1", "Iris", "1", created=100)
WINE = Experiment("2", "wine", "2", created=200)
PARENT = "mlflow.parentRunId"


def run(run_id: str, experiment: Experiment = IRIS, start: int | None = 0, parent: str = "") -> Run:
    """A finished run that is named after its id."""
    return Run(
        run_id,
        experiment.id,
        f"run {run_id}",
        f"{experiment.where}/{run_id}",
        Status.FINISHED,
        start_time=start,
        tags={PARENT: parent} if parent else {},
    )


def catalog_of(*runs: Run, options: Options = Options()) -> Catalog:  # noqa: B008 (frozen)
    """The catalog of one store with both experiments."""
    return gather([MemoryStore([WINE, IRIS], runs)], options, None)


def ids(entry: Entry) -> list[str]:
    return [outline.id for outline in entry.outlines]


def names(catalog: Catalog) -> list[str]:
    return [entry.mark.name for entry in catalog.entries]


def around(catalog: Catalog, run_id: str) -> tuple[list[str | None], list[str]]:
    """The pages of a run's newer and older neighbour and its parent; those of its children."""
    for entry in catalog.entries:
        for outline, _, found in catalog.neighbours(entry):
            if outline.id == run_id:
                links = (found.newer, found.older, found.parent)
                return [link.page if link else None for link in links], [
                    child.page for child in found.children
                ]
    raise LookupError(run_id)


def test_experiments_are_in_the_order_of_their_names() -> None:
    catalog = catalog_of()
    assert names(catalog) == ["Iris", "wine"]
    assert [entry.mark.slug for entry in catalog.entries] == ["iris", "wine"]


def test_runs_are_newest_first_and_those_without_a_time_last() -> None:
    catalog = catalog_of(
        run("a", start=1),
        run("b", start=None),
        run("c", start=3),
        run("e", start=2),
        run("d", start=2),
    )
    assert ids(catalog.entries[0]) == ["c", "d", "e", "a", "b"]


def test_neighbours_are_those_in_the_list() -> None:
    catalog = catalog_of(run("a", start=1), run("b", start=2), run("c", WINE, start=3))
    assert around(catalog, "b") == ([None, "a", None], [])
    assert around(catalog, "a") == (["b", None, None], [])
    assert around(catalog, "c") == ([None, None, None], [])


def test_parents_and_children_are_found_across_experiments() -> None:
    catalog = catalog_of(
        run("parent"), run("one", start=1, parent="parent"), run("two", WINE, 2, parent="parent")
    )
    assert around(catalog, "parent")[1] == ["one", "two"]
    assert around(catalog, "two")[0] == [None, None, "parent"]


def test_parent_that_is_not_shown_is_no_link() -> None:
    catalog = catalog_of(run("one", parent="gone"), replace(run("two"), lifecycle_stage=DELETED))
    assert around(catalog, "one")[0][2] is None


def test_parent_of_another_store_is_no_link() -> None:
    stores = [
        MemoryStore([IRIS], [run("parent")], label="one"),
        MemoryStore([IRIS], [run("child", parent="parent")], label="two"),
    ]
    catalog = gather(stores, Options(), None)
    assert around(catalog, "child")[0][2] is None
    assert [entry.mark.label for entry in catalog.entries] == ["one", "two"]


def test_store_is_named_only_among_several() -> None:
    assert [entry.mark.label for entry in catalog_of().entries] == ["", ""]


def test_deleted_runs_and_experiments_are_left_out_unless_asked_for() -> None:
    deleted = replace(WINE, lifecycle_stage=DELETED)
    runs = [run("a"), replace(run("b", start=-1), lifecycle_stage=DELETED), run("c", WINE)]
    store = MemoryStore([IRIS, deleted], runs)
    catalog = gather([store], Options(), None)
    assert [(entry.mark.name, ids(entry)) for entry in catalog.entries] == [("Iris", ["a"])]
    catalog = gather([store], Options(deleted=True), None)
    assert [ids(entry) for entry in catalog.entries] == [["a", "b"], ["c"]]


def test_experiments_are_chosen_by_name() -> None:
    assert names(catalog_of(options=Options(experiments=("wine",)))) == ["wine"]
    assert names(catalog_of(options=Options(experiments=("wine", "Iris")))) == ["Iris", "wine"]


def test_unknown_experiment_is_an_error_with_the_nearest_name() -> None:
    with pytest.raises(UsageError, match="no experiment is named 'wines'") as raised:
        catalog_of(options=Options(experiments=("wines",)))
    assert raised.value.hint == "did you mean 'wine'?"


def test_experiment_of_any_store_may_be_chosen() -> None:
    stores = [MemoryStore([IRIS], [], label="one"), MemoryStore([WINE], [], label="two")]
    assert names(gather(stores, Options(experiments=("wine",)), None)) == ["wine"]


def test_runs_that_do_not_match_are_left_out() -> None:
    store = MemoryStore([IRIS], [run("a"), run("b", start=1), run("c", start=2)])
    catalog = gather([store], Options(), Sieve(lambda each: each.id != "b", frozenset(), NO_RULES))
    assert ids(catalog.entries[0]) == ["c", "a"]
    assert around(catalog, "a")[0] == ["c", None, None]


def test_experiment_made_first_keeps_the_plain_slug() -> None:
    younger = Experiment("0", "iris", "0", created=300)
    catalog = gather([MemoryStore([younger, IRIS], [])], Options(), None)
    slugs = {entry.mark.id: entry.mark.slug for entry in catalog.entries}
    assert slugs["1"] == "iris"
    assert slugs["0"].startswith("iris-")


def test_run_that_is_in_two_experiments_has_two_pages() -> None:
    catalog = catalog_of(run("a"), run("a", WINE), run("child", parent="a"))
    pages = [catalog.link(entry, entry.outlines[0]).page for entry in catalog.entries]
    assert pages[0] == "a"
    assert pages[1].startswith("a-")
    assert around(catalog, "child")[0][2] == "a"


def test_link_shows_title_and_status() -> None:
    catalog = catalog_of(replace(run("0123456789"), name="", status=Status.FAILED))
    entry = catalog.entries[0]
    assert catalog.link(entry, entry.outlines[0]) == RunLink("01234567", "0123456789", "FAILED")


def test_problems_of_a_store_are_kept() -> None:
    problem = Problem("9/meta.yaml", 1, "broken")
    catalog = gather([MemoryStore([IRIS], [], problems=[problem])], Options(), None)
    assert catalog.problems == (problem,)
