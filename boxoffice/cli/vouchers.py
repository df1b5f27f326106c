"""`vouchers`: what became of vouchers and gift cards here, and what one of them is worth."""

from __future__ import annotations

import argparse
from typing import Any

from boxoffice.bootstrap import open_station
from boxoffice.domain.catalog import Event
from boxoffice.domain.gift_cards import shown
from boxoffice.domain.money import plain
from boxoffice.domain.passages import zone_of
from boxoffice.domain.redeeming import Kind, Redemption, State
from boxoffice.domain.vouchers import Mode, Voucher
from boxoffice.errors import Refused

from . import consent
from .amounts import amount_in
from .output import say
from .report import event_of

Subparsers = Any


def register(subparsers: Subparsers, common: argparse.ArgumentParser) -> None:
    """Add the verb of this module."""
    parser = subparsers.add_parser("vouchers", parents=[common], help="vouchers and gift cards, and their states")
    parser.set_defaults(run=run_list, beginning="", state=None)
    verbs = parser.add_subparsers(metavar="WHAT")
    listing = verbs.add_parser("list", parents=[common], help="what became of them here, the latest first")
    listing.add_argument("beginning", metavar="CODE", nargs="?", default="", help="its first eleven characters")
    listing.add_argument("--state", choices=[one.value for one in State])
    listing.set_defaults(run=run_list)
    show = verbs.add_parser("show", parents=[common], help="what a voucher, gift card or membership is worth")
    show.add_argument("code", metavar="CODE")
    show.add_argument("--event", metavar="SLUG", help="where there are several")
    show.set_defaults(run=run_show)
    pay_out = verbs.add_parser("cash-out", parents=[common, consent.options()], help="pay out a gift card in cash")
    pay_out.add_argument("code", metavar="CODE")
    pay_out.add_argument("--amount", metavar="AMOUNT", help="a part of it; all of it, if none is named")
    pay_out.add_argument("--reason", required=True)
    pay_out.set_defaults(run=run_cash_out)
    tidy = verbs.add_parser("tidy", parents=[common], help="let go of what a crash left held for open carts")
    tidy.set_defaults(run=run_tidy)


def run_list(args: argparse.Namespace) -> int:
    """Say what became of codes, a line each; exit status 1 where nothing did of the one that is sought."""
    with open_station(args.data) as app:
        codes = app.counter().codes
        found = codes.listing(args.beginning, State(args.state) if args.state else None)
        for one in found:
            event = app.catalog(one.event).event
            say(args, values(one, event.currency), _line(one, event))
    if found or not args.beginning:
        return 0
    text = "Nothing became of such a code here. It is found by its first eleven characters, exactly."
    say(args, {"kind": None}, text)
    return 1


def values(one: Redemption, currency: str) -> dict[str, Any]:
    """What became of a code as one JSON object."""
    return {
        "kind": one.kind,
        "code": shown(one.code.upper()),
        "state": one.state,
        "why": one.why or None,
        "number": one.number,
        "amount": plain(one.amount, currency),
        "event": one.event,
        "receipt": one.receipt or None,
        "order": one.order or None,
        "at": one.changed_at.isoformat(),
        "because": one.because or None,
    }


def _line(one: Redemption, event: Event) -> str:
    at = one.changed_at.astimezone(zone_of(event))
    often = "once" if one.number == 1 else f"{one.number} times"
    worth = f"{plain(one.amount, event.currency)} {event.currency}" if one.amount else often
    receipt = f"receipt {one.receipt}" if one.receipt else ""
    because = f"({one.because})" if one.because else ""
    about = " ".join(part for part in (worth, one.order, receipt, because) if part)
    return f"{at:%d %b %H:%M} {shown(one.code.upper())} {one.state.value}: {about}"


def run_show(args: argparse.Namespace) -> int:
    """Say what a code is; exit status 1 if this station knows of none."""
    with open_station(args.data) as app:
        event = event_of(app, args.event)
        found = app.counter().codes.what_is(event, args.code)
        currency = app.catalog(event).event.currency
        if found.voucher is not None:
            say(args, _voucher(found.voucher, currency), _voucher_line(found.voucher, currency))
        if found.card is not None:
            card = found.card
            left, unsent = plain(card.left, card.currency), plain(card.unsent, card.currency)
            until = card.expires.isoformat() if card.expires else None
            about = {"kind": Kind.GIFT_CARD, "left": left, "unsent": unsent, "currency": card.currency, "until": until}
            say(args, about, f"Gift card: {left} {card.currency} left" + (f", until {until}." if until else "."))
        if found.member is not None:
            ends = found.member.ends.isoformat() if found.member.ends else None
            about = {"kind": "membership", "type": found.member.type_name, "until": ends}
            say(args, about, f"Membership: {found.member.type_name}" + (f", until {ends}." if ends else "."))
        if not found.is_known:
            say(args, {"kind": None}, "This station knows of no such voucher, gift card or membership.")
    return 0 if found.is_known else 1


def _voucher(one: Voucher, currency: str) -> dict[str, Any]:
    return {
        "kind": Kind.VOUCHER,
        "code": one.code,
        "mode": one.mode,
        "value": _worth(one, currency),
        "left": max(0, one.max_usages - one.redeemed),
        "of": one.max_usages,
        "until": one.valid_until.isoformat() if one.valid_until else None,
    }


def _voucher_line(one: Voucher, currency: str) -> str:
    worth = f"{one.mode} {_worth(one, currency)}".removesuffix(" ")
    return f"Voucher {one.code}: {worth}, {max(0, one.max_usages - one.redeemed)} of {one.max_usages} uses left."


def _worth(one: Voucher, currency: str) -> str:
    match one.mode:
        case Mode.NONE:
            return ""
        case Mode.PERCENT:
            return f"{one.value / 100:g} %"
        case _:
            return plain(one.value, currency)


def run_cash_out(args: argparse.Namespace) -> int:
    """Pay a gift card out."""
    with open_station(args.data) as app:
        counter = app.counter(args.operator)
        shift = counter.shift
        if shift is None:
            raise Refused(
                "No shift is open", "Nothing was paid out.", "Open one: `boxoffice shift open --float AMOUNT`."
            )
        amount = None if args.amount is None else amount_in(args.amount, shift.currency)
        done = consent.with_leave(
            app,
            args,
            lambda permits: counter.codes.cash_out(args.code, args.reason, amount, permits=permits).result(),
        )
        paid = plain(done.paid, shift.currency)
        values = {"receipt": done.booked.number, "paid": paid, "currency": shift.currency}
        say(args, values, f"Receipt {done.booked.number}: pay out {paid} {shift.currency}.")
    return 0


def run_tidy(args: argparse.Namespace) -> int:
    """Let go of what was left behind."""
    with open_station(args.data) as app:
        number = app.counter().codes.tidy().result()
    say(args, {"let_go": number}, f"{number} let go.")
    return 0
