"""Values of options: each function reads one, or says what is wrong with it."""

import argparse

from reportgen.configvalues import parse_duration, parse_url

_LEAST_BYTES = 5_000  # in which a summary can say the least
_MOST_PORTS = 65_535


def job_count(text: str) -> int:
    """How many processes."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")
    return int(text)


def moment(text: str) -> int:
    """A date or a time, in UTC where it names no zone: milliseconds since the epoch."""
    from datetime import UTC, datetime

    try:
        named = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date, as 2026-03-04 is") from None
    aware = named if named.tzinfo else named.replace(tzinfo=UTC)
    return round(aware.timestamp() * 1000)


def byte_count(text: str) -> int:
    """The bytes that a summary may take."""
    if not text.isdecimal() or int(text) < _LEAST_BYTES:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of bytes from {_LEAST_BYTES:,} on")
    return int(text)


def place(text: str) -> str:
    """A file, folder or store: "" would be the current folder, as of a variable that is not set."""
    if not text:
        raise argparse.ArgumentTypeError("the name is empty; the current folder is .")
    return text


def preview_name(text: str) -> str:
    """The name of a preview: "" would be the site itself, as of a variable that is not set."""
    if not text.strip():
        raise argparse.ArgumentTypeError("the name of the preview is empty")
    return " ".join(text.split())


def host_address(text: str) -> str:
    """An address to serve at; "" would be all of them, as of a variable that is not set."""
    if not text.strip():
        raise argparse.ArgumentTypeError("the address is empty; all of this machine are 0.0.0.0")
    return text


def web_address(text: str) -> str:
    """An address that starts with http:// or https://, or an empty text."""
    try:
        return parse_url(text)
    except TypeError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not {error}") from None


def port_number(text: str) -> int:
    """A port; 0 is one that the system chooses."""
    if not text.isdecimal() or int(text) > _MOST_PORTS:
        raise argparse.ArgumentTypeError(f"{text!r} is no port: 0 to {_MOST_PORTS}")
    return int(text)


def duration(text: str) -> float:
    """A time such as `15m`, in seconds."""
    try:
        length = parse_duration(int(text) if text.isdecimal() else text) / 1000
    except TypeError:
        length = 0.0
    if not length:
        raise argparse.ArgumentTypeError(f'{text!r} is not a time such as "15m", "12h" or "30d"')
    return length


def seconds(text: str) -> float:
    """A number of seconds above 0."""
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds above 0")
    return number
