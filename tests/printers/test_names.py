"""Whoever comes, and whatever they typed as their name, comes out readable, within the lines, and alone.

In a test run each printer of the capability file prints its share of the thousand names, so that every name is
printed once and every printer tried; `make prove` prints every name on every printer.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from boxoffice.domain.badges import Align
from boxoffice.domain.documents import BillLine, Document, Receipt, TicketSlip
from printers import paint, profiles
from printers.cells import width_of
from printers.cleaning import UNKNOWN, clean
from printers.code_pages import encoded as in_its_letters
from printers.layout import Paper, lay_out
from printers.lines import Cell, Columns, Cut, Text
from printers.profiles import Profile, profile
from printers.render import escpos
from printers.rows import Row, Span, rows

from .capability_file import PROFILES
from .names import NAMES

AT = datetime(2026, 11, 21, 18, 4, tzinfo=UTC)
DISPLAYS = {"AF-240", "OCD-100", "OCD-300"}
"""In the file, but for customers to look at: no printers."""
PRINTERS = [name for name in sorted(PROFILES) if name not in DISPLAYS]
OURS = {
    *("ESC @", "ESC R", "FS .", "ESC M", "ESC a", "ESC t", "ESC E", "GS !", "LF", "text", "ESC d", "GS V"),
    *("GS v 0", "GS ( k", "ESC *", "ESC 2", "ESC 3"),
}
"""All that a receipt and a ticket are made of."""
WIDE = (
    "Li",
    "欧阳娜娜",
    "東京タワー かな",
    "한국어 이름",
    "ＦＵＬＬ",
    "Ana 王小明",
    "محمد علي",
    "שרה",
    "😀😀",
    "Ą 中 x",
    "𠮷野家",
)
AMOUNT = "1,234.50"


def papers(names: list[str]) -> Iterator[Document]:
    """Names wherever paper has some: in columns beside amounts, as notes, centred, bold, as the whole of a line."""
    for start in range(0, len(names), 10):
        some = names[start : start + 10]
        lines = [BillLine(text=name, amount=123_450, tax="A", notes=(name,), part=name > "m") for name in some]
        yield Receipt(at=AT, number="1", operator=some[0], currency="EUR", lines=tuple(lines), total=1)
        yield TicketSlip(
            at=AT, ticket="A7B9C-1", code="secret", item=some[-1], name=some[0], company=some[-1], texts=tuple(some)
        )


@pytest.fixture
def printed(decode, model_of):
    """`printed(data, profile)`: the paper, of a printer that is as wide as its profile."""

    def printed(data: bytes, model: Profile):
        letter = 12 if model.font else model.cell
        return decode(data, model_of(model.name, dots=model.dots, columns=model.columns, letter=letter))

    return printed


def test_only_displays_are_left_out_of_the_printers():
    assert list(profiles.names()) == PRINTERS
    assert len(set(NAMES)) == 1000


@pytest.mark.parametrize("name", PRINTERS)
def test_every_name_comes_out_on_every_printer(printed, compare, commands, rounds, name):
    model = profile(name)
    number = PRINTERS.index(name)
    for document in papers(rounds(NAMES[number :: len(PRINTERS)], NAMES)):
        lines = lay_out(document, Paper(model.columns, model.millimetres))
        data = escpos.encode(lines, model)
        paper = printed(data, model)
        assert paper.faults == []
        assert paper.pulses == []
        assert len(paper.cuts) == model.knife
        orders = [command.name for command in commands(data)]
        assert set(orders) <= OURS
        assert orders.count("ESC @") == 1
        if model.rows_per_dot == 1:
            assert compare(lines, model, paper) == []


@pytest.mark.parametrize("name", PRINTERS)
def test_no_question_mark_is_printed_that_nobody_wrote(printed, name):
    model = profile(name)
    asked = [one for one in NAMES if "?" in clean(one)]
    others = [one for one in NAMES[PRINTERS.index(name) :: len(PRINTERS)] if "?" not in clean(one)]
    for some, marks in ((asked, sum(clean(one).count("?") for one in asked)), (others, 0)):
        paper = printed(escpos.encode([*map(Text, some), Cut()], model), model)
        assert sum(cell.letter == "?" for cell in paper.cells) + painted_marks(some, model) == marks


def painted_marks(names: list[str], model: Profile) -> int:
    """Question marks in rows that went to the printer as dots."""
    written = [row.text() for row in rows(map(Text, names), model.columns) if isinstance(row, Row)]
    return sum(text.count("?") for text in written if in_its_letters(text, model, None) is None)


@pytest.mark.parametrize("columns", [32, 42, 48])
def test_no_letter_of_a_name_is_lost_and_no_line_is_too_long(columns):
    for name in NAMES:
        written = [row.text() for row in rows([Text(name)], columns) if isinstance(row, Row)]
        assert "".join(written).replace(" ", "") == clean(name).replace(" ", "")
        assert max(map(width_of, written)) <= columns


def test_names_are_cleaned_of_every_control_and_keep_every_letter():
    for name in NAMES:
        cleaned = clean(name)
        assert not [one for one in cleaned if ord(one) < 0x20 or 0x7F <= ord(one) < 0xA0]
        assert cleaned.encode("utf-8", "strict") is not None
        assert name.isprintable() is False or UNKNOWN in name or UNKNOWN not in cleaned


@pytest.mark.parametrize("name", ["POS-5890", "TM-T88V", "TM-T20II", "TM-P80"])
@pytest.mark.parametrize("who", WIDE)
def test_amounts_stand_at_the_right_edge_whoever_stands_to_their_left(printed, name, who):
    model = profile(name)
    first = printed(escpos.encode([Columns((Cell(who), Cell(AMOUNT, 8, Align.RIGHT))), Cut()], model), model).rows[0]
    if first.cells:
        assert "".join(cell.letter for cell in first.cells[-8:]) == AMOUNT
        assert first.cells[-1].x + first.cells[-1].width == model.columns * model.cell
        return
    (picture,) = first.pictures
    alone = paint.paint_row(Row((Span(AMOUNT, model.columns - 8, 8),)), model).convert("L")
    box = ((model.columns - 9) * model.cell, 0, model.dots, alone.height)
    assert picture.image.crop(box).tobytes() == alone.crop(box).tobytes()
