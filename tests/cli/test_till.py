"""`shift` and `sell`: a day at the till without a screen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from boxoffice.bootstrap import App
from boxoffice.cli.amounts import amount_in
from boxoffice.config import Folder
from boxoffice.domain.catalog import Quota
from boxoffice.errors import BadInput
from boxoffice.services import hear
from boxoffice.storage import settings

Verb = Callable[..., Any]


def test_a_day_from_the_float_to_the_z(verb: Verb, tmp_path: Path) -> None:
    assert verb("shift", "open", "--float", "200", "--operator", "Ana")["float"] == "200.00"
    sale = verb("sell", "--item", "Regularx2", "--item", "T-shirt:XXL", "--tender", "cash:250")
    assert (sale["receipt"], sale["total"], sale["change"]) == (1, "228.00", "22.00")
    assert len(sale["tickets"]) == 3
    assert verb("shift", "drop", "100", "--reason", "To the safe") == {"slip": 1, "amount": "-100.00"}
    count = tmp_path / "count.txt"
    count.write_text("# the drawer at night\n200 x 1\n100,00 × 1\n\n2;14\n")
    assert verb("shift", "count", str(count))["counted"] == "328.00"
    z = verb("shift", "close")
    assert z["z"] == 1
    assert [row["amount"] for row in z["sections"]["Tenders"]] == ["228.00"]
    assert verb("shift", "z", "1") == verb("shift", "z") == z
    assert verb("verify")["sound"] is True


def test_nothing_is_sold_without_a_shift(verb: Verb) -> None:
    assert verb("sell", "--item", "1", "--tender", "cash:100") == (1, "No shift is open")


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (("--item", "Nothing", "--tender", "cash:1"), (2, "No item is called Nothing")),
        (("--item", "1x99999999", "--tender", "cash:1"), (2, "No item is called 1x99999999")),
        (("--item", "T-shirt", "--tender", "cash:25"), (1, "This cannot be sold as it is")),
        (("--item", "T-shirt:S", "--tender", "cash:25"), (2, "No kind is called S")),
        (("--item", "1", "--tender", "cash:99.99"), (1, "The bill is not covered")),
        (("--item", "1", "--tender", "shells:100"), (2, "shells is no tender")),
        (("--item", "1", "--tender", "cash"), (2, "How much by cash?")),
        (("--item", "1", "--tender", "cash:271448"), (1, "So much cash is unlikely")),
        (("--item", "1", "--tender", "cash:1.234"), (2, "1.234 is no amount in EUR")),
    ],
)
def test_what_cannot_be_sold_says_why_and_leaves_nothing_behind(
    verb: Verb, tmp_path: Path, words: tuple[str, ...], answer: tuple[int, str]
) -> None:
    verb("shift", "open", "--float", "0")
    assert verb("sell", *words) == answer
    empty = tmp_path / "empty.txt"
    empty.write_text("")
    verb("shift", "count", str(empty))
    assert verb("shift", "close")["z"] == 1


def test_so_much_cash_is_taken_where_somebody_says_that_it_is_right(verb: Verb) -> None:
    verb("shift", "open", "--float", "0")
    sale = verb("sell", "--item", "1", "--tender", "cash:500", "--much-change")
    assert (sale["total"], sale["change"]) == ("100.00", "400.00")


def test_a_count_that_cannot_be_read_keeps_nothing(verb: Verb, tmp_path: Path) -> None:
    verb("shift", "open", "--float", "0")
    count = tmp_path / "count.txt"
    count.write_text("50 x many\n")
    assert verb("shift", "count", str(count)) == (2, "Line 1 is no count")
    assert verb("shift", "close") == (1, "The drawer has not been counted")


@pytest.mark.parametrize(
    ("text", "currency", "amount"),
    [("12.50", "EUR", 1250), ("12,5", "EUR", 1250), ("1000", "JPY", 1000), ("1.234", "KWD", 1234), (" 7 ", "EUR", 700)],
)
def test_amounts_are_typed_with_a_point_or_a_comma(text: str, currency: str, amount: int) -> None:
    assert amount_in(text, currency) == amount


@pytest.mark.parametrize("text", ["", "abc", "1.5", "1e30", "NaN", "Infinity", "--1", "9" * 30])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        amount_in(text, "JPY")


def test_where_drawers_are_counted_blind_an_x_says_nothing_of_the_cash_before(verb: Verb, tmp_path: Path) -> None:
    verb("tenders", "--event", "conf26", "--blind", "yes")
    verb("shift", "open", "--float", "0")
    verb("sell", "--item", "1", "--tender", "cash:100")
    assert "100.00" not in str(verb("shift", "x"))
    count = tmp_path / "count.txt"
    count.write_text("100 x 1\n")
    verb("shift", "count", str(count))
    assert "100.00" in str(verb("shift", "x"))


def test_what_others_may_be_selling_is_asked_for_with_the_next_sync(verb: Verb, tmp_path: Path) -> None:
    """Of a series' later dates too, of which nothing is set aside by itself."""
    with App(Folder(tmp_path)) as app:
        quota = Quota(id=4, event="conf26", size=50, items=(2,), variations=(7,))
        app.write(lambda c: hear.apply(c, app.shelf, quota)).result()
    verb("shift", "open", "--float", "0")
    sell = ("sell", "--item", "2:7", "--tender", "cash:28")
    assert verb(*sell) == (1, "Others may be selling the last ones")
    with App(Folder(tmp_path)) as app:
        assert app.read(settings.in_hand)["conf26"].more == {"4": 10}
    assert verb(*sell, "--may-oversell")["receipt"] == 1
