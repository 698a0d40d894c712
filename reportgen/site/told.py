"""What was taken out of a run for a public site, on its way to the list."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Told:
    """What was redacted of a run or an experiment: by place, the kinds."""

    record: dict[str, frozenset[str]] = field(default_factory=dict)  # "tag mlflow.user"
    files: dict[str, frozenset[str] | None] = field(default_factory=dict)  # None: not looked into
