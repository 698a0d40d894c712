"""Runs and experiments without what must not go public, and an account of what was taken out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from reportgen.analysis.redaction import Kinds, Redactor
from reportgen.analysis.redaction_keys import is_user_key
from reportgen.model import (
    Artifact,
    DatasetInput,
    Experiment,
    LoggedModel,
    MetricHead,
    MetricKey,
    Problem,
    Run,
)
from reportgen.site.told import Told


class Taker:
    """Takes what is private out of values, and notes where it was."""

    def __init__(self, redactor: Redactor, told: Told, known: Redactor | None = None) -> None:
        """`redactor` is for what stands in one run; `known`, if another, for what is told of it.

        Names, keys and paths are by `known`: other pages show them, too.
        """
        self._redactor = redactor
        self._known = known or redactor
        self._told = told

    def _note(self, place: str, kinds: Kinds) -> None:
        if kinds:
            self._told.record[place] = self._told.record.get(place, frozenset()) | kinds

    def name(self, text: str, place: str) -> str:
        """A text that other pages show as well."""
        taken, kinds = self._known.text(text)
        self._note(place, kinds)
        return taken

    def text(self, text: str, place: str) -> str:
        """Any other text."""
        taken, kinds = self._redactor.text(text)
        self._note(place, kinds)
        return taken

    def user(self, text: str) -> str:
        """Who ran it."""
        taken, kinds = self._redactor.value("user", text)
        self._note("user", kinds)
        return taken

    def values(self, values: Mapping[str, str], what: str) -> dict[str, str]:
        """Parameters or tags, by their keys, which may be private as well."""
        names = self.names(values, what)
        taken = {}
        for name, (key, value) in zip(names, values.items(), strict=True):
            taken[name], kinds = self._redactor.value(key, value)
            self._note(f"{what} {name}", kinds)
        return taken

    def names(self, names: Iterable[str], what: str) -> list[str]:
        """Names that tell things apart, and still do so afterwards."""
        given: dict[str, None] = {}
        for name in names:
            taken = base = self.name(name, f"{what} {self._known.text(name)[0]}")
            count = 1
            while taken in given:
                count += 1
                taken = f"{base} {count}"
            given[taken] = None
        return list(given)

    def metrics(self, metrics: Mapping[MetricKey, MetricHead]) -> dict[MetricKey, MetricHead]:
        """Metrics by their keys; their values stay."""
        keys = self.names(metrics, "metric")
        return {
            key: self._metric(key, head) for key, head in zip(keys, metrics.values(), strict=True)
        }

    def _metric(self, key: MetricKey, head: MetricHead) -> MetricHead:
        if key == head.key and not head.datasets:
            return head
        sets = (replace(one, name=self._known.text(one.name)[0]) for one in head.datasets)
        return replace(head, key=key, datasets=tuple(sets))

    def artifacts(self, artifacts: Sequence[Artifact]) -> tuple[Artifact, ...]:
        """Files by their paths."""
        paths = self.names([one.path for one in artifacts], "artifact")
        return tuple(
            one if one.path == path else replace(one, path=path)
            for one, path in zip(artifacts, paths, strict=True)
        )

    def dataset(self, dataset: DatasetInput) -> DatasetInput:
        """A dataset that a run used."""
        name = self.name(dataset.name, "name of a dataset")
        place = f"dataset {name}"
        return replace(
            dataset,
            name=name,
            source=self.text(dataset.source, place),
            schema=self.text(dataset.schema, place),
            profile=self.text(dataset.profile, place),
            tags=self.values(dataset.tags, f"{place}, tag"),
        )

    def model(self, model: LoggedModel) -> LoggedModel:
        """A logged model."""
        name = self.name(model.name, "name of a model")
        return replace(
            model,
            name=name,
            params=self.values(model.params, f"model {name}, parameter"),
            tags=self.values(model.tags, f"model {name}, tag"),
            metrics=self.metrics(model.metrics),
            artifacts=self.artifacts(model.artifacts),
        )

    def problems(self, problems: Sequence[Problem]) -> tuple[Problem, ...]:
        """What could not be read; a reason may quote it."""
        return tuple(
            replace(
                one, path=self.name(one.path, "problem"), reason=self.text(one.reason, "problem")
            )
            for one in problems
        )


def take_run(run: Run, redactor: Redactor, told: Told, own: Redactor) -> Run:
    """A run without what is private in it; its digest is left as it is.

    `own` is the redactor that knows the `names_in` the run as well: they are looked for in all of
    its texts, and not in names, which other pages show as well.
    """
    taker = Taker(own, told, redactor)
    artifacts = taker.artifacts(run.artifacts)
    paths = {old.path: new.path for old, new in zip(run.artifacts, artifacts, strict=True)}
    cause = run.cause
    if cause is not None:
        reason = taker.text(cause.reason, "cause of the failure")
        cause = replace(cause, reason=reason, path=paths.get(cause.path, cause.path))
    return replace(
        run,
        name=taker.name(run.name, "name"),
        user=taker.user(run.user),
        source=taker.text(run.source, "source"),
        source_version=taker.text(run.source_version, "version of the source"),
        artifact_uri=redactor.text(run.artifact_uri)[0],  # no page shows it
        artifact_note=taker.text(run.artifact_note, "address of the artifacts"),
        params=taker.values(run.params, "parameter"),
        tags=taker.values(run.tags, "tag"),
        metrics=taker.metrics(run.metrics),
        artifacts=artifacts,
        datasets=tuple(map(taker.dataset, run.datasets)),
        models=tuple(map(taker.model, run.models)),
        cause=cause,
        problems=taker.problems(run.problems),
    )


def names_in(run: Run, redactor: Redactor) -> set[str]:
    """The names of accounts that the values of a run tell."""
    names = redactor.found_names(run.source) | redactor.found_names(run.artifact_uri)
    for values in (run.params, run.tags):
        for key, value in values.items():
            if len(value) <= 64 and is_user_key(key, value):
                names.add(value.strip())
            if "/" in value or "\\" in value or "%2" in value:
                names |= redactor.found_names(value)
    return names


def take_experiment(experiment: Experiment, redactor: Redactor, told: Told) -> Experiment:
    """An experiment without what is private in it."""
    taker = Taker(redactor, told)
    return replace(
        experiment,
        name=taker.name(experiment.name, "name"),
        artifact_location=redactor.text(experiment.artifact_location)[0],  # no page shows it
        tags=taker.values(experiment.tags, "tag"),
        problems=taker.problems(experiment.problems),
    )


def original_names(names: Iterable[str], redactor: Redactor, what: str) -> dict[str, str]:
    """By the names that a site shows, those of the store."""
    plain = list(names)
    return dict(zip(Taker(redactor, Told()).names(plain, what), plain, strict=True))
