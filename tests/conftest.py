"""Options and surroundings of all tests."""

import os
import signal
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from reportgen.readers.places import TRACKING_URI

# The same examples each time, so that a change is judged by itself, and no judgement by time: on a
# busy machine that tells of the machine. To look for more: `--hypothesis-profile default`.
settings.register_profile(
    "same everywhere",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("same everywhere")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--update-golden`, by which the pages in tests/golden/ are written anew."""
    parser.addoption("--update-golden", action="store_true", help="write tests/golden/*.html anew")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """Take away the store that MLflow, once it was used in this process, names to all others.

    Before any fixture, since one of a module may run the command line as well.
    """
    os.environ.pop(TRACKING_URI, None)


@pytest.fixture
def workplace(tmp_path: Path) -> Iterator[Path]:
    """An empty folder that is the current one, with no tracking URI set."""
    with pytest.MonkeyPatch.context() as environment, chdir(tmp_path):
        environment.delenv(TRACKING_URI, raising=False)
        yield tmp_path


@pytest.fixture
def interrupts() -> Iterator[None]:
    """Have processes that are started hear Ctrl-C, as those that a shell starts in front.

    One that a shell starts behind, as `nohup` does, ignores it, and so would they: that is passed
    on. A handler is not.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
