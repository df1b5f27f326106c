"""Photos of ticket holders: small, told to all stations of a hub, and the newest of two."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from PIL import Image as Pictures

from boxoffice.domain import photos as told_photos
from boxoffice.domain.facts import Photographed
from boxoffice.domain.nouns import Gone
from boxoffice.domain.photos import Photo
from boxoffice.errors import BadInput
from boxoffice.ports import Role
from boxoffice.services import photos, pictures
from boxoffice.storage import journal

NINE = datetime(2026, 11, 21, 9, tzinfo=UTC)
TEN = NINE + timedelta(hours=1)


def face(colour: str = "red", width: int = 800, height: int = 600) -> bytes:
    content = io.BytesIO()
    Pictures.new("RGB", (width, height), colour).save(content, "PNG")
    return pictures.portrait(content.getvalue())


def put(day: Any, ticket: Any, picture: bytes | None, at: datetime = NINE) -> None:
    day.app.write(lambda c: photos.put(c, "conf26", ticket.key, picture, at)).result()


def shown(day: Any, ticket: Any) -> bytes | None:
    card = day.app.lookup.card("conf26", ticket.key)
    found: bytes | None = day.app.badges.picture(card.photo) if card.photo else None
    return found


def told(day: Any) -> list[Photo]:
    entries = [(one.fact(), one.private_part()) for one in day.app.read(lambda c: list(journal.entries(c)))]
    return [told_photos.told(fact, held, "South", "d2") for fact, held in entries if isinstance(fact, Photographed)]


def test_a_portrait_is_the_middle_of_a_picture_three_by_four_and_small() -> None:
    noise = Pictures.effect_noise((1600, 1200), 120).convert("RGB")
    content = io.BytesIO()
    noise.save(content, "PNG")
    made = pictures.portrait(content.getvalue())
    assert len(made) <= pictures.MOST_OF_A_PORTRAIT
    with Pictures.open(io.BytesIO(made)) as found:
        assert (found.format, found.size) == ("JPEG", pictures.PORTRAIT)


def test_a_face_goes_with_its_order(day: Any) -> None:
    ticket, other = day.ticket(), day.ticket()
    put(day, ticket, face())
    put(day, other, face("blue"))
    day.hear(Gone(event="conf26", kind="order", id=ticket.order.code))
    kept = day.app.read(lambda c: c.execute("SELECT count(*) FROM photos").fetchone()[0])
    pictures_kept = day.app.read(lambda c: c.execute("SELECT count(*) FROM pictures").fetchone()[0])
    assert (kept, pictures_kept) == (1, 1)
    assert shown(day, other) == face("blue")


def test_a_photo_is_on_the_card_until_it_is_taken_away(day: Any) -> None:
    ticket = day.ticket()
    put(day, ticket, face())
    assert shown(day, ticket) == face()
    put(day, ticket, None, TEN)
    assert shown(day, ticket) is None
    assert day.app.read(lambda c: c.execute("SELECT count(*) FROM pictures").fetchone()[0]) == 0


def test_all_stations_have_it_and_the_newest_holds(day: Any) -> None:
    ticket = day.ticket()
    put(day, ticket, face("red"))
    (red,) = told(day)
    assert red.picture == face("red")
    day.hear(msgspec.structs.replace(red, picture=face("blue"), at=TEN))
    assert shown(day, ticket) == face("blue")
    day.hear(red)
    assert shown(day, ticket) == face("blue")
    day.hear(msgspec.structs.replace(red, picture=b"", at=TEN + timedelta(hours=1)))
    assert shown(day, ticket) is None


def test_a_stewards_station_keeps_its_own(day: Any) -> None:
    ticket = day.ticket()
    day.enrol(Role.STEWARD)
    put(day, ticket, face())
    assert shown(day, ticket) == face()
    assert told(day) == []


def test_nobody_who_is_not_here_is_photographed(day: Any) -> None:
    with pytest.raises(BadInput, match="There is no ticket"):
        day.app.badges.put_photo("conf26", "NOPE-1", face()).result()


def test_what_is_no_picture_is_left_out(day: Any, expect_warning: Any) -> None:
    ticket = day.ticket()
    expect_warning("cannot be used here")
    day.hear(Photo(event="conf26", ticket=ticket.key, picture=b"GIF89a", at=NINE, device="South", device_id="d2"))
    assert shown(day, ticket) is None
