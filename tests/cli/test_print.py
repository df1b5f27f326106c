"""`print`: papers into files, as pictures, and onto printers; what came out once is a copy from then on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Verb = Callable[..., Any]
PATIENT = ("--wait", "20")


@pytest.fixture
def sold(verb: Verb) -> Verb:
    """A till that has sold one ticket."""
    verb("shift", "open", "--float", "200", "--operator", "Ana")
    verb("sell", "--item", "Regular", "--tender", "cash:120")
    return verb


@pytest.fixture
def printer(sold: Verb, tmp_path: Path) -> Path:
    """A printer that is a file, and takes everything without a word."""
    paper = tmp_path / "paper"
    paper.touch()
    sold("printers", "add", "Till", f"file:{paper}", "--profile", "TM-T20II", "--silent")
    return paper


def test_a_receipt_goes_into_a_file_of_each_kind(sold: Verb, tmp_path: Path) -> None:
    begins = {".bin": b"\x1b@", ".escpos": b"\x1b@", ".pdf": b"%PDF-", ".png": b"\x89PNG", ".txt": b" "}
    for ending, beginning in begins.items():
        path = tmp_path / f"receipt{ending}"
        answer = sold("print", "receipt", "1", "--to", str(path), "--model", "TM-T20II")
        assert answer == {"file": str(path), "bytes": path.stat().st_size, "copy": 0}
        assert path.read_bytes().startswith(beginning)
    written = (tmp_path / "receipt.txt").read_text()
    assert "Receipt 1" in written
    assert "€100.00" in written
    assert max(map(len, written.splitlines())) == 48


def test_a_preview_is_a_picture_and_nothing_is_printed(printer: Path, sold: Verb, tmp_path: Path) -> None:
    preview = tmp_path / "preview.png"
    sold("print", "receipt", "1", "--preview", str(preview))
    assert preview.read_bytes().startswith(b"\x89PNG")
    assert printer.read_bytes() == b""


def test_the_second_print_of_a_receipt_is_a_copy_with_its_reason(printer: Path, sold: Verb, tmp_path: Path) -> None:
    first = sold("print", "receipt", "1", *PATIENT)
    assert (first["state"], first["copy"]) == ("sent", 0)
    assert b"COPY" not in printer.read_bytes()
    second = sold("print", "receipt", "1", "--operator", "Ben", "--reason", "Lost", *PATIENT)
    assert (second["state"], second["copy"]) == ("sent", 1)
    assert b"COPY 1" in printer.read_bytes()
    text = tmp_path / "third.txt"
    assert sold("print", "receipt", "1", "--to", str(text))["copy"] == 2
    assert "COPY 2" in text.read_text()


def test_a_receipt_that_waits_comes_out_where_it_is_asked_for_and_is_no_copy(
    printer: Path, sold: Verb, tmp_path: Path
) -> None:
    sold("printers", "add", "Gone", "tcp://127.0.0.1:1")
    status, job = sold("print", "receipt", "1", "--printer", "Gone", "--wait", "0.3")
    assert (status, job["state"], job["printer"]) == (3, "queued", "Gone")
    job = sold("print", "receipt", "1", "--printer", "Till", *PATIENT)
    assert (job["state"], job["printer"], job["copy"]) == ("sent", "Till", 0)
    assert b"COPY" not in printer.read_bytes()


def test_a_z_comes_out_as_it_was_closed(sold: Verb, tmp_path: Path) -> None:
    count = tmp_path / "count.txt"
    count.write_text("300 x 1\n")
    sold("shift", "count", str(count))
    sold("shift", "close")
    text = tmp_path / "z.txt"
    sold("print", "z", "1", "--to", str(text), "--columns", "32")
    assert "Z report 1" in text.read_text()
    assert max(map(len, text.read_text().splitlines())) == 32


def test_what_was_moved_and_the_shift_so_far_come_out_at_any_time(printer: Path, sold: Verb, tmp_path: Path) -> None:
    sold("shift", "pay-in", "20", "--reason", "Coins", "--operator", "Ana")
    text = tmp_path / "paper.txt"
    sold("print", "slip", "1", "--to", str(text))
    assert "Slip 1" in text.read_text()
    assert "Coins" in text.read_text()
    sold("print", "x", "--to", str(text))
    assert "X report" in text.read_text()
    printer.write_bytes(b"")
    assert sold("print", "x", *PATIENT)["state"] == "sent"
    assert b"X report" in printer.read_bytes()


def test_a_gift_card_is_printed_by_its_number(printer: Path, sold: Verb, tmp_path: Path) -> None:
    (code,) = sold("sell", "--gift-card", "50:GIFT2026CARDNUMBER", "--tender", "cash:50")["gift_cards"]
    text = tmp_path / "card.txt"
    sold("print", "voucher", code, "--to", str(text))
    assert "€50.00" in text.read_text()
    assert code.upper() in text.read_text()
    assert sold("print", "voucher", "NOPE") == (2, "There is no voucher or gift card NOPE here")


def test_a_ticket_and_an_order_are_made_of_what_is_held_now(sold: Verb, tmp_path: Path) -> None:
    ticket, order = tmp_path / "ticket.txt", tmp_path / "order.txt"
    sold("print", "ticket", "WEB01-1", "--to", str(ticket))
    assert "[QR web-1]" in ticket.read_text()
    assert "Ada Lovelace" in ticket.read_text()
    sold("print", "order", "WEB01", "--to", str(order))
    assert "Order WEB01" in order.read_text()
    assert "Grace Hopper" in order.read_text()


def test_a_badge_is_a_picture_at_its_true_size(sold: Verb, tmp_path: Path) -> None:
    from PIL import Image

    badge = tmp_path / "badge.png"
    sold("print", "badge", "WEB01-2", "--to", str(badge), "--model", "TM-T20II")
    with Image.open(badge) as drawn:
        assert drawn.width >= 496
        assert drawn.height >= 799


def test_an_order_as_pdf_is_a_sheet(sold: Verb, tmp_path: Path) -> None:
    order, ticket = tmp_path / "order.pdf", tmp_path / "ticket.pdf"
    sold("print", "order", "WEB01", "--to", str(order))
    sold("print", "ticket", "WEB01-1", "--to", str(ticket))
    a4 = b"/MediaBox [0 0 595.28 841.89]"
    # Once for what pages have that say nothing, once of the page itself.
    assert order.read_bytes().count(a4) == 2
    assert ticket.read_bytes().count(a4) == 1


def test_the_second_badge_needs_a_reason(printer: Path, sold: Verb) -> None:
    assert sold("print", "badge", "WEB01-1", *PATIENT)["state"] == "sent"
    assert sold("print", "badge", "WEB01-1", *PATIENT) == (1, "It was printed before")
    assert sold("print", "badge", "WEB01-1", "--reason", "Torn", *PATIENT)["copy"] == 1


def test_a_test_page_names_its_printer(printer: Path, sold: Verb) -> None:
    assert sold("print", "test", "--printer", "Till", *PATIENT)["state"] == "sent"
    assert b"Till" in printer.read_bytes()


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (("receipt", "2"), (2, "There is no receipt 2 at this till")),
        (("receipt", "x", "--to", "x.txt"), (2, "There is no receipt x at this till")),
        (("z", "1"), (2, "There is no Z 1 at this till")),
        (("ticket", "WEB01-9", "--to", "x.txt"), (2, "There is no ticket WEB01-9 here")),
        (("badge", "NOPE-1", "--to", "x.txt"), (2, "There is no ticket NOPE-1 here")),
        (("order", "NOPE", "--to", "x.txt"), (2, "There is no order NOPE here")),
        (("receipt",), (2, "Which receipt?")),
        (("receipt", "1"), (2, "This station has no printer for a receipt")),
        (("receipt", "1", "--printer", "Nowhere"), (2, "There is no printer Nowhere")),
        (("receipt", "1", "--to", "x.doc"), (2, "Nothing is written into a .doc file")),
        (("receipt", "1", "--to", "x.bin", "--model", "Gutenberg"), (2, "There is no printer model called Gutenberg")),
        (("receipt", "1", "--to", "x.bin", "--columns", "80"), (2, "80 columns do not fit")),
        (("receipt", "1", "--to", "no/such/place/x.bin"), (2, "The file cannot be written")),
    ],
)
def test_what_cannot_be_printed_says_why(sold: Verb, words: tuple[str, ...], answer: tuple[int, str]) -> None:
    assert sold("print", *words) == answer
