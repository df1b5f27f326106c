"""Files handed in at the door: what is taken, how it is kept, and what the entry says of it."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image as Pictures

from boxoffice.domain import attachments as names
from boxoffice.domain.catalog import Question, QuestionType
from boxoffice.domain.verdicts import Reason
from boxoffice.errors import BadInput
from boxoffice.services import attachments, pictures
from boxoffice.storage import journal, settings

PDF = b"%PDF-1.4 a permit"


def photo(width: int = 800, height: int = 600, kind: str = "PNG") -> bytes:
    content = io.BytesIO()
    bands = [Pictures.effect_noise((width, height), 120) for _ in range(3)]
    Pictures.merge("RGB", bands).save(content, kind)
    return content.getvalue()


def asks_for_a_file(day: Any, **more: Any) -> None:
    asked = {"id": 7, "required": True, **more}
    day.hear(Question(event="conf26", type=QuestionType.FILE, items=(1,), ask_during_checkin=True, **asked))


def hand_in(day: Any, ticket: Any, content: bytes, **more: Any) -> Any:
    name = names.name_of(content)
    return day.scan(ticket, answers={"7": name}, files={name: content}, **more)


def told(day: Any) -> Any:
    """What the last entry of the journal says in private."""
    return day.app.read(lambda c: list(journal.entries(c)))[-1].private_part()


def test_whoever_hands_in_the_file_comes_in_and_the_entry_brings_it_along(day: Any) -> None:
    asks_for_a_file(day)
    ticket = day.ticket()
    assert day.scan(ticket).reason is Reason.INCOMPLETE
    assert hand_in(day, ticket, PDF).admitted
    assert told(day).files == {told(day).answers["7"]: PDF}


def test_what_is_to_be_answered_first_is_named_as_the_station_speaks(day: Any) -> None:
    asks_for_a_file(day, question={"en": "Permit", "zh": "许可"})
    day.app.write(lambda c: settings.put(c, "locale", "zh")).result()
    explanation = day.scan(day.ticket()).explanation
    assert explanation is not None
    assert explanation.values == {"question": "许可"}


def test_a_file_that_no_answer_speaks_of_is_not_kept(day: Any) -> None:
    asks_for_a_file(day)
    content = attachments.fit(photo())
    name = names.name_of(content)
    day.scan(day.ticket(), answers={"7": name}, files={name: content, "file:other": PDF})
    assert list(told(day).files) == [name]


def test_more_than_one_act_can_carry_is_refused_and_nothing_recorded(day: Any) -> None:
    for number in (8, 9):
        asks_for_a_file(day, id=number)
    files = {f"file:{n}": bytes(attachments.LARGEST_TOGETHER // 2 + 1) for n in (8, 9)}
    with pytest.raises(BadInput, match="too large together"):
        day.scan(day.ticket(), answers={"8": "file:8", "9": "file:9"}, files=files)
    assert not day.app.read(lambda c: list(journal.entries(c)))


def test_nothing_is_kept_of_who_only_was_looked_at(day: Any) -> None:
    asks_for_a_file(day)
    ticket = day.ticket()
    hand_in(day, ticket, attachments.fit(photo()), preview=True)
    assert day.app.read(lambda c: c.execute("SELECT count(*) FROM pictures").fetchone()) == (0,)


def test_a_portrait_that_was_handed_in_is_the_photo_on_the_card(day: Any) -> None:
    asks_for_a_file(day, valid_file_portrait=True)
    ticket, face = day.ticket(), attachments.fit(photo(), portrait=True)
    hand_in(day, ticket, face)
    card = day.app.lookup.card("conf26", ticket.key)
    assert day.app.badges.picture(card.photo) == face


def test_a_paper_that_was_handed_in_is_nobodys_photo(day: Any) -> None:
    asks_for_a_file(day)
    ticket = day.ticket()
    hand_in(day, ticket, attachments.fit(photo()))
    assert not day.app.lookup.card("conf26", ticket.key).photo


def test_a_picture_is_kept_as_large_as_reading_needs() -> None:
    kept = attachments.fit(photo(1000, 750, "JPEG"))
    assert len(kept) <= attachments.LARGEST_PICTURE
    assert names.kind_of(kept) == ("image/jpeg", "jpg")


def test_a_portrait_is_cut_three_wide_and_four_high() -> None:
    with Pictures.open(io.BytesIO(attachments.fit(photo(), portrait=True))) as found:
        assert found.size == pictures.PORTRAIT


@pytest.mark.parametrize(
    ("content", "portrait", "title"),
    [
        (b"MZ a program", False, "This file cannot be handed in"),
        (b"", False, "This file cannot be handed in"),
        (PDF, True, "This file cannot be handed in"),
        (PDF + bytes(attachments.LARGEST_PDF), False, "This file is too large"),
        (b"\xff\xd8\xff half a picture", False, "This is no picture that can be printed"),
    ],
)
def test_what_is_no_answer_is_refused_with_the_reason(content: bytes, portrait: bool, title: str) -> None:
    with pytest.raises(BadInput) as no:
        attachments.fit(content, portrait=portrait)
    assert no.value.title == title
    assert no.value.hint


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"permit\.pdf"):
        attachments.from_file(tmp_path / "permit.pdf")
