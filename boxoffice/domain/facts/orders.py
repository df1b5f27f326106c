"""Facts about an order, from its sale to its end.

They stand behind each other, and before what happens to the order's tickets.
"""

from __future__ import annotations

import msgspec

from .written import Written


class Line(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """One position of a sale; `price` in minor units, `addon_to` the number of the position before it."""

    number: int
    item: int
    variation: int | None = None
    price: int = 0
    addon_to: int | None = None
    subevent: int | None = None
    voucher: str = ""
    """The code of the voucher with which it was bought, and what that took off."""
    saved: int = 0


class Sold(Written, tag="sold", frozen=True):
    """An order came into being here, with a code and secrets of our own. Paying it is another act."""

    order: str
    lines: tuple[Line, ...]
    total: int
    locale: str = "en"


class Paid(Written, tag="paid", frozen=True):
    """Money was taken for an order: one act a tender. Its operation id names the payment for good."""

    order: str
    amount: int
    tender: str
    """`cash`, `card` or whatever else the till knows."""
    receipt: str = ""
    awaited: bool = False
    """It was promised only: the payment waits to be confirmed."""
    confirms: str = ""
    """The promise that it fulfils: the operation of that one."""
    withdraws: tuple[str, ...] = ()
    """The promises in whose place it came: nobody waits for those any more."""


class Refunded(Written, tag="refunded", frozen=True):
    """Money was given back."""

    order: str
    amount: int
    tender: str
    payment: str = ""
    """The payment that it undoes: the operation that took it, or the server's id."""
    receipt: str = ""
    reopens: bool = False
    """The money never came: what is missing of the order is open again."""


class Withdrawn(Written, tag="withdrawn", frozen=True):
    """Nobody waits any more for money that was to come: what it was for was taken back."""

    order: str
    promises: tuple[str, ...]
    """The operations that promised it."""


class Canceled(Written, tag="canceled", frozen=True):
    """An order was cancelled, or only some of its positions; a fee may be kept."""

    order: str
    positions: tuple[int, ...] = ()
    """Their numbers; none is the whole order."""
    fee: int = 0


class Reactivated(Written, tag="reactivated", frozen=True):
    """A cancelled order is valid again."""

    order: str


class Edited(Written, tag="edited", frozen=True):
    """Something about an order (`position` 0) or one of its tickets was put right; what, is private."""

    order: str
    position: int = 0
    item: int | None = None
    """The ticket is one for another item now."""
    variation: int | None = None


class Swap(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What one position was, and what it is now; prices in minor units. The first half shows whether it still was."""

    position: int
    item: int
    variation: int | None = None
    subevent: int | None = None
    price: int = 0
    was_item: int
    was_variation: int | None = None
    was_subevent: int | None = None
    was_price: int = 0
    again: bool = False
    """This station had made it another one before, and elsewhere it was made again what it had been."""

    @property
    def found(self) -> tuple[int, int | None, int | None, int]:
        """What the position was."""
        return self.was_item, self.was_variation, self.was_subevent, self.was_price

    @property
    def made(self) -> tuple[int, int | None, int | None, int]:
        """What it is now."""
        return self.item, self.variation, self.subevent, self.price


class Exchanged(Written, tag="exchanged", frozen=True):
    """Tickets became tickets of another type, for another date, or at another price. The money is another act."""

    order: str
    swaps: tuple[Swap, ...]


class Extended(Written, tag="extended", frozen=True):
    """More tickets were bought into an order, as with a pass. Whose they are is private, and paying another act."""

    order: str
    lines: tuple[Line, ...]


OrderFact = Sold | Paid | Refunded | Withdrawn | Canceled | Reactivated | Edited | Exchanged | Extended
"""Whatever makes an order what it is."""
