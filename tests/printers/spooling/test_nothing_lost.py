"""Whatever happens to the printer, the line or the app: no receipt is lost, none is there twice without a mark."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from boxoffice.bootstrap import App

PROVE = os.environ.get("BOXOFFICE_PROVE") == "1"
RECEIPT = 9 + len(b"R-1\n\x1dV\x00") + 3
"""Bytes of a conversation: three questions, the receipt, and the one behind it."""
DAYS = range(1_300 if PROVE else 16)
KILLS = range(660 if PROVE else 16)

pytestmark = pytest.mark.usefixtures("hasty")

SELLING = """
import sys
from datetime import UTC, datetime
from pathlib import Path

from boxoffice.bootstrap import App
from boxoffice.config import Folder
from boxoffice.domain.documents import Receipt
from printers.spooler import Spooler


class Plain:
    def load(self):
        pass

    def data_of(self, job, printer):
        copy = f" COPY {job.copy}" if job.copy else ""
        return f"{job.subject}{copy}\\n".encode() + b"\\x1dV\\x00"


with App(Folder(Path(sys.argv[1]))) as app:
    Spooler(app, Plain()).start()
    for number in range(int(sys.argv[2]), 10_000):
        at = datetime.now(UTC)
        app.paper.enqueue(Receipt(at=at, number=f"R-{number}", currency="EUR", lines=(), total=0), event="e").result()
        print(number, flush=True)
"""


@pytest.mark.parametrize("byte", range(RECEIPT + 2))
@pytest.mark.parametrize("silent", [False, True])
def test_the_line_breaks_at_each_byte(counter, ledger, network_printer, byte, silent):
    if silent:
        network_printer.falls_silent()
    counter.till(network_printer.port, silent=silent)
    network_printer.resets_at(byte)
    counter.open()
    counter.sell("R-1")
    ledger.answer(network_printer)
    network_printer.wait_until(lambda: not network_printer.busy)
    ledger.check(["R-1"], network_printer)


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.usefixtures("no_patience")
def test_a_day_on_which_everything_happens(counter, ledger, network_printer, day):
    chance = random.Random(day)
    counter.till(network_printer.port)
    counter.open()
    sold = []
    happenings = (
        *(network_printer.refuses, network_printer.is_opened, network_printer.jams, network_printer.is_switched_off),
        *(network_printer.runs_out_of_paper, network_printer.falls_silent, network_printer.accepts_and_closes),
        lambda: network_printer.resets_at(chance.randrange(RECEIPT), times=2),
        lambda: network_printer.closes_at(chance.randrange(RECEIPT)),
        lambda: network_printer.runs_out_of_paper(after=chance.randrange(1, 60)),
        lambda: network_printer.holds_at(chance.randrange(40)),
        network_printer.comes_back,
        network_printer.comes_back,
    )
    for number in range(8):
        if chance.random() < 0.6:
            chance.choice(happenings)()
        sold.append(f"R-{number}")
        counter.sell(sold[-1])
        time.sleep(chance.uniform(0, 0.03))  # chooses how far the printer has come, and waits for nothing
    network_printer.comes_back()
    ledger.answer(network_printer)
    network_printer.wait_until(lambda: not network_printer.busy)
    ledger.check(sold, network_printer)


@pytest.mark.parametrize("run", KILLS)
@pytest.mark.usefixtures("no_patience")
def test_the_app_is_killed_in_the_middle(counter, ledger, network_printer, run):
    chance = random.Random(run)
    counter.till(network_printer.port)
    folder = counter.app.folder.root
    counter.app.close()
    sold: list[str] = []
    if chance.random() < 0.5:
        network_printer.slows_down(chance.choice((400, 2_000, 10_000)))
    sold += killed(folder, chance)
    network_printer.comes_back()
    network_printer.goes_on()
    counter.app = App(counter.app.folder)
    counter.open()
    ledger.answer(network_printer)
    network_printer.wait_until(lambda: not network_printer.busy)
    ledger.check(sold, network_printer)
    counter.close()
    counter.app.close()


def killed(folder: Path, chance: random.Random) -> list[str]:
    """What a process had sold, and said so, before it was killed."""
    process = subprocess.Popen([sys.executable, "-c", SELLING, str(folder), "0"], stdout=subprocess.PIPE)
    assert process.stdout is not None
    with process:
        said = [process.stdout.readline() for _ in range(chance.randrange(1, 12))]
        time.sleep(chance.uniform(0, 0.02))  # chooses the moment
        process.kill()
        said += process.stdout.readlines()
    return [f"R-{int(line)}" for line in said if line.endswith(b"\n")]
