from __future__ import annotations

import shutil
import subprocess
import sys

import pytest

from boxoffice.bootstrap import App
from boxoffice.config import Folder
from boxoffice.errors import StorageTrouble
from boxoffice.storage.lock import Lock, StationInUse


def test_a_station_opens_in_one_window_only(tmp_path):
    with App(Folder(tmp_path)):
        with pytest.raises(StationInUse) as told:
            App(Folder(tmp_path))
        assert "another window" in told.value.title


def test_a_station_that_was_closed_opens_again(tmp_path):
    with App(Folder(tmp_path)):
        pass
    with App(Folder(tmp_path)):
        pass


@pytest.mark.parametrize("damaged", [b"", b"nonsense", b"\xff\x00", b"c2hvcnQ="])
def test_a_station_whose_key_is_damaged_is_neither_opened_nor_kept_locked(tmp_path, damaged):
    (tmp_path / "key").write_bytes(damaged)
    for _ in range(2):
        with pytest.raises(StorageTrouble, match="key"):
            App(Folder(tmp_path))


def test_another_process_is_kept_out_until_this_one_lets_go(tmp_path):
    held = Lock(tmp_path / "lock")
    code = f"from boxoffice.storage.lock import Lock; from pathlib import Path; Lock(Path({str(tmp_path / 'lock')!r}))"
    kept_out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "StationInUse" in kept_out.stderr
    held.release()
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_a_folder_in_which_nothing_can_be_written_says_so(tmp_path):
    (tmp_path / "lock").mkdir()
    with pytest.raises(StorageTrouble) as told:
        App(Folder(tmp_path))
    assert told.value.title == "Nothing can be written in the station's folder"
    assert str(tmp_path) in told.value.what


def test_a_disk_that_is_full_is_not_taken_for_a_wrong_key(tmp_path, monkeypatch):
    with App(Folder(tmp_path)):
        pass
    Folder(tmp_path).store.write_bytes(b"x" * 4096)  # It does not open, as where its log finds no room.
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10, 10, 0))
    with pytest.raises(StorageTrouble, match="The disk is full"):
        App(Folder(tmp_path))


def test_a_process_that_died_holds_nothing(tmp_path):
    code = (
        "import os; from boxoffice.storage.lock import Lock; from pathlib import Path;"
        f"lock = Lock(Path({str(tmp_path / 'lock')!r})); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", code], check=False)
    Lock(tmp_path / "lock").release()
