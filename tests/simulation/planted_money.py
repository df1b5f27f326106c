"""Mistakes that people make with money, each put where it would be made; see `planted`."""

from __future__ import annotations

from typing import Any

import msgspec

from boxoffice.domain import counting
from boxoffice.domain.orders import Order
from boxoffice.domain.shift import Perpetual
from boxoffice.services import books, disagree
from boxoffice.storage import outbox, till
from sync.hub import documents, effects
from sync.wire.hub_feed import noun_of

from .planted import Patch, planted


@planted(day=5, shows="has taken")
def tells_of_the_first_tender_only(patch: Patch) -> None:
    real = books._fact
    patch.setattr(books, "_fact", lambda *given: _first_tender(real(*given)))


def _first_tender(fact: Any) -> Any:
    return msgspec.structs.replace(fact, tenders=fact.tenders[:1])


@planted(day=0, shows="Not everybody has heard")
def does_not_hear_of_receipts_of_other_tills(patch: Patch) -> None:
    patch.setattr("boxoffice.services.hear.takings.put", lambda *_: None)


@planted(day=118, shows="The hub refused|keeps parked acts|Order .* has")
def judges_an_order_as_it_was_before_the_batch(patch: Patch) -> None:
    def order(self: Any, event: str, code: str) -> Order | None:
        body = documents.body(self._connection, event, "order", code)
        found = noun_of("order", body.encode()) if body else None
        return found if isinstance(found, Order) else None

    patch.setattr(effects.Effects, "_order", order)


@planted(day=2, shows="There is -")
def lets_more_be_taken_from_a_gift_card_than_is_on_it(patch: Patch) -> None:
    def moved(card: Any, done: Any, currency: str) -> Any:
        more = msgspec.structs.replace(card, value=10**9)
        changed = real(more, done, currency)
        return msgspec.structs.replace(changed, value=card.value + done.amount)

    real = counting.moved
    patch.setattr(counting, "moved", moved)


@planted(day=2, shows="There is .* on card")
def takes_what_is_left_on_a_gift_card_and_says_nothing(patch: Patch) -> None:
    real = counting.moved

    def moved(card: Any, done: Any, currency: str) -> Any:
        changed = real(card, done, currency)
        return msgspec.structs.replace(card, value=0) if isinstance(changed, str) else changed

    patch.setattr(counting, "moved", moved)


@planted(day=41, shows="was redeemed")
def counts_a_voucher_only_as_often_as_it_may_be_used(patch: Patch) -> None:
    real = counting.recounted

    def recounted(voucher: Any, *given: Any) -> Any:
        counted = real(voucher, *given)
        return msgspec.structs.replace(counted, redeemed=min(counted.redeemed, counted.max_usages))

    patch.setattr(counting, "recounted", recounted)


@planted(day=41, shows="used too often")
def keeps_to_itself_that_a_voucher_was_used_too_often(patch: Patch) -> None:
    patch.setattr(disagree, "look_at_voucher", lambda *_: None)


@planted(day=2, shows="does not say that an act of its was refused")
def sets_a_refused_act_aside_and_tells_nobody(patch: Patch) -> None:
    def look(connection: Any, operation: str, words: str, _at: Any) -> None:
        outbox.park(connection, operation, str(words))

    patch.setattr(disagree, "look_at_refusal", look)


@planted(day=4, shows="says .* in all|do not follow from the one before")
def begins_its_totals_anew_with_each_shift(patch: Patch) -> None:
    real = till.perpetual
    patch.setattr(till, "perpetual", lambda connection: (real(connection)[0], Perpetual()))


@planted(day=0, shows="Not everybody has heard")
def does_not_pass_on_who_is_new(patch: Patch) -> None:
    real = effects.Effects._change_people

    def change(self: Any, caller: Any, entry: Any, fact: Any) -> str:
        return "" if fact.what == "added" else real(self, caller, entry, fact)

    patch.setattr(effects.Effects, "_change_people", change)
