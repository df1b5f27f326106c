"""A list of attendees from a spreadsheet: what is wrong with its rows, and the orders that they become.

Nothing half is taken over: one fault, and nobody comes in. A row whose order is there already is left as it is, for
it may have been paid, changed or cancelled since; so the same file can be brought twice, or again with more rows.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from . import money
from .catalog import CheckInList, Event, Item
from .orders import Order, Payment, PaymentState, Position, Status
from .words import Sentence, localised

if TYPE_CHECKING:
    from .nouns import Noun

IMPORTED = "imported"
"""The tender of what was paid elsewhere, before the list was brought."""


class Column(StrEnum):
    """What a column can say. Only names have to be there."""

    NAME = "name"
    FIRST = "first_name"
    LAST = "last_name"
    EMAIL = "email"
    PHONE = "phone"
    COMPANY = "company"
    ITEM = "item"
    PRICE = "price"
    STATE = "state"
    ORDER = "order"
    SECRET = "secret"  # noqa: S105 - the name of a column


class Row(msgspec.Struct, frozen=True):
    """One attendee, as written; `line` is where a person finds it in the file."""

    line: int
    cells: Mapping[Column, str]

    def of(self, column: Column) -> str:
        """What stands in a column; empty if nothing does."""
        return self.cells.get(column, "")

    @property
    def name(self) -> str:
        """The whole name, from its parts where it stands in two columns."""
        return self.of(Column.NAME) or " ".join(filter(None, (self.of(Column.FIRST), self.of(Column.LAST))))


class Fault(msgspec.Struct, frozen=True):
    """What is wrong with one line."""

    line: int
    what: Sentence


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """The event that the list is for, as far as it is there already."""

    event: Event
    is_new: bool = True
    items: tuple[Item, ...] = ()
    has_list: bool = False
    order: Callable[[str], Order | None] = lambda _: None
    """The order of a code, if there is one."""
    owner: Callable[[str], str] = lambda _: ""
    """The code of the order that has a secret; empty if none does."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What a list would bring."""

    nouns: tuple[Noun, ...] = ()
    people: int = 0
    orders: int = 0
    before: int = 0
    """Rows whose order was there already, and stays as it is."""
    faults: tuple[Fault, ...] = ()


_STATES: Mapping[str, Status] = {
    **dict.fromkeys(("", "paid", "p", "yes", "free", "已支付", "免费", "bezahlt", "payé"), Status.PAID),
    **dict.fromkeys(("unpaid", "pending", "open", "n", "no", "未支付", "offen"), Status.PENDING),
}
_FREE = ("free", "免费")
_CODE = re.compile(r"[A-Z0-9]{1,16}")
_LONGEST = 1000
_TOO_DEAR = 10**12
"""Minor units."""


def plan(rows: Iterable[Row], known: Known, mint: Callable[[], str]) -> Plan:
    """What these rows would bring to the event, or what is wrong with them."""
    return _Planning(known, mint).plan(tuple(rows))


class _Planning:
    def __init__(self, known: Known, mint: Callable[[], str]) -> None:
        self._known = known
        self._mint = mint
        self._faults: list[Fault] = []
        self._new_items: dict[str, Item] = {}
        self._secrets: dict[str, int] = {}

    def plan(self, rows: tuple[Row, ...]) -> Plan:
        for row in rows:
            self._look_at(row)
        together, before = self._by_order(rows)
        orders = [self._order(code, some) for code, some in together.items()]
        if self._faults:
            return Plan(faults=tuple(sorted(self._faults, key=lambda one: one.line)), before=before)
        event = self._known.event
        first: list[Noun] = [event] if self._known.is_new else []
        first += self._new_items.values()
        if not self._known.has_list:
            first.append(CheckInList(id=1, event=event.slug, name="Main entrance"))
        people = sum(map(len, together.values()))
        return Plan(nouns=(*first, *orders), people=people, orders=len(orders), before=before)

    def _say(self, row: Row, text: str, /, **values: object) -> None:
        self._faults.append(Fault(row.line, Sentence(text, values)))

    # One row

    def _look_at(self, row: Row) -> None:
        if not row.name:
            self._say(row, "There is no name")
        if longest := next((one for one in row.cells.values() if len(one) > _LONGEST or "\0" in one), None):
            self._say(row, "This is too long, or no text: {text}", text=longest[:20])
        email = row.of(Column.EMAIL)
        if email and not re.fullmatch(r"[^@\s]+@[^@\s]+", email):
            self._say(row, "{email} is no e-mail address", email=email)
        if row.of(Column.STATE).casefold() not in _STATES:
            self._say(row, "{state} is no state; there are: paid, unpaid, free", state=row.of(Column.STATE))
        if (item := self._item(row)) is None:
            there = ", ".join(localised(one.name) for one in self._known.items)
            if name := row.of(Column.ITEM):
                self._say(row, "No item is called {item}; there are: {there}", item=name, there=there)
            else:
                self._say(row, "No item is named; there are: {there}", there=there)
        if self._price(row, item) is None:
            self._say(row, "{price} is no price", price=row.of(Column.PRICE))
        elif row.of(Column.STATE).casefold() in _FREE and self._price(row, item):
            self._say(row, "It is free, and has a price of {price}", price=row.of(Column.PRICE))
        self._look_at_secret(row)

    def _look_at_secret(self, row: Row) -> None:
        secret = row.of(Column.SECRET)
        if not secret:
            return
        if (other := self._secrets.setdefault(secret, row.line)) != row.line:
            self._say(row, "The code of this ticket stands in line {line} too", line=other)

    def _item(self, row: Row) -> Item | None:
        """The item that is meant. In an event without items, each name makes one."""
        name = row.of(Column.ITEM)
        items = self._known.items
        if not items:
            return self._made(name or "Ticket", row)
        if not name and len(items) == 1:
            return items[0]
        wanted = name.casefold()
        by_id = next((one for one in items if str(one.id) == name), None)
        return by_id or next((one for one in items if wanted in {said.casefold() for said in one.name.values()}), None)

    def _made(self, name: str, row: Row) -> Item:
        key = name.casefold()
        if key not in self._new_items:
            number, slug = len(self._new_items) + 1, self._known.event.slug
            price = max(0, money.written(row.of(Column.PRICE) or "0", self._known.event.currency) or 0)
            self._new_items[key] = Item(id=number, event=slug, name={"en": name}, position=number, price=price)
        return self._new_items[key]

    def _price(self, row: Row, item: Item | None) -> int | None:
        if row.of(Column.STATE).casefold() in _FREE and not row.of(Column.PRICE):
            return 0
        if not row.of(Column.PRICE):
            return item.price if item is not None else 0
        price = money.written(row.of(Column.PRICE), self._known.event.currency)
        return price if price is not None and 0 <= price < _TOO_DEAR else None

    # Orders

    def _by_order(self, rows: tuple[Row, ...]) -> tuple[dict[str, list[Row]], int]:
        """The rows of each order that is new, and how many rows are there already."""
        found: dict[str, list[Row]] = {}
        before = 0
        for row in rows:
            if code := row.of(Column.ORDER).upper():
                found.setdefault(code, []).append(row)
        for code, some in list(found.items()):
            if not _CODE.fullmatch(code):
                self._say(some[0], "{order} is no code of an order: up to 16 letters and digits", order=code)
            elif self._is_there(code, some):
                before += len(found.pop(code))
            elif self._known.order(code) is not None:
                self._say(some[0], "The order {order} is there already, and is another one", order=code)
        taken = set(found)
        for row in (one for one in rows if not one.of(Column.ORDER)):
            code, is_there = self._code(row, taken)
            taken.add(code)
            if is_there:
                before += 1
            else:
                found[code] = [row]
        return found, before

    def _is_there(self, code: str, rows: list[Row]) -> bool:
        there = self._known.order(code)
        return there is not None and {row.name for row in rows} <= {one.name for one in there.positions}

    def _code(self, row: Row, taken: set[str]) -> tuple[str, bool]:
        """A code from what stands in the row, the same whenever it is read; and whether its order is there."""
        said = "\x1f".join((self._known.event.slug, row.name, *(row.of(one) for one in _TELLING)))
        attempt = 0
        while True:
            digest = hashlib.sha256(f"{said}\x1f{attempt}".encode()).digest()
            code = "".join(_LETTERS[byte % len(_LETTERS)] for byte in digest[:6])
            if code not in taken:
                if self._known.order(code) is None:
                    return code, False
                if self._is_there(code, [row]):
                    return code, True
            attempt += 1

    def _order(self, code: str, rows: list[Row]) -> Order:
        states = [_STATES.get(row.of(Column.STATE).casefold(), Status.PAID) for row in rows]
        for row, state in zip(rows, states, strict=True):
            if state is not states[0]:
                self._say(row, "The order {order} is paid in one line, and unpaid in another", order=code)
        positions = tuple(self._position(number, row) for number, row in enumerate(rows, 1))
        total, first = sum(one.price for one in positions), rows[0]
        paid = (Payment(id="1", amount=total, state=PaymentState.CONFIRMED, tender=IMPORTED),)
        return Order(
            event=self._known.event.slug,
            code=code,
            status=states[0],
            email=first.of(Column.EMAIL),
            phone=first.of(Column.PHONE),
            customer=first.name,
            total=total,
            positions=positions,
            payments=paid if total and states[0] is Status.PAID else (),
        )

    def _position(self, number: int, row: Row) -> Position:
        item, secret = self._item(row), row.of(Column.SECRET)
        if secret and (owner := self._known.owner(secret)):
            self._say(row, "The code of this ticket belongs to the order {order}", order=owner)
        return Position(
            number=number,
            item=item.id if item is not None else 0,
            price=self._price(row, item) or 0,
            secret=secret or self._mint(),
            name=row.name,
            company=row.of(Column.COMPANY),
            email=row.of(Column.EMAIL),
        )


_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ3789"
_TELLING = (Column.EMAIL, Column.COMPANY, Column.ITEM)
