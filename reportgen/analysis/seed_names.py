"""Names of parameters that only choose the dice: seeds, folds, splits, ranks of processes.

A count is none (`n_folds`, `num_seeds`), nor is a setting that happens to end in the same word
(`min_samples_split`, `validation_split`, the `rank` of a factorization): for folds, splits and
ranks the values have to fit as well.
"""

import re
from collections.abc import Set as AbstractSet

from reportgen.analysis.role_names import tokens_of

_COUNTS = {"n", "num", "count", "max", "min", "total", "k"}  # of seeds, of folds
_ENDS = {"id", "idx", "index", "no", "nr", "num", "number", "value", "i"}
_SEEDS = {"seed", "rseed", "randomseed", "randomstate", "rngseed", "npseed"}
_BEFORE_SPLIT = {"data", "dataset", "cv", "outer", "inner", "random", "current"}
_BEFORE_RANK = {"local", "global", "world", "process", "node", "worker", "gpu", "device", "mpi"}
_WHOLE = re.compile(r"\s*\d{1,9}(?:\.0)?\s*")


def is_seed(name: str, values: AbstractSet[str]) -> bool:
    """Whether runs that differ only in this parameter differ by chance alone.

    `values` are all that the parameter has in an experiment: folds and splits are whole numbers,
    ranks are numbered from 0.
    """
    words = [token.text for token in tokens_of(name) if not token.text.isdigit()]
    if not words or _COUNTS.intersection(words[:-1]):
        return False
    bare = list(words)
    while len(bare) > 1 and bare[-1] in _ENDS:
        bare.pop()
    if bare[-1] in _SEEDS or bare[-2:] == ["random", "state"]:
        return True
    if words == ["seed", "everything"]:  # Lightning's command line
        return True
    return _is_number_of_part(bare, values)


def _is_number_of_part(words: list[str], values: AbstractSet[str]) -> bool:
    """Whether the values number folds, splits or processes."""
    if not all(map(_WHOLE.fullmatch, values)):
        return False
    last, before = words[-1], set(words[:-1])
    if last == "rank" and before <= _BEFORE_RANK:
        return {int(float(value)) for value in values} == set(range(len(values)))
    return last == "fold" or (last == "split" and before <= _BEFORE_SPLIT)
