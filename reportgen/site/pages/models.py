"""The models of a run as cards."""

from functools import partial

from reportgen.analysis.modelcard import ModelCard, read_card
from reportgen.analysis.modelplace import ModelPlace, models_of
from reportgen.errors import AccessError
from reportgen.model import Run
from reportgen.readers.base import Store


def cards_of(store: Store, run: Run) -> tuple[ModelCard, ...]:
    """A card for each model among the artifacts of a run or logged beside it."""
    places = models_of(run, store.label)
    if not places:
        return ()
    from reportgen.readers.yamlfile import load_yaml  # slow to load, and many runs have no model

    return tuple(read_card(place, partial(_read, store, run, place), load_yaml) for place in places)


def _read(store: Store, run: Run, place: ModelPlace, path: str, limit: int) -> bytes | None:
    """At most `limit` bytes of a file of the model; None where it cannot be read."""
    try:
        if place.model_id:
            file = store.open_model_artifact(run, place.model_id, path)
        else:
            file = store.open_artifact(run, path)
    except AccessError:  # the card says that it could not be read
        return None
    with file:
        return file.read(limit)
