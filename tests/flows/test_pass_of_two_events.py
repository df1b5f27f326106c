"""A pass is sold at one event, and the door of another, which knows nothing of the first, lets in by its code."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from boxoffice.domain.cart import Cart, CartLine
from boxoffice.domain.catalog import CheckInList, Event, Item, Quota
from boxoffice.domain.door import Door
from boxoffice.domain.gate import Reason, Wish
from boxoffice.domain.offering import Choice, Elsewhere, PassTerms
from boxoffice.domain.scan import Source
from boxoffice.domain.tenders import Means, Offer
from boxoffice.ids import new_scan
from boxoffice.storage import orders, verify

PASS, MUSEUM_DAY = 2, 3


def test_a_pass_that_was_sold_at_one_event_opens_the_other_s_door_offline(hall: Any) -> None:
    terms = PassTerms(choices=(Choice(id=1, item=MUSEUM_DAY, price=500, elsewhere=Elsewhere(event="museum", item=1)),))
    hall.hub.load(
        Item(id=PASS, event="conf26", name={"en": "Pass"}, price=2_500, pass_terms=terms),
        Item(id=MUSEUM_DAY, event="conf26", name={"en": "Museum day"}, admission=False),
        Event(slug="museum", timezone="UTC"),
        Item(id=1, event="museum", name={"en": "Day"}, price=900),
        Quota(id=1, event="museum", size=50, items=(1,)),
        CheckInList(id=1, event="museum", name="Museum"),
    )
    till, door = hall.gate("Till"), hall.gate("Door", events=("museum",))
    counter = till.app.counter("Ana")
    counter.open("conf26", 0).result()
    till.sync()
    hall.hub.switch_off()
    date = CartLine(id="m", item=MUSEUM_DAY, choice=1, part_of="p")
    counter.begin(Cart(id="sale-1", event="conf26", lines=(CartLine(id="p", item=PASS), date))).result()
    sale = counter.finish("sale-1", [Offer(means=Means.CASH, amount=3_000)]).result()
    hall.hub.switch_on()
    till.sync()
    door.sync()
    hall.hub.switch_off()
    assert till.waits() == 0
    assert door.app.events() == ["museum"]
    scan = new_scan(sale.order.positions[0].secret, Source.MANUAL, datetime.now(UTC))
    verdict = door.app.gate.admit(scan, Door(lists=(("museum", 1),)), Wish()).result()
    assert (verdict.reason, verdict.item) == (Reason.OK, "Day")
    hall.hub.switch_on()
    counter.orders.void(sale.booked.number, "Wrong person").result()
    till.sync()
    door.sync()
    assert door.app.read(lambda c: orders.by_code(c, "museum", sale.order.code)).status.value == "c"
    for gate in (till, door):
        assert gate.app.read(verify.check).faults == ()
