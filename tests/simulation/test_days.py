"""Days at the doors, each with its own weather and mishaps: whatever happened, every promise is kept.

A seed that fails tells its story and the command that shows it again.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

SEED = os.environ.get("BOXOFFICE_SEED", "")
"""One seed, or two with a dash between them: from the first to before the second."""
ALWAYS = 200
"""Days of a short proof."""
DAYS = 100_000
AT_ONCE = 20
IN_ONE_PROCESS = 1_000
"""Days of a long proof, so that the start of a process is no part of what a day costs, and many can be under way."""

Live = Callable[[int], Any]


def some(seeds: str) -> list[range]:
    """The seeds asked for, in handfuls."""
    first, _, end = seeds.partition("-")
    start, stop = int(first), int(end or int(first) + 1)
    return [range(one, min(one + AT_ONCE, stop)) for one in range(start, stop, AT_ONCE)]


@pytest.mark.parametrize("seeds", some(SEED or f"0-{ALWAYS}"), ids="{0.start}-{0.stop}".format)
def test_every_promise_is_kept_on_any_day(live: Live, seeds: range) -> None:
    for seed in seeds:
        live(seed)


@pytest.mark.prove
@pytest.mark.skipif(bool(SEED), reason="Only these seeds are asked for")
@pytest.mark.parametrize("first", range(ALWAYS, DAYS, IN_ONE_PROCESS))
def test_every_promise_is_kept_on_very_many_days(first: int) -> None:
    seeds = f"{first}-{min(first + IN_ONE_PROCESS, DAYS)}"
    words = [sys.executable, "-m", "pytest", "-k", "any_day", __file__]
    done = subprocess.run(words, env={**os.environ, "BOXOFFICE_SEED": seeds}, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("seed", [8, 27])
def test_a_seed_tells_the_same_story_twice(live: Live, seed: int) -> None:
    once, again = live(seed).world.story, live(seed).world.story
    assert len(once) > 50
    assert once == again
