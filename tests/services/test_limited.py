"""What there is only so much of: a till sells what is set aside for it, and more only if somebody takes the risk."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from boxoffice.domain.cart import CartLine
from boxoffice.domain.catalog import Event, Item, Quota
from boxoffice.domain.orders import Order, Position, Status
from boxoffice.domain.stock import Lease
from boxoffice.domain.tenders import Means, Offer
from boxoffice.errors import Refused
from boxoffice.ports import Enrolment
from boxoffice.services import amend, sell
from boxoffice.services.card_terminals import BY_HAND
from boxoffice.storage import feeds, leases, payments, settings


def ticket() -> CartLine:
    return CartLine(id="l1", item=1)


def cash(amount: int) -> Offer:
    return Offer(means=Means.CASH, amount=amount)


def canceled(counter: Any) -> Any:
    """Somebody's ticket that was cancelled."""
    held = Order(
        event="conf26", code="BACK", status=Status.CANCELED, positions=(Position(number=1, item=1, secret="s"),)
    )
    counter.day.hear(held)
    return held


def sold_by_card(counter: Any) -> None:
    shelf, now = counter.app.shelf, counter.at("09:00")
    counter.write(lambda c: sell.charge(c, shelf, counter.stock, "sale-1", 10_000, BY_HAND.name, now))


def test_a_card_is_not_charged_for_what_is_sold_out(counter: Any) -> None:
    counter.open()
    counter.day.hear(Quota(id=1, event="conf26", name="Seats", size=0, items=(1,)))
    counter.begin(counter.cart(ticket()))
    with pytest.raises(Refused, match="Sold out"):
        sold_by_card(counter)
    assert counter.app.read(payments.loose) == []


def test_nothing_is_sold_of_an_event_of_which_only_a_part_has_come(counter: Any) -> None:
    """Its quotas may be what is missing: then everything looks as if there were no end of it."""
    counter.open()
    counter.write(lambda c: feeds.move(c, "conf26", "3", 3))
    counter.begin(counter.cart(ticket()))
    with pytest.raises(Refused, match="has not come whole"):
        sold_by_card(counter)
    with pytest.raises(Refused, match="has not come whole"):
        counter.finish(cash(10_000), may_oversell=True)
    counter.day.hear(Quota(id=1, event="conf26", name="Seats", size=0, items=(1,)))
    counter.write(lambda c: feeds.complete(c, "conf26", counter.at("09:01")))
    with pytest.raises(Refused, match="Sold out"):
        counter.finish(cash(10_000))


def test_what_an_event_sells_has_come_before_its_orders(counter: Any) -> None:
    """Whoever waits for a hundred thousand orders need not wait with selling."""
    counter.open()
    counter.write(lambda c: feeds.move(c, "conf26", "3", 3))
    counter.begin(counter.cart(ticket()))
    canceled(counter)
    assert counter.finish(cash(10_000)).order.status is Status.PAID


def test_a_card_is_not_charged_for_another_event_than_the_drawers(counter: Any) -> None:
    """Its currency may be another one, and its receipt would be refused."""
    counter.open()
    counter.day.hear(Event(slug="expo26", currency="EUR"), Item(id=1, event="expo26", price=10_000))
    counter.begin(msgspec.structs.replace(counter.cart(ticket()), event="expo26"))
    with pytest.raises(Refused, match="open for another event"):
        sold_by_card(counter)
    assert counter.app.read(payments.loose) == []


def test_what_others_may_be_selling_takes_somebody_who_takes_the_risk(counter: Any) -> None:
    counter.open()
    counter.day.hear(Quota(id=1, event="conf26", name="Seats", size=5, items=(1,)))
    counter.begin(counter.cart(ticket()))
    with pytest.raises(Refused, match="Others may be selling"):
        counter.finish(cash(10_000))
    counter.begin(msgspec.structs.replace(counter.cart(ticket()), allowed=("oversell",)))
    assert counter.finish(cash(10_000)).receipt.total == 10_000


def test_what_is_made_valid_again_takes_its_place_like_a_sale(counter: Any) -> None:
    quota = Quota(id=1, event="conf26", name="Seats", size=5, items=(1,))
    counter.day.hear(quota)
    order, at = canceled(counter), counter.at("09:00")
    with pytest.raises(Refused, match="Others may be selling"):
        counter.write(lambda c: amend.reactivate(c, counter.stock, order, at))
    counter.write(lambda c: counter.stock.told(c, datetime.now(UTC)))
    until = datetime.now(UTC) + timedelta(hours=1)
    counter.write(lambda c: leases.keep(c, Lease(event="conf26", quota=1, granted=1, until=until)))
    counter.write(lambda c: amend.reactivate(c, counter.stock, order, at))
    assert counter.app.read(lambda c: leases.one(c, "conf26", 1)).sold == 1


def test_somebody_may_let_in_more_than_there_are(counter: Any) -> None:
    counter.day.hear(Quota(id=1, event="conf26", name="Seats", size=0, items=(1,)))
    order, at = canceled(counter), counter.at("09:00")
    with pytest.raises(Refused, match="Sold out"):
        counter.write(lambda c: amend.reactivate(c, counter.stock, order, at))
    again = counter.write(lambda c: amend.reactivate(c, counter.stock, order, at, may_oversell=True))
    assert again.status is Status.PAID


def test_a_pretix_sets_nothing_aside_so_a_till_sells_until_few_are_left(counter: Any) -> None:
    counter.app.join(Enrolment(kind="pretix", url="https://x", token="t", device_id="1", name="Desk")).result()
    counter.open()
    counter.day.hear(Quota(id=1, event="conf26", name="Seats", size=500, available=21, items=(1,)))
    assert counter.sell(counter.cart(ticket()), cash(10_000)).receipt.total == 10_000
    outlook = counter.app.read(lambda c: counter.stock.outlook(c, "conf26"))
    assert (outlook.left, outlook.here) == ({1: 20}, {1: 0})
    counter.begin(counter.cart(ticket(), name="sale-2"))
    with pytest.raises(Refused, match="Others may be selling"):
        counter.finish(cash(10_000), name="sale-2")


def test_an_open_drawer_has_tickets_set_aside_and_a_closed_one_gives_them_back(counter: Any) -> None:
    counter.open(20_000)
    (wanted,) = counter.app.read(settings.in_hand).values()
    assert (wanted.number, wanted.of(7)) == (10, 10)
    counter.write(lambda c: counter.stock.want(c, "conf26", {7: 14}))
    (wanted,) = counter.app.read(settings.in_hand).values()
    assert (wanted.of(7), wanted.of(8)) == (14, 10)
    counter.close(20_000)
    assert counter.app.read(settings.in_hand) == {}
