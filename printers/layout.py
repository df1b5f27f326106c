"""Documents, laid out: what stands where on each kind of paper, in the language of the document.

Nothing here knows a printer; the columns of the paper decide only how much fits side by side. Every print but the
first says so at its top and its end, and opens no drawer.
"""

from __future__ import annotations

from collections.abc import Iterator

from boxoffice.domain.documents import (
    Badge,
    CashSlip,
    Copy,
    Document,
    OrderSummary,
    Receipt,
    Report,
    TicketSlip,
    Voucher,
)

from . import event_paper, proof_paper, till_paper
from .lines import Cut, Drawer, Line
from .page import Page, Pictures, no_pictures
from .profiles import Paper

__all__ = ["Paper", "Pictures", "lay_out", "no_pictures"]


def lay_out(
    document: Document, paper: Paper, copy: Copy | None = None, pictures: Pictures = no_pictures
) -> tuple[Line, ...]:
    """The document as lines, a cut at their end. A copy is marked as one and opens no drawer."""
    page = Page(document, paper, copy, pictures)
    # A badge has the size of its label, and nobody wears the word copy.
    marks = () if isinstance(document, Badge) else page.marks()
    lines = (*marks, *_body(page, document), Cut())
    # The drawer first: the cashier counts the change while the receipt is still coming out.
    drawer = [line for line in lines if isinstance(line, Drawer)][:1] if copy is None else []
    return (*drawer, *(line for line in lines if not isinstance(line, Drawer)))


def _body(page: Page, document: Document) -> Iterator[Line]:
    if isinstance(document, Receipt):
        return till_paper.receipt(page, document)
    if isinstance(document, CashSlip):
        return till_paper.cash_slip(page, document)
    if isinstance(document, Report):
        return till_paper.report(page, document)
    if isinstance(document, Badge):
        return event_paper.badge(page, document)
    if isinstance(document, TicketSlip):
        return event_paper.ticket(page, document)
    if isinstance(document, OrderSummary):
        return event_paper.order(page, document)
    if isinstance(document, Voucher):
        return event_paper.voucher(page, document)
    return proof_paper.proof(page, document)
