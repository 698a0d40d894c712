"""MLflow set up to read, and each store in turn, opened by both."""

from collections.abc import Iterator

import pytest

from .stores import STORES, Pair, copy_of, open_pair


@pytest.fixture(scope="session")
def mlflow_settings() -> Iterator[None]:
    """MLflow, allowed to open file stores and silent to the outside."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
        environment.setenv("MLFLOW_DISABLE_TELEMETRY", "true")
        environment.delenv("MLFLOW_TRACKING_URI", raising=False)
        yield


@pytest.fixture(scope="session", params=[name for name, store in STORES.items() if store.is_dir()])
def pair(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, mlflow_settings: None
) -> Pair:
    """Each store that is here in turn, opened by both."""
    return open_pair(copy_of(STORES[request.param], tmp_path_factory.mktemp("equal") / "mlruns"))
