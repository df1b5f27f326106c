"""Vouchers, gift cards and memberships for screens and the command line: what a code is, and what it does to a cart.

It belongs to an open station like `counter`, and decides nothing; the services do. What only asks is answered at once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from boxoffice.domain.gift_cards import Load, Why
from boxoffice.domain.redeeming import Kind, Redemption, State
from boxoffice.storage import redeeming
from boxoffice.storage.connection import Connection

if TYPE_CHECKING:
    from boxoffice.domain.cart import Cart
    from boxoffice.domain.memberships import Membership
    from boxoffice.domain.permissions import Permit
    from boxoffice.domain.vouchers import Voucher
    from boxoffice.domain.words import Sentence
    from boxoffice.services.cash_out import CashedOut
    from boxoffice.services.gift_cards import Balance
    from boxoffice.storage.station import Station


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What a code is, as far as this station knows; nothing at all if it knows of none."""

    voucher: Voucher | None = None
    card: Balance | None = None
    member: Membership | None = None

    @property
    def is_known(self) -> bool:
        """Whether it is anything."""
        return self.voucher is not None or self.card is not None or self.member is not None


def _now() -> datetime:
    return datetime.now(UTC)


class Codes:
    """The codes of one station."""

    def __init__(self, station: Station, operator: str = "") -> None:
        self._station = station
        self._operator = operator

    def what_is(self, event: str, code: str, sale: str = "") -> Found:
        """Look a code up, exactly. What `sale` holds of it itself is left out."""
        from boxoffice.services import gift_cards, redeem

        currency = self._currency(event)

        def look(connection: Connection) -> Found:
            held = gift_cards.balance(connection, event, code, currency, sale)
            members = redeeming.memberships(connection, event, (code,))
            return Found(
                voucher=redeem.voucher(connection, event, code, sale),
                card=held if held.card is not None else None,
                member=next(iter(members.values()), None),
            )

        return self._station.read(look)

    def _currency(self, event: str) -> str:
        return self._station.read(lambda c: self._station.shelf.of(c, event)).event.currency

    def new_number(self) -> str:
        """A number for a new gift card."""
        from boxoffice.services import gift_cards

        return gift_cards.new_number()

    # In the cart

    def vouchers(self, cart: Cart) -> Mapping[str, Voucher]:
        """The vouchers of a cart by plain code, as they stand here and now."""
        from boxoffice.services import redeem

        if not any(line.voucher for line in cart.lines):
            return {}
        return self._station.read(lambda c: redeem.known(c, cart))

    def members(self, cart: Cart) -> Mapping[str, Membership]:
        """The memberships of a cart by plain number; those that are known."""
        from boxoffice.services import redeem

        if not any(line.member for line in cart.lines):
            return {}
        return self._station.read(lambda c: redeem.members(c, cart))

    def put_in(self, cart: Cart, code: str, at: datetime | None = None) -> Cart:
        """The cart with a voucher on what it is for. Raises `Refused` with the reason why it cannot be used."""
        from boxoffice.services import redeem

        shelf = self._station.shelf
        return self._station.read(lambda c: redeem.put_in(c, cart, code, shelf.of(c, cart.event), at or _now()))

    def tried(self, cart: Cart, code: str) -> Cart | Sentence:
        """The cart with a voucher on what it is for, or why it cannot be used."""
        from boxoffice.services import redeem

        shelf = self._station.shelf
        return self._station.read(lambda c: redeem.tried(c, cart, code, shelf.of(c, cart.event), _now()))

    def why_no_load(self, event: str, code: str, amount: int, why: Why) -> Sentence | None:
        """Why so much cannot be put on a card; None if it can."""
        from boxoffice.services import gift_cards

        load = Load(id="", code=code, amount=amount, why=why)
        currency = self._currency(event)
        return self._station.read(lambda c: gift_cards.why_no_load(c, event, load, currency, _now()))

    # As a tender

    def reserve(self, cart: Cart, code: str, amount: int) -> Future[None]:
        """Set something on a gift card aside for a cart. Raises `Refused` for more than is on it."""
        from boxoffice.services import gift_cards

        currency = self._currency(cart.event)
        return self._station.write(lambda c: gift_cards.reserve(c, cart, code, amount, currency, _now()))

    def release(self, sale: str) -> Future[None]:
        """Nobody pays with gift cards any more: what was set aside is free again."""
        from boxoffice.services import gift_cards

        return self._station.write(lambda c: gift_cards.release(c, sale, _now()))

    def worth(self, event: str, code: str, amount: int | None = None) -> int:
        """What would be paid out in cash for a gift card. Raises `Refused` with the reason why nothing."""
        from boxoffice.services import cash_out

        currency = self._currency(event)
        return self._station.read(lambda c: cash_out.worth(c, event, code, currency, _now(), amount))

    def cash_out(
        self,
        code: str,
        reason: str,
        amount: int | None = None,
        at: datetime | None = None,
        *,
        operation: str = "",
        permits: Sequence[Permit] = (),
    ) -> Future[CashedOut]:
        """Pay out in cash what is on a gift card. Raises `Refused`, `BadInput`."""
        from boxoffice.services import cash_out

        shelf = self._station.shelf
        return self._station.write(
            lambda c: cash_out.cash_out(
                c,
                shelf,
                code,
                reason,
                at or _now(),
                self._operator,
                amount=amount,
                operation=operation,
                permits=permits,
            )
        )

    # What became of them

    def listing(self, beginning: str = "", state: State | None = None) -> list[Redemption]:
        """What became of codes here, the latest first; of those with exactly these first eleven characters."""
        return self._station.read(lambda c: redeeming.listing(c, beginning, state))

    def counts(self) -> dict[tuple[Kind, State], tuple[int, int]]:
        """How many codes are in which state, and what they come to, minor units."""
        return self._station.read(redeeming.counts)

    def tidy(self, sale: str = "") -> Future[int]:
        """Let go of what a crash left held, but for one cart; how many codes."""
        from boxoffice.services import redeem

        return self._station.write(lambda c: redeem.tidy(c, _now(), sale))
