"""Finding people as somebody types, in a few steps that never get slow with the size of the event.

Each question is a list of its own in the index, and the first twenty of a list cost the same whether it has a hundred
entries or a million. That is also why nothing here is ever sorted by the engine's rank: it would read the whole list.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from boxoffice.domain import folding, queries
from boxoffice.domain.orders import Status
from boxoffice.domain.queries import Query, query
from boxoffice.domain.spelling import Span, letter

from .pinyin import readings
from .search_index import CODE, FIRST, OTHER, PHONE, WHOLE, event_word

if TYPE_CHECKING:
    from .connection import Connection


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


def find(connection: Connection, text: str, limit: int = 20, *, events: Sequence[str] | None = None) -> list[Hit]:
    """Tickets for what was typed so far: names that begin so first, then code, phone, company and e-mail.

    `events` narrows it to some of the events that the station holds.
    """
    asked = query(text)
    if not asked or limit < 1 or events == []:
        return []
    scope = _any(map(event_word, events)) if events else ""
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
    codes = tuple(CODE + code for code, _ in asked.codes if len(code) >= _SHORTEST_CODE)
    if codes:
        yield _Question(_CODE_RANK, (codes,))
    starts = tuple(FIRST + whole for whole in asked.wholes)
    yield _Question(0, (tuple(start + WHOLE for start in starts),))
    if len(asked.words) == 1:
        yield _Question(1, (starts,))
        yield _Question(2, asked.words)
        yield _Question(3, (starts,), beginning=True)
    else:
        yield _Question(1, (starts,), beginning=True)
        yield _Question(2, asked.words)
    yield _Question(4, asked.words, beginning=True)
    if asked.digits:
        ends = tuple(PHONE + number[::-1] for number in _phones(asked.digits))
        yield _Question(_PHONE_RANK, (ends,), beginning=True)
    yield from _questions_beside_the_name(asked)


def _questions_beside_the_name(asked: Query) -> Iterator[_Question]:
    if len(asked.words) == 1:
        others = tuple(OTHER + word for word in asked.words[0])
        yield _Question(_OTHER_RANK, (others,))
        yield _Question(_OTHER_RANK + 1, (others,), beginning=True)
        return
    anywhere = tuple(tuple(sign + word for word in ways for sign in ("", OTHER)) for ways in asked.words)
    yield _Question(_OTHER_RANK, anywhere)
    yield _Question(_OTHER_RANK, (tuple(OTHER + whole for whole in asked.wholes),), beginning=True)
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
    return queries.marks(value, asked, readings, person=field in ("name", "customer"))


def _digits_marked(phone: str, digits: str) -> tuple[Span, ...]:
    """The last digits of the number, with what stands between them."""
    number = folding.digits(phone)
    typed = next((one for one in _phones(digits) if number.endswith(one)), "")
    places = [place for place, one in enumerate(phone) if letter(one).isdecimal()]
    return ((places[-len(typed)], places[-1] + 1),) if typed else ()
