from __future__ import annotations

import msgspec
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as profile
from hypothesis import strategies as st

from boxoffice.domain import journal as chains
from boxoffice.domain.facts import Private, Undone
from boxoffice.ids import new_id
from boxoffice.storage import at_door, journal, settings
from boxoffice.storage.connection import IntegrityError


def faults(store):
    return list(journal.faults(store))


def test_each_entry_follows_the_one_before(store, write_down, admitted):
    for number in range(3):
        write_down(store, admitted(f"A-{number}"))
    entries = list(journal.entries(store))
    assert [one.sequence for one in entries] == [1, 2, 3]
    assert [one.previous for one in entries[1:]] == [one.hash for one in entries[:-1]]
    assert faults(store) == []


@pytest.mark.parametrize(
    "now", [("d1", 1), ("d1", 2), ("d2", 1)], ids=["as before", "brought back from a backup", "enrolled anew"]
)
def test_an_entry_follows_the_same_one_whether_it_is_looked_for_or_at_hand(store, write_down, admitted, now):
    write_down(store)
    station = settings.Station(device=now[0], epoch=now[1])
    rows = []
    for at_hand in (None, at_door.look(store, "", "").newest):
        store.execute("BEGIN")
        journal.append(store, "next", admitted(), station=station, newest=at_hand)
        rows.append(store.execute("SELECT device, epoch, sequence, hash FROM journal ORDER BY id").fetchall())
        assert faults(store) == []
        store.execute("ROLLBACK")
    assert rows[0] == rows[1]


def test_an_entry_cannot_be_changed(store, write_down):
    write_down(store)
    with pytest.raises(IntegrityError, match="never changed"):
        store.execute("UPDATE journal SET kind = 'refused'")


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM journal",
        "INSERT OR REPLACE INTO journal SELECT id, device, epoch, sequence, operation, kind, '{}', hash FROM journal",
    ],
)
def test_an_entry_cannot_be_cut_out_or_replaced(store, write_down, statement):
    write_down(store)
    store.execute("PRAGMA foreign_keys=OFF")
    with pytest.raises(IntegrityError, match="never"):
        store.execute(statement)


def without_triggers(store):
    store.execute("DROP TRIGGER journal_is_never_changed")
    store.execute("DROP TRIGGER journal_is_never_cut")
    store.execute("PRAGMA foreign_keys=OFF")


def test_a_body_that_was_changed_all_the_same_is_found(store, write_down):
    for _ in range(3):
        write_down(store)
    without_triggers(store)
    store.execute("UPDATE journal SET body = replace(body, 'A-1', 'B-1') WHERE sequence = 2")
    assert faults(store) == ["Journal entry 1/2 was changed after it was sealed."]


def test_an_entry_that_was_cut_out_all_the_same_is_found(store, write_down):
    for _ in range(3):
        write_down(store)
    without_triggers(store)
    store.execute("DELETE FROM journal WHERE sequence = 2")
    found = faults(store)
    assert "Journal entry 1/3 does not come next after 1/1." in found


def test_an_entry_that_was_resealed_breaks_the_next_one(store, write_down, admitted):
    for _ in range(3):
        write_down(store)
    entry = list(journal.entries(store))[1]
    body = entry.body.replace("A-1", "B-1")
    sealed = chains.chain(entry.device, entry.epoch, entry.sequence, bytes.fromhex(entry.previous), body)
    without_triggers(store)
    store.execute("UPDATE journal SET body = ?, hash = ? WHERE sequence = 2", (body, sealed))
    assert faults(store) == ["Journal entry 1/3 was changed after it was sealed."]


def test_a_personal_part_that_was_changed_is_found(store, write_down):
    write_down(store, text="secret-1")
    store.execute("UPDATE journal_private SET body = replace(body, 'secret-1', 'secret-2')")
    assert faults(store) == ["Journal entry 1/1 has a personal part that is not the one it was sealed with."]


def test_the_chain_holds_when_personal_parts_are_destroyed(store, write_down):
    for number in range(4):
        write_down(store, text=f"secret-{number}")
    store.execute("DELETE FROM journal_private WHERE id IN (2, 3)")
    assert faults(store) == []
    texts = [one.private_part().text for one in journal.entries(store)]
    assert texts == ["secret-0", "", "", "secret-3"]


def test_the_chain_does_not_give_a_destroyed_text_away(store, write_down):
    write_down(store, text="secret-1")
    salt = next(iter(journal.entries(store))).salt
    store.execute("DELETE FROM journal_private")
    entry = next(iter(journal.entries(store)))
    assert "secret-1" not in entry.body
    assert entry.salt == ""
    assert salt not in entry.body


def test_the_same_operation_is_written_once(store, write_down):
    write_down(store, operation="o1")
    with pytest.raises(IntegrityError):
        write_down(store, operation="o1")
    assert len(list(journal.entries(store))) == 1


def test_a_new_epoch_begins_at_one_and_follows_the_old_head(store, write_down):
    write_down(store)
    write_down(store)
    station = settings.station(store)
    settings.put(store, "station", msgspec.structs.replace(station, epoch=2))
    write_down(store)
    entries = list(journal.entries(store))
    assert [(one.epoch, one.sequence) for one in entries] == [(1, 1), (1, 2), (2, 1)]
    assert entries[2].previous == entries[1].hash
    assert faults(store) == []


def test_each_device_has_a_chain_of_its_own(store, write_down):
    write_down(store)
    settings.put(store, "station", settings.Station(device="d2"))
    write_down(store)
    entries = list(journal.entries(store))
    assert entries[1].previous == "00" * 32
    assert entries[1].sequence == 1
    assert faults(store) == []


def test_a_fact_without_anything_personal_keeps_no_personal_part(store):
    undone = Undone(event="conf26", at=1, list=1, ticket="A-1", nonce="n")
    journal.append(store, "o1", undone)
    assert store.execute("SELECT count(*) FROM journal_private").fetchone() == (0,)
    assert journal.entry(store, 1).fact() == undone


texts = st.text(st.characters(blacklist_categories=("Cs",)), max_size=40)


@profile(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts, st.dictionaries(texts, texts, max_size=3), texts)
def test_whatever_people_write_the_chain_holds_and_it_reads_back(unsaved, admitted, text, answers, ticket):
    private = Private(text=text, answers=answers)
    fact = admitted(ticket)
    number = journal.append(unsaved, new_id(), fact, private)
    entry = journal.entry(unsaved, number)
    assert entry.fact() == fact
    assert entry.private_part() == private
    assert chains.faults(entry, bytes.fromhex(entry.previous)) == []


@pytest.fixture
def unsaved(store):
    """A store in one long transaction: nothing is durable, everything is quick."""
    store.execute("BEGIN")
    return store


def test_reading_an_entry_costs_the_same_wherever_it_stands_in_a_long_journal(unsaved, write_down):
    def steps(number):
        """What the engine does to read an entry."""
        taken = []
        unsaved.set_progress_handler(lambda: taken.append(1), 1)
        journal.entry(unsaved, number)
        unsaved.set_progress_handler(None, 0)
        return len(taken)

    for _ in range(1_000):
        write_down(unsaved)
    costs = [steps(number) for number in (2, 500, 1_000)]
    assert max(costs) <= min(costs) * 2
