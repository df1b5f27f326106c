"""The people of the demo: who bought what, with whom, and what is odd about their tickets.

Orders are made one after the other and never kept, so a million need no more memory than one. Codes are
unique without remembering those before: they are the order's running number, shuffled by arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from itertools import count
from typing import NamedTuple

from boxoffice.domain.nouns import Noun
from boxoffice.domain.orders import Blocked, Medium, Order, Position, Revoked, Status, ticket_key

from . import catalog
from .catalog import CHILD, CONF, CREW, DAY_TICKET, EXHIBITOR, FEST, PRESS, REGULAR, SPEAKER, STUDENT, VIP
from .names import Dice, Person, Word, load, person
from .signing import signed_ticket


class Sale(NamedTuple):
    """An order, and what the server says beside it about its tickets' codes."""

    order: Order
    beside: tuple[Noun, ...] = ()


_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ3789"
_PAIRS = [first + second for first in _LETTERS for second in _LETTERS]
_CODES = len(_PAIRS) * len(_PAIRS) * len(_LETTERS)
_ADAS = (_LETTERS.index("A") * len(_PAIRS) + _PAIRS.index("7B")) * len(_PAIRS) + _PAIRS.index("9C")
_STEP = 7_368_787
"""Has no divisor in common with the number of codes, so no code comes twice."""


def order_code(index: int) -> str:
    """The code of the order with this running number; the first one is A7B9C."""
    rest, last = divmod((_ADAS + index * _STEP) % _CODES, len(_PAIRS))
    first, middle = divmod(rest, len(_PAIRS))
    return _LETTERS[first] + _PAIRS[middle] + _PAIRS[last]


_SECRET_LETTERS = (b"abcdefghijklmnopqrstuvwxyz0123456789" * 8)[:256]
_LONG_SECRET = 32


def secret(dice: Dice) -> str:
    """A ticket's code as servers make them: 32 letters, or now and then a short one of an older event."""
    length = 10 + dice.below(7) if dice.chance(0.03) else _LONG_SECRET
    return dice.bytes(length).translate(_SECRET_LETTERS).decode()


class _Guest(NamedTuple):
    name: str
    email: str
    company: str
    item: int


_TICKETS = (
    (REGULAR,) * 52 + (STUDENT,) * 18 + (DAY_TICKET,) * 12 + (SPEAKER,) * 6 + (VIP,) * 5 + (PRESS,) * 3 + (CREW,) * 4
)
_COMPANY_TICKETS = (REGULAR,) * 8 + (EXHIBITOR,) * 3 + (VIP,)
_PRICES = {REGULAR: 38_000, STUDENT: 12_000, VIP: 95_000, DAY_TICKET: 16_000, EXHIBITOR: 22_000}
_EXTRAS = (
    (0.14, catalog.WORKSHOP, catalog.WORKSHOPS, 9_000),
    (0.12, catalog.T_SHIRT, catalog.SIZES, 2_500),
    (0.09, catalog.DINNER, catalog.MENUS, 7_500),
    (0.03, catalog.PROCEEDINGS, (None,), 3_900),
)
_UP_TO_ALONE, _UP_TO_FAMILIES, _UP_TO_COLLEAGUES = 0.74, 0.86, 0.98
_NOTES = (
    "Invoice still open, ask at desk 3",
    "Needs a chair without arms",
    "Bring to the organisers",
    "Interpreter waits at the info desk",
)
"""What the organisers wrote on an order."""


class Conference:
    """Makes the orders of `conf26`, each once."""

    def __init__(self, attendees: int, seed: int, begins: date) -> None:
        self._left = attendees
        self._dice = Dice(seed)
        self._names = load()
        self._begins = catalog.moment(begins, 1, "09:00")
        self._windows = {
            number: (catalog.moment(begins, day, "00:00"), catalog.moment(begins, day, "23:59"))
            for day, number in enumerate(catalog.DAY_TICKETS, 1)
        }

    def sales(self) -> Iterator[Sale]:
        """All of them, the first one Ada Lovelace's."""
        if self._left > 0:
            yield Sale(self._adas_order())
        self._left -= 1
        for index in count(1):
            if self._left <= 0:
                return
            guests = self._guests()[: self._left]
            self._left -= len(guests)
            yield self._sale(order_code(index), guests)

    def _adas_order(self) -> Order:
        """Paid, with one of each extra: what a first scan and a screenshot should show."""
        ticket = Position(
            number=1, item=REGULAR, price=_PRICES[REGULAR], secret=secret(self._dice), name="Ada Lovelace"
        )
        extras = [
            Position(
                number=2 + place,
                item=item,
                variation=variations[-1],
                price=price,
                secret=secret(self._dice),
                addon_to=1,
            )
            for place, (_, item, variations, price) in enumerate(_EXTRAS)
        ]
        return Order(
            event=CONF,
            code=order_code(0),
            status=Status.PAID,
            email="ada@analytical.example",
            placed_at=self._begins - timedelta(days=90),
            total=ticket.price + sum(extra.price for extra in extras),
            customer="Ada Lovelace",
            positions=(ticket, *extras),
        )

    def _guests(self) -> list[_Guest]:
        roll = self._dice.roll()
        if roll < _UP_TO_ALONE:
            return [self._alone()]
        if roll < _UP_TO_FAMILIES:
            return self._family()
        if roll < _UP_TO_COLLEAGUES:
            return self._colleagues()
        return [self._unusual()]

    def _alone(self) -> _Guest:
        dice = self._dice
        somebody = person(dice, dice.pick(self._names.tongues))
        company = dice.pick(self._names.companies).shown if dice.chance(0.4) else ""
        return _Guest(somebody.name, _private_mail(dice, somebody), company, dice.pick(_TICKETS))

    def _family(self) -> list[_Guest]:
        dice = self._dice
        tongue = dice.pick(self._names.tongues)
        family = dice.pick(tongue.family)
        parent = person(dice, tongue, family)
        guests = [_Guest(parent.name, _private_mail(dice, parent), "", REGULAR)]
        for place in range(1 + dice.below(4)):
            relative = person(dice, tongue, family)
            guests.append(_Guest(relative.name, "", "", CHILD if place else REGULAR))
        return guests

    def _colleagues(self) -> list[_Guest]:
        dice = self._dice
        company = dice.pick(self._names.companies)
        at = _company_mail(company)
        item = dice.pick(_COMPANY_TICKETS)
        guests = []
        for _ in range(2 + dice.below(5)):
            colleague = person(dice, dice.pick(self._names.tongues))
            email = f"{colleague.mail or f'guest{dice.below(10_000)}'}@{at}"
            guests.append(_Guest(colleague.name, email, company.shown, item))
        return guests

    def _unusual(self) -> _Guest:
        name = self._dice.pick(self._names.unusual) if self._dice.chance(0.7) else ""
        return _Guest(name, "", "", REGULAR)

    def _sale(self, code: str, guests: list[_Guest]) -> Sale:
        dice = self._dice
        state = dice.pick(_STATES)
        positions: list[Position] = []
        for guest in guests:
            self._add(positions, guest)
        placed_at = self._begins - timedelta(seconds=86_400 + dice.below(120 * 86_400))
        first = guests[0]
        order = Order(
            event=CONF,
            code=code,
            status=state.status,
            email=_office(first) if len(guests) > 1 and first.company else first.email,
            phone=_phone(dice) if dice.chance(0.5) else "",
            locale=dice.pick(("en", "en", "de", "zh", "fr")),
            placed_at=placed_at,
            expires_at=placed_at + timedelta(days=14) if state.status is not Status.PAID else None,
            total=sum(position.price for position in positions),
            require_approval=state.require_approval,
            valid_if_pending=state.valid_if_pending,
            checkin_attention=dice.chance(0.01),
            checkin_text=dice.pick(_NOTES) if dice.chance(0.01) else None,
            customer=first.name,
            positions=tuple(positions),
        )
        return Sale(order, tuple(self._beside(order)) if dice.chance(0.05) else ())

    def _add(self, positions: list[Position], guest: _Guest) -> None:
        dice = self._dice
        number = len(positions) + 1
        day = dice.pick(catalog.DAY_TICKETS) if guest.item == DAY_TICKET else None
        valid_from, valid_until = self._windows[day] if day else (None, None)
        positions.append(
            Position(
                number=number,
                item=guest.item,
                variation=day,
                price=_PRICES.get(guest.item, 0),
                secret=secret(dice),
                name=guest.name,
                company=guest.company,
                email=guest.email,
                canceled=dice.chance(0.008),
                valid_from=valid_from,
                valid_until=valid_until,
                answers=_answers(dice, guest.item),
            )
        )
        for likely, item, variations, price in _EXTRAS:
            if dice.roll() < likely:
                positions.append(
                    Position(
                        number=len(positions) + 1,
                        item=item,
                        variation=dice.pick(variations),
                        price=price,
                        secret=secret(dice),
                        addon_to=number,
                    )
                )

    def _beside(self, order: Order) -> Iterator[Noun]:
        dice = self._dice
        ticket = order.positions[0]
        roll = dice.roll()
        if roll < 0.1:
            yield Blocked(event=CONF, secret=ticket.secret)
        elif roll < 0.2:
            yield Revoked(event=CONF, secret=secret(dice))
        else:
            yield Medium(
                identifier=f"WB{dice.below(10_000):04d}{order.code}",
                event=CONF,
                tickets=(ticket_key(order.code, ticket.number),),
            )


class _State(NamedTuple):
    status: Status
    require_approval: bool = False
    valid_if_pending: bool = False


_PAID = _State(Status.PAID)
_STATES = (
    (_PAID,) * 174
    + (_State(Status.PENDING),) * 8
    + (_State(Status.PENDING, require_approval=True),) * 4
    + (_State(Status.PENDING, valid_if_pending=True),) * 3
    + (_State(Status.EXPIRED),) * 5
    + (_State(Status.CANCELED),) * 6
)

_MAIL_HOSTS = ("mail.example", "post.example", "letters.example", "brief.example")


def _private_mail(dice: Dice, somebody: Person) -> str:
    return f"{somebody.mail or f'p{dice.below(1_000_000)}'}@{dice.pick(_MAIL_HOSTS)}"


def _company_mail(company: Word) -> str:
    return f"{company.mail or 'company'}.example"


def _office(guest: _Guest) -> str:
    return "office@" + guest.email.partition("@")[2]


_PHONES = (
    ("+49 30 23125 {:03d}", 1_000),
    ("+44 7700 900{:03d}", 1_000),
    ("+1 202 555 01{:02d}", 100),
    ("+86 100 0000 {:04d}", 10_000),
)
"""Numbers that are kept free for films and books, or that cannot be dialled."""


def _phone(dice: Dice) -> str:
    form, many = dice.pick(_PHONES)
    return form.format(dice.below(many))


_NO_ANSWERS: Mapping[str, str] = {}


def _answers(dice: Dice, item: int) -> Mapping[str, str]:
    """What was answered when the ticket was bought; the rest is asked at the door."""
    if item in (SPEAKER, PRESS):
        return {str(catalog.HOUSE_RULES): "true"} if dice.chance(0.85) else _NO_ANSWERS
    if item == STUDENT:
        return {str(catalog.STUDENT_NUMBER): f"s{dice.below(1_000_000):06d}"}
    if item == VIP:
        return {str(catalog.FOOD): str(dice.pick(catalog.FOOD_OPTIONS[:3]))} if dice.chance(0.7) else _NO_ANSWERS
    if item == EXHIBITOR:
        return _arrival(dice)
    return _NO_ANSWERS


def _arrival(dice: Dice) -> Mapping[str, str]:
    roll = dice.roll()
    if roll < 0.2:
        return _NO_ANSWERS
    if roll < 0.6:
        return {str(catalog.ARRIVAL): str(catalog.BY_TRAIN)}
    return {str(catalog.ARRIVAL): str(catalog.BY_CAR), str(catalog.NUMBER_PLATE): f"LS-{dice.below(10_000)}"}


_FAR_FROM_THE_OTHERS = 10_000_000
"""So that no code of the festival is one of the conference, too."""


class Festival:
    """Makes the orders of `fest26`, whose tickets are signed."""

    def __init__(self, attendees: int, seed: int, begins: date) -> None:
        self._left = attendees
        self._dice = Dice(seed + 1)
        self._names = load()
        self._begins = catalog.moment(begins, 1, "09:00")

    def sales(self) -> Iterator[Sale]:
        """All of them."""
        for index in count(_FAR_FROM_THE_OTHERS):
            if self._left <= 0:
                return
            size = min(1 + self._dice.below(3), self._left)
            self._left -= size
            yield Sale(self._order(order_code(index), size))

    def _order(self, code: str, size: int) -> Order:
        dice, names = self._dice, self._names
        people = [person(dice, dice.pick(names.tongues)) for _ in range(size)]
        positions: list[Position] = []
        for somebody in people:
            self._add(positions, somebody, dice.pick((catalog.FIRST_NIGHT, catalog.SECOND_NIGHT)))
        state = dice.pick(_STATES)
        return Order(
            event=FEST,
            code=code,
            status=state.status,
            email=_private_mail(dice, people[0]),
            phone=_phone(dice),
            placed_at=self._begins - timedelta(seconds=86_400 + dice.below(60 * 86_400)),
            total=sum(position.price for position in positions),
            require_approval=state.require_approval,
            valid_if_pending=state.valid_if_pending,
            customer=people[0].name,
            positions=tuple(positions),
        )

    def _add(self, positions: list[Position], somebody: Person, night: int) -> None:
        dice = self._dice
        balcony = dice.chance(0.3)
        item = catalog.BALCONY if balcony else catalog.EVENING
        number = len(positions) + 1
        positions.append(
            Position(
                number=number,
                item=item,
                price=4_500 if balcony else 2_800,
                secret=signed_ticket(_seed(dice), item, subevent=night),
                name=somebody.name,
                subevent=night,
                seat=f"Row {1 + dice.below(12)}, seat {1 + dice.below(30)}" if balcony else None,
            )
        )
        if dice.chance(0.3):
            drinks = signed_ticket(_seed(dice), catalog.DRINKS, subevent=night)
            positions.append(
                Position(
                    number=number + 1, item=catalog.DRINKS, price=600, secret=drinks, subevent=night, addon_to=number
                )
            )


def _seed(dice: Dice) -> str:
    return dice.bytes(9).translate(_SECRET_LETTERS).decode()


def sold_at_the_door(many: int, seed: int = 0) -> Iterator[str]:
    """Signed tickets for the festival's first night that no order knows: sold after the last sync."""
    dice = Dice(seed + 2)
    for _ in range(many):
        yield signed_ticket(_seed(dice), catalog.EVENING, subevent=catalog.FIRST_NIGHT)
