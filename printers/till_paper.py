"""What comes out at the till: receipts and refunds, slips for cash that is moved, the X and the Z."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from boxoffice.domain.badges import Align
from boxoffice.domain.documents import BillLine, CashSlip, Movement, Receipt, Report, Row, TaxGroup, Tendered
from boxoffice.domain.gift_cards import ON_A_BILL
from boxoffice.domain.tenders import TITLES, Means
from boxoffice.domain.terminals import short_name

from .cells import width_of
from .lines import Cell, Code, Columns, Drawer, Feed, Line, Rule, Text
from .page import Page

_MOVEMENTS = {
    Movement.FLOAT: "Float",
    Movement.PAY_IN: "Pay in",
    Movement.PAY_OUT: "Pay out",
    Movement.DROP: "Cash drop",
    Movement.NO_SALE: "Drawer opened",
}
_INDENT = 2
_ROOM_FOR_A_NAME = 9
"""A tax table whose figures leave less than this becomes a list."""


def receipt(page: Page, document: Receipt) -> Iterator[Line]:
    """A sale, or what was given back and for which receipt."""
    if not document.training and any(one.tender == Means.CASH for one in document.tenders):
        yield Drawer()
    yield from page.head()
    yield Feed()
    yield from _title(page, document)
    yield from page.served()
    yield Rule()
    yield from bill(page, document.lines, document.currency)
    yield Rule()
    yield page.pair(page.say("Total"), page.speech.money(document.total, document.currency), bold=True, large=2)
    if document.rounding:
        payable = document.total + document.rounding
        yield page.pair(page.say("Rounding"), page.speech.amount(document.rounding, document.currency))
        yield page.pair(page.say("To pay"), page.speech.money(payable, document.currency), bold=True)
    for one in document.tenders:
        yield from _tendered(page, one, document.currency)
    if document.taxes:
        yield Rule()
        yield from _taxes(page, document.taxes, document.currency)
    yield from _references(page, document)
    yield from page.foot()


def _title(page: Page, document: Receipt) -> Iterator[Line]:
    if not document.corrects:
        yield Text(page.say("Receipt {number}", number=document.number), bold=True)
    else:
        corrected = page.say("Correction") if document.reason else page.say("Payment")
        title = corrected if document.correction else page.say("Exchange" if document.exchange else "Refund")
        yield Text(page.say("Void") if document.void else title, bold=True, large=2, align=Align.CENTER)
        yield Text(page.say("Receipt {number}", number=document.number), bold=True)
        yield Text(page.say("For receipt {number}", number=document.corrects))
    if document.reason:
        yield Text(page.say("Reason: {reason}", reason=document.reason))


_OURS = frozenset(ON_A_BILL.values())
"""Lines that are called by us and not by the event."""


def bill(page: Page, lines: Sequence[BillLine], currency: str) -> Iterator[Line]:
    """What was bought, with its amounts below each other."""
    marked = any(line.tax for line in lines)
    for line in lines:
        figures = page.speech.amount(line.amount, currency) + (f" {line.tax or ' '}" if marked else "")
        indent = _INDENT if line.part else 0
        text = page.say(line.text) if line.text in _OURS else line.text
        yield page.pair(text, figures, indent=indent)
        if abs(line.quantity) != 1:
            each = page.speech.amount(line.each, currency)
            yield Text(f"{page.speech.number(line.quantity)} × {each}", indent=indent + _INDENT)
        for note in (*line.notes, *page.left(line.left)):
            yield Text(note, indent=indent + _INDENT)


def _tendered(page: Page, one: Tendered, currency: str) -> Iterator[Line]:
    name = page.say(TITLES.get(one.tender, one.tender))
    if one.given and one.given != one.amount:
        yield page.pair(f"{name}, {page.say('given')}", page.speech.amount(one.given, currency))
    else:
        yield page.pair(name, page.speech.amount(one.amount, currency))
    if one.change:
        yield page.pair(page.say("Change"), page.speech.money(one.change, currency), bold=True)
    for detail in one.details:
        yield Text(detail, indent=_INDENT)


def _taxes(page: Page, groups: Sequence[TaxGroup], currency: str) -> Iterator[Line]:
    titles = [page.say(one) for one in ("VAT", "Net", "Tax", "Gross")]
    names = [_group_name(page, one) for one in groups]
    figures = [[page.speech.amount(each, currency) for each in (one.base, one.tax, one.gross)] for one in groups]
    widths = [max(map(width_of, column)) + 1 for column in zip(titles[1:], *figures, strict=True)]
    if sum(widths) + _ROOM_FOR_A_NAME > page.paper.columns:
        for name, row in zip(names, figures, strict=True):
            yield Text(f"{titles[0]} {name}")
            yield from (page.pair(title, one, indent=_INDENT) for title, one in zip(titles[1:], row, strict=True))
        return
    for name, row in zip((titles[0], *names), (titles[1:], *figures), strict=True):
        cells = (Cell(text, width, Align.RIGHT) for text, width in zip(row, widths, strict=True))
        yield Columns((Cell(name), *cells))


def _group_name(page: Page, group: TaxGroup) -> str:
    if group.outside:
        return f"{group.letter} {page.say('Gift cards, outside VAT')}"
    called = group.called or group.name
    name = "" if called == page.say("VAT") else called
    return " ".join(part for part in (group.letter, name, page.speech.percent(group.rate)) if part)


def _references(page: Page, document: Receipt) -> Iterator[Line]:
    if document.orders:
        label = "Order {codes}" if len(document.orders) == 1 else "Orders {codes}"
        yield Feed()
        yield Text(page.say(label, codes=", ".join(document.orders)))
    if document.code:
        yield Feed()
        yield Code(document.code)
    yield Feed()


def cash_slip(page: Page, document: CashSlip) -> Iterator[Line]:
    """Cash that was moved, with its count and a line for each of two signatures."""
    if not document.training:
        yield Drawer()
    currency = document.currency
    yield from page.head()
    yield Feed()
    yield Text(page.say(_MOVEMENTS[document.movement]), bold=True, large=2, align=Align.CENTER)
    if document.number:
        yield Text(page.say("Slip {number}", number=document.number), bold=True)
    yield from page.served()
    yield Rule()
    if document.counted:
        yield from _counted(page, document.counted, currency)
        yield Rule()
    if document.movement is not Movement.NO_SALE:
        yield page.pair(page.say("Amount"), page.speech.money(document.amount, currency), bold=True, large=2)
    if document.reason:
        yield Text(page.say("Reason: {reason}", reason=document.reason))
    for who in ("Cashier", "Second person"):
        yield Feed(3)
        yield Rule()
        yield Text(page.say(who))
    yield from page.end()


def _counted(page: Page, counted: Sequence[tuple[int, int]], currency: str) -> Iterator[Line]:
    numbers = [page.speech.number(count) for _, count in counted]
    values = [page.speech.amount(value, currency) for value, _ in counted]
    widths = max(map(width_of, numbers)), max(map(width_of, values))
    for (value, count), number, written in zip(counted, numbers, values, strict=True):
        label = f"{number:>{widths[0]}} × {written:>{widths[1]}}"
        yield page.pair(label, page.speech.amount(value * count, currency))


def report(page: Page, document: Report) -> Iterator[Line]:
    """The figures of a shift; all counts and all amounts of it stand below each other."""
    yield from page.head()
    yield Feed()
    title = page.say("X report") if document.number is None else page.say("Z report {n}", n=document.number)
    yield page.middle(page.say(document.title) if document.title else title, bold=True, large=2)
    yield from page.served()
    for label, moment in (("From", document.since), ("To", document.until)):
        if moment is not None:
            yield page.pair(page.say(label), page.speech.moment(moment))
    rows = [row for section in document.sections for row in section.rows]
    amounts = [page.speech.amount(row.amount, document.currency) for row in rows if row.amount is not None]
    counts = [page.speech.number(row.count) for row in rows if row.count is not None]
    widths = max(map(width_of, counts), default=0), max(map(width_of, amounts), default=0)
    for section in document.sections:
        yield Rule()
        yield Text(page.say(section.title), bold=True)
        for row in section.rows:
            yield _report_row(page, row, document.currency, widths)
    yield Rule(double=True)
    yield from page.end()


def _report_row(page: Page, row: Row, currency: str, widths: tuple[int, int]) -> Line:
    label, text = page.say(row.label), _card_words(page, row.text)
    if row.at is not None:
        return page.pair(label, page.speech.moment(row.at), bold=row.strong)
    if text and row.amount is None and row.count is None:
        return page.pair(label, text, bold=row.strong)
    label = f"{label} {text}".rstrip()
    amount = "" if row.amount is None else page.speech.amount(row.amount, currency)
    if row.count is None:
        return page.pair(label, amount, bold=row.strong)
    count = Cell(page.speech.number(row.count), widths[0] + 1, Align.RIGHT)
    return Columns((Cell(label), count, Cell(amount, widths[1], Align.RIGHT)), row.strong)


def _card_words(page: Page, text: str) -> str:
    """A card payment as its terminal and the end of its id; other words as they are."""
    found = short_name(text)
    return f"{page.say(found[0])} …{found[1]}" if found is not None else text
