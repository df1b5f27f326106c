"""Selling what is limited while no server can be asked: the rule, with what this station knows.

The time that counts is the server's, carried on by two clocks of this machine. A station that was never
told the time, or whose clock was set back while it was off, sells nothing from a lease until it is told again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

import msgspec

from boxoffice.domain.catalog import Catalog, Quota
from boxoffice.domain.stock import RESERVE, Anchor, Outlook, Piece, Ruling, Sale, covers, sell_offline, trusted_now
from boxoffice.domain.vouchers import kept_back, plain_code
from boxoffice.errors import Refused
from boxoffice.ids import new_id
from boxoffice.storage import feeds, leases, redeeming, settings
from boxoffice.storage.catalog import Shelf
from boxoffice.storage.connection import Connection
from boxoffice.storage.settings import InHand


def _wall() -> datetime:
    return datetime.now(UTC)


def _left(connection: Connection, quota: Quota, kept_back: int = 0) -> int:
    if quota.available is not None:
        return max(0, quota.available - leases.unsent(connection, quota))
    return max(0, (quota.size or 0) - leases.taken(connection, quota) - kept_back)


def _kept_back(connection: Connection, catalog: Catalog) -> dict[int, int]:
    """Tickets that are kept back for vouchers, by quota; a server that counts itself has taken them off already."""
    blocking = redeeming.blocking(connection, catalog.event.slug)
    used = {plain_code(one.code): redeeming.used_here(connection, one.event, one.code)[0] for one in blocking}
    return kept_back(blocking, catalog, used) if blocking else {}


def have_in_hand(connection: Connection, event: str, number: int, until: datetime) -> None:
    """Want so many tickets of each limited quota set aside until a time; none gives back what there is."""
    settings.want_in_hand(connection, event, InHand(number=number, until=until) if number > 0 else None)


def _reserve(connection: Connection) -> int | None:
    """How many have to be left for others where the server sets nothing aside; None where it does."""
    enrolment = settings.enrolment(connection)
    return RESERVE if enrolment is not None and enrolment.kind == "pretix" else None


class Stock:
    """The station's share of what is limited."""

    def __init__(
        self, shelf: Shelf, wall: Callable[[], datetime] = _wall, steady: Callable[[], float] = time.monotonic
    ) -> None:
        """`steady` counts seconds and is never set; `wall` is the clock on the wall."""
        self._shelf = shelf
        self._wall = wall
        self._steady = steady
        self._process = new_id()

    def told(self, connection: Connection, server: datetime) -> None:
        """The server said what time it is, a moment ago."""
        leases.set_anchor(connection, Anchor(server, self._wall(), self._steady(), self._process))

    def now(self, connection: Connection) -> datetime | None:
        """What time it is at the server, as far as anybody here can know."""
        return trusted_now(leases.anchor(connection), self._wall(), self._steady(), self._process)

    def set_aside(self, connection: Connection, event: str, number: int, until: datetime) -> None:
        """Have so many tickets of each limited quota set aside for this till until its day ends.

        The next round with the server sees to it, keeps it topped up, and gives back what is left when
        `until` has come. Servers that know no leases are asked for none.
        """
        have_in_hand(connection, event, number, until)

    def give_back(self, connection: Connection, event: str) -> None:
        """The till has closed: the next round gives back what was not sold."""
        have_in_hand(connection, event, 0, self._wall())

    def left(self, connection: Connection, event: str) -> dict[int, int]:
        """How many of each limited quota are left as far as this station knows.

        Where the server counts itself, its figure stands, without what was sold here and it does not know yet:
        it knows of vouchers, of carts and of guests who have left again. Else the orders are counted.
        """
        catalog = self._shelf.of(connection, event)
        back = _kept_back(connection, catalog)
        return {
            quota.id: _left(connection, quota, back.get(quota.id, 0))
            for quota in catalog.quotas.values()
            if quota.size is not None
        }

    def outlook(self, connection: Connection, event: str) -> Outlook:
        """What is left, and what this till may sell of it as it stands."""
        left, reserve = self.left(connection, event), _reserve(connection)
        if reserve is not None:
            return Outlook(left=left, here={quota: max(0, number - reserve) for quota, number in left.items()})
        held, now = leases.of_event(connection, event), self.now(connection)
        return Outlook(left=left, here={quota: held[quota].left(now) if quota in held else 0 for quota in left})

    def want(self, connection: Connection, event: str, needed: Mapping[int, int]) -> None:
        """Have more of some quotas set aside than of the others, or some of one of which there is nothing in hand.

        Somebody is about to buy so many.
        """
        wanted = settings.in_hand(connection).get(event)
        held = leases.of_event(connection, event)
        in_hand = {quota: lease.granted - lease.sold for quota, lease in held.items()}
        if wanted is not None and any(number > in_hand.get(quota, 0) for quota, number in needed.items()):
            more = {str(quota): max(number, wanted.of(quota)) for quota, number in needed.items()}
            settings.want_in_hand(connection, event, msgspec.structs.replace(wanted, more={**wanted.more, **more}))

    def had(self, connection: Connection, event: str, quota: int) -> None:
        """What was wanted beyond the others was set aside; from now on this quota is one like the others."""
        wanted = settings.in_hand(connection).get(event)
        if wanted is not None and str(quota) in wanted.more:
            more = {name: number for name, number in wanted.more.items() if name != str(quota)}
            settings.want_in_hand(connection, event, msgspec.structs.replace(wanted, more=more))

    def rule(self, connection: Connection, event: str, pieces: Sequence[Piece]) -> Ruling:
        """Whether these may be sold without asking the server."""
        catalog = self._shelf.of(connection, event)
        concerned = [
            quota
            for quota in catalog.quotas.values()
            if quota.size is not None and any(covers(quota, one.item, one.variation, one.subevent) for one in pieces)
        ]
        if not concerned:
            return Ruling(sale=Sale.COVERED)
        back = _kept_back(connection, catalog)
        taken = {quota.id: (quota.size or 0) - _left(connection, quota, back.get(quota.id, 0)) for quota in concerned}
        held = leases.of_event(connection, event)
        return sell_offline(pieces, concerned, held, taken, self.now(connection), _reserve(connection))

    def sell(
        self, connection: Connection, event: str, operation: str, pieces: Sequence[Piece], *, may_oversell: bool = False
    ) -> Ruling:
        """Take what a sale needs, under its operation id and in its transaction; the ruling says if it is a risk.

        Raises `Refused` if there is nothing left, if it is a risk that nobody here may take, and while nobody here
        can know what is limited.
        """
        ruling = self.mind(connection, event, pieces, may_oversell=may_oversell)
        leases.draw(connection, event, operation, ruling.draws)
        return ruling

    def mind(
        self, connection: Connection, event: str, pieces: Sequence[Piece], *, may_oversell: bool = False
    ) -> Ruling:
        """Like `sell`, and nothing is taken yet."""
        if not feeds.catalog_is_whole(connection, event):
            raise Refused(
                "This event has not come whole yet",
                "What is limited, and what it costs, may be missing here. Nothing was sold.",
                "Wait until it has been fetched.",
            )
        ruling = self.rule(connection, event, pieces)
        if ruling.sale is Sale.REFUSED:
            raise Refused("Sold out", "As far as this station knows, none are left.", "Ask the server once it is back.")
        if ruling.sale is Sale.RISK and not may_oversell:
            raise Refused(
                "Others may be selling the last ones",
                "The server cannot be asked, and nothing is set aside for this station.",
                "Wait for the network, or let somebody with permission take the risk.",
            )
        return ruling
