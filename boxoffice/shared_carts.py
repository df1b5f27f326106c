"""Carts that the tills of an event share through a hub: what others have put by, and taking one of them up."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from boxoffice.errors import Refused
from boxoffice.services import held
from boxoffice.storage import held_carts
from boxoffice.storage.station import Station

if TYPE_CHECKING:
    from boxoffice.domain.cart import Cart
    from boxoffice.domain.held import HeldCart
    from boxoffice.ports import Enrolment


class _Station(Station, Protocol):
    @property
    def enrolment(self) -> Enrolment | None: ...


class SharedCarts:
    """As far as one station has heard of them."""

    def __init__(self, station: _Station) -> None:
        self._station = station

    def elsewhere(self, event: str) -> list[HeldCart]:
        """Carts that other tills have put by."""
        return self._station.read(lambda c: held_carts.of_event(c, event))

    def take(self, event: str, cart: str) -> Cart:
        """Take up another till's cart: asks the server, on the calling thread. Raises `Refused`, `ServerTrouble`."""
        enrolment = self._station.enrolment
        if enrolment is None or enrolment.kind != "hub":
            raise Refused("Carts are not shared here", "Nothing was changed.", "Take it up where it was put by.")
        from sync.hub_client import Hub

        with contextlib.closing(Hub(enrolment)) as server:
            taken = server.take_cart(event, cart)
        return self._station.write(lambda c: held.take_in(c, taken, datetime.now(UTC))).result()
