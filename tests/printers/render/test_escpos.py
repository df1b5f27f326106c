"""What reaches a printer: letters where it has them, dots where it has not, and nothing that a name could order."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from PIL import Image

from boxoffice.domain.badges import Align, Template, Words
from boxoffice.domain.documents import Badge
from boxoffice.errors import BadInput
from printers import badge
from printers.layout import lay_out
from printers.lines import Cell, Code, Columns, Cut, Drawer, Feed, Line, Picture, Rule, Ruler, Text
from printers.profiles import names, profile
from printers.render import escpos
from printers.render.escpos import code128

Printed = Callable[..., Any]


@pytest.fixture
def printed(decode, model_of) -> Printed:
    """The paper that a model makes of lines, by a reader of the commands that has never seen their writer."""

    def printed(*lines: Line, model: str = "TM-T20II", columns: int | None = None) -> Any:
        one = profile(model, columns)
        known = model_of(model, dots=one.dots, columns=one.dots // one.cell)
        return decode(escpos.encode(lines, one), known)

    return printed


def picture(width: int, height: int) -> bytes:
    out = io.BytesIO()
    Image.new("L", (width, height), 0).save(out, "PNG")
    return out.getvalue()


def test_what_the_printer_has_letters_for_is_sent_as_letters(printed) -> None:
    paper = printed(Text("Müller, Łukasz, Αθήνα, Київ: 12,50 €"))
    assert paper.lines == ["Müller, Łukasz, Αθήνα, Київ: 12,50 €"]
    assert paper.pictures == []


@pytest.mark.parametrize(
    "name", ["欧阳娜娜", "かな", "한국어", "محمد", "שרה", "ทวีศักดิ์", "राधिका", "Ada 😀", "Nguyễn \u0323"]
)
def test_what_it_has_not_is_painted_and_never_a_question_mark(printed, name: str) -> None:
    paper = printed(Text(name), Text("after"))
    assert paper.lines == ["after"]
    (row,) = paper.pictures
    assert row.image.convert("L").histogram()[0] > 30
    assert paper.faults == []


def test_one_letter_too_many_paints_its_own_row_and_no_other(printed) -> None:
    paper = printed(Columns((Cell("欧阳娜娜 Li"), Cell("90.00", 5, Align.RIGHT))), Text("Größe"))
    assert len(paper.pictures) == 1
    assert paper.lines == ["Größe"]


def test_a_printer_with_one_code_page_gets_all_else_as_dots(printed) -> None:
    paper = printed(Text("Größe"), Text("Łódź"), model="simple")
    assert paper.lines == ["Größe"]
    assert len(paper.pictures) == 1


@pytest.mark.parametrize("order", ["\x1bp\x00\x19\xfa", "\x1dV\x00", "\x10\x14\x01\x00\x05", "\x1b@", "\n\n\n"])
def test_a_name_gives_no_orders(printed, order: str) -> None:
    paper = printed(Text(f"Ada{order}Lovelace"))
    assert (paper.pulses, paper.cuts, paper.faults) == ([], [], [])
    assert len(paper.lines) == 1


def test_it_begins_with_init_once_and_in_letters_of_no_country(printed) -> None:
    sent = escpos.encode([Text("a"), Text("b"), Cut(), Text("c"), Cut()], profile("TM-T20II"))
    assert sent.startswith(b"\x1b@\x1bR\x00")
    assert sent.count(b"\x1b@") == 1


def test_a_printer_that_may_read_pairs_is_told_not_to() -> None:
    assert b"\x1c." in escpos.encode([Text("é")], profile("POS-5890"))
    assert b"\x1c." not in escpos.encode([Text("é")], profile("TM-T88V"))


def test_styles_end_where_they_should(printed) -> None:
    paper = printed(Text("big", bold=True, large=2), Text("plain"), Text("black", inverse=True), Text("plain"))
    plain = [cell for cell in paper.cells if cell.row in {1, 3}]
    assert {str(cell.style) for cell in plain} == {""}
    assert str(paper.cells[0].style) == "2x2 bold"


def test_the_drawer_opens_by_a_pulse_and_the_knife_cuts_behind_the_last_line(printed) -> None:
    paper = printed(Drawer(), Text("Receipt"), Cut())
    assert len(paper.pulses) == 1
    assert len(paper.cuts) == 1
    assert paper.cuts[0].y > paper.cells[0].y + 24


@pytest.mark.parametrize("model", ["NT-5890K", "ZJ-5870"])
def test_a_printer_without_a_knife_feeds_to_where_it_is_torn(printed, model: str) -> None:
    paper = printed(Text("Receipt"), Cut(), model=model)
    assert paper.cuts == []
    assert paper.length > 5 * 30


@pytest.mark.parametrize("model", sorted(name for name in names() if profile(name).rows_per_dot == 1))
@pytest.mark.parametrize("bars", [False, True], ids=["square", "bars"])
def test_codes_are_read_off_the_paper_of_every_model(printed, model: str, bars: bool) -> None:
    paper = printed(Code("A7B9C-1234567890", bars), model=model)
    assert paper.read() == ["A7B9C-1234567890"]
    assert paper.faults == []


def test_a_square_code_stands_in_the_middle(printed) -> None:
    (code,) = printed(Code("A7B9C-1")).pictures
    assert abs(2 * code.x + code.image.width - 576) <= 2


def test_where_letters_do_not_fill_the_paper_codes_stand_in_the_middle_of_the_letters(printed) -> None:
    (code,) = printed(Code("A7B9C-1"), columns=42).pictures
    ink = Image.eval(code.image.convert("L"), lambda grey: 255 - grey).getbbox()
    assert ink is not None
    assert abs(2 * code.x + ink[0] + ink[2] - 42 * 12) <= 16  # pictures stand at whole bytes


def test_a_code_that_is_long_is_smaller_and_still_on_the_paper(printed) -> None:
    long = "https://example.org/" + "x" * 400
    paper = printed(Code(long), model="POS-5890")
    assert paper.read() == [long]
    assert paper.faults == []


@pytest.mark.parametrize("align", list(Align))
def test_a_picture_stands_where_it_should_and_keeps_its_size(printed, align: Align) -> None:
    (shown,) = printed(Picture(picture(100, 50), millimetres=(25.4, 12.7), align=align)).pictures
    ink = Image.eval(shown.image.convert("L"), lambda grey: 255 - grey).getbbox()
    assert ink is not None
    left = {Align.LEFT: 0, Align.CENTER: (576 - 203) // 2, Align.RIGHT: 576 - 203}[align]
    assert 0 <= left - (shown.x + ink[0]) < 8  # at whole bytes
    assert (ink[2] - ink[0], ink[3] - ink[1]) == (203, 102)


def test_a_picture_wider_than_the_paper_is_made_to_fit(printed) -> None:
    paper = printed(Picture(picture(100, 50), millimetres=(100, 50)), model="POS-5890")
    assert paper.faults == []
    assert paper.pictures[0].image.width == 384


def test_a_damaged_picture_is_named(printed) -> None:
    damaged = bytearray(picture(100, 50))
    damaged[36] ^= 0x08  # The length of its first part.
    with pytest.raises(BadInput, match="damaged"):
        printed(Picture(bytes(damaged), share=0.5))


def test_a_high_picture_is_sent_in_bands_without_a_gap(printed) -> None:
    bands = printed(Picture(picture(100, 500), share=0.5)).pictures
    assert sum(band.image.height for band in bands) == 5 * 288
    assert [band.y for band in bands[1:]] == [band.y + band.image.height for band in bands[:-1]]


def test_each_alphabet_is_shown_in_its_own_page(printed) -> None:
    lines = printed(Ruler()).lines
    assert any(line.startswith(" 17 CP866") and "АБВГДЕЖЗ" in line for line in lines)
    assert any(line.startswith(" 16 CP1252") and "ÀÁÂÃÄÅ" in line for line in lines)


def test_small_letters_where_more_columns_are_wanted(printed, decode, model_of) -> None:
    sent = escpos.encode([Rule()], profile("TM-T20II", 56))
    paper = decode(sent, model_of("TM-T20II", dots=576, columns=48))
    assert {cell.style.font for cell in paper.cells} == {"B"}
    assert len(paper.cells) == 56
    assert paper.faults == []


def test_an_empty_line_is_fed(printed) -> None:
    paper = printed(Text("a"), Feed(2), Text(""), Text("b"))
    assert paper.cells[-1].y - paper.cells[0].y == 4 * 30


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("1234", "{C\x0c\x22"),
        ("12345", "{C\x0c\x22{B5"),
        ("A7B9C-1", "{BA7B9C-1"),
        ("A123456", "{BA{C\x0c\x22\x38"),
        ("a{b", "{Ba{{b"),
        ("12", "{B12"),
    ],
)
def test_code128_says_which_set_it_is_in(text: str, sent: str) -> None:
    assert code128(text) == sent


def test_a_badge_comes_out_dot_by_dot_at_its_true_size(printed) -> None:
    template = Template(name="Plain", width=62, height=40, elements=(Words(x=2, y=2, width=58, height=30, text="Li"),))
    worn = Badge(at=datetime(2026, 11, 21, tzinfo=UTC), ticket="A7B9C-1", template=template)
    paper = printed(*lay_out(worn, profile("TM-T20II").paper))
    (row,) = [one.image for one in paper.pictures][:1]
    drawn = badge.draw(worn, 203, {})
    assert drawn.size == (496, 320)
    left = row.width - drawn.width
    bands = [one.image.crop((left, 0, row.width, one.image.height)) for one in paper.pictures]
    assert b"".join(band.convert("1").tobytes() for band in bands) == drawn.tobytes()
    assert len(paper.cuts) == 1
