"""Data as a script: the one way in which a page opened from a folder can load more of it.

A file calls `reportgen.put(kind, key, text)`, whose text is JSON. It is given as a text and not as
an object: browsers parse it twice as fast, and a key such as `__proto__` is no more than a key.
"""

from reportgen.analysis.plain import dump_json


def put_call(kind: str, key: str, value: object) -> bytes:
    """A script that hands over some data. Floats must be finite: see `plain_number`."""
    text = dump_json(value).replace(b"\\", b"\\\\").replace(b"'", b"\\'")
    name = dump_json([kind, key])[1:-1]
    return b"reportgen.put(" + name + b",'" + text + b"');\n"
