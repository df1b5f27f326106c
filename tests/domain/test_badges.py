"""What stands on a badge, when, and what a template must keep to."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxoffice.domain.badge_checks import faults
from boxoffice.domain.badge_designs import SIZES, standard
from boxoffice.domain.badge_files import Sheet, read, written
from boxoffice.domain.badges import Box, Image, Square, Template, Words, exact, filled, is_shown
from boxoffice.errors import BadInput

ADA = {"name": "Ada Lovelace", "item": "VIP", "ticket": "A7B9C-1", "secret": "k3j4", "question:SHIRT": "XL"}


def words(text="{name}", **changes):
    return Words(**{"x": 2, "y": 2, "width": 40, "height": 10, "text": text, **changes})


def badge(*elements, **changes):
    return Template(**{"name": "Own", "width": 62, "height": 100, "elements": elements, **changes})


def said(template):
    return [str(fault) for fault in faults(template)]


def test_fields_are_filled_in_and_answers_too():
    assert filled("{name}, {question:SHIRT}", ADA) == "Ada Lovelace, XL"


def test_a_line_whose_fields_are_empty_is_left_out():
    assert filled("{item}\n{variation}\n{ticket}", ADA) == "VIP\nA7B9C-1"


def test_an_empty_line_that_was_meant_stays():
    assert filled("{item}\n\n{ticket}", ADA) == "VIP\n\nA7B9C-1"


@pytest.mark.parametrize("text", ["{item} · {variation}", "{variation} - {item}", "{item} | {seat}"])
def test_a_separator_with_nothing_to_part_is_left_out(text):
    assert filled(text, ADA) == "VIP"


def test_a_name_cannot_command_a_printer_nor_turn_a_line_round():
    assert filled("{name}", {"name": "Eve\x1bp0\r\n\u202edlrow\x9b"}) == "Eve p0 dlrow"


def test_what_a_code_says_is_left_as_it_is():
    assert exact("{secret}", {"secret": "a  b\u00a0-"}) == "a  b\u00a0-"


@pytest.mark.parametrize(
    ("condition", "shown"),
    [
        ("", True),
        ("name", True),
        ("company", False),
        ("!company", True),
        ("item=vip", True),
        ("item = Student", False),
        ("!item=Student", True),
        ("question:SHIRT=xl", True),
        ("photo", False),
    ],
)
def test_an_element_is_shown_if_its_condition_holds(condition, shown):
    assert is_shown(words(shown_if=condition), ADA) is shown


def test_every_usual_badge_is_without_fault():
    assert [fault for size in SIZES.values() for fault in said(standard("Usual", *size))] == []


@pytest.mark.parametrize(
    ("template", "sentence"),
    [
        (badge(name=" "), "The template has no name"),
        (badge(width=19.5), "The badge's width is 19.5 mm; it must be 20 to 300 mm"),
        (badge(height=301), "The badge's height is 301 mm; it must be 20 to 300 mm"),
        (badge(height=float("nan")), "The badge's height is ? mm; it must be 20 to 300 mm"),
        (badge(quarter_turns=4), "The badge is turned by 0, 1, 2 or 3 quarters"),
        (badge(*[words()] * 61), "61 elements are too many; 60 at most"),
        (badge(words(), words("{nmae}")), "Element 2 text: no ticket has the field {nmae}"),
        (badge(words("{question:}")), "Element 1 text: no ticket has the field {question:}"),
        (badge(words(" ")), "Element 1 text: it says nothing"),
        (badge(words("x" * 501)), "Element 1 text: its text is longer than 500 letters"),
        (badge(words(size=3)), "Element 1 text: letters of 3 pt; they must be 4 to 300 pt"),
        (badge(words(size=8, smallest=9)), "Element 1 text: its smallest letters are larger than its largest"),
        (badge(words(lines=0)), "Element 1 text: on 1 to 20 lines"),
        (badge(words(turns=-1)), "Element 1 text: it is turned by 0, 1, 2 or 3 quarters"),
        (badge(words(shown_if="!colour=red")), "Element 1 text: its condition asks for colour, which no ticket has"),
        (badge(words(width=0.5)), "Element 1 text: its box has no room for a letter"),
        (badge(words(height=-1)), "Element 1 text: its size is below zero"),
        (badge(words(x=30)), "Element 1 text: it hangs over the edge of the badge"),
        (badge(Square(x=2, y=2, width=2, height=30)), "Element 1 code: it is smaller than 3 mm"),
        (badge(Image(x=2, y=2, width=20, height=30)), "Element 1 picture: no picture is chosen"),
        (badge(Box(x=2, y=2, width=20, height=0, stroke=0)), "Element 1 box: its line must be 0.05 to 20 mm thick"),
        (badge(Box(x=float("inf"), y=2, width=20, height=0)), "Element 1 box: its place is no number"),
    ],
)
def test_a_fault_names_the_element_and_what_is_wrong_with_it(template, sentence):
    assert sentence in said(template)


def test_a_template_comes_back_from_its_file_with_its_pictures():
    template = badge(words(), Square(x=2, y=20, width=20, height=20), Image(x=2, y=50, width=9, height=9, picture="d1"))
    sheet = Sheet(template=template, pictures={"d1": b"\x89PNG"})
    assert read(written(sheet)) == sheet


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "no badge template"),
        (b"[1, 2]", "no badge template"),
        (b"{}", "no badge template"),
        (b'{"format": "paint", "version": 1, "sheet": {}}', "no badge template"),
        (b'{"format": "boxoffice-badge", "version": 2, "sheet": {}}', "newer version"),
        (b'{"format": "boxoffice-badge", "version": 1, "sheet": {"template": {}}}', "template: .*missing.*name"),
        (written(Sheet(template=badge(width=1))), "width is 1 mm"),
        (written(Sheet(template=badge(words()))).replace(b'"text"', b'"sound"', 1), r"elements\[0\].kind: .*sound"),
        (b" " * (16 * 2**20 + 1), "too large"),
    ],
)
def test_a_file_that_is_no_template_is_refused_by_name(content, complaint):
    with pytest.raises(BadInput, match=complaint):
        read(content)


@given(st.binary(max_size=60))
def test_no_file_of_bytes_is_more_than_refused(content):
    with pytest.raises(BadInput):
        read(content)


@given(st.text(max_size=40), st.dictionaries(st.sampled_from(("name", "item")), st.text(max_size=20)))
def test_what_is_filled_in_never_holds_a_control_character(text, fields):
    assert not any(
        letter != "\n" and (letter < " " or "\x7f" <= letter < "\xa0") for letter in filled("{name}", fields)
    )
    assert isinstance(filled(text, fields), str)


@pytest.mark.parametrize("size", SIZES.values())
def test_nothing_on_the_usual_badge_lies_on_something_else(size):
    template = standard("Usual", *size)
    boxes = [one for one in template.elements if not isinstance(one, Box)]
    pairs = [(one, other) for number, one in enumerate(boxes) for other in boxes[number + 1 :]]
    assert [pair for pair in pairs if overlap(*pair) > 0.05] == []


def overlap(one, other):
    across = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    down = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    return min(across, down)


def test_a_changed_template_is_another_value():
    template = standard("Usual", 62, 100)
    assert msgspec.structs.replace(template, width=70) != template
