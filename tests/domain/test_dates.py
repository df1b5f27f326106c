"""Which dates of a series a till offers, and which it sells unless somebody chooses another."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from boxoffice.domain import dates
from boxoffice.domain.catalog import Catalog, Event, SubEvent

NOW = datetime(2026, 11, 21, 18, tzinfo=UTC)


def a_series(*hours: float, series: bool = True) -> Catalog:
    found = (
        SubEvent(id=number, event="fest26", date_from=NOW + timedelta(hours=away), active=away != 99)
        for number, away in enumerate(hours, start=1)
    )
    return Catalog(event=Event(slug="fest26", has_subevents=series), subevents={one.id: one for one in found})


def test_what_comes_next_is_sold_and_what_is_over_stands_last() -> None:
    catalog = a_series(48, -30, 24, 99)
    assert [one.id for one in dates.offered(catalog, NOW)] == [3, 1, 2]
    assert dates.sold_first(catalog, NOW) == 3


def test_a_date_that_has_begun_is_still_sold() -> None:
    assert dates.sold_first(a_series(24, -2), NOW) == 2


def test_a_till_that_is_there_for_a_date_sells_it_first() -> None:
    assert dates.sold_first(a_series(24, 48), NOW, first=(2,)) == 2
    assert dates.sold_first(a_series(24, -48), NOW, first=(2,)) == 1


def test_without_a_series_there_is_no_date() -> None:
    assert dates.sold_first(a_series(24, series=False), NOW) is None
