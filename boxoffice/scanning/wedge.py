"""A barcode gun that types like a keyboard: keys and times in, scans out.

No Qt and no clock in here. A burst is a scan when six or more characters come with a median gap under
35 ms and end with Enter, Tab or 60 ms of silence; everything else is a person typing. Nobody can tell a
first key from the first of a burst, so each key is held back for at most 50 ms and handed back if it was
a person's.

The contract with the event filter that owns the keys:

* It sees every key press of the application first, whatever has the focus, dialogs too. It leaves presses
  of bare modifiers (Shift, AltGr, Caps Lock...) alone: guns press Shift within a burst. For every other
  press it calls `press(key, text, at, repeated)`, where `key` is its own copy of the event, in the order
  in which the keys came. Keys with Ctrl, Alt or Meta and keys without text are passed with `text=""`.
* It obeys the `Reaction` in this order: first it delivers the keys in `replay`, oldest first, to where
  they would have gone, each as press and release, past itself; then it hands the `scans` to the door;
  then it swallows the key at hand if `swallow` says so (it may come back in a later `replay`),
  else it lets it pass.
* The release of a swallowed press is swallowed too. Shortcuts must wait for the same answer: a
  ShortcutOverride of a key with text is accepted, so that the press comes here before a shortcut sees it,
  and a replayed key must be able to trigger its shortcut then.
* After every call it sets one timer for `wake_at` and then calls `silence(now)`, obeying that Reaction
  in the same way. When the timer fires it lets the events that wait be delivered once before it calls
  (a timer of zero): after a stall, keys are in the queue that belong to the burst.
* Times come from `KeyClock`, which uses the time at which the window system saw the key. Otherwise a
  stall of the window would tear a burst in two. Keys may also come late from outside, from a window system that
  stalls: no silence can tell. Their times show that they belong to what was taken for the end, and the scan comes
  once more, whole. So it does when a gun falls silent for a moment and then goes on to its Enter; from then on it is
  known to end with Enter, and waited for longer.

What this gives: no character of a gun with gaps under 35 ms reaches a field or a button. A key typed alone
is delayed 50 ms, two keys typed within 35 ms of each other at most 85 ms. A slower gun is still read as
long as the median holds; what was handed back by then stays in the scan's text.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Sequence
from itertools import pairwise
from typing import Generic, TypeVar

import msgspec

Key = TypeVar("Key")

JITTER = 0.015
"""Seconds by which one gap of a gun may be longer than its pace without a key being handed back."""

TAIL = 0.250
"""Seconds after a scan in which a further Enter or Tab is still the gun's, and must press no button."""

PATIENCE = 0.250
"""Seconds of silence that end the burst of a gun whose last one ended with Enter or Tab."""

_HALF = 4
"""Characters in quick succession that no person types just before a gun."""

_ENDS = frozenset("\r\n\t")
_GROUP_SEPARATOR = "\x1d"
_EPSILON = 1e-6


class WedgeSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How the gun types. With a prefix set, a burst that begins with it is a scan at any pace and length."""

    prefix: str = ""
    suffix: str = ""
    least: int = 6
    """Characters that make a scan."""
    pace: float = 0.035
    """The median gap between two characters is below this, in seconds."""
    silence: float = 0.060
    """Seconds after which a burst has ended."""

    @property
    def hold(self) -> float:
        """Seconds that a key is held back, unless the keys around it look like a gun."""
        return self.pace + JITTER


class Reaction(msgspec.Struct, Generic[Key], frozen=True, kw_only=True):
    """What the event filter does now: replay these, hand on these scans, swallow or pass the key at hand."""

    swallow: bool = False
    replay: tuple[Key, ...] = ()
    scans: tuple[str, ...] = ()


class _Cut(msgspec.Struct, frozen=True):
    """A burst that silence has ended, and when its keys were pressed."""

    text: str = ""
    times: tuple[float, ...] = ()

    def goes_on(self, at: float, pace: float) -> bool:
        """Whether a key that comes only now was pressed right behind it."""
        return bool(self.times) and 0.0 <= at - self.times[-1] < pace


class Wedge(Generic[Key]):
    """Tells a gun's bursts from a person's typing. `Key` is whatever the event filter can replay."""

    def __init__(self, settings: WedgeSettings | None = None) -> None:
        self._settings = settings or WedgeSettings()
        self._tail_until = float("-inf")
        self._ends_with_enter = False
        self._cut = _Cut()
        """What silence has ended last."""
        self._before = _Cut()
        """The same, if this burst followed so soon that it may be the second half."""
        self._text = ""
        self._times: list[float] = []
        self._gaps: list[float] = []
        self._held: list[tuple[Key, float]] = []

    def press(self, key: Key, text: str, at: float, *, repeated: bool = False) -> Reaction[Key]:
        """Take one key press. `repeated` marks the keyboard's own repetition of a key held down."""
        settled = self.silence(at)
        if text in _ENDS:
            taken = self._end(at)
        elif repeated or not _is_character(text):
            taken = self._let_go()
        else:
            taken = self._take(key, text, at)
        return Reaction(swallow=taken.swallow, replay=settled.replay + taken.replay, scans=settled.scans + taken.scans)

    def silence(self, now: float) -> Reaction[Key]:
        """Nothing more has come until `now`: end the burst or hand back what was held long enough."""
        if not self._times:
            return Reaction()
        if now - self._times[-1] < self._silence - _EPSILON:
            return Reaction(replay=self._due(now))
        cut = _Cut(self._text, tuple(self._times))
        if self._is_scan():
            self._ends_with_enter = False
            ended = self._scanned(self._times[-1])
        else:
            ended = self._let_go()
        self._cut = cut
        return ended

    @property
    def wake_at(self) -> float | None:
        """When `silence` wants to be called if no key comes before; None while nothing is held."""
        if not self._held:
            return None
        if self._is_certain():
            return self._times[-1] + self._silence
        if self._is_quick():
            return self._times[-1] + self._settings.hold
        return min(self._held[0][1] + self._settings.hold, self._times[-1] + self._settings.silence)

    @property
    def _silence(self) -> float:
        """Seconds after which this burst has ended."""
        waits = self._ends_with_enter and self._is_scan()
        return max(PATIENCE, self._settings.silence) if waits else self._settings.silence

    def _take(self, key: Key, text: str, at: float) -> Reaction[Key]:
        if not self._times and self._cut.goes_on(at, self._settings.pace):
            self._text, self._times = self._cut.text, list(self._cut.times)
            self._gaps = _gaps(self._times)
        elif not self._times and self._cut.goes_on(at, TAIL):
            self._before = self._cut
        self._cut = _Cut()
        if self._times:
            insort(self._gaps, max(at - self._times[-1], 0.0))
        self._times.append(at)
        self._text += text
        self._held.append((key, at))
        suffix = self._settings.suffix
        if suffix and self._text.endswith(suffix) and self._is_scan():
            return self._scanned(at)
        return Reaction(swallow=True, replay=self._due(at))

    def _end(self, at: float) -> Reaction[Key]:
        self._join()
        if self._is_scan():
            self._ends_with_enter = True
            return self._scanned(at)
        if not self._times and at < self._tail_until:
            self._ends_with_enter = True
            return Reaction(swallow=True)
        return self._let_go()

    def _join(self) -> None:
        """A gun that ends with Enter has not ended where it fell silent for a moment: that was the first half."""
        first, pace = self._before.times, self._settings.pace
        if len(first) < _HALF or _median(_gaps(first)) >= pace:
            return
        times = [*first, *self._times]
        if _median(_gaps(times)) < pace:
            self._text, self._times, self._gaps = self._before.text + self._text, times, _gaps(times)

    def _scanned(self, at: float) -> Reaction[Key]:
        text = self._text.removeprefix(self._settings.prefix).removesuffix(self._settings.suffix)
        self._clear()
        self._tail_until = at + TAIL
        return Reaction(swallow=True, scans=(text,))

    def _let_go(self) -> Reaction[Key]:
        replay = tuple(key for key, _ in self._held)
        self._clear()
        return Reaction(replay=replay)

    def _due(self, now: float) -> tuple[Key, ...]:
        if self._is_certain():
            return ()
        hold = self._settings.hold - _EPSILON
        if self._is_quick() and now - self._times[-1] < hold:
            return ()
        due = tuple(key for key, at in self._held if now - at >= hold)
        del self._held[: len(due)]
        return due

    def _is_scan(self) -> bool:
        prefix = self._settings.prefix
        if prefix and self._text.startswith(prefix):
            return len(self._text.removeprefix(prefix).removesuffix(self._settings.suffix)) > 0
        return len(self._text) >= self._settings.least and self._is_quick()

    def _is_certain(self) -> bool:
        """Whether the keys so far can be held until the burst ends."""
        prefix = self._settings.prefix
        if prefix and self._text and (self._text.startswith(prefix) or prefix.startswith(self._text)):
            return True
        return self._is_scan()

    def _is_quick(self) -> bool:
        return bool(self._gaps) and _median(self._gaps) < self._settings.pace

    def _clear(self) -> None:
        self._before = _Cut()
        self._text = ""
        self._times = []
        self._gaps = []
        self._held = []


class KeyClock:
    """The times of keys, on one line: the window system's own stamps where it gives them.

    `now` in both calls is a monotonic clock read when the event filter runs. Stamps are milliseconds from
    an unknown beginning, or 0 for keys that no window system saw.
    """

    # More than this between a stamp and our clock is no stall but another clock.
    _ASTRAY = 60.0

    def __init__(self) -> None:
        self._at = 0.0
        self._read_at: float | None = None
        self._offset: float | None = None

    def pressed(self, stamp: int, now: float) -> float:
        """When this key was pressed."""
        here = self.now(now)
        if stamp > 0:
            seconds = stamp / 1000
            if self._offset is None or abs(seconds + self._offset - here) > self._ASTRAY:
                self._offset = here - seconds
            here = seconds + self._offset
        self._at, self._read_at = here, now
        return here

    def now(self, now: float) -> float:
        """The present on the same line: never ahead of keys that still wait to be delivered."""
        if self._read_at is None:
            return now
        return self._at + (now - self._read_at)


def _is_character(text: str) -> bool:
    return bool(text) and all(one.isprintable() or one == _GROUP_SEPARATOR for one in text)


def _gaps(times: Sequence[float]) -> list[float]:
    return sorted(later - earlier for earlier, later in pairwise(times))


def _median(ordered: list[float]) -> float:
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return (ordered[middle - 1] + ordered[middle]) / 2
