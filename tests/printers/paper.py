"""What lies on the counter: rows of cells and pictures with their places in dots, cuts, and what went wrong.

A golden text shows it at reading size, a picture shows every dot. What a printer does without a word (letters that
do not fit wrap, a picture that is too wide loses its edge, an alignment in the middle of a line has no effect) is
written down here as an overflow or a complaint, so that a test can ask that there be none.
"""

from __future__ import annotations

import functools
import unicodedata
from dataclasses import dataclass, field
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageFont

INK = 0
BLANK = 255


@dataclass(frozen=True)
class Style:
    """How a letter is set."""

    wide: int = 1
    high: int = 1
    bold: bool = False
    underline: bool = False
    inverse: bool = False
    font: str = "A"

    def __str__(self) -> str:
        size = f"{self.wide}x{self.high}" if (self.wide, self.high) != (1, 1) else ""
        words = [size, *(name for name in ("bold", "underline", "inverse") if getattr(self, name))]
        words += [f"font {self.font}"] if self.font != "A" else []
        return " ".join(filter(None, words))


class Cell(NamedTuple):
    """One letter. `row` and `column` count from 0 as plain letters would stand; the rest is in dots."""

    row: int
    column: int
    letter: str
    style: Style
    x: int
    y: int
    width: int
    height: int


class Picture(NamedTuple):
    """A picture, or a code that the printer drew: then `says` tells what was to be read in it."""

    row: int
    x: int
    y: int
    image: Image.Image
    kind: str
    says: str = ""


class Cut(NamedTuple):
    """Where the knife came down, and how much blank paper was before it, in dots."""

    y: int
    partial: bool
    blank: int


class Pulse(NamedTuple):
    """The drawer was opened by this pin, for so many milliseconds."""

    pin: int
    milliseconds: int


class Overflow(NamedTuple):
    """What did not fit into its row: the letters that went to the next one, or what was lost of a picture."""

    row: int
    what: str


@dataclass
class Row:
    """One line as it was printed, or paper that was only fed."""

    number: int
    y: int
    height: int
    cells: list[Cell] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    fed: int = 0
    """Dots of blank paper that are no line of text, if it is only that."""


@dataclass
class Paper:
    """A strip of paper, as wide as the printer prints."""

    dots: int
    columns: int
    cell: tuple[int, int]
    """Width and height of a plain letter."""
    rows: list[Row] = field(default_factory=list)
    cuts: list[Cut] = field(default_factory=list)
    pulses: list[Pulse] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    """What asked the printer to answer."""
    overflows: list[Overflow] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    """What had no effect, or not the one it may have been meant to have."""
    accidents: list[str] = field(default_factory=list)
    """Real-time commands within the data of others: a printer obeys them there too."""
    settings: list[str] = field(default_factory=list)
    """What changes how it prints and not what: density, buttons, sounds."""
    unfinished: bytes = b""
    """The beginning of a command that never ended."""
    length: int = 0

    @property
    def cells(self) -> list[Cell]:
        return [cell for row in self.rows for cell in row.cells]

    @property
    def pictures(self) -> list[Picture]:
        return [picture for row in self.rows for picture in row.pictures]

    @property
    def lines(self) -> list[str]:
        """The letters of each row that has some, in their columns, without blanks at the end."""
        return [self.line(row).rstrip() for row in self.rows if row.cells]

    @property
    def faults(self) -> list[str]:
        """All that a good document has none of."""
        wrapped = [f"row {row}: {what!r} does not fit" for row, what in self.overflows]
        cut_off = [f"ends within a command: {self.unfinished.hex(' ')}"] if self.unfinished else []
        return wrapped + self.complaints + self.accidents + cut_off

    def line(self, row: Row) -> str:
        """One row: a letter of double width takes two places, as one does that is wide by itself."""
        places: dict[int, str] = {}
        for cell in row.cells:
            places[cell.column] = cell.letter
            taken = cell.style.wide * (2 if cell.width // cell.style.wide > self.cell[0] else 1)
            for more in range(1, taken):
                places[cell.column + more] = "" if more < width_of(cell.letter) else " "
        return "".join(places.get(column, " ") for column in range(max(places, default=-1) + 1))

    @property
    def text(self) -> str:
        """To be read and compared: `|` is the edge of the paper, behind it stands how the row is set."""
        out: list[str] = []
        cuts = list(self.cuts)
        for row in [*_joined(self.rows), Row(len(self.rows), self.length + 1, 0)]:
            while cuts and cuts[0].y <= row.y:
                out.append(f"{'-' * self.columns}| cut" + (", partial" if cuts.pop(0).partial else ""))
            if row.number < len(self.rows):
                out += self._lines_of(row)
        return "".join(f"{line}\n" for line in out)

    def _lines_of(self, row: Row) -> list[str]:
        pictures = [self._framed("", self._shown(picture), self.columns) for picture in row.pictures]
        if pictures and not row.cells:
            return pictures
        if row.fed:
            return [self._framed("", f"fed {row.fed} dots", self.columns)]
        pitch = min([cell.width // cell.style.wide for cell in row.cells], default=self.cell[0])
        columns = self.columns if pitch >= self.cell[0] else self.columns * self.cell[0] // pitch
        return [self._framed(self.line(row), _styles(row.cells), columns), *pictures]

    def _framed(self, text: str, remark: str, columns: int) -> str:
        width = sum(width_of(letter) for letter in text)
        return f"{text}{' ' * (columns - width)}| {remark}".rstrip()

    def _shown(self, picture: Picture) -> str:
        where = f"{picture.image.width}x{picture.image.height} at {picture.x}"
        if picture.says:
            return f"{picture.kind} {picture.says!r}, {where}"
        read = read_codes(picture.image) if min(picture.image.size) >= 42 else []
        return f"{picture.kind} {where}" + "".join(f", reads {text!r}" for text in read)

    def picture(self) -> Image.Image:
        """The paper as it looks: black is 0, white is 255."""
        paper = Image.new("L", (self.dots, max(1, self.length)), BLANK)
        for cell in self.cells:
            paper.paste(_glyph(cell.letter, cell.style, cell.width, cell.height), (cell.x, cell.y))
        for picture in self.pictures:
            paper.paste(picture.image, (picture.x, picture.y))
        return paper

    def read(self) -> list[str]:
        """What a scanner reads off the paper."""
        return read_codes(self.picture())


def _joined(rows: list[Row]) -> list[Row]:
    """The rows, with a picture that came in bands as one."""
    joined: list[Row] = []
    for row in rows:
        above = joined[-1] if joined else row
        if _is_band(above) and _is_band(row) and _follows(row, above):
            (upper,), (lower,) = above.pictures, row.pictures
            image = Image.new("L", (upper.image.width, upper.image.height + lower.image.height))
            image.paste(upper.image, (0, 0))
            image.paste(lower.image, (0, upper.image.height))
            joined[-1] = Row(above.number, above.y, image.height, pictures=[upper._replace(image=image)])
        else:
            joined.append(row)
    return joined


def _is_band(row: Row) -> bool:
    return len(row.pictures) == 1 and not row.cells and not row.pictures[0].says


def _follows(row: Row, above: Row) -> bool:
    one, other = row.pictures[0], above.pictures[0]
    return row.y == above.y + above.height and (one.x, one.image.width) == (other.x, other.image.width)


def read_codes(image: Image.Image) -> list[str]:
    """The codes in a picture, as a scanner would see them: with white around it."""
    import zxingcpp
    from PIL import ImageOps

    seen = ImageOps.expand(image, border=40, fill=BLANK)
    return [code.bytes.decode("utf-8", "replace") for code in zxingcpp.read_barcodes(seen)]


def width_of(letter: str) -> int:
    """In cells, on a screen."""
    if unicodedata.combining(letter):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in "WF" else 1


def _styles(cells: list[Cell]) -> str:
    """One word for a row that is set in one way, else where each way begins."""
    ways: list[tuple[int, str]] = []
    for cell in cells:
        if (not ways or ways[-1][1] != str(cell.style)) and cell.letter != " ":
            ways.append((cell.column, str(cell.style)))
    if len(ways) <= 1:
        return ways[0][1] if ways else ""
    return ", ".join(f"from {column} {style or 'plain'}" for column, style in ways)


@functools.lru_cache(maxsize=4096)
def _glyph(letter: str, style: Style, width: int, height: int) -> Image.Image:
    plain = (max(1, width // style.wide), max(1, height // style.high))
    glyph = Image.new("L", plain, BLANK)
    pen = ImageDraw.Draw(glyph)
    pen.fontmode = "1"
    pen.text((plain[0] / 2, plain[1] * 0.8), letter, INK, _font(plain[1]), "ms", stroke_width=1 if style.bold else 0)
    if style.underline:
        pen.line((0, plain[1] - 1, plain[0], plain[1] - 1), INK)
    if style.inverse:
        glyph = Image.eval(glyph, lambda value: BLANK - value)
    return glyph.resize((width, height), Image.Resampling.NEAREST)


@functools.lru_cache
def _font(height: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(height * 0.75)
