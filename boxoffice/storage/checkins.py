"""Who passed which list and when: our own passages and those that other stations told of.

A passage is kept once, by its scan's nonce, whoever saw it. Counts per list are kept beside the rows,
moved in the same transaction by what the one ticket added or took away; `verify` counts them again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec

from boxoffice.decoding import decode
from boxoffice.domain.catalog import CheckInList
from boxoffice.domain.checkins import CheckIn, HandOut
from boxoffice.domain.instants import micros, moment
from boxoffice.domain.passages import Direction, Passage

from .connection import Connection

_COLUMNS = "nonce, event, list, ticket, direction, at, gate, device, device_id, person, forced, unaware, annulled, auto"
_DIRECTIONS = {direction.value: direction for direction in Direction}
_PUT = f"INSERT INTO checkins ({_COLUMNS}, own) VALUES ({', '.join('?' * 15)}) ON CONFLICT (nonce) DO NOTHING"


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of one list."""

    entries: int = 0
    """Passages inwards, re-entries included."""
    tickets: int = 0
    """Tickets that came in at least once."""
    inside: int = 0


def put(connection: Connection, checkin: CheckIn, *, own: bool, first: bool = False) -> bool:
    """Keep a passage; whether anything changed. One that was annulled once stays annulled.

    `first` says that the caller has just seen that there is none of this ticket yet.
    """
    rows = [] if first else _standing(connection, checkin)
    at, direction = micros(checkin.at), str(checkin.direction)
    cursor = connection.execute(
        _PUT,
        (
            checkin.nonce,
            checkin.event,
            checkin.list,
            checkin.ticket,
            direction,
            at,
            checkin.gate,
            checkin.device,
            checkin.device_id,
            checkin.person,
            checkin.forced,
            checkin.unaware,
            checkin.annulled,
            checkin.auto,
            own,
        ),
    )
    if cursor.rowcount > 0:
        if not checkin.annulled:
            after = [*rows, (at, direction)]
            if rows and after[-1][0] < rows[-1][0]:
                after.sort(key=_at)
            _recount(connection, checkin, rows, after)
        return True
    if not checkin.annulled:
        return False
    return bool(_annul(connection, checkin))


def _at(row: tuple[int, str]) -> int:
    return row[0]


def annul(connection: Connection, nonce: str) -> list[CheckIn]:
    """Take back a passage and what followed from it; the passages that no longer count."""
    every = _read(connection, f"nonce = ? OR ({_FOLLOWING})", (nonce, *_following(nonce)))
    taken = [one for one in every if not one.annulled]
    for one in taken:
        _annul(connection, one)
    return taken


def _annul(connection: Connection, checkin: CheckIn) -> bool:
    before = _standing(connection, checkin)
    cursor = connection.execute("UPDATE checkins SET annulled = 1 WHERE nonce = ? AND annulled = 0", (checkin.nonce,))
    if cursor.rowcount <= 0:
        return False
    _recount(connection, checkin, before, _standing(connection, checkin))
    return True


def find(connection: Connection, nonce: str) -> CheckIn | None:
    """The passage of one scan."""
    found = _read(connection, "nonce = ?", (nonce,))
    return found[0] if found else None


def history(connection: Connection, event: str, list_id: int, tickets: Sequence[str]) -> tuple[Passage, ...]:
    """The passages that count of a ticket (under all its names) on one list, oldest first."""
    return tuple(one.passage() for one in on_list(connection, event, list_id, tickets))


def on_list(connection: Connection, event: str, list_id: int, tickets: Sequence[str]) -> list[CheckIn]:
    """Like `history`, with everything that is known of each passage."""
    marks = ", ".join("?" * len(tickets))
    return _read(
        connection, f"event = ? AND ticket IN ({marks}) AND list = ? AND annulled = 0", (event, *tickets, list_id)
    )


def of_ticket(connection: Connection, event: str, tickets: Sequence[str]) -> list[CheckIn]:
    """All passages of a ticket on all lists, annulled ones too, oldest first."""
    marks = ", ".join("?" * len(tickets))
    return _read(connection, f"event = ? AND ticket IN ({marks})", (event, *tickets))


def of_order(connection: Connection, event: str, code: str) -> list[CheckIn]:
    """The passages that count of all tickets of an order, on all lists."""
    # "." comes right behind "-", so this is everything that begins with `CODE-`.
    return _read(
        connection, "event = ? AND ticket >= ? AND ticket < ? AND annulled = 0", (event, f"{code}-", f"{code}.")
    )


def first_entries(connection: Connection, event: str) -> dict[str, datetime]:
    """When each ticket of an event was first let in, on any list."""
    rows = connection.execute(
        "SELECT ticket, min(at) FROM checkins WHERE event = ? AND direction = 'entry' AND NOT annulled GROUP BY ticket",
        (event,),
    )
    return {ticket: moment(at) for ticket, at in rows.fetchall()}


def is_told_of(connection: Connection, checkin: CheckIn) -> bool:
    """Whether the server tells of a passage that this station saw itself, under a name of the server's own.

    A station does not see one ticket pass one list twice in the same microsecond. A signed ticket may
    have had another name when it passed, and the station another id, if it was enrolled anew since.
    """
    row = connection.execute(
        "SELECT 1 FROM checkins WHERE event = ? AND list = ? AND at = ? AND direction = ? AND own"
        " AND (ticket = ? OR ticket GLOB 'sig:*') AND nonce <> ?",
        (
            *(checkin.event, checkin.list, micros(checkin.at), checkin.direction.value),
            *(checkin.ticket, checkin.nonce),
        ),
    ).fetchone()
    return row is not None


def followed_from(connection: Connection, nonce: str) -> list[CheckIn]:
    """The exits elsewhere that followed from one entry, taken back or not."""
    return _read(connection, _FOLLOWING, _following(nonce))


_FOLLOWING = "nonce >= ? AND nonce < ?"


def _following(nonce: str) -> tuple[str, str]:
    """Between which nonces those of what followed from a scan lie. "0" comes right behind "/"."""
    return f"{nonce}/", f"{nonce}0"


def is_own(connection: Connection, nonce: str) -> bool:
    """Whether this station saw the passage itself."""
    row = connection.execute("SELECT own FROM checkins WHERE nonce = ?", (nonce,)).fetchone()
    return bool(row and row[0])


def _read(connection: Connection, condition: str, values: Iterable[object]) -> list[CheckIn]:
    rows = connection.execute(f"SELECT {_COLUMNS} FROM checkins WHERE {condition} ORDER BY at, id", tuple(values))
    return [_checkin(row) for row in rows.fetchall()]


def _checkin(row: Sequence[Any]) -> CheckIn:
    return CheckIn(
        nonce=row[0],
        event=row[1],
        list=row[2],
        ticket=row[3],
        direction=_DIRECTIONS[row[4]],
        at=moment(row[5]),
        gate=row[6],
        device=row[7],
        device_id=row[8],
        person=row[9],
        forced=bool(row[10]),
        unaware=bool(row[11]),
        annulled=bool(row[12]),
        auto=bool(row[13]),
    )


def _standing(connection: Connection, checkin: CheckIn) -> list[tuple[int, str]]:
    """Time and direction of what counts of this ticket on this list, oldest first."""
    rows: list[tuple[int, str]] = connection.execute(
        "SELECT at, direction FROM checkins WHERE event = ? AND ticket = ? AND list = ? AND annulled = 0"
        " ORDER BY at, id",
        (checkin.event, checkin.ticket, checkin.list),
    ).fetchall()
    return rows


def _share(rows: list[tuple[int, str]]) -> tuple[int, int, int]:
    """What one ticket adds to its list's counts: entries, whether it came in, whether it is inside."""
    if not rows:
        return 0, 0, 0
    entries = [direction for _, direction in rows].count("entry")
    return entries, int(entries > 0), int(rows[-1][1] == "entry")


def _recount(
    connection: Connection, checkin: CheckIn, before: list[tuple[int, str]], after: list[tuple[int, str]]
) -> None:
    moved = [new - old for new, old in zip(_share(after), _share(before), strict=True)]
    if not any(moved):
        return
    connection.execute(
        "INSERT INTO list_counts (event, list, entries, tickets, inside) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (event, list) DO UPDATE SET entries = entries + excluded.entries,"
        " tickets = tickets + excluded.tickets, inside = inside + excluded.inside",
        (checkin.event, checkin.list, *moved),
    )


def counts(connection: Connection, gate_list: CheckInList, closed: datetime | None = None) -> Counts:
    """The figures of a list. Where it sent everybody home at `closed`, only those who came in later are inside."""
    row = connection.execute(
        "SELECT entries, tickets, inside FROM list_counts WHERE event = ? AND list = ?",
        (gate_list.event, gate_list.id),
    ).fetchone()
    entries, tickets, inside = row or (0, 0, 0)
    if closed is not None:
        inside = _inside_since(connection, gate_list, closed)
    return Counts(entries=entries, tickets=tickets, inside=inside)


def _inside_since(connection: Connection, gate_list: CheckInList, since: datetime) -> int:
    row = connection.execute(
        "SELECT count(*) FROM (SELECT direction, row_number() OVER (PARTITION BY ticket ORDER BY at DESC, id DESC) AS n"
        " FROM checkins WHERE event = ? AND list = ? AND annulled = 0 AND at > ?) WHERE n = 1 AND direction = 'entry'",
        (gate_list.event, gate_list.id, micros(since)),
    ).fetchone()
    return int(row[0])


_COUNTED = (
    "SELECT event, list, sum(entries), count(nullif(entries, 0)), sum(last = 'entry') FROM ("
    " SELECT event, list, ticket, sum(direction = 'entry') AS entries, max(CASE n WHEN 1 THEN direction END)"
    " AS last FROM (SELECT *, row_number() OVER (PARTITION BY event, list, ticket ORDER BY at DESC, id DESC)"
    " AS n FROM checkins WHERE annulled = 0) GROUP BY event, list, ticket) GROUP BY event, list"
)


def keep_own(connection: Connection) -> None:
    """Forget the passages that other stations saw, and who stood at our own doors; count anew."""
    connection.execute("DELETE FROM checkins WHERE NOT own")
    connection.execute("UPDATE checkins SET person = ''")
    connection.execute("DELETE FROM list_counts")
    connection.execute(f"INSERT INTO list_counts (event, list, entries, tickets, inside) {_COUNTED}")


def count_faults(connection: Connection) -> list[str]:
    """Lists whose kept counts are not what their rows add up to; nothing if the books balance."""
    counted = {
        (event, list_id): (entries, tickets, inside)
        for event, list_id, entries, tickets, inside in connection.execute(_COUNTED)
    }
    kept = {
        (event, list_id): (entries, tickets, inside)
        for event, list_id, entries, tickets, inside in connection.execute("SELECT * FROM list_counts")
    }
    wrong = [key for key in counted.keys() | kept.keys() if counted.get(key, (0, 0, 0)) != kept.get(key, (0, 0, 0))]
    return [
        f"List {event}/{list_id} keeps {kept.get((event, list_id))} but its rows add up to"
        f" {counted.get((event, list_id))} (entries, tickets, inside)."
        for event, list_id in sorted(wrong)
    ]


def expected(connection: Connection, gate_list: CheckInList) -> int:
    """How many tickets the list covers: those that could come in."""
    statuses = "('p', 'n')" if gate_list.include_pending else "('p')"
    items = msgspec.json.encode(gate_list.items).decode()
    row = connection.execute(
        "SELECT count(*) FROM positions p JOIN orders o ON o.event = p.event AND o.code = p.order_code"
        " WHERE p.event = ?1 AND p.canceled = 0"
        f" AND (o.status IN {statuses} OR (o.status = 'n' AND o.valid_if_pending))"
        " AND (?2 OR p.item IN (SELECT value FROM json_each(?3))) AND (?4 IS NULL OR p.subevent = ?4)",
        (gate_list.event, gate_list.all_items, items, gate_list.subevent),
    ).fetchone()
    return int(row[0])


def put_answers(connection: Connection, event: str, ticket: str, answers: Mapping[str, str]) -> None:
    """Keep what was answered at the door, until the server's own order carries it."""
    connection.executemany(
        "INSERT OR REPLACE INTO answers (event, ticket, question, answer) VALUES (?, ?, ?, ?)",
        [(event, ticket, question, answer) for question, answer in answers.items()],
    )


def answers(connection: Connection, event: str, ticket: str) -> dict[str, str]:
    """What was answered at the doors of this station: question id to stored form."""
    rows = connection.execute("SELECT question, answer FROM answers WHERE event = ? AND ticket = ?", (event, ticket))
    return dict(rows.fetchall())


def put_handout(connection: Connection, handout: HandOut) -> None:
    """Keep what was given to the holder of a ticket."""
    connection.execute(
        "INSERT OR IGNORE INTO handouts (operation, event, ticket, what, at, device) VALUES (?, ?, ?, ?, ?, ?)",
        (
            handout.operation,
            handout.event,
            handout.ticket,
            msgspec.json.encode(handout.what).decode(),
            micros(handout.at),
            handout.device,
        ),
    )


def handed_out(connection: Connection, event: str, ticket: str) -> list[HandOut]:
    """What was given to the holder of a ticket, oldest first."""
    rows = connection.execute(
        "SELECT operation, what, at, device FROM handouts WHERE event = ? AND ticket = ? ORDER BY at", (event, ticket)
    )
    return [
        HandOut(
            operation=operation,
            event=event,
            ticket=ticket,
            what=decode(what, tuple[str, ...]),
            at=moment(at),
            device=device,
        )
        for operation, what, at, device in rows.fetchall()
    ]
