"""What can be found about how results were chosen and reported: codes, levels, explanations.

The explanations stand on the pages, and in docs/findings/ by way of scripts/update_docs.py.
"""

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import TypeAlias

from reportgen.errors import ConfigError
from reportgen.values import frozen


class Level(Enum):
    """How much a finding matters."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@frozen
class Finding:
    """A fact about an experiment that its results should be read with, and the next step."""

    code: str  # "RG301"
    level: Level
    experiment: str  # its name
    text: str  # one sentence without a full stop
    what_next: str  # the same
    accepted: str = ""  # the author's reason to leave it as it is; "" where it stands

    @property
    def counts(self) -> bool:
        """Whether it is for `--strict` and `check` to speak up: neither accepted nor a hint."""
        return not self.accepted and self.level is not Level.INFO


@frozen
class Explanation:
    """A kind of finding."""

    title: str
    means: str
    matters: str  # with its source
    to_do: str


_CAWLEY = (
    "Cawley and Talbot, On Over-fitting in Model Selection and Subsequent Selection Bias in "
    "Performance Evaluation, Journal of Machine Learning Research 11 (2010)"
)
_BLUM = "Blum and Hardt, The Ladder, Proceedings of Machine Learning Research 37 (2015)"
_ESL = "Hastie, Tibshirani and Friedman, The Elements of Statistical Learning (2009), section 7.2"
_KAPOOR = (
    "Kapoor and Narayanan, Leakage and the reproducibility crisis in machine-learning-based "
    "science, Patterns 4 (2023)"
)
_DIETTERICH = (
    "Dietterich, Approximate Statistical Tests for Comparing Supervised Classification Learning "
    "Algorithms, Neural Computation 10 (1998)"
)
_OWASP = "OWASP, Secrets Management Cheat Sheet"

EXPLANATIONS: Mapping[str, Explanation] = {
    "RG301": Explanation(
        "Runs would be ranked by test data",
        "The metric that is named to rank runs by, in the config file or by MLflow's tag "
        "mlflow.experiment.primaryMetric.name, is measured on test data; or the filter goes by "
        "such a metric, so that test data decides which runs are there to be ranked.",
        "The best of many runs is best in part by luck on the data it was picked by. Picked by "
        f"test data, the test result tells of that luck as well, and no data is left to see it "
        f"({_CAWLEY}).",
        "Name a metric on validation data or from cross-validation, and filter by such. For a "
        "final report, in which nothing is chosen any more, give the reason as "
        "metrics.allow_test_ranking: it is shown above the table.",
    ),
    "RG302": Explanation(
        "Only test data to choose by",
        "Parameters differ between the runs, results on test data were logged, and none on "
        "validation data.",
        "Whoever takes one of these runs for its results takes it by the test data: its result is "
        f"then better than the model will do on new data ({_ESL}: keep the test set for the end).",
        "Set aside part of the training data, or use cross-validation, log its result and choose "
        "by that; score the chosen run on the test data once.",
    ),
    "RG303": Explanation(
        "Test data was watched during training",
        "A metric on test data has several values in one run.",
        "With a curve at hand, it is easy to stop, or to keep the step, where the test data looks "
        f"best; each look gives a little of the test data away ({_BLUM}).",
        "Log the test result once, of the model that was kept. If the name says test and the data "
        "is for validation, declare the role in the config file.",
    ),
    "RG304": Explanation(
        "The chosen run is the best on test data, not on validation data",
        "A run that a tag or a registered model marks as the chosen one has the best result on "
        "test data, and another run has the best one on validation data.",
        "That is what it looks like when a run was chosen by the test data, and its test result is "
        f"then too good by the luck of the choice ({_CAWLEY}). There may be another reason.",
        "Choose the run that is best on validation data, or say why this one was chosen.",
    ),
    "RG305": Explanation(
        "The same data for two purposes",
        "One run used a dataset with one digest, that is, with the same content as far as MLflow "
        "looks at it, as two kinds of data, such as training data and test data.",
        "A result on data that the model learnt from, or was chosen by, does not tell how it does "
        f"on new data; it is among the most common kinds of leakage ({_KAPOOR}).",
        "Look at how the data is split. If only the context was logged wrongly, correct it.",
    ),
    "RG306": Explanation(
        "No metric tells which run is best",
        "It is not known on which data the metric at the head of the table was measured, or there "
        "are several metrics on validation data and none is named to rank by.",
        "Without that, reportgen calls no run the best: a value on training or test data would "
        "mislead (docs/roles.md has the rules).",
        "Name the metric to rank by, or declare its role and direction, in the config file.",
    ),
    "RG307": Explanation(
        "The test data was looked at often",
        "One test set was scored more often than heldout.max_looks allows (10 unless set).",
        "Each score that is seen can steer the next step. The best of many looks is too good by "
        f"luck alone, the more so the smaller the test set ({_BLUM}).",
        "Decide by validation data and score the test data at the end. For a new claim, use test "
        "data that was not looked at yet.",
    ),
    "RG308": Explanation(
        "The test result is worse than the validation result",
        "The chosen run does worse on test data than on validation data, by more than the size of "
        "the test set (two standard errors) and the spread over seeds explain.",
        "It may have been fitted to the validation data by many choices, or the two sets are of "
        f"different kinds ({_CAWLEY}).",
        "Report the test result. Check whether both sets are drawn alike, and how many runs were "
        "tried.",
    ),
    "RG309": Explanation(
        "The runs were not tested on the same data",
        "Runs of the experiment used test data of different digests.",
        "Results on different test sets differ by the sets, not only by the models, as marks of "
        f"two exams do; tests of such differences take one test set for granted ({_DIETTERICH}).",
        "Compare only runs with the same test data, or score the others again.",
    ),
    "RG401": Explanation(
        "The store holds what looks like a secret",
        "A parameter, a tag, a note or a text file holds a password, a token or a key, by its form "
        "or by the name of what it is the value of.",
        f"Who can read the site can use it, and what was public once is copied ({_OWASP}).",
        "Renew the secret, and take it out of the store. A public build redacts it; a private one "
        "shows it as it is. Where it is none, name its key as privacy.allow.",
    ),
    "RG402": Explanation(
        "The store tells user names",
        "Runs tell who started them, or a text names somebody who did.",
        "The name of an account tells who somebody is, and is half of a login.",
        "Publish with reportgen publish or build --public, which redact them; or keep them by "
        'privacy.keep = ["user"].',
    ),
    "RG403": Explanation(
        "The store tells home folders",
        "A path leads through somebody's home folder.",
        "It tells the name of an account, and how a machine is laid out.",
        "Publish with reportgen publish or build --public: ~ stands there then; or keep them by "
        'privacy.keep = ["home"].',
    ),
    "RG404": Explanation(
        "The store tells host names",
        "A tag, a parameter or a text names a machine of a network that is not public, or its "
        "address.",
        "Such names help whoever wants to get in, and nobody else outside.",
        "Publish with reportgen publish or build --public, which redact them; or keep them by "
        'privacy.keep = ["host"].',
    ),
    "RG405": Explanation(
        "The store tells email addresses",
        "A tag, a parameter or a text holds an email address.",
        "Addresses on public pages are gathered by machines.",
        "Publish with reportgen publish or build --public, which redact them; or keep them by "
        'privacy.keep = ["email"].',
    ),
    "RG406": Explanation(
        "The store holds what your own patterns call private",
        "A text fits a pattern of privacy.redact.",
        "You said so.",
        "Publish with reportgen publish or build --public, which redact it.",
    ),
}


def accepting(code: str, experiment: str) -> str:
    """The lines of the config file that accept a finding; "" for that of all experiments."""
    key = (f"{experiment}/{code}" if experiment else code).replace("\\", "\\\\").replace('"', '\\"')
    return f'[findings]\naccept = {{ "{key}" = "the reason" }}'


Accepted: TypeAlias = Mapping[str, str]  # "RG302" or "experiment/RG302" -> reason


def read_accepted(pairs: Sequence[tuple[str, str]]) -> Accepted:
    """The table `findings.accept` of the config file.

    Raises ConfigError for a code that there is not, or an empty reason.
    """
    for key, reason in pairs:
        code = key.rpartition("/")[2]
        if code not in EXPLANATIONS:
            raise ConfigError(
                f"findings.accept: {key!r} ends in no code of a finding",
                hint=f"one of {', '.join(EXPLANATIONS)}, or EXPERIMENT/CODE",
            )
        if not reason.strip():
            raise ConfigError(
                f"findings.accept: {key!r} has no reason", hint="say why, it is shown on the page"
            )
    return {key: reason.strip() for key, reason in pairs}
