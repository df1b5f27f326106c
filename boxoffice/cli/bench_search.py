"""`bench search`: twenty rows for what was typed so far, beside the bare prefix query on the same index.

The event is the made-up conference, in the size that was asked for. What is typed are the first letters of
its own people, companies, codes and phone numbers, so that common names are asked for as often as they
are common. The yardstick is one prefix query of the engine that brings twenty unranked, unmarked rows.
Both sides take turns, question by question.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from boxoffice import config, sample_event
from boxoffice.bootstrap import App
from boxoffice.domain import folding
from boxoffice.domain.nouns import Noun
from boxoffice.domain.orders import Order
from boxoffice.domain.queries import query
from boxoffice.domain.spelling import spellings
from boxoffice.ports import Enrolment
from boxoffice.sample_event.names import Dice
from boxoffice.services import hear
from boxoffice.services.ready import ready
from boxoffice.storage.connection import Connection
from boxoffice.storage.pinyin import readings
from boxoffice.storage.writer import Lane

from . import bench_event
from .bench_timing import at
from .output import say

SIZES = (100_000, 1_000_000)
ROWS = 20
_AT_ONCE = 5_000
_KEPT = 2_000
_SHORTEST, _LONGEST = 2, 6
_BARE = (
    "SELECT p.id, p.event, p.order_code, p.number, p.item, p.variation, p.name, p.company, p.email, p.canceled,"
    " o.status, o.customer, o.phone, o.email"
    " FROM search_index f JOIN positions p ON p.id = f.rowid"
    " JOIN orders o ON o.event = p.event AND o.code = p.order_code WHERE f.search_index MATCH ? LIMIT ?"
)


def run(args: argparse.Namespace) -> int:
    """Measure each size; prints a line each."""
    questions = 300 if args.quick else 6_000
    for size in args.attendees or SIZES:
        with bench_event.scratch() as folder:
            values = _measure(folder, size, questions)
        say(args, values, _line(values))
    return 0


def _line(values: dict[str, Any]) -> str:
    return (
        f"{values['attendees']:>9,} attendees: {values['p99_ratio']}× the bare prefix query"
        f" (p99 {values['search_p99_ms']} to {values['bare_p99_ms']} ms), p50 {values['search_p50_ms']} ms,"
        f" slowest {values['slowest_ms']} ms ({values['slowest']!r});"
        f" {values['found']} of {values['questions']} questions were answered"
    )


def _measure(folder: Path, size: int, many: int) -> dict[str, Any]:
    with App(config.Folder(folder)) as app:
        known = _fill(app, size)
        typed = list(islice(_typed(known, Dice(size)), many))
        for text in typed[:50]:
            _both(app, text)
        taken = [(text, *_both(app, text)) for text in typed]
    ours, theirs = [one[1] for one in taken], [one[2] for one in taken]
    slowest = max(taken, key=lambda one: one[1])
    return {
        "attendees": size,
        "questions": len(taken),
        "found": sum(one[3] for one in taken),
        "p99_ratio": round(at(ours, 0.99) / at(theirs, 0.99), 2),
        "p50_ratio": round(at(ours, 0.5) / at(theirs, 0.5), 2),
        "search_p50_ms": _ms(at(ours, 0.5)),
        "search_p99_ms": _ms(at(ours, 0.99)),
        "bare_p50_ms": _ms(at(theirs, 0.5)),
        "bare_p99_ms": _ms(at(theirs, 0.99)),
        "slowest_ms": _ms(slowest[1]),
        "slowest": slowest[0],
    }


def _both(app: App, text: str) -> tuple[float, float, bool]:
    """The times of our search and of the bare query, and whether we found anybody."""
    question = " AND ".join(f'"{ways[0]}"*' for ways in query(text).words)
    began = time.perf_counter()
    hits = app.lookup.search(text, ROWS)
    ours = time.perf_counter() - began
    began = time.perf_counter()
    app.read(lambda connection: connection.execute(_BARE, (question, ROWS)).fetchall())
    return ours, time.perf_counter() - began, bool(hits)


def _ms(seconds: float) -> float:
    return round(seconds * 1e3, 3)


class _Known(NamedTuple):
    """Somebody in the replica, and what people may type to find them."""

    name: str
    company: str
    code: str
    email: str
    phone: str


def _fill(app: App, size: int) -> list[_Known]:
    """Take the event in as from a server; some of its people, spread over all of it."""
    app.join(Enrolment(kind="hub", url="", token="", device_id="bench-device", name="Bench")).result()
    known: list[_Known] = []
    every = max(1, size // _KEPT)
    nouns = sample_event.generate(size)
    while page := list(islice(nouns, _AT_ONCE)):
        app.write(partial(_take_in, app, page), Lane.BACKGROUND).result()
        known += [_someone(one) for one in page if isinstance(one, Order)][::every]
    return known


def _take_in(app: App, page: list[Noun], connection: Connection) -> None:
    hear.apply_all(connection, app.shelf, (ready(noun, fresh=True) for noun in page))


def _someone(order: Order) -> _Known:
    ticket = order.positions[0]
    return _Known(ticket.name, ticket.company, order.code, ticket.email or order.email, order.phone)


def _typed(known: list[_Known], dice: Dice) -> Iterator[str]:
    """What people type, without end: beginnings of two to six characters, now and then a code or a number."""
    while True:
        one, way = dice.pick(known), dice.pick(_WAYS)
        text = way(one, dice).strip()
        if len(text) >= _SHORTEST and query(text):
            yield text


def _beginning(text: str, dice: Dice) -> str:
    return text[: _SHORTEST + dice.below(_LONGEST - _SHORTEST + 1)]


def _of_word(text: str, dice: Dice) -> str:
    return _beginning(dice.pick(text.split() or [""]), dice)


def _as_read(text: str, dice: Dice) -> str:
    """Without its marks, in the alphabet of the keyboard; of Chinese the pinyin or the initials."""
    ways = spellings(text, readings)
    return _beginning(dice.pick(ways).letters, dice)


_WAYS: tuple[Callable[[_Known, Dice], str], ...] = (
    *(lambda one, dice: _beginning(one.name, dice),) * 4,
    *(lambda one, dice: _of_word(one.name, dice),) * 4,
    *(lambda one, dice: _as_read(one.name, dice),) * 4,
    lambda one, dice: _of_word(one.company, dice),
    lambda one, dice: _beginning(one.email, dice),
    lambda one, _: one.code,
    lambda one, _: folding.digits(one.phone)[-4:],
)
