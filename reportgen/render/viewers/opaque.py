"""Files that are named and not opened: weights, pickles, archives and formats of data."""

import hashlib
import re

from markupsafe import Markup

from reportgen.render.filters import size
from reportgen.render.viewers.base import Shown, Source, card
from reportgen.spelling import plural

_HASHED = 4 << 20  # bytes
_HEADER = 1 << 20  # bytes; of safetensors
_PICKLE = "a Python pickle: never loaded here, since loading runs code in it"
_KINDS = {
    "pkl pickle p": _PICKLE,
    "joblib": "a joblib pickle: never loaded here, since loading runs code in it",
    "cloudpickle": _PICKLE,
    "pt pth ckpt": "a PyTorch file, which holds a pickle: never loaded here",
    "h5 hdf5 keras": "a Keras model or HDF5 file: never loaded here",
    "pb": "a TensorFlow graph: never loaded here",
    "tflite": "a TensorFlow Lite model: never loaded here",
    "onnx": "an ONNX model: never loaded here",
    "gguf": "weights in GGUF: never loaded here",
    "cbm": "a CatBoost model: never loaded here",
    "ubj": "an XGBoost model: never loaded here",
    "mlmodel": "a Core ML model: never loaded here",
    "rds rda rdata": "an R object: never loaded here",
    "bin": "binary data, perhaps weights: never loaded here",
    "crate": "an R object, packed by carrier: never loaded here",
    "npz": "NumPy arrays in a zip archive",
    "parquet": "a Parquet table",
    "feather arrow": "an Arrow table",
    "orc": "an ORC table",
    "avro": "an Avro table",
    "xls xlsx ods": "a spreadsheet",
    "db sqlite sqlite3": "an SQLite database",
    "zip whl": "a zip archive",
    "tar tgz gz bz2 xz zst 7z": "an archive",
    "tif tiff": "a TIFF image, which most browsers do not show",
    "docx pptx": "an office document",
    "tfevents": "events for TensorBoard",
}
_SAID = {ending: said for endings, said in _KINDS.items() for ending in endings.split()}
_NPY = re.compile(
    rb"\{'descr': '[<>|=]([a-zA-Z])(\d{0,5})', 'fortran_order': \w{4,5}, "
    rb"'shape': \(([\d, ]{0,200})\)"
)
_NUMBERS = {"f": "float", "i": "int", "u": "uint", "c": "complex"}
_OTHERS = {"b": "bool", "U": "text", "S": "bytes", "O": "Python objects, as a pickle"}


def show(source: Source) -> Shown | None:
    """A card for a format that is known by its name."""
    if source.ending == "npy":
        return Shown(file_card(source, _array(source)), "file")
    if source.ending == "safetensors":
        return Shown(file_card(source, _tensors(source)), "file")
    said = _SAID["tfevents"] if ".tfevents." in source.name else _SAID.get(source.ending)
    return Shown(file_card(source, said), "file") if said else None


def rest(source: Source) -> Shown:
    """A card for any file."""
    said = "" if source.size else "an empty file"
    return Shown(file_card(source, said), "file")


def file_card(source: Source, said: str) -> Markup:
    """Name, what it is, size and sha-256: that of the first bytes where the file is large."""
    body, whole = source.head(_HASHED)
    digest = hashlib.sha256(body).hexdigest()[:16]
    of = "sha-256 of the file" if whole else f"sha-256 of its first {size(_HASHED)}"
    lines = (said, f"{size(source.size)}, {of} {digest}…")
    return card(source.name, tuple(line for line in lines if line), source.href)


def _array(source: Source) -> str:
    """Type and shape from the header of an .npy file (numpy.lib.format, versions 1 to 3)."""
    body, _ = source.head(512)
    found = _NPY.search(body) if body.startswith(b"\x93NUMPY") else None
    if found is None:
        return "a NumPy array"
    kind, width = found[1].decode(), int(found[2] or 0)
    name = f"{_NUMBERS[kind]}{width * 8}" if kind in _NUMBERS else _OTHERS.get(kind, "other values")
    shape = " × ".join(part.strip() for part in found[3].decode().split(",") if part.strip())
    return f"a NumPy array: {shape or 'one value'}, {name}"


def _tensors(source: Source) -> str:
    """The number of tensors and parameters from the header of a .safetensors file.

    Eight bytes of length, then JSON: https://github.com/huggingface/safetensors#format
    """
    import json

    said = "weights in safetensors: never loaded here"
    length = int.from_bytes(source.head(8)[0], "little")
    if not 2 <= length <= _HEADER:
        return said
    header = source.head(8 + length)[0][8:]
    try:
        tensors = json.loads(header)
        shapes = [one["shape"] for name, one in tensors.items() if name != "__metadata__"]
        count = sum(_product(shape) for shape in shapes)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return said
    return f"{said}; {plural(len(shapes), 'tensor')}, {plural(count, 'parameter')}"


def _product(shape: list[object]) -> int:
    product = 1
    for length in shape:
        if not isinstance(length, int) or not 0 <= length < 1 << 40 or len(shape) > 16:
            raise TypeError("not a shape")
        product *= length
    return product
