"""Finding people as somebody types, in a few steps that never get slow with the size of the event.

The full-text index holds our own plain words and nothing else: words of the name as they are, all others
behind a sign that says what they are. So each question (names that begin so, companies, codes) has a
list of its own, and the first twenty of a list cost the same whether it has a hundred entries or a
million. That is also why nothing here is ever sorted by the engine's rank: it would read the whole list.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from boxoffice.domain import folding
from boxoffice.domain.folding import Query, Span
from boxoffice.domain.orders import Status

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

_FIRST = "<"
"""The name's first word."""
_WHOLE = "."
"""Ends the whole name run together, which begins with `_FIRST`."""
_OTHER = "_"
"""Words of the company, of e-mail addresses and of the buyer's name, and the order's code."""
_CODE = "#"
_PHONE = "~"
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


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """A ticket that was found, with what tells namesakes apart."""

    id: int
    event: str
    order: str
    number: int
    item: int
    variation: int | None
    name: str
    """Of the attendee, or where the ticket has none, of the buyer."""
    company: str
    email: str
    phone: str
    customer: str
    status: Status
    canceled: bool
    marks: Mapping[str, tuple[Span, ...]] = {}
    """The parts that answer the question, by field: `name`, `company`, `email`, `phone`, `customer`, `order`."""


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
    found = [*name.words, *(_FIRST + word for word in name.firsts), *(_FIRST + word + _WHOLE for word in name.wholes)]
    if row.company:
        found.append(_company(row.company))
    if row.customer and row.name and row.customer != row.name:
        found += _others(folding.tokens(row.customer, readings))
    if row.email:
        found += _email(row.email, name.words)
    if row.order_email and row.order_email != row.email:
        found += _email(row.order_email, name.words)
    if phone := folding.digits(row.phone):
        found.append(_PHONE + phone[::-1])
    code = folding.squeezed(row.order)
    found += (_CODE + code, _OTHER + code, _event(row.event))
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
    return [_OTHER + word for word in {*tokens.words, *tokens.wholes}]


@lru_cache(maxsize=4_096)
def _company(name: str) -> str:
    """Many people come from one company."""
    return " ".join(_others(folding.tokens(name, readings, person=False)))


def _email(address: str, known: Sequence[str]) -> list[str]:
    """The whole address, its domain, and the words in front that the name does not have anyway."""
    local, _, domain = address.partition("@")
    words, host = folding.plain_words(local), _host(domain)
    whole = ("".join(words) + host)[: folding.LONGEST]
    return [_OTHER + one for one in (whole, host, *words) if one and one not in known]


@lru_cache(maxsize=4_096)
def _host(domain: str) -> str:
    return folding.squeezed(domain)


@lru_cache(maxsize=256)
def _event(slug: str) -> str:
    return _EVENT + folding.squeezed(slug)


def find(connection: Connection, text: str, limit: int = 20, *, events: Sequence[str] | None = None) -> list[Hit]:
    """Tickets for what was typed so far: names that begin so first, then code, phone, company and e-mail.

    `events` narrows it to some of the events that the station holds.
    """
    asked = folding.query(text)
    if not asked or limit < 1 or events == []:
        return []
    scope = _any(map(_event, events)) if events else ""
    ranks: dict[int, int] = {}
    for question in _questions(asked):
        for number in _answers(connection, question, scope, limit):
            if len(ranks) == limit:
                return _hits(connection, asked, ranks)
            ranks.setdefault(number, question.rank)
    return _hits(connection, asked, ranks)


class _Question(NamedTuple):
    """One of each group of words has to be there, as a whole or (`beginning`) at the beginning of another."""

    rank: int
    """How high the answers stand: lower is better."""
    groups: tuple[tuple[str, ...], ...]
    beginning: bool = False


_CODE_RANK, _PHONE_RANK, _OTHER_RANK = 5, 6, 7


def _questions(asked: Query) -> Iterator[_Question]:
    """What to ask the index, best answers first: names by their beginning, then numbers, then all the rest.

    A full order code is asked for before everything, so that no list of names can crowd it out. Whole
    words come before beginnings: who is called Li cannot type more than Li.
    """
    codes = tuple(_CODE + code for code, _ in asked.codes if len(code) >= _SHORTEST_CODE)
    if codes:
        yield _Question(_CODE_RANK, (codes,))
    starts = tuple(_FIRST + whole for whole in asked.wholes)
    yield _Question(0, (tuple(start + _WHOLE for start in starts),))
    if len(asked.words) == 1:
        yield _Question(1, (starts,))
        yield _Question(2, asked.words)
        yield _Question(3, (starts,), beginning=True)
    else:
        yield _Question(1, (starts,), beginning=True)
        yield _Question(2, asked.words)
    yield _Question(4, asked.words, beginning=True)
    if asked.digits:
        ends = tuple(_PHONE + number[::-1] for number in _phones(asked.digits))
        yield _Question(_PHONE_RANK, (ends,), beginning=True)
    yield from _questions_beside_the_name(asked)


def _questions_beside_the_name(asked: Query) -> Iterator[_Question]:
    if len(asked.words) == 1:
        others = tuple(_OTHER + word for word in asked.words[0])
        yield _Question(_OTHER_RANK, (others,))
        yield _Question(_OTHER_RANK + 1, (others,), beginning=True)
        return
    anywhere = tuple(tuple(sign + word for word in ways for sign in ("", _OTHER)) for ways in asked.words)
    yield _Question(_OTHER_RANK, anywhere)
    yield _Question(_OTHER_RANK, (tuple(_OTHER + whole for whole in asked.wholes),), beginning=True)
    yield _Question(_OTHER_RANK + 1, anywhere, beginning=True)


def _answers(connection: Connection, question: _Question, scope: str, limit: int) -> Iterator[int]:
    """Some of the tickets that answer it, `limit` new ones at least if there are so many."""
    if question.beginning and len(question.groups) == 1 and not scope:
        for word in question.groups[0]:
            yield from _beginning_with(connection, word, limit)
        return
    for words in _expressions(question):
        narrowed = f"({words}) AND ({scope})" if scope else words
        yield from _column(connection, _MATCHING, (narrowed, limit * _AGAIN))


_AGAIN = 3
"""A ticket is often found a second and third time, by another of its words."""

_MATCHING = "SELECT rowid FROM search_index WHERE search_index MATCH ? LIMIT ?"
_BEGINNING = "SELECT doc FROM search_words WHERE term >= ? AND term < ? LIMIT ?"


def _beginning_with(connection: Connection, word: str, limit: int) -> Iterator[int]:
    """In the order of the alphabet. The engine's own prefix query would gather the whole list first."""
    return _column(connection, _BEGINNING, (word, word + "\U0010ffff", limit * _AGAIN))


def _column(connection: Connection, sql: str, values: tuple[object, ...]) -> Iterator[int]:
    return (number for (number,) in connection.execute(sql, values).fetchall())


def _expressions(question: _Question) -> Iterator[str]:
    """In the engine's language. People finish a word before they begin the next, so that is tried first."""
    *before, last = ("(" + _any(words) + ")" for words in question.groups)
    if not question.beginning:
        yield " AND ".join([*before, last])
        return
    *beginnings, typing = ("(" + _any(words, beginning=True) + ")" for words in question.groups)
    if before:
        yield " AND ".join([*before, typing])
    yield " AND ".join([*beginnings, typing])


_SHORTEST_CODE = 3
_LONG_ENOUGH = 7


def _phones(digits: str) -> list[str]:
    """The end of a number; of a whole one also without the zeros that are dialled in front of it."""
    bare = digits.lstrip("0")
    return [digits, bare] if len(bare) >= _LONG_ENOUGH else [digits]


def _any(words: Iterable[str], *, beginning: bool = False) -> str:
    return " OR ".join(f'"{word}"*' if beginning else f'"{word}"' for word in words)


_HITS = (
    "SELECT p.id, p.event, p.order_code, p.number, p.item, p.variation, p.name, p.company, p.email, p.canceled,"
    " o.status, o.customer, o.phone, o.email"
    " FROM positions p JOIN orders o ON o.event = p.event AND o.code = p.order_code WHERE p.id IN (%s)"
)


def _hits(connection: Connection, asked: Query, ranks: Mapping[int, int]) -> list[Hit]:
    rows = connection.execute(_HITS % ", ".join(map(str, ranks))).fetchall()
    hits = [_hit(row, asked, named=ranks[row[0]] < _CODE_RANK) for row in rows]
    tickets = {ticket for ticket in asked.codes if ticket[1] is not None}

    def standing(hit: Hit) -> tuple[object, ...]:
        exact = bool(tickets) and (folding.squeezed(hit.order), hit.number) in tickets
        gone = hit.canceled or hit.status is Status.CANCELED
        return (ranks[hit.id], not exact, gone, hit.name.casefold(), hit.company, hit.event, hit.order, hit.number)

    return sorted(hits, key=standing)


def _hit(row: Sequence[Any], asked: Query, *, named: bool) -> Hit:
    number, event, order, place, item, variation, name, company, email, canceled, status, customer, phone, other = row
    shown = {"name": name or customer}
    if not named:
        shown |= {"company": company, "email": email or other, "customer": customer, "order": order}
    marks = {field: _marks(field, value, asked) for field, value in shown.items()}
    if asked.digits and not named:
        marks["phone"] = _digits_marked(phone, asked.digits)
    return Hit(
        id=number,
        event=event,
        order=order,
        number=place,
        item=item,
        variation=variation,
        name=name or customer,
        company=company,
        email=email or other,
        phone=phone,
        customer=customer,
        status=Status(status),
        canceled=bool(canceled),
        marks={field: spans for field, spans in marks.items() if spans},
    )


def _marks(field: str, value: str, asked: Query) -> tuple[Span, ...]:
    return folding.marks(value, asked, readings, person=field in ("name", "customer"))


def _digits_marked(phone: str, digits: str) -> tuple[Span, ...]:
    """The last digits of the number, with what stands between them."""
    number = folding.digits(phone)
    typed = next((one for one in _phones(digits) if number.endswith(one)), "")
    places = [place for place, one in enumerate(phone) if folding.letter(one).isdecimal()]
    return ((places[-len(typed)], places[-1] + 1),) if typed else ()
