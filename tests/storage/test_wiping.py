"""What is wiped is gone from every page of every file, and what stays holds together; also if the power goes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from boxoffice.bootstrap import App
from boxoffice.config import Folder, key
from boxoffice.domain.catalog import CheckInList, Event, Item
from boxoffice.domain.checkins import CheckIn
from boxoffice.domain.door import Door
from boxoffice.domain.facts import Change, Edited, Private
from boxoffice.domain.gate import Wish
from boxoffice.domain.orders import Medium, MediumKeys, Order, Position, Status
from boxoffice.domain.scan import Source
from boxoffice.errors import StorageTrouble
from boxoffice.ids import new_scan
from boxoffice.ports import Enrolment
from boxoffice.services import deal, depart, disagree, hear
from boxoffice.storage import outbox, settings, verify, wiping

EVENT = "conf26"
NINE = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
PAGE, RESERVED, IV = 4096, 80, 16
PERSONAL = [
    *("Hypatia", "hypatia", "agora.example", "+30 210 555", "Museion", "secret-of-A1", "band-4711", "peanuts"),
    *("Theon", "blocked-secret", "token-of-the-station"),
]


def pages_of(file: Path, secret: bytes) -> Iterator[bytes]:
    """The pages in a file of the store or in its log, decrypted, whether anything refers to them or not."""
    data = file.read_bytes()
    frames = ".db-wal" in file.name
    step, head = (PAGE + 24, 24) if frames else (PAGE, 0)
    for start in range(32 if frames else 0, len(data) - step + 1, step):
        page = data[start + head : start + step]
        salted = page[:16] == data[:16] and not frames and start == 0
        body = page[16 if salted else 0 : PAGE - RESERVED]
        where = page[PAGE - RESERVED : PAGE - RESERVED + IV]
        for skipped in (0, 16) if frames else (0,):  # The first page begins with the salt, in the log too.
            decryptor = Cipher(algorithms.AES(secret), modes.CBC(where)).decryptor()
            yield decryptor.update(body[skipped:]) + decryptor.finalize()


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    with App(Folder(tmp_path)) as app:
        fill(app)
        yield app


def fill(app: App) -> None:
    enrolment = Enrolment(
        kind="hub", url="http://127.0.0.1:1", token="token-of-the-station", device_id="d1", name="North"
    )
    app.join(enrolment).result()
    guest = Position(
        number=1, item=1, secret="secret-of-A1", name="Hypatia", company="Museion", email="hypatia@agora.example",
        answers={"1": "peanuts"},
    )  # fmt: skip
    order = Order(event=EVENT, code="A1", status=Status.PAID, phone="+30 210 555", customer="Theon", positions=(guest,))
    nouns = [
        Event(slug=EVENT),
        Item(id=1, event=EVENT),
        CheckInList(id=1, event=EVENT, name="Main"),
        order,
        Medium(identifier="band-4711", event=EVENT, tickets=("A1-1",)),
        CheckIn(event=EVENT, list=1, ticket="B2-1", at=NINE, nonce="elsewhere", device="South"),
    ]
    app.write(lambda c: [hear.apply(c, app.shelf, noun) for noun in nouns]).result()
    app.set_door(Door(lists=((EVENT, 1),), gate="North")).result()
    scan = new_scan("secret-of-A1", Source.MANUAL, NINE)
    app.gate.admit(scan, app.door, Wish()).result()
    app.gate.undo(scan.nonce, NINE, "It was Hypatia's mother").result()
    app.gate.admit(new_scan("secret-of-A1", Source.MANUAL, NINE), app.door, Wish()).result()
    edit = Edited(event=EVENT, at=1, order="A1", position=1)
    changes = Private(changes={"name": Change("Hypatia", "Hypatia of Alexandria")})
    app.write(lambda c: deal.record(c, edit, changes)).result()
    words = "Somebody else has changed name in the meantime: it says Hypatia."
    for one in app.read(outbox.waiting):
        app.write(lambda c, one=one: disagree.look_at_refusal(c, one.entry.operation, words, NINE)).result()


def parted(app: App) -> None:
    """The server sends the station away, and what it did is in a file."""

    def part(connection: Any) -> None:
        depart.sent_away(connection, NINE)
        outbox.mark_exported(connection, [one.number for one in outbox.listing(connection, -1)], NINE)

    app.write(part).result()


def found(folder: Path, words: list[str] = PERSONAL) -> set[str]:
    """Which of these words stand anywhere in the station's folder."""
    secret = key(Folder(folder))
    files = [file for file in folder.rglob("*") if file.is_file() and file.name not in ("key", "lock")]
    text = b"\n".join(file.read_bytes() for file in files)
    text += b"\n".join(page for file in files if ".db" in file.name for page in pages_of(file, secret))
    return {word for word in words if re.search(re.escape(word.encode()), text)}


def test_before_it_everything_can_be_found_in_the_pages(app: App, tmp_path: Path) -> None:
    assert found(tmp_path) >= {"Hypatia", "agora.example", "secret-of-A1", "band-4711", "peanuts", "Theon"}


def test_afterwards_nothing_of_other_people_is_in_any_page_of_any_file(app: App, tmp_path: Path) -> None:
    parted(app)
    assert app.lookup.search("Hyp")
    app.parting.wipe().result()
    assert found(tmp_path) == set()
    assert app.lookup.search("Hyp") == []
    assert app.enrolment is None


def test_the_journal_stays_whole_and_the_books_balance(app: App) -> None:
    before = app.read(verify.check)
    parted(app)
    app.parting.wipe().result()
    after = app.read(verify.check)
    assert (after.faults, after.entries, after.checkins) == ((), before.entries, 2)
    assert (after.waiting, after.parked) == (0, 0)


def test_it_says_when_it_was_wiped_and_whose_it_was(app: App) -> None:
    parted(app)
    app.parting.wipe().result()
    departure = app.parting.standing.departure
    assert departure is not None
    assert departure.url == "http://127.0.0.1:1"
    assert departure.wiped_at is not None
    assert app.door == Door(gate="North")


def test_what_a_restore_has_put_aside_goes_too(app: App, tmp_path: Path) -> None:
    app.backup(tmp_path / "station.before-restore-1.db")
    parted(app)
    app.parting.wipe().result()
    assert not list(tmp_path.glob("*before-restore*"))


@pytest.mark.parametrize("cut_at", ["VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"])
def test_cut_off_in_the_middle_it_goes_on_at_the_next_start(
    app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cut_at: str
) -> None:
    parted(app)
    with monkeypatch.context() as power:
        power.setattr(wiping, "finish", cut_before(cut_at))
        with pytest.raises(StorageTrouble, match="power"):
            app.parting.wipe().result()
    assert app.parting.standing.departure.wiped_at is None
    assert app.lookup.search("Hyp") == []
    app.close()
    with App(Folder(tmp_path)) as again:
        assert again.parting.standing.departure.wiped_at is not None
        assert again.read(verify.check).faults == ()
        assert found(tmp_path) == set()


def cut_before(statement: str) -> Callable[..., None]:
    def finish(connection: Any, store: Path) -> None:
        if statement != "VACUUM":
            connection.execute("VACUUM")
        raise StorageTrouble("The power is gone")

    return finish


def test_while_somebody_still_reads_the_rest_waits_for_the_next_start(
    app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("boxoffice.storage.connection.empty_log", lambda _: False)
    parted(app)
    with pytest.raises(StorageTrouble, match="Not everything is wiped yet"):
        app.parting.wipe().result()
    monkeypatch.undo()
    app.close()
    with App(Folder(tmp_path)) as again:
        assert again.parting.standing.departure.wiped_at is not None


def test_somebody_has_decided_for_each_table_whether_it_stays(app: App) -> None:
    """A new table belongs into one of the two lists of `wiping`."""
    tables = {
        name
        for (name,) in app.read(
            lambda c: c.execute(
                "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'"
                " AND name NOT GLOB '*sqlite_*' AND name NOT GLOB 'search_index*'"
            ).fetchall()
        )
    }
    assert tables == {*wiping.KEPT, *wiping.EMPTIED}
    assert not set(wiping.KEPT) & set(wiping.EMPTIED)


def test_a_setting_that_names_the_server_does_not_stay(app: App) -> None:
    app.write(lambda c: settings.put(c, "list/conf26/1", settings.ListSettings(preview=True))).result()
    keys = (MediumKeys(id=1, uid_key=b"uid", diversification_key=b"div"),)
    app.write(lambda c: settings.put(c, settings.MEDIUM_KEYS, keys)).result()
    assert app.read(settings.medium_keys) == keys
    parted(app)
    app.parting.wipe().result()
    assert app.list_settings(EVENT, 1) == settings.ListSettings()
    assert app.read(settings.medium_keys) == ()
