"""What the benches measure with: how long something takes, and what so many of its times are below."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence


def timed(work: Callable[[], object]) -> float:
    """Do it; the seconds that it took."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def at(times: Sequence[float], share: float) -> float:
    """The time below which this share of them lies: 0.5 is the middle, 0.99 leaves out the slowest hundredth."""
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]
