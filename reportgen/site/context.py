"""What all pages of a build share, and a digest of it."""

import os
from dataclasses import field
from functools import cache
from pathlib import Path

from reportgen import __version__
from reportgen.analysis.failure_rules import FailureRule, read_failure_rules
from reportgen.analysis.finding_texts import Accepted, read_accepted
from reportgen.analysis.metric_rules import MetricRules, read_rules
from reportgen.analysis.redaction_config import Privacy, read_privacy
from reportgen.config import Options
from reportgen.configvalues import NOINDEX
from reportgen.digest import Digest, digest_bytes, digest_of
from reportgen.errors import ConfigError
from reportgen.render.theme import Theme, find_theme
from reportgen.values import frozen

_PACKAGE = Path(__file__).resolve().parent.parent


@frozen
class Heldout:
    """What the table [heldout] of the config file says."""

    mode: str = "aside"
    max_looks: int = 10
    rows: tuple[tuple[str, int], ...] = ()  # test set or metric -> rows it was measured on

    @property
    def is_sealed(self) -> bool:
        """Whether test results stand in no file."""
        return self.mode == "sealed"

    @property
    def is_open(self) -> bool:
        """Whether test results may stand beside parameters."""
        return self.mode == "open"


@frozen
class Context:
    """The part of the options that pages show, the theme, and the code that makes them."""

    title: str
    url: str
    robots: str  # "index" or "noindex": what search engines are asked to do
    max_file: int
    max_run: int
    rules: MetricRules
    seed_params: tuple[str, ...]
    failure_rules: tuple[FailureRule, ...]
    accepted: Accepted
    theme: Theme
    code: Digest
    heldout: Heldout
    digest: Digest = field(default="")  # of what any page shows, the theme's files included
    judged: Digest = field(default="")  # of that, and of how experiments are judged
    refresh: int = 0  # ms between two looks of an open page for a newer one; 0 = none
    privacy: Privacy | None = None  # by which a public site is redacted; None for a private one

    @property
    def is_listed(self) -> bool:
        """Whether search engines may list the pages."""
        return self.robots != NOINDEX

    def address(self, path: str) -> str:
        """The whole address of a file of the site; "" where it is not known where it will stand."""
        return f"{self.url.rstrip('/')}/{path}" if self.url else ""


def make_context(options: Options) -> Context:
    """The context of a build.

    Raises ThemeError, or ConfigError for a role that is none and for tables that contradict.
    """
    theme = find_theme(options.theme)
    rules = rules_of(options)
    shown = (
        options.title,
        options.url,
        options.robots,
        options.max_file,
        options.max_run,
        rules,
    )
    judged = (
        options.seed_params,
        read_failure_rules(options.failure_rules),
        read_accepted(options.accepted),
    )
    heldout = heldout_of(options)
    code = code_digest()
    refresh, privacy = options.refresh, privacy_of(options)
    digest = digest_of(shown, theme.digest, code, heldout.mode, refresh, privacy)
    digests = digest, digest_of(digest, judged)
    return Context(*shown, *judged, theme, code, heldout, *digests, refresh, privacy)


def privacy_of(options: Options) -> Privacy | None:
    """What a public site is redacted by; None for a private one.

    Raises ConfigError for a table [privacy] that means nothing, also for a private one.
    """
    privacy = read_privacy(options.redact, options.keep, options.allow)
    return privacy if options.public else None


def heldout_of(options: Options) -> Heldout:
    """How test results are dealt with."""
    return Heldout(options.heldout, options.max_looks, options.test_rows)


def rules_of(options: Options) -> MetricRules:
    """What the options say about metrics.

    Raises ConfigError for a word that means nothing, and for what contradicts other tables.
    """
    rules = read_rules(
        dict(options.roles),
        dict(options.directions),
        options.primary,
        options.test_ranking,
    )
    if rules.allow_test_ranking and options.heldout == "sealed":
        raise ConfigError(
            'heldout.mode = "sealed" shows no test results, and metrics.allow_test_ranking ranks '
            "by them",
            hint="leave one of them out",
        )
    return rules


@cache
def code_digest() -> Digest:
    """Our version; in a checkout, where code changes without it, our source as well.

    Read once: what becomes of the source later is not what this process runs.
    """
    if not is_checkout():
        return digest_of(__version__)
    return digest_of(tuple((p.name, digest_bytes(p.read_bytes())) for p in source_files()))


def made_with(context: Context) -> list[Path]:
    """The files outside the stores that pages depend on and that may change between builds."""
    return [*context.theme.files(), *(source_files() if is_checkout() else ())]


def is_checkout() -> bool:
    """Whether the package is run from a source tree rather than installed."""
    return (_PACKAGE.parent / "pyproject.toml").is_file()


def source_files() -> list[Path]:
    """The package's own modules."""
    return sorted(
        Path(folder, name)
        for folder, _, names in os.walk(_PACKAGE)
        for name in names
        if name.endswith(".py")
    )
