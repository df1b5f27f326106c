from __future__ import annotations

import shutil
import threading

import pytest

from boxoffice import config
from boxoffice.bootstrap import App, restore_station
from boxoffice.config import Folder
from boxoffice.domain.facts import RefusedEntry
from boxoffice.domain.gate import Reason
from boxoffice.errors import BadInput, StorageTrouble
from boxoffice.storage import backup, connection, journal, leases, outbox, settings, verify
from boxoffice.storage.lock import StationInUse


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path / "station")


@pytest.fixture
def station(folder):
    """A station that is open."""
    folder.root.mkdir()
    with App(folder) as app:
        app.write(lambda c: settings.put(c, "station", settings.Station(device="d1", name="North"))).result()
        yield app


@pytest.fixture
def friday(tmp_path):
    return tmp_path / "friday.backup"


@pytest.fixture
def works(write_down):
    """The station turns somebody away; the operation."""
    fact = RefusedEntry(event="conf26", at=1, list=1, reason=Reason.INVALID)
    return lambda app, **how: app.write(lambda c: write_down(c, fact, **how)).result()


def operations(app):
    return [one.operation for one in app.read(lambda c: list(journal.entries(c)))]


def test_a_backup_holds_everything_under_the_same_key(station, friday, works):
    done = [works(station) for _ in range(5)]
    station.backup(friday)
    copy = connection.reading(friday, config.key(station.folder))
    assert [one.operation for one in journal.entries(copy)] == done
    assert verify.check(copy).sound
    copy.close()


def test_a_backup_cannot_be_read_without_the_key(station, friday, works):
    works(station, text="a very telling code")
    station.backup(friday)
    assert b"SQLite format" not in friday.read_bytes()
    with pytest.raises(StorageTrouble):
        connection.reading(friday, bytes(32))


def test_a_backup_overwrites_nothing(station, friday):
    friday.write_text("precious")
    with pytest.raises(BadInput, match="already there"):
        station.backup(friday)
    assert friday.read_text() == "precious"


def test_a_backup_that_cannot_be_written_leaves_nothing_lying_about(station, tmp_path, works):
    works(station)
    with pytest.raises(StorageTrouble, match="not written"):
        station.backup(tmp_path / "no such folder" / "friday.backup")
    works(station)
    assert sorted(one.name for one in tmp_path.iterdir()) == ["station"]


def test_after_a_backup_the_reading_connection_still_only_reads(station, friday):
    station.backup(friday)
    with pytest.raises(connection.OperationalError, match="readonly"):
        station.read(lambda c: c.execute("DELETE FROM settings"))


def test_a_backup_taken_while_people_come_in_is_whole(station, tmp_path, works):
    done, enough = [], threading.Event()

    def evening():
        while not enough.is_set():
            done.append(works(station))

    door = threading.Thread(target=evening)
    door.start()
    try:
        for number in range(5):
            before = len(done)
            station.backup(tmp_path / f"{number}.backup")
            copy = connection.reading(tmp_path / f"{number}.backup", config.key(station.folder))
            held = [one.operation for one in journal.entries(copy)]
            assert verify.check(copy).sound
            copy.close()
            assert len(held) >= before
            assert held == operations(station)[: len(held)]
    finally:
        enough.set()
        door.join(60)
    assert operations(station) == done


@pytest.fixture
def closed(folder, friday, works):
    """A station that was backed up on Friday, worked on, and is closed now; what it did before and after."""
    folder.root.mkdir()
    with App(folder) as app:
        app.write(lambda c: settings.put(c, "station", settings.Station(device="d1", name="North"))).result()
        before = [works(app) for _ in range(3)]
        app.backup(friday)
        after = [works(app) for _ in range(2)]
    return before, after


def test_a_restored_station_is_as_it_was(closed, folder, friday):
    before, _ = closed
    restore_station(str(folder.root), friday)
    with App(folder) as app:
        assert operations(app) == before
        assert app.read(verify.check).sound


def test_a_restored_station_begins_a_new_epoch(closed, folder, friday, works):
    restore_station(str(folder.root), friday)
    with App(folder) as app:
        assert app.station.epoch == 2
        works(app)
        newest = app.read(lambda c: list(journal.entries(c)))[-1]
        assert (newest.epoch, newest.sequence) == (2, 1)
        assert app.read(verify.check).sound


def test_the_same_backup_brought_back_again_begins_another_one(closed, folder, friday, works):
    restore_station(str(folder.root), friday)
    with App(folder) as app:
        works(app)
    restore_station(str(folder.root), friday)
    with App(folder) as app:
        assert app.station.epoch == 3


def test_the_old_store_is_kept_with_all_its_acts(closed, folder, friday):
    before, after = closed
    kept = restore_station(str(folder.root), friday)
    old = connection.reading(kept, config.key(folder))
    assert [one.operation for one in journal.entries(old)] == before + after
    old.close()


def test_acts_that_were_only_in_the_log_are_kept_too(folder, friday, works, tmp_path):
    folder.root.mkdir()
    with App(folder) as app:
        app.backup(friday)
        done = works(app)
        killed = Folder(tmp_path / "killed")
        shutil.copytree(folder.root, killed.root)
    assert (killed.root / "station.db-wal").stat().st_size > 0
    kept = restore_station(str(killed.root), friday)
    old = connection.reading(kept, config.key(killed))
    assert [one.operation for one in journal.entries(old)] == [done]
    old.close()


def test_each_restored_store_keeps_the_one_before(closed, folder, friday):
    kept = {restore_station(str(folder.root), friday) for _ in range(3)}
    assert len(kept) == 3
    assert all(one.exists() for one in kept)
    with App(folder) as app:
        assert app.station.epoch == 4


def test_a_damaged_store_is_kept_as_it_is_with_its_log(closed, folder, friday):
    log = folder.store.with_name("station.db-wal")
    folder.store.write_bytes(b"damaged" * 1_000)
    log.write_bytes(b"its newest acts")
    kept = restore_station(str(folder.root), friday)
    assert kept.read_bytes() == b"damaged" * 1_000
    assert kept.with_name(kept.name + "-wal").read_bytes() == b"its newest acts"
    with App(folder) as app:
        assert operations(app) == closed[0]


def test_a_log_without_its_store_is_not_taken_for_the_copys(closed, folder, friday):
    log = folder.store.with_name("station.db-wal")
    folder.store.unlink()
    log.write_bytes(b"of a store that is gone")
    assert restore_station(str(folder.root), friday) is None
    with App(folder) as app:
        assert operations(app) == closed[0]


def test_what_an_earlier_try_left_is_not_taken_for_the_copys_log(closed, folder, friday, tmp_path, works):
    other = Folder(tmp_path / "other")
    shutil.copytree(folder.root, other.root)
    with App(other) as app:
        works(app)
        for ending in ("", "-wal"):
            shutil.copy(f"{other.store}{ending}", f"{folder.store}.incoming{ending}")
    restore_station(str(folder.root), friday)
    with App(folder) as app:
        assert operations(app) == closed[0]
        assert app.read(verify.check).sound


def test_a_damaged_backup_changes_nothing(closed, folder, friday):
    before, after = closed
    content = bytearray(friday.read_bytes())
    content[9 * 4096 + 100] ^= 1
    friday.write_bytes(content)
    with pytest.raises(BadInput, match="damaged"):
        restore_station(str(folder.root), friday)
    with App(folder) as app:
        assert operations(app) == before + after


def test_half_a_backup_changes_nothing(closed, folder, friday):
    friday.write_bytes(friday.read_bytes()[: 4096 * 5])
    with pytest.raises(BadInput):
        restore_station(str(folder.root), friday)
    with App(folder) as app:
        assert operations(app) == closed[0] + closed[1]


def test_a_disk_that_is_full_in_the_middle_changes_nothing_and_says_so(closed, folder, friday, monkeypatch):
    def full(_):
        raise connection.OperationalError("database or disk is full")

    monkeypatch.setattr(leases, "forget", full)
    with pytest.raises(StorageTrouble, match="was not brought back") as told:
        restore_station(str(folder.root), friday)
    assert told.value.hint == "Free some space and try again."
    with App(folder) as app:
        assert operations(app) == closed[0] + closed[1]


@pytest.mark.parametrize("content", [b"", b"no backup at all" * 1_000])
def test_another_file_changes_nothing(closed, folder, tmp_path, content):
    other = tmp_path / "holiday.jpg"
    other.write_bytes(content)
    with pytest.raises(BadInput):
        restore_station(str(folder.root), other)
    with App(folder) as app:
        assert operations(app) == closed[0] + closed[1]


def test_another_stations_backup_is_not_brought_back(closed, folder, tmp_path):
    strange = Folder(tmp_path / "strange")
    strange.root.mkdir()
    with App(strange) as app:
        app.backup(tmp_path / "strange.backup")
    with pytest.raises(BadInput, match="no backup of this station"):
        restore_station(str(folder.root), tmp_path / "strange.backup")


def test_a_name_that_leads_nowhere_is_told(closed, folder, tmp_path):
    with pytest.raises(BadInput, match="There is no file"):
        restore_station(str(folder.root), tmp_path / "nowhere")


def test_a_station_that_is_open_is_not_restored(station, friday):
    station.backup(friday)
    with pytest.raises(StationInUse):
        restore_station(str(station.folder.root), friday)


def test_nothing_is_left_lying_about(closed, folder, friday):
    kept = restore_station(str(folder.root), friday)
    assert sorted(one.name for one in folder.root.iterdir()) == sorted(["key", "lock", "station.db", kept.name])


def test_a_folder_copied_without_its_key_says_so(closed, folder, tmp_path):
    clone = Folder(tmp_path / "clone")
    shutil.copytree(folder.root, clone.root)
    clone.key_file.unlink()
    before = clone.store.read_bytes()
    with pytest.raises(StorageTrouble) as told:
        App(clone)
    assert "key" in told.value.title
    assert "cannot be opened" in told.value.hint
    assert clone.store.read_bytes() == before


def test_what_waited_in_the_backup_waits_again(closed, folder, friday):
    restore_station(str(folder.root), friday)
    with App(folder) as app:
        assert [one.entry.operation for one in app.read(outbox.waiting)] == closed[0]


def test_making_files_durable_does_not_change_them(tmp_path):
    file = tmp_path / "file"
    file.write_text("content")
    backup.sync_file(file)
    assert file.read_text() == "content"
