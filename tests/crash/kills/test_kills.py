"""A station is killed at any moment; every answer that it gave stands afterwards, once, here and at the hub."""

from __future__ import annotations

import os
import time

import pytest

from boxoffice.bootstrap import App
from boxoffice.config import Folder
from boxoffice.domain.facts import Admitted
from boxoffice.storage import checkins, feeds, journal, verify

RUNS = range(1_000 if os.environ.get("BOXOFFICE_PROVE") == "1" else 20)

SCANNING = ("-m", "boxoffice", "scan", "-", "--json", "--list", "1")
SCANNING_IN_STEP = (
    "-c",
    """
import sys

import requests  # Loaded beforehand, so that sync is at work with the first scan

import sync.engine
from boxoffice.bootstrap import App, Sync
from boxoffice.cli.main import run

begin = App.__enter__
App.__enter__ = lambda app: (Sync(app).start(), begin(app))[1]
sys.exit(run(["scan", "-", "--json", "--list", "1"]))
""",
)
"""The same with sync at work behind it, as it is behind the window."""


@pytest.fixture
def codes(evening):
    """Tickets, each a second time right after, and codes that nobody sold."""
    return [
        code
        for number in range(1, 201)
        for code in (evening.secret(number), evening.secret(number), f"nobody's ticket {number}")
    ]


def check(app, answers):
    """Each answer stands in the journal as it was given, in order; one more may have been on its way."""
    entries = app.read(lambda c: list(journal.entries(c)))
    nonces = [answer["nonce"] for answer in answers]
    assert [entry.operation for entry in entries][: len(nonces)] == nonces
    assert len(entries) - len(nonces) in (0, 1)
    for entry, answer in zip(entries, answers, strict=False):
        fact = entry.fact()
        assert isinstance(fact, Admitted) == (answer["verdict"] == "ok")
        if isinstance(fact, Admitted):
            assert fact.ticket == f"{answer['order']}-{answer['position']}"
            assert app.read(lambda c, nonce=entry.operation: checkins.is_own(c, nonce))
        else:
            assert fact.reason == answer["verdict"]
    assert app.read(verify.check).faults == ()
    return entries


ORDERS = "SELECT id FROM documents WHERE kind = 'order'"


def orders(app):
    return app.read(lambda c: c.execute("SELECT code FROM orders ORDER BY code").fetchall())


@pytest.mark.parametrize("run", RUNS)
def test_while_scanning(run, scratch, new_station, killed, codes, chance):
    # The sleeps below wait for nothing: they choose the moment of the kill.
    def when(door):
        if chance.random() < 0.15:  # before it has said anything
            time.sleep(chance.uniform(0, 0.5))
            return
        door.has_answered(chance.randrange(1, 100))
        time.sleep(chance.uniform(0, 0.01))

    folder = new_station(scratch / "station")
    answers = killed(SCANNING, folder, codes, when)
    with App(Folder(folder)) as app:
        entries = check(app, answers)
        assert app.outbox().waiting == len(entries)


@pytest.mark.parametrize("run", RUNS)
def test_while_scanning_and_syncing(run, scratch, venues, killed, codes, chance, evening):
    with venues(scratch / "venue") as venue:

        def when(door):
            if sending:
                venue.was_asked("/acts", chance.randrange(1, 7))
            else:
                venue.was_asked("/changes")
            time.sleep(chance.uniform(0, 0.05))

        # While people keep coming, it is busy with sending; with the last of them it turns to what is new.
        sending = run % 2 == 0
        answers = killed(SCANNING_IN_STEP, venue.station, codes if sending else codes[:30], when)
        with App(Folder(venue.station)) as app:
            check(app, answers)
            cursor = app.read(lambda c: feeds.progress(c, evening.event)).cursor
            version = int(cursor.rpartition(".")[2] or 0)
            held = set(orders(app))
            # What the cursor is behind is there; rows of a sheaf that was cut short may be, and come again.
            assert set(venue.query(f"{ORDERS} AND version <= {version}")) <= held <= set(venue.query(ORDERS))
        venue.sync()
        with App(Folder(venue.station)) as app:
            entries = check(app, answers)
            admitted = [entry.operation for entry in entries if isinstance(entry.fact(), Admitted)]
            counts = app.outbox()
            assert orders(app) == venue.query(f"{ORDERS} ORDER BY id")
        assert (counts.waiting, counts.parked) == (0, 0)
        assert venue.query("SELECT operation, outcome FROM acts ORDER BY sequence") == [
            (entry.operation, "done") for entry in entries
        ]
        assert venue.query("SELECT alarm FROM marks WHERE alarm <> ''") == []
        assert venue.query("SELECT id FROM documents WHERE kind = 'checkin' ORDER BY id") == [
            (operation,) for operation in sorted(admitted)
        ]
