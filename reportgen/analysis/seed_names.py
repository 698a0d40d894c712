"""Names of parameters that only choose the dice: seeds, folds, splits, ranks of processes.

A count is none (`n_folds`, `num_seeds`), nor is a setting that happens to end in the same word
(`min_samples_split`, `validation_split`, the `rank` of a factorization): for folds, splits,
repeats and ranks the values have to fit as well.
"""

import re
from collections.abc import Set as AbstractSet
from functools import lru_cache

from reportgen.analysis.role_names import tokens_of

_COUNTS = {"n", "num", "count", "max", "min", "total", "k"}  # of seeds, of folds
_ENDS = {"id", "idx", "index", "no", "nr", "num", "number", "value", "i"}
_SEEDS = {"seed", "rseed", "randomseed", "randomstate", "rngseed", "npseed"}
_BEFORE_SPLIT = {"data", "dataset", "cv", "outer", "inner", "random", "current"}
_BEFORE_RANK = {"local", "global", "world", "process", "node", "worker", "gpu", "device", "mpi"}
_REPEATS = {"replicate", "replica", "repeat", "repetition"}
_WHOLE = re.compile(r"\s*\d{1,9}(?:\.0)?\s*")


def is_seed(name: str, values: AbstractSet[str]) -> bool:
    """Whether runs that differ only in this parameter differ by chance alone.

    `values` are all that the parameter has in an experiment: folds and splits are whole numbers,
    ranks are numbered from 0, repeats from 0 or 1.
    """
    words = _telling_words(name)
    return bool(words) and (_sets_seed(words) or _is_number_of_part(words, values))


@lru_cache(maxsize=4096)  # runs of an experiment have the same parameters
def sets_seed(name: str) -> bool:
    """Whether a parameter sets a seed, whatever its values are.

    Told by the name alone, so that it stays the same for a run whichever others there are. Runs
    with another fold are not the same configuration: they learnt from other data.
    """
    return _sets_seed(_telling_words(name))


def _telling_words(name: str) -> list[str]:
    """The words of a name without numbers and an end that says nothing; none of a count."""
    words = [token.text for token in tokens_of(name) if not token.text.isdigit()]
    if words == ["seed", "everything"]:  # Lightning's command line
        return ["seed"]
    if _COUNTS.intersection(words[:-1]):
        return []
    while len(words) > 1 and words[-1] in _ENDS:
        words.pop()
    return words


def _sets_seed(words: list[str]) -> bool:
    return bool(words) and (words[-1] in _SEEDS or words[-2:] == ["random", "state"])


def _is_number_of_part(words: list[str], values: AbstractSet[str]) -> bool:
    """Whether the values number folds, splits, repeats or processes."""
    if not all(map(_WHOLE.fullmatch, values)):
        return False
    last, before = words[-1], set(words[:-1])
    numbers = {int(float(value)) for value in values}
    if last == "rank" and before <= _BEFORE_RANK:
        return numbers == set(range(len(values)))
    if last in _REPEATS:
        first = min(numbers, default=0)
        return first < 2 and numbers == set(range(first, first + len(values)))
    return last == "fold" or (last == "split" and before <= _BEFORE_SPLIT)
