"""What a voucher, a gift card or a membership is, in words for the cashier, and what became of one."""

from __future__ import annotations

from collections.abc import Mapping

from boxoffice.code_counter import Found
from boxoffice.domain.gift_cards import Why
from boxoffice.domain.memberships import Membership
from boxoffice.domain.redeeming import Redemption, State
from boxoffice.domain.vouchers import Mode, Voucher
from boxoffice.services.gift_cards import Balance

from .language import clock, number, tr
from .money import money

STATES: Mapping[State, str] = {
    State.HELD: "held",
    State.ABANDONED: "let go",
    State.REDEEMED: "redeemed",
    State.LOADED: "loaded",
    State.REVERSED: "taken back",
    State.REFUSED: "refused by the server",
}
WHYS: Mapping[str, str] = {
    Why.SOLD: "Gift card sold",
    Why.TOPPED_UP: "Gift card topped up",
    Why.CHANGE: "Change on a gift card",
    Why.REFUNDED: "Money back onto a gift card",
    Why.UNDONE: "Put back by a correction",
    Why.CASHED_OUT: "Gift card cashed out",
    Why.REDEEMED: "Paid with a gift card",
}
ROLES: Mapping[State, str] = {State.REFUSED: "bad", State.HELD: "warn"}
"""How a state is written where it asks for a look."""


def of_code(found: Found, currency: str) -> list[str]:
    """The lines that say what a code is; the first is its heading. None for a code that is not known."""
    if found.voucher is not None:
        return _of_voucher(found.voucher, currency)
    if found.card is not None:
        return _of_card(found.card)
    return _of_member(found.member) if found.member is not None else []


def _of_voucher(one: Voucher, currency: str) -> list[str]:
    left = max(0, one.max_usages - one.redeemed)
    lines = [tr("Voucher: {what}", what=worth(one, currency))]
    lines.append(tr("{left} of {most} uses left", left=number(left), most=number(one.max_usages)))
    if one.valid_until is not None:
        lines.append(tr("valid until {when}", when=clock(one.valid_until)))
    return lines


def worth(one: Voucher, currency: str) -> str:
    """What a voucher does to a price."""
    match one.mode:
        case Mode.SET if one.value == 0:
            return tr("free")
        case Mode.SET:
            return tr("for {amount}", amount=money(one.value, currency))
        case Mode.SUBTRACT:
            return tr("{amount} less", amount=money(one.value, currency))
        case Mode.PERCENT:
            return tr("{percent} % less", percent=f"{one.value / 100:g}")
        case _:
            return tr("the price stays")


def _of_card(one: Balance) -> list[str]:
    lines = [tr("Gift card: {amount} left", amount=money(one.left, one.currency))]
    if one.unsent:
        lines.append(tr("The server does not know of {amount} of it yet", amount=money(one.unsent, one.currency)))
    if one.expires is not None:
        lines.append(tr("valid until {when}", when=clock(one.expires)))
    if one.conditions:
        lines.append(one.conditions)
    return lines


def _of_member(one: Membership) -> list[str]:
    lines = [tr("Membership: {kind}", kind=one.type_name or one.number)]
    if one.customer:
        lines.append(one.customer)
    if one.canceled:
        lines.append(tr("was cancelled"))
    if one.ends is not None:
        lines.append(tr("valid until {when}", when=clock(one.ends)))
    return lines


def of_state(one: Redemption) -> str:
    """How a code stands."""
    return tr(STATES[one.state])


def of_reason(one: Redemption) -> str:
    """What it was about."""
    return tr(WHYS[one.why]) if one.why in WHYS and one.kind == "gift_card" else tr("Voucher")
