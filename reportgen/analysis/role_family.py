"""What the names of a run's metrics say of each other's roles: `loss` next to `val_loss`."""

import re
from functools import lru_cache

from reportgen.analysis.metric_rules import Role
from reportgen.analysis.role_names import NameParts, Said, parts_of, stem_of
from reportgen.values import frozen


@frozen
class Assigned:
    """The role of a metric, and how it is known; `by` is "" where nothing tells."""

    role: Role
    reason: str  # in words, as for a tooltip: "its name has the part `val`"
    by: str  # for machines: "config:rmse", "tag:...", "dataset:test", "name:X_test", "shape:eval"


@frozen
class ByName:
    """What names say; where it is not firm, the datasets of the run may overrule it."""

    assigned: Assigned
    firm: bool = True


_SEARCH = re.compile(r"(mean|std|rank|split[0-9]+)_test_(.+)", re.IGNORECASE)  # scikit-learn's
_VALIDATION = re.compile(r"validation_([0-9]+)[-_/]", re.IGNORECASE)  # XGBoost, CatBoost
_YOLO = re.compile(r"metrics/(?:precision|recall|map|accuracy_top)", re.IGNORECASE)
_CV = re.compile(r"(?:train|test)-(.+)-(?:mean|std)", re.IGNORECASE)  # xgboost.cv, catboost.cv
_CROSS_VALIDATE = {"fit_time", "score_time"}  # scikit-learn's, next to its test_score
_OF_FOLDS = "`test` means the fold left out in cross-validation here, not test data"


@lru_cache(maxsize=4096)
def by_names(names: tuple[str, ...], many: tuple[bool, ...]) -> tuple[ByName, ...]:
    """What the names of one run say; `many` tells which metrics have more than one point."""
    family = _Family(names, many)
    return tuple(family.decide(name) for name in names)


class _Family:
    """The metrics of one run."""

    def __init__(self, names: tuple[str, ...], many: tuple[bool, ...]) -> None:
        self.many = dict(zip(names, many, strict=True))
        self.lower = {name.lower() for name in names}
        self.stems: dict[str, list[str]] = {}
        for name in names:
            self.stems.setdefault(stem_of(name).lower(), []).append(name)
        found = (_VALIDATION.match(name) for name in names)
        self.numbers = {match[1] for match in found if match}
        if any(name.startswith(("learn-", "learn/", "learn_")) for name in self.lower):
            self.numbers = set()  # CatBoost keeps the training data apart, as `learn`

    def decide(self, name: str) -> ByName:
        """What is known of one of them."""
        parts = parts_of(name)
        if self._of_folds(name):
            return ByName(Assigned(Role.VAL, _OF_FOLDS, f"name:{name}"))
        number = _VALIDATION.match(name)
        if number and len(self.numbers) > 1 and (number[1] != "1" or len(self.numbers) > 2):
            return _unsure(
                f"one of several sets of XGBoost: `validation_{number[1]}` may be the training data"
            )
        match parts.said:
            case Said.NOTHING:
                return self._bare(name)
            case Said.EVAL:
                return self._eval(name, parts)
            case Said.BOTH:
                return _unsure(f"its name says two things: {_quoted(parts)}")
        return _DECIDED[parts.said](parts)

    def _of_folds(self, name: str) -> bool:
        """Whether "test" is the word of a search or of `cv` for the fold that was left out."""
        if name == "test_score":
            return self.lower.issuperset(_CROSS_VALIDATE)
        search = _SEARCH.fullmatch(name)
        if search is not None:
            of, score = search[1].lower(), search[2].lower()
            sure = of not in ("mean", "std") or score == "score"
            return sure or f"rank_test_{score}" in self.lower
        cv = _CV.fullmatch(name)
        return cv is not None and parts_of(name).said is Said.TEST and self._has_cv(cv[1].lower())

    def _has_cv(self, measure: str) -> bool:
        sets = (f"{data}-{measure}-{of}" for data in ("train", "test") for of in ("mean", "std"))
        return self.lower.issuperset(sets)

    def _eval(self, name: str, parts: NameParts) -> ByName:
        if self.many[name]:
            reason = f"{_quoted(parts)} with more than one value: it was watched during training"
            return ByName(Assigned(Role.VAL, reason, "shape:eval"), firm=False)
        return _unsure(f"{_quoted(parts)} with one value: this may be validation or test data")

    def _bare(self, name: str) -> ByName:
        """A name that says nothing of its own."""
        if _YOLO.match(name) and any(
            one.startswith("val/") and "loss" in one for one in self.lower
        ):
            reason = "Ultralytics measures `metrics/` on validation data"
            return ByName(Assigned(Role.VAL, reason, "name:metrics/"), firm=False)
        twin = self._twin(name)
        if not twin:
            return _unsure("no part of its name says which data it was measured on")
        if self.many[twin] and not self.many[name]:
            return _unsure(
                f"`{twin}` was logged many times, but this once: it may be a final score"
            )
        reason = f"the name without prefix, next to `{twin}`, is that of the training data"
        return ByName(Assigned(Role.TRAIN, reason, f"name:{twin}"), firm=self.many[name])

    def _twin(self, name: str) -> str:
        """The metric that validates this one, as `val_loss` does `loss`; "" where there is none."""
        twins = []
        for other in self.stems.get(name.lower(), ()):
            parts = parts_of(other)
            if parts.said is Said.TRAIN and self.many[other] >= self.many[name]:
                return ""  # this one is something else; Trainer's one last train_loss is the same
            in_front = bool(parts.spans) and parts.spans[-1][1] < len(other)
            if parts.said is Said.VAL or (parts.said is Said.EVAL and self.many[other]):
                twins += [other] if in_front else []
        return twins[0] if twins else ""


def _data(role: Role, parts: NameParts) -> ByName:
    reason = f"its name has the part{'s' * ('+' in parts.text)} {_quoted(parts)}"
    return ByName(Assigned(role, reason, f"name:{parts.text}"))


def _quoted(parts: NameParts) -> str:
    return " and ".join(f"`{part}`" for part in parts.text.split("+"))


def _unsure(reason: str) -> ByName:
    return ByName(Assigned(Role.UNKNOWN, reason, ""), firm=False)


def _of_system(_: NameParts) -> ByName:
    reason = "its name begins with `system/`, as MLflow's measures of the machine do"
    return ByName(Assigned(Role.SYSTEM, reason, "name:system/"))


def _operational(parts: NameParts) -> ByName:
    reason = f"`{parts.text}` tells how the run went, not how good the model is"
    return ByName(Assigned(Role.OPERATIONAL, reason, f"name:{parts.text}"))


def _of_fold(parts: NameParts) -> ByName:
    reason = f"{_quoted(parts)} in its name stands for cross-validation"
    return ByName(Assigned(Role.VAL, reason, f"name:{parts.text}"))


_DECIDED = {
    Said.TRAIN: lambda parts: _data(Role.TRAIN, parts),
    Said.VAL: lambda parts: _data(Role.VAL, parts),
    Said.TEST: lambda parts: _data(Role.TEST, parts),
    Said.FOLD: _of_fold,
    Said.SYSTEM: _of_system,
    Said.OPERATIONAL: _operational,
}
