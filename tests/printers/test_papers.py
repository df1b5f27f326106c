"""Every kind of paper on the three usual widths: to be read, to be compared with the preview, and to be scanned.

The files in `golden/printed` show what a printer makes of what it is sent, not what was meant. A change in them is
looked at before it is taken over: `BOXOFFICE_GOLDEN=1` writes them anew.
"""

from __future__ import annotations

import io
import os
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from PIL import Image, ImageDraw

from boxoffice.domain import badge_designs
from boxoffice.domain.documents import (
    Badge,
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
from printers.layout import Paper, lay_out
from printers.profiles import profile
from printers.render import escpos

GOLDEN = Path(__file__).parent / "golden" / "printed"
SOME_LANGUAGES = ("de", "zh", "ar")
LANGUAGES = (*SOME_LANGUAGES, "fr", "it", "ja", "ko", "he", "pl")
PRINTERS = {32: "POS-5890", 42: "TM-T88V", 48: "TM-T20II"}
AT = datetime(2026, 11, 21, 18, 4, tzinfo=UTC)
HOUSE = Letterhead(event="Lakeside Jazz Nights", organiser="Lakeside Stage Ltd", footer=("No re-entry after midnight",))
WHERE = {"at": AT, "timezone": "Europe/Berlin", "letterhead": HOUSE, "station": "Till 1", "operator": "Ada"}

REFUND = {
    "number": "T1-000124",
    "corrects": "T1-000123",
    "reason": "Concert of 鈴木 cancelled",
    "lines": (
        BillLine(text="Weekend", each=-4500, amount=-4500, tax="A", notes=("Saturday and Sunday",)),
        BillLine(text="Cancellation fee", each=500, amount=500, tax="A", part=True),
    ),
    "total": -4003,
    "rounding": 3,
    "tenders": (Tendered(tender="cash", amount=-4000),),
    "taxes": (TaxGroup(letter="A", rate=1900, base=-3361, tax=-639, gross=-4000),),
    "code": "",
}
Z = Report(
    **WHERE,
    currency="EUR",
    number=17,
    since=datetime(2026, 11, 21, 8, 0, tzinfo=UTC),
    until=AT,
    sections=(
        Section(
            title="Sales",
            rows=(
                Row(label="Weekend", count=120, amount=540_000),
                Row(label="欧阳 Workshop 会议", count=7, amount=3_500),
            ),
        ),
        Section(
            title="Tenders",
            rows=(
                Row(label="Cash", count=100, amount=443_500),
                Row(label="Card", count=27, amount=100_000),
                Row(label="Total", count=127, amount=543_500, strong=True),
            ),
        ),
        Section(
            title="Numbers",
            rows=(Row(label="Receipts", text="T1-000001 – T1-000127"), Row(label="Difference", amount=-250)),
        ),
    ),
)
SLIP = CashSlip(
    **WHERE,
    number="C-7",
    movement=Movement.DROP,
    currency="EUR",
    amount=120_050,
    reason="Safe",
    counted=((10_000, 12), (50, 1)),
)
TICKET = TicketSlip(
    **WHERE,
    ticket="A7B9C-1",
    code="9cbh2s7pzvvnf4kq",
    item="Weekend",
    variation="Reduced",
    name="欧阳娜娜",
    company="Müller & Søn",
    begins=AT,
    admission=datetime(2026, 11, 21, 17, 0, tzinfo=UTC),
    date="Friday",
    seat="Row 7, seat 12",
    price=4500,
    parts=("Dinner", "T-shirt XL"),
    texts=("Not valid without an ID.",),
)
VOUCHER = Voucher(
    **WHERE,
    code="GIFT-2H7K-9QPX",
    title="Gift card",
    value=5000,
    valid_until=datetime(2029, 12, 31, tzinfo=UTC),
    texts=("For any evening",),
)
ORDER = OrderSummary(
    **WHERE,
    order="A7B9C",
    state="paid",
    currency="EUR",
    lines=(
        BillLine(text="Weekend", quantity=2, each=4500, amount=9000),
        BillLine(text="T-shirt", each=1500, amount=1500, part=True),
    ),
    total=10500,
    paid=9000,
    buyer=("Zoë Łucja O'Neill", "zoe@example.org"),
    code="A7B9C",
)
BADGE = Badge(
    **WHERE,
    ticket="A7B9C-1",
    template=badge_designs.standard("Plain", 62, 100),
    fields={"name": "Wolfeschlegelsteinhausenbergerdorff", "company": "清河科技有限公司", "secret": "9cbh2s7pzvvnf4kq"},
)
COPY = Copy(number=2, at=datetime(2026, 11, 21, 18, 30, tzinfo=UTC), operator="Ben", reason="Paper was out")


@pytest.fixture(params=PRINTERS, ids=[f"{columns} columns" for columns in PRINTERS])
def model(request: pytest.FixtureRequest):
    """The printers of the three usual widths."""
    return profile(PRINTERS[request.param])


@pytest.fixture
def papers(receipt) -> dict[str, tuple[Document, Copy | None]]:
    return {
        "receipt": (receipt(), None),
        "receipt-copy": (receipt(), COPY),
        "receipt-training": (receipt(training=True), None),
        "refund": (receipt(**REFUND), None),
        "z": (Z, None),
        "x": (msgspec.structs.replace(Z, number=None), None),
        "cash": (SLIP, None),
        "ticket": (TICKET, None),
        "voucher": (VOUCHER, None),
        "order": (ORDER, None),
        "badge": (BADGE, None),
        "test": (TestPage(**WHERE, printer="Bar", drawer=True), None),
    }


KINDS = ("receipt", "receipt-copy", "receipt-training", "refund", "z", "x", "cash", "ticket", "voucher", "order")
KINDS += ("badge", "test")
SCANNED = {
    **{kind: ["https://example.org/r/T1-000123"] for kind in ("receipt", "receipt-copy", "receipt-training")},
    "ticket": ["9cbh2s7pzvvnf4kq"],
    "voucher": ["GIFT-2H7K-9QPX"],
    "order": ["A7B9C"],
    "badge": ["9cbh2s7pzvvnf4kq"],
    "test": ["BOXOFFICE-TEST", "1234567890"],
}
OPENS = {"receipt", "refund", "cash", "test"}
"""Cash changes hands, and it is the first print."""


@pytest.mark.parametrize("kind", KINDS)
def test_on_paper(decode, model_of, compare, papers, model, kind):
    document, copy = papers[kind]
    lines = lay_out(document, Paper(model.columns, model.millimetres), copy)
    paper = decode(escpos.encode(lines, model), model_of(model.name))
    assert paper.faults == []
    assert compare(lines, model, paper) == []
    assert paper.read() == SCANNED.get(kind, [])
    assert len(paper.pulses) == (kind in OPENS)
    assert [cut.blank > 110 for cut in paper.cuts] == [True] * model.knife
    golden(f"{kind}-{model.columns}", paper.text)


@pytest.mark.parametrize("kind", KINDS)
def test_on_paper_in_other_languages(decode, model_of, compare, rounds, papers, model, kind):
    document, copy = papers[kind]
    for language in rounds(SOME_LANGUAGES, LANGUAGES):
        said = msgspec.structs.replace(document, locale=language)
        lines = lay_out(said, Paper(model.columns, model.millimetres), copy)
        paper = decode(escpos.encode(lines, model), model_of(model.name))
        assert (paper.faults, compare(lines, model, paper)) == ([], [])


def golden(name: str, text: str) -> None:
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("BOXOFFICE_GOLDEN") == "1":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("size", [(300, 100), (900, 200), (101, 333)], ids=["small", "wide", "high"])
def test_a_logo_stands_on_paper_as_in_the_preview(decode, model_of, compare, receipt, model, size):
    logo = Image.new("L", size, 255)
    ImageDraw.Draw(logo).ellipse((5, 5, size[0] - 6, size[1] - 6), outline=0, width=9)
    out = io.BytesIO()
    logo.save(out, "PNG")
    document = receipt(letterhead=Letterhead(organiser="Lakeside", logo="its digest"))
    paper = Paper(model.columns, model.millimetres)
    lines = lay_out(document, paper, pictures={"its digest": out.getvalue()}.get)
    printed = decode(escpos.encode(lines, model), model_of(model.name))
    assert printed.faults == []
    assert printed.rows[0].pictures
    assert compare(lines, model, printed) == []


def test_a_printer_that_wakes_in_pairs_of_bytes_prints_the_same(decode, model_of, receipt):
    """As those do that were made for China: an accent and the letter behind it would become one ideograph."""
    model = profile("POS-5890")
    lines = lay_out(receipt(operator="Zoë Łucja Ñandú €"), Paper(model.columns, model.millimetres))
    data = escpos.encode(lines, model)
    chinese = model_of(model.name, ideographs="gb18030", wakes_in_ideographs=True)
    assert decode(data, chinese).text == decode(data, model_of(model.name)).text


@pytest.mark.parametrize("name", sorted(set(PRINTERS.values())))
def test_it_does_not_matter_how_the_job_before_left_the_printer(decode, model_of, receipt, name):
    model = profile(name)
    data = escpos.encode(lay_out(receipt(), Paper(model.columns, model.millimetres)), model)
    before = b"\x1bE\x01\x1d!\x11\x1ba\x02\x1bt\x11\x1bR\x02\x1dB\x01\x1b3\x00\x1dL\x20\x00"
    alone, after = (decode(bytes_, model_of(name)).text for bytes_ in (data, before + data))
    assert alone == after
