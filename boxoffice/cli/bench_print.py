"""`bench print`: how soon a receipt and a badge are bytes for a printer, beside the bare libraries.

The people are those of the made-up conference, each receipt and each badge another one. The yardstick of a receipt
are python-escpos's own calls for text, code and cut, given the finished lines; that of a badge is Pillow drawing
the same lines at the places and in the sizes in which they stand on ours, which it is told beforehand, and numpy
packing the dots. Both sides take turns.
"""

from __future__ import annotations

import argparse
import functools
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from statistics import median
from typing import Any

import assets
from boxoffice import sample_event
from boxoffice.domain.badge_designs import standard
from boxoffice.domain.badges import Square, Words
from boxoffice.domain.documents import Badge, BillLine, Letterhead, Receipt, TaxGroup, Tendered
from boxoffice.domain.orders import Order, Position
from printers import badge, codes, fitting
from printers.layout import lay_out
from printers.profiles import Profile, prepare, profile
from printers.render import escpos, plain

from . import bench_event
from .output import say

MODEL = "TM-T20II"
_QUICK = 100
_AT = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
_HEAD = Letterhead(event="Konferenz 2026", organiser="Bühne am See e.V.", footer=("Auf Wiedersehen",))


def run(args: argparse.Namespace) -> int:
    """Measure receipts of letters alone, receipts of all people, and badges; prints a line each."""
    many = _QUICK if args.quick else 1_000
    with bench_event.scratch() as folder:
        prepare(folder / "escpos")
        model = profile(MODEL)
        people = list(islice(_people(), 2 * many))
        latin = [one for one in people if _is_latin(one.name)][:many]
        for what, values in (
            ("receipts of letters", _receipts(latin, model)),
            ("receipts of all people", _receipts(people[:many], model)),
            ("badges", _badges(people[:many], model)),
        ):
            say(args, {"what": what, **values}, _line(what, values))
    return 0


def _line(what: str, values: dict[str, Any]) -> str:
    return (
        f"{what:<23}: {values['ratio']}× the bare library ({values['ours_ms']} to {values['bare_ms']} ms, p50 of"
        f" {values['many']}; p99 {values['p99_ratio']}×), {values['bytes']} bytes to its {values['bare_bytes']}"
    )


def _people() -> Iterator[Position]:
    for noun in sample_event.generate(10_000):
        if isinstance(noun, Order):
            yield from noun.positions[:1]


def _is_latin(name: str) -> bool:
    return all(ord(letter) < 0x250 for letter in name)


def _receipts(people: Sequence[Position], model: Profile) -> dict[str, Any]:
    documents = [_receipt(number, one) for number, one in enumerate(people)]
    texts = [plain.write(lay_out(one, model.paper), model.columns).splitlines() for one in documents]

    def ours(number: int) -> bytes:
        return escpos.encode(lay_out(documents[number], model.paper), model)

    def bare(number: int) -> bytes:
        return _plain_calls(texts[number], documents[number].code)

    return _compared(ours, bare, len(documents))


def _receipt(number: int, one: Position) -> Receipt:
    price, other = 4500 + 7 * number, 1200 + number
    gross = 2 * price + other
    net = round(gross / 1.19)
    return Receipt(
        at=_AT,
        timezone="Europe/Berlin",
        locale="de",
        letterhead=_HEAD,
        station="Kasse 1",
        operator="Ada",
        number=f"K1-{number:06}",
        currency="EUR",
        lines=(
            BillLine(text="Wochenende", quantity=2, each=price, amount=2 * price, tax="A", notes=(one.name,)),
            BillLine(text="T-Shirt Größe L", each=other, amount=other, tax="A"),
        ),
        total=gross,
        tenders=(Tendered(tender="cash", amount=gross, given=gross + 500, change=500),),
        taxes=(TaxGroup(letter="A", rate=1900, base=net, tax=gross - net, gross=gross),),
        orders=(f"A{number:04}",),
        code=f"https://example.org/r/{number:06}",
    )


def _plain_calls(lines: Sequence[str], code: str) -> bytes:
    from escpos.printer import Dummy

    printer = Dummy(profile=MODEL)
    printer.hw("INIT")
    for line in lines:
        printer.text(line + "\n")
    printer.set(align="center")
    printer.qr(code, ec=1, size=8, native=True)
    printer.cut()
    return bytes(printer.output)


def _badges(people: Sequence[Position], model: Profile) -> dict[str, Any]:
    template = standard("Standard", 62, 100)
    documents = [
        Badge(
            at=_AT,
            ticket=f"A{number:04}-1",
            template=template,
            fields={"name": one.name, "company": one.company, "item": "Weekend", "secret": one.secret},
        )
        for number, one in enumerate(people)
    ]

    told = [list(_lines(one, model.paper.dpi)) for one in documents]

    def ours(number: int) -> bytes:
        return escpos.encode(lay_out(documents[number], model.paper), model)

    def bare(number: int) -> bytes:
        return _bare_badge(documents[number], told[number], model.paper.dpi)

    return _compared(ours, bare, len(documents))


def _lines(document: Badge, dpi: int) -> Iterator[tuple[Words, str, int, float]]:
    """What is written on a badge: the lines of each text, in letters of how many dots, and where their bases are."""
    for words in document.template.elements:
        said = badge.said_by(words, document) if isinstance(words, Words) else ""
        if not said or not isinstance(words, Words):
            continue
        box = badge.place_of(words, dpi)
        most, least = (points * dpi / 72 for points in (words.size, words.smallest))
        fitted = fitting.fit(said, box.width, box.height, most=most, least=least, lines=words.lines, bold=words.bold)
        for number, line in enumerate(fitted.lines):
            yield words, line, fitted.size, box.y + fitted.size * (1 + fitting.LEADING * number)


def _bare_badge(document: Badge, told: Sequence[tuple[Words, str, int, float]], dpi: int) -> bytes:
    """The same badge where everything is known: nothing is fitted, and no other face is asked.

    Its QR code says the same backwards: a code that was just drawn for the other side is not drawn again. It is
    pasted as black and white, as Pillow would otherwise look for dots between its greys.
    """
    import numpy as np
    from PIL import Image, ImageDraw

    template = document.template
    image = Image.new("1", (badge.dots(template.width, dpi), badge.dots(template.height, dpi)), 1)
    draw = ImageDraw.Draw(image)
    for words, line, size, base in told:
        box = badge.place_of(words, dpi)
        if words.inverse:
            draw.rectangle(box.corners, 0)
        face = _face("Inter-Bold.otf" if words.bold else "Inter-Regular.otf", size)
        draw.text((box.x + box.width / 2, base), line, int(words.inverse), face, "ms")
    for code in template.elements:
        if isinstance(code, Square):
            box = badge.place_of(code, dpi)
            made = codes.square(document.fields["secret"][::-1], box.width)
            image.paste(made.convert("1", dither=Image.Dither.NONE), (box.x, box.y))
    packed = np.packbits(~np.asarray(image), axis=1)
    rows: bytes = packed.tobytes()
    wide = len(rows) // image.height
    head = b"\x1b@\x1dv0\x00" + wide.to_bytes(2, "little") + image.height.to_bytes(2, "little")
    return head + rows + b"\x1dV\x00"


@functools.cache
def _face(name: str, size: int) -> Any:
    from PIL import ImageFont

    return ImageFont.truetype(assets.path(f"fonts/{name}"), size)


def _compared(ours: Callable[[int], bytes], bare: Callable[[int], bytes], many: int) -> dict[str, Any]:
    for number in range(min(20, many)):
        ours(number)
        bare(number)
    taken: tuple[list[float], list[float]] = ([], [])
    sizes = [0, 0]
    for number in range(many):
        for side, made in enumerate((ours, bare)):
            began = time.perf_counter()
            data = made(number)
            taken[side].append(time.perf_counter() - began)
            sizes[side] += len(data)
    middle = [median(side) for side in taken]
    slow = [sorted(side)[int(0.99 * many)] for side in taken]
    return {
        "many": many,
        "ratio": round(middle[0] / middle[1], 2),
        "p99_ratio": round(slow[0] / slow[1], 2),
        "ours_ms": round(1e3 * middle[0], 2),
        "bare_ms": round(1e3 * middle[1], 2),
        "bytes": sizes[0] // many,
        "bare_bytes": sizes[1] // many,
    }
