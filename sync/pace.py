"""When to talk to the server, and whether we call ourselves online.

No clock and no chance in here: both are arguments. One lost answer does not turn the banner on and one
lucky one does not turn it off; but whatever the banner says, after a good answer the next talk is never
far, so a healthy network and a waiting queue do not stay side by side.
"""

from __future__ import annotations

from collections import deque

FIRST_WAIT = 0.5
LONGEST_WAIT = 20.0
"""With the longest silence before it less than half a minute: so soon a network that is good again empties a queue."""
LONGEST_ASKED = 300.0
"""The most that we wait because a server said so. A login page that asks for a week is not obeyed."""
HEARTBEAT = 5.0
"""Seconds between two talks when nothing happens: so that a lost server is noticed within twenty."""
REMEMBERED = 5
BAD = 3
"""So many failures among the remembered ones keep us offline, though the last answer was good."""


class Backoff:
    """How long to wait after each failure in a row: half a second at first, twenty at most, never in step."""

    def __init__(self) -> None:
        self.failures = 0

    def wait(self, chance: float, asked: float | None = None) -> float:
        """Count one more failure; seconds to wait. `chance` lies in [0, 1), `asked` is the server's own wish."""
        longest: float = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(self.failures, 10))
        self.failures += 1
        own = longest / 2 + longest / 2 * chance
        return max(own, min(asked or 0.0, LONGEST_ASKED))


class Pace:
    """The last few results, and what follows from them. Times are seconds of any clock that only goes forward."""

    def __init__(self) -> None:
        self.online = False
        self._results: deque[bool] = deque(maxlen=REMEMBERED)
        self._backoff = Backoff()
        self._silent = False
        self._next = 0.0

    @property
    def known(self) -> bool:
        """Whether anything was tried at all: before that we are neither online nor offline."""
        return bool(self._results)

    def succeeded(self, now: float) -> None:
        """The server answered as it should."""
        self._results.append(True)
        self._backoff = Backoff()
        if self._results.count(False) < BAD:
            self.online = True
        self._next = now + (HEARTBEAT if self.online else FIRST_WAIT)

    def failed(self, now: float, chance: float, asked: float | None = None, *, silent: bool = True) -> None:
        """The server did not answer, or not as it should. Not `silent`: it is there, and could not take something.

        Of a server that was silent for long it is not to be suffered for long that it is busy: the wait starts anew.
        """
        if self._silent and not silent:
            self._backoff = Backoff()
        self._silent = silent
        self._results.append(False)
        if list(self._results)[-2:] == [False, False]:
            self.online = False
        self._next = now + self._backoff.wait(chance, asked)

    def next_at(self, now: float, *, waiting: bool) -> float:
        """When to talk next. With something `waiting` it is now, unless the server has just failed us."""
        if waiting and not self._backoff.failures:
            return now
        return max(now, self._next)

    def hurry(self) -> None:
        """A person, or a network that came back, wants it now."""
        self._next = 0.0
        self._backoff = Backoff()
