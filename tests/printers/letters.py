"""What a byte of text is on paper: code pages, national letters in place of brackets, and ideographs of two bytes.

A printer's upper half follows the page that ESC t selected, by the number its maker gave it; the lower half is ASCII
but for twelve places that ESC R exchanges. What a page does not have is no letter, never a question mark.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping

PLACES = "#$@[\\]^`{|}~"
COUNTRIES = (
    "#$@[\\]^`{|}~",  # USA
    "#$à°ç§^`éùè¨",  # France
    "#$§ÄÖÜ^`äöüß",  # Germany
    "£$@[\\]^`{|}~",  # United Kingdom
    "#$@ÆØÅ^`æøå~",  # Denmark I
    "#¤ÉÄÖÅÜéäöåü",  # Sweden
    "#$@°\\é^ùàòèì",  # Italy
    "₧$@¡Ñ¿^`¨ñ}~",  # Spain I
    "#$@[¥]^`{|}~",  # Japan
    "#¤ÉÆØÅÜéæøåü",  # Norway
    "#$ÉÆØÅÜéæøåü",  # Denmark II
    "#$á¡Ñ¿é`íñóú",  # Spain II
    "#$á¡Ñ¿éüíñóú",  # Latin America
    "#$@[₩]^`{|}~",  # Korea
    "#$ŽŠĐĆČžšđćč",  # Slovenia and Croatia
    "#¥@[\\]^`{|}~",  # China
)

EPSON_PAGES: Mapping[int, str] = {
    0: "CP437",
    1: "KATAKANA",
    2: "CP850",
    3: "CP860",
    4: "CP863",
    5: "CP865",
    13: "CP857",
    14: "CP737",
    15: "ISO_8859-7",
    16: "CP1252",
    17: "CP866",
    18: "CP852",
    19: "CP858",
    32: "CP720",
    33: "CP775",
    34: "CP855",
    35: "CP861",
    36: "CP862",
    37: "CP864",
    38: "CP869",
    39: "ISO_8859-2",
    40: "ISO_8859-15",
    44: "CP1125",
    45: "CP1250",
    46: "CP1251",
    47: "CP1253",
    48: "CP1254",
    49: "CP1255",
    50: "CP1256",
    51: "CP1257",
    52: "CP1258",
    53: "RK1048",
}
"""The numbers that most makers took over."""

_ALONE = {"Mn", "Me", "Cf", "Cc", "Cn", "Cs", "Co"}
"""What is no letter that could stand in a cell of its own."""


class NoLetter(Exception):
    """Bytes for which the printer has no letter."""


def _codec(name: str) -> Callable[[int], str]:
    def decode(byte: int) -> str:
        try:
            return bytes([byte]).decode(name)
        except (UnicodeDecodeError, LookupError) as error:
            raise NoLetter(f"{byte:02x} in {name}") from error

    return decode


def _half_width_kana(byte: int) -> str:
    if not 0xA1 <= byte <= 0xDF:
        raise NoLetter(f"{byte:02x} in KATAKANA")
    return chr(byte - 0xA1 + 0xFF61)


def page(name: str, table: str | None = None) -> Callable[[int], str]:
    """What a byte from 80 on is in a code page; `table` are the letters of one that no codec knows."""
    if table is not None:
        return lambda byte: table[byte - 0x80]
    # One byte each: what a page of two-byte letters has in common with a receipt printer's is its kana.
    if name in ("KATAKANA", "CP932"):
        return _half_width_kana
    if name.startswith("ISO_8859-"):
        return _codec(f"iso8859-{name.removeprefix('ISO_8859-')}")
    return _codec({"RK1048": "kz1048"}.get(name, name.lower()))


def lower_half(country: int, byte: int) -> str:
    """A byte below 80."""
    if byte == 0x7F:
        raise NoLetter("7f")
    place = PLACES.find(chr(byte))
    return chr(byte) if place < 0 else COUNTRIES[country][place]


def stands_alone(letter: str) -> bool:
    """False of accents without their letter, and of what is invisible."""
    return unicodedata.category(letter) not in _ALONE


def ideograph_size(system: str, data: bytes) -> int:
    """How many bytes the letter has with which the data begins, in a mode for ideographs; 0 if there are too few."""
    lead = data[0]
    if system == "iso2022_jp":
        needed = 2
    elif lead < 0x80 or (system == "shift_jis" and 0xA0 <= lead <= 0xDF):
        needed = 1
    elif system == "gb18030" and len(data) > 1 and 0x30 <= data[1] <= 0x39:
        needed = 4
    else:
        needed = 2
    return needed if len(data) >= needed else 0


def ideograph(system: str, data: bytes) -> str:
    """The letter of two or four bytes."""
    if system == "iso2022_jp":
        data = b"\x1b$B" + data
    try:
        letter = data.decode(system)
    except UnicodeDecodeError as error:
        raise NoLetter(f"{data.hex(' ')} in {system}") from error
    if len(letter) != 1:
        raise NoLetter(f"{data.hex(' ')} in {system}")
    return letter
