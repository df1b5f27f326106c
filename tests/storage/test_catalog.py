from __future__ import annotations

import pytest

from boxoffice.domain.catalog import CheckInList, Discount, Event, EventSettings, Item
from boxoffice.domain.nouns import Gone
from boxoffice.storage import catalog
from boxoffice.storage.catalog import Shelf


@pytest.fixture
def shelf():
    return Shelf()


def test_nouns_come_back_as_one_value(store, shelf):
    item = Item(id=1, event="conf26", name={"en": "Regular"})
    gate_list = CheckInList(id=3, event="conf26", name="Main", rules={"and": []})
    for noun in (Event(slug="conf26", timezone="Europe/Berlin"), item, gate_list):
        catalog.put(store, noun)
    found = shelf.of(store, "conf26")
    assert found.event.timezone == "Europe/Berlin"
    assert found.items == {1: item}
    assert found.lists == {3: gate_list}


def test_an_event_that_has_not_arrived_is_empty(store, shelf):
    found = shelf.of(store, "later")
    assert found.event == Event(slug="later")
    assert not found.items


def test_an_unchanged_catalog_is_the_same_value(store, shelf):
    event = Event(slug="conf26")
    catalog.put(store, event)
    before = shelf.of(store, "conf26")
    catalog.put(store, event)
    assert shelf.of(store, "conf26") is before


def test_a_changed_noun_is_seen_at_once(store, shelf):
    catalog.put(store, Item(id=1, event="conf26", price=100))
    shelf.of(store, "conf26")
    catalog.put(store, Item(id=1, event="conf26", price=200))
    assert shelf.of(store, "conf26").items[1].price == 200


def test_a_noun_that_is_gone_is_forgotten(store, shelf):
    catalog.put(store, Item(id=1, event="conf26"))
    shelf.of(store, "conf26")
    catalog.drop(store, Gone("item", "conf26", "1"))
    assert not shelf.of(store, "conf26").items


def test_another_connection_sees_what_was_committed(store, shelf, path, key):
    from boxoffice.storage import connection

    reader = connection.reading(path, key)
    catalog.put(store, Event(slug="conf26", timezone="UTC"))
    before = shelf.of(reader, "conf26")
    store.execute("BEGIN")
    catalog.put(store, Event(slug="conf26", timezone="Europe/Berlin"))
    assert shelf.of(reader, "conf26").event == before.event
    store.execute("COMMIT")
    assert shelf.of(reader, "conf26").event.timezone == "Europe/Berlin"
    reader.close()


def test_a_change_that_was_rolled_back_is_not_remembered(store, shelf):
    catalog.put(store, Event(slug="conf26", timezone="UTC"))
    store.execute("BEGIN")
    catalog.put(store, Event(slug="conf26", timezone="Europe/Berlin"))
    assert shelf.of(store, "conf26").event.timezone == "Europe/Berlin"
    store.execute("ROLLBACK")
    catalog.put(store, Item(id=1, event="conf26"))
    assert shelf.of(store, "conf26").event.timezone == "UTC"


def test_lists_and_events_are_sorted(store):
    for noun in (
        Event(slug="b"), Event(slug="a"),
        CheckInList(id=2, event="b", name="South"), CheckInList(id=1, event="b", name="North"),
    ):  # fmt: skip
        catalog.put(store, noun)
    assert catalog.events(store) == ["a", "b"]
    assert [one.name for one in catalog.check_in_lists(store)] == ["North", "South"]


def test_what_is_asked_of_guests_stands_beside_the_nouns(store, shelf):
    chosen = EventSettings(event="conf26", locales=("en", "de"))
    discount = Discount(id=4, event="conf26", percent=1000)
    for noun in (chosen, discount):
        catalog.put(store, noun)
    found = shelf.of(store, "conf26")
    assert found.settings == chosen
    assert found.discounts == {4: discount}
