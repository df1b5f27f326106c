"""A day at the doors of one station: a real store, an event, tickets, and scans at times of the day."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

import pytest

from boxoffice.bootstrap import App
from boxoffice.config import Folder
from boxoffice.domain import cart as carts
from boxoffice.domain.cart import Cart, CartLine
from boxoffice.domain.catalog import AddOnRule, Category, CheckInList, Event, Item, TaxRule
from boxoffice.domain.door import Door
from boxoffice.domain.gate import Direction, Verdict, Wish
from boxoffice.domain.nouns import Gone, Noun
from boxoffice.domain.operators import NewOperator
from boxoffice.domain.orders import Order, Position, Status, Ticket
from boxoffice.domain.permissions import Act
from boxoffice.domain.scan import Source
from boxoffice.domain.tenders import Offer
from boxoffice.errors import Refused
from boxoffice.ids import new_scan
from boxoffice.ports import Enrolment, Role
from boxoffice.services import closing, give_back, hear, pay, seals, sell, shifts
from boxoffice.services.stock import Stock
from boxoffice.staff import Staff
from boxoffice.storage import journal

DATE = datetime(2026, 11, 21, tzinfo=UTC)


class Day:
    """Arranges and scans; mentions only what matters."""

    def __init__(self, app: App) -> None:
        self.app = app
        self._tickets = 0
        self.enrol()
        self.hear(Event(slug="conf26", timezone="UTC"), Item(id=1, event="conf26", name={"en": "Regular"}))
        self.list(1, "Main entrance")

    def enrol(self, role: Role = Role.SUPERVISOR, device: str = "d1", name: str = "North door") -> None:
        enrolment = Enrolment(kind="hub", url="http://127.0.0.1:1", token="t", device_id=device, name=name, role=role)
        self.app.join(enrolment).result()

    def hear(self, *nouns: Noun | Gone) -> None:
        """The server tells something."""

        def take_in(connection: Any) -> None:
            for noun in nouns:
                hear.apply(connection, self.app.shelf, noun)

        self.app.write(take_in).result()

    def list(self, number: int, name: str = "", **properties: Any) -> CheckInList:
        gate_list = CheckInList(id=number, event=properties.pop("event", "conf26"), name=name, **properties)
        self.hear(gate_list)
        return gate_list

    def ticket(
        self, name: str = "Ada Lovelace", *, status: Status = Status.PAID, order: Any = None, **position: Any
    ) -> Ticket:
        """A paid ticket of its own order."""
        self._tickets += 1
        properties = {"event": "conf26", "code": f"A{self._tickets:04d}", "status": status, **(order or {})}
        position.setdefault("number", 1)
        position.setdefault("item", 1)
        position.setdefault("secret", f"secret-{self._tickets}")
        held = Position(name=name, **position)
        bought = Order(positions=(held,), **properties)
        self.hear(bought)
        return Ticket(bought, held)

    def time(self, clock: str | datetime) -> datetime:
        if isinstance(clock, datetime):
            return clock
        hour, minute = clock.split(":")
        return DATE.replace(hour=int(hour), minute=int(minute))

    def scan(
        self,
        code: Ticket | str,
        at: str | datetime = "09:00",
        *,
        lists: Any = ((("conf26", 1),)),
        nonce: str = "",
        **wish: Any,
    ) -> Verdict:
        text = code.position.secret if isinstance(code, Ticket) else code
        scan = new_scan(text, Source.MANUAL, self.time(at))
        if nonce:
            scan = type(scan)(scan.text, scan.source, scan.at, nonce)
        if wish.pop("exit", False):
            wish["direction"] = Direction.EXIT
        return self.app.gate.admit(
            scan, Door(lists=tuple(lists), gate=wish.pop("gate", "North")), Wish(**wish)
        ).result()


@pytest.fixture
def day(tmp_path: Path, new_folder: Callable[[Path], Folder]) -> Iterator[Day]:
    with App(new_folder(tmp_path)) as app:
        yield Day(app)


@pytest.fixture
def day_of() -> Callable[[App], Day]:
    """A day at the doors of a station that somebody else opens and closes."""
    return Day


class Counter:
    """A till on a day of the conference."""

    def __init__(self, day: Any) -> None:
        self.day = day
        self.app = day.app
        self.stock = Stock(self.app.shelf)
        day.hear(
            Event(slug="conf26", timezone="UTC", currency="CHF", name={"en": "Conf 26"}),
            TaxRule(id=1, event="conf26", name={"en": "VAT"}, rate=810),
            Category(id=1, event="conf26", name={"en": "Catering"}, is_addon=True),
            Item(
                id=1,
                event="conf26",
                name={"en": "Regular"},
                price=10_000,
                tax_rule=1,
                addons=(AddOnRule(category=1, max_count=2),),
            ),
            Item(id=2, event="conf26", name={"en": "Dinner"}, price=4_203, tax_rule=1, category=1),
        )

    def open(self, amount: int = 20_000) -> Any:
        return self.write(lambda c: shifts.open_shift(c, self.app.shelf, "conf26", amount, self.at("08:00"), "Ana"))

    def write(self, job: Any) -> Any:
        return self.app.write(job).result()

    def at(self, clock: str) -> Any:
        return self.day.time(clock)

    def cart(self, *lines: CartLine, name: str = "sale-1", training: bool = False) -> Cart:
        cart = Cart(id=name, event="conf26", training=training)
        for line in lines:
            cart = carts.added(cart, line)
        return cart

    def begin(self, cart: Cart, at: str = "09:00") -> Any:
        return self.write(lambda c: sell.begin(c, self.app.shelf, cart, self.at(at)))

    def finish(self, *offers: Offer, name: str = "sale-1", at: str = "09:01", **more: Any) -> sell.Sale:
        return self.write(lambda c: sell.finish(c, self.app.shelf, self.stock, name, offers, self.at(at), **more))

    def sell(self, cart: Cart, *offers: Offer) -> sell.Sale:
        self.begin(cart)
        return self.finish(*offers, name=cart.id)

    def give_back(self, code: str, *offers: Offer, wished: Any = None, **more: Any) -> give_back.GivenBack:
        return self.write(
            lambda c: give_back.give_back(
                c, self.app.shelf, "conf26", code, offers, "Ill", self.at("10:00"), wished, **more
            )
        )

    def pay(self, code: str, *offers: Offer, **more: Any) -> pay.Payment:
        return self.write(lambda c: pay.pay(c, self.app.shelf, "conf26", code, offers, self.at("10:00"), **more))

    def close(self, counted: int, reason: str = "") -> Any:
        self.write(lambda c: shifts.count(c, {1: counted}, self.at("17:59"), "Ana"))
        return self.write(lambda c: closing.close(c, self.app.shelf, self.at("18:00"), "Ana", reason))


@pytest.fixture
def counter(day: Any) -> Counter:
    return Counter(day)


@pytest.fixture
def cheap_seals(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a PIN is sealed with is not what is asked here."""
    monkeypatch.setattr(seals, "MEMORY_KIB", 8)
    monkeypatch.setattr(seals, "PASSES", 1)


class People:
    """A station with everybody, and a clock of its machine."""

    pins: ClassVar = {"Olga": "314159", "Sven": "271828", "Ana": "4711", "Dora": "2684", "Tom": "1793"}
    roles: ClassVar = {
        "Olga": Role.ORGANISER,
        "Sven": Role.SUPERVISOR,
        "Ana": Role.CASHIER,
        "Dora": Role.DESK,
        "Tom": Role.STEWARD,
    }

    def __init__(self, app: App) -> None:
        self.app = app
        self.uptime = 1_000_000
        self.staff = Staff(app, lambda: self.uptime)
        self.staff.add([NewOperator(name=name, role=self.roles[name], pin=self.pins[name]) for name in self.pins])

    def permit(self, act: Act, by: str = "Sven", reason: str = "Because") -> Any:
        return self.staff.permit(act, by, self.pins[by], reason)

    def wrong(self, who: str, times: int) -> None:
        for _ in range(times):
            with pytest.raises(Refused, match="This is not the PIN"):
                self.staff.check(who, "000001")

    def facts(self, kind: type) -> list[Any]:
        return [e.fact() for e in self.app.read(lambda c: list(journal.entries(c))) if isinstance(e.fact(), kind)]


@pytest.fixture
def people_of() -> Callable[[App], People]:
    """Everybody, at a station that somebody else opens and closes."""
    return People


@pytest.fixture
def people(day: Any, cheap_seals: None) -> People:
    return People(day.app)
