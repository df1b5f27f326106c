"""Where stations that could not hear of each other did not agree, or one with its server, and how it is settled.

Every station that holds the same passages finds the same conflict under the same id, so both doors and
the desk lead see it, whichever server lies between them. Nothing is rewritten: a settlement is an act
of its own, and an entry that is annulled for it is taken back like any other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import msgspec

from boxoffice.domain import conflicts as rules
from boxoffice.domain.catalog import Catalog, CheckInList
from boxoffice.domain.checkins import CheckIn, Objection, Settlement
from boxoffice.domain.conflicts import Conflict, Kind, Side
from boxoffice.domain.facts import Admitted, GiftCardMoved, Private, Settled, Sold
from boxoffice.domain.gate import Direction
from boxoffice.domain.gift_cards import GiftCard
from boxoffice.domain.instants import micros
from boxoffice.domain.journal import Entry
from boxoffice.domain.offering import PassTerms
from boxoffice.domain.orders import Order, Status, Ticket, ticket_key
from boxoffice.domain.permissions import Act, Permit
from boxoffice.domain.vouchers import Voucher, is_overused
from boxoffice.errors import BadInput, Refused, filled
from boxoffice.ids import new_id
from boxoffice.storage import checkins, conflicts, journal, leases, orders, outbox, redeeming, settings
from boxoffice.storage.catalog import Shelf
from boxoffice.storage.connection import Connection

from . import guard, known_here, overlay, undo

ACTIONS = ("accept", "annul", "escalate")


def look_at_ticket(connection: Connection, shelf: Shelf, event: str, list_id: int, key: str) -> None:
    """Compare what is known of one ticket on one list; keep what disagrees, close what no longer does."""
    catalog = shelf.of(connection, event)
    gate_list = catalog.lists.get(list_id)
    if gate_list is None:
        return
    ticket = orders.by_key(connection, event, key)
    names = known_here.names_of(catalog, ticket) if ticket else (key,)
    terms = _terms(catalog, ticket)
    if terms is None:
        passages = checkins.on_list(connection, event, list_id, names)
        _keep_of_list(connection, catalog, ticket, key, gate_list, passages)
        return
    # The uses of a pass count across its places: an entry here may be too much because of one elsewhere.
    every = checkins.of_ticket(connection, event, names)
    overused = rules.overused(every, terms, catalog.event)
    for other in {one.list for one in every} & catalog.lists.keys():
        passages = [one for one in every if one.list == other and not one.annulled]
        here = tuple(one for one in overused if one.list == other)
        itself = rules.is_counted(terms, other)
        _keep_of_list(connection, catalog, ticket, key, catalog.lists[other], passages, here, by_list=not itself)


def _keep_of_list(
    connection: Connection,
    catalog: Catalog,
    ticket: Ticket | None,
    key: str,
    gate_list: CheckInList,
    passages: Sequence[CheckIn],
    also: tuple[Conflict, ...] = (),
    *,
    by_list: bool = True,
) -> None:
    found = rules.double_entries(passages, gate_list, catalog.event) if by_list else ()
    canceled = rules.canceled_after_entry(ticket, passages) if ticket else None
    every = (*found, *also, *((canceled,) if canceled else ()))
    _keep(connection, (gate_list.event, gate_list.id, key), every)


def _terms(catalog: Catalog, ticket: Ticket | None) -> PassTerms | None:
    return catalog.pass_terms(ticket.position.item) if ticket is not None else None


def _keep(connection: Connection, where: tuple[str, int, str], found: Iterable[Conflict]) -> None:
    now = datetime.now(UTC)
    ids = set()
    for conflict in found:
        ids.add(conflict.id)
        conflicts.put(connection, conflict, now)
    for old in conflicts.open_of(connection, *where):
        if old.id not in ids and not old.kind.is_refusal:
            conflicts.resolve(connection, old.id, now, "One side was taken back")


def look_at_order(connection: Connection, shelf: Shelf, order: Order) -> None:
    """An order that is cancelled now may have been let in before this station heard of it."""
    for position in order.positions:
        if order.status is not Status.CANCELED and not position.canceled:
            continue
        ticket = Ticket(order, position)
        names = known_here.names_of(shelf.of(connection, order.event), ticket)
        for list_id in {one.list for one in checkins.of_ticket(connection, order.event, names)}:
            look_at_ticket(connection, shelf, order.event, list_id, ticket_key(order.code, position.number))


def look_at_refusal(
    connection: Connection, operation: str, words: str, at: datetime, rival: Side | None = None
) -> None:
    """The server will not have an act, in these words: it is set aside, and shown until somebody has decided.

    `rival` is what was done elsewhere and stands in its way, where the server says so.
    """
    words = str(words)  # As it reads: what is kept and sent knows nothing of sentences for screens.
    outbox.park(connection, operation, words)
    redeeming.refused(connection, operation, words, at)
    entry = journal.written(connection, operation)
    if entry is None:
        return
    conflicts.put(connection, _refused(connection, entry, words, at, rival), at)
    if isinstance(fact := entry.fact(), GiftCardMoved):
        card = redeeming.card(connection, fact.event, entry.private_part().text)
        if card is not None:
            look_at_card(connection, card)


def _refused(connection: Connection, entry: Entry, words: str, at: datetime, rival: Side | None = None) -> Conflict:
    device = settings.station(connection).name
    return rules.refused_act(entry.operation, entry.fact(), entry.private_part(), device, words, at, rival)


def look_at_remark(connection: Connection, operation: str, words: str, at: datetime) -> None:
    """The server took a sale, but not the voucher that it was made with: somebody else was first.

    Or it took an entry, but not the file that was handed in.
    """
    words = str(words)
    entry = journal.written(connection, operation)
    if entry is None:
        return
    fact, private, station = entry.fact(), entry.private_part(), settings.station(connection).name
    if isinstance(fact, Sold):
        redeeming.refused(connection, operation, words, at)
        conflicts.put(connection, rules.without_voucher(operation, fact, private, station, words, at), at)
    elif isinstance(fact, Admitted):
        conflicts.put(connection, rules.without_file(operation, fact, private, station, words, at), at)


def look_at_voucher(connection: Connection, voucher: Voucher) -> None:
    """A voucher that was redeemed at two stations that heard of nobody is told to both, until somebody decides."""
    now = datetime.now(UTC)
    found = _overused_voucher(connection, voucher)
    if found is not None:
        conflicts.put(connection, found, now)
    for old in conflicts.open_of_kind(connection, voucher.event, Kind.VOUCHER_OVERUSED):
        is_same = old.sides[0].words.startswith(f"{voucher.code}: ")
        if is_same and (found is None or old.id != found.id):
            conflicts.resolve(connection, old.id, now, "The figures have changed")


def _overused_voucher(connection: Connection, voucher: Voucher) -> Conflict | None:
    if not is_overused(voucher):
        return None
    here = redeeming.of_voucher(connection, voucher.event, voucher.code)
    if not here and not voucher.uses:
        return None  # The organiser has made it smaller; nobody here has used it.
    name = settings.station(connection).name
    sides = [Side(what="sold", at=one.at, device=name, nonce=one.operation, words=one.order) for one in here]
    return rules.overused_voucher(voucher, sides)


def look_at_card(connection: Connection, card: GiftCard) -> None:
    """Of a gift card that two tills took more from than was on it all are told, until somebody decides.

    The till that was last has its act back already; there the others are set beside it.
    """
    now = datetime.now(UTC)
    for late in card.turned_away:
        conflict = rules.overspent_card(card, late)
        own = [one for one in conflicts.find(connection, conflict.id) if one.kind.is_refusal]
        if own:
            _set_beside(connection, own[0], rules.takers(card), now)
        elif journal.written(connection, late.operation) is None:
            conflicts.put(connection, conflict, now)
    booked = {rules.id_of_refusal(one.operation) for one in card.transactions}
    for old in conflicts.open_of_kind(connection, card.event, Kind.CARD_OVERSPENT) if booked else ():
        if old.id in booked:
            conflicts.resolve(connection, old.id, now, "It was booked after all")


def _set_beside(connection: Connection, conflict: Conflict, others: tuple[Side, ...], now: datetime) -> None:
    """Tell an open conflict anew, with what is known of the other side by now."""
    told = msgspec.structs.replace(conflict, sides=(*conflict.sides[:2], *others))
    if told != conflict and conflict.settled_at is None:
        conflicts.resolve(connection, conflict.id, now, "More is known of it")
        conflicts.put(connection, told, now)


def look_at_settlement(connection: Connection, settlement: Settlement) -> None:
    """Somebody has decided, here or elsewhere. An act of ours that the server refused is left as it is then."""
    for conflict in conflicts.find(connection, settlement.conflict):
        is_open = conflict.settled_at is None and settlement.action != "escalate"
        if is_open and conflict.kind.is_refusal:
            overlay.give_up(connection, conflict.sides[0].nonce)
    conflicts.settle(connection, settlement)


def look_at_objection(connection: Connection, objection: Objection) -> None:
    """The server above the hub will not have an act. Whose it was is told, and may settle it."""
    entry = journal.written(connection, objection.operation)
    if entry is not None:
        redeeming.refused(connection, objection.operation, objection.words, objection.at)
        conflicts.put(connection, _refused(connection, entry, objection.words, objection.at), objection.at)


def drop_objection(connection: Connection, operation: str) -> None:
    """The server above has it after all, or somebody at the hub has decided."""
    conflicts.resolve(connection, rules.id_of_refusal(operation), datetime.now(UTC), "It is settled at the hub")


def oversold(connection: Connection, shelf: Shelf, event: str) -> tuple[Conflict, ...]:
    """The quotas of an event of which more is taken than there is. It counts, which takes a moment; it only reads."""
    found = []
    # Where the server counts itself, and still has some, nothing is oversold.
    limited = [one for one in shelf.of(connection, event).quotas.values() if one.size is not None and not one.available]
    taken = leases.all_taken(connection, event, limited)
    for quota in limited:
        too_many = taken[quota.id] - (quota.size or 0)
        if too_many > 0 and leases.was_sold_too_much_here(connection, quota):
            last = leases.last_orders(connection, quota, min(too_many, rules.MOST_ORDERS))
            found.append(rules.oversold(quota, taken[quota.id], last))
    return tuple(found)


def keep_oversold(connection: Connection, event: str, found: Iterable[Conflict], at: datetime) -> None:
    """Keep what is oversold now, and close what is not any more."""
    ids = set()
    for conflict in found:
        ids.add(conflict.id)
        conflicts.put(connection, conflict, at)
    for old in conflicts.open_of_kind(connection, event, Kind.OVERSOLD):
        if old.id not in ids:
            conflicts.resolve(connection, old.id, at, "The figures have changed")


def send_again(connection: Connection, operation: str | None, at: datetime) -> int:
    """Put an act that was refused, or all of them, back among those that wait; how many."""
    again = outbox.retry(connection, operation)
    for one in again:
        conflicts.resolve(connection, rules.id_of_refusal(one), at, "It is sent again")
        redeeming.is_sent_again(connection, one, at)
    return len(again)


def settle(
    connection: Connection,
    beginning: str,
    action: str,
    note: str,
    at: datetime,
    operator: str = "",
    permits: Sequence[Permit] = (),
) -> Conflict:
    """Decide a conflict: `accept` both sides, `annul` the later entry, or `escalate` with a note.

    With an act that the server refused, `accept` leaves it with this station and sends it no more, and `annul` takes
    a passage back here as well. Raises `BadInput` for an id that fits none or several, and for a way to settle that
    does not fit the kind, `Refused` for one that is settled and at a station that only scans, `NeedsPermission` where
    somebody else has to stand by it.
    """
    _mind_action(action, note)
    conflict = _the_one(connection, beginning)
    nonce = _annulled_by(conflict) if action == "annul" else ""
    guard.mind_steward(connection)
    guard.need(connection, Act.SETTLE, at, operator=operator, permits=permits, event=conflict.event, about=conflict.id)
    was_taken = not (conflict.kind.is_refusal and outbox.is_refused(connection, conflict.sides[0].nonce))
    if conflict.kind.is_refusal and action != "escalate":
        overlay.give_up(connection, conflict.sides[0].nonce)
    if nonce:
        undoing = undo.take_back(connection, nonce, at, note or "Settled as a conflict", operator)
        if not was_taken:  # The server never had what is taken back.
            outbox.give_up(connection, undoing.operation)
    settlement = Settlement(
        event=conflict.event,
        conflict=conflict.id,
        action=action,
        at=at,
        device=settings.station(connection).name,
        person=operator,
        note=note,
    )
    _write_down(connection, conflict, settlement, nonce if was_taken else "")
    return conflicts.find(connection, conflict.id)[0]


def _mind_action(action: str, note: str) -> None:
    if action not in ACTIONS:
        raise BadInput(
            filled("{action} is no way to settle a conflict", action=action),
            "",
            filled("Choose one of {names}.", names=", ".join(ACTIONS)),
        )
    if action == "escalate" and not note.strip():
        raise BadInput("A note is needed", "Nothing was changed.", "Say what the next person should know.")


def _the_one(connection: Connection, beginning: str) -> Conflict:
    """The open conflict whose id begins so. Raises `BadInput`, or `Refused` for one that is settled."""
    found = conflicts.find(connection, beginning)
    if len(found) != 1:
        what = "Several conflicts begin" if found else "No conflict begins"
        raise BadInput(
            filled("{what} with {beginning}", what=what, beginning=beginning),
            "Nothing was changed.",
            "`boxoffice conflicts` lists them.",
        )
    (conflict,) = found
    if conflict.settled_at is not None:
        raise Refused(
            "This conflict is settled",
            filled("By {settled_by}: {action}.", settled_by=conflict.settled_by, action=conflict.action),
            "Nothing was changed.",
        )
    return conflict


def _annulled_by(conflict: Conflict) -> str:
    """The scan that no longer counts if the conflict is settled by annulling."""
    if conflict.kind.is_between_tills:
        raise BadInput("Nothing here can be taken back", "Nothing was changed.", "Cancel an order, accept or escalate.")
    if not conflict.kind.is_refusal:
        return [side.nonce for side in conflict.sides if side.nonce][-1]
    if conflict.sides[0].what not in tuple(Direction):
        raise BadInput("Only an entry or an exit can be taken back", "Nothing was changed.", "Accept or escalate it.")
    return conflict.sides[0].nonce


def _write_down(connection: Connection, conflict: Conflict, settlement: Settlement, nonce: str) -> None:
    conflicts.settle(connection, settlement)
    fact = Settled(
        event=conflict.event,
        at=micros(settlement.at),
        conflict=conflict.id,
        action=settlement.action,
        ticket=conflict.ticket,
        nonce=nonce,
    )
    journal.append(connection, new_id(), fact, Private(note=settlement.note, operator=settlement.person))
