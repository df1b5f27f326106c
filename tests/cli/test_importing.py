"""`import`: a spreadsheet's list, whatever program has written it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from xlsxwriter import Workbook

from boxoffice import guest_file
from boxoffice.bootstrap import open_station
from boxoffice.cli.main import run
from boxoffice.decoding import decoder
from boxoffice.domain.catalog import Event
from boxoffice.domain.orders import Order
from boxoffice.ports import Enrolment
from boxoffice.storage import orders
from sync.hub import documents
from sync.hub.database import Database, file_url

Verb = Callable[..., tuple[int, list[dict[str, Any]], str]]


@pytest.fixture(autouse=True)
def folder(station_folder: Path) -> Path:
    return station_folder


@pytest.fixture
def bring(capsys: pytest.CaptureFixture[str]) -> Verb:
    """Runs `import` with `--json`; its status, the objects that it printed, and what stands on standard error."""

    def say(*words: str | Path) -> tuple[int, list[dict[str, Any]], str]:
        status = run(["import", *map(str, words), "--json"])
        said = capsys.readouterr()
        return status, [json.loads(line) for line in said.out.splitlines()], said.err

    return say


def names() -> list[str]:
    with open_station() as app:
        return sorted(
            ticket.position.name
            for event in app.events()
            for ticket in app.read(lambda c, event=event: list(orders.each(c, event)))
        )


@pytest.mark.parametrize(
    ("text", "encoding", "people"),
    [
        ("name,price\nÉlodie Müller,25.00\n", "utf-8", ["Élodie Müller"]),
        ("﻿Name;Preis\r\nÉlodie Müller;25,00\r\n", "utf-8", ["Élodie Müller"]),
        ("Vorname;Nachname\r\nÉlodie;Müller\r\n", "cp1252", ["Élodie Müller"]),
        ("姓名\t票种\n张三\t普通\n李四\t普通\n", "gb18030", ["张三", "李四"]),
        ("name\tcompany\nÉlodie Müller\tKäse\n", "utf-16", ["Élodie Müller"]),
        ('name|company\n"Müller | Söhne"|"two\nlines"\n', "utf-8", ["Müller | Söhne"]),
    ],
)
def test_letters_delimiters_and_words_of_the_first_line_are_seen_by_themselves(
    bring: Verb, tmp_path: Path, text: str, encoding: str, people: list[str]
) -> None:
    path = tmp_path / "Gala 26.csv"
    path.write_bytes(text.encode(encoding))
    status, said, _ = bring(path)
    assert (status, said[-1]["event"], said[-1]["imported"]) == (0, "gala-26", True)
    assert names() == sorted(people)


def test_one_fault_and_nobody_comes_in(bring: Verb, tmp_path: Path) -> None:
    path = tmp_path / "gala.csv"
    path.write_text("name,price\nAda,25\n,25\nBob,25,more\n", encoding="utf-8")
    for words in ((), ("--dry-run",)):
        status, said, _ = bring(path, *words)
        assert status == 1
        assert [one["line"] for one in said[:-1]] == [3, 4]
        assert (said[-1]["faults"], said[-1]["imported"]) == (2, False)
        assert names() == []


def test_a_dry_run_changes_nothing_and_a_second_run_brings_nobody_twice(bring: Verb, tmp_path: Path) -> None:
    path = tmp_path / "gala.csv"
    path.write_text("name\nAda\nBob\n", encoding="utf-8")
    assert bring(path, "--dry-run")[1] == [
        {"event": "gala", "people": 2, "orders": 2, "before": 0, "faults": 0, "imported": False}
    ]
    assert names() == []
    assert bring(path, "--timezone", "Europe/Berlin")[1][0]["people"] == 2
    assert bring(path)[1][0]["before"] == 2
    assert names() == ["Ada", "Bob"]
    with open_station() as app:
        assert app.catalog("gala").event.timezone == "Europe/Berlin"
        assert app.lists()[0].name == "Main entrance"


def test_a_hub_takes_the_list_and_keeps_what_it_has(bring: Verb, tmp_path: Path) -> None:
    url = file_url(tmp_path / "hub.db")
    path = tmp_path / "gala.csv"
    path.write_text("name,secret\nAda,s1\n", encoding="utf-8")
    assert bring(path, "--db", url, "--dry-run")[1][-1]["people"] == 1
    assert bring(path, "--db", url)[0] == 0
    path.write_text("name,secret\nAda,s1\nBob,s1\n", encoding="utf-8")
    assert "stands in line 2 too" in bring(path, "--db", url)[1][0]["fault"]
    path.write_text("name,secret\nBob,s1\n", encoding="utf-8")
    assert "belongs to the order" in bring(path, "--db", url)[1][0]["fault"]
    database = Database(url)
    with database.reading() as connection:
        (event,) = documents.of_kind(connection, "gala", "event")
        (order,) = documents.of_kind(connection, "gala", "order")
    database.close()
    assert decoder(Event).decode(event).slug == "gala"
    assert decoder(Order).decode(order).customer == "Ada"


def test_what_has_a_server_gets_its_attendees_from_there(bring: Verb, tmp_path: Path) -> None:
    with open_station() as app:
        app.join(Enrolment(kind="hub", url="http://127.0.0.1:1", token="t", device_id="d1", name="Door 1")).result()
    path = tmp_path / "gala.csv"
    path.write_text("name\nAda\n", encoding="utf-8")
    status, said, complaint = bring(path)
    assert (status, said) == (1, [])
    assert "come from its server" in complaint


@pytest.mark.parametrize(
    ("data", "words", "told"),
    [
        (b"company\nAda\n", (), "has no column `name`"),
        (b"name\n", (), "Nobody stands in"),
        (b"", (), "has no column `name`"),
        (b"name\nAda\n", ("--timezone", "Mars/Olympus"), "No time zone is called Mars/Olympus"),
        (b"name\nAda\n", ("--currency", "Euro"), "No currency is called Euro"),
        (b"name\nAda\n", ("--encoding", "klingon"), "cannot be read as klingon"),
        (b"name\n\xff\xfe\xfd\x81\n", (), "cannot be read as cp1252"),
        (b"PK\x03\x04 and then nothing", (), "cannot be read as a spreadsheet"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 of old", (), "Save it as XLSX"),
    ],
)
def test_what_cannot_be_a_list_is_wrong_usage(
    bring: Verb, tmp_path: Path, data: bytes, words: tuple[str, ...], told: str
) -> None:
    path = tmp_path / "gala.csv"
    path.write_bytes(data)
    status, said, complaint = bring(path, *words)
    assert (status, said) == (2, [])
    assert told in complaint


def test_of_a_list_that_is_too_large_nobody_comes_in_rather_than_the_first_ones(
    bring: Verb, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "gala.csv"
    path.write_text("name\nAda\nBert\n")
    monkeypatch.setattr(guest_file, "_MOST", 9)
    status, said, complaint = bring(path)
    assert (status, said) == (2, [])
    assert "too large" in complaint


def test_of_a_spreadsheet_that_unpacks_to_too_much_nobody_comes_in(
    bring: Verb, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "gala.xlsx"
    assert bring(path, "--template")[0] == 0
    monkeypatch.setattr(guest_file, "_MOST_UNPACKED", 1000)
    status, said, complaint = bring(path)
    assert (status, said) == (2, [])
    assert "too large" in complaint


@pytest.mark.parametrize("name", ["list.csv", "list.xlsx"])
def test_a_list_begins_with_a_template(bring: Verb, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    assert bring(path, "--template")[0] == 0
    status, _, complaint = bring(path)
    assert status == 2
    assert "Nobody stands in" in complaint
    assert bring(path, "--template")[0] == 2


def test_a_spreadsheet_is_read_as_it_is_shown(bring: Verb, tmp_path: Path) -> None:
    """Numbers without the tail that no hand has typed, from the first sheet with anything that is not hidden."""
    path = tmp_path / "gala.xlsx"
    with Workbook(str(path)) as book:
        book.add_worksheet("Nothing yet")
        notes = book.add_worksheet("Notes")
        notes.write(0, 0, "Ask Olga")
        notes.hide()
        sheet = book.add_worksheet("Guests")
        sheet.write_row(1, 1, ["Name", "Phone", "Price", "Item", "Order", "Arrives"])
        sheet.write_row(3, 1, ["Élodie Müller", 491701234567, 0.1 + 0.2, "VIP", 2026])
        sheet.write_datetime(3, 6, datetime(2026, 11, 21, 9, 30))  # noqa: DTZ001 - no spreadsheet knows of zones
        sheet.write(4, 1, "张三")
        sheet.write_formula(4, 3, "=20+5.5", None, 25.5)
        sheet.write_boolean(4, 6, True)
        sheet.write(20_000, 300, "far away")
    read = guest_file.read(path)
    assert (read.how, read.faults, read.ignored) == ("sheet Guests", (), ("Arrives",))
    assert [(row.line, dict(row.cells)) for row in read.rows] == [
        (4, {"name": "Élodie Müller", "phone": "491701234567", "price": "0.3", "item": "VIP", "order": "2026"}),
        (5, {"name": "张三", "price": "25.5"}),
    ]
    assert bring(path)[0] == 0
    assert names() == ["Élodie Müller", "张三"]


def test_a_row_of_a_spreadsheet_with_a_fault_is_named_by_its_number_there(bring: Verb, tmp_path: Path) -> None:
    path = tmp_path / "gala.xlsx"
    with Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["name", "price"])
        sheet.write_row(5, 0, ["Ada", "dear"])
        sheet.write_row(7, 0, ["Bert", 5, "and more"])
    status, said, _ = bring(path)
    assert status == 1
    assert [(one["line"], one["fault"]) for one in said[:2]] == [
        (6, "dear is no price"),
        (8, "There are more cells than columns"),
    ]
    assert names() == []
