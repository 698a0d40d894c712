"""The watch: rings in, pages out.

The page of a run that logged something is made at once, what more it logs within a moment is
gathered. All that other pages tell of it comes with a whole build, in a process beside this one:
soon after the first ring, then the less often the longer a build takes, so that a busy trainer
keeps its processors and still sees its table grow.
"""

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Thread

from reportgen.config import Options
from reportgen.errors import OutputError, ReportgenError, StoreError
from reportgen.site.live import LiveSite, Roster
from reportgen.site.project import store_places
from reportgen.site.stalled import Place
from reportgen.site.writer import failure_reason
from reportgen.values import frozen
from reportgen.watch.builder import Builder, Built
from reportgen.watch.doorbell import Doorbell, NoEvents

_GATHER = 0.1  # seconds between two pages of one run
_SETTLE = 0.3  # seconds from a ring to the build that it asks for
_REST = 3.0  # times as long as a build took, before the next
_LEAST_REST, _MOST_REST = 1.0, 60.0  # seconds
_LOOK = 2.0  # seconds between two looks at whether we still hear
_QUIET_LOOK = 300.0  # times as long as a build without changes takes, between two of them
_LEAST_QUIET = 30.0  # seconds
_TRUST = 60.0  # seconds for which we believe that no event was lost
_HEAD_START = 1.0  # seconds of listening before the first build begins beside it
_WAITING = 1.0  # seconds between two looks for a store that is not there


@frozen
class Listener:
    """Whom a watch tells: messages, paths of the site whose bytes are new, how many runs run."""

    say: Callable[[str], None]
    changed: Callable[[Sequence[str]], None]
    running: Callable[[int], None] = lambda _count: None  # after each build


@dataclass(slots=True)
class _Plan:
    """When to do what; times of the monotonic clock, in seconds."""

    build_at: float | None = None  # None: nothing asks for one
    not_before: float = 0.0
    look_at: float = 0.0
    began: float = 0.0
    runs: dict[Place, float] = field(default_factory=dict)  # when each is due
    made: dict[Place, float] = field(default_factory=dict)  # when each was made last
    missed: set[Place] = field(default_factory=set)  # that rang while a build was at work
    rung: set[Place] = field(default_factory=set)  # since the last build began
    heard_all: bool = False  # whether nothing else can have changed since then
    looked_at: float = 0.0  # when a build began that looked at all files

    def ask(self, now: float) -> None:
        """Have a build soon."""
        if self.build_at is None:
            self.build_at = now + _SETTLE

    def next(self, now: float) -> float:
        """Seconds until something is due."""
        times = [self.look_at, *self.runs.values()]
        if self.build_at is not None:
            times.append(max(self.build_at, self.not_before))
        return max(0.0, min(times) - now)


class Watch:
    """Keeps a site up to date until it is stopped."""

    def __init__(self, options: Options, listener: Listener, *, poll: float = 0.0) -> None:
        """With `poll`, looks at the store every so many seconds and listens to no events."""
        self._options = options
        self._listener = listener
        self._poll = poll
        self._builder = Builder(options)
        self._bell = Doorbell(())
        self._plan = _Plan()
        self._site: LiveSite | None = None
        self._roster = Roster()
        self._quiet = _LEAST_QUIET
        self._stopped = False
        self._said = ""
        self._hears = False
        self._is_makeshift = False  # looks for want of events: not asked for, so no heavy load

    def stop(self) -> None:
        """Have `run` come to its end; may be called from another thread or a signal handler."""
        self._stopped = True
        self._bell.wake()

    def run(self) -> None:
        """Watch until stopped. Raises ReportgenError where the first build cannot start."""
        try:
            self._begin()
            while not self._stopped:
                self._turn()
        finally:
            self._bell.close()
            self._builder.close()

    def _begin(self) -> None:
        """Listen and build. With very many folders to listen to, both at once."""
        listening = Thread(target=self._listen, name="reportgen-listen")
        listening.start()
        listening.join(_HEAD_START)
        is_late = listening.is_alive()
        self._begin_build(time.monotonic())
        listening.join()
        if is_late:  # what has changed meanwhile, nobody heard
            self._plan.heard_all = False
            self._plan.ask(time.monotonic())

    def _turn(self) -> None:
        now = time.monotonic()
        pause = self._plan.next(now)
        rung = self._bell.wait(min(pause, 0.05) if self._builder.is_busy else pause)
        now = time.monotonic()
        for place in rung.runs:
            self._plan.runs.setdefault(place, max(now, self._plan.made.get(place, 0.0) + _GATHER))
        self._plan.rung |= rung.runs
        self._plan.heard_all &= not rung.other
        if self._builder.is_busy:  # which may have read them before, and writes them after us
            self._plan.missed |= rung.runs
        if rung:
            self._plan.ask(now)
        self._make_runs(now)
        if self._builder.is_busy and self._builder.wait(0):
            self._take(self._builder.end())
        if self._builder.is_busy:
            return
        if now >= self._plan.look_at:
            self._look(now)
        if self._plan.build_at is not None and now >= max(
            self._plan.build_at, self._plan.not_before
        ):
            self._begin_build(now)

    def _begin_build(self, now: float) -> None:
        """Begin a build that looks at the runs that rang, or at all files where that is safer."""
        plan = self._plan
        is_sure = plan.heard_all and not self._poll and now - plan.looked_at < _TRUST
        plan.looked_at = plan.looked_at if is_sure else now
        plan.build_at, plan.began = None, now
        self._builder.begin(frozenset(plan.rung) if is_sure else None)
        plan.rung, plan.heard_all = set(), True

    def _make_runs(self, now: float) -> None:
        """Make the pages of the runs that are due."""
        due = [place for place, when in self._plan.runs.items() if when <= now]
        for place in due:
            if self._stopped:
                return
            del self._plan.runs[place]
            run = self._roster.get(place)
            if run is None or self._site is None:
                continue
            self._plan.made[place] = now
            try:
                changed = self._site.refresh(place, run)
            except (ReportgenError, OSError) as error:
                self._say(f"{error}; it is tried again")
                continue
            except Exception as error:  # a bug of ours must not end a watch of many days
                self._say(f"{failure_reason(error)}; please report this as a bug")
                continue
            if changed:
                self._plan.rung.add(place)  # perhaps after a build has looked at it
                self._listener.changed(changed)

    def _take(self, built: Built) -> None:
        """Take over what a build came to."""
        took = time.monotonic() - self._plan.began
        is_first = self._site is None  # which makes all pages: the next will not take as long
        rest = _LEAST_REST if is_first else min(max(_LEAST_REST, _REST * took), _MOST_REST)
        self._plan.not_before = time.monotonic() + rest
        if built.report is None:
            assert built.error is not None
            self._plan.heard_all = False
            self._bear(built.error)
            return
        if built.news is not None:
            self._roster.take(built.news)
            self._listener.running(built.news.running)
        if built.news is not None or self._site is None:
            self._begin_anew()
        changed = (*built.report.written, *built.report.pruned)
        if not changed:
            self._quiet = max(_LEAST_QUIET, _QUIET_LOOK * took)
        self._say(built.report.summary)
        for line in built.report.failure_lines():
            self._listener.say(line)
        if changed:
            self._listener.changed(changed)
        just_now = time.monotonic() - _GATHER
        self._plan.made = {p: when for p, when in self._plan.made.items() if when > just_now}
        self._plan.runs.update(dict.fromkeys(self._plan.missed, 0.0))
        self._plan.missed = set()

    def _begin_anew(self) -> None:
        """Have pages of single runs made by what the last build has seen."""
        try:
            if self._site is None:
                self._site = LiveSite(self._options)
            else:
                self._site.begin_anew()
        except StoreError as error:  # gone since
            self._say(f"{error}; waiting for it")

    def _bear(self, error: ReportgenError) -> None:
        """Try again later what may pass. Raises what, at the start, only the user can mend."""
        if self._site is None and not isinstance(error, StoreError | OutputError):
            raise error
        self._plan.build_at = time.monotonic() + _WAITING
        is_awaited = isinstance(error, StoreError)
        self._say(f"{error}; {'waiting for it' if is_awaited else error.hint}")

    def _look(self, now: float) -> None:
        """See whether we still hear, and look at everything from time to time."""
        self._plan.look_at = now + (self._poll or _LOOK)
        if self._poll:
            self._plan.build_at = now
            if not self._is_makeshift:
                self._plan.not_before = 0.0
            return
        if self._hears and self._bell.is_deaf():
            self._hears = False
        if not self._hears:
            self._plan.heard_all = False
            self._listen()
            self._plan.ask(now)
        elif self._plan.build_at is None and now - self._plan.began > self._quiet:
            self._plan.heard_all = False
            self._plan.build_at = now

    def _listen(self) -> None:
        """Listen to the stores, if they are there and the system tells of changes."""
        if self._poll:
            return
        try:
            places = store_places(self._options)
        except ReportgenError:
            return  # the build says so
        if not all(map(os.path.isdir, places)):
            return  # as well
        bell = Doorbell(places)
        try:
            bell.listen()
        except NoEvents as error:
            bell.close()
            self._bell.close()
            self._poll, self._is_makeshift = _LEAST_REST, True
            self._listener.say(
                f"no events of changed files here ({error}); looking every {self._poll:g} s"
            )
            return
        self._bell.close()
        self._bell = bell
        self._hears = True

    def _say(self, text: str) -> None:
        """Say something, unless it is what was said last."""
        if text and text != self._said:
            self._said = text
            self._listener.say(text)
