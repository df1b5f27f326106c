"""When something is on sale: the item's period, its kind's, the date's, and the item's on that date.

Each of them may say no by itself, so a refusal names the one that failed and the time at which it holds again, or
ended. Times are said on the event's clock.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from .catalog import Catalog, Item, SubEvent
from .offering import SaleOnDate
from .passages import zone_of
from .words import Sentence, localised


def name_of_date(catalog: Catalog, date: SubEvent, locale: str) -> str:
    """What people call a date: its name, else its day and hour."""
    if named := localised(date.name, locale):
        return named
    return f"{date.date_from.astimezone(zone_of(catalog.event)):%Y-%m-%d %H:%M}" if date.date_from else f"#{date.id}"


def closed(
    catalog: Catalog, item: Item, variation: int | None, subevent: int | None, now: datetime, locale: str = "en"
) -> Iterator[Sentence]:
    """Why something is not on sale now, one sentence for each period that does not hold."""
    date = catalog.subevents.get(subevent) if subevent is not None else None
    kind = item.variation(variation)
    named = localised(item.name, locale)
    of_kind = ", ".join((named, localised(kind.value, locale))) if kind is not None else named
    spans = [(named, item.available_from, item.available_until)]
    if kind is not None:
        spans.append((of_kind, kind.available_from, kind.available_until))
    if date is not None:
        spans.append((name_of_date(catalog, date, locale), date.available_from, date.available_until))
        for sale, what in ((_of_item(date, item), named), (_of_kind(date, variation), of_kind)):
            on_date = f"{what} ({name_of_date(catalog, date, locale)})"
            spans.append((on_date, sale.available_from, sale.available_until))
    zone = zone_of(catalog.event)
    for what, begins, ends in spans:
        if begins is not None and now < begins:
            yield Sentence("The sale of {what} begins at {from}", {"what": what, "from": begins.astimezone(zone)})
        if ends is not None and now > ends:
            yield Sentence("The sale of {what} ended at {until}", {"what": what, "until": ends.astimezone(zone)})


def offered(catalog: Catalog, item: Item, variation: int | None, subevent: int | None) -> bool:
    """Whether a date of the series has this at all."""
    date = catalog.subevents.get(subevent) if subevent is not None else None
    return date is None or not (_of_item(date, item).disabled or _of_kind(date, variation).disabled)


_PLAIN = SaleOnDate()


def _of_item(date: SubEvent, item: Item) -> SaleOnDate:
    return date.item_sales.get(str(item.id), _PLAIN)


def _of_kind(date: SubEvent, variation: int | None) -> SaleOnDate:
    return date.variation_sales.get(str(variation), _PLAIN)
