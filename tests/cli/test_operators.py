"""`operators`, and the verbs that ask for a PIN once there are any."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from boxoffice.cli import consent
from boxoffice.cli.main import run
from boxoffice.services import seals

Verb = Callable[..., Any]


@pytest.fixture(autouse=True)
def _cheap_seals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seals, "MEMORY_KIB", 8)
    monkeypatch.setattr(seals, "PASSES", 1)


@pytest.fixture
def staffed(verb: Verb, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Verb:
    """A station with an organiser, a supervisor and a cashier."""
    people = tmp_path / "people.csv"
    people.write_text("# who works here\nOlga, organiser, 314159\nSven, supervisor, 271828\n\nAna, cashier, 4711\n")
    assert run(["operators", "load", str(people), "--hint", "Ask Olga", "--data", str(tmp_path)]) == 0
    assert "Sven  supervisor" in capsys.readouterr().out
    return verb


def test_a_day_with_people(staffed: Verb, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert staffed("shift", "open", "--float", "0") == (1, "Nobody is signed in")
    monkeypatch.setenv("BOXOFFICE_PIN", "4711")
    count = tmp_path / "float.txt"
    count.write_text("50 x 2\n")
    assert staffed("shift", "open", "--count", str(count), "--operator", "Ana")["float"] == "100.00"
    assert staffed("sell", "--item", "1", "--tender", "cash:100", "--operator", "Ana")["receipt"] == 1
    risk = ("sell", "--item", "1", "--tender", "cash:100", "--may-oversell", "--operator", "Ana")
    monkeypatch.setenv("BOXOFFICE_PERMIT_PIN", "271828")
    assert staffed(*risk, "--permitted-by", "Sven", "--reason", "The band's guest")["receipt"] == 2
    monkeypatch.delenv("BOXOFFICE_PERMIT_PIN")
    out = ("shift", "pay-out", "20", "--reason", "Ice", "--operator", "Ana")
    assert staffed(*out) == (1, "Ana may not permit this")
    monkeypatch.setenv("BOXOFFICE_PERMIT_PIN", "271828")
    assert staffed(*out, "--permitted-by", "Sven")["amount"] == "-20.00"
    order = ("order", "refund", "WEB01", "--reason", "Ill", "--operator", "Ana")
    staffed("order", "pay", "WEB01", "--tender", "cash:200", "--operator", "Ana")
    assert staffed(*order)[0] == 1
    assert staffed(*order, "--permitted-by", "Sven")["back"] == "200.00"
    count.write_text("50 x 3\n")
    staffed("shift", "count", str(count), "--operator", "Ana")
    close = ("shift", "close", "--reason", "Lost", "--operator", "Ana")
    assert staffed(*close) == (1, "Ana may not permit this")
    assert staffed(*close, "--permitted-by", "Sven")["z"] == 1
    assert staffed("verify")["sound"] is True


def test_a_wrong_pin_is_told_apart_from_none(staffed: Verb, monkeypatch: pytest.MonkeyPatch) -> None:
    assert staffed("shift", "open", "--float", "0", "--operator", "Ana") == (2, "A PIN is needed")
    monkeypatch.setenv("BOXOFFICE_PIN", "0001")
    assert staffed("shift", "open", "--float", "0", "--operator", "Ana") == (1, "This is not the PIN")


def test_nobody_touches_an_order_without_a_pin(staffed: Verb, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slip = tmp_path / "slip.png"
    Image.new("RGB", (20, 20)).save(slip)
    name = ("order", "edit", "WEB01", "--position", "1", "--set", "name=Ada Byron")
    proof = ("order", "proof", "WEB01", str(slip))
    change = ("order", "change", "WEB01", "--position", "1", "--to", "2:7", "--reason", "Gift")
    for words in (name, proof, change):
        assert staffed(*words) == (1, "Nobody is signed in")
        assert staffed(*words, "--operator", "Ana") == (2, "A PIN is needed")
    monkeypatch.setenv("BOXOFFICE_PIN", "4711")
    assert staffed(*name, "--operator", "Ana")["positions"][0]["name"] == "Ada Byron"
    assert staffed(*change, "--operator", "Ana")["total"] == "128.00"
    assert staffed(*proof, "--operator", "Ana")["status"] == "awaiting confirmation"


def test_an_order_is_given_away_by_somebody_who_stands_by_it(staffed: Verb, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOXOFFICE_PIN", "4711")
    staffed("shift", "open", "--float", "0", "--operator", "Ana")
    gift = ("order", "pay", "WEB01", "--tender", "free:200", "--operator", "Ana", "--reason", "The band")
    assert staffed(*gift) == (1, "Ana may not permit this")
    monkeypatch.setenv("BOXOFFICE_PERMIT_PIN", "271828")
    assert staffed(*gift, "--permitted-by", "Sven")["status"] == "paid"


@pytest.mark.parametrize(
    ("paying", "card", "free"),
    [("order pay WEB01", "150", "50"), ("sell --item 2:7", "8", "20")],
    ids=["order", "sale"],
)
def test_no_card_is_charged_beside_a_gift_that_nobody_stands_by(
    staffed: Verb, monkeypatch: pytest.MonkeyPatch, paying: str, card: str, free: str
) -> None:
    """Else the card would be charged, and its receipt refused."""
    monkeypatch.setenv("BOXOFFICE_PIN", "4711")
    staffed("shift", "open", "--float", "0", "--operator", "Ana")
    staffed("terminals", "add", "Till 1", "simulated")
    tenders = ("--tender", f"card:{card}", "--tender", f"free:{free}")
    gift = (*paying.split(), *tenders, "--operator", "Ana", "--reason", "The band")
    assert staffed(*gift) == (1, "Ana may not permit this")
    assert staffed("terminals", "end-of-day", "Till 1")["ours"] == "0.00"
    monkeypatch.setenv("BOXOFFICE_PERMIT_PIN", "271828")
    pins = []
    monkeypatch.setattr(consent, "typed", lambda variable, _: pins.append(variable) or os.environ[variable])
    assert staffed(*gift, "--permitted-by", "Sven")["receipt"] == 1
    assert pins.count("BOXOFFICE_PERMIT_PIN") == 1
    assert staffed("terminals", "payments", "--receipt", "1")["amount"] == f"{card}.00"


def test_a_cancelled_order_is_made_valid_again_by_nobody_without_a_pin(
    staffed: Verb, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOXOFFICE_PIN", "271828")
    staffed("order", "cancel", "WEB01", "--reason", "Twice", "--operator", "Sven")
    monkeypatch.delenv("BOXOFFICE_PIN")
    again = ("order", "reactivate", "WEB01", "--operator", "Ana")
    assert staffed(*again) == (2, "A PIN is needed")
    monkeypatch.setenv("BOXOFFICE_PIN", "4711")
    assert staffed(*again)["status"] == "unpaid"


def test_a_file_adds_everybody_or_nobody(verb: Verb, tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    people.write_text("Olga,organiser,314159\nAna,cashier,1111\n")
    assert verb("operators", "load", str(people)) == (2, "This PIN is the first that anybody tries")
    people.write_text("Olga,organiser,314159\nAna,captain,4711\n")
    assert verb("operators", "load", str(people)) == (2, "Line 2 is nobody")
    people.write_text("Olga,organiser,314159\n")
    assert verb("operators", "load", str(people)) == {"name": "Olga", "role": "organiser"}


def test_a_forgotten_pin_and_ones_own(staffed: Verb, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOXOFFICE_NEW_PIN", "8264")
    monkeypatch.setenv("BOXOFFICE_PIN", "271828")
    assert staffed("operators", "pin", "Ana", "--operator", "Sven") == {"name": "Ana", "role": "cashier"}
    assert staffed("operators", "pin", "Olga", "--operator", "Sven")[0] != 0
    monkeypatch.setenv("BOXOFFICE_PIN", "8264")
    monkeypatch.setenv("BOXOFFICE_NEW_PIN", "9073")
    assert staffed("operators", "pin", "Ana", "--operator", "Ana") == {"name": "Ana", "role": "cashier"}


def test_whoever_leaves_is_gone(staffed: Verb, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOXOFFICE_PIN", "314159")
    assert staffed("operators", "role", "Ana", "desk", "--operator", "Olga") == {"name": "Ana", "role": "desk"}
    assert staffed("operators", "remove", "Ana", "--operator", "Olga") == {"removed": "Ana"}
    assert staffed("operators", "remove", "Olga", "--operator", "Olga") == (1, "This is the last organiser")
