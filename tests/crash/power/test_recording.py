"""The recorder leaves nothing out, and adds nothing."""

from __future__ import annotations

import os

import pytest

from boxoffice.storage import connection


@pytest.fixture
def words():
    return lambda recorded: [step[0] for step in recorded.steps]


def test_what_the_engine_did_adds_up_to_the_files(scratch, recording):
    with recording(scratch) as recorded:
        store = connection.writable(scratch / "store.db", bytes(32))
        store.execute("PRAGMA wal_autocheckpoint=10")
        store.execute("CREATE TABLE things (body BLOB)")
        for _ in range(20):
            store.execute("INSERT INTO things VALUES (randomblob(9000))")
        assert recorded.whole()
        store.execute("DELETE FROM things")
        store.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        store.execute("PRAGMA incremental_vacuum").fetchall()
        assert recorded.whole()
        store.close()
        assert recorded.whole()
    assert "cut" in {step[0] for step in recorded.steps}
    assert "store.db-wal" not in recorded.names


def test_a_commit_is_synced_before_it_returns(scratch, recording):
    with recording(scratch) as recorded:
        store = connection.writable(scratch / "store.db", bytes(32))
        store.execute("CREATE TABLE things (body BLOB)")
        recorded.steps.clear()
        store.execute("INSERT INTO things VALUES (1)")
        log = recorded.names["store.db-wal"]
        assert recorded.steps[0][:2] == ("wrote", log)
        assert recorded.steps[-1] == ("synced", log)
        store.close()


def test_a_new_log_is_synced_with_its_folder(scratch, recording, words):
    with recording(scratch) as recorded:
        store = connection.writable(scratch / "store.db", bytes(32))
        store.execute("CREATE TABLE things (body BLOB)")
        store.close()
    made = next(n for n, step in enumerate(recorded.steps) if step[:2] == ("named", "store.db-wal"))
    assert words(recorded)[made + 1 : made + 4] == ["wrote", "synced", "synced_folder"]


def test_what_python_did_is_heard_of(scratch, recording):
    (scratch / "old").write_bytes(b"before")
    with recording(scratch) as recorded:
        (scratch / "sub").mkdir()
        (scratch / "new").write_bytes(b"content")
        with (scratch / "new").open("rb+") as file:
            os.fsync(file.fileno())
        (scratch / "new").rename(scratch / "sub" / "newer")
        (scratch / "old").unlink()
        descriptor = os.open(scratch / "sub", os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)
        assert recorded.whole()
    file = recorded.names["sub/newer"]
    assert recorded.steps == [
        ("named", "sub", -1),
        ("named", "new", file),
        ("wrote", file, 0, b"content"),
        ("synced", file),
        ("renamed", "new", "sub/newer"),
        ("unnamed", "old"),
        ("synced_folder", "sub"),
    ]


def test_after_the_recording_nothing_is_heard_of(scratch, recording):
    with recording(scratch) as recorded:
        pass
    store = connection.writable(scratch / "store.db", bytes(32))
    store.execute("CREATE TABLE things (body BLOB)")
    store.close()
    assert recorded.steps == []
