"""`stationery`: what is chosen once stands on every paper from then on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image

Verb = Callable[..., Any]


def test_what_is_chosen_stands_on_the_ticket_in_its_language(verb: Verb, tmp_path: Path) -> None:
    logo, text = tmp_path / "logo.png", tmp_path / "ticket.txt"
    Image.new("L", (40, 20), 0).save(logo)
    verb("stationery", "--organiser", "Lakeside Stage", "--address", "1 Lake Street", "--tax-id", "DE1")
    verb("stationery", "--logo", str(logo), "--footer", "Thank you", "--footer", "de:Danke", "--footer", "Come again")
    chosen = verb("stationery", "--ticket", "1=With a passport only")
    assert chosen["footer"] == [{"en": "Thank you", "de": "Danke"}, {"en": "Come again"}]
    verb("print", "ticket", "WEB01-1", "--to", str(text))
    written = [line.strip() for line in text.read_text().splitlines()]
    assert written[:4] == ["[PICTURE]", "Lakeside Stage", "Conference", "1 Lake Street"]
    assert "With a passport only" in written
    assert written[-3:-1] == ["Thank you", "Come again"]


def test_an_event_may_have_its_own_and_a_logo_can_go(verb: Verb, tmp_path: Path) -> None:
    verb("stationery", "--organiser", "Lakeside Stage")
    assert verb("stationery", "--event", "conf26", "--organiser", "Guests", "--logo", "")["organiser"] == "Guests"
    assert verb("stationery")["organiser"] == "Lakeside Stage"


def test_what_cannot_be_chosen_says_why(verb: Verb, tmp_path: Path) -> None:
    assert verb("stationery", "--event", "other") == (2, "There is no event other here")
    assert verb("stationery", "--logo", str(tmp_path / "none.png")) == (2, "The picture cannot be read")
