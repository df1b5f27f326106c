"""Acts on orders, told to a pretix so that each takes effect once, however late and however often it is sent.

The server remembers a request by its key for one day only, and remembers errors too. So each act looks first
at what there is of it already, by the order's code and by our operation id in what it left behind, and does
only what is missing. The key is for the minutes in which an earlier try of the same may still be under way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import msgspec

from boxoffice.domain.facts import (
    Canceled,
    Edited,
    Exchanged,
    Extended,
    OrderFact,
    Paid,
    Private,
    Reactivated,
    Refunded,
    Sold,
    Withdrawn,
)
from boxoffice.domain.journal import Entry
from boxoffice.domain.orders import PaymentState, Status
from boxoffice.ids import new_id
from boxoffice.ports import Outcome
from sync.wire import pretix as wire
from sync.wire import pretix_sales as sales
from sync.wire.pretix_doors import DONE, Word, refused
from sync.wire.pretix_orders import OrderRow, PaymentRow, RefundRow

if TYPE_CHECKING:
    from boxoffice.domain.catalog import Catalog
    from sync.answers import Reply
    from sync.api import Api

_HEARD = (400, 403, 404)
_ALL = {"include_canceled_positions": "true"}
_CHANGE = "change/?check_quotas=false"
"""It was sold already: whether there was room was asked of the quotas then."""


class Sales:
    """Tells acts on orders of one organiser's events; `places` says how many digits an event's money has.

    `catalog` says what an event consists of, where anybody here knows.
    """

    def __init__(
        self,
        api: Api,
        home: str,
        places: Callable[[str], int],
        catalog: Callable[[str], Catalog | None] = lambda _: None,
    ) -> None:
        self._api = api
        self._home = home
        self._places = places
        self._catalog = catalog

    def tell(self, entry: Entry, fact: OrderFact) -> Word:
        """Hand over one act. Raises `ServerTrouble` if it did not come through."""
        row = self._look(fact)
        if isinstance(fact, Sold):
            return self._sold(entry, fact, row)
        if row is None:
            return Word(Outcome.REFUSED, f"pretix knows no order {fact.order}.")
        match fact:
            case Paid():
                return self._paid(entry, fact, row)
            case Refunded():
                return self._refunded(entry, fact, row)
            case Withdrawn():
                return self._withdrawn(entry, fact, fact.promises, row)
            case Canceled():
                return self._canceled(entry, fact, row)
            case Reactivated():
                if row.status is not Status.CANCELED:
                    return DONE
                return self._post(fact, "reactivate/", {}, f"{entry.operation}/reactivate")
            case Edited():
                return self._edited(fact, row, entry.private_part())
            case Exchanged():
                return self._exchanged(entry, fact, row)
            case Extended():
                return self._extended(entry, fact, row)

    def position(self, event: str, key: str) -> int | None:
        """The server's id of a ticket that may have been sold a moment ago. Raises `ServerTrouble`."""
        code, _, number = key.rpartition("-")
        row = self._there(event, code)
        position = sales.position_of(row, int(number)) if row is not None and number.isdecimal() else None
        return position.id if position else None

    def _sold(self, entry: Entry, fact: Sold, row: OrderRow | None) -> Word:
        private = entry.private_part()
        if row is not None:
            if sales.is_ours(row, private):
                return DONE
            return Word(Outcome.REFUSED, f"Another order of pretix is called {fact.order}.")
        if not private.guests:
            return Word(Outcome.REFUSED, "The secrets of its tickets are not kept any more.")
        places, catalog = self._places(fact.event), self._catalog(fact.event)
        body = sales.sale(fact, private, places, catalog)
        reply = self._keyed(self._orders(fact), body, f"{entry.operation}/sale")
        if reply.status != 400 or not sales.is_about_vouchers(reply.body):
            return _meaning(reply)
        # Who bought it has gone with the ticket, so it has to be valid; that the voucher was used up is told.
        without = sales.sale(fact, private, places, catalog, with_vouchers=False)
        word = _meaning(self._keyed(self._orders(fact), without, f"{entry.operation}/sale without voucher"))
        return Word(word.outcome, word.because or wire.said(reply.body) or "Its voucher was used up.")

    def _paid(self, entry: Entry, fact: Paid, row: OrderRow) -> Word:
        held = sales.payment_of(row, entry.operation) or sales.payment_of(row, fact.confirms)
        if held is None:
            body = sales.payment(fact, entry.operation, fact.station or entry.device, self._places(fact.event))
            reply = self._keyed(f"{self._order(fact)}payments/", body, f"{entry.operation}/payment")
            if not _is_fine(reply):
                return _meaning(reply)
            held = wire.understood(reply.body, PaymentRow)
        if not fact.awaited and held.state in sales.UNFINISHED:
            confirm = f"payments/{held.local_id}/confirm/"
            word = self._post(fact, confirm, {"send_email": False}, f"{entry.operation}/confirm")
            if word != DONE:
                return word
        return self._withdrawn(entry, fact, fact.withdraws, row)

    def _withdrawn(self, entry: Entry, fact: OrderFact, promises: Iterable[str], row: OrderRow) -> Word:
        for name in promises:
            promise = sales.payment_of(row, name)
            if promise is None or promise.state not in sales.UNFINISHED:
                continue
            cancel = f"payments/{promise.local_id}/cancel/"
            # A no means that nobody waits for it there any more, which is what was wanted.
            self._post(fact, cancel, {}, f"{entry.operation}/withdraw/{promise.local_id}")
        return DONE

    def _refunded(self, entry: Entry, fact: Refunded, row: OrderRow) -> Word:
        held = sales.refund_of(row, entry.operation)
        if held is None:
            undone = sales.payment_of(row, fact.payment)
            body = sales.refund(fact, entry.operation, undone, self._places(fact.event))
            reply = self._keyed(f"{self._order(fact)}refunds/", body, f"{entry.operation}/refund")
            if not _is_fine(reply):
                return _meaning(reply)
            held = wire.understood(reply.body, RefundRow)
        if held.state is not PaymentState.DONE:
            word = self._post(fact, f"refunds/{held.local_id}/done/", {}, f"{entry.operation}/done")
            if word != DONE:
                return word
        if fact.reopens and row.status is Status.PAID:
            return self._post(fact, "mark_pending/", {}, f"{entry.operation}/pending")
        return DONE

    def _canceled(self, entry: Entry, fact: Canceled, row: OrderRow) -> Word:
        if sales.is_canceled(row):
            return DONE
        if not fact.positions:
            body = sales.cancellation(fact, self._places(fact.event))
            return self._post(fact, "mark_canceled/", body, f"{entry.operation}/cancel")
        for number in fact.positions:
            position = sales.position_of(row, number)
            if position is None:
                return Word(Outcome.REFUSED, f"pretix knows no position {number} of {fact.order}.")
            if position.canceled:
                continue
            path = f"{self._event(fact)}orderpositions/{position.id}/"
            reply = self._api.send("DELETE", path, b"", welcome=(400, 403))
            if not _is_fine(reply):
                return _meaning(reply)
        return DONE

    def _edited(self, fact: Edited, row: OrderRow, private: Private) -> Word:
        if not fact.position:
            changes, because = sales.edits(row, sales.OF_ORDER, private)
            return Word(Outcome.REFUSED, because) if because else self._patch(self._order(fact), changes)
        position = sales.position_of(row, fact.position)
        if position is None:
            return Word(Outcome.REFUSED, f"pretix knows no position {fact.position} of {fact.order}.")
        changes, because = sales.edits(position, sales.OF_TICKET, private)
        if because:
            return Word(Outcome.REFUSED, because)
        body: dict[str, Any] = dict(changes)
        if fact.item is not None and (position.item, position.variation) != (fact.item, fact.variation):
            body |= {"item": fact.item, "variation": fact.variation}
        return self._patch(f"{self._event(fact)}orderpositions/{position.id}/", body)

    def _exchanged(self, entry: Entry, fact: Exchanged, row: OrderRow) -> Word:
        changes, because = sales.exchange(row, fact, self._places(fact.event))
        if because:
            return Word(Outcome.REFUSED, because)
        if not changes:
            return DONE
        body = {"patch_positions": changes, "send_email": False}
        return self._post(fact, _CHANGE, body, f"{entry.operation}/exchange")

    def _extended(self, entry: Entry, fact: Extended, row: OrderRow) -> Word:
        private = entry.private_part()
        lines, because = sales.extension(row, fact, private, self._places(fact.event), self._catalog(fact.event))
        if because:
            return Word(Outcome.REFUSED, because)
        if not lines:
            return DONE
        body = {"create_positions": lines, "send_email": False}
        return self._post(fact, _CHANGE, body, f"{entry.operation}/extend")

    def _patch(self, path: str, body: Mapping[str, Any]) -> Word:
        if not body:
            return DONE
        return _meaning(self._api.send("PATCH", path, msgspec.json.encode(body), welcome=_HEARD))

    # Asking

    def _look(self, fact: OrderFact) -> OrderRow | None:
        """What is there of the order now."""
        return self._there(fact.event, fact.order)

    def _there(self, event: str, code: str) -> OrderRow | None:
        path = f"{self._home}events/{quote(event, safe='')}/orders/{quote(code, safe='')}/"
        reply = self._api.get(path, _ALL, welcome=(404,))
        return None if reply.status == 404 else wire.understood(reply.body, OrderRow)

    def _post(self, fact: OrderFact, verb: str, body: dict[str, Any], key: str) -> Word:
        return _meaning(self._keyed(self._order(fact) + verb, body, key))

    def _keyed(self, path: str, body: dict[str, Any], key: str) -> Reply:
        """Tell it under a key. A no may be yesterday's, told again: it is asked for once more under a new one."""
        data = msgspec.json.encode(body)
        reply = self._api.post(path, data, welcome=_HEARD, headers={wire.IDEMPOTENCY: key})
        if _is_fine(reply):
            return reply
        return self._api.post(path, data, welcome=_HEARD, headers={wire.IDEMPOTENCY: f"{key}/{new_id()}"})

    def _event(self, fact: OrderFact) -> str:
        return f"{self._home}events/{quote(fact.event, safe='')}/"

    def _orders(self, fact: OrderFact) -> str:
        return f"{self._event(fact)}orders/"

    def _order(self, fact: OrderFact) -> str:
        return f"{self._orders(fact)}{quote(fact.order, safe='')}/"


def _is_fine(reply: Reply) -> bool:
    return 200 <= reply.status < 300


def _meaning(reply: Reply) -> Word:
    return DONE if _is_fine(reply) else refused(reply.status, reply.body)
