"""`report`, and reports into files, without a screen."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from boxoffice.cli.main import run
from boxoffice.domain.documents import Report
from printers import report_files

Verb = Callable[..., Any]


@pytest.fixture
def sold(verb: Verb) -> Verb:
    verb("shift", "open", "--float", "100")
    verb("sell", "--item", "Regular", "--tender", "card:100", "--operator", "=Ana")
    return verb


def test_a_day_and_the_event_are_told(sold: Verb) -> None:
    day = sold("report", "day")
    assert day["title"] == "Report of the day"
    assert day["sections"]["Tenders"] == [{"label": "Card", "count": 1, "amount": "100.00", "text": ""}]
    event = sold("report", "event")
    assert event["sections"]["Tickets sold"][-1] == {"label": "Total", "count": 1, "amount": "100.00", "text": ""}
    assert event["sections"]["Ordered, not paid"][-1]["amount"] == "200.00"


def test_a_report_becomes_a_table_that_no_spreadsheet_reckons_with(sold: Verb, tmp_path: Path) -> None:
    sold("shift", "x", "--to", str(tmp_path / "x.csv"))
    made = (tmp_path / "x.csv").read_bytes()
    assert made.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(made.decode("utf-8-sig"))))
    assert ["Cashiers", "'=Ana", "", "1", "100.00", "EUR"] in rows


def test_a_report_becomes_a_letter_with_a_pdf_in_it(sold: Verb, tmp_path: Path) -> None:
    sold("report", "day", "--to", str(tmp_path / "day.eml"))
    letter: Any = message_from_bytes((tmp_path / "day.eml").read_bytes(), policy=default)
    assert letter["X-Unsent"] == "1"
    assert letter["Subject"].startswith("Report of the day · Conference · Desk")
    assert "Net (1): €100.00" in letter.get_body().get_content()
    (attached,) = letter.iter_attachments()
    assert attached.get_content().startswith(b"%PDF")
    assert attached.get_filename().endswith(".pdf")


def test_a_z_into_a_file_is_the_z_that_was_closed(sold: Verb, tmp_path: Path) -> None:
    count = tmp_path / "count.txt"
    count.write_text("50 x 2\n")
    sold("shift", "count", str(count))
    closed = sold("shift", "close")
    sold("shift", "z", "--to", str(tmp_path / "z.json"))
    assert json.loads((tmp_path / "z.json").read_text()) == closed
    assert sold("shift", "z", "--to", str(tmp_path / "z.doc")) == (2, "Nothing is written into a .doc file")


def test_what_differs_is_told_with_its_cause_and_the_next_step(
    sold: Verb, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["report", "reconcile", "--by", "tender", "--json", "--data", str(tmp_path)]) == 1
    summed, difference = map(json.loads, capsys.readouterr().out.splitlines())
    assert summed == {
        "sum": {"tender": "card", "ours": {"count": 1, "amount": "100.00"}, "server": {"count": 0, "amount": "0.00"}}
    }
    assert difference["difference"]["cause"] == "not_sent"
    assert difference["difference"]["receipt"] == 1
    assert "next sync" in difference["difference"]["next"]
    assert run(["report", "reconcile", "--from", "2001-01-01", "--data", str(tmp_path)]) == 0
    assert capsys.readouterr().out == "Everything agrees.\n"


@pytest.mark.parametrize(
    ("words", "title"),
    [
        (("day", "--event", "nosuch"), "No event is called nosuch"),
        (("reconcile", "--event", "nosuch"), "No event is called nosuch"),
        (("reconcile", "--from", "2026-11-21", "--to", "2026-11-20"), "2026-11-20 is before 2026-11-21"),
    ],
)
def test_a_report_of_what_is_not_there_is_none(verb: Verb, words: tuple[str, ...], title: str) -> None:
    assert verb("report", *words) == (2, title)


def test_what_is_no_day_is_said_so(verb: Verb, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        verb("report", "day", "2026-13-01")
    assert "'2026-13-01' is no day, which is written YYYY-MM-DD" in capsys.readouterr().err


def test_tables_are_exported(sold: Verb, tmp_path: Path) -> None:
    made = sold("export", "attendees", str(tmp_path / "people.xlsx"), "--state", "paid")
    assert (made["rows"], (tmp_path / "people.xlsx").read_bytes()[:2]) == (1, b"PK")
    assert sold("export", "orders", str(tmp_path / "orders.csv"))["rows"] == 2
    assert sold("export", "journal", str(tmp_path / "journal.csv"))["rows"] > 2


def test_a_file_of_a_report_is_named_for_every_system() -> None:
    at = datetime(2026, 11, 21, tzinfo=UTC)
    report = Report(at=at, station='Till 2: "Süd"/left', currency="EUR", number=3)
    assert report_files.file_name(report) == "Z-3-Till-2---Süd--left-2026-11-21"
