"""The index by which people are found: what it consists of, how tickets get into it, and how it stays quick.

It holds our own plain words and nothing else: words of the name as they are, all others behind a sign that says what
they are. So each question (names that begin so, companies, codes) has a list of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from boxoffice.domain import folding

from . import bulk
from .pinyin import readings

if TYPE_CHECKING:
    from .connection import Connection

CREATE_INDEX = """
CREATE VIRTUAL TABLE search_index USING fts5 (
    words,
    content = '',
    contentless_delete = 1,
    detail = none,
    prefix = '1 2 3 4',
    tokenize = "ascii tokenchars '<.#~@_'"
);
CREATE VIRTUAL TABLE search_words USING fts5vocab (search_index, instance);
INSERT INTO search_index (search_index, rank) VALUES ('automerge', 0);
"""
"""Rows are those of `positions`. The tokenizer only parts at spaces: the words come folded.

`search_words` shows the same index as a list of words in the order of the alphabet; it holds nothing itself.
Left to itself the engine tidies its index in every sixty-fourth commit or so, which then takes ten times as long:
that is a sale. So it does so only when very many parts lie about, and `merge` sees to it that they do not.
"""

PUT_WORDS = "INSERT OR REPLACE INTO search_index (rowid, words) VALUES (?, ?)"

FIRST = "<"
"""The name's first word."""
WHOLE = "."
"""Ends the whole name run together, which begins with `FIRST`."""
OTHER = "_"
"""Words of the company, of e-mail addresses and of the buyer's name, and the order's code."""
CODE = "#"
PHONE = "~"
"""A phone number's digits, last one first."""
_EVENT = "@"


class Entry(NamedTuple):
    """What one ticket is found by."""

    id: int
    """The position's."""
    event: str
    order: str
    name: str = ""
    company: str = ""
    email: str = ""
    customer: str = ""
    order_email: str = ""
    phone: str = ""


def begin_anew(connection: Connection) -> None:
    """An empty index in the place of the old one. Words that are only deleted from it stay in its pages for a while."""
    for table in ("search_words", "search_index"):
        connection.execute(f"DROP TABLE {table}")
    for statement in CREATE_INDEX.split(";\n"):
        connection.execute(statement)


def index(connection: Connection, rows: Iterable[Entry]) -> None:
    """Make tickets findable, or find them by what has become of them."""
    index_words(connection, [(row.id, words(row)) for row in rows])


def index_words(connection: Connection, rows: Sequence[tuple[int, str]]) -> None:
    """Index positions by the `words` made of them before."""
    bulk.insert(connection, PUT_WORDS, rows)


def words(row: Entry) -> str:
    """What a ticket is found by. Most of the work of indexing, and the part that needs no connection."""
    name = folding.tokens(row.name or row.customer, readings)
    found = [*name.words, *(FIRST + word for word in name.firsts), *(FIRST + word + WHOLE for word in name.wholes)]
    if row.company:
        found.append(_company(row.company))
    if row.customer and row.name and row.customer != row.name:
        found += _others(folding.tokens(row.customer, readings))
    if row.email:
        found += _email(row.email, name.words)
    if row.order_email and row.order_email != row.email:
        found += _email(row.order_email, name.words)
    if phone := folding.digits(row.phone):
        found.append(PHONE + phone[::-1])
    code = folding.squeezed(row.order)
    found += (CODE + code, OTHER + code, event_word(row.event))
    return " ".join(found)


_TICKETS = (
    "SELECT p.id, told.value ->> 2 FROM jsonb_each(CAST(?1 AS TEXT)) told CROSS JOIN positions p"
    " WHERE p.event = ?2 AND p.order_code = told.value ->> 0 AND p.number = told.value ->> 1"
)
_PUT_TICKETS = f"INSERT OR REPLACE INTO search_index (rowid, words) {_TICKETS} AND told.value ->> 2 IS NOT NULL"


def index_tickets(connection: Connection, event: str, rows: Sequence[bytes]) -> None:
    """Index tickets by the `words` made of them before, or, where there are none, make them unfindable.

    Each row is the text of a JSON array: order, number, words.
    """
    if not rows:
        return
    text = bulk.array(rows)
    connection.execute(_PUT_TICKETS, (text, event))
    if b",null]" in text:
        unfound = connection.execute(f"{_TICKETS} AND told.value ->> 2 IS NULL", (text, event)).fetchall()
        remove(connection, [number for number, _ in unfound])


def index_positions(connection: Connection, ids: Sequence[int]) -> None:
    """Index positions as they stand in the tables. Add-ons are found by their ticket, so they are left out."""
    rows = connection.execute(
        "SELECT p.id, p.event, p.order_code, p.name, p.company, p.email, o.customer, o.email, o.phone, p.addon_to"
        " FROM positions p JOIN orders o ON o.event = p.event AND o.code = p.order_code"
        " WHERE p.id IN (SELECT value FROM json_each(?))",
        (msgspec.json.encode(ids).decode(),),
    ).fetchall()
    index(connection, (Entry(*row[:-1]) for row in rows if row[-1] is None))
    remove(connection, [row[0] for row in rows if row[-1] is not None])


def remove(connection: Connection, ids: Sequence[int]) -> None:
    """Make positions unfindable; it does not matter whether they were."""
    if not ids:
        return
    connection.executemany("DELETE FROM search_index WHERE rowid = ?", ((number,) for number in ids))


def parts(connection: Connection) -> bytes:
    """Another one whenever the index has another part, or fewer of them; only reads."""
    row = connection.execute("SELECT block FROM search_index_data WHERE id = ?", (_PARTS,)).fetchone()
    return bytes(row[0])


def merge_by_hand(connection: Connection, by_hand: bool) -> None:
    """Whether only `merge` tidies the index, or the engine as well where very many parts lie about."""
    for name, value in (_BY_HAND if by_hand else _AS_USUAL).items():
        _command(connection, name, value)


def is_merged_by_hand(connection: Connection) -> bool:
    """Whether only `merge` tidies the index now."""
    row = connection.execute("SELECT v FROM search_index_config WHERE k = 'crisismerge'").fetchone()
    return row is not None and int(row[0]) == _BY_HAND["crisismerge"]


def merge(connection: Connection, pages: int, *, everything: bool = False) -> bool:
    """Tidy a part of the index, about so many pages of it; whether there was anything to do.

    With `everything` it begins to bring all of it to one place.
    """
    before = connection.total_changes
    _command(connection, "merge", -pages if everything else pages)
    return bool(connection.total_changes - before >= _CHANGES_OF_SOMETHING)


_AS_USUAL = {"crisismerge": 16, "usermerge": 4}
_BY_HAND = {"crisismerge": 1_000, "usermerge": 16}
_CHANGES_OF_SOMETHING = 2
_PARTS = 10
"""Under this number the engine lists what its index consists of (FTS5's `%_data`, the structure record)."""


def _command(connection: Connection, name: str, value: int) -> None:
    connection.execute("INSERT INTO search_index (search_index, rank) VALUES (?, ?)", (name, value))


def _others(tokens: folding.Tokens) -> list[str]:
    return [OTHER + word for word in {*tokens.words, *tokens.wholes}]


@lru_cache(maxsize=4_096)
def _company(name: str) -> str:
    """Many people come from one company."""
    return " ".join(_others(folding.tokens(name, readings, person=False)))


def _email(address: str, known: Sequence[str]) -> list[str]:
    """The whole address, its domain, and the words in front that the name does not have anyway."""
    local, _, domain = address.partition("@")
    words, host = folding.plain_words(local), _host(domain)
    whole = ("".join(words) + host)[: folding.LONGEST]
    return [OTHER + one for one in (whole, host, *words) if one and one not in known]


@lru_cache(maxsize=4_096)
def _host(domain: str) -> str:
    return folding.squeezed(domain)


@lru_cache(maxsize=256)
def event_word(slug: str) -> str:
    """The word that all tickets of an event have."""
    return _EVENT + folding.squeezed(slug)
