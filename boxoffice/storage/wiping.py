"""Wiping what a station holds of other people, for good, and keeping what it did itself.

First one transaction that says so and empties the tables, then what the engine does outside of one: a new file
without the old pages, and a log of no length. Cut off in between, the rest is done when the store is opened
next, before anybody reads it. The journal stays whole without its personal halves: its chain holds without them.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import msgspec

from boxoffice.domain.door import Door
from boxoffice.errors import StorageTrouble

from . import backup, checkins, outbox, payments, print_queue, receipt_book, redeeming, search_index, settings
from . import connection as connections
from .connection import Connection
from .settings import Departure
from .writer import transact

KEPT = (
    *("settings", "journal", "outbox", "checkins", "list_counts", "prints"),
    *("shifts", "receipts", "receipt_tenders", "cash_moves", "z_reports"),
    *("card_payments", "card_marks", "card_days", "drawer_counts", "permissions", "redemptions"),
)
"""Tables whose rows stay. Of the check-ins and prints only our own, which say no more than the journal does; of the
books the figures, without whom it was sold to."""
EMPTIED = (
    *("journal_private", "answers", "handouts", "conflicts", "settlements"),
    *("takings", "positions", "orders", "beneath", "blocked", "revoked", "media", "catalog", "feeds"),
    *("lease_draws", "leases", "server_clock", "sales", "held_carts", "card_errands"),
    *("vouchers", "gift_cards", "memberships"),
    *("photos", "proofs", "item_pictures", "pictures", "badge_choices", "badge_templates"),
    *("print_bytes", "print_queue", "operators"),
)
"""Tables of which nothing stays, children before their parents."""


def begin(connection: Connection, at: datetime, departure: Departure) -> None:
    """Empty the tables, and forget the server with its token. Belongs into one transaction."""
    for table in EMPTIED:
        connection.execute(f"DELETE FROM {table}")
    checkins.keep_own(connection)
    print_queue.keep_own(connection)
    receipt_book.forget_people(connection)
    payments.forget_people(connection)
    connection.execute("UPDATE permissions SET asked = '', permitted = '', reason = ''")
    redeeming.forget_codes(connection)
    outbox.give_up_exported(connection)
    connection.execute("UPDATE outbox SET because = NULL")  # The server's words may hold a name.
    search_index.begin_anew(connection)
    _forget_settings(connection)
    settings.put(connection, settings.DEPARTURE, msgspec.structs.replace(departure, wiping_since=at))


def _forget_settings(connection: Connection) -> None:
    """The token, and what this station does with lists and quotas whose numbers mean others at another server."""
    connection.execute(
        "DELETE FROM settings WHERE key IN ('enrolment', ?) OR key GLOB 'list/*' OR key GLOB 'stock/*'"
        " OR key GLOB 'design/*'",
        (settings.MEDIUM_KEYS,),
    )
    door = settings.get(connection, "door", Door, Door())
    settings.put(connection, "door", msgspec.structs.replace(door, lists=()))


def finish(connection: Connection, store: Path) -> None:
    """Do the rest of a wipe that has begun, if one has; must not run inside a transaction.

    Raises `StorageTrouble` while somebody else still reads what was there before.
    """
    departure = settings.departure(connection)
    if departure is None or departure.wiping_since is None or departure.wiped_at is not None:
        return
    backup.drop_kept(store)
    connection.execute("VACUUM")
    if connections.empty_log(connection):
        done = msgspec.structs.replace(departure, wiped_at=departure.wiping_since)
        transact(connection, lambda c: settings.put(c, settings.DEPARTURE, done))
        return
    raise StorageTrouble(
        "Not everything is wiped yet",
        "Some part of this program still reads what was there. What is left is encrypted.",
        "Close the app and open it again: it goes on by itself.",
    )
