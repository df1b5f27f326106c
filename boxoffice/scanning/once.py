"""When a code that is read again counts again.

A gun whose trigger is held, or a camera that looks at the same badge for a second, reads one code many
times; the person at the door meant one scan. `Once` is for everything that reaches the verdict, whatever
its source. `Presence` is for pictures, where a code stays in sight. No clock in here: times are arguments.
"""

from __future__ import annotations

from collections.abc import Iterable

SAME_CODE = 1.0
"""Seconds during which the same code again is the same scan."""

AWAY = 1.5
"""Seconds of pictures without a code after which it counts anew."""

# A camera that stalls shows nothing: however long it takes, it says little about what has left the picture.
_LONGEST_STEP = 0.25


class Once:
    """Lets a code through, and not again until `period` seconds after it was let through."""

    def __init__(self, period: float = SAME_CODE) -> None:
        self._period = period
        self._passed: dict[str, float] = {}

    def fresh(self, text: str, at: float) -> bool:
        """Whether this reading counts; `at` in seconds on any clock that never runs backwards."""
        self._passed = {known: then for known, then in self._passed.items() if at - then < self._period}
        if text in self._passed:
            return False
        self._passed[text] = at
        return True


class Presence:
    """Counts each code once for as long as it stays in the picture, several at a time.

    A code has left after `away` seconds of pictures that were looked at and did not show it. A pause
    between two pictures counts for little, so a stalled camera does not make a badge count twice.
    """

    def __init__(self, away: float = AWAY) -> None:
        self._away = away
        self._absent: dict[str, float] = {}
        self._last: float | None = None

    def seen(self, texts: Iterable[str], at: float) -> tuple[str, ...]:
        """Take one picture's codes; answer those that came into sight with it."""
        step = 0.0 if self._last is None else min(max(at - self._last, 0.0), _LONGEST_STEP)
        self._last = at
        here = tuple(dict.fromkeys(texts))
        absent = {text: gone + step for text, gone in self._absent.items() if gone + step < self._away}
        self._absent = absent | dict.fromkeys(here, 0.0)
        return tuple(text for text in here if text not in absent)

    def forget(self) -> None:
        """The picture is another one now: whatever comes counts."""
        self._absent = {}
        self._last = None
