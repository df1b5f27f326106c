"""Photos at the hub: for every station of the event, from whoever does more than scan."""

from __future__ import annotations

from datetime import timedelta

from boxoffice.domain import photos
from boxoffice.domain.facts import Photographed
from boxoffice.domain.instants import micros
from boxoffice.domain.photos import Photo
from boxoffice.ports import Outcome, Role


def seen(station):
    return [noun for noun in station.feed() if isinstance(noun, Photo)]


def test_the_newest_photo_of_a_ticket_is_told_to_every_door(hub, at_nine):
    till, door = hub.station("Till", Role.CASHIER), hub.station("Door", Role.STEWARD)
    for hours, picture in ((1, b"later"), (0, b"earlier")):
        at = micros(at_nine + timedelta(hours=hours))
        till.push(till.write(Photographed(event="conf26", at=at, ticket="A1-1"), photos.private(picture)))
    (told,) = seen(door)
    assert (told.ticket, told.picture, told.device) == ("A1-1", b"later", "Till")


def test_a_stewards_station_takes_none(hub, at_nine):
    door = hub.station("Door", Role.STEWARD)
    fact = Photographed(event="conf26", at=micros(at_nine), ticket="A1-1")
    receipt = door.push(door.write(fact, photos.private(b"x")))
    assert [answer.outcome for answer in receipt.answers] == [Outcome.REFUSED]
