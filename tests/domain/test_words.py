"""Sentences as people read them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from boxoffice.domain.words import Sentence


@pytest.mark.parametrize(
    ("hour", "minute", "said"),
    [(23, 59, "25 Oct 01:59"), (0, 30, "25 Oct 02:30 CEST"), (1, 30, "25 Oct 02:30 CET"), (2, 0, "25 Oct 03:00")],
)
def test_the_hour_that_comes_twice_is_told_apart(hour: int, minute: int, said: str) -> None:
    day = 24 if hour == 23 else 25
    moment = datetime(2026, 10, day, hour, minute, tzinfo=UTC).astimezone(ZoneInfo("Europe/Berlin"))
    assert str(Sentence("Possible from {when}", {"when": moment})) == f"Possible from {said}"
