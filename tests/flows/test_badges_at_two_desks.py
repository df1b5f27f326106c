"""A badge that came out at one desk is known at the next: through the queue, a real printer's line and a real hub."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import Any

import pytest

from boxoffice import bootstrap
from boxoffice.domain.badges import Template, Words
from boxoffice.domain.documents import Badge
from boxoffice.domain.printing import Printer
from boxoffice.services import print_setup
from boxoffice.services.printing import PrintedBefore
from boxoffice.storage import verify

EVENT = "conf26"
TEMPLATE = Template(name="Plain", width=54, height=30, elements=(Words(x=2, y=2, width=50, height=26, text="{name}"),))


def badge(ticket: str) -> Badge:
    return Badge(at=datetime.now(UTC), ticket=ticket, template=TEMPLATE, fields={"name": "欧阳娜娜"})


def test_the_next_desk_hears_of_a_badge_and_prints_another_only_for_a_reason(hall: Any, network_printer: Any) -> None:
    hall.tickets("A1")
    north, south = hall.gate("North"), hall.gate("South")
    printer = Printer(name="Badges", address=f"tcp://127.0.0.1:{network_printer.port}")
    for gate in (north, south):
        gate.app.write(lambda c: print_setup.add_printer(c, printer)).result()
    ticket = "A1-1"

    hall.hub.switch_off()
    committed = threading.Event()
    north.app.writer.after_commit.append(committed.set)
    spooler = bootstrap.spooler(north.app)
    spooler.start()
    north.app.paper.enqueue(badge(ticket), event=EVENT).result()
    while not north.waits():
        assert committed.wait(60)
        committed.clear()
    spooler.stop(patience=60)
    assert len(network_printer.documents) == 1
    hall.hub.switch_on()
    north.sync()
    south.sync()

    with pytest.raises(PrintedBefore) as stopped:
        south.app.paper.enqueue(badge(ticket), event=EVENT).result()
    assert stopped.value.printout.device == "North"
    again = south.app.paper.enqueue(badge(ticket), event=EVENT, reason="Lost").result()
    assert again.copy == 1
    for gate in (north, south):
        assert gate.app.read(verify.check).faults == ()
