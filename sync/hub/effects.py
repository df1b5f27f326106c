"""What an act changes in the nouns that all stations share.

All entries are kept, double ones too: which of them was the first is for the stations to say, from the
check-ins themselves. A refusal changes nothing; it stays in the journal.
"""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection, text

from boxoffice.decoding import Decodes, decoder
from boxoffice.domain import changes, counting, takings, traces
from boxoffice.domain.checkins import CheckIn, HandOut, Settlement
from boxoffice.domain.designs import Design, told
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
    Fact,
    GiftCardMoved,
    HandedOut,
    OrderFact,
    Permitted,
    Photographed,
    Printed,
    Receipted,
    RefusedEntry,
    Settled,
    ShiftClosed,
    ShiftOpened,
    Sold,
    StaffChanged,
    Undone,
)
from boxoffice.domain.gift_cards import GiftCard, Transaction
from boxoffice.domain.held import HeldCart
from boxoffice.domain.instants import moment
from boxoffice.domain.journal import Entry
from boxoffice.domain.nouns import Noun, event_of, id_of, kind_of
from boxoffice.domain.operators import Person, newer
from boxoffice.domain.orders import Order
from boxoffice.domain.photos import Photo
from boxoffice.domain.photos import told as photo_of
from boxoffice.domain.vouchers import Use, Voucher, plain_code
from boxoffice.ports import Role
from sync.wire.hub_feed import BROKEN, fault_of, noun_of, row_of

from . import documents, sql
from .auth import Caller
from .documents import Document

_facts: Decodes[Fact] = decoder(Fact)
_roles = {one.value: one for one in Role}
_BODY = text("SELECT body FROM acts WHERE operation = :operation")


class NotYet(Exception):
    """What an act builds upon has not arrived: another station, or a server that was set back, has yet to send it."""


_OF_THE_STATION = Printed | DrawerOpened | Permitted | StaffChanged
"""What may be about no event: it leaves no hole in what the station tells."""


class Effects:
    """The changes of acts that are taken in together: what later ones build upon, and what is kept at their end."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._changed: dict[tuple[str, str, str], Noun] = {}
        self._ended: dict[str, tuple[int, ...]] = {}
        self._open: dict[str, bool] = {}

    def apply(self, caller: Caller, entry: Entry, fact: Fact) -> str:
        """Let a device's fact take effect. Where it cannot, the reason is handed back and nothing changes, but for what
        others have to hear of it.

        Raises `NotYet` where it may be able to later.
        """
        of_the_station = not fact.event and isinstance(fact, _OF_THE_STATION)
        if not of_the_station and not (caller.may_see(fact.event) and self._is_open(fact.event)):
            return f"This station is not enrolled for an event called {fact.event}."
        try:
            return self._apply(caller, entry, fact)
        except OverflowError:
            return "It happened at a time that nobody can mean."

    def keep(self) -> dict[str, int]:
        """Put all changes into the feed; the newest version of each event that has any."""
        rows = [Document(*place, row_of(noun).decode()) for place, noun in self._changed.items()]
        return documents.put(self._connection, rows)

    def _is_open(self, event: str) -> bool:
        if event not in self._open:
            self._open[event] = documents.is_open(self._connection, event)
        return self._open[event]

    def _apply(self, caller: Caller, entry: Entry, fact: Fact) -> str:
        match fact:
            case Admitted():
                return self._admit(caller, entry, fact) or self._answer(fact, entry)
            case RefusedEntry():
                return ""
            case Undone():
                return self._annul(fact.event, fact.nonce)
            case HandedOut():
                return self._change(_hand_out(caller, entry.operation, fact))
            case Settled():
                return self._settle(caller, entry, fact)
            case Printed(ticket=ticket) if ticket and fact.event:
                return self._change(traces.printout(entry.operation, fact, _named(caller, fact), caller.id))
            case Printed() | DrawerOpened():
                return ""
            case GiftCardMoved():
                return self._move_card(caller, entry, fact)
            case Receipted():
                private, station = entry.private_part(), _named(caller, fact)
                return self._change(takings.of_fact(entry.operation, fact, private, station, caller.id))
            case CartHeld():
                return self._hold(caller, entry, fact)
            case CartLetGo():
                return self._let_go(caller, fact)
            case Designed():
                return self._design(caller, entry, fact)
            case Photographed():
                return self._photograph(caller, entry, fact)
            case ShiftOpened() | CashMoved() | ShiftClosed() | CardPaid() | CardDayClosed():
                return ""
            case StaffChanged():
                return self._change_people(caller, entry, fact)
            case DrawerCounted() | Permitted():
                return ""
            case _:
                return self._change_order(caller, entry, fact)

    def _change_order(self, caller: Caller, entry: Entry, fact: OrderFact) -> str:
        if caller.role is Role.STEWARD:
            return "A steward's station only scans."
        before = self._order(fact.event, fact.order)
        if before is None and not isinstance(fact, Sold):
            raise NotYet(f"Order {fact.order} has not arrived yet.")
        changed = changes.after(before, fact, entry.private_part(), entry.operation)
        if isinstance(changed, str):
            return changed
        return self._change(changed, *self._vouchers(caller, entry.operation, fact, before, changed))

    def _vouchers(
        self, caller: Caller, operation: str, fact: OrderFact, before: Order | None, after: Order
    ) -> list[Voucher]:
        """The vouchers that an act on an order redeems, or gives back.

        Whoever sold with one has let the customer go, so it is counted even where it had been used up.
        """
        was, now = counting.uses_of(before), counting.uses_of(after)
        changed = []
        for code in dict.fromkeys((*was, *now)):
            found = self._noun(fact.event, "voucher", code) if was.get(code) != now.get(code) else None
            if isinstance(found, Voucher):
                use = Use(operation=operation, at=moment(fact.at), device=_named(caller, fact), order=fact.order)
                uses = was.get(code, counting.NO_USE), now.get(code, counting.NO_USE)
                changed.append(counting.recounted(found, *uses, use))
        return changed

    def _move_card(self, caller: Caller, entry: Entry, fact: GiftCardMoved) -> str:
        """What is on a card becomes more, or less; never less than nothing."""
        if caller.role is Role.STEWARD:
            return "A steward's station only scans."
        code = plain_code(entry.private_part().text)
        if not code:
            return "The number of the gift card is not kept any more."
        found = self._noun(fact.event, "gift_card", code)
        if found is None and not fact.new:
            raise NotYet("This gift card has not arrived yet.")
        card = found if isinstance(found, GiftCard) else GiftCard(event=fact.event, code=code, currency=fact.currency)
        done = Transaction(
            operation=entry.operation,
            amount=fact.amount,
            at=moment(fact.at),
            device=_named(caller, fact),
            person=entry.private_part().operator,
        )
        moved = counting.moved(card, done, fact.currency)
        if not isinstance(moved, str):
            return self._change(moved)
        told = counting.turned_away(card, done, fact.currency)
        return (self._change(told) if told != card else "") or moved

    def _admit(self, caller: Caller, entry: Entry, fact: Admitted) -> str:
        self._ended[entry.operation] = fact.ended
        person = entry.private_part().operator if '"operator"' in entry.private else ""
        return self._change(*traces.passages(entry.operation, fact, _named(caller, fact), caller.id, person))

    def _answer(self, fact: Admitted, entry: Entry) -> str:
        """Put what was answered at the door into the order, so that no other door asks again."""
        if '"answers"' not in entry.private:
            return ""
        answers = entry.private_part().answers
        code, _, number = fact.ticket.rpartition("-")
        order = self._order(fact.event, code) if answers and number.isdecimal() else None
        if order is None:
            return ""
        positions = tuple(
            msgspec.structs.replace(one, answers={**one.answers, **answers}) if one.number == int(number) else one
            for one in order.positions
        )
        return self._change(msgspec.structs.replace(order, positions=positions))

    def _order(self, event: str, code: str) -> Order | None:
        found = self._noun(event, "order", code)
        return found if isinstance(found, Order) else None

    def _change_people(self, caller: Caller, entry: Entry, fact: StaffChanged) -> str:
        """Who works at one station works for its events. A steward's station has nobody to send away elsewhere."""
        name, role = entry.private_part().person, _roles.get(fact.role)
        if not name or role is None or caller.role is Role.STEWARD:
            return ""
        nouns = []
        for event in filter(caller.may_see, documents.events(self._connection)):
            held = self._noun(event, "person", fact.operator)
            told = Person(
                event=event,
                id=fact.operator,
                name=name,
                role=role,
                active=fact.what != "left",
                changed_at=moment(fact.at),
                device=_named(caller, fact),
            )
            if newer(held if isinstance(held, Person) else None, told) is told:
                nouns.append(told)
        return self._change(*nouns)

    def _hold(self, caller: Caller, entry: Entry, fact: CartHeld) -> str:
        if caller.role is Role.STEWARD:
            return "A steward's station sells nothing."
        if fact.station:  # It is given out by the hub of the house where it was put by, and by no other.
            return ""
        held = HeldCart(
            event=fact.event,
            id=fact.cart,
            cart=entry.private_part().cart,
            at=moment(fact.at),
            device=_named(caller, fact),
            device_id=caller.id,
        )
        return self._change(held)

    def _let_go(self, caller: Caller, fact: CartLetGo) -> str:
        """Its own till has it, unless another one was first."""
        held = self._noun(fact.event, "held_cart", fact.cart)
        if not isinstance(held, HeldCart) or held.taken_by or held.device_id != caller.id:
            return ""
        return self._change(msgspec.structs.replace(held, taken_by=caller.id, cart=""))

    def _design(self, caller: Caller, entry: Entry, fact: Designed) -> str:
        """Whoever changed it last is right, in whatever order they arrive."""
        if caller.role is not Role.SUPERVISOR:
            return "Only a desk lead's station designs for all."
        new = told(fact, entry.private_part(), _named(caller, fact), caller.id)
        found = self._noun(fact.event, "design", fact.design)
        if isinstance(found, Design) and found.turn >= new.turn:
            return ""
        return self._change(new)

    def _photograph(self, caller: Caller, entry: Entry, fact: Photographed) -> str:
        if caller.role is Role.STEWARD:
            return "A steward's station takes no photos."
        new = photo_of(fact, entry.private_part(), _named(caller, fact), caller.id)
        found = self._noun(fact.event, "photo", fact.ticket)
        if isinstance(found, Photo) and found.turn >= new.turn:
            return ""
        return self._change(new)

    def _annul(self, event: str, nonce: str) -> str:
        """Take back a passage and the exits that followed from it."""
        names = [nonce, *(traces.exit_name(nonce, elsewhere) for elsewhere in self._ended_by(nonce))]
        found = [one for one in (self._checkin(event, name) for name in names) if one]
        if not found:
            raise NotYet("The check-in that it takes back has not arrived yet.")
        return self._change(*(_annulled(one) for one in found if not one.annulled))

    def _settle(self, caller: Caller, entry: Entry, fact: Settled) -> str:
        if caller.role is Role.STEWARD:
            return "A steward's station cannot settle conflicts."
        settlement = Settlement(
            event=fact.event,
            conflict=fact.conflict,
            action=fact.action,
            at=moment(fact.at),
            device=_named(caller, fact),
            person=entry.private_part().operator,
            note=entry.private_part().note,
        )
        because = self._annul(fact.event, fact.nonce) if fact.nonce else ""
        return because or self._change(settlement)

    def _change(self, *nouns: Noun) -> str:
        changed = {}
        for noun in nouns:
            event, name = event_of(noun), id_of(noun)
            if fault := fault_of(noun) or documents.misnamed(event, name):
                return f"A station could not read it: {fault}."
            changed[event, kind_of(noun), name] = noun
        self._changed.update(changed)
        return ""

    def _checkin(self, event: str, nonce: str) -> CheckIn | None:
        found = self._noun(event, "checkin", nonce)
        return found if isinstance(found, CheckIn) else None

    def _noun(self, event: str, kind: str, name: str) -> Noun | None:
        """A noun as this batch has left it so far."""
        changed = self._changed.get((event, kind, name))
        if changed is not None:
            return changed
        body = documents.body(self._connection, event, kind, name)
        return noun_of(kind, body.encode()) if body else None

    def _ended_by(self, operation: str) -> tuple[int, ...]:
        """The lists on which an earlier act ended the stay."""
        if operation in self._ended:
            return self._ended[operation]
        found = sql.row(self._connection, _BODY, {"operation": operation})
        fact = fact_in(found[0]) if found else None
        return fact.ended if isinstance(fact, Admitted) else ()


def _hand_out(caller: Caller, operation: str, fact: HandedOut) -> HandOut:
    return HandOut(
        event=fact.event,
        ticket=fact.ticket,
        what=fact.what,
        at=moment(fact.at),
        device=_named(caller, fact),
        operation=operation,
    )


def _named(caller: Caller, fact: Fact) -> str:
    """Who did it, as people know them: a venue hub hands on what its stations did."""
    return fact.station or caller.name


def _annulled(checkin: CheckIn) -> CheckIn:
    return msgspec.structs.replace(checkin, annulled=True)


def fact_in(body: str) -> Fact | None:
    """The fact in an entry's body; None if it is of a kind that this hub does not know, or broken."""
    try:
        return _facts.decode(body)
    except BROKEN:
        return None
