"""What the server set aside for this station, what was sold of it, and when the server last told the time.

A sale is written down under its operation in the transaction of the sale itself. How many of them the
server has follows from the outbox, so no count can fall out of step with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import msgspec

from boxoffice.decoding import decoder
from boxoffice.domain.catalog import Quota
from boxoffice.domain.facts import Exchanged, Extended, Fact, Sold, Swap
from boxoffice.domain.instants import maybe_moment, micros, moment
from boxoffice.domain.journal import fact_of
from boxoffice.domain.stock import COUNTED, Anchor, Lease, covers
from boxoffice.errors import Refused

from .connection import Connection

_COLUMNS = """
    SELECT l.quota, l.granted, l.until, l.turn, (
        SELECT coalesce(sum(d.number), 0) FROM lease_draws d WHERE d.event = l.event AND d.quota = l.quota)
    FROM leases l WHERE l.event = ?
"""
_anchors = decoder(Anchor)


def every(connection: Connection) -> list[Lease]:
    """All leases, spent and expired ones too."""
    events = connection.execute("SELECT DISTINCT event FROM leases ORDER BY event").fetchall()
    return [lease for (event,) in events for lease in of_event(connection, event).values()]


def of_event(connection: Connection, event: str) -> dict[int, Lease]:
    """The leases of an event by quota, spent and expired ones too."""
    return {row[0]: _lease(event, row) for row in connection.execute(_COLUMNS, (event,)).fetchall()}


def one(connection: Connection, event: str, quota: int) -> Lease | None:
    """The lease on one quota."""
    row = connection.execute(f"{_COLUMNS} AND l.quota = ?", (event, quota)).fetchone()
    return _lease(event, row) if row else None


def _lease(event: str, row: tuple[int, int, int, int, int]) -> Lease:
    quota, granted, until, turn, sold = row
    return Lease(event=event, quota=quota, granted=granted, sold=sold, until=moment(until), turn=turn)


def keep(connection: Connection, lease: Lease) -> None:
    """Keep what was granted. What was sold of it stands in the draws, whatever the lease says."""
    connection.execute(
        "INSERT INTO leases (event, quota, granted, until, turn) VALUES (?1, ?2, ?3, ?4, ?5)"
        " ON CONFLICT (event, quota) DO UPDATE SET granted = ?3, until = ?4, turn = ?5",
        (lease.event, lease.quota, lease.granted, micros(lease.until), lease.turn),
    )


def draw(connection: Connection, event: str, operation: str, draws: Mapping[int, int]) -> None:
    """A sale takes tickets from leases. Belongs into its transaction; raises `Refused` if there are too few left.

    Whether the leases still hold at this time is for the rule to say.
    """
    for quota, number in draws.items():
        lease = one(connection, event, quota)
        if lease is None or lease.granted - lease.sold < number:
            raise Refused("Sold meanwhile", "There are not as many left as this sale takes.", "Ask for more, or less.")
        connection.execute(
            "INSERT INTO lease_draws (operation, event, quota, number) VALUES (?, ?, ?, ?)",
            (operation, event, quota, number),
        )


def arrived(connection: Connection, event: str, quota: int) -> int:
    """How many tickets were sold from a lease in sales that the server has."""
    [number] = connection.execute(
        "SELECT coalesce(sum(d.number), 0) FROM lease_draws d WHERE d.event = ? AND d.quota = ? AND NOT EXISTS"
        " (SELECT 1 FROM outbox o JOIN journal j ON j.id = o.id WHERE j.operation = d.operation)",
        (event, quota),
    ).fetchone()
    return int(number)


def forget(connection: Connection) -> None:
    """Hold no lease any more: this store is older than what was done with them."""
    connection.execute("DELETE FROM leases")


def taken(connection: Connection, quota: Quota) -> int:
    """How many tickets of a quota are gone as far as this station knows."""
    [number] = connection.execute(f"SELECT count(*) {_TAKEN}", _of(quota)).fetchone()
    return int(number)


def all_taken(connection: Connection, event: str, quotas: Sequence[Quota]) -> dict[int, int]:
    """Like `taken` for each of an event's quotas, by their ids: all tickets are looked at once."""
    items = {item for quota in quotas for item in quota.items}
    sold = connection.execute(_SOLD, (event, _list(COUNTED), _list(items))).fetchall()
    return {
        quota.id: sum(number for item, variation, subevent, number in sold if covers(quota, item, variation, subevent))
        for quota in quotas
    }


def unsent(connection: Connection, quota: Quota) -> int:
    """How many tickets of a quota were sold here, or bought into an order or exchanged, that no server knows of."""
    bodies = connection.execute(
        "SELECT j.body FROM outbox o JOIN journal j ON j.id = o.id"
        " WHERE j.kind IN ('sold', 'extended', 'exchanged') AND o.state <> 'given up'"
    ).fetchall()
    acts = (fact_of(body) for (body,) in bodies)
    return sum(_places(act, quota) for act in acts if act.event == quota.event)


def _places(act: Fact, quota: Quota) -> int:
    """How many places of a quota an act takes; an exchange takes one where the ticket was not in it before."""
    if isinstance(act, Sold | Extended):
        return sum(covers(quota, line.item, line.variation, line.subevent) for line in act.lines)
    if isinstance(act, Exchanged):
        return sum(_comes_in(quota, swap) for swap in act.swaps)
    return 0


def _comes_in(quota: Quota, swap: Swap) -> bool:
    was_in = covers(quota, swap.was_item, swap.was_variation, swap.was_subevent)
    return covers(quota, swap.item, swap.variation, swap.subevent) and not was_in


def last_orders(connection: Connection, quota: Quota, limit: int) -> list[tuple[str, datetime | None]]:
    """The codes of the orders that took from a quota last and when they did, the latest first."""
    rows = connection.execute(
        f"SELECT o.code, o.placed_at {_TAKEN} GROUP BY o.code ORDER BY max(o.placed_at) DESC, o.code DESC LIMIT ?",
        (*_of(quota), limit),
    )
    return [(code, maybe_moment(at)) for code, at in rows.fetchall()]


def was_sold_too_much_here(connection: Connection, quota: Quota) -> bool:
    """Whether a station took money for one of the orders that came when nothing was left.

    Where none did, the organiser sold more on purpose, or has made the quota smaller: nobody's conflict here.
    """
    row = connection.execute(
        "SELECT 1 FROM (SELECT o.money AS money, sum(count(*)) OVER (ORDER BY o.placed_at, o.code) AS running"
        f" {_TAKEN} GROUP BY o.code) AS later, json_each(nullif(later.money, ''), '$.payments') AS payment"
        " WHERE later.running > ? AND payment.value ->> 'operation' <> '' LIMIT 1",
        (*_of(quota), quota.size),
    ).fetchone()
    return row is not None


_SOLD = (
    "SELECT p.item, p.variation, p.subevent, count(*)"
    " FROM positions p JOIN orders o ON o.event = p.event AND o.code = p.order_code"
    " WHERE p.event = ? AND NOT p.canceled AND o.status IN (SELECT value FROM json_each(?))"
    " AND p.item IN (SELECT value FROM json_each(?)) GROUP BY 1, 2, 3"
)
_TAKEN = (
    "FROM positions p JOIN orders o ON o.event = p.event AND o.code = p.order_code"
    " WHERE p.event = ? AND p.subevent IS ? AND NOT p.canceled AND o.status IN (SELECT value FROM json_each(?))"
    " AND p.item IN (SELECT value FROM json_each(?))"
    " AND (p.variation IS NULL OR p.variation IN (SELECT value FROM json_each(?)))"
)


def _of(quota: Quota) -> tuple[object, ...]:
    return quota.event, quota.subevent, *(_list(some) for some in (COUNTED, quota.items, quota.variations))


def _list(some: Iterable[object]) -> str:
    return msgspec.json.encode(list(some)).decode()


def anchor(connection: Connection) -> Anchor | None:
    """When the server last told the time."""
    row = connection.execute("SELECT anchor FROM server_clock").fetchone()
    return _anchors.decode(row[0]) if row else None


def set_anchor(connection: Connection, anchor: Anchor) -> None:
    """The server told the time."""
    connection.execute(
        "INSERT INTO server_clock (one, anchor) VALUES (1, ?1) ON CONFLICT (one) DO UPDATE SET anchor = ?1",
        (msgspec.json.encode(anchor).decode(),),
    )
