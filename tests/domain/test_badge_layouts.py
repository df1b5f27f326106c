"""Layouts of the server's designer: what is taken over, where it stands then, and what is said to be lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxoffice.domain.badge_checks import faults
from boxoffice.domain.badge_layouts import taken_over
from boxoffice.domain.badges import Align, Image, Square, Vertical, Words
from boxoffice.domain.catalog import BadgeLayout


def text(content="attendee_name", **changes):
    """A text as the designer writes it: numbers as texts, the anchor at the lower left."""
    return {
        "type": "textarea",
        "page": 1,
        "locale": "",
        "left": "5.00",
        "bottom": "50.00",
        "width": "90.00",
        "fontsize": "20.0",
        "lineheight": "1",
        "color": [0, 0, 0, 1],
        "fontfamily": "Open Sans",
        "bold": True,
        "italic": False,
        "downward": False,
        "content": content,
        "text": "Sample",
        "text_i18n": {},
        "rotation": 0,
        "align": "center",
        **changes,
    }


def code(**changes):
    return {"type": "barcodearea", "page": 1, "left": "60.00", "bottom": "10.00", "size": "30.00", **changes}


def read(*elements, width=100, height=60, **layout):
    return taken_over(BadgeLayout(id=1, event="conf26", name="Speakers", elements=elements, **layout), width, height)


def lost(*elements, **layout):
    return [str(one) for one in read(*elements, **layout).lost]


def only(*elements, **layout):
    (element,) = read(*elements, **layout).template.elements
    return element


def test_a_name_is_taken_over_as_it_was():
    taken = read(text())
    (name,) = taken.template.elements
    assert isinstance(name, Words)
    assert (name.text, name.size, name.bold, name.align) == ("{name}", 20, True, Align.CENTER)
    assert taken.lost == ()
    assert taken.template.name == "Speakers"


def test_a_text_that_grows_upward_stands_on_its_anchor():
    name = only(text())
    assert (name.x, name.width) == (5, 90)
    assert name.y + name.height == pytest.approx(10, abs=0.01)
    assert name.vertical is Vertical.BOTTOM


def test_a_text_that_grows_downward_hangs_on_its_anchor():
    name = only(text(downward=True))
    assert name.y == pytest.approx(10)
    assert name.vertical is Vertical.TOP


def test_a_text_on_its_head_stands_left_of_and_above_its_anchor():
    name = only(text(rotation=180, left="95.00", downward=True))
    assert (name.x, name.width, name.turns) == (5, 90, 2)
    assert name.y + name.height == pytest.approx(10, abs=0.01)


def test_a_quarter_turn_reads_down_from_its_anchor():
    name = only(text(rotation=90, left="20.00", bottom="55.00", width="40.00", downward=True))
    assert (name.turns, name.y, name.height) == (1, 5, 40)
    assert name.x + name.width == pytest.approx(20)


def test_a_container_keeps_its_box():
    box = only(text(type="textcontainer", height="20.00", bottom="30.00", verticalalign="middle"))
    assert (box.y, box.height, box.vertical) == (10, 20, Vertical.MIDDLE)


def test_a_code_keeps_its_place_and_what_it_says():
    square = only(code())
    assert isinstance(square, Square)
    assert (square.x, square.y, square.width, square.text) == (60, 20, 30, "{secret}")


def test_the_picture_of_a_question_becomes_the_photo_and_is_said_to():
    picture = {"type": "imagearea", "left": 5, "bottom": 5, "width": 20, "height": 30, "content": "question_FACE"}
    assert only(picture) == Image(x=5, y=25, width=20, height=30, picture="photo")
    assert lost(picture) == ["Element 1 imagearea: the picture of a question becomes the holder's photo"]


@pytest.mark.parametrize(
    ("content", "ours"),
    [
        ("attendee_company", "{company}"),
        ("itemvar", "{item} {variation}"),
        ("question_SHIRT", "{question:SHIRT}"),
        ("order_positionid", "{ticket}"),
    ],
)
def test_contents_become_our_fields(content, ours):
    assert only(text(content)).text == ours


def test_own_words_are_kept_in_the_language_asked_for():
    assert only(text("other", text="Crew {only}<br>back stage")).text == "Crew (only)\nback stage"
    assert only(text("other_i18n", text_i18n={"de": "Mitwirkende", "en": "Crew"}, locale="de")).text == "Mitwirkende"


@pytest.mark.parametrize(
    ("element", "sentence"),
    [
        (text("pseudonymization_id"), "Element 1 textarea: nothing here knows its content pseudonymization_id"),
        (text("other", text=""), "Element 1 textarea: it says nothing"),
        (text(page=2), "Element 1 textarea: it stands on a second page"),
        (text(color=[200, 0, 0, 1]), "Element 1 textarea: its colour becomes black"),
        (text(italic=True), "Element 1 textarea: its letters no longer lean"),
        (text(fontfamily="Lobster"), "Element 1 textarea: its typeface Lobster becomes ours"),
        (text(rotation=40), "Element 1 textarea: turned by 40° there, by a quarter here"),
        (text(left="300"), "Element 1 textarea: it stands outside of the badge"),
        (text(left="80"), "Element 1 textarea: it hangs over the edge of the badge"),
        (code(left="99"), "Element 1 barcodearea: it stands outside of the badge"),
        ({"type": "poweredby", "left": 1, "bottom": 1, "size": 9, "content": "dark"}, "Element 1 poweredby: the mark"),
        ({"type": "imagearea", "left": 1, "bottom": 1, "width": 9, "height": 9, "content": "sponsor"}, "sponsor"),
        ({"type": "hologram", "left": 1, "bottom": 1}, "Element 1 hologram: this kind is not known here"),
    ],
)
def test_what_is_lost_is_named(element, sentence):
    assert any(sentence in one for one in lost(element))


def test_a_background_is_said_to_be_lost():
    assert any("background" in one for one in lost(text(), background="https://example.org/background.pdf"))


def test_a_size_that_nobody_tells_is_guessed_and_said_to_be():
    taken = read(text(left="5.00", width="138.00"), code(), width=0, height=0)
    assert (taken.template.width, taken.template.height) == (148, 105)
    assert "148 × 105 mm is a guess" in str(taken.lost[0])


def test_an_empty_layout_is_an_empty_badge():
    assert read(width=0, height=0).template.elements == ()


NUMBERS = st.one_of(st.floats(), st.integers(-500, 500), st.sampled_from(["5.0", "x", None, "nan", "1e400"]))
ELEMENTS = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["textarea", "textcontainer", "barcodearea", "imagearea", "poweredby", "?"]),
        "content": st.sampled_from(["attendee_name", "other", "question_", "question_A", "secret", None]),
        "text": st.text(max_size=8),
        "rotation": NUMBERS,
        "left": NUMBERS,
        "bottom": NUMBERS,
        "width": NUMBERS,
        "height": NUMBERS,
        "size": NUMBERS,
        "fontsize": NUMBERS,
        "downward": st.booleans(),
        "align": st.sampled_from(["left", "justify", None]),
        "color": st.sampled_from([[0, 0, 0], "red", [], ["x", 1, 2]]),
    },
)


@given(st.lists(ELEMENTS, max_size=4), st.booleans())
def test_whatever_a_server_sends_becomes_a_template_that_can_be_printed(elements, sized):
    taken = read(*elements, width=60 * sized, height=90 * sized)
    assert [str(fault) for fault in faults(taken.template)] == []
