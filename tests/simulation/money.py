"""What must be true of money once everything is in: each till's documents and the hub's books, side by side.

Sums are made here from what was written down, document by document and act by act, and never with the code that
makes reports. What two tills did without hearing of each other may be too much; then everybody is told.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .tills import CARDS, ON_A_CARD, PLACES, WORKSHOP

if TYPE_CHECKING:
    from .day import Day
    from .laptops import Laptop

TOO_MUCH = {"gift_card": "left on this gift card", "refunded": "No more than was paid"}
"""What a hub may refuse, in these words: money that somebody else was first to take."""

read: Callable[[str], Any] = functools.lru_cache(maxsize=8_192)(json.loads)
"""What a document says, which is looked at again and again and never changed."""


class Unbalanced(Exception):
    """Two books do not agree."""


class Books:
    """All tills of a day, and the hub."""

    def __init__(self, day: Day) -> None:
        self._day = day

    # Whether everybody has heard

    def unheard_of(self, laptop: Laptop) -> list[str]:
        """What of cards, vouchers, people and receipts stands otherwise at the hub than at a laptop."""
        there, here = self._told(), _known(laptop)
        alone = {name for name in here if name.startswith("person ")} - there.keys()
        otherwise = alone.union(name for name, state in there.items() if here.get(name) != state)
        return sorted(otherwise.union(one for one in self._overused() if not laptop.rows(_OVERUSED, one)))

    def _overused(self) -> list[str]:
        """Vouchers that were used too often, as every till has to say it."""
        vouchers = [read(body) for _, _, body in self._documents("voucher")]
        counted = [(one["code"], one.get("redeemed", 0), one.get("max_usages", 1)) for one in vouchers]
        return [f"{code}: {redeemed} / {most}" for code, redeemed, most in counted if redeemed > most]

    def _told(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for kind, name, body in self._documents("gift_card", "voucher", "person", "taking"):
            one = read(body)
            match kind:
                case "gift_card":
                    found[f"card {name}"] = one.get("value", 0)
                case "voucher":
                    found[f"voucher {name}"] = one.get("redeemed", 0)
                case "person":
                    found[f"person {name}"] = (one["role"], one.get("active", True))
                case _:
                    found[f"taking {name}"] = one["total"]
        return found

    def _documents(self, *kinds: str) -> list[Any]:
        named = ", ".join(f"'{kind}'" for kind in kinds)
        sql = f"SELECT kind, id, body FROM documents WHERE kind IN ({named}) AND body IS NOT NULL"
        return list(self._day.venue.query(sql))

    # Whether it adds up

    def look(self, laptops: list[Laptop]) -> None:
        """Raises `Unbalanced` for the first figures that do not agree. `laptops` are those that the hub has heard."""
        acts = [(device, kind, operation, read(body)) for device, kind, operation, body in self._day.venue.query(_DONE)]
        for laptop in laptops:
            own = [(kind, fact) for device, kind, _, fact in acts if device == laptop.device]
            if not (laptop.copied or laptop.set_aside):  # Then some of its documents stand in another store.
                self._tenders_are_those_of(laptop, own)
                self._drawer_is_that_of(laptop, own)
                self._terminal_has_what_was_told(laptop, own)
            self._totals_add_up(laptop)
            self._drawers_add_up(laptop)
        self._orders_have_what_was_taken(acts)
        self._cards_hold_what_was_put_on_them(acts)
        self._vouchers_are_counted()

    def nobody_sold_what_was_another_ones(self) -> None:
        """Nobody sold a place in the workshop at his own risk, so all of them were set aside for whoever sold them."""
        sold = 0
        for _, _, body in self._documents("order"):
            order = read(body)
            held = [one for one in order["positions"] if one["item"] == WORKSHOP and not one.get("canceled")]
            sold += len(held) if order.get("status") != "c" else 0
        if sold > PLACES:
            raise Unbalanced(f"There are {PLACES} places in the workshop, and {sold} were sold")

    def _tenders_are_those_of(self, laptop: Laptop, own: list[Any]) -> None:
        here: Counter[str] = Counter()
        for means, amount in laptop.rows("SELECT means, amount FROM receipt_tenders"):
            here[means] += amount
        there: Counter[str] = Counter()
        for kind, fact in own:
            if kind == "receipt":
                for means, amount in fact.get("tenders", ()):
                    there[means] += amount
        if here != there:
            raise Unbalanced(f"{laptop} has taken {dict(here)}, and the hub was told of {dict(there)}")

    def _drawer_is_that_of(self, laptop: Laptop, own: list[Any]) -> None:
        """The hub knows of all cash that was moved without a sale, and of each Z what the Z says."""
        moved = Counter(dict(laptop.rows(_MOVED)))
        told: Counter[str] = Counter()
        for kind, fact in own:
            if kind == "cash_moved":
                told[fact["movement"]] += fact.get("amount", 0)
        if moved != told:
            raise Unbalanced(f"{laptop} has moved {dict(moved)}, and the hub was told of {dict(told)}")
        closed = sorted(tuple(fact[name] for name in _OF_A_Z) for kind, fact in own if kind == "shift_closed")
        if closed != [tuple(row) for row in laptop.rows(f"SELECT {', '.join(_OF_A_Z)} FROM z_reports ORDER BY number")]:
            raise Unbalanced(f"{laptop} has other Z reports than the hub: {closed}")

    def _terminal_has_what_was_told(self, laptop: Laptop, own: list[Any]) -> None:
        charged = Counter(one.evidence.receipt for one in laptop.terminal.kept)
        told = Counter(fact["receipt"] for kind, fact in own if kind == "card" and fact["outcome"] == "captured")
        if charged != told:
            raise Unbalanced(f"The terminal of {laptop} has charged {charged}, and the hub was told of {told}")

    def _drawers_add_up(self, laptop: Laptop) -> None:
        """What should be in a drawer is what was in it at first, what was moved, and what was paid in cash."""
        for number, shift, expected in laptop.rows("SELECT number, shift, expected FROM z_reports"):
            [(there,)] = laptop.rows(_IN_DRAWER, shift)
            if there != expected:
                raise Unbalanced(f"Z {number} of {laptop} expects {expected} in the drawer, and it is {there}")

    def _totals_add_up(self, laptop: Laptop) -> None:
        sums = (0, 0)
        for number, sales, returns, *grand in laptop.rows(_Z):
            sums = sums[0] + sales, sums[1] + returns
            if sums != tuple(grand):
                raise Unbalanced(f"Z {number} of {laptop} says {grand} in all, and it is {sums}")

    def _orders_have_what_was_taken(self, acts: list[Any]) -> None:
        taken: dict[str, Counter[str]] = defaultdict(Counter)
        for _, kind, operation, fact in acts:
            if kind in ("paid", "refunded"):
                taken[fact["order"]][operation] += fact["amount"]
        for _, code, body in self._documents("order"):
            order = read(body)
            there = Counter(_amounts(order))
            if there != taken[code]:
                raise Unbalanced(f"Order {code} has {dict(there)}, and tills took {dict(taken[code])}")

    def _cards_hold_what_was_put_on_them(self, acts: list[Any]) -> None:
        moved: Counter[str] = Counter()
        for _, kind, _, fact in acts:
            if kind == "gift_card":
                moved[fact["card"]] += fact["amount"]
        for _, code, body in self._documents("gift_card"):
            value, begun = read(body).get("value", 0), ON_A_CARD if code.upper() in CARDS else 0
            change = moved[hashlib.sha256(code.casefold().encode()).hexdigest()[:8]]
            if value != begun + change or value < 0:
                raise Unbalanced(f"There is {value} on card {code}, which began with {begun} and had {change:+}")

    def _vouchers_are_counted(self) -> None:
        used: Counter[str] = Counter()
        for _, _, body in self._documents("order"):
            order = read(body)
            if order.get("status") != "c":
                held = [one for one in order["positions"] if not one.get("canceled")]
                used.update(one["voucher"].casefold() for one in held if one.get("voucher"))
        for _, code, body in self._documents("voucher"):
            voucher = read(body)
            redeemed = voucher.get("redeemed", 0)
            if redeemed != used[code.casefold()]:
                raise Unbalanced(f"Voucher {code} was redeemed {used[code.casefold()]} times, the hub says {redeemed}")


def _amounts(order: Any) -> dict[str, int]:
    """What was paid and given back of an order, by operation."""
    return {one["operation"]: one["amount"] for one in (*order.get("payments", ()), *order.get("refunds", ()))}


def _known(laptop: Laptop) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for code, body in laptop.rows("SELECT code, body FROM gift_cards"):
        found[f"card {code}"] = read(body).get("value", 0)
    for code, body in laptop.rows("SELECT code, body FROM vouchers"):
        found[f"voucher {code}"] = read(body).get("redeemed", 0)
    for name, role, active in laptop.rows("SELECT id, role, active FROM operators"):
        found[f"person {name}"] = (role, bool(active))
    for operation, total in laptop.rows(_RECEIPTS):
        found[f"taking {operation}"] = total
    return found


_DONE = "SELECT device, kind, operation, body FROM acts WHERE outcome = 'done'"
_Z = "SELECT number, sales, returns, all_sales, all_returns FROM z_reports ORDER BY number"
_OF_A_Z = ("number", "sales", "returns", "expected", "counted", "all_sales", "all_returns")
_MOVED = "SELECT movement, sum(amount) FROM cash_moves GROUP BY movement"
_IN_DRAWER = """
    SELECT float + coalesce((SELECT sum(amount) FROM cash_moves WHERE shift = shifts.id AND movement <> 'float'), 0)
        + coalesce((SELECT sum(t.amount) FROM receipts r JOIN receipt_tenders t
            ON t.receipt = r.number AND t.training = r.training WHERE r.shift = shifts.id AND t.means = 'cash'), 0)
    FROM shifts WHERE id = ?
"""
_OVERUSED = "SELECT 1 FROM conflicts WHERE kind = 'voucher_overused' AND json_extract(body, '$[0].words') = ?"
_RECEIPTS = (
    "SELECT operation, json_extract(body, '$.total') FROM takings"
    " UNION ALL SELECT operation || '/receipt', total FROM receipts"
)
