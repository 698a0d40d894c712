"""Whether higher or lower values of a metric are better, and how that is known.

Evidence, strongest first: the config file, the tags of the experiment that MLflow has for it, the
name. Where none of them says it, the direction is UNKNOWN: it is never guessed.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from reportgen.analysis.direction_names import (
    AROUND,
    COSTS,
    LOSS_PARTS,
    NEGATED,
    PHRASES,
    RIVALS,
    SPREAD,
    WORDS,
    phrase_at_end,
)
from reportgen.analysis.metric_rules import NO_RULES, Direction, MetricRules, Role, first_match
from reportgen.analysis.role_names import parts_of, stem_of
from reportgen.values import frozen

__all__ = ["Directed", "Direction", "direction_of"]

PRIMARY_TAG = "mlflow.experiment.primaryMetric.name"
GREATER_TAG = "mlflow.experiment.primaryMetric.greaterIsBetter"


@frozen
class Directed:
    """The better direction of a metric, and how it is known; `by` is "" where nothing tells."""

    direction: Direction
    reason: str  # in words, as for a tooltip: "`rmse` is better when lower"
    by: str  # for machines: "config:val_*loss", "tag:mlflow...", "name:rmse"


_NO_MEASURE = Directed(
    Direction.UNKNOWN, "it tells how the run went, not how good the model is", "role"
)
_UNKNOWN = Directed(
    Direction.UNKNOWN, "its name does not say whether higher or lower values are better", ""
)


def direction_of(
    metric: str,
    rules: MetricRules = NO_RULES,
    experiment_tags: Mapping[str, str] | None = None,
    role: Role = Role.UNKNOWN,
) -> Directed:
    """The better direction of a metric; always UNKNOWN for the machine's and the run's own figures.

    Unless the config file says otherwise.
    """
    if rules.directions:
        found = first_match(metric, rules.directions)
        if found is not None:
            where = "" if found[0] == metric else f" for `{found[0]}`"
            return Directed(found[1], f"set in reportgen.toml{where}", f"config:{found[0]}")
    tagged = _by_tags(metric, experiment_tags) if experiment_tags else None
    if tagged is not None:
        return tagged
    return _NO_MEASURE if role in (Role.SYSTEM, Role.OPERATIONAL) else _by_name(metric)


def _by_tags(metric: str, tags: Mapping[str, str]) -> Directed | None:
    greater = tags.get(GREATER_TAG, "").strip().lower()
    if tags.get(PRIMARY_TAG) != metric or greater not in ("true", "false"):
        return None
    direction = Direction.HIGHER if greater == "true" else Direction.LOWER
    reason = f"set by the tag {GREATER_TAG} of the experiment"
    return Directed(direction, reason, f"tag:{GREATER_TAG}")


_WORD = re.compile(r"[^\W_]+")
_CAMEL = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+[0-9]*|[A-Z]+[0-9]*|[0-9]+")
_ONE_MINUS = re.compile(r"(.*[^0-9a-z])?1 ?- ?(?=[a-z])", re.IGNORECASE)
_NUMBERED_SET = re.compile(r"(?:valid|validation|eval)_1-", re.IGNORECASE)  # no 1 minus something
_ESTIMATOR = re.compile(r"[A-Z][a-z]+[A-Za-z]*_score")  # LogisticRegression_score
_NORM = re.compile(r".+-(l[12])")  # LightGBM names two errors so: valid_0-l2


@lru_cache(maxsize=16384)
def _by_name(metric: str) -> Directed:
    minus = None if _NUMBERED_SET.match(metric) else _ONE_MINUS.match(metric)
    before = (minus[1] or "/") if minus is not None else ""
    if minus is not None and before[-1] in "/ ":
        return _one_minus(metric[minus.end() :])
    if before and parts_of(before).spans:
        return _UNKNOWN  # val_1-auc: of the second set, or 1 minus auc?
    norm = _NORM.fullmatch(metric)
    if norm is not None:
        return _named((norm[1],), Direction.LOWER)
    words = _before_at(measure_words(stem_of(metric).replace("@", " at ")))
    if "to" in words and COSTS & set(words[: words.index("to")]):
        return _UNKNOWN
    if words[:1] == ("rank",) and "test" in _WORD.findall(metric.lower().replace("_", " ")):
        return _named(("rank",), Direction.LOWER)  # rank_test_score of scikit-learn's searches
    score = _score(words, stem_of(metric))
    return score or _by_words(words)


def _before_at(words: tuple[str, ...]) -> tuple[str, ...]:
    """Without another measure that only says where it was read: fpr_at_95_tpr, acc_at_best_loss."""
    at = words.index("at") if "at" in words[1:] else len(words)
    return words if AROUND.issuperset(words[at:]) else words[:at]


def _by_words(words: tuple[str, ...]) -> Directed:
    sign = next((at for at, word in enumerate(words[:2]) if word in _SIGNS), None)
    if sign is not None and set(words[:sign]) <= AROUND:
        scorer = words[sign + 1 :]
        if scorer in NEGATED or _without_around(scorer) in NEGATED:
            return _named(words[sign:], Direction.HIGHER)
    if words[:1] == ("loss",) and len(words) > 1:
        parts = [word for word in words[1:] if word not in AROUND and word != "loss"]
        if all(part in LOSS_PARTS for part in parts) and not SPREAD & set(words):
            return _named(("loss",), Direction.LOWER)
        return _UNKNOWN
    phrase = phrase_at_end(words) or phrase_at_end(_without_around(words))
    others = _before(words, phrase)
    if not phrase or (len(phrase[-1]) == len(phrase) == 1 and others):
        return _UNKNOWN  # nothing known, or a single letter behind something else
    if (SPREAD | _SIGNS) & set(others) or (phrase in _LOSSES and RIVALS & set(others)):
        return _UNKNOWN
    direction = PHRASES[phrase]
    return _UNKNOWN if direction is Direction.UNKNOWN else _named(phrase, direction)


_SIGNS = frozenset(("neg", "negative", "minus"))
_LOSSES = {("loss",), ("losses",)}


def _score(words: tuple[str, ...], stem: str) -> Directed | None:
    """A score and nothing else: scikit-learn's, of which all are better when higher."""
    bare = [word for word in words if word not in ("mean", "best", "final", "last")]
    if bare == ["score"] or _ESTIMATOR.fullmatch(stem):
        return _named(("score",), Direction.HIGHER)
    return None


def _before(words: tuple[str, ...], phrase: tuple[str, ...]) -> tuple[str, ...]:
    """The words in front of the phrase."""
    for at in range(len(words) - len(phrase), -1, -1):
        if words[at : at + len(phrase)] == phrase:
            return words[:at]
    return ()


def _without_around(words: tuple[str, ...]) -> tuple[str, ...]:
    end = len(words)
    while end and (words[end - 1] in AROUND or words[end - 1].isdigit()):
        end -= 1
    return words[:end]


def _named(phrase: tuple[str, ...], direction: Direction) -> Directed:
    text = " ".join(phrase)
    return Directed(direction, f"`{text}` is better when {direction.value}", f"name:{text}")


def _one_minus(rest: str) -> Directed:
    inner = _by_words(measure_words(stem_of(rest))).direction
    if inner is Direction.UNKNOWN:
        return _UNKNOWN
    direction = Direction.LOWER if inner is Direction.HIGHER else Direction.HIGHER
    return Directed(direction, f"1 - `{rest}` is better when {direction.value}", f"name:1-{rest}")


def measure_words(stem: str) -> tuple[str, ...]:
    """The words of a name, each as the table has it where it has it: "mAP50-95(B)" is map, b."""
    words: list[str] = []
    for word in _WORD.findall(stem):
        whole = _known(word.lower())
        if whole or word.islower() or word.isupper() or not word.isascii():
            words.append(whole or word.lower())
        else:
            words += [_known(piece.lower()) or piece.lower() for piece in _CAMEL.findall(word)]
    return tuple(word for word in words if not word.isdigit())


def _known(word: str) -> str:
    """The word as the table has it, with or without the digits at its end; "" where it has none."""
    bare = word.strip("0123456789")
    return word if word in WORDS else bare if bare in WORDS or bare in AROUND else ""
