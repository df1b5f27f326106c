"""Codes as a printer draws them by itself: rows of modules, black or not.

QR and the codes of retail come from another library than the one that the application draws with. CODE128 is
written out here from its standard, since a printer does as it is told: which set is used where is in the data.
"""

from __future__ import annotations

from typing import Any

from PIL import Image, ImageOps

Modules = Image.Image
"""One pixel a module; ink is 0."""

_CODE128 = (
    "212222222122222221121223121322131222122213122312132212221213221312231212112232122132122231113222123122123221"
    "223211221132221231213212223112312131311222321122321221312212322112322211212123212321232121111323131123131321"
    "112313132113132311211313231113231311112133112331132131113123113321133121313121211331231131213113213311213131"
    "311123311321331121312113312311332111314111221411431111111224111422121124121421141122141221112214112412122114"
    "122411142112142211241211221114413111241112134111111242121142121241114212124112124211411212421112421211212141"
    "214121412121111143111341131141114113114311411113411311113141114131311141411131211412211214211232"
)
"""Widths of bars and gaps in turn, six for each value."""
_STOP = "2331112"
_START = {"A": 103, "B": 104, "C": 105}
_SWITCH = {"A": 101, "B": 100, "C": 99}
_SHIFT = 98
_FUNCTIONS = {"1": {"A": 102, "B": 102, "C": 102}, "2": {"A": 97, "B": 97}, "3": {"A": 96, "B": 96}}
_FUNCTIONS |= {"4": {"A": 101, "B": 100}}


class NoCode(Exception):
    """Data of which the code asked for cannot be made."""


def qr(data: bytes, level: str) -> Modules:
    """A QR code, model 2, of the smallest version that holds it."""
    import zxingcpp

    try:
        drawn = zxingcpp.create_barcode(_as_text(data), zxingcpp.BarcodeFormat.QRCode, ec_level=level)
    except (ValueError, RuntimeError) as error:
        raise NoCode(str(error)) from error
    return _modules(drawn)


def retail(name: str, data: bytes) -> Modules:
    """EAN13, EAN8, UPCA, UPCE, Code39, ITF or Codabar: one row of modules."""
    import zxingcpp

    try:
        drawn = zxingcpp.create_barcode(data.decode("ascii"), getattr(zxingcpp.BarcodeFormat, name))
    except (ValueError, RuntimeError) as error:
        raise NoCode(str(error)) from error
    return _one_row(_modules(drawn))


def code128(data: bytes) -> tuple[Modules, str]:
    """What GS k makes of its data, which names the sets by `{A`, `{B` and `{C`; and what is to be read in it."""
    values, text = _values(data)
    check = (values[0] + sum(place * value for place, value in enumerate(values[1:], start=1))) % 103
    ink = True
    pixels = bytearray()
    for width in "".join(_CODE128[value * 6 : value * 6 + 6] for value in [*values, check]) + _STOP:
        pixels += (b"\x00" if ink else b"\xff") * int(width)
        ink = not ink
    return Image.frombytes("L", (len(pixels), 1), bytes(pixels)), text


def _values(data: bytes) -> tuple[list[int], str]:
    if len(data) < 2 or data[:1] != b"{" or chr(data[1]) not in _START:
        raise NoCode("CODE128 begins with {A, {B or {C")
    now = chr(data[1])
    values = [_START[now]]
    text = ""
    shifted = False
    at = 2
    while at < len(data):
        used = {"A": "B", "B": "A"}[now] if shifted else now
        shifted = False
        if data[at : at + 1] == b"{" and data[at + 1 : at + 2] != b"{":
            word = chr(data[at + 1]) if at + 1 < len(data) else ""
            at += 2
            if word in _SWITCH and word != now:
                values.append(_SWITCH[word])
                now = word
            elif word == "S" and now != "C":
                values.append(_SHIFT)
                shifted = True
            elif word in _FUNCTIONS and used in _FUNCTIONS[word]:
                values.append(_FUNCTIONS[word][used])
            else:
                raise NoCode(f"{{{word} in set {used}")
            continue
        byte = data[at]
        if used == "C":
            if byte > 99:
                raise NoCode(f"{byte} in set C")
            values.append(byte)
            text += f"{byte:02d}"
        else:
            values.append(_value(used, byte))
            text += chr(byte)
        at += 2 if data[at : at + 1] == b"{" and used != "C" else 1
    return values, text


def _value(used: str, byte: int) -> int:
    low = byte < 0x20
    if byte > 0x7F or (low and used == "B") or (byte >= 0x60 and used == "A"):
        raise NoCode(f"{byte:02x} in set {used}")
    return byte + 64 if low else byte - 0x20


def _modules(drawn: Any) -> Modules:
    import numpy as np

    return Image.fromarray(np.array(drawn.to_image(scale=1, add_quiet_zones=False)))


def _one_row(modules: Modules) -> Modules:
    left, _, right, _ = ImageOps.invert(modules).getbbox() or (0, 0, modules.width, 1)
    return modules.crop((left, 0, right, 1))


def _as_text(data: bytes) -> str | bytes:
    try:
        return data.decode("ascii")
    except UnicodeDecodeError:
        return data
