"""Badges as pictures: names of all scripts whole and in their place, codes that can be read, and the size on paper."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msgspec
import numpy as np
import pytest
import zxingcpp
from PIL import Image as Pictures
from PIL import ImageDraw
from pyzbar import pyzbar

from boxoffice.domain.badge_designs import SIZES, standard
from boxoffice.domain.badges import Align, Box, Element, Image, Square, Template, Vertical, Words
from boxoffice.domain.documents import Badge, Copy
from boxoffice.errors import BadInput
from printers.badge import _ink, _put_all, _size, _written, dots, draw, packed, place_of, said_by
from printers.fitting import fit
from printers.layout import lay_out
from printers.lines import Cut, Picture
from printers.profiles import Profile, profile
from printers.render import escpos, picture

NAMES = ("Li", "Wolfeschlegelsteinhausenbergerdorff", "欧阳娜娜")
SECRET = "drmf8wjf2s8dfqqesg88rtvz678p3x99"


def badge(*elements: Element, fields: Any = None, **template: Any) -> Badge:
    """A badge of 60 × 40 mm with these elements."""
    made = Template(**{"name": "Own", "width": 60, "height": 40, "elements": elements, **template})
    said = {"name": "Ada Lovelace", "secret": SECRET, **(fields or {})}
    return Badge(at=datetime(2026, 11, 21, tzinfo=UTC), ticket="A7B9C-1", template=made, fields=said)


def words(**changes: Any) -> Words:
    return Words(**{"x": 10, "y": 10, "width": 40, "height": 20, "text": "{name}", "size": 30, "lines": 3, **changes})


def greys(badge: Badge) -> Pictures.Image:
    """The badge before its greys become black or white: what was drawn can be weighed to the last dot."""
    paper = Pictures.new("L", _size(badge.template, 203), 255)
    _put_all(paper, badge, 203, {})
    return paper


def ink(picture: Pictures.Image) -> Any:
    """The black dots as an array of booleans."""
    return np.asarray(picture.convert("L")) < 128


def outside(picture: Pictures.Image, element: Element, dpi: int = 203) -> int:
    """How many dots lie outside of an element's box."""
    spots = ink(picture)
    place = place_of(element, dpi)
    spots[place.y : place.y + place.height, place.x : place.x + place.width] = False
    return int(spots.sum())


# Names

SCRIPTS = {
    "latin": "abcdefghijklmnopqrstuvwxyzßàçéïñøūžłğĐƏ'-",
    "han": "欧阳娜娜张伟王芳李秀英陈静诸葛亮司马懿龘",
    "kana": "さとうはなこサトウハナコー佐藤",
    "hangul": "김민준이서연박지후",
    "cyrillic": "абвгдежзийклмнопрстуўіїщъыьэюя",
    "greek": "αβγδεζηθικλμνξοπρστυφχψωάέήϊ",
    "arabic": "ابتثجحخدذرزسشصضطظعغفقكلمنهويىآأ",
    "hebrew": "אבגדהוזחטיכלמנסעפצקרשתםןץ",
    "thai": "กขคงจชซญดตถทนบปพฟมยรลวสหอะาิีึืุูเแโไ็่้๊๋",
    "devanagari": "अआइईउऊकखगघचछजझटठडढणतथदधनपफबभमयरलवशषसह्ािीुूेैोौं",
    "emoji": "😀🎟👩‍💻🏳️‍🌈👨‍👩‍👧🇨🇳✅",
    "combining": "a\u0301e\u0323\u0302o\u0308\u0304u\u030b",
}


JOINER, PICTURE_SIGN = "\u200d", "\ufe0f"
"""They stand between letters and show nothing by themselves."""


def names(number: int) -> list[str]:
    """Names of all scripts and mixtures: a letter, many words, one word of 200 letters, marks upon marks."""
    chance = random.Random(41)
    found = [
        *NAMES,
        "X",
        "…",
        "Z" + "\u0335\u0321\u0489\u0300\u0301" * 12,
        "W" * 200,
        "欧" * 200,
        "م" * 200,
        "a b " * 50,
    ]
    while len(found) < number:
        script = chance.choice([*SCRIPTS.values(), "".join(SCRIPTS.values())])
        parts = chance.choice([1, 1, 2, 2, 3, 5])
        longest = chance.choice([3, 8, 12, 40])
        name = " ".join("".join(chance.choices(script, k=chance.randint(1, longest))) for _ in range(parts))
        if name.strip(f" {JOINER}{PICTURE_SIGN}"):
            found.append(name)
    return found


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[Pictures.Image]:
    """The letters as they were drawn, all of them, before they were put into their box."""
    kept: list[Pictures.Image] = []

    def write(*values: Any) -> Any:
        made = _written(*values)
        kept[:] = [made.picture]
        return made

    _ink.cache_clear()
    monkeypatch.setattr("printers.badge._written", write)
    return kept


def test_every_name_is_drawn_whole_and_in_its_place(
    rounds: Callable[[int, int], int], written: list[Pictures.Image]
) -> None:
    chance = random.Random(7)
    for name in names(rounds(300, 4_000)):
        element = words(
            size=chance.choice([8, 20, 44]),
            bold=chance.random() < 0.5,
            align=chance.choice(list(Align)),
            vertical=chance.choice(list(Vertical)),
            lines=chance.choice([1, 2, 3]),
            height=chance.choice([6, 20]),
        )
        picture = greys(badge(element, fields={"name": name}))
        assert outside(picture, element) == 0, name
        (letters,) = written
        assert letters.getbbox() in {(0, 0, *letters.size), None}, name
        assert drawn(picture) == int(np.asarray(letters, dtype=np.int64).sum()) > 0, name


def drawn(picture: Pictures.Image) -> int:
    """How much ink there is."""
    return int((255 - np.asarray(picture, dtype=np.int64)).sum())


def ink_box(picture: Pictures.Image) -> tuple[int, int, int, int]:
    return picture.point([255 - level for level in range(256)]).getbbox() or (0, 0, 0, 0)


@pytest.mark.parametrize("lines", [1, 2, 4])
def test_no_letter_is_lost_where_a_text_is_broken(lines: int) -> None:
    for name in names(150):
        for width, height in ((300, 60), (60, 300), (30, 30)):
            fitted = fit(name, width, height, most=80, least=12, lines=lines, bold=True)
            assert squeezed("".join(fitted.lines)) == squeezed(name)


def squeezed(text: str) -> str:
    return text.replace(" ", "")


def lines_of(text: str, width: int = 400, height: int = 200, **wanted: Any) -> tuple[str, ...]:
    return fit(text, width, height, **{"most": 60, "least": 20, "lines": 3, "bold": True, **wanted}).lines


def test_a_short_name_is_as_large_as_it_may_be() -> None:
    assert fit("Li", 400, 200, most=60, least=20, lines=3, bold=True).size == 60


def test_a_name_that_is_a_little_too_long_shrinks_and_stays_on_one_line() -> None:
    fitted = fit("Ada Lovelace", 360, 200, most=60, least=20, lines=3, bold=True)
    assert fitted.lines == ("Ada Lovelace",)
    assert fitted.size < 60


def test_a_long_name_wraps_at_its_words() -> None:
    assert lines_of("Augusta Ada King-Noel of Lovelace", 300) == ("Augusta Ada", "King-Noel of", "Lovelace")


def test_a_word_that_no_line_holds_is_broken_into_even_parts() -> None:
    parts = lines_of("Wolfeschlegelsteinhausenbergerdorff")
    assert "".join(parts) == "Wolfeschlegelsteinhausenbergerdorff"
    assert max(map(len, parts)) - min(map(len, parts)) <= 3


def test_a_chinese_name_is_not_parted_if_it_can_be_read_whole() -> None:
    assert lines_of("欧阳娜娜", 200) == ("欧阳娜娜",)


def test_a_long_chinese_text_may_be_parted_anywhere_but_before_a_comma() -> None:
    parts = lines_of("北京某某科技有限公司，上海分公司，人工智能研究院", 200, 200, least=12)
    assert len(parts) > 1
    assert not any(part.startswith("，") for part in parts)


def test_lines_of_the_template_begin_new_lines() -> None:
    assert lines_of("Ada\nLovelace", 2000) == ("Ada", "Lovelace")


def test_what_no_number_of_lines_holds_gets_smaller_than_the_template_says() -> None:
    fitted = fit("Ada " * 50, 100, 40, most=60, least=20, lines=1, bold=True)
    assert fitted.size < 20
    assert "".join(fitted.lines).count("Ada") == 50


# Places


@pytest.mark.parametrize("dpi", [203, 300])
@pytest.mark.parametrize("size", SIZES.values())
def test_the_picture_has_the_size_of_the_badge_in_dots(size: tuple[float, float], dpi: int) -> None:
    width, height = size
    made = badge(width=width, height=height, elements=standard("Usual", width, height).elements)
    assert draw(made, dpi, {}).size == (round(width * dpi / 25.4), round(height * dpi / 25.4))


@pytest.mark.parametrize("align", Align)
def test_a_text_stands_where_it_is_aligned(align: Align) -> None:
    element = words(align=align, size=12, lines=1)
    box, place = ink_box(greys(badge(element))), place_of(element, 203)
    left, right = box[0] - place.x, place.x + place.width - box[2]
    expected = {Align.LEFT: left <= 3, Align.RIGHT: right <= 3, Align.CENTER: abs(left - right) <= 4}
    assert expected[align]


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_turned_text_is_the_same_text_turned(turns: int) -> None:
    side = {"x": 10.0, "y": 5.0, "width": 30.0, "height": 30.0}
    upright = np.asarray(draw(badge(words(**side)), 203, {}))
    turned = np.asarray(draw(badge(words(**side, turns=turns)), 203, {}))
    place = place_of(words(**side), 203)
    cut = (slice(place.y, place.y + place.height), slice(place.x, place.x + place.width))
    assert np.array_equal(np.rot90(upright[cut], -turns), turned[cut])


def test_the_whole_badge_is_turned_for_the_paper() -> None:
    upright = draw(badge(words()), 203, {})
    turned = draw(badge(words(), quarter_turns=1), 203, {})
    assert turned.size == (upright.height, upright.width)
    assert np.array_equal(np.rot90(np.asarray(upright), -1), np.asarray(turned))


def test_white_letters_stand_on_a_black_box() -> None:
    element = words(inverse=True)
    spots, place = ink(draw(badge(element), 203, {})), place_of(element, 203)
    inside = spots[place.y : place.y + place.height, place.x : place.x + place.width]
    assert inside[0].all()
    assert inside[-1].all()
    assert 0.5 < inside.mean() < 0.98
    assert outside(draw(badge(element), 203, {}), element) == 0


def test_capitals_are_asked_for_by_the_template() -> None:
    assert said_by(words(upper=True), badge(fields={"name": "Straße"})) == "STRASSE"


def test_what_is_not_to_be_shown_is_not_drawn() -> None:
    assert drawn(greys(badge(words(shown_if="company")))) == 0
    assert drawn(greys(badge(words(shown_if="!company")))) > 0


@pytest.mark.parametrize(
    "box",
    [
        Box(x=0, y=0, width=60, height=40, stroke=0.5),
        Box(x=5, y=39.9, width=50, height=0, stroke=1),
        Box(x=59.9, y=5, width=0, height=30),
        Box(x=5, y=5, width=10, height=10, filled=True),
    ],
)
def test_frames_lines_and_fields_are_drawn_on_the_badge(box: Box) -> None:
    assert drawn(greys(badge(box))) > 0


# Codes


@pytest.mark.parametrize("dpi", [203, 300])
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("size", SIZES.values())
def test_the_code_is_read_back_out_of_every_usual_badge(size: tuple[float, float], name: str, dpi: int) -> None:
    width, height = size
    made = badge(width=width, height=height, elements=standard("Usual", width, height).elements, fields={"name": name})
    picture = draw(made, dpi, {}).convert("L")
    assert [found.text for found in zxingcpp.read_barcodes(np.asarray(picture))] == [SECRET]
    assert [found.data.decode() for found in pyzbar.decode(picture)] == [SECRET]


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_codes_have_whole_dots_and_a_quiet_zone(turns: int) -> None:
    element = Square(x=20, y=5, width=31, height=27, turns=turns)
    frame = Box(x=20, y=5, width=31, height=27, filled=True)
    spots, place = ink(draw(badge(frame, element), 203, {})), place_of(element, 203)
    inside = spots[place.y : place.y + place.height, place.x : place.x + place.width]
    rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    side = rows[-1] - rows[0] + 1
    module = side // 29
    assert side == 29 * module
    quiet = min(rows[0], columns[0], inside.shape[0] - 1 - rows[-1], inside.shape[1] - 1 - columns[-1])
    assert quiet >= 4 * module


@pytest.mark.parametrize("turns", [0, 1])
def test_bars_are_read_back(turns: int) -> None:
    box = {"width": 50.0, "height": 12.0} if turns == 0 else {"width": 12.0, "height": 38.0}
    element = Square(x=5, y=1, text="{order}-1", bars=True, turns=turns, **box)
    picture = draw(badge(element, fields={"order": "A7B9C"}), 300, {}).convert("L")
    assert [(found.text, found.format.name) for found in zxingcpp.read_barcodes(np.asarray(picture))] == [
        ("A7B9C-1", "Code128")
    ]


@pytest.mark.parametrize(
    ("element", "text"),
    [
        (Square(x=5, y=5, width=3, height=3), "x" * 200),
        (Square(x=5, y=5, width=30, height=30), "x" * 4_000),
        (Square(x=5, y=5, width=20, height=10, bars=True), "x" * 60),
        (Square(x=5, y=5, width=50, height=10, bars=True), "欧阳"),
    ],
)
def test_a_code_that_cannot_be_drawn_says_so(element: Square, text: str) -> None:
    with pytest.raises(BadInput, match="code"):
        draw(badge(element, fields={"secret": text}), 203, {})


def test_a_ticket_without_a_code_has_a_badge_all_the_same() -> None:
    assert drawn(greys(badge(Square(x=5, y=5, width=30, height=30), fields={"secret": ""}))) == 0


# Pictures


def png(picture: Pictures.Image) -> bytes:
    written = io.BytesIO()
    picture.save(written, "PNG")
    return written.getvalue()


FACE = png(Pictures.linear_gradient("L").resize((200, 100)))


def test_a_photo_keeps_its_proportions_and_becomes_dots() -> None:
    element = Image(x=10, y=5, width=30, height=30, picture="photo")
    made = badge(element)
    photographed = Badge(at=made.at, ticket=made.ticket, template=made.template, fields=made.fields, photo="face")
    picture = draw(photographed, 203, {"face": FACE})
    left, top, right, bottom = ink_box(picture.convert("L"))
    assert (right - left) / (bottom - top) == pytest.approx(2, rel=0.08)
    spots = ink(picture)[top:bottom, left:right]
    assert 0.2 < spots.mean() < 0.7
    assert np.abs(np.diff(spots.astype(int), axis=1)).sum() > 2_000
    assert outside(picture, element) == 0


def test_a_logo_keeps_its_edges() -> None:
    logo = Pictures.new("RGBA", (300, 300), (0, 0, 0, 0))
    ImageDraw.Draw(logo).ellipse((20, 20, 280, 280), fill=(240, 150, 30, 255))
    spots = ink(draw(badge(Image(x=10, y=5, width=30, height=30, picture="logo")), 203, {"logo": png(logo)}))
    assert np.abs(np.diff(spots.astype(int), axis=1)).sum(axis=1).max() == 2


def test_a_picture_that_is_not_there_leaves_its_place_empty() -> None:
    assert drawn(greys(badge(Image(x=10, y=5, width=30, height=30, picture="gone")))) == 0


def test_a_damaged_picture_is_named() -> None:
    with pytest.raises(BadInput, match="damaged"):
        draw(badge(Image(x=10, y=5, width=30, height=30, picture="logo")), 203, {"logo": b"\x89PNG\r\n\x1a\nbroken"})


def test_packed_rows_are_whole_bytes_with_black_as_one() -> None:
    corners = (Box(x=0, y=0, width=1, height=1, filled=True), Box(x=9, y=1, width=1, height=1, filled=True))
    tiny = badge(*corners, width=10, height=2)
    assert packed(tiny, 25.4, {}) == (bytes([0b1000_0000, 0, 0, 0b0100_0000]), (10, 2))


def test_lengths_are_dots_of_the_printer() -> None:
    assert (dots(25.4, 203), dots(25.4, 300)) == (203, 300)


# On paper


@pytest.fixture
def standard_badge() -> Badge:
    elements = standard("Usual", 62, 100).elements
    return badge(
        width=62, height=100, elements=elements, fields={"event": "Conference", "item": "VIP", "company": "Ab"}
    )


def on_paper(made: Badge, columns: int, dots_across: int) -> tuple[Any, Profile]:
    model = msgspec.structs.replace(profile("default", columns), dots=dots_across)
    return lay_out(made, model.paper, COPY), model


COPY = Copy(1, datetime(2026, 11, 21, tzinfo=UTC), "Ben", "Lost")


def test_the_printer_gets_the_dots_that_the_preview_shows(standard_badge: Badge, decode: Any) -> None:
    lines, model = on_paper(standard_badge, 48, 576)
    expected = inked(ink(draw(standard_badge, 203, {})))
    shown = ink(picture.draw(lines, model, margin=0))
    printed = ink(decode(escpos.encode(lines, model), dots=576, columns=48).picture())
    assert holds(shown, expected)
    assert holds(printed, expected)


def inked(spots: Any) -> Any:
    """The spots without the white around them."""
    rows, columns = np.flatnonzero(spots.any(axis=1)), np.flatnonzero(spots.any(axis=0))
    return spots[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def holds(paper: Any, spots: Any) -> bool:
    """Whether the paper begins with exactly these spots, however far from its left edge."""
    height, width = spots.shape
    paper = paper[np.flatnonzero(paper.any(axis=1))[0] :][:height]
    return any(np.array_equal(paper[:, left : left + width], spots) for left in range(paper.shape[1] - width + 1))


def test_on_narrow_paper_a_badge_is_smaller_and_its_code_still_whole(standard_badge: Badge, decode: Any) -> None:
    lines, model = on_paper(standard_badge, 32, 384)
    printed = decode(escpos.encode(lines, model), dots=384, columns=32).picture().convert("L")
    assert [found.text for found in zxingcpp.read_barcodes(np.asarray(printed))] == [SECRET]


def test_nobody_wears_the_word_copy(standard_badge: Badge) -> None:
    lines, _ = on_paper(standard_badge, 48, 576)
    assert [type(line) for line in lines] == [Picture, Cut]
