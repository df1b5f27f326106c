"""How a receipt stands now: what was paid by which tender, after everything that was put right about it since.

Taking back and correcting both begin here, so that neither undoes what another document has undone before. What gift
cards gave is read from what became of their numbers; where those are gone, nothing can go back onto them.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from boxoffice.domain.documents import Tendered
from boxoffice.domain.gift_cards import Why
from boxoffice.domain.redeeming import Kind, Redemption, State
from boxoffice.domain.shift import Booked
from boxoffice.domain.tenders import Means
from boxoffice.errors import BadInput, Refused, filled
from boxoffice.storage import receipt_book, redeeming
from boxoffice.storage.connection import Connection


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """A receipt with everything that was put right about it since."""

    original: Booked
    event: str
    last: Booked
    """The receipt, or its newest correction: its tenders are those that count."""
    operation: str
    """Of the last."""
    numbers: tuple[int, ...]
    """Of the receipt and its corrections."""
    returned: bool = False
    """Whether some of it was given back since."""

    @property
    def tenders(self) -> tuple[tuple[int, Tendered], ...]:
        """What counts as paid, each with its place on the document that says so.

        Also cash of nothing, where there is no coin for the last cents of a bill: they are in its rounding.
        """
        tenders = enumerate(self.last.receipt.tenders)
        return tuple((place, one) for place, one in tenders if one.covers > 0)

    @property
    def total(self) -> int:
        """What was paid, as far as is known now, minor units."""
        return sum(one.covers for _, one in self.tenders)

    @property
    def rounding(self) -> int:
        """What cash was rounded by."""
        return sum(one.rounding for _, one in self.tenders)

    @property
    def by_card(self) -> int:
        """What cards have paid of it."""
        return sum(one.amount for _, one in self.tenders if one.tender == Means.CARD.value)

    @property
    def order(self) -> str:
        """The order that it is about; empty where it is about gift cards alone."""
        return next(iter(self.original.receipt.orders), "")


def standing(connection: Connection, number: int) -> Standing:
    """How a receipt stands now. Raises `BadInput` if this till has none of that number, `Refused` if it is no sale.

    What was paid here for a sale of another till stands on a correction that names no receipt of this one: it is the
    first that this till knows of it, and can be put right like a sale.
    """
    original = receipt_book.receipt(connection, number)
    if original is None:
        raise BadInput(
            filled("There is no receipt {number} at this till", number=number),
            "Nothing was done.",
            "Look at its number again.",
        )
    if not original.can_be_corrected:
        about = filled("It is about receipt {corrects}.", corrects=original.corrects) if original.corrects else ""
        raise Refused(filled("Receipt {number} is no sale", number=number), about, "Correct the receipt of the sale.")
    later = receipt_book.receipts_about(connection, number)
    if any(one.void for one in later):
        raise Refused(filled("Receipt {number} was taken back", number=number), "Nothing was done.", "Sell it again.")
    corrections = [one for one in later if one.correction]
    last = corrections[-1] if corrections else original
    return Standing(
        original=original,
        event=receipt_book.event_of_receipt(connection, number),
        last=last,
        operation=receipt_book.operation_of_receipt(connection, last.number),
        numbers=(number, *(one.number for one in corrections)),
        returned=any(one.is_return for one in later),
    )


def gave_by(connection: Connection, before: Standing) -> list[Redemption]:
    """What gift cards have paid of a receipt, as it stands now. Raises `Refused` where their numbers are gone."""
    gave: list[Redemption] = []
    for number in before.numbers:
        moves = redeeming.of_operation(connection, receipt_book.operation_of_receipt(connection, number))
        for gone in (one for one in moves if one.kind is Kind.GIFT_CARD and one.why == Why.UNDONE):
            gave.remove(next(one for one in gave if (one.code, -one.amount) == (gone.code, gone.amount)))
        gave += [one for one in moves if one.kind is Kind.GIFT_CARD and one.why == Why.REDEEMED and one.amount]
    if not all(one.code for one in gave):
        raise Refused(
            "The number of the gift card is not kept any more",
            "Nothing was corrected.",
            "Give the money back by another tender, and sell anew.",
        )
    return gave


def mind_refused(gave: Sequence[Redemption]) -> None:
    """Raises `Refused` where nothing can go back onto a gift card, because the server never took it from there."""
    if refused := [one for one in gave if one.state is State.REFUSED]:
        raise Refused(
            "The server has refused what this gift card paid",
            filled("{because} Nothing was changed.", because=refused[0].because).strip(),
            "Send it again or accept the loss first: it waits among what the server has refused.",
        )
