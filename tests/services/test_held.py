"""Carts that were put by, at this till and at others."""

from __future__ import annotations

from typing import Any

from boxoffice.domain.cart import CartLine
from boxoffice.domain.facts import CartHeld, CartLetGo
from boxoffice.domain.held import HeldCart, packed
from boxoffice.domain.journal import fact_of
from boxoffice.services import held, sell
from boxoffice.storage import begun_sales, held_carts

TICKET = CartLine(id="l1", item=1)


def told(counter: Any) -> list[Any]:
    rows = counter.app.read(lambda c: c.execute("SELECT body FROM journal ORDER BY id").fetchall())
    facts = [fact_of(body) for (body,) in rows]
    return [type(one) for one in facts if isinstance(one, CartHeld | CartLetGo)]


def noun(counter: Any, name: str = "other", **more: Any) -> HeldCart:
    cart = counter.cart(TICKET, name=name)
    properties = {"device": "South", "device_id": "d2", **more}
    return HeldCart(event="conf26", id=name, cart=packed(cart), at=counter.at("09:00"), **properties)


def test_what_is_put_by_and_taken_up_again_is_told(counter: Any) -> None:
    counter.open()
    cart = counter.cart(TICKET)
    counter.begin(cart)
    counter.write(lambda c: sell.hold(c, cart, "Blue coat", counter.at("09:00")))
    counter.write(lambda c: sell.recall(c, cart.id, counter.at("09:05")))
    counter.write(lambda c: sell.drop(c, cart.id, counter.at("09:06")))
    assert told(counter) == [CartHeld, CartLetGo]


def test_training_is_nobody_elses_business(counter: Any) -> None:
    cart = counter.cart(TICKET)
    counter.write(lambda c: sell.hold(c, cart, "", counter.at("09:00"), shared=False))
    assert told(counter) == []


def test_a_cart_of_another_till_goes_on_under_an_id_of_its_own(counter: Any) -> None:
    counter.day.hear(noun(counter))
    (there,) = counter.app.shared_carts.elsewhere("conf26")
    mine = counter.write(lambda c: held.take_in(c, there, counter.at("10:00")))
    assert mine.lines == (TICKET,)
    assert mine.id != there.id
    assert counter.app.shared_carts.elsewhere("conf26") == []
    counter.day.hear(noun(counter, taken_by="d1"))
    assert counter.app.shared_carts.elsewhere("conf26") == []
    assert counter.app.read(lambda c: begun_sales.sale(c, mine.id)).state == begun_sales.OPEN


def test_what_another_till_has_taken_is_gone_here(counter: Any) -> None:
    counter.day.hear(noun(counter))
    counter.day.hear(noun(counter, taken_by="d3"))
    assert counter.app.read(lambda c: held_carts.of_event(c, "conf26")) == []
    cart = counter.cart(TICKET, name="own")
    counter.write(lambda c: sell.hold(c, cart, "", counter.at("09:00")))
    counter.day.hear(noun(counter, "own", device="North", device_id="d1", taken_by="d2"))
    assert counter.app.read(lambda c: begun_sales.held(c, "conf26")) == []


def test_one_that_was_given_to_us_waits_until_it_is_taken_in(counter: Any) -> None:
    counter.day.hear(noun(counter, taken_by="d1"))
    assert [one.id for one in counter.app.shared_carts.elsewhere("conf26")] == ["other"]
