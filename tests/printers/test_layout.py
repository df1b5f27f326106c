"""What stands on each kind of paper, as golden text: changed on purpose, or not at all.

`BOXOFFICE_GOLDEN=1` writes the texts anew; what it changed is then read before it is kept.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from boxoffice.domain.documents import (
    BillLine,
    CashSlip,
    Copy,
    Document,
    Letterhead,
    Movement,
    OrderSummary,
    Report,
    Row,
    Section,
    TaxGroup,
    Tendered,
    TestPage,
    TicketSlip,
    Voucher,
)
from boxoffice.domain.passes import Left
from printers.layout import Paper, lay_out
from printers.lines import Code, Drawer, Picture, Text
from printers.render import plain

GOLDEN = Path(__file__).parent / "golden"

COMMON: dict[str, Any] = {
    "at": datetime(2026, 11, 21, 18, 4, tzinfo=UTC),
    "timezone": "Europe/Berlin",
    "letterhead": Letterhead(event="Konferenz 2026", organiser="Bühne am See e.V.", footer=("Auf Wiedersehen",)),
    "station": "Kasse 1",
    "operator": "Ada",
    "locale": "de",
}

SLIP = CashSlip(
    **COMMON,
    number="S-12",
    movement=Movement.DROP,
    currency="EUR",
    amount=53050,
    reason="Tresor",
    counted=((10000, 3), (5000, 4), (1000, 3), (50, 1)),
)
Z = Report(
    **COMMON,
    currency="EUR",
    number=17,
    since=datetime(2026, 11, 21, 7, 0, tzinfo=UTC),
    until=datetime(2026, 11, 21, 19, 0, tzinfo=UTC),
    sections=(
        Section(
            title="Totals",
            rows=(
                Row(label="Sales", count=128, amount=1254000),
                Row(label="Returns", count=1, amount=-4500),
                Row(label="Net", amount=1249500, strong=True),
            ),
        ),
        Section(
            title="Items",
            rows=(
                Row(label="Wochenende, ermäßigt für Mitglieder des Vereins", count=120, amount=1200000),
                Row(label="会议签到 VIP", count=8, amount=49500),
            ),
        ),
        Section(
            title="Taxes",
            rows=(Row(label="Gross", text="MwSt. 19 %", amount=1249500, strong=True), Row(label="Tax", amount=199500)),
        ),
        Section(
            title="Receipts",
            rows=(Row(label="Receipts", count=129), Row(label="First and last", text="T1-000100 - T1-000228")),
        ),
        Section(title="Open ends", rows=(Row(label="Journal", text="9f86d081884c7d65 - 9a2feaa0c55ad015"),)),
    ),
)
TICKET = TicketSlip(
    **COMMON,
    ticket="A7B9C-1",
    code="k5m4xbd2m8ktpzj7",
    item="Wochenende, ermäßigt",
    variation="Ermäßigt",
    name="欧阳娜娜",
    company="清河科技有限公司",
    begins=datetime(2026, 11, 21, 19, 0, tzinfo=UTC),
    admission=datetime(2026, 11, 21, 18, 0, tzinfo=UTC),
    seat="Reihe 3, Platz 12",
    price=4500,
    parts=("Workshop Löten",),
    texts=("Einlass nur mit Ausweis.",),
)
LINES = (
    BillLine(text="Wochenende", quantity=2, each=4500, amount=9000, tax="A", notes=("Ada Lovelace, 欧阳娜娜",)),
    BillLine(text="Workshop Löten", each=1200, amount=1200, tax="A", part=True),
    BillLine(text="T-Shirt Größe L", each=1500, amount=1500, tax="A"),
)
ORDER = OrderSummary(
    **COMMON,
    order="A7B9C",
    state="pending",
    currency="EUR",
    lines=LINES,
    total=11700,
    paid=4500,
    buyer=("Ada Lovelace", "ada@example.org"),
    code="A7B9C",
)
VOUCHER = Voucher(
    **COMMON,
    code="GIFT-1234-5678",
    title="Gutschein",
    value=5000,
    valid_until=datetime(2027, 12, 31, 22, 0, tzinfo=UTC),
    texts=("Einmal einzulösen.",),
)
TEST = TestPage(**COMMON, printer="Kasse 1: TM-T20II", drawer=True)
REFUND: dict[str, Any] = {
    "number": "T1-000124",
    "corrects": "T1-000123",
    "reason": "Ill",
    "lines": (BillLine(text="Weekend", quantity=-1, each=4502, amount=-4502, tax="A"),),
    "taxes": (TaxGroup(letter="A", rate=1900, base=-3783, tax=-719, gross=-4502),),
    "total": -4502,
    "rounding": 2,
    "tenders": (Tendered(tender="cash", amount=-4500),),
    "code": "",
}
COPY = Copy(2, datetime(2026, 11, 21, 18, 30, tzinfo=UTC), "Ben", "Paper jam")


@pytest.fixture
def documents(receipt) -> dict[str, Document]:
    return {
        "receipt": receipt(),
        "refund": receipt(**REFUND),
        "slip": SLIP,
        "z": Z,
        "x": msgspec.structs.replace(Z, number=None, sections=Z.sections[:1]),
        "ticket": TICKET,
        "order": ORDER,
        "voucher": VOUCHER,
        "test": TEST,
    }


def localised(document: Document, locale: str) -> Document:
    return msgspec.structs.replace(document, locale=locale)


@pytest.mark.parametrize(
    ("kind", "locale", "columns"),
    [
        *(("receipt", "en", 48), ("receipt", "de", 42), ("receipt", "zh", 32), ("receipt", "fr", 32)),
        *(("refund", "en", 42), ("refund", "it", 32), ("slip", "de", 32), ("z", "de", 48), ("z", "zh", 32)),
        *(("x", "en", 42), ("ticket", "de", 48), ("ticket", "zh", 32), ("order", "de", 42), ("order", "fr", 32)),
        *(("voucher", "de", 32), ("test", "en", 48), ("test", "de", 32)),
    ],
)
def test_papers_look_as_they_were_approved(documents, kind: str, locale: str, columns: int) -> None:
    written = plain.write(lay_out(localised(documents[kind], locale), Paper(columns)), columns)
    approved = GOLDEN / f"{kind}-{locale}-{columns}.txt"
    if os.environ.get("BOXOFFICE_GOLDEN") == "1":
        approved.write_text(written, encoding="utf-8")
    assert written == approved.read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", ["receipt", "refund", "slip", "z", "ticket", "order", "voucher"])
def test_a_copy_says_so_at_both_ends_with_time_operator_and_reason_and_opens_no_drawer(documents, kind: str) -> None:
    lines = lay_out(localised(documents[kind], "en"), Paper(), COPY)
    texts = [line.text for line in lines if isinstance(line, Text)]
    assert texts[:3] == ["COPY 2", "Nov 21, 2026 7:30 PM · Ben", "Reason: Paper jam"]
    assert texts[-1] == "COPY 2"
    assert not any(isinstance(line, Drawer) for line in lines)


@pytest.mark.parametrize(
    ("mode", "value", "worth"),
    [
        *(("", 5000, "€50.00"), ("subtract", 1000, "€10.00 less"), ("percent", 2550, "25.5% less")),
        *(("set", 0, "Free"), ("set", 900, "For €9.00"), ("none", 0, "For all evenings")),
    ],
)
def test_a_voucher_says_what_it_does_to_a_price(mode: str, value: int, worth: str) -> None:
    paper = Voucher(
        at=TEST.at, code="CODE", title="Voucher", mode=mode, value=value, uses=3, texts=("For all evenings",)
    )
    written = [line.text for line in lay_out(paper, Paper()) if isinstance(line, Text)]
    assert written[:2] == ["Voucher", worth]
    assert "Can be used 3 times" in written
    assert ("Free" in written) is (worth == "Free")


@pytest.mark.parametrize("kind", ["receipt", "refund", "slip", "test"])
def test_the_drawer_opens_once_and_before_anything_is_printed(documents, kind: str) -> None:
    lines = lay_out(documents[kind], Paper())
    assert [index for index, line in enumerate(lines) if isinstance(line, Drawer)] == [0]


def test_the_drawer_stays_shut_without_cash(receipt) -> None:
    lines = lay_out(receipt(tenders=(Tendered(tender="card", amount=11000),)), Paper())
    assert not any(isinstance(line, Drawer) for line in lines)


@pytest.mark.parametrize("kind", ["receipt", "slip", "z"])
def test_an_exercise_says_so_at_both_ends_and_opens_no_drawer(documents, kind: str) -> None:
    lines = lay_out(msgspec.structs.replace(documents[kind], training=True, locale="en"), Paper())
    marks = [line for line in lines if isinstance(line, Text) and line.text == "TRAINING – NOT VALID"]
    assert len(marks) == 2
    assert all(mark.inverse for mark in marks)
    assert lines[0] is marks[0] or lines[0] == marks[0]
    assert not any(isinstance(line, Drawer) for line in lines)


def test_the_logo_of_the_event_stands_above_everything(receipt) -> None:
    headed = receipt(letterhead=Letterhead(organiser="Lakeside", logo="digest"))
    lines = lay_out(headed, Paper(), pictures={"digest": b"picture"}.get)
    assert next(line for line in lines if not isinstance(line, Drawer)) == Picture(b"picture", share=0.6)


def test_a_logo_that_is_not_there_is_left_out(receipt) -> None:
    headed = receipt(letterhead=Letterhead(organiser="Lakeside", logo="digest"))
    assert not any(isinstance(line, Picture) for line in lay_out(headed, Paper()))


def test_a_ticket_carries_the_code_that_opens_the_door() -> None:
    assert [line.text for line in lay_out(TICKET, Paper()) if isinstance(line, Code)] == [TICKET.code]


def test_a_pass_says_on_ticket_and_receipt_what_it_is_good_for(receipt) -> None:
    left = Left(entries=9, of_entries=10, days=2, of_days=3)
    ticket = msgspec.structs.replace(TICKET, left=left)
    sold = receipt(lines=(msgspec.structs.replace(LINES[1], left=left),))
    for document in (ticket, sold):
        said = plain.write(lay_out(localised(document, "en"), Paper(42)), 42)
        assert "9 of 10 entries left" in said
        assert "2 of 3 days left" in said
    assert "Noch 9 von 10 Eintritten" in plain.write(lay_out(localised(ticket, "de"), Paper(42)), 42)


def test_amounts_too_large_for_a_table_become_a_list(receipt) -> None:
    group = TaxGroup(letter="A", rate=1000, base=123456789012, tax=12345678901, gross=135802467913)
    written = plain.write(lay_out(receipt(taxes=(group,), currency="KRW"), Paper(32)), 32)
    assert "VAT A 10%\n  Net            123,456,789,012\n" in written


def test_a_tax_is_called_by_its_name_in_the_language_of_the_receipt(receipt) -> None:
    group = TaxGroup(letter="A", rate=700, base=467, tax=33, gross=500, name="Reduced VAT", called="Ermäßigte MwSt.")
    same = TaxGroup(letter="B", rate=1900, base=467, tax=89, gross=556, name="VAT", called="MwSt.")
    written = plain.write(lay_out(receipt(taxes=(group, same), locale="de"), Paper(48)), 48)
    assert "A Ermäßigte MwSt. 7" in written
    assert "B 19" in written  # Its name stands above the column.
    assert "VAT" not in written


def test_a_card_payment_stands_on_a_report_by_what_a_person_can_say(documents) -> None:
    payment = Row(label="Card payment", text="by hand 01a203ab-cc80-7d94-b01e-421b23b86485", amount=2_000)
    report = msgspec.structs.replace(documents["z"], sections=(Section(title="Open ends", rows=(payment,)),))
    assert "Kartenzahlung von Hand …b86485" in plain.write(lay_out(localised(report, "de"), Paper(42)), 42)
