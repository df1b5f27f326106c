"""What stations that could not hear of each other disagree about, once they can; and a station with its server.

Nothing is decided here and nobody was wrong: both sides are shown until a person has settled it. Every
station that holds the same check-ins finds the same conflicts under the same ids, whatever the order
in which it heard of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum

import msgspec

from .catalog import CheckInList, Event, Quota
from .checkins import CheckIn
from .facts import Admitted, Change, Edited, Exchanged, Fact, OrderFact, Private, Swap, kind_of
from .gift_cards import GiftCard, Transaction, shown
from .instants import moment
from .money import plain
from .offering import PassTerms
from .orders import Status, Ticket, ticket_key
from .passages import Direction, next_closing, zone_of
from .passes import Use, rules_itself, spent
from .vouchers import Voucher

MOST_ORDERS = 5
"""Orders that are shown of what was sold too much."""


class Kind(StrEnum):
    """What a conflict is about."""

    DOUBLE_ENTRY = "double_entry"
    CANCELED_AFTER_ENTRY = "canceled_after_entry"
    REFUSED_ACT = "refused_act"
    """The server will not have what was done here. Only this station knows of it."""
    EDITED_TWICE = "edited_twice"
    """The same, for an edit: somebody else has put the same thing right in another way."""

    OVERSOLD = "oversold"
    """More of something limited was sold than there is, and a till has sold some of it."""

    VOUCHER_OVERUSED = "voucher_overused"
    """A voucher was redeemed more often than it may be."""
    WITHOUT_VOUCHER = "without_voucher"
    """The server took a sale, but would not have the voucher with which it was made."""
    WITHOUT_FILE = "without_file"
    """The server took an entry, but would not have the file that was handed in with it."""

    CARD_OVERSPENT = "card_overspent"
    """More was taken from a gift card than was on it. The till that took too much has it as a refused act."""

    @property
    def is_between_tills(self) -> bool:
        """Whether it is about what was sold, and no passage can be taken back for it."""
        return self in (Kind.OVERSOLD, Kind.VOUCHER_OVERUSED, Kind.WITHOUT_VOUCHER, Kind.CARD_OVERSPENT)

    @property
    def is_refusal(self) -> bool:
        """Whether it is between this station and its server."""
        return self in (Kind.REFUSED_ACT, Kind.EDITED_TWICE)


class Side(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One side of a conflict: what was done, when, where and by whom."""

    what: str
    """`entry`, `exit` or another kind of fact; `canceled` and `refused` are what the server says."""
    at: datetime | None = None
    """None where the server does not say when."""
    gate: str = ""
    device: str = ""
    """The station's name; empty for the server."""
    person: str = ""
    """Who was signed in there, where people are known by name."""
    forced: bool = False
    nonce: str = ""
    """The scan's own, for a passage; the operation id of any other act."""
    words: str = ""
    """Why, in the server's words."""
    changes: Mapping[str, Change] = {}
    """Of an edit: what it made of each field."""
    swaps: tuple[Swap, ...] = ()
    """Of an exchange: what it made of each position."""


class Conflict(msgspec.Struct, frozen=True, kw_only=True):
    """One disagreement, about one ticket on one list where it is about a door."""

    id: str
    kind: Kind
    event: str
    list: int = 0
    """0 if it is about no list."""
    ticket: str = ""
    """`CODE-number`, an order's code if it is about a whole order, or empty."""
    sides: tuple[Side, ...]
    """The one that came first, and counts, before the other."""
    found_at: datetime | None = None
    """When this station noticed."""
    action: str | None = None
    """What a person decided: `accept`, `annul` or `escalate` (which leaves it open)."""
    settled_at: datetime | None = None
    settled_by: str | None = None
    note: str | None = None


def double_entries(checkins: Iterable[CheckIn], gate_list: CheckInList, event: Event) -> tuple[Conflict, ...]:
    """The entries of one ticket on one list that would have been refused, had their door known of the other.

    An entry that was forced is none: whoever forced it knew, unless the check-in says `unaware`. Each is
    set against the entry that it should have met with.
    """
    if gate_list.allow_multiple_entries:
        return ()
    found = []
    inside: CheckIn | None = None
    for passage in _in_order(checkins):
        if inside is not None and gate_list.allow_entry_after_exit and _left(inside, passage, gate_list, event):
            inside = None
        if passage.direction is Direction.EXIT:
            continue
        if inside is None:
            inside = passage
        elif not passage.forced or passage.unaware:
            found.append(_conflict(Kind.DOUBLE_ENTRY, inside, passage))
    return tuple(found)


def is_counted(terms: PassTerms, list_id: int) -> bool:
    """Whether entries with a pass on this list are judged by the terms of the pass, and not by the list alone."""
    return rules_itself(terms) and terms.counts_at(list_id)


def overused(checkins: Iterable[CheckIn], terms: PassTerms, event: Event) -> tuple[Conflict, ...]:
    """The entries with a pass, on all lists, that would have been refused, had their doors known of each other."""
    found = []
    counted: list[Use] = []
    seen: dict[str, CheckIn] = {}
    for checkin in _in_order(checkins):
        if checkin.direction is Direction.EXIT or not terms.counts_at(checkin.list):
            continue
        no = spent(terms, counted, checkin.list, event, checkin.at)
        if no is not None and (not checkin.forced or checkin.unaware):
            found.append(_conflict(Kind.DOUBLE_ENTRY, seen[no.met.passage.nonce], checkin))
        seen[checkin.nonce] = checkin
        counted.append(Use(checkin.list, checkin.passage()))
    return tuple(found)


def canceled_after_entry(ticket: Ticket, checkins: Iterable[CheckIn]) -> Conflict | None:
    """Whether somebody was let in with a ticket that is cancelled now; named by the first such entry."""
    if ticket.order.status is not Status.CANCELED and not ticket.position.canceled:
        return None
    for passage in _in_order(checkins):
        if passage.direction is Direction.ENTRY and not passage.forced:
            return _conflict(Kind.CANCELED_AFTER_ENTRY, passage, also=(Side(what="canceled"),))
    return None


def side_of(operation: str, fact: Fact, private: Private, device: str) -> Side:
    """What somebody at the station `device` did or handed on."""
    return Side(
        what=fact.direction.value if isinstance(fact, Admitted) else kind_of(fact),
        at=moment(fact.at),
        gate=getattr(fact, "gate", ""),
        device=fact.station or device,
        person=private.operator,
        nonce=operation,
        changes=private.changes,
        swaps=fact.swaps if isinstance(fact, Exchanged) else (),
    )


def refused_act(
    operation: str, fact: Fact, private: Private, device: str, words: str, at: datetime, rival: Side | None = None
) -> Conflict:
    """The server refused, in these words and at this time, what was done at the station `device` or handed on by it.

    `rival` is what stands in its way there, where the server says so.
    """
    done = side_of(operation, fact, private, device)
    return Conflict(
        id=id_of_refusal(operation),
        kind=Kind.EDITED_TWICE if isinstance(fact, Edited | Exchanged) else Kind.REFUSED_ACT,
        event=fact.event,
        list=getattr(fact, "list", 0),
        ticket=_about(fact),
        sides=(done, Side(what="refused", at=at, words=words), *((rival,) if rival else ())),
    )


def _in_order(checkins: Iterable[CheckIn]) -> list[CheckIn]:
    """Those that count, each once, by time; device and nonce settle a tie the same way everywhere."""
    copies = sorted(checkins, key=_rank)
    annulled = {one.nonce for one in copies if one.annulled}
    return list({one.nonce: one for one in copies if one.nonce not in annulled}.values())


def _rank(passage: CheckIn) -> tuple[datetime, str, str]:
    return passage.at, passage.device_id or passage.device, passage.nonce


def _left(inside: CheckIn, later: CheckIn, gate_list: CheckInList, event: Event) -> bool:
    """Whether whoever came in has left by then: by this very exit, or with everybody when the list closed."""
    if later.direction is Direction.EXIT:
        return True
    if gate_list.exit_all_at is None:
        return False
    return next_closing(gate_list.exit_all_at, zone_of(event), inside.at) <= later.at


def oversold(quota: Quota, taken: int, last: Sequence[tuple[str, datetime | None]]) -> Conflict:
    """More of a quota is taken than there is; named by how many, with the orders that came last.

    The sides are the quota and those orders with their times, the latest first.
    """
    orders = tuple(Side(what="sold", at=at, nonce=code, words=code) for code, at in last[:MOST_ORDERS])
    return Conflict(
        id=_id(Kind.OVERSOLD, quota.event, str(quota.id), str(taken)),
        kind=Kind.OVERSOLD,
        event=quota.event,
        sides=(Side(what="oversold", words=f"{quota.name or quota.id}: {taken} / {quota.size}"), *orders),
    )


def overused_voucher(voucher: Voucher, here: Sequence[Side]) -> Conflict:
    """A voucher was redeemed more often than it may be; named by how often, with the last times it was.

    The server says which those were, or else what is known of them `here`.
    """
    told = [
        Side(what="sold", at=one.at, device=one.device, nonce=one.operation, words=one.order) for one in voucher.uses
    ]
    figures = f"{voucher.code}: {voucher.redeemed} / {voucher.max_usages}"
    return Conflict(
        id=_id(Kind.VOUCHER_OVERUSED, voucher.event, voucher.code, str(voucher.redeemed)),
        kind=Kind.VOUCHER_OVERUSED,
        event=voucher.event,
        sides=(Side(what="overused", words=figures), *(told or here)[-MOST_ORDERS:]),
    )


def overspent_card(card: GiftCard, late: Transaction) -> Conflict:
    """A till took from a card what others had taken before; they come first, as far as the server names them.

    It goes by the name that it has at that till, so whoever settles it has settled it everywhere.
    """
    return Conflict(
        id=id_of_refusal(late.operation),
        kind=Kind.CARD_OVERSPENT,
        event=card.event,
        sides=(Side(what="overspent", words=shown(card.code)), *takers(card), _taken(late, card.currency)),
    )


def takers(card: GiftCard) -> tuple[Side, ...]:
    """Who has taken from a card what the server booked, the last ones."""
    return tuple(_taken(one, card.currency) for one in card.transactions if one.amount < 0)[-MOST_ORDERS:]


def _taken(one: Transaction, currency: str) -> Side:
    words = f"{plain(one.amount, currency)} {currency}"
    return Side(what="gift_card", at=one.at, device=one.device, person=one.person, nonce=one.operation, words=words)


def without_voucher(operation: str, fact: Fact, private: Private, device: str, words: str, at: datetime) -> Conflict:
    """The server took a sale at the station `device` without its voucher, for this reason."""
    done = side_of(operation, fact, private, device)
    return Conflict(
        id=_id(Kind.WITHOUT_VOUCHER, operation),
        kind=Kind.WITHOUT_VOUCHER,
        event=fact.event,
        ticket=_about(fact),
        sides=(done, Side(what="refused", at=at, words=words)),
    )


def without_file(operation: str, fact: Admitted, private: Private, device: str, words: str, at: datetime) -> Conflict:
    """The server took an entry at the station `device` without the file that was handed in, for this reason."""
    told = refused_act(operation, fact, private, device, words, at)
    return msgspec.structs.replace(told, id=_id(Kind.WITHOUT_FILE, operation), kind=Kind.WITHOUT_FILE)


def _about(fact: Fact) -> str:
    if isinstance(fact, Edited) and fact.position:
        return ticket_key(fact.order, fact.position)
    return fact.order if isinstance(fact, OrderFact) else getattr(fact, "ticket", "")


def id_of_refusal(operation: str) -> str:
    """The id of the conflict about an act that was refused."""
    return _id(Kind.REFUSED_ACT, operation)


def _id(*named: str) -> str:
    return hashlib.sha256("\0".join(named).encode()).hexdigest()[:32]


def _conflict(kind: Kind, *sides: CheckIn, also: tuple[Side, ...] = ()) -> Conflict:
    tickets = sorted({side.ticket for side in sides}, key=lambda name: (name.startswith("sig:"), name))
    first = sides[0]
    return Conflict(
        id=_id(kind, first.event, str(first.list), *tickets, *sorted(side.nonce for side in sides)),
        kind=kind,
        event=first.event,
        list=first.list,
        ticket=tickets[0],
        sides=(*map(_side, sides), *also),
    )


def _side(passage: CheckIn) -> Side:
    return Side(
        what=passage.direction.value,
        at=passage.at,
        gate=passage.gate,
        device=passage.device,
        person=passage.person,
        forced=passage.forced,
        nonce=passage.nonce,
    )
