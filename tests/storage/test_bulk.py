"""Rows that go in together are the rows that would have gone in one by one."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxoffice.storage import bulk
from boxoffice.storage import connection as connections

PUT = (
    "INSERT INTO things (id, name, size, kept) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE"
    " SET name = excluded.name, size = excluded.size WHERE name IS NOT excluded.name OR size IS NOT excluded.size"
)

rows = st.lists(
    st.tuples(st.integers(1, 5), st.text(), st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1)), st.booleans()),
    max_size=8,
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Any:
    connection = connections.writable(tmp_path_factory.mktemp("store") / "store.db", b"k" * 32)
    for table in ("things", "others"):
        connection.execute(
            f"CREATE TABLE {table} (id INTEGER PRIMARY KEY, name TEXT NOT NULL, size INTEGER, kept INTEGER) STRICT"
        )
    yield connection
    connection.close()


@given(rows)
def test_together_is_the_same_as_one_by_one(store: Any, some: list[tuple[object, ...]]) -> None:
    store.execute("DELETE FROM things")
    store.execute("DELETE FROM others")
    changed = bulk.insert(store, PUT, some)
    one_by_one = sum(store.execute(PUT.replace("things", "others"), row).rowcount for row in some)
    assert store.execute("SELECT * FROM things").fetchall() == store.execute("SELECT * FROM others").fetchall()
    assert changed == one_by_one


def test_nothing_to_do_is_done(store: Any) -> None:
    assert bulk.insert(store, PUT, []) == 0


def test_a_text_is_kept_whole_though_it_holds_a_nul(store: Any) -> None:
    bulk.insert(store, PUT, [(9, "before\0after", None, False), (10, "", None, False)])
    assert store.execute("SELECT name FROM things WHERE id = 9").fetchone() == ("before\0after",)


def test_rows_that_are_texts_already_are_the_same_rows(store: Any) -> None:
    store.execute("DELETE FROM things")
    rows = [b'[1,"one",null,true]', '[2,"zwölf",12,false]'.encode()]
    assert bulk.insert_texts(store, PUT, rows) == 2
    assert bulk.insert_texts(store, PUT, [b'[3,"\\u0000three",3,true]']) == 1
    assert bulk.insert_texts(store, PUT, []) == 0
    found = store.execute("SELECT * FROM things ORDER BY id").fetchall()
    assert found == [(1, "one", None, 1), (2, "zwölf", 12, 0), (3, "\0three", 3, 1)]
