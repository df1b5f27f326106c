"""Whose turn it is among a hub's threads."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from sync.hub import turns


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    usual = sys.getswitchinterval()
    yield
    sys.setswitchinterval(usual)


def test_turns_are_short_again_after_whoever_was_not_to_be_disturbed_and_failed() -> None:
    def judge() -> None:
        with turns.undisturbed():
            assert sys.getswitchinterval() == pytest.approx(turns.LATE)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        judge()
    assert sys.getswitchinterval() == pytest.approx(turns.SOON)
