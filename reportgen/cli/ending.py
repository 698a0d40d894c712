"""How a command that goes on until it is told otherwise comes to its end."""

from collections.abc import Callable, Sequence

from reportgen.errors import EXIT_DONE, EXIT_INTERRUPTED


def end_on_signals(stop: Callable[[], None]) -> Sequence[int]:
    """Have Ctrl-C and SIGTERM call `stop`; gives those that have come, as they come.

    A second Ctrl-C ends at once, as one that nobody handles.
    """
    import signal

    came: list[int] = []

    def take(number: int, _frame: object) -> None:
        came.append(number)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        stop()

    for kind in (signal.SIGINT, signal.SIGTERM):
        signal.signal(kind, take)
    return came


def status_of(came: Sequence[int]) -> int:
    """The exit status after these signals.

    Ctrl-C interrupts; SIGTERM is how those who start servers ask them to end, and is no fault.
    """
    import signal

    return EXIT_INTERRUPTED if signal.SIGINT in came else EXIT_DONE
