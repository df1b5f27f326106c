"""Documents, laid out: what stands where on a receipt, a Z, a ticket, in the language of the document.

Nothing here knows a printer; the columns of the paper decide only how much fits side by side. Every print but the
first says so at its top and its end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from boxoffice.domain.badges import Align
from boxoffice.domain.documents import (
    Badge,
    BillLine,
    CashSlip,
    Copy,
    Document,
    Movement,
    OrderSummary,
    Receipt,
    Report,
    Row,
    TestPage,
    TicketSlip,
    Voucher,
)

from .cells import width_of
from .lines import Cell, Code, Columns, Cut, Drawer, Feed, Line, Picture, Rule, Text
from .phrases import Speech

Pictures = Callable[[str], bytes | None]
"""A picture of the store by its digest; None where it is not there."""


class Paper(msgspec.Struct, frozen=True):
    """What a document is laid out for: letters on a line, and the width between the margins in mm."""

    columns: int = 48
    millimetres: float = 72.0


def no_pictures(_: str) -> bytes | None:
    """Where nobody keeps pictures."""
    return None


def lay_out(
    document: Document, paper: Paper, copy: Copy | None = None, pictures: Pictures = no_pictures
) -> tuple[Line, ...]:
    """The document as lines. A copy is marked as one and opens no drawer."""
    page = _Page(document, paper, copy, pictures)
    lines = tuple(page.lines())
    return tuple(line for line in lines if not isinstance(line, Drawer)) if copy else lines


class _Page:
    def __init__(self, document: Document, paper: Paper, copy: Copy | None, pictures: Pictures) -> None:
        self._document = document
        self._paper = paper
        self._copy = copy
        self._pictures = pictures
        self._speech = Speech(document.locale, document.timezone)

    def lines(self) -> Iterator[Line]:
        document = self._document
        yield from self._marks()
        if isinstance(document, Receipt):
            yield from self._receipt(document)
        elif isinstance(document, CashSlip):
            yield from self._cash_slip(document)
        elif isinstance(document, Report):
            yield from self._report(document)
        elif isinstance(document, Badge):
            yield from self._badge(document)
        elif isinstance(document, TicketSlip):
            yield from self._ticket(document)
        elif isinstance(document, OrderSummary):
            yield from self._order(document)
        elif isinstance(document, Voucher):
            yield from self._voucher(document)
        else:
            yield from self._test_page(document)
        yield Cut()

    def _say(self, text: str, /, **values: object) -> str:
        return self._speech.say(text, **values)

    def _marks(self) -> Iterator[Line]:
        if self._document.training:
            yield Text(self._say("TRAINING – NOT VALID"), bold=True, align=Align.CENTER, inverse=True)
        copy = self._copy
        if copy is None:
            return
        yield Text(self._say("COPY {n}", n=copy.number), bold=True, large=2, align=Align.CENTER)
        who = " · ".join(one for one in (self._speech.moment(copy.at), copy.operator) if one)
        yield Text(who, align=Align.CENTER)
        if copy.reason:
            yield Text(copy.reason, align=Align.CENTER)
        yield Rule()

    def _head(self) -> Iterator[Line]:
        head = self._document.letterhead
        logo = self._pictures(head.logo) if head.logo else None
        if logo:
            yield Picture(logo, share=0.6)
        if head.organiser:
            yield Text(head.organiser, bold=True, align=Align.CENTER)
        if head.event:
            yield Text(head.event, bold=not head.organiser, align=Align.CENTER)
        for line in head.address:
            yield Text(line, align=Align.CENTER)
        if head.tax_id:
            yield Text(self._say("VAT ID {id}", id=head.tax_id), align=Align.CENTER)
        for line in head.header:
            yield Text(line, align=Align.CENTER)

    def _foot(self) -> Iterator[Line]:
        for line in self._document.letterhead.footer:
            yield Text(line, align=Align.CENTER)
        if self._document.training:
            yield Text(self._say("TRAINING – NOT VALID"), bold=True, align=Align.CENTER, inverse=True)
        if self._copy is not None:
            yield Text(self._say("COPY {n}", n=self._copy.number), bold=True, align=Align.CENTER)

    def _served(self) -> Iterator[Line]:
        document = self._document
        where = " · ".join(one for one in (document.station, document.operator) if one)
        yield Columns((Cell(self._speech.moment(document.at), 0), Cell(where, 0, Align.RIGHT)))

    def _pair(self, label: str, value: str, *, bold: bool = False, large: int = 1) -> Columns:
        return Columns((Cell(label), Cell(value, width_of(value), Align.RIGHT)), bold, large)

    def _receipt(self, document: Receipt) -> Iterator[Line]:
        currency = document.currency
        if any(one.tender == "cash" for one in document.tenders):
            yield Drawer()
        yield from self._head()
        yield Feed()
        title = "Refund" if document.corrects else "Receipt"
        yield Text(f"{self._say(title)} {document.number}", bold=True)
        if document.corrects:
            yield Text(self._say("For receipt {number}", number=document.corrects))
        if document.reason:
            yield Text(self._say("Reason: {reason}", reason=document.reason))
        yield from self._served()
        yield Rule()
        yield from self._bill(document.lines, currency)
        yield Rule()
        yield self._pair(self._say("Total"), self._speech.money(document.total, currency), bold=True, large=2)
        if document.rounding:
            yield self._pair(self._say("Rounding"), self._speech.amount(document.rounding, currency))
            payable = document.total + document.rounding
            yield self._pair(self._say("To pay"), self._speech.money(payable, currency), bold=True)
        yield from self._tenders(document)
        yield from self._taxes(document)
        if document.orders:
            label = "Order {codes}" if len(document.orders) == 1 else "Orders {codes}"
            yield Feed()
            yield Text(self._say(label, codes=", ".join(document.orders)))
        if document.code:
            yield Feed()
            yield Code(document.code)
        yield Feed()
        yield from self._foot()

    def _bill(self, lines: tuple[BillLine, ...], currency: str) -> Iterator[Line]:
        for line in lines:
            amount = self._speech.amount(line.amount, currency)
            figures = f"{amount} {line.tax}" if line.tax else amount
            name = f"  {line.text}" if line.part else line.text
            yield self._pair(name, figures)
            if line.quantity != 1:
                each = self._speech.amount(line.each, currency)
                yield Text(f"  {self._speech.number(line.quantity)} × {each}")
            for note in line.notes:
                yield Text(f"  {note}")

    def _tenders(self, document: Receipt) -> Iterator[Line]:
        currency = document.currency
        for one in document.tenders:
            yield self._pair(self._say(_TENDERS.get(one.tender, one.tender)), self._speech.amount(one.amount, currency))
            if one.given and one.given != one.amount:
                yield self._pair(f"  {self._say('Given')}", self._speech.amount(one.given, currency))
            if one.change:
                yield self._pair(self._say("Change"), self._speech.money(one.change, currency), bold=True)
            for detail in one.details:
                yield Text(f"  {detail}")

    def _taxes(self, document: Receipt) -> Iterator[Line]:
        if not document.taxes:
            return
        currency = document.currency
        rows = [
            (
                f"{one.letter} {one.name} {self._speech.percent(one.rate)}".replace("  ", " "),
                *(self._speech.amount(each, currency) for each in (one.base, one.tax, one.gross)),
            )
            for one in document.taxes
        ]
        titles = tuple(self._say(one) for one in ("VAT", "Net", "Tax", "Gross"))
        widths = [max(width_of(row[index]) for row in (titles, *rows)) + 1 for index in (1, 2, 3)]
        yield Rule()
        for row in (titles, *rows):
            figures = (Cell(text, width, Align.RIGHT) for text, width in zip(row[1:], widths, strict=True))
            yield Columns((Cell(row[0]), *figures))

    def _cash_slip(self, document: CashSlip) -> Iterator[Line]:
        if document.movement is not Movement.FLOAT or document.amount:
            yield Drawer()
        yield from self._head()
        yield Feed()
        yield Text(self._say(_MOVEMENTS[document.movement]), bold=True, large=2, align=Align.CENTER)
        yield Text(self._say("Slip {number}", number=document.number), align=Align.CENTER)
        yield from self._served()
        yield Rule()
        for value, count in document.counted:
            label = f"{self._speech.number(count)} × {self._speech.amount(value, document.currency)}"
            yield self._pair(label, self._speech.amount(value * count, document.currency))
        if document.counted:
            yield Rule()
        if document.movement is not Movement.NO_SALE:
            yield self._pair(
                self._say("Amount"), self._speech.money(document.amount, document.currency), bold=True, large=2
            )
        if document.reason:
            yield Text(self._say("Reason: {reason}", reason=document.reason))
        for who in ("Cashier", "Second person"):
            yield Feed(3)
            yield Rule()
            yield Text(self._say(who))
        yield from self._foot()

    def _report(self, document: Report) -> Iterator[Line]:
        yield from self._head()
        yield Feed()
        title = self._say("X report") if document.number is None else self._say("Z report {n}", n=document.number)
        yield Text(title, bold=True, large=2, align=Align.CENTER)
        yield from self._served()
        if document.since is not None:
            yield self._pair(self._say("From"), self._speech.moment(document.since))
        if document.until is not None:
            yield self._pair(self._say("To"), self._speech.moment(document.until))
        for section in document.sections:
            yield Rule()
            yield Text(self._say(section.title), bold=True)
            for row in section.rows:
                yield self._report_row(row, document.currency)
        yield Rule()
        yield from self._foot()

    def _report_row(self, row: Row, currency: str) -> Line:
        label = self._say(row.label)
        if row.text:
            return self._pair(label, row.text, bold=row.strong)
        amount = "" if row.amount is None else self._speech.amount(row.amount, currency)
        if row.count is None:
            return self._pair(label, amount, bold=row.strong)
        count = self._speech.number(row.count)
        room = 13 if row.amount is not None else 0
        cells = (Cell(label), Cell(count, 6, Align.RIGHT), Cell(amount, room, Align.RIGHT))
        return Columns(cells[: 3 if room else 2], row.strong)

    def _badge(self, document: Badge) -> Iterator[Line]:
        yield Text(document.fields.get("name", ""), bold=True, large=2, align=Align.CENTER)
        if company := document.fields.get("company"):
            yield Text(company, align=Align.CENTER)
        if secret := document.fields.get("secret"):
            yield Code(secret)

    def _ticket(self, document: TicketSlip) -> Iterator[Line]:
        yield from self._head()
        yield Feed()
        yield Text(document.item, bold=True, large=2, align=Align.CENTER)
        if document.variation:
            yield Text(document.variation, align=Align.CENTER)
        if document.date:
            yield Text(document.date, bold=True, align=Align.CENTER)
        if document.begins is not None:
            when = f"{self._speech.long_day(document.begins)}, {self._speech.clock(document.begins)}"
            yield Text(when, align=Align.CENTER)
        if document.admission is not None:
            yield Text(self._say("Doors open {time}", time=self._speech.clock(document.admission)), align=Align.CENTER)
        if document.seat:
            yield Text(document.seat, bold=True, large=2, align=Align.CENTER)
        yield Feed()
        yield Code(document.code, large=True, caption=document.ticket)
        yield Feed()
        for name in (document.name, document.company):
            if name:
                yield Text(name, bold=True, align=Align.CENTER)
        for part in document.parts:
            yield Text(f"+ {part}", align=Align.CENTER)
        if document.price is not None:
            yield Text(self._speech.money(document.price, document.currency), align=Align.CENTER)
        for text in document.texts:
            yield Text(text, align=Align.CENTER)
        yield from self._foot()

    def _order(self, document: OrderSummary) -> Iterator[Line]:
        currency = document.currency
        yield from self._head()
        yield Feed()
        yield Text(self._say("Order {codes}", codes=document.order), bold=True, large=2, align=Align.CENTER)
        yield Text(self._say(document.state), align=Align.CENTER)
        for line in document.buyer:
            yield Text(line)
        yield from self._served()
        yield Rule()
        yield from self._bill(document.lines, currency)
        yield Rule()
        yield self._pair(self._say("Total"), self._speech.money(document.total, currency), bold=True)
        yield self._pair(self._say("Paid"), self._speech.money(document.paid, currency))
        if document.total != document.paid:
            open_ = self._speech.money(document.total - document.paid, currency)
            yield self._pair(self._say("Still to pay"), open_, bold=True)
        if document.code:
            yield Feed()
            yield Code(document.code)
        yield Feed()
        yield from self._foot()

    def _voucher(self, document: Voucher) -> Iterator[Line]:
        yield from self._head()
        yield Feed()
        yield Text(document.title, bold=True, large=2, align=Align.CENTER)
        if document.value is not None:
            yield Text(self._speech.money(document.value, document.currency), bold=True, large=2, align=Align.CENTER)
        yield Code(document.code, large=True, caption=document.code)
        if document.valid_until is not None:
            until = self._speech.day(document.valid_until)
            yield Text(self._say("Valid until {day}", day=until), align=Align.CENTER)
        for text in document.texts:
            yield Text(text, align=Align.CENTER)
        yield from self._foot()

    def _test_page(self, document: TestPage) -> Iterator[Line]:
        columns = self._paper.columns
        if document.drawer:
            yield Drawer()
        yield Text(self._say("Test page"), bold=True, large=2, align=Align.CENTER)
        yield Text(document.printer, align=Align.CENTER)
        yield from self._served()
        yield Text(self._say("{n} columns: both ends of the ruler must stand on one line", n=columns))
        yield Text("".join(str(index % 10) for index in range(1, columns + 1)))
        for sample in _SAMPLES:
            yield Text(sample)
        yield Code("BOXOFFICE-TEST", caption="BOXOFFICE-TEST")
        yield Feed()
        yield Code("12345678", bars=True, caption="12345678")
        yield Feed()


_TENDERS = {"cash": "Cash", "card": "Card", "voucher": "Voucher", "giftcard": "Gift card", "transfer": "Bank transfer"}
_MOVEMENTS = {
    Movement.FLOAT: "Float",
    Movement.PAY_IN: "Pay in",
    Movement.PAY_OUT: "Pay out",
    Movement.DROP: "Drop",
    Movement.NO_SALE: "Drawer opened",
}
_SAMPLES = (
    "ASCII !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
    "äöüß àéèêç ñ ø å € £",
    "łąęśź řčěů őű șț",
    "Ελληνικά Кириллица",
    "会议签到 東京 かな 한국어",
    "שלום مرحبا",
)
