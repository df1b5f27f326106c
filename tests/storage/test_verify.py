from __future__ import annotations

import pytest

from boxoffice.domain.facts import Printed, Undone
from boxoffice.domain.instants import moment
from boxoffice.domain.printing import Printout
from boxoffice.storage import checkins, connection, journal, outbox, print_queue, verify

EVENT = "conf26"


@pytest.fixture
def enters(store, write_down, admitted, passage):
    """Somebody came in, with everything that is written down then; the operation."""

    def enter(ticket="A-1"):
        operation = write_down(store, admitted(ticket))
        checkins.put(store, passage(ticket=ticket, nonce=operation), own=True)
        return operation

    return enter


@pytest.fixture
def faults(store):
    return lambda: list(verify.check(store).faults)


def test_a_station_at_work_is_sound(store, enters, write_down, passage, admitted):
    first, second, _third = (enters(ticket) for ticket in ("A-1", "B-1", "C-1"))
    outbox.done(store, first)
    outbox.park(store, second, "No")
    checkins.put(store, passage(ticket="D-1"), own=False)
    found = verify.check(store)
    assert found.sound
    assert (found.entries, found.checkins, found.waiting, found.parked) == (3, 4, 1, 1)


def test_an_admission_without_its_passage_is_found(store, enters, faults):
    operation = enters()
    store.execute("DELETE FROM checkins")
    store.execute("DELETE FROM list_counts")
    assert faults() == [f"The journal admitted {operation}, but there is no such passage."]


def test_a_passage_without_its_journal_entry_is_found(store, passage, faults):
    one = passage()
    checkins.put(store, one, own=True)
    assert faults() == [f"There is a passage {one.nonce} that the journal does not know."]


def test_a_passage_that_was_taken_back_and_still_counts_is_found(store, enters, faults):
    operation = enters()
    journal.append(store, "o2", Undone(event="conf26", at=2, list=1, ticket="A-1", nonce=operation))
    assert faults() == [f"The passage {operation} was taken back, but still counts."]


def test_counts_that_do_not_add_up_are_found(store, enters, faults):
    enters()
    store.execute("UPDATE list_counts SET entries = 5")
    (fault,) = faults()
    assert "add up" in fault


def test_a_broken_chain_is_found(store, enters, faults):
    enters()
    enters("B-1")
    store.execute("DROP TRIGGER journal_is_never_changed")
    store.execute("UPDATE journal SET body = replace(body, 'A-1', 'Z-1') WHERE sequence = 1")
    assert "Journal entry 1/1 was changed after it was sealed." in faults()


def test_a_row_that_refers_to_nothing_is_found(store, faults):
    store.execute("PRAGMA foreign_keys=OFF")
    store.execute("INSERT INTO outbox (id, subject) VALUES (99, '')")
    assert faults() == ["A row of outbox refers to one that is not there."]


@pytest.fixture
def damaged(store, enters, path):
    """The file of a store in whose page something was turned over."""

    def damage(table):
        for number in range(50):
            enters(f"A-{number}")
        (page,) = store.execute("SELECT rootpage FROM sqlite_schema WHERE name = ?", (table,)).fetchone()
        store.close()
        content = bytearray(path.read_bytes())
        content[(page - 1) * 4096 + 1000] ^= 1
        path.write_bytes(content)
        return path

    return damage


@pytest.mark.parametrize("table", ["checkins", "journal", "handouts", "positions_fingerprint"])
def test_a_damaged_page_is_found_and_told(damaged, table, key):
    store = connection.reading(damaged(table), key)
    found = verify.check(store)
    store.close()
    assert found.faults[0].startswith("The store is damaged: ")
    assert found.faults[1].startswith("The file is damaged: HMAC verification failed for page")


def test_a_page_that_is_whole_in_the_log_is_no_damage(store, enters, path, key):
    """So it is after a cut in the middle of a checkpoint: the next one puts the file right."""
    enters()
    store.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    enters("B-1")
    (page,) = store.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'checkins'").fetchone()
    with path.open("rb+") as file:
        file.seek((page - 1) * 4096)
        file.write(bytes(4096))
    reader = connection.reading(path, key)
    assert verify.check(reader).sound
    reader.close()


def test_a_print_that_only_one_of_journal_and_log_knows_is_found(store):
    printout = Printout(event=EVENT, ticket="A-1", what="badge", at=moment(1_000_000), operation="print-1")
    fact = Printed(event=EVENT, at=1_000_000, ticket="A-1")
    print_queue.put_printout(store, printout, own=True)
    assert verify.check(store).faults == ("There is a print print-1 that the journal does not know.",)
    journal.append(store, "print-1", fact)
    journal.append(store, "copy-1", Printed(event=EVENT, at=1_000_000, what="receipt", document="7", copy=1))
    assert verify.check(store).faults == ()
    journal.append(store, "print-2", fact)
    assert verify.check(store).faults == ("The journal says that print-2 was printed, but there is no such print.",)
