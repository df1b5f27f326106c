"""Templates are found by the most special choice, and a face is not kept longer than it is wanted."""

from __future__ import annotations

from typing import Any

import pytest

from boxoffice.domain.badges import Image, Template
from boxoffice.domain.orders import Order, Position, Status
from boxoffice.storage import badges, orders
from boxoffice.storage.badges import Kept
from boxoffice.storage.connection import DatabaseError

EVENT = "conf26"


def template(name: str, *elements: Any) -> Template:
    return Template(name=name, width=62, height=100, elements=elements)


@pytest.fixture
def kept(store: Any) -> Any:
    def keep(name: str, *elements: Any) -> Kept:
        one = Kept(name.lower(), template(name, *elements))
        badges.put(store, one)
        return one

    return keep


def test_templates_are_listed_by_name(store: Any, kept: Any) -> None:
    kept("VIP")
    kept("crew")
    assert [one.template.name for one in badges.listing(store)] == ["crew", "VIP"]


def test_a_template_that_is_kept_again_takes_its_own_place(store: Any, kept: Any) -> None:
    kept("VIP")
    badges.put(store, Kept("vip", template("Guests")))
    assert [one.template.name for one in badges.listing(store)] == ["Guests"]
    assert badges.find(store, "vip") == template("Guests")


def test_an_items_choice_stands_above_its_events(store: Any, kept: Any) -> None:
    kept("All")
    kept("Crew")
    badges.choose(store, EVENT, 0, "all")
    badges.choose(store, EVENT, 5, "crew")
    assert badges.chosen(store, EVENT, 5) == template("Crew")
    assert badges.chosen(store, EVENT, 6) == template("All")
    assert badges.chosen(store, "other", 5) is None
    assert badges.choices(store, EVENT) == {0: "all", 5: "crew"}


def test_a_choice_can_be_changed_and_taken_back(store: Any, kept: Any) -> None:
    kept("All")
    kept("Crew")
    badges.choose(store, EVENT, 5, "crew")
    badges.choose(store, EVENT, 5, "all")
    assert badges.chosen(store, EVENT, 5) == template("All")
    badges.choose(store, EVENT, 5, None)
    assert badges.chosen(store, EVENT, 5) is None


def test_a_template_that_is_dropped_takes_its_choices_with_it(store: Any, kept: Any) -> None:
    kept("Crew")
    badges.choose(store, EVENT, 5, "crew")
    badges.drop(store, "crew")
    assert badges.choices(store, EVENT) == {}


def test_nobody_can_choose_what_is_not_there(store: Any) -> None:
    with pytest.raises(DatabaseError, match="FOREIGN KEY"):
        badges.choose(store, EVENT, 5, "gone")


def test_a_picture_is_kept_once_under_its_digest(store: Any) -> None:
    digest = badges.put_picture(store, b"logo")
    assert badges.put_picture(store, b"logo") == digest
    assert badges.pictures(store, (digest, "", "gone")) == {digest: b"logo"}


def test_a_photo_goes_with_the_last_ticket_that_shows_it(store: Any) -> None:
    digest = badges.put_picture(store, b"face")
    badges.put_photo(store, EVENT, "A-1", digest)
    badges.put_photo(store, EVENT, "A-2", digest)
    badges.put_photo(store, EVENT, "A-1", None)
    assert badges.photo(store, EVENT, "A-1") == ""
    assert badges.picture(store, digest) == b"face"
    badges.put_photo(store, EVENT, "A-2", badges.put_picture(store, b"another face"))
    assert badges.picture(store, digest) is None


def test_a_picture_that_a_template_shows_stays(store: Any, kept: Any) -> None:
    digest = badges.put_picture(store, b"mascot")
    kept("Mascot", Image(x=1, y=1, width=9, height=9, picture=digest))
    badges.put_photo(store, EVENT, "A-1", digest)
    badges.put_photo(store, EVENT, "A-1", None)
    assert badges.picture(store, digest) == b"mascot"


def test_one_goes_from_ticket_to_ticket_and_round(store: Any) -> None:
    for code, name in (("A", "Ada"), ("B", "Wolfeschlegelsteinhausenbergerdorff"), ("C", "Li")):
        position = Position(number=1, item=1, name=name)
        addon = Position(number=2, item=2, addon_to=1)
        orders.put(store, Order(event=EVENT, code=code, status=Status.PAID, positions=(position, addon)))
    assert badges.neighbour(store, EVENT, "", 1) == "A-1"
    assert badges.neighbour(store, EVENT, "A-1", 1) == "B-1"
    assert badges.neighbour(store, EVENT, "C-1", 1) == "A-1"
    assert badges.neighbour(store, EVENT, "A-1", -1) == "C-1"
    assert badges.longest_name(store, EVENT) == "B-1"


def test_without_tickets_there_is_nobody_to_try_a_badge_on(store: Any) -> None:
    assert badges.neighbour(store, EVENT, "", 1) == ""
    assert badges.longest_name(store, EVENT) == ""
