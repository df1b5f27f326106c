"""The simulation has eyes: mistakes that people make are put into the real code, and some day each shows.

A bug is tried first on the days that showed it when it was planted, then on others, so it is found also when
the days have changed since.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from . import planted_counter, planted_money  # noqa: F401 - they plant more
from .planted import BUGS, Planted

MOST_DAYS = 100


@pytest.mark.parametrize("bug", BUGS, ids=str)
def test_a_planted_bug_is_caught(bug: Planted, live: Callable[[int], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    bug.plant(monkeypatch)
    with pytest.raises(AssertionError, match=bug.shows):
        _live_until_it_shows(live, bug.day)


def _live_until_it_shows(live: Callable[[int], Any], first: int) -> None:
    for seed in (first, *range(MOST_DAYS)):
        live(seed)
