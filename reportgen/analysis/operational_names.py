"""Names of figures that tell how a run went, not how good its model is: times, sizes, rates."""

import re
from collections.abc import Sequence


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_ALONE = _set("epoch step iteration iter speed lr flos")
_THINGS = _set(
    "num n number count counts size sample samples example examples row rows batch batches token "
    "tokens flos flops gflops params parameters episode episodes step steps epoch epochs timesteps "
    "iteration iterations iter updates len length records images lifetime sampled trained"
)
COUNTS = _THINGS | _set(
    "of total seen input trainable ep env agent global trainer stopped restored best last current "
    "mean gen model"
)
_TAILS = {
    *((word,) for word in _set("runtime lr time seconds secs duration elapsed latency throughput")),
    *((word,) for word in _set("fps walltime timestamp ms flops gflops memory momentum vram")),
    ("per", "second"),
    ("per", "sec"),
    ("learning", "rate"),
    ("learn", "rate"),
    ("loss", "scale"),
    ("grad", "scale"),
    ("weight", "decay"),
    ("batch", "size"),
    ("memory", "usage"),
    ("memory", "allocated"),
    ("memory", "reserved"),
    ("gpu", "util"),
    ("gpu", "utilization"),
    ("cpu", "percent"),
    ("cpu", "utilization"),
    ("gradient", "norm"),
}
_OPTIMIZERS = _set("adam adamw nadam radam sgd rmsprop adagrad adadelta lion lamb pg group")
_SECTIONS = re.compile(r"(time|timers|timing_s|profile|profiler)/|perf/|model/speed")


def section_of(name: str, words: Sequence[tuple[int, int]]) -> str:
    """The section of figures of the run that a name stands in, such as "perf"; "" for none.

    `words` are where those stand that say a role. What is measured on some data and only filed
    there is no such figure (`perf/test_acc`); the time of a phase is (`time/test`).
    """
    section = _SECTIONS.match(name)
    if section is None:
        return ""
    is_phase = section[1] and words and (words[0][0], words[-1][1]) == (section.end(), len(name))
    return section.group().rstrip("/") if is_phase or not words else ""


def operational_words(words: tuple[str, ...]) -> str:
    """The words that tell how the run went, such as "learning rate"; "" where there are none.

    `words` are those of the name that say no role. A measure of the model must not pass as
    operational, as what was measured on test data would then be shown: so only ends of names that
    are nothing else, and names that are counts from end to end.
    """
    for size in (2, 1):
        if words[-size:] in _TAILS:
            return " ".join(words[-size:])
    if words[:1] == ("lr",) and _OPTIMIZERS & set(words[1:2]):
        return "lr"
    if {"grad", "norm"} <= set(words) or ("mem" in words and {"cpu", "gpu"} & set(words)):
        return "grad norm" if "norm" in words else "mem"  # Hugging Face: train_mem_gpu_alloc_delta
    counts = set(words) <= COUNTS and set(words) & _THINGS
    return " ".join(words) if counts or (len(words) == 1 and words[0] in _ALONE) else ""
