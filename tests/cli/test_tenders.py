"""`tenders`, and what waits for its money."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image

Verb = Callable[..., Any]


def test_what_is_switched_off_is_not_taken_until_it_is_on_again(verb: Verb) -> None:
    verb("shift", "open", "--float", "0")
    shown = verb("tenders", "--off", "cheque", "--wallet-code", "https://pay/1", "--bank", "Lakeside Stage")
    assert (shown["taken"]["cheque"], shown["wallet_code"], shown["bank"]) == (
        False,
        "https://pay/1",
        ["Lakeside Stage"],
    )
    assert verb("sell", "--item", "1", "--tender", "cheque:100:4711") == (1, "Cheque is not taken here")
    assert verb("tenders", "--event", "conf26")["taken"]["cheque"] is False
    verb("tenders", "--on", "cheque")
    assert verb("sell", "--item", "1", "--tender", "cheque:100:4711")["total"] == "100.00"
    assert verb("tenders", "--off", "gold") == (2, "gold is no tender")


def test_a_proof_lets_an_order_await_its_confirmation(verb: Verb, tmp_path: Path) -> None:
    slip = tmp_path / "slip.png"
    Image.new("L", (40, 20), 0).save(slip)
    verb("shift", "open", "--float", "0")
    assert verb("order", "proof", "WEB01", str(slip), "--reference", "Lovelace")["status"] == "awaiting confirmation"
    assert verb("order", "pay", "WEB01", "--tender", "transfer:200")["status"] == "paid"
