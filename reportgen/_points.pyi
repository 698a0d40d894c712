from array import array
from collections.abc import Sequence

def columns(body: bytes, /) -> tuple[bytes, bytes, bytes, bool, bytes] | None: ...
def corners(
    xs: Sequence[int], values: Sequence[float], columns: int, /
) -> tuple[bytes, float, float, int]: ...
def course(values: array[float], /) -> tuple[int, int, str]: ...
def digits(values: Sequence[float], /) -> tuple[str, int, int, int, int] | None: ...
def knots(times: Sequence[int], tolerance: float, /) -> list[int]: ...
def thin(xs: Sequence[int], values: Sequence[float], columns: int, /) -> list[int]: ...
def stroke(
    xs: Sequence[int],
    values: Sequence[float],
    kept: Sequence[int],
    x_low: int,
    x_scale: float,
    x_start: float,
    y_high: float,
    y_scale: float,
    y_top: float,
    is_log: bool,
    /,
) -> tuple[str, int, int, int] | None: ...
