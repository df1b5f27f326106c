"""The same thing put right at two places: which acts are about the same, and what each made of it."""

from __future__ import annotations

from .catalog import Catalog
from .checks import name_of_item
from .conflicts import Side
from .facts import Edited, Exchanged, Fact, Private
from .money import plain
from .periods import name_of_date


def is_in_the_way(one: Fact, private: Private, other: Fact, others: Private) -> bool:
    """Whether two acts put the same thing right: a field that both changed, or a position that both exchanged."""
    match one, other:
        case Edited(), Edited():
            same = (one.event, one.order, one.position) == (other.event, other.order, other.position)
            return same and not private.changes.keys().isdisjoint(others.changes)
        case Exchanged(), Exchanged():
            positions = {swap.position for swap in one.swaps} & {swap.position for swap in other.swaps}
            return (one.event, one.order) == (other.event, other.order) and bool(positions)
        case _:
            return False


def made(side: Side, catalog: Catalog, locale: str) -> tuple[tuple[str, str, str], ...]:
    """What an edit made of what: the field (or the ticket, by its number), what it said, and what it says now."""
    fields = ((field, change.before, change.after) for field, change in side.changes.items())
    swapped = (
        (
            str(one.position),
            _kind_of_ticket(catalog, locale, one.was_item, one.was_variation, one.was_subevent, one.was_price),
            _kind_of_ticket(catalog, locale, one.item, one.variation, one.subevent, one.price),
        )
        for one in side.swaps
    )
    return (*fields, *swapped)


def _kind_of_ticket(
    catalog: Catalog, locale: str, item: int, variation: int | None, subevent: int | None, price: int
) -> str:
    date = catalog.subevents.get(subevent or 0)
    name = name_of_item(catalog, item, variation, locale)
    when = name_of_date(catalog, date, locale) if date is not None else ""
    currency = catalog.event.currency
    return ", ".join(part for part in (name, when, f"{plain(price, currency)} {currency}") if part)
