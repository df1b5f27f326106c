"""What the screen showed against what came out of the printer: the same rows, letter by letter and dot by dot.

A row that the printer sets in letters of its own looks a little different there, but each letter stands in the
cells where the preview has it; a row that was sent as dots is equal in every dot. The size of a code that the printer
draws may differ, for it packs the data in its own way; what is read in it may not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from PIL import Image, ImageChops

from printers.cells import letters, width_of
from printers.lines import Code, Cut, Drawer, Feed, Line, Picture, Ruler
from printers.profiles import Profile
from printers.render import picture
from printers.rows import Piece, Row, rows

from .paper import Paper
from .paper import Row as Printed

WHITE = 255
_A_BYTE = 8
"""Dots: what is painted begins at whole bytes, what the printer draws at any dot."""


def differences(lines: Iterable[Line], profile: Profile, paper: Paper) -> list[str]:
    """Each place where the paper is not what the preview shows; none of a good printer."""
    lines = list(lines)
    preview = picture.draw(lines, profile, margin=0).convert("L")
    return list(_Walk(profile, paper, preview).through(rows(lines, profile.columns)))


class _Walk:
    """Down both papers at once."""

    def __init__(self, profile: Profile, paper: Paper, preview: Image.Image) -> None:
        self._profile = profile
        self._paper = paper
        self._rows = list(paper.rows)
        self._preview = preview
        self._top = 0

    def through(self, pieces: Iterable[Piece]) -> Iterator[str]:
        for piece in pieces:
            if isinstance(piece, Row):
                yield from self._row(piece)
            elif isinstance(piece, Feed):
                yield from self._feed(piece)
            elif isinstance(piece, Cut):
                yield from self._cut()
            elif isinstance(piece, Ruler):
                yield from self._ruler()
            elif not isinstance(piece, Drawer):
                yield from self._dots(piece)
        yield from (f"after the end: {self._paper.line(row)!r}" for row in self._rows)
        if self._top != self._preview.height:
            yield f"the preview is {self._preview.height} dots long, not {self._top}"

    def _next(self) -> Printed:
        return self._rows.pop(0) if self._rows else Printed(-1, 0, 0)

    def _take(self, height: int) -> Image.Image:
        """The next piece of the preview."""
        taken = self._preview.crop((0, self._top, self._preview.width, self._top + height))
        self._top += height
        return taken

    def _row(self, row: Row) -> Iterator[str]:
        shown = self._take(max(self._profile.pitch, self._profile.height * row.large))
        if not row.text().strip() and not row.inverse:
            yield from self._blank()
        elif self._rows and self._rows[0].pictures:
            yield from self._same_dots(shown, repr(row.text()))
        else:
            yield from self._same_cells(row, shown)

    def _same_cells(self, row: Row, shown: Image.Image) -> Iterator[str]:
        printed = self._next()
        found = {(cell.x, cell.letter, cell.width) for cell in printed.cells if cell.letter != " "}
        wanted = set(self._cells(row))
        yield from (f"{row.text()!r}: {what} is not on the paper" for what in sorted(wanted - found))
        yield from (f"{row.text()!r}: {what} is on the paper" for what in sorted(found - wanted))
        for cell in printed.cells:
            style = cell.style
            if (style.wide, style.high, style.bold) != (row.large, row.large, row.bold) or style.inverse != row.inverse:
                yield f"{row.text()!r}: {cell.letter!r} is {style}"
            box = shown.crop((cell.x, 0, cell.x + cell.width, cell.height))
            if (len(set(box.getextrema())) > 1) == (cell.letter == " "):
                yield f"{row.text()!r}: the preview has no {cell.letter!r} at {cell.x}"
        if printed.height != shown.height:
            yield f"{row.text()!r} is {printed.height} dots high, not {shown.height}"

    def _cells(self, row: Row) -> Iterator[tuple[int, str, int]]:
        pitch = self._profile.cell * row.large
        for span in row.spans:
            at = span.start()
            for letter in letters(span.text):
                if letter != " ":
                    yield at * pitch, letter, width_of(letter) * pitch
                at += width_of(letter)

    def _same_dots(self, shown: Image.Image, what: str) -> Iterator[str]:
        across = Image.new("L", shown.size, WHITE)
        height = 0
        while height < shown.height and self._rows and self._rows[0].pictures:
            for part in self._next().pictures:
                across.paste(part.image, (part.x, height))
            height += part.image.height
        if height != shown.height:
            yield f"{what} is {height} dots high, not {shown.height}"
        if box := ImageChops.difference(across, _as_sent(shown)).getbbox():
            yield f"{what} differs in {box}"

    def _dots(self, piece: Code | Picture) -> Iterator[str]:
        shown = self._take(picture.draw([piece], self._profile, margin=0).height)
        drawn = self._rows[0].pictures[0] if self._rows and self._rows[0].pictures else None
        if drawn is None or not drawn.says or isinstance(piece, Picture):
            yield from self._same_dots(shown, f"a {type(piece).__name__.lower()}")
            return
        self._next()
        if drawn.says != piece.text:
            yield f"the code says {drawn.says!r}, not {piece.text!r}"
        left, right = _ink(shown)
        # The printer finds the middle of the paper, the preview that of its letters, which are a little narrower.
        off = 2 * _A_BYTE + self._profile.dots - self._profile.across
        if abs(2 * drawn.x + drawn.image.width - left - right) > off:
            yield f"the code stands from {drawn.x}, in the preview from {left}"

    def _blank(self) -> Iterator[str]:
        printed = self._next()
        if printed.pictures or any(cell.letter != " " for cell in printed.cells):
            yield f"{self._paper.line(printed)!r} stands where the preview is blank"

    def _feed(self, piece: Feed) -> Iterator[str]:
        self._take(piece.lines * self._profile.pitch)
        for _ in range(piece.lines):
            yield from self._blank()

    def _ruler(self) -> Iterator[str]:
        """The printer's own alphabets: only that there are as many of them."""
        shown = picture.draw([Ruler()], self._profile, margin=0)
        self._take(shown.height)
        for _ in range(round(shown.height / self._profile.pitch)):
            if not self._next().cells:
                yield "an alphabet is missing"

    def _cut(self) -> Iterator[str]:
        self._take(picture.draw([Cut()], self._profile, margin=0).height)
        while self._rows and not self._rows[0].pictures and not self._rows[0].cells:
            self._next()
        if self._rows and self._paper.cuts and self._rows[0].y < self._paper.cuts[0].y:
            yield "it is cut too late"


def _as_sent(image: Image.Image) -> Image.Image:
    """With a dot more where eight of them would begin a real-time command: DLE before EOT, ENQ or DC4."""
    dots = bytearray(image.convert("1").tobytes("raw", "1;I"))
    for place in range(len(dots) - 1):
        if dots[place] == 0x10 and dots[place + 1] in (0x04, 0x05, 0x14):
            dots[place] = 0x30
    return Image.frombytes("1", image.size, bytes(dots), "raw", "1;I").convert("L")


def _ink(image: Image.Image) -> tuple[int, int]:
    left, _, right, _ = ImageChops.invert(image).getbbox() or (0, 0, 0, 0)
    return left, right
