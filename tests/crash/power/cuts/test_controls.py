"""The proof is put to the proof: with one promise of the disk left out, it must find what is lost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture
def busy(night, evening) -> Any:
    """An evening in which the log is emptied now and then, recorded."""
    with night(checkpoint=12) as here:
        for number in range(1, 6):
            here.scan(evening.secret(number))
            here.scan(evening.secret(number))
    return here.recorded


def promises(recorded: Any) -> Iterator[tuple[int, int]]:
    """The syncs that something depends on: the first step of each, and the one behind it.

    Two in a row are one. One before which nothing was written is none, and so is that of a log's first
    lines: no entry of the log is told of before its own sync.
    """
    written: dict[int, int] = {}
    for number, (word, *arguments) in enumerate(recorded.steps):
        if word == "wrote":
            written[arguments[0]] = arguments[1]
        if word == "synced" and written.pop(arguments[0], 0):
            end = number + 1
            while recorded.steps[end] == recorded.steps[number]:
                end += 1
            yield number, end


def test_whichever_sync_is_left_out_it_is_found(busy, cuts):
    assert cuts(busy, 100).faults == []
    found = []
    for begin, end in promises(busy):
        steps = busy.steps[:begin] + busy.steps[end : end + 60]
        found.append(bool(cuts(busy, 300, steps=steps, since=begin, stop_at=1).faults))
    assert len(found) >= 10
    assert all(found)


def test_synchronous_normal_is_found(night, cuts, evening):
    with night(synchronous="NORMAL") as here:
        for number in range(1, 9):
            here.scan(evening.secret(number))
    outcome = cuts(here.recorded, 300, stop_at=None)
    assert outcome.disks == 300
    assert len(outcome.faults) > 100


@pytest.mark.parametrize("left_out", ["synced", "synced_folder"])
def test_a_backup_whose_sync_is_left_out_is_found(night, cuts, evening, scratch, left_out):
    backup = "station/friday.backup"
    with night() as here:
        here.scan(evening.secret(1))
        held = here.stores()
        here.act(lambda: here.app.backup(scratch / backup), lambda: {**held, backup: held["station/station.db"]})
    steps, file = here.recorded.steps, here.recorded.names[backup]
    renamed = steps.index(("renamed", f"{backup}.partial", backup))
    which = {"synced": ("synced", file), "synced_folder": ("synced_folder", "station")}[left_out]
    begun = steps.index(("named", f"{backup}.partial", file))
    steps = steps[:begun] + [step for step in steps[begun:] if step != which]
    assert cuts(here.recorded, 1_000, steps=steps, since=renamed - 1, stop_at=1).faults
