"""How fast a station is beside the server itself, both on this machine and in one run; the figures are printed."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import requests

from boxoffice.ids import new_id
from sync.pretix.lists import LEFT_OUT

pytestmark = pytest.mark.pretix
HOME = "/api/v1/organizers/demo/"
SCANS = 40


def seconds(work: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def test_a_scan_here_is_a_hundred_times_as_fast_as_one_there(server, station, tmp_path, capsys):
    """Both are durable when they are answered; the server is asked over one open connection.

    How long the disk takes is no merit of either program, so judging alone is what is held to the goal; the
    whole is printed, with what the disk takes of it.
    """
    known = server.known["conf"]
    gate_list = known["lists"]["ruled"]
    north = station("North")
    north.sync()
    with requests.Session() as line:
        line.headers["Authorization"] = f"Device {north.enrolment.token}"

        def ask(secret: str) -> None:
            body = {"secret": secret, "lists": [gate_list], "nonce": new_id()}
            line.post(f"{server.url}{HOME}checkinrpc/redeem/", json=body)

        runs = [known["plain"][start : start + SCANS] for start in range(0, 3 * SCANS, SCANS)]
        there = calmest(runs, ask)
    judged = calmest(runs, partial(north.scan, gate_list=gate_list, preview=True))
    here = calmest(runs, partial(north.scan, gate_list=gate_list))
    disk = calmest(runs, partial(write_down, tmp_path / "written"))
    with capsys.disabled():
        print(  # noqa: T201
            f"\na scan there {there * 1000:.1f} ms; here {here * 1000:.2f} ms, of which the disk alone takes"
            f" {disk * 1000:.2f}: {there / here:.0f} times as fast (goal 100); judging alone {there / judged:.0f} times"
        )
    assert there / judged >= 100
    assert here < there


def calmest(runs: list[list[str]], scan: Callable[[str], Any]) -> float:
    """The middle of each run's times, of the run in which the machine had least else to do."""
    return min(statistics.median(seconds(partial(scan, secret)) for secret in run) for run in runs)


def write_down(path: Path, what: str) -> None:
    """One small file to the disk and no further: what durability costs on this machine."""
    with path.open("w") as file:
        file.write(what)
        file.flush()
        os.fsync(file.fileno())


def test_the_first_sync_costs_little_more_than_the_pages_themselves(server, station, capsys):
    """The yardstick fetches the same pages of orders and does nothing with them."""
    north = station("North")

    def pages() -> None:
        query = "&".join(f"exclude={field}" for field in LEFT_OUT)
        path = f"{server.url}{HOME}events/conf/orders/?page_size=50&include_canceled_positions=true&{query}"
        with requests.Session() as line:
            line.headers["Authorization"] = f"Device {north.enrolment.token}"
            while path:
                path = line.get(path).json()["next"]

    pages()
    bare = min(seconds(pages) for _ in range(2))
    begun = time.perf_counter()
    for _ in north.line.changes("conf", ""):
        pass
    read = time.perf_counter() - begun
    north.connect()
    whole = seconds(lambda: north.engine.round_once())
    with capsys.disabled():
        print(  # noqa: T201
            f"\nthe orders' bare pages: {bare:.2f} s; one event read whole: {read / bare:.2f} times that;"
            f" first sync of all three events, searchable: {whole / bare:.2f} times that"
        )
    assert read / bare < 20  # the event is small: what is read beside its orders weighs more than they do
