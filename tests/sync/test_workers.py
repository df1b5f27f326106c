"""What the processes of one hub have in common."""

from __future__ import annotations

from functools import partial
from multiprocessing.connection import wait

import pytest

from boxoffice.domain.held import HeldCart
from boxoffice.errors import Refused
from boxoffice.ports import Enrolment, Role
from sync.hub.serve import listen
from sync.hub.workers import _Place
from sync.hub_client import Hub
from sync.venue import take_cart

ABOVE = Enrolment(kind="hub", url="http://127.0.0.1:1", token="t", device_id="d", name="Venue")


def test_each_process_of_a_venues_hub_asks_above_for_the_carts_that_are_kept_there(hub, at_nine):
    hub.load(HeldCart(event="conf26", id="c1", at=at_nine, cart="", device="Box", device_id="somebody above"))
    till = hub.station("Till", Role.CASHIER)
    listener = listen("127.0.0.1", 0)
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    worker = _Place()
    worker.fill(hub.database.url, listener, partial(take_cart, ABOVE))
    try:
        assert wait(worker.signs, 60)
        line = Hub(Enrolment(kind="hub", url=url, token=till.enrolment.token, device_id="d", name="Till"))
        with pytest.raises(Refused, match="cannot be asked now"):
            line.take_cart("conf26", "c1")
        line.close()
    finally:
        worker.stop()
        listener.close()
