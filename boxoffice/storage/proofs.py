"""Proofs that money is on its way: photos of transfer slips, each with the order that it is about.

They lie in the encrypted store beside the other pictures and are forgotten with them when the station is wiped.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from boxoffice.domain.instants import micros, moment

from . import badges
from .connection import Connection


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """One picture, and who took it in."""

    picture: str
    """The digest under which the store keeps it."""
    at: datetime
    operator: str = ""
    reference: str = ""


def put(
    connection: Connection, event: str, order: str, picture: str, at: datetime, operator: str = "", reference: str = ""
) -> None:
    """Keep a proof of an order. The same picture twice is one."""
    connection.execute(
        "INSERT OR IGNORE INTO proofs (event, order_code, picture, at, operator, reference) VALUES (?, ?, ?, ?, ?, ?)",
        (event, order, picture, micros(at), operator, reference),
    )


def of_order(connection: Connection, event: str, order: str) -> list[Proof]:
    """The proofs of an order, oldest first."""
    rows = connection.execute(
        "SELECT picture, at, operator, reference FROM proofs WHERE event = ? AND order_code = ? ORDER BY at, picture",
        (event, order),
    )
    return [Proof(picture=row[0], at=moment(row[1]), operator=row[2], reference=row[3]) for row in rows.fetchall()]


def image(connection: Connection, proof: Proof) -> bytes | None:
    """The picture itself."""
    return badges.picture(connection, proof.picture)
