"""Mistakes that people make with money, each put where it would be made; see `planted`."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import msgspec

from boxoffice.domain import changes, counting
from boxoffice.domain.facts import Paid
from boxoffice.domain.orders import Order
from boxoffice.domain.shift import Perpetual
from boxoffice.services import books, disagree
from boxoffice.storage import outbox, till
from sync.hub import effects

from .planted import Patch, planted


@planted(day=1, shows="has taken")
def tells_of_the_first_tender_only(patch: Patch) -> None:
    real = books._fact
    patch.setattr(books, "_fact", lambda *given: _first_tender(real(*given)))


def _first_tender(fact: Any) -> Any:
    return msgspec.structs.replace(fact, tenders=fact.tenders[:1])


@planted(day=0, shows="Not everybody has heard")
def does_not_hear_of_receipts_of_other_tills(patch: Patch) -> None:
    patch.setattr("boxoffice.services.hear.takings.put", lambda *_: None)


@planted(day=1, shows="Order .* has")
def keeps_only_the_last_payment_of_an_order(patch: Patch) -> None:
    def after(order: Any, fact: Any, *given: Any) -> Any:
        changed = changes.after(order, fact, *given)
        if isinstance(fact, Paid) and isinstance(changed, Order):
            return msgspec.structs.replace(changed, payments=changed.payments[-1:])
        return changed

    patch.setattr(effects, "changes", SimpleNamespace(after=after))


@planted(day=22, shows="There is -")
def lets_more_be_taken_from_a_gift_card_than_is_on_it(patch: Patch) -> None:
    def moved(card: Any, done: Any, currency: str) -> Any:
        more = msgspec.structs.replace(card, value=10**9)
        changed = real(more, done, currency)
        return msgspec.structs.replace(changed, value=card.value + done.amount)

    real = counting.moved
    patch.setattr(counting, "moved", moved)


@planted(day=22, shows="There is .* on card")
def takes_what_is_left_on_a_gift_card_and_says_nothing(patch: Patch) -> None:
    real = counting.moved

    def moved(card: Any, done: Any, currency: str) -> Any:
        changed = real(card, done, currency)
        return msgspec.structs.replace(card, value=0) if isinstance(changed, str) else changed

    patch.setattr(counting, "moved", moved)


@planted(day=61, shows="was redeemed")
def counts_a_voucher_only_as_often_as_it_may_be_used(patch: Patch) -> None:
    real = counting.recounted

    def recounted(voucher: Any, *given: Any) -> Any:
        counted = real(voucher, *given)
        return msgspec.structs.replace(counted, redeemed=min(counted.redeemed, counted.max_usages))

    patch.setattr(counting, "recounted", recounted)


@planted(day=61, shows="Not everybody has heard")
def keeps_to_itself_that_a_voucher_was_used_too_often(patch: Patch) -> None:
    patch.setattr(disagree, "look_at_voucher", lambda *_: None)


@planted(day=22, shows="does not say that an act of its was refused|Not everybody has heard")
def sets_a_refused_act_aside_and_tells_nobody(patch: Patch) -> None:
    def look(connection: Any, operation: str, words: str, *_: Any) -> None:
        outbox.park(connection, operation, str(words))

    patch.setattr(disagree, "look_at_refusal", look)


@planted(day=98, shows="says .* in all|do not follow from the one before")
def begins_its_totals_anew_with_each_shift(patch: Patch) -> None:
    real = till.perpetual
    patch.setattr(till, "perpetual", lambda connection: (real(connection)[0], Perpetual()))


@planted(day=0, shows="Not everybody has heard")
def does_not_pass_on_who_is_new(patch: Patch) -> None:
    real = effects.Effects._change_people

    def change(self: Any, caller: Any, entry: Any, fact: Any) -> str:
        return "" if fact.what == "added" else real(self, caller, entry, fact)

    patch.setattr(effects.Effects, "_change_people", change)
