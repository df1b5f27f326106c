"""Vouchers, gift cards and memberships as the server tells of them, and what this station did with their codes.

The server's figures are never changed by what is done here: what it does not know of yet lies in rows of its own and
is laid over them when somebody asks. A row counts until the server's figure has it in it, which follows from the acts
that it names, or from its word that an act has arrived.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

import msgspec

from boxoffice.decoding import decoder
from boxoffice.domain.gift_cards import LOADS, GiftCard
from boxoffice.domain.instants import micros, moment
from boxoffice.domain.memberships import Membership
from boxoffice.domain.redeeming import Kind, Redemption, State
from boxoffice.domain.vouchers import Voucher, plain_code

from .connection import Connection

_vouchers = decoder(Voucher)
_cards = decoder(GiftCard)
_members = decoder(Membership)
_encode = msgspec.json.encode

FOUND_BY = 11
"""Characters of a code by which its states are found, exactly."""


# What the server says


def put_voucher(connection: Connection, voucher: Voucher) -> None:
    """Keep what the server says of a voucher. Uses that it names are in its figure."""
    connection.execute(
        "INSERT INTO vouchers (event, code, blocks, body) VALUES (?1, ?2, ?3, ?4)"
        " ON CONFLICT (event, code) DO UPDATE SET blocks = ?3, body = ?4",
        (voucher.event, plain_code(voucher.code), voucher.block_quota, _encode(voucher).decode()),
    )
    _are_told(connection, (one.operation for one in voucher.uses))


def put_card(connection: Connection, card: GiftCard) -> None:
    """Keep what the server says of a gift card. Transactions that it names are in its figure."""
    connection.execute(
        "INSERT INTO gift_cards (event, code, body) VALUES (?1, ?2, ?3)"
        " ON CONFLICT (event, code) DO UPDATE SET body = ?3",
        (card.event, plain_code(card.code), _encode(card).decode()),
    )
    _are_told(connection, (one.operation for one in card.transactions))


def put_membership(connection: Connection, member: Membership) -> None:
    """Keep what the server says of a membership."""
    connection.execute(
        "INSERT INTO memberships (event, number, body) VALUES (?1, ?2, ?3)"
        " ON CONFLICT (event, number) DO UPDATE SET body = ?3",
        (member.event, plain_code(member.number), _encode(member).decode()),
    )


def drop(connection: Connection, kind: str, event: str, code: str) -> None:
    """Forget what the server no longer has. `kind` is a noun's word."""
    table, column = {
        "voucher": ("vouchers", "code"),
        "gift_card": ("gift_cards", "code"),
        "membership": ("memberships", "number"),
    }[kind]
    connection.execute(f"DELETE FROM {table} WHERE event = ? AND {column} = ?", (event, code))


def voucher(connection: Connection, event: str, code: str) -> Voucher | None:
    """A voucher as the server tells of it."""
    row = connection.execute(
        "SELECT body FROM vouchers WHERE event = ? AND code = ?", (event, plain_code(code))
    ).fetchone()
    return _vouchers.decode(row[0]) if row else None


def blocking(connection: Connection, event: str) -> list[Voucher]:
    """The vouchers of an event for which tickets are kept back."""
    rows = connection.execute("SELECT body FROM vouchers WHERE event = ? AND blocks", (event,)).fetchall()
    return [_vouchers.decode(body) for (body,) in rows]


def has_vouchers(connection: Connection, event: str) -> bool:
    """Whether the server has told of any voucher of an event."""
    return connection.execute("SELECT 1 FROM vouchers WHERE event = ? LIMIT 1", (event,)).fetchone() is not None


def card(connection: Connection, event: str, code: str) -> GiftCard | None:
    """A gift card as the server tells of it."""
    row = connection.execute(
        "SELECT body FROM gift_cards WHERE event = ? AND code = ?", (event, plain_code(code))
    ).fetchone()
    return _cards.decode(row[0]) if row else None


def memberships(connection: Connection, event: str, numbers: Iterable[str]) -> dict[str, Membership]:
    """Those of these memberships that there are, by plain number."""
    found = {}
    for number in dict.fromkeys(plain_code(one) for one in numbers if one):
        row = connection.execute(
            "SELECT body FROM memberships WHERE event = ? AND number = ?", (event, number)
        ).fetchone()
        if row:
            found[number] = _members.decode(row[0])
    return found


# What was done here

_COLUMNS = (
    "id, operation, act, event, kind, code, why, number, amount, position, state, told, at, changed_at, receipt,"
    " order_code, because"
)


def put(connection: Connection, one: Redemption) -> None:
    """Keep what became of a code."""
    connection.execute(
        f"INSERT OR REPLACE INTO redemptions ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            one.id,
            one.operation,
            one.act,
            one.event,
            one.kind.value,
            plain_code(one.code),
            one.why,
            one.number,
            one.amount,
            one.position,
            one.state.value,
            one.told,
            micros(one.at),
            micros(one.changed_at),
            one.receipt,
            one.order,
            one.because,
        ),
    )


def drop_holds(connection: Connection, operation: str, kind: Kind | None = None) -> None:
    """What was held for a sale is redeemed now, or wished for no more; only of one kind, where it is named."""
    connection.execute(
        "DELETE FROM redemptions WHERE operation = ?1 AND state = 'held' AND (?2 IS NULL OR kind = ?2)",
        (operation, kind and kind.value),
    )


def abandon(connection: Connection, operation: str, at: datetime, kind: Kind | None = None) -> None:
    """Let go what was held for a sale; only codes of one kind, where it is named."""
    connection.execute(
        "UPDATE redemptions SET state = 'abandoned', changed_at = ?1"
        " WHERE operation = ?2 AND state = 'held' AND (?3 IS NULL OR kind = ?3)",
        (micros(at), operation, kind and kind.value),
    )


def abandon_stale(connection: Connection, before: datetime, at: datetime, but: str = "") -> int:
    """Let go what is held for open carts that nobody touched since `before`; carts that were put by keep theirs."""
    cursor = connection.execute(
        "UPDATE redemptions SET state = 'abandoned', changed_at = ?1 WHERE state = 'held' AND operation <> ?2"
        " AND coalesce((SELECT s.state <> 'held' AND s.changed_at < ?3 FROM sales s WHERE s.id = operation),"
        " changed_at < ?3)",
        (micros(at), but, micros(before)),
    )
    return int(cursor.rowcount)


def reverse(connection: Connection, event: str, order: str, positions: Sequence[int], at: datetime) -> int:
    """Positions of an order that was sold here were cancelled: their vouchers were not used after all; how many."""
    cursor = connection.execute(
        "UPDATE redemptions SET state = 'reversed', changed_at = ? WHERE event = ? AND order_code = ?"
        " AND order_code <> '' AND kind = 'voucher' AND state = 'redeemed'"
        " AND position IN (SELECT value FROM json_each(?))",
        (micros(at), event, order, _encode(list(positions)).decode()),
    )
    return int(cursor.rowcount)


def take_anew(connection: Connection, event: str, order: str, at: datetime) -> None:
    """An order that was sold here is valid again: its vouchers are used after all."""
    connection.execute(
        "UPDATE redemptions SET state = 'redeemed', changed_at = ? WHERE event = ? AND order_code = ?"
        " AND order_code <> '' AND kind = 'voucher' AND state = 'reversed'",
        (micros(at), event, order),
    )


def refused(connection: Connection, act: str, because: str, at: datetime) -> None:
    """The server would not have an act: what it did to codes did not happen there."""
    connection.execute(
        "UPDATE redemptions SET state = 'refused', because = ?, changed_at = ?"
        " WHERE act = ? AND act <> '' AND state IN ('redeemed', 'loaded')",
        (because, micros(at), act),
    )


def is_sent_again(connection: Connection, act: str, at: datetime) -> None:
    """What the server refused is among what waits again."""
    connection.execute(
        "UPDATE redemptions SET state = CASE WHEN amount > 0 AND kind = 'gift_card' THEN 'loaded' ELSE 'redeemed' END,"
        " because = '', changed_at = ? WHERE act = ? AND act <> '' AND state = 'refused'",
        (micros(at), act),
    )


def arrived(connection: Connection, act: str) -> None:
    """The server has an act: until it tells of its figures anew, ours are moved by it."""
    for one in _read(connection, "act = ? AND act <> '' AND NOT told AND state <> 'refused'", (act,)):
        if one.kind is Kind.VOUCHER:
            held = voucher(connection, one.event, one.code)
            if held is not None:
                moved = msgspec.structs.replace(
                    held, redeemed=held.redeemed + one.number, budget_used=held.budget_used + one.amount
                )
                _move(connection, "vouchers", one, _encode(moved).decode())
        else:
            there = card(connection, one.event, one.code)
            if there is not None:
                more = msgspec.structs.replace(there, value=there.value + one.amount)
                _move(connection, "gift_cards", one, _encode(more).decode())
    connection.execute("UPDATE redemptions SET told = 1 WHERE act = ? AND act <> '' AND state <> 'refused'", (act,))


def lost(connection: Connection, acts: Iterable[str]) -> None:
    """The server was brought back from an older state and has lost these: its figures are without them."""
    connection.executemany("UPDATE redemptions SET told = 0 WHERE act = ? AND act <> ''", [(act,) for act in acts])


def _move(connection: Connection, table: str, one: Redemption, body: str) -> None:
    connection.execute(f"UPDATE {table} SET body = ? WHERE event = ? AND code = ?", (body, one.event, one.code))


def _are_told(connection: Connection, acts: Iterable[str]) -> None:
    connection.executemany(
        "UPDATE redemptions SET told = 1 WHERE act = ? AND act <> '' AND NOT told AND state <> 'refused'",
        [(act,) for act in acts],
    )


def used_here(connection: Connection, event: str, code: str, but: str = "") -> tuple[int, int]:
    """How often a voucher is used or held here and the server does not know of it, and what it took off.

    What is held for the sale `but` is left out.
    """
    row = connection.execute(
        "SELECT coalesce(sum(number), 0), coalesce(sum(amount), 0) FROM redemptions"
        " WHERE event = ? AND kind = 'voucher' AND code = ? AND NOT told"
        " AND (state = 'redeemed' OR (state = 'held' AND operation <> ?))",
        (event, plain_code(code), but),
    ).fetchone()
    return int(row[0]), int(row[1])


def moved_here(connection: Connection, code: str, but: str = "") -> int:
    """By how much a gift card became more here, or less, that the server does not know of; `but` is left out.

    A card may be known in several events of one organiser; what was done to it counts in all of them.
    """
    row = connection.execute(
        "SELECT coalesce(sum(amount), 0) FROM redemptions WHERE kind = 'gift_card' AND code = ? AND NOT told"
        " AND (state IN ('redeemed', 'loaded') OR (state = 'held' AND operation <> ?))",
        (plain_code(code), but),
    ).fetchone()
    return int(row[0])


def was_loaded_here(connection: Connection, code: str) -> Redemption | None:
    """The first time that something was put on a card here; that the server may not know of yet."""
    found = _read(
        connection, "kind = 'gift_card' AND code = ? AND state = 'loaded' ORDER BY at, id LIMIT 1", (plain_code(code),)
    )
    return found[0] if found else None


def of_operation(connection: Connection, operation: str) -> list[Redemption]:
    """Every code of a sale, payment or refund."""
    return _read(connection, "operation = ? ORDER BY kind, position, id", (operation,))


def of_voucher(connection: Connection, event: str, code: str) -> list[Redemption]:
    """Every time that a voucher was redeemed here, oldest first."""
    return _read(
        connection,
        "event = ? AND kind = 'voucher' AND code = ? AND state = 'redeemed' ORDER BY at, id",
        (event, plain_code(code)),
    )


def listing(
    connection: Connection, beginning: str = "", state: State | None = None, limit: int = 500
) -> list[Redemption]:
    """What became of codes, the latest first; of those whose first eleven characters are exactly these, if named."""
    sought = plain_code(beginning)[:FOUND_BY]
    where, values = ["1"], list[object]()
    if sought:
        where.append("substr(code, 1, ?) = ?")
        values += [FOUND_BY, sought]
    if state is not None:
        where.append("state = ?")
        values.append(state.value)
    return _read(connection, f"{' AND '.join(where)} ORDER BY changed_at DESC, id DESC LIMIT ?", (*values, limit))


def counts(connection: Connection) -> dict[tuple[Kind, State], tuple[int, int]]:
    """How many codes are in which state, and what they come to, minor units."""
    rows = connection.execute("SELECT kind, state, count(*), sum(amount) FROM redemptions GROUP BY kind, state")
    return {(Kind(kind), State(state)): (number, amount) for kind, state, number, amount in rows.fetchall()}


def _read(connection: Connection, where: str, values: Sequence[object]) -> list[Redemption]:
    rows = connection.execute(f"SELECT {_COLUMNS} FROM redemptions WHERE {where}", values).fetchall()
    return [
        Redemption(
            id=row[0],
            operation=row[1],
            act=row[2],
            event=row[3],
            kind=Kind(row[4]),
            code=row[5],
            why=row[6],
            number=row[7],
            amount=row[8],
            position=row[9],
            state=State(row[10]),
            told=bool(row[11]),
            at=moment(row[12]),
            changed_at=moment(row[13]),
            receipt=row[14],
            order=row[15],
            because=row[16],
        )
        for row in rows
    ]


def forget_codes(connection: Connection) -> None:
    """Take the codes out; what became of them stays, because the books are made of it."""
    connection.execute("UPDATE redemptions SET code = '', because = ''")
    connection.execute("DELETE FROM redemptions WHERE state IN ('held', 'abandoned')")


# Whether it adds up


def faults(connection: Connection) -> Iterator[str]:
    """What is wrong between receipts, journal and gift cards, sentence by sentence; nothing if they say the same."""
    for number, tendered, moved in connection.execute(_PAID_BY_CARD).fetchall():
        yield f"Receipt {number} says that gift cards paid {tendered}, but they gave {moved}."
    for number, loaded, moved in connection.execute(_LOADED).fetchall():
        yield f"Receipt {number} says that {loaded} was put on gift cards, but they got {moved}."
    for act, told, moved in connection.execute(_TOLD).fetchall():
        yield f"The journal says that {act} moved a gift card by {told}, here it is {moved}."


_MOVES = (
    "(SELECT coalesce(sum(m.amount), 0) FROM redemptions m"
    " WHERE m.receipt = r.number AND m.receipt > 0 AND m.kind = 'gift_card'"
)
_LOADING = ", ".join(f"'{why.value}'" for why in sorted(LOADS))
_PAID_BY_CARD = f"""
    SELECT number, tendered, moved FROM (
        SELECT r.number AS number,
            (SELECT coalesce(sum(t.amount), 0) FROM receipt_tenders t WHERE t.training = 0 AND t.receipt = r.number
                AND t.means = 'giftcard') AS tendered,
            -{_MOVES} AND m.why NOT IN ({_LOADING})) AS moved
        FROM receipts r WHERE r.training = 0)
    WHERE tendered <> moved
"""
_LOADED = f"""
    SELECT number, loaded, moved FROM (
        SELECT r.number AS number, r.loaded AS loaded, {_MOVES} AND m.why IN ({_LOADING})) AS moved
        FROM receipts r WHERE r.training = 0)
    WHERE loaded <> moved
"""
_TOLD = """
    SELECT j.operation, j.body ->> 'amount', m.amount
    FROM journal j LEFT JOIN redemptions m ON m.act = j.operation AND m.act <> ''
    WHERE j.kind = 'gift_card' AND coalesce(j.body ->> 'station', '') = '' AND m.amount IS NOT j.body ->> 'amount'
"""
