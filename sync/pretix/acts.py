"""What a station did, told to a pretix act by act; each is answered for itself.

pretix keeps no journal. It knows a passage by its scan's nonce, for good, and anything else only by what it
left behind, so acts on orders look first at what is there (`sales`). What pretix has no place for
(hand-outs, settled conflicts, copies of receipts, the drawer) is done when it is written down here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec

from boxoffice.domain import money
from boxoffice.domain.facts import (
    Admitted,
    CardDayClosed,
    CardPaid,
    CartHeld,
    CartLetGo,
    CashMoved,
    Designed,
    DrawerCounted,
    DrawerOpened,
    GiftCardMoved,
    HandedOut,
    Permitted,
    Photographed,
    Printed,
    Private,
    Receipted,
    RefusedEntry,
    Settled,
    ShiftClosed,
    ShiftOpened,
    StaffChanged,
    Undone,
)
from boxoffice.domain.instants import moment
from boxoffice.domain.journal import Entry
from boxoffice.ports import Answer, Outcome
from sync.wire import pretix as wire
from sync.wire import pretix_doors as doors
from sync.wire.hub_feed import BROKEN, why
from sync.wire.pretix_doors import DONE, Request, Word
from sync.wire.pretix_orders import is_passage_name

from . import uploads
from .gift_cards import GiftCards
from .sales import Sales

if TYPE_CHECKING:
    from boxoffice.domain.catalog import Catalog
    from sync.answers import Reply
    from sync.api import Api
    from sync.replica import Replica

_HEARD = (400, 403, 404)


class Acts:
    """Tells acts to one organiser's server."""

    def __init__(self, api: Api, organizer: str, replica: Replica | None) -> None:
        self._api = api
        self._home = f"/api/v1/organizers/{quote(organizer, safe='')}/"
        self._replica = replica
        self._sales = Sales(api, self._home, self._places, self._catalog)
        self._cards = GiftCards(api, self._home)

    def tell(self, entry: Entry) -> Answer:
        """Hand over one act. Raises `ServerTrouble` if it did not come through: nothing is known then."""
        word = self._word(entry)
        return Answer(entry.operation, word.outcome, word.because)

    def _word(self, entry: Entry) -> Word:
        try:
            fact, private = entry.fact(), entry.private_part()
        except BROKEN as error:
            return Word(Outcome.REFUSED, f"It cannot be read: {why(error)}.")
        match fact:
            case Admitted():
                return self._passage(entry, fact)
            case RefusedEntry():
                position = self._position(fact.event, fact.ticket)
                word = self._ask(doors.refusal(fact, private, entry.operation, position), _created)
                if word.outcome is Outcome.REFUSED and position is not None:
                    return self._ask(doors.refusal(fact, private, entry.operation, None), _created)
                return word
            case Undone():
                return self._undo(fact, private)
            case Printed(ticket=ticket) if ticket:
                return self._printed(entry, fact)
            case HandedOut() | Settled() | Printed() | DrawerOpened():
                return DONE
            case GiftCardMoved():
                return self._cards.tell(entry, fact)
            case CartHeld() | CartLetGo() | Designed() | Photographed():
                return DONE
            case Receipted() | ShiftOpened() | CashMoved() | ShiftClosed() | CardPaid() | CardDayClosed():
                return DONE
            case DrawerCounted() | Permitted() | StaffChanged():
                return DONE
            case _:
                return self._sales.tell(entry, fact)

    def _passage(self, entry: Entry, fact: Admitted) -> Word:
        private = entry.private_part()
        secret = private.text or self._secret(fact.event, fact.ticket)
        if not secret:
            return Word(Outcome.REFUSED, "The code that was read is not kept any more.")
        uploaded = uploads.upload(self._api, private)
        word = self._ask(doors.passage(fact, uploaded.answers, secret, entry.operation), doors.what_of_passage)
        for elsewhere in fact.ended:
            if word.outcome is not Outcome.DONE:
                break
            ended = doors.end_of_stay(fact, secret, elsewhere, f"{entry.operation}/{elsewhere}")
            word = self._ask(ended, doors.what_of_passage)
        return Word(Outcome.DONE, uploaded.remark) if word.outcome is Outcome.DONE else word

    def _undo(self, fact: Undone, private: Private) -> Word:
        if is_passage_name(fact.nonce):
            return Word(Outcome.REFUSED, "pretix lets nobody but the device itself take a check-in back by a scan.")
        word = self._ask(doors.annulment(fact, private, fact.nonce, fact.list), doors.what_of_annulment)
        for one in self._replica.followed_from(fact.nonce) if self._replica else ():
            if word.outcome is Outcome.DONE:
                word = self._ask(doors.annulment(fact, private, one.nonce, one.list), doors.what_of_annulment)
        return word

    def _ask(self, request: Request, meaning: Callable[[int, bytes], Word]) -> Word:
        reply = self._api.post(self._home + request.path, msgspec.json.encode(request.body), welcome=_HEARD)
        return _narrow(reply) or meaning(reply.status, reply.body)

    def _printed(self, entry: Entry, fact: Printed) -> Word:
        """The server's log of prints has no key of its own but the moment."""
        position = self._position(fact.event, fact.ticket) or self._sales.position(fact.event, fact.ticket)
        if position is None:
            return Word(Outcome.REFUSED, f"pretix knows no ticket {fact.ticket}.")
        path = f"{self._home}events/{quote(fact.event, safe='')}/orderpositions/{position}/"
        body = doors.printed(fact.what, moment(fact.at), fact.station or entry.device)
        reply = self._api.get(path, welcome=(403, 404))
        if reply.status == 200 and doors.is_printed(reply.body, body):
            return DONE
        key = {wire.IDEMPOTENCY: f"{entry.operation}/print"}
        reply = self._api.post(f"{path}printlog/", msgspec.json.encode(body), welcome=_HEARD, headers=key)
        return _created(reply.status, reply.body)

    def _places(self, event: str) -> int:
        return money.exponent(self._replica.currency(event)) if self._replica else 2

    def _catalog(self, event: str) -> Catalog | None:
        return self._replica.catalog(event) if self._replica else None

    def _position(self, event: str, key: str) -> int | None:
        """The server's id of a ticket."""
        ticket = self._replica.ticket(event, key) if self._replica and key else None
        return ticket.position.server_id if ticket else None

    def _secret(self, event: str, key: str) -> str:
        ticket = self._replica.ticket(event, key) if self._replica else None
        return ticket.position.secret if ticket else ""


def _created(status: int, body: bytes) -> Word:
    return DONE if status in (200, 201) else doors.refused(status, body)


def _narrow(reply: Reply) -> Word | None:
    if wire.is_narrow(reply.status, wire.said(reply.body)):
        return Word(Outcome.REFUSED, wire.too_narrow("it may not tell this kind of act").what)
    return None
