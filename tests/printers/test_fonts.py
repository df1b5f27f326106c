"""Letters as pictures: the names of the demo have all of theirs; what nobody has is seen to be missing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from printers import faces, fonts, scripts
from printers.faces import Family
from printers.rendering import Renderer

NOBODY_HAS = "\U00100000"


def drawn(text: str, *, bold: bool = False, family: Family = Family.SANS) -> Image.Image:
    image = Image.new("1", (600, 40), 1)
    draw = ImageDraw.Draw(image)
    draw.fontmode = "1"
    fonts.draw_text(draw, (10, 28), text, 24, bold=bold, family=family)
    return image


def ink(image: Image.Image) -> int:
    return image.width * image.height - image.convert("L").histogram()[255]


@pytest.mark.parametrize(
    "name",
    [
        *("Ada Løvelace", "Łukasz Żółć", "Ελευθερία", "Київ", "محمد بن عبدالرحمن", "שרה בן־דוד", "राधिका श्रीनिवासन"),
        *("ทวีศักดิ์ศรีสุวรรณชัย", "欧阳娜娜", "湖畔ソフトウェア", "호수대학교", "Nuku‘alofa Lātūkefu", "Nguyễn Thị Ánh"),
    ],
)
@pytest.mark.parametrize("bold", [False, True])
def test_the_bundled_faces_have_the_letters_of_the_demo(name: str, bold: bool) -> None:
    assert faces.visible(name) == name
    assert ink(drawn(name, bold=bold)) > 100


@pytest.mark.parametrize("family", list(Family))
@pytest.mark.parametrize("text", ["Ada", "欧阳 Ada", "שרה Ada 12", "محمد", f"x{NOBODY_HAS}y"])
def test_what_is_drawn_is_as_wide_as_was_said(text: str, family: Family) -> None:
    box = Image.eval(drawn(text, family=family).convert("L"), lambda grey: 255 - grey).getbbox()
    assert box is not None
    assert box[0] >= 8
    assert box[2] <= 10 + fonts.width_of(text, 24, family=family) + 2


def test_a_letter_that_nobody_has_is_a_box() -> None:
    assert faces.visible(NOBODY_HAS) != NOBODY_HAS
    assert faces.visible(f"A{NOBODY_HAS}B") == "A□B"
    assert ink(drawn(NOBODY_HAS)) == ink(drawn("□"))


def test_hebrew_and_latin_stand_in_the_order_in_which_they_are_read() -> None:
    assert [run.text.strip() for run in fonts.runs("Ada שרה בן")] == ["Ada", "שרה בן"]
    assert [run.text.strip() for run in fonts.runs("שרה בן Ada")] == ["Ada", "שרה בן"]
    assert [run.text.strip() for run in fonts.runs("x שרה 12 בן")] == ["x", "בן", "12", "שרה"]


def test_arabic_is_joined_also_without_an_engine_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = fonts.width_of("محمد", 24)
    apart = sum(fonts.width_of(letter, 24) for letter in "محمد")
    monkeypatch.setattr(fonts, "_shapes", lambda: False)
    assert scripts.visual("محمد") == "\ufeaa\ufee4\ufea4\ufee3"
    assert scripts.visual("(دار)") == "(\ufead\ufe8d\ufea9)"
    assert abs(fonts.width_of("محمد", 24) - whole) < abs(apart - whole)


def test_without_an_engine_that_joins_letters_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    assert fonts.unjoined() == []
    monkeypatch.setattr(fonts, "_shapes", lambda: False)
    assert [one.title for one in fonts.unjoined()] == ["The library fribidi is missing"]


def test_a_typeface_that_is_gone_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    assert fonts.missing() == []
    monkeypatch.setattr("assets.exists", lambda name: "Droid" not in name)
    assert [one for one in fonts.missing() if "DroidSansFallback.ttf" in one.title]


def test_what_is_missing_is_said_when_printing_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, expect_warning: Callable[[str], None]
) -> None:
    expect_warning("fribidi is missing")
    monkeypatch.setattr(fonts, "_shapes", lambda: False)
    Renderer(tmp_path).load()
