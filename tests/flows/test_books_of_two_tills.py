"""Two tills and a real hub: each reports what both have taken, and both sides agree to the last unit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from boxoffice.domain.cart import Cart, CartLine
from boxoffice.domain.catalog import Item
from boxoffice.domain.reconciling import Cause
from boxoffice.domain.tenders import Means, Offer
from boxoffice.services import reconciling, reports
from boxoffice.storage import verify

EVENT = "conf26"


def sell(gate: Any, name: str, means: Means) -> Any:
    till = gate.app.counter("Ana")
    till.begin(Cart(id=name, event=EVENT, lines=(CartLine(id="a", item=1),))).result()
    return till.finish(name, [Offer(means=means, amount=2_500)]).result()


def taken(gate: Any) -> dict[str, tuple[int | None, int | None]]:
    now = datetime.now(UTC)
    report = gate.app.read(lambda c: reports.of_day(c, gate.app.shelf, EVENT, now))
    return {
        row.label: (row.count, row.amount) for one in report.sections if one.title == "Stations" for row in one.rows
    }


def compared(gate: Any) -> Any:
    now = datetime.now(UTC)
    day = timedelta(days=1)
    return gate.app.read(lambda c: reconciling.over(c, EVENT, now - day, now + day))


def test_each_till_reports_what_both_have_taken_and_the_hub_agrees(hall: Any) -> None:
    hall.hub.load(Item(id=1, event=EVENT, name={"en": "Regular"}, price=2_500))
    north, south = hall.gate("North"), hall.gate("South")
    for gate in (north, south):
        gate.sync()
        gate.app.counter("Ana").open(EVENT, 0).result()
    hall.hub.switch_off()
    wrong = sell(north, "north-1", Means.CASH)
    sell(north, "north-2", Means.CARD)
    north.app.counter("Eve").orders.correct(
        wrong.booked.number, [Offer(means=Means.CARD, amount=2_500)], "Wrong key"
    ).result()
    sell(south, "south-1", Means.CASH)
    gone = sell(south, "south-2", Means.CASH)
    south.app.counter("Eve").orders.void(gone.booked.number, "Wrong person").result()
    assert taken(north) == {"North": (3, 5_000)}
    assert {one.cause for one in compared(north).differences} == {Cause.NOT_SENT}
    (today,) = north.app.read(lambda c: reconciling.by_day(c, EVENT, UTC, datetime.now(UTC)))
    assert (today.day, today.differs > 0) == (datetime.now(UTC).date(), True)
    hall.hub.switch_on()
    for gate in (north, south, north):
        gate.sync()
    assert taken(north) == taken(south) == {"North": (3, 5_000), "South": (3, 2_500)}
    for gate in (north, south):
        assert compared(gate).differences == ()
        assert gate.app.read(verify.check).faults == ()
