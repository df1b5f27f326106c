"""Setting tickets aside for stations that will have to sell without asking.

A station says how many it has sold and how many it wants to have in hand; with that it takes a lease,
renews it, gives some or all of it back. The wish says everything, so it may be repeated, and its turn tells
an old one that comes late from a new one. What is set aside is sold by nobody else. An expired lease stays
set aside until its station has said what became of it, for it may have sold all of it without a network; or
until a person writes it off.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import Connection, text

from boxoffice.decoding import decoder
from boxoffice.domain.catalog import Catalog, Event, Quota
from boxoffice.domain.instants import micros, moment
from boxoffice.domain.orders import Order
from boxoffice.domain.stock import Granting, Lease, grant, taken_by
from boxoffice.domain.vouchers import Voucher, kept_back
from boxoffice.ports import Role
from sync.wire.hub import Wish

from . import auth, documents, sql
from .answers import No
from .auth import Caller

LASTS = timedelta(hours=4)
"""How long a station may sell from a lease without hearing from the hub."""

_orders = decoder(Order)
_quotas = decoder(Quota)
_vouchers = decoder(Voucher)

_COLUMNS = "SELECT device, event, quota, granted, sold, until, turn FROM leases"
_MINE = text(f"{_COLUMNS} WHERE event = :event AND quota = :quota AND device = :device")
_ALL = text(f"{_COLUMNS} ORDER BY until, device, event, quota")
_OTHERS = text(
    "SELECT coalesce(sum(granted - sold), 0), coalesce(sum(granted), 0) FROM leases"
    " WHERE event = :event AND quota = :quota AND device <> :device"
)
_KEEP = text(
    "INSERT INTO leases (event, quota, device, granted, sold, until, turn)"
    " VALUES (:event, :quota, :device, :granted, :sold, :until, :turn)"
    " ON CONFLICT (event, quota, device) DO UPDATE SET granted = excluded.granted, sold = excluded.sold,"
    " until = excluded.until, turn = excluded.turn"
)
_FREEABLE = "device = :device AND granted > sold AND (:all = 1 OR until <= :now)"
_FREED = text(f"SELECT coalesce(sum(granted - sold), 0) FROM leases WHERE {_FREEABLE}")
_WRITE_OFF = text(f"UPDATE leases SET granted = sold WHERE {_FREEABLE}")
_ORDERS = text("SELECT body FROM documents WHERE event = :event AND kind = 'order' AND body IS NOT NULL")
_NEWER_ORDER = text("SELECT 1 FROM documents WHERE event = :event AND version > :version AND kind = 'order' LIMIT 1")


class Counted(msgspec.Struct, frozen=True):
    """How many tickets of a quota were in orders, or kept back for vouchers, at one version of the store."""

    quota: Quota
    taken: int
    version: int


class Held(msgspec.Struct, frozen=True):
    """A lease and whose it is."""

    device: str
    lease: Lease


def count(connection: Connection, caller: Caller, event: str, wish: Wish) -> Counted:
    """Count what is gone of a quota. It takes a while with many orders, so no writer should wait for it.

    Raises `No` for a role that sells nothing, and for a quota that is not there.
    """
    if caller.role is Role.STEWARD:
        raise No(403, "role", "A steward's station sells nothing.")
    body = documents.body(connection, event, "quota", str(wish.quota))
    if body is None:
        raise No(404, "quota", "There is no such quota in this event.")
    quota = _quotas.decode(body)
    taken = sum(taken_by(order, [quota]).get(quota.id, 0) for order in _orders_of(connection, event))
    taken += _kept_back(connection, event, quota)
    return Counted(quota, taken, documents.newest(connection))


def _orders_of(connection: Connection, event: str) -> Iterator[Order]:
    for (body,) in sql.rows(connection, _ORDERS, {"event": event}):
        yield _orders.decode(body)


def _kept_back(connection: Connection, event: str, quota: Quota) -> int:
    """What is kept back for vouchers that are not used up is nobody's to sell without one."""
    vouchers = [_vouchers.decode(body) for body in documents.of_kind(connection, event, "voucher")]
    catalog = Catalog(event=Event(slug=event), quotas={quota.id: quota})
    return kept_back([one for one in vouchers if one.block_quota], catalog, {}).get(quota.id, 0)


def settle(connection: Connection, caller: Caller, event: str, wish: Wish, counted: Counted, now: datetime) -> Lease:
    """Fulfil a wish as far as there are tickets; what the station holds now. Raises `No` like `count`."""
    auth.hold(connection, [caller], micros(now))
    before = _mine(connection, caller, event, wish)
    if wish.turn <= before.turn:
        return before
    if sql.row(connection, _NEWER_ORDER, {"event": event, "version": counted.version}):
        counted = count(connection, caller, event, wish)
    quota = counted.quota
    others = {"event": event, "quota": quota.id, "device": caller.id}
    [(set_aside, at_doors)] = sql.rows(connection, _OTHERS, others)
    sold = max(before.sold, wish.sold)
    granting = Granting(quota.size, quota.door_allowance, counted.taken, int(set_aside), int(at_doors))
    granted = grant(granting, max(before.granted, sold), sold, wish.wanted)
    lease = Lease(event=event, quota=quota.id, granted=granted, sold=sold, until=now + LASTS, turn=wish.turn)
    _keep(connection, caller.id, lease)
    return lease


def _mine(connection: Connection, caller: Caller, event: str, wish: Wish) -> Lease:
    place = {"event": event, "quota": wish.quota, "device": caller.id}
    found = sql.row(connection, _MINE, place)
    return _held(*found).lease if found else Lease(event=event, quota=wish.quota, granted=0, until=moment(0))


def _held(device: str, event: str, quota: int, granted: int, sold: int, until: int, turn: int) -> Held:
    lease = Lease(event=event, quota=quota, granted=granted, sold=sold, until=moment(until), turn=turn)
    return Held(device, lease)


def _keep(connection: Connection, device: str, lease: Lease) -> None:
    values = msgspec.structs.asdict(lease)
    sql.run(connection, _KEEP, {**values, "device": device, "until": micros(lease.until)})


def outstanding(connection: Connection) -> list[Held]:
    """All leases, those that end soonest first."""
    return [_held(*row) for row in sql.rows(connection, _ALL)]


def write_off(connection: Connection, device: str, now: datetime, *, running: bool = False) -> int:
    """Let others have what a device did not sell from its expired leases; how many tickets those are.

    With `running`, from all of its leases. Only a person can know that the device has sold nothing that the
    hub has not heard of.
    """
    which = {"device": device, "now": micros(now), "all": int(running)}
    [(freed,)] = sql.rows(connection, _FREED, which)
    sql.run(connection, _WRITE_OFF, which)
    return int(freed)
