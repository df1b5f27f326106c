"""Mistakes that people make with drawers, cards and what is set aside, put where they would be made; see `planted`."""

from __future__ import annotations

from typing import Any

import msgspec

from boxoffice.domain import payment
from boxoffice.domain.facts import CashMoved
from boxoffice.domain.gift_cards import Why
from boxoffice.domain.payment_steps import NotCharged
from boxoffice.domain.shift import Day
from boxoffice.services import books, disagree, shifts
from boxoffice.storage import leases as held
from sync.hub import effects

from .planted import Patch, planted


@planted(day=22, shows="Not everybody has heard")
def keeps_to_itself_that_a_card_was_overspent(patch: Patch) -> None:
    patch.setattr(disagree, "look_at_card", lambda *_: None)


@planted(day=22, shows="Not everybody has heard")
def refuses_what_a_card_has_not_got_and_tells_the_others_nothing(patch: Patch) -> None:
    patch.setattr("sync.hub.effects.counting.turned_away", lambda card, *_: card)


@planted(day=0, shows="has moved|not what the journal says|The journal says")
def tells_of_all_cash_as_if_it_came_in(patch: Patch) -> None:
    def moved(*, amount: int, **more: Any) -> CashMoved:
        return CashMoved(amount=abs(amount), **more)

    patch.setattr(shifts, "CashMoved", moved)


@planted(day=0, shows="in the drawer")
def expects_what_was_paid_out_to_be_in_the_drawer(patch: Patch) -> None:
    real: Any = Day.expected
    patch.setattr(
        Day, "expected", property(lambda day: real.fget(day) - sum(min(0, move.amount) for move in day.moves))
    )


@planted(day=1, shows="has taken")
def puts_right_how_something_was_paid_and_tells_of_one_half(patch: Patch) -> None:
    real = books._fact

    def fact(*given: Any) -> Any:
        told = real(*given)
        kept = tuple((means, amount) for means, amount in told.tenders if amount > 0)
        return msgspec.structs.replace(told, tenders=kept) if told.corrects else told

    patch.setattr(books, "_fact", fact)


@planted(day=10, shows="on card|Not everybody has heard")
def pays_a_card_out_and_leaves_the_money_on_it(patch: Patch) -> None:
    real = effects.Effects._move_card

    def move(self: Any, caller: Any, entry: Any, fact: Any) -> str:
        return "" if fact.why == Why.CASHED_OUT else real(self, caller, entry, fact)

    patch.setattr(effects.Effects, "_move_card", move)


@planted(day=8, shows="The terminal of")
def believes_that_a_card_of_which_nothing_was_heard_was_not_charged(patch: Patch) -> None:
    patch.setattr(payment, "judge", lambda *_: NotCharged(because="It is silent."))


@planted(day=14, shows="places in the workshop")
def sells_what_is_set_aside_more_than_once(patch: Patch) -> None:
    patch.setattr(held, "draw", lambda *_: None)
