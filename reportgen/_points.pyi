from array import array
from collections.abc import Sequence

def columns(body: bytes, /) -> tuple[bytes, bytes, bytes, bool, bytes] | None: ...
def course(values: array[float], /) -> tuple[int, int, str]: ...
def knots(times: Sequence[int], tolerance: float, /) -> list[int]: ...
def thin(xs: Sequence[int], values: Sequence[float], columns: int, /) -> list[int]: ...
def stroke(
    xs: Sequence[int],
    values: Sequence[float],
    kept: list[int],
    x_low: int,
    x_scale: float,
    x_start: float,
    y_high: float,
    y_scale: float,
    y_top: float,
    /,
) -> tuple[str, int, int, int] | None: ...
