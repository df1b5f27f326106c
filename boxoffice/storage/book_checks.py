"""Whether the books, the journal and what was done to orders say the same of every sale, exchange and extension.

A sale or an exchange is told three times: as an act on the order, as a receipt, and as the money that moved. What one
of them says more than another is a fault that no sum over receipts would show, because each by itself adds up.
"""

from __future__ import annotations

from collections.abc import Iterator

from boxoffice.domain.facts import Exchanged, Extended, Sold
from boxoffice.domain.journal import fact_of

from .connection import Connection

_OURS = "coalesce(j.body ->> 'station', '') = ''"
"""Not handed on for another station."""


def faults(connection: Connection) -> Iterator[str]:
    """What is wrong, sentence by sentence; nothing if they say the same."""
    yield from _receipts(connection)
    yield from _money(connection)
    yield from _exchanges(connection)
    yield from _lines(connection)


def _receipts(connection: Connection) -> Iterator[str]:
    """Each receipt stands in the journal with its sum, and each that the journal knows is there."""
    for number, total, told in connection.execute(_UNTOLD).fetchall():
        yield f"Receipt {number} says {total}; the journal says {'nothing' if told is None else told}."
    for number in connection.execute(_LOST).fetchall():
        yield f"The journal gave out receipt {number[0]}, but there is no such receipt."


_UNTOLD = """
    SELECT r.number, r.total, j.body ->> 'total' FROM receipts r
    LEFT JOIN journal j ON j.operation = r.operation || '/receipt'
    WHERE NOT r.training AND ((j.body ->> 'total') IS NOT r.total OR (j.body ->> 'number') IS NOT r.number)
"""
_LOST = f"""
    SELECT j.body ->> 'number' FROM journal j
    LEFT JOIN receipts r ON r.operation = substr(j.operation, 1, length(j.operation) - length('/receipt'))
    WHERE j.kind = 'receipt' AND {_OURS} AND r.number IS NULL
"""


def _money(connection: Connection) -> Iterator[str]:
    """What was paid for orders, and given back, is what the receipts say of it."""
    for number, says, moved in connection.execute(_MOVED).fetchall():
        yield f"Receipt {number} says that {says} came for its order; {moved} did."


_MOVED = """
    SELECT number, says, moved FROM (
        SELECT r.number,
            r.total - r.loaded - (SELECT coalesce(sum(t.amount), 0) FROM receipt_tenders t
                WHERE t.receipt = r.number AND t.training = 0 AND t.means IN ('invoice', 'awaited')) AS says,
            (SELECT coalesce(sum(CASE j.kind WHEN 'refunded' THEN -(j.body ->> 'amount')
                    WHEN 'paid' THEN iif(j.body ->> 'awaited', 0, j.body ->> 'amount') END), 0)
                FROM journal j WHERE +j.kind IN ('paid', 'refunded') -- of many; a receipt has a few operations
                AND j.operation >= r.operation || '/' AND j.operation < r.operation || '/' || char(1114111)) AS moved
        FROM receipts r WHERE NOT r.training AND r.order_code <> ''
    ) WHERE says IS NOT moved ORDER BY number
"""


def _exchanges(connection: Connection) -> Iterator[str]:
    """Each exchange replaces a position once, and its slip and its money are the difference of the prices."""
    known = set()
    replaced: dict[tuple[str, str, int], tuple[object, ...]] = {}
    for operation, body, state in connection.execute(_EXCHANGED).fetchall():
        fact = fact_of(body)
        if not isinstance(fact, Exchanged):
            continue
        known.add(operation)
        numbers = [swap.position for swap in fact.swaps]
        if len(set(numbers)) != len(numbers):
            yield f"The exchange {operation} replaces a position of {fact.order} more than once."
        difference = sum(swap.price - swap.was_price for swap in fact.swaps)
        yield from _slip(connection, operation, fact, difference)
        if state is not None:  # The server did not have it, so what it replaced may stand again.
            continue
        for swap in fact.swaps:
            place = (fact.event, fact.order, swap.position)
            if replaced.get(place) == swap.found != swap.made and not swap.again:
                yield f"Ticket {fact.order}-{swap.position} was replaced more than once by the same exchange."
            replaced[place] = swap.found
    for number, operation in connection.execute(_SLIPS).fetchall():
        if operation not in known:
            yield f"Receipt {number} is about an exchange that the journal does not know."


_EXCHANGED = f"""
    SELECT j.operation, j.body, CASE WHEN o.state IN ('parked', 'given up') THEN o.state END
    FROM journal j LEFT JOIN outbox o ON o.id = j.id WHERE j.kind = 'exchanged' AND {_OURS} ORDER BY j.id
"""
_SLIPS = "SELECT number, operation FROM receipts WHERE NOT training AND body -> 'receipt' ->> 'exchange'"


def _slip(connection: Connection, operation: str, fact: Exchanged, difference: int) -> Iterator[str]:
    row = connection.execute(_SLIP, (operation,)).fetchone()
    came, moves = connection.execute(_MONEY, (f"{operation}/",)).fetchone()
    if row is None:
        if moves:
            yield f"The exchange {operation} moved money, but has no slip."
        return
    number, total, later, lines = row
    prices = [amount for swap in fact.swaps for amount in (-swap.was_price, swap.price)]
    if total != difference:
        yield f"Receipt {number} says {total}, the prices of its exchange differ by {difference}."
    elif [amount for (amount,) in connection.execute(_AMOUNTS, (lines,)).fetchall()] != prices:
        yield f"The lines of receipt {number} are not what its exchange replaced."
    if came != total - later:
        yield f"Receipt {number} says {total}, and {later} of it later; its exchange moved {came}."


_SLIP = """
    SELECT r.number, r.total, (SELECT coalesce(sum(t.amount), 0) FROM receipt_tenders t WHERE t.receipt = r.number
        AND t.training = 0 AND t.means IN ('invoice', 'awaited')), r.body -> 'receipt' -> 'lines'
    FROM receipts r WHERE r.operation = ? AND NOT r.training
"""
_AMOUNTS = "SELECT coalesce(value ->> 'amount', 0) FROM json_each(?) ORDER BY key"
_MONEY = """
    SELECT coalesce(sum(CASE kind WHEN 'refunded' THEN -(body ->> 'amount')
        WHEN 'paid' THEN iif(body ->> 'awaited', 0, body ->> 'amount') END), 0), count(*)
    FROM journal WHERE +kind IN ('paid', 'refunded') AND operation >= ?1 AND operation < ?1 || char(1114111)
"""


def _lines(connection: Connection) -> Iterator[str]:
    """What was sold, or bought into an order, comes to what its receipt says; no position comes into being twice."""
    made: set[tuple[str, str, int]] = set()
    for body, state, number, revenue in connection.execute(_BOUGHT).fetchall():
        fact = fact_of(body)
        if not isinstance(fact, Sold | Extended):
            continue
        prices = sum(line.price for line in fact.lines)
        if number is not None and revenue != prices:  # One that is lost shows in the journal's own word of it.
            yield f"Receipt {number} says {revenue} for tickets that cost {prices}."
        if state is not None:
            continue
        for line in fact.lines:
            place = (fact.event, fact.order, line.number)
            if place in made:
                yield f"Position {line.number} of {fact.order} came into being more than once."
            made.add(place)


_BOUGHT = f"""
    SELECT j.body, CASE WHEN o.state IN ('parked', 'given up') THEN o.state END, r.number,
        r.total - r.loaded
    FROM journal j LEFT JOIN outbox o ON o.id = j.id
    LEFT JOIN receipts r ON r.operation = j.operation AND NOT r.training
    WHERE j.kind IN ('sold', 'extended') AND {_OURS} ORDER BY j.id
"""
