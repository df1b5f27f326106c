"""What is taken in by the hundred is the same as what is taken in one by one."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxoffice.domain.catalog import CheckInList, Event, Item
from boxoffice.domain.checkins import CheckIn
from boxoffice.domain.instants import moment
from boxoffice.domain.nouns import Gone, Noun
from boxoffice.domain.orders import Blocked, Order, Position, Status
from boxoffice.services import hear
from boxoffice.services.ready import ready
from boxoffice.storage import connection as connections
from boxoffice.storage import orders, schema, search
from boxoffice.storage.catalog import Shelf
from boxoffice.storage.writer import transact

KEY = b"k" * 32
EVENTS = ("conf26", "party")
START: list[Noun] = [
    *(Event(slug=slug) for slug in EVENTS),
    *(Item(id=1, event=slug) for slug in EVENTS),
    *(CheckInList(id=1, event=slug, name="Main") for slug in EVENTS),
]

names = st.sampled_from(("Ada Lovelace", "Élodie Müller", "张三", ""))
positions = st.builds(
    Position,
    number=st.integers(1, 3),
    item=st.just(1),
    secret=st.sampled_from(("s1", "s2", "s3", "s4")),
    name=names,
    company=st.sampled_from(("", "Analytical Engines")),
    addon_to=st.sampled_from((None, None, 1)),
    canceled=st.booleans(),
)
orders_heard = st.builds(
    Order,
    event=st.sampled_from(EVENTS),
    code=st.sampled_from(("A1", "B2", "C3")),
    status=st.sampled_from((Status.PAID, Status.PAID, Status.CANCELED)),
    email=st.sampled_from(("", "ada@example.org")),
    customer=names,
    positions=st.lists(positions, max_size=3, unique_by=lambda one: one.number).map(tuple),
)
checkins_heard = st.builds(
    CheckIn,
    event=st.sampled_from(EVENTS),
    list=st.just(1),
    ticket=st.sampled_from(("A1-1", "A1-2", "B2-1")),
    at=st.integers(0, 3).map(moment),
    nonce=st.sampled_from(("n1", "n2", "n3")),
    annulled=st.booleans(),
)
others = st.sampled_from(
    (
        Gone("order", "conf26", "A1"),
        Gone("checkin", "conf26", "n1"),
        Blocked(event="conf26", secret="s1"),
        CheckInList(id=1, event="conf26", name="Renamed"),
    )
)
changes = st.lists(st.one_of(orders_heard, orders_heard, checkins_heard, others), max_size=12)


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that has heard what everything else is about; each example goes on with a copy of it."""
    path: Path = tmp_path_factory.mktemp("begun") / "store"
    connection = connections.writable(path, KEY)
    schema.prepare(connection)
    transact(connection, lambda c: [hear.apply(c, Shelf(), noun) for noun in START])
    connection.close()
    return path


def a_copy(begun: Path, path: Path) -> Any:
    shutil.copyfile(begun, path)
    return connections.writable(path, KEY)


def replica(connection: Any) -> dict[str, Any]:
    """Everything that was taken in. The ids of positions are this store's own, so they are left out."""
    tables = {
        "orders": "SELECT * FROM orders",
        "positions": "SELECT event, order_code, number, item, secret, name, company, addon_to, canceled FROM positions",
        "checkins": "SELECT nonce, event, ticket, at, annulled FROM checkins",
        "counts": "SELECT * FROM list_counts WHERE entries OR tickets OR inside",
        "conflicts": "SELECT id, kind, ticket, action FROM conflicts",
        "blocked": "SELECT * FROM blocked",
        "catalog": "SELECT * FROM catalog",
    }
    found = {name: sorted(map(repr, connection.execute(sql).fetchall())) for name, sql in tables.items()}
    for word in ("ada", "elodie", "zhang", "analytical", "a1", "b2"):
        hits = search.find(connection, word, 100)
        found[word] = sorted((hit.event, hit.order, hit.number) for hit in hits)
    return found


@pytest.mark.parametrize("fresh", [True, False])
@given(heard=changes)
def test_by_the_hundred_is_the_same_as_one_by_one(
    tmp_path_factory: pytest.TempPathFactory, begun: Path, fresh: bool, heard: list[Noun | Gone]
) -> None:
    folder = tmp_path_factory.mktemp("stores")
    single, bulk = a_copy(begun, folder / "single"), a_copy(begun, folder / "bulk")
    transact(single, lambda c: [hear.apply(c, Shelf(), noun) for noun in heard])
    transact(bulk, lambda c: hear.apply_all(c, Shelf(), [ready(noun, fresh=fresh) for noun in heard]))
    assert replica(bulk) == replica(single)
    single.close()
    bulk.close()


def test_a_position_that_an_order_no_longer_names_is_cancelled_though_nothing_else_changed(
    tmp_path: Path, begun: Path
) -> None:
    two = Order(
        event="conf26",
        code="A1",
        status=Status.PAID,
        positions=(Position(number=1, item=1), Position(number=2, item=1)),
    )
    one = Order(event="conf26", code="A1", status=Status.PAID, positions=(Position(number=1, item=1),))
    store = a_copy(begun, tmp_path / "store")
    transact(store, lambda c: orders.put(c, two))
    assert transact(store, lambda c: orders.put(c, one))
    assert store.execute("SELECT number, canceled FROM positions ORDER BY number").fetchall() == [(1, 0), (2, 1)]
    store.close()


def test_an_order_whose_code_holds_a_zero_is_found_by_name(tmp_path: Path, begun: Path) -> None:
    odd = Order(
        event="conf26", code="A\0B", status=Status.PAID, positions=(Position(number=1, item=1, name="Ada Lovelace"),)
    )
    store = a_copy(begun, tmp_path / "store")
    transact(store, lambda c: hear.apply_all(c, Shelf(), [ready(odd, fresh=True)]))
    assert [hit.order for hit in search.find(store, "lovelace")] == ["A\0B"]
    store.close()
