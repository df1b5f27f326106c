"""What a day draws for its tills: how often something is sold, given back, put right, counted or paid by card."""

from __future__ import annotations

from typing import TYPE_CHECKING

from boxoffice.domain.documents import Movement
from boxoffice.domain.permissions import Role
from boxoffice.terminals.simulated import Behaviour

from .tills import VOUCHERS

if TYPE_CHECKING:
    from .day import Day
    from .laptops import Laptop

ENDINGS = (Behaviour.APPROVE, Behaviour.APPROVE, Behaviour.DECLINE, Behaviour.CUT_SENT, Behaviour.CUT_KEPT)
"""What a card terminal does."""


def trade(day: Day, laptop: Laptop) -> None:
    """What happens at a till at some moment."""
    till, chance = laptop.till, day.chance
    match chance.randrange(44):
        case 0 | 1:
            till.sell(chance.choice((1, 1, 2)))
        case 2 | 3 | 4 | 5:
            voucher = chance.choice(VOUCHERS)
            till.sell_with(voucher)
            if chance.random() < 0.5:  # a code is passed on to a friend in another queue
                chance.choice(day.laptops).till.sell_with(voucher)
        case 6 | 7 | 8 | 9:
            till.spend(chance.choice(day.cards))
        case 10:
            card = f"{laptop.name.upper()}{len(day.cards)}CARD0000"
            if till.load(card, 4_000, new=True):
                day.cards.append(card)
        case 11:
            till.load(chance.choice(day.cards), 1_000, new=False)
        case 12:
            code = f"{laptop.name[0].upper()}U{len(day.unpaid)}"
            if till.order(code):
                day.unpaid.append(code)
        case 13 | 14:
            till.take(chance.choice(day.unpaid))
        case 15:
            till.give_back(chance.choice(day.unpaid))
        case 16:
            till.void()
        case 17 | 18 | 19 | 20 | 21:
            till.close()
        case 22 | 23:
            till.promote(chance.choice((Role.CASHIER, Role.SUPERVISOR)))
        case 24:
            till.hire(chance.choice((Role.CASHIER, Role.SUPERVISOR)))
        case 25 | 26:
            till.move(chance.choice((Movement.PAY_IN, Movement.PAY_OUT, Movement.DROP)), 500)
        case 27 | 28 | 29:
            till.correct()
        case 30 | 31:
            till.cash_out(chance.choice(day.cards))
        case 32 | 33 | 34:
            till.sell_by_card(chance.choice(ENDINGS), goes=chance.random() < 0.3)
        case 35:
            till.finish_what_is_open()
        case 36 | 37:
            till.set_aside(chance.choice((0, 1, 2, 3)))
        case _:
            for _ in range(chance.choice((1, 1, 3))):  # friends come together
                till.sell_a_place()
