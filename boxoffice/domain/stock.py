"""Limited items where no server can be asked: how many of them a station may sell by itself.

A lease is a number of tickets of one quota that the server has set aside for one station until a time. Two
stations that hear of nobody cannot both sell the last ticket, because it stands in one lease only. Whether
a lease still holds is asked of a trusted time, which the server told, and not of a clock that people set.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from .catalog import Quota
from .orders import Order, Status


class Lease(msgspec.Struct, frozen=True, kw_only=True):
    """What is set aside for one station out of one quota."""

    event: str
    quota: int
    granted: int
    """Tickets in all, those that were sold meanwhile included."""
    sold: int = 0
    until: datetime
    """By the server's clock. What was not sold by then is not sold from this lease any more."""
    turn: int = 0
    """Counts the station's wishes, so that one that comes late is known from one that is new."""

    def left(self, now: datetime | None) -> int:
        """How many may still be sold at a trusted time. None at all where nobody can say what time it is."""
        if now is None or now >= self.until:
            return 0
        return max(0, self.granted - self.sold)


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """One thing in a cart, as far as stock is concerned."""

    item: int
    variation: int | None = None
    subevent: int | None = None
    number: int = 1


class Sale(StrEnum):
    """Whether something limited may be sold without asking the server."""

    COVERED = "covered"
    """Nobody else can sell what this sale takes."""
    RISK = "risk"
    """There may be some left, but others may be selling them now: it takes permission, and is marked."""
    REFUSED = "refused"
    """As far as this station knows, there are none left."""


class Ruling(msgspec.Struct, frozen=True, kw_only=True):
    """What the rule says about one sale, and from which quotas' leases it takes how many."""

    sale: Sale
    draws: Mapping[int, int] = {}
    """Quota to the number of tickets taken from its lease."""
    short: Mapping[int, int] = {}
    """Quota to the number of tickets that no lease covers."""


def covers(quota: Quota, item: int, variation: int | None, subevent: int | None) -> bool:
    """Whether something for sale counts against a quota."""
    if item not in quota.items or quota.subevent != subevent:
        return False
    return variation is None or variation in quota.variations


class Outlook(msgspec.Struct, frozen=True, kw_only=True):
    """What a till may sell of limited quotas, as far as it knows."""

    left: Mapping[int, int] = {}
    """By quota the tickets that there are, whoever sells them."""
    here: Mapping[int, int] = {}
    """Those that this till may sell without asking anybody."""

    def needs(self, pieces: Iterable[Piece], quotas: Iterable[Quota]) -> dict[int, int]:
        """By quota what some pieces take, where that is more than this till may sell."""
        needed = needed_of(pieces, quotas)
        return {quota: number for quota, number in needed.items() if number > self.here.get(quota, number)}

    def lacks(self, needed: Mapping[int, int]) -> bool:
        """Whether there are fewer than needed."""
        return any(number > self.left.get(quota, number) for quota, number in needed.items())


def needed_of(pieces: Iterable[Piece], quotas: Iterable[Quota]) -> dict[int, int]:
    """How many tickets of each limited quota some pieces take."""
    cart = list(pieces)
    counts = {
        quota.id: sum(one.number for one in cart if covers(quota, one.item, one.variation, one.subevent))
        for quota in quotas
        if quota.size is not None
    }
    return {quota: number for quota, number in counts.items() if number}


RESERVE = 20
"""Where a server sets nothing aside, a till sells by itself while more than so many are left of a quota."""


def sell_offline(
    pieces: Iterable[Piece],
    quotas: Iterable[Quota],
    leases: Mapping[int, Lease],
    taken: Mapping[int, int],
    now: datetime | None,
    reserve: int | None = None,
) -> Ruling:
    """Rule on a sale that cannot ask the server. Something that stands in several quotas needs room in each.

    `taken` says how many of a quota are gone as far as this station knows. `now` is trusted, or None. With a
    `reserve` nobody sets anything aside, and it is no risk as long as so many are left for whoever sells elsewhere.
    """
    cart = list(pieces)
    draws: dict[int, int] = {}
    short: dict[int, int] = {}
    sold_out = False
    for quota in quotas:
        needed = sum(one.number for one in cart if covers(quota, one.item, one.variation, one.subevent))
        if quota.size is None or not needed:
            continue
        lease = leases.get(quota.id)
        from_lease = min(needed, lease.left(now) if lease else 0)
        if from_lease:
            draws[quota.id] = from_lease
        if from_lease == needed:
            continue
        if reserve is not None and quota.size - taken.get(quota.id, 0) - needed >= reserve:
            continue
        short[quota.id] = needed - from_lease
        # What is left in our own lease is not taken yet, but it is spoken for by this very sale.
        sold_out = sold_out or quota.size - taken.get(quota.id, 0) < needed
    if not short:
        return Ruling(sale=Sale.COVERED, draws=draws)
    return Ruling(sale=Sale.REFUSED if sold_out else Sale.RISK, draws=draws, short=short)


COUNTED = frozenset({Status.PENDING, Status.PAID})
"""Orders that take something from a quota; one that expired or was cancelled gives it back."""


def taken_by(order: Order, quotas: Sequence[Quota]) -> dict[int, int]:
    """How many tickets of each quota an order takes."""
    if order.status not in COUNTED:
        return {}
    counts: dict[int, int] = {}
    for quota in quotas:
        number = sum(
            not one.canceled and covers(quota, one.item, one.variation, one.subevent) for one in order.positions
        )
        if number:
            counts[quota.id] = number
    return counts


class Granting(msgspec.Struct, frozen=True):
    """A quota as the server sees it when a station wishes for some of it."""

    size: int | None
    allowance: int | None
    """How many may be sold at the doors at all; None for no such limit."""
    taken: int
    """Tickets in orders that the server has."""
    set_aside: int
    """Tickets in other stations' leases that the server has no orders for."""
    at_doors: int
    """Tickets that other stations were ever granted and did not give back."""


def grant(quota: Granting, held: int, sold: int, wanted: int) -> int:
    """How many tickets a station is granted in all: those it sold, and as many of those it wants as there are.

    `held` is what it was granted before; none of it that it still wants is taken away.
    """
    kept = min(wanted, max(0, held - sold))
    limits = [wanted]
    if quota.size is not None:
        limits.append(quota.size - quota.taken - quota.set_aside)
    if quota.allowance is not None:
        limits.append(quota.allowance - quota.at_doors - sold)
    return sold + max(kept, min(limits))


class Anchor(msgspec.Struct, frozen=True):
    """The last time that the server told, and what this machine's two clocks said at that moment."""

    server: datetime
    wall: datetime
    steady: float
    """Seconds of a clock that nobody sets; it means nothing to another process."""
    process: str


def trusted_now(anchor: Anchor | None, wall: datetime, steady: float, process: str) -> datetime | None:
    """What time it is at the server, or later; None if nobody can say.

    The steady clock may stand still while a laptop sleeps and the wall clock may be set, so whichever went
    further counts: a lease may end too soon by that, never too late.
    """
    if anchor is None:
        return None
    by_wall = wall - anchor.wall
    if process == anchor.process:
        return anchor.server + max(by_wall, timedelta(seconds=steady - anchor.steady))
    return anchor.server + by_wall if by_wall >= timedelta() else None
