"""The hub's tables, for SQLite and PostgreSQL alike, and the steps from one shape of them to the next.

A released step is never edited; a new shape is a new step. Documents are what stations are told: one row
for each noun at its latest version. Acts are what stations tell: the journal as it arrived, never changed.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    inspect,
    text,
)

from boxoffice.errors import StorageTrouble

Step = Callable[[Connection], None]

THAT_EDIT = "kind IN ('edited', 'exchanged')"
"""Of an act: it puts right what stood somewhere."""

Whole = BigInteger().with_variant(Integer(), "sqlite")
"""A 64-bit number; SQLite's strict tables know it by one name only."""


def _first(connection: Connection) -> None:
    tables = MetaData()
    Table(
        "documents",
        tables,
        Column("event", Text, primary_key=True),
        Column("kind", Text, primary_key=True),
        Column("id", Text, primary_key=True),
        Column("version", Whole, nullable=False),
        Column("body", Text),  # null: the noun is gone
        Index("documents_by_version", "event", "version", unique=True),
        Index(
            "documents_events", "event", sqlite_where=text("kind = 'event'"), postgresql_where=text("kind = 'event'")
        ),
        sqlite_strict=True,
    )
    Table("unfinished", tables, Column("event", Text, primary_key=True), sqlite_strict=True)
    Table("newest", tables, Column("version", Whole, nullable=False), sqlite_strict=True)
    Table(
        "acts",
        tables,
        Column("operation", Text, primary_key=True),
        Column("device", Text, nullable=False),
        Column("epoch", Whole, nullable=False),
        Column("sequence", Whole, nullable=False),
        Column("kind", Text, nullable=False),
        Column("body", Text, nullable=False),
        Column("previous", Text, nullable=False),
        Column("hash", Text, nullable=False),
        Column("private", Text, nullable=False),
        Column("salt", Text, nullable=False),
        Column("outcome", Text, nullable=False),
        Column("because", Text, nullable=False),
        Column("fault", Text, nullable=False),  # what is wrong with its place in the chain
        Column("received_at", Whole, nullable=False),
        Index("acts_by_place", "device", "epoch", "sequence", "hash"),
        Index("acts_that_edit", "received_at", sqlite_where=text(THAT_EDIT), postgresql_where=text(THAT_EDIT)),
        sqlite_strict=True,
    )
    Table("relays", tables, Column("operation", Text, primary_key=True), sqlite_strict=True)
    Table(
        "devices",
        tables,
        Column("id", Text, primary_key=True),
        Column("name", Text, nullable=False),
        Column("token", Text, nullable=False, unique=True),
        Column("next_token", Text, unique=True),
        Column("role", Text, nullable=False),
        Column("events", Text, nullable=False),  # JSON; an empty list is all events
        Column("gate", Text, nullable=False),
        Column("software", Text, nullable=False),
        Column("hardware", Text, nullable=False),
        Column("os", Text, nullable=False),
        Column("enrolled_at", Whole, nullable=False),
        Column("seen_at", Whole, nullable=False),
        Column("revoked_at", Whole),
        sqlite_strict=True,
    )
    Table(
        "marks",
        tables,
        Column("device", Text, primary_key=True),
        Column("epoch", Whole, primary_key=True),
        Column("high_water", Whole, nullable=False),
        Column("held", Whole, nullable=False),  # sequences that are there; fewer than the mark means a gap
        Column("alarm", Text, nullable=False),
        sqlite_strict=True,
    )
    Table(
        "invitations",
        tables,
        Column("token", Text, primary_key=True),
        Column("name", Text, nullable=False),
        Column("role", Text, nullable=False),
        Column("events", Text, nullable=False),
        Column("gate", Text, nullable=False),
        Column("made_at", Whole, nullable=False),
        Column("used_at", Whole),
        Column("device", Text),
        sqlite_strict=True,
    )
    Table(
        "leases",
        tables,
        Column("event", Text, primary_key=True),
        Column("quota", Whole, primary_key=True),
        Column("device", Text, primary_key=True),
        Column("granted", Whole, nullable=False),
        Column("sold", Whole, nullable=False),
        Column("until", Whole, nullable=False),
        Column("turn", Whole, nullable=False),
        sqlite_strict=True,
    )
    Table(
        "admins",
        tables,
        Column("token", Text, primary_key=True),
        Column("name", Text, nullable=False),
        Column("made_at", Whole, nullable=False),
        sqlite_strict=True,
    )
    Table(
        "sessions",
        tables,
        Column("id", Text, primary_key=True),
        Column("admin", Text, nullable=False),
        Column("until", Whole, nullable=False),
        sqlite_strict=True,
    )
    Table(
        "settings",
        tables,
        Column("name", Text, primary_key=True),
        Column("value", Text, nullable=False),
        sqlite_strict=True,
    )
    Table(
        "eras",
        tables,
        Column("number", Whole, primary_key=True, autoincrement=False),
        Column("name", Text, nullable=False, unique=True),
        Column("begins_after", Whole, nullable=False),  # the last version of the eras before
        sqlite_strict=True,
    )
    tables.create_all(connection, checkfirst=False)
    connection.execute(text("INSERT INTO newest (version) VALUES (0)"))


STEPS: tuple[Step, ...] = (_first,)


def bring_up(connection: Connection) -> None:
    """Bring the tables to the newest shape. Belongs into one transaction."""
    if not inspect(connection).has_table("shape"):
        connection.execute(text("CREATE TABLE shape (number INTEGER NOT NULL)"))
        connection.execute(text("INSERT INTO shape (number) VALUES (0)"))
    number = connection.execute(text("SELECT number FROM shape")).scalar_one()
    if number > len(STEPS):
        raise StorageTrouble(
            "This hub's store is newer than the program",
            f"It has shape {number}; this version knows {len(STEPS)}. Nothing was changed.",
            "Start the newer version again.",
        )
    for step in STEPS[number:]:
        step(connection)
    connection.execute(text("UPDATE shape SET number = :number"), {"number": len(STEPS)})
