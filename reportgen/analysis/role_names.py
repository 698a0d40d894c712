"""What the name of a metric says about the data it was measured on, word by word.

Names are split where letters and digits end, and in camelCase; digits at the end of a word are
dropped. Only whole words count: `contest_score` and `latest_accuracy` say nothing. What frameworks
write is listed, with sources, in tests/unit/metric_names.toml.
"""

import re
from enum import Enum
from functools import lru_cache
from typing import TypeAlias

from reportgen.analysis.operational_names import COUNTS, operational_words, section_of
from reportgen.values import frozen


class Said(Enum):
    """What a name says."""

    TRAIN = "train"
    VAL = "val"
    TEST = "test"
    FOLD = "fold"  # cross-validation, unless another word says train or val
    EVAL = "eval"  # "eval" alone: which data is left open
    BOTH = "both"  # words that contradict each other
    SYSTEM = "system"
    OPERATIONAL = "operational"
    NOTHING = "nothing"


@frozen
class Token:
    """A word of a name: name[start:end]; `text` is lower case without digits at its end."""

    start: int
    end: int
    text: str  # the digits, where it has nothing else


@frozen
class NameParts:
    """A name taken apart."""

    said: Said
    spans: tuple[tuple[int, int], ...]  # of the words that say it
    words: tuple[str, ...]  # all others, without numbers
    text: str  # those words as they stand in the name, joined by "+"


_KINDS = {
    Said.TRAIN: "train training trn insample",
    Said.VAL: "val valid validation validate validating dev devel",
    Said.TEST: "test testing tst holdout heldout",
    Said.FOLD: "cv crossval xval oof oob fold kfold loo loocv",
    Said.EVAL: "eval evaluation evaluate",
}
_PLAIN = ("train", "val", "valid", "test", "eval", "dev")
_MEASURES = {"loss", "acc", "accuracy", "error", "err", "auc", "score", "mse", "rmse", "mae"}
_DATA = {"set", "data", "ds", "loader"}
_WORDS = {word: said for said, words in _KINDS.items() for word in words.split()}
_WORDS |= {word + end: _WORDS[word] for word in _PLAIN for end in sorted(_MEASURES | _DATA)}
_WORDS |= {first + word: _WORDS[word] for word in _PLAIN for first in "dxy"} | {"xval": Said.FOLD}
_PAIRS = {
    ("in", "sample"): Said.TRAIN,
    ("hold", "out"): Said.TEST,
    ("held", "out"): Said.TEST,
    ("k", "fold"): Said.FOLD,
    ("cross", "validation"): Said.FOLD,
    ("cross", "validated"): Said.FOLD,
    ("cross", "val"): Said.FOLD,
    ("x", "train"): Said.TRAIN,
    ("y", "train"): Said.TRAIN,
    ("x", "valid"): Said.VAL,
    ("x", "val"): Said.VAL,
    ("y", "val"): Said.VAL,
    ("x", "test"): Said.TEST,
    ("y", "test"): Said.TEST,
    ("x", "tr"): Said.TRAIN,
    ("y", "tr"): Said.TRAIN,
    ("x", "te"): Said.TEST,
    ("y", "te"): Said.TEST,
}
_COUNTED = {"valid", "validation", "eval", "fold", "kfold", "cv"}  # valid_0, fold_3: with a number
_NOT_AFTER = {  # std_dev, num_valid_moves
    "dev": {"std", "standard", "mean", "abs", "absolute", "avg"},
    "valid": {"num", "n", "is", "percent", "pct", "frac", "fraction", "all"},
    "val": {"ppo"},  # TRL: the value function
}
_NOT_BEFORE = {  # learn_rate, fold_change, valid_ratio
    "learn": {"rate"},
    "fold": {"change"},
    "val": {"clipfrac", "ratio", "num"},  # TRL, again
    "valid": {"ratio", "fraction", "frac", "rate", "count", "percent", "pct", "tokens", "actions"},
}
_WHEN = {"at", "when", "given"}  # test_acc_at_best_val
_BEST = {"best", "min", "max", "lowest", "highest"}
_COMPARED = {"gap", "diff", "difference", "delta", "ratio", "minus", "vs", "versus"}
_STATISTICS = {"pvalue", "statistic", "stat", "pval"}  # ks_test_pvalue
_AGGREGATES = {"max", "min", "mean", "avg", "median", "abs"}

_Word: TypeAlias = tuple[int, int, Said]  # name[start:end], and what it says
_WORD = re.compile(r"[^\W_]+")
_CAMEL = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+")
_DIGITS = "0123456789"
_BEFORE = " /_-.:|,(["  # separators that go with a word that is taken out
_AFTER = " /_-.:|,)]"


@lru_cache(maxsize=16384)
def tokens_of(name: str) -> tuple[Token, ...]:
    """The words of a name in their order."""
    found = []
    for match in _WORD.finditer(name):
        start, word = match.start(), match.group()
        pieces = [word]
        whole = word.islower() or word.isupper() or plain(word) in _WORDS or not word.isascii()
        if not whole and plain(word) not in COUNTS:
            pieces = _CAMEL.findall(word)
        for piece in pieces:
            found.append(Token(start, start + len(piece), plain(piece)))
            start += len(piece)
    return tuple(found)


def plain(word: str) -> str:
    """A word in lower case, without digits at its end; a number stays as it is."""
    return word.lower().rstrip(_DIGITS) or word


@lru_cache(maxsize=16384)
def parts_of(name: str) -> NameParts:
    """A name taken apart into what says the role, and the rest."""
    tokens = tokens_of(name)
    found, taken = _role_words(tokens)
    found = _without_moments(name, tokens, found)
    if name.startswith("system/") and not found:
        return NameParts(Said.SYSTEM, (), tuple(token.text for token in tokens), "system")
    rest = [token for at, token in enumerate(tokens) if at not in taken]
    words = tuple(token.text for token in rest if not token.text.isdigit())
    spans = tuple((start, end) for start, end, _ in found)
    text = "+".join(dict.fromkeys(name[start:end] for start, end, _ in found))
    operational = operational_words(words) or section_of(name, spans)
    if operational or [token.text for token in tokens] == ["fold"]:
        return NameParts(Said.OPERATIONAL, spans, words, operational or "fold")
    return NameParts(_agree([said for _, _, said in found]), spans, words, text)


def _role_words(tokens: tuple[Token, ...]) -> tuple[list[_Word], set[int]]:
    """Where words say a role, and which tokens these are."""
    texts = [token.text for token in tokens]
    found: list[_Word] = []
    taken: set[int] = set()
    at = 0
    while at < len(tokens):
        pair = _PAIRS.get((texts[at], texts[at + 1])) if at + 1 < len(texts) else None
        said = pair or _said(texts, at)
        last = at + 1 if pair else at
        if said is not None:
            numbered = texts[last] in _COUNTED and last + 1 < len(texts)
            if numbered and texts[last + 1].isdigit():
                last += 1
            found.append((tokens[at].start, tokens[last].end, said))
            taken.update(range(at, last + 1))
        at = last + 1
    return found, taken


def _without_moments(name: str, tokens: tuple[Token, ...], found: list[_Word]) -> list[_Word]:
    """Without the words that say when: `test_acc_at_best_val` was measured on test data.

    Those behind "at" where another stands before it, and those behind "best" where another does
    not. Names that compare two (`test_val_gap`) have none.
    """
    firm = [one for one in found if one[2] is not Said.EVAL]
    if len({said for *_, said in firm}) < 2 or not _COMPARED.isdisjoint(t.text for t in tokens):
        return found
    before = {tokens[at].start: tokens[at - 1].text for at in range(1, len(tokens))}
    marks = [token.start for token in tokens if token.text in _WHEN]
    marks += [name.index("@")] if "@" in name else []
    mark = min(marks, default=len(name))
    rest = [
        one
        for one in firm
        if one[2] is Said.TEST  # stays: no test result passes for a validation score
        or (
            not one[0] > mark > firm[0][0]
            and (one[2] is Said.FOLD or before.get(one[0]) not in _BEST)
        )
    ]
    return [one for one in found if one in rest or one not in firm] if rest else found


def _said(texts: list[str], at: int) -> Said | None:
    word = texts[at]
    before = texts[at - 1] if at else ""
    after = texts[at + 1] if at + 1 < len(texts) else ""
    if word == "learn" and at == 0 and after not in _NOT_BEFORE["learn"] and after:
        return Said.TRAIN  # CatBoost
    said = _WORDS.get(word)
    if said is None or before in _NOT_AFTER.get(word, ()) or after in _NOT_BEFORE.get(word, ()):
        return None
    others = set(texts[:at] + texts[at + 1 :])
    if said is Said.TEST and (others & _STATISTICS or {"p", "value"} <= others):
        return None
    if word == "val" and not after and others and others <= _AGGREGATES:
        return None  # max_val: a value
    return said


def _agree(found: list[Said]) -> Said:
    """What several words say together."""
    firm = {said for said in found if said in (Said.TRAIN, Said.VAL, Said.TEST)}
    if len(firm) > 1 or (Said.TEST in firm and Said.FOLD in found):
        return Said.BOTH
    if firm:
        return firm.pop()
    if Said.FOLD in found:
        return Said.FOLD
    return Said.EVAL if found else Said.NOTHING


@lru_cache(maxsize=16384)
def stem_of(metric: str) -> str:
    """The name without what says the role, so that `train_loss` and `val/loss` meet as `loss`.

    Prefixes that are no role stay: `model/val_loss` is `model/loss`. A name that says two things at
    once, or nothing else, stays whole.
    """
    parts = parts_of(metric)
    if parts.said in (Said.BOTH, Said.SYSTEM):
        return metric
    stem = metric
    for start, end in reversed(parts.spans):
        stem = _without(stem, start, end)
    return stem if _WORD.search(stem) else metric


def _without(name: str, start: int, end: int) -> str:
    left, right = name[:start], name[end:]
    word = plain(name[start:end])
    for role in ("valid", *_PLAIN):  # of valloss, loss stays
        if word.startswith(role) and word[len(role) :] in _MEASURES:
            right = name[start + len(role) :]
            break
    if not _WORD.search(right):
        return left.rstrip(_BEFORE)
    rest = right.lstrip(_AFTER)
    if rest == right and name[start].islower() and not left[-1:].isalnum():
        rest = rest[:1].lower() + rest[1:]  # valLoss: loss
    return left + rest
