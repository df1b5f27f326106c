"""Cash that nobody would hand over, refused on the command line until somebody says that it is right."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from boxoffice.domain import cash
from boxoffice.domain.money import plain
from boxoffice.domain.tenders import Means, Offer
from boxoffice.errors import Refused, filled


def options() -> argparse.ArgumentParser:
    """What says that it is right."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--much-change", action="store_true", help="the cash is right, however much change there is")
    return parser


def mind(args: argparse.Namespace, total: int, offers: Sequence[Offer], currency: str) -> None:
    """Raise `Refused` where the cash for a bill is more than anybody would hand over."""
    due = total - sum(one.amount for one in offers if one.means is not Means.CASH)
    given = sum(one.amount for one in offers if one.means is Means.CASH)
    if args.much_change or not cash.unlikely(due, given, currency):
        return
    what = filled(
        "{given} in cash for {due} {currency} gives {change} change.",
        given=plain(given, currency),
        due=plain(due, currency),
        change=plain(given - due, currency),
        currency=currency,
    )
    raise Refused("So much cash is unlikely", what, "Nothing was done. Add --much-change if it is right.")
