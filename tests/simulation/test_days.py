"""Days at the doors, each with its own weather and mishaps: whatever happened, every promise is kept.

A seed that fails tells its story and the command that shows it again.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest

PROVE = os.environ.get("BOXOFFICE_PROVE") == "1"
SEED = os.environ.get("BOXOFFICE_SEED")
DAYS = 100_000 if PROVE else 200
AT_ONCE = 250 if PROVE else 20

Live = Callable[[int], Any]


@pytest.mark.parametrize("first", [int(SEED)] if SEED else range(0, DAYS, AT_ONCE))
def test_every_promise_is_kept_on_any_day(live: Live, first: int) -> None:
    for seed in range(first, first + (1 if SEED else AT_ONCE)):
        live(seed)


@pytest.mark.parametrize("seed", [8, 26])
def test_a_seed_tells_the_same_story_twice(live: Live, seed: int) -> None:
    once, again = live(seed).world.story, live(seed).world.story
    assert len(once) > 50
    assert once == again
