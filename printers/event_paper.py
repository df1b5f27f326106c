"""What a visitor takes home: tickets, the summary of an order, vouchers, and badges on roll paper."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from boxoffice.domain.documents import Badge, OrderSummary, TicketSlip, Voucher
from boxoffice.domain.tenders import TITLES, Means
from boxoffice.domain.vouchers import Mode

from .cells import width_of
from .lines import Code, Feed, Line, Picture, Rule, Text
from .page import Page
from .till_paper import bill


def ticket(page: Page, document: TicketSlip) -> Iterator[Line]:
    """What is it for, when and where to sit; the code large enough for the worst camera at the door."""
    speech = page.speech
    yield from page.head()
    yield Feed()
    yield page.headline(document.item)
    if document.variation:
        yield page.middle(document.variation)
    if document.date:
        yield page.middle(document.date, bold=True)
    if document.begins is not None:
        yield from _when(page, document.begins)
    if document.admission is not None:
        yield page.middle(page.say("Doors open {time}", time=speech.clock(document.admission)))
    if document.seat:
        yield page.headline(document.seat, lines=1)
    yield Feed()
    yield Code(document.code, large=True, caption=document.ticket)
    yield Feed()
    for name in (document.name, document.company):
        if name:
            yield page.middle(name, bold=name is document.name)
    for part in document.parts:
        yield page.middle(f"+ {part}")
    if document.price is not None:
        yield page.middle(speech.money(document.price, document.currency))
    for text in (*page.left(document.left), *document.texts):
        yield page.middle(text)
    yield from _farewell(page)


def _farewell(page: Page) -> Iterator[Line]:
    """The event's own words, apart from what is about this one paper."""
    if page.document.letterhead.footer:
        yield Feed()
    yield from page.foot()


def _when(page: Page, at: datetime) -> Iterator[Line]:
    together = page.speech.long_moment(at)
    if width_of(together) <= page.paper.columns:
        yield page.middle(together)
        return
    yield page.middle(page.speech.long_day(at))
    yield page.middle(page.speech.clock(at))


def order(page: Page, document: OrderSummary) -> Iterator[Line]:
    """What was bought, for whom, what is paid and what is open."""
    money = page.speech.money
    yield from page.head()
    yield Feed()
    yield page.middle(page.say("Order {codes}", codes=document.order), bold=True, large=2)
    yield page.middle(page.say(document.state))
    for line in document.buyer:
        yield Text(line)
    yield from page.served()
    yield Rule()
    yield from bill(page, document.lines, document.currency)
    yield Rule()
    yield page.pair(page.say("Total"), money(document.total, document.currency), bold=True)
    yield page.pair(page.say("Paid"), money(document.paid, document.currency))
    if document.total != document.paid:
        label = "Still to pay" if document.total > document.paid else "Paid too much"
        rest = abs(document.total - document.paid)
        yield page.pair(page.say(label), money(rest, document.currency), bold=True)
    if document.code:
        yield Feed()
        yield Code(document.code)
    yield Feed()
    yield from page.foot()


def voucher(page: Page, document: Voucher) -> Iterator[Line]:
    """The code, in letters too, and what it is worth."""
    yield from page.head()
    yield Feed()
    yield page.headline(page.say(document.title))
    if worth := _worth(page, document):
        yield page.headline(worth)
    yield Feed()
    yield Code(document.code, large=True, caption=document.code)
    yield Feed()
    for text in document.texts:
        yield page.middle(text)
    if document.uses > 1:
        yield page.middle(page.say("Can be used {n} times", n=page.speech.number(document.uses)))
    if document.valid_until is not None:
        yield page.middle(page.say("Valid until {day}", day=page.speech.day(document.valid_until)))
    yield from _farewell(page)


def _worth(page: Page, document: Voucher) -> str:
    value = document.value or 0
    amount = page.speech.money(value, document.currency)
    match document.mode:
        case Mode.SET:
            return page.say("For {amount}", amount=amount) if value else page.say(TITLES[Means.FREE])
        case Mode.SUBTRACT:
            return page.say("{amount} less", amount=amount)
        case Mode.PERCENT:
            return page.say("{amount} less", amount=page.speech.percent(value))
        case Mode.NONE:
            return ""
        case _:
            return amount if document.value is not None else ""


def badge(page: Page, document: Badge) -> Iterator[Line]:
    """The badge as a picture at its true size; smaller, and still in whole dots, where the paper is."""
    from . import badge as badges

    template = document.template
    across = template.height if template.quarter_turns % 2 else template.width
    dpi = int(page.paper.dpi * min(1.0, page.paper.millimetres / across))
    digests = (*template.pictures, document.photo)
    held = {digest: found for digest in digests if digest and (found := page.pictures(digest))}
    rows, size = badges.packed(document, dpi, held)
    yield Picture(rows, dots=size)
