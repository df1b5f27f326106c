"""Carries ESC/POS out on paper that can be looked at: the judge of what we send to printers.

Written from the command reference. A command of the grammar that is not carried out here is an error with its place,
as bytes are that belong to no command; a stream that breaks off leaves the paper as far as it came. Page mode, macros,
stored pictures and letters of one's own are not carried out, for nobody here has any use for them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from PIL import Image, ImageOps

from . import drawn_codes, letters
from .commands import TEXT, Command, NotUnderstood, Reader
from .paper import Cell, Cut, Overflow, Paper, Picture, Pulse, Row, Style

_REAL_TIME = re.compile(
    rb"\x10\x04[\x01-\x04]|\x10\x05[\x01\x02]|\x10\x14\x01[\x00\x01][\x01-\x08]|\x10\x14\x02\x01\x08|\x10\x14\x08\x01\x03"
)
_FONTS = {0: "A", 48: "A", 1: "B", 49: "B", 2: "C", 50: "C"}
_FONT_WIDTHS = {"A": 1.0, "B": 0.75, "C": 0.75}
_FONT_HEIGHTS = {"A": 24, "B": 17, "C": 17}
_RETAIL = {0: "UPCA", 1: "UPCE", 2: "EAN13", 3: "EAN8", 4: "Code39", 5: "ITF", 6: "Codabar"}
_LEVELS = {48: "L", 49: "M", 50: "Q", 51: "H"}
_TAB = 8
_SILENT_SETTINGS = ("ESC c 3", "ESC c 4", "ESC c 5", "ESC =", "GS b", "ESC ( A", "GS ( K", "GS ( D")
_QUESTIONS = ("DLE EOT", "GS r", "GS a", "GS I", "ESC v", "ESC u", "GS ( H")
_OFF_ONLY = ("ESC {", "ESC V", "ESC %", "ESC r")


@dataclass(frozen=True)
class Model:
    """What differs from printer to printer."""

    dots: int = 512
    columns: int = 42
    code_pages: Mapping[int, str] = field(default_factory=lambda: letters.EPSON_PAGES)
    tables: Mapping[str, str] = field(default_factory=dict)
    """Upper halves of code pages that no codec knows."""
    ideographs: str = ""
    """The codec of its two-byte letters, or none: `gb18030`, `big5`, `shift_jis`, `iso2022_jp`, `euc_kr`."""
    wakes_in_ideographs: bool = False
    """As printers for one market do: bytes from 80 on are two-byte letters unless it is told otherwise."""
    spacing: int = 30
    """Dots from line to line: a sixth of an inch."""
    unit: float = 1.0
    """Dots in one step of paper feed."""
    letter: int = 0
    """Dots across a letter of font A; 0 for as many as the columns leave."""
    lacks: frozenset[str] = frozenset()
    """Commands that this one does not have."""

    @property
    def cell(self) -> tuple[int, int]:
        return self.letter or self.dots // self.columns, _FONT_HEIGHTS["A"]


class _Line:
    """The print buffer: what stands in the line that is not printed yet."""

    def __init__(self) -> None:
        self.at = 0
        self.cells: list[Cell] = []
        self.pictures: list[Picture] = []
        self.continues = False
        """What did not fit into the line before."""

    def __bool__(self) -> bool:
        return bool(self.cells or self.pictures or self.at)


def decode(data: bytes, model: Model | None = None) -> Paper:
    """Print it. Raises `NotUnderstood` for what no printer of the reference would carry out."""
    return _Printer(model or Model()).print(data)


class _Printer:
    def __init__(self, model: Model) -> None:
        self._model = model
        self._paper = Paper(model.dots, model.columns, model.cell)
        self._command = Command(0, "", b"", b"")
        self._length = 0
        self._graphics: Image.Image | None = None
        self._symbol: bytes | None = None
        self._reset()

    def print(self, data: bytes) -> Paper:
        self._length = len(data)
        reader = Reader()
        boundaries: set[int] = set()
        for command in reader.feed(data):
            self._command = command
            if command.name != TEXT:
                boundaries.add(command.offset)
            self._obey(command)
        self._paper.unfinished += reader.rest
        if self._line:
            self._paper.complaints.append("The last line has no end")
            self._print_line(self._model.spacing)
        self._paper.accidents = [
            f"At byte {found.start()}: {found[0].hex(' ')} within another command"
            for found in _REAL_TIME.finditer(data)
            if found.start() not in boundaries
        ]
        return self._paper

    def _reset(self) -> None:
        """As ESC @ leaves it; what was stored for graphics and symbols stays."""
        self._style = Style()
        self._double_strike = False
        self._spacing = self._model.spacing
        self._letter_gap = 0
        self._align = 0
        self._page = 0
        self._country = 0
        self._in_ideographs = self._model.wakes_in_ideographs
        self._ideograph_style = Style()
        self._code_system = self._model.ideographs
        self._left = 0
        self._area = self._model.dots
        self._tabs = [place * _TAB for place in range(1, 32)]
        self._bar_height, self._bar_width, self._bar_text, self._bar_font = 162, 3, 0, "A"
        self._qr_size, self._qr_level = 3, "L"
        self._line = _Line()

    def _obey(self, command: Command) -> None:
        if self._model.lacks & {command.name, command.data[:3].hex(" ")}:
            raise self._not_understood("this printer has no such command")
        if command.name == TEXT:
            self._write(command.data)
        elif command.name in _SILENT_SETTINGS:
            self._setting()
        elif command.name in _QUESTIONS:
            self._paper.questions.append(command.data.hex(" "))
        elif command.name in _OFF_ONLY and command.arguments in (b"\0", b"0"):
            pass
        elif action := _ACTIONS.get(command.name):
            action(self, command.arguments)
        else:
            raise self._not_understood("not carried out here")

    def _not_understood(self, why: str) -> NotUnderstood:
        return NotUnderstood(self._command.offset, self._command.data, why)

    def _complain(self, what: str) -> None:
        self._paper.complaints.append(f"At byte {self._command.offset}, {self._command.name}: {what}")

    def _setting(self) -> None:
        if self._command.name == "ESC =" and not self._command.arguments[0] & 1:
            raise self._not_understood("switches the printer off the line")
        self._paper.settings.append(self._command.data.hex(" "))

    # Letters

    def _write(self, data: bytes) -> None:
        at = 0
        while at < len(data):
            size = letters.ideograph_size(self._code_system, data[at:]) if self._in_ideographs else 1
            if not size:
                if self._command.offset + len(data) < self._length:
                    raise self._not_understood("half an ideograph")
                self._paper.unfinished += data[at:]
                return
            self._put(data[at : at + size])
            at += size

    def _put(self, data: bytes) -> None:
        try:
            letter = self._letter(data)
        except letters.NoLetter as error:
            raise self._not_understood(f"no letter for {error}") from error
        if not letters.stands_alone(letter):
            self._complain(f"U+{ord(letter):04X} has no cell of its own")
        style, width = self._style, self._pitch(self._style.font)
        if len(data) > 1:
            larger = self._ideograph_style
            style = replace(style, wide=max(style.wide, larger.wide), high=max(style.high, larger.high))
            width = 2 * self._model.cell[0]
        width = width * style.wide
        if self._line.at + width > self._area and self._line:
            self._wrap()
        if self._line.continues:
            row, what = self._paper.overflows[-1]
            self._paper.overflows[-1] = Overflow(row, what + letter)
        if width > self._area:
            self._complain(f"{letter!r} is wider than the paper")
        height = _FONT_HEIGHTS["A" if len(data) > 1 else style.font] * style.high
        bold = style.bold or self._double_strike
        cell = Cell(0, 0, letter, replace(style, bold=bold), self._line.at, 0, width, height)
        self._line.cells.append(cell)
        self._line.at += width + self._letter_gap * style.wide

    def _wrap(self) -> None:
        """A full line is printed, and what comes begins the next one."""
        row = len(self._paper.rows)
        self._print_line(self._spacing)
        self._line.continues = True
        self._paper.overflows.append(Overflow(row, ""))

    def _letter(self, data: bytes) -> str:
        if len(data) > 1:
            return letters.ideograph(self._code_system, data)
        if data[0] < 0x80:
            return letters.lower_half(self._country, data[0])
        if self._in_ideographs:
            return letters.page("KATAKANA")(data[0])
        name = self._model.code_pages[self._page]
        return letters.page(name, self._model.tables.get(name))(data[0])

    # Lines

    def _print_line(self, feed: float) -> None:
        """What stands in the line goes to paper, which then moves on by `feed` or at least by its height."""
        line, self._line = self._line, _Line()
        tallest = max([cell.height for cell in line.cells] + [one.image.height for one in line.pictures], default=0)
        number, top = len(self._paper.rows), self._paper.length
        row = Row(number, top, max(round(feed), tallest))
        shift = self._left + (self._area - min(line.at, self._area)) * self._align // 2
        for cell in line.cells:
            x, pitch = cell.x + shift, self._pitch(cell.style.font)
            row.cells.append(cell._replace(row=number, x=x, y=top + tallest - cell.height, column=x // pitch))
        for picture in line.pictures:
            y = top + tallest - picture.image.height
            row.pictures.append(picture._replace(row=number, x=picture.x + shift, y=y))
        self._paper.rows.append(row)
        self._paper.length += row.height

    def _pitch(self, font: str) -> int:
        return round(self._model.cell[0] * _FONT_WIDTHS[font])

    def _line_feed(self, _: bytes) -> None:
        self._print_line(self._spacing)

    def _feed_lines(self, arguments: bytes) -> None:
        for _ in range(arguments[0]):
            self._print_line(self._spacing)
        if self._line:
            self._print_line(0)

    def _feed_dots(self, arguments: bytes) -> None:
        dots = round(arguments[0] * self._model.unit)
        blank = not self._line
        self._print_line(dots)
        if blank:
            self._paper.rows[-1].fed = dots

    def _carriage_return(self, _: bytes) -> None:
        self._complain("has no effect")

    def _tab(self, _: bytes) -> None:
        cell = self._model.cell[0]
        places = [place * cell for place in self._tabs if place * cell > self._line.at]
        if not places or places[0] >= self._area:
            self._complain("no tab stop is left")
            return
        self._line.at = places[0]

    def _set_tabs(self, arguments: bytes) -> None:
        self._tabs = [place for place in arguments if place]

    def _initialize(self, _: bytes) -> None:
        if self._line:
            self._complain("what stood in the line is lost")
        self._reset()

    def _set_spacing(self, arguments: bytes) -> None:
        self._spacing = round(arguments[0] * self._model.unit) if arguments else self._model.spacing

    def _set_letter_gap(self, arguments: bytes) -> None:
        self._letter_gap = arguments[0]

    def _set_align(self, arguments: bytes) -> None:
        if (chosen := self._of(arguments[0], 3)) == self._align:
            return
        if self._line:
            self._complain("in the middle of a line it has no effect")
            return
        self._align = chosen

    def _set_left(self, arguments: bytes) -> None:
        self._only_at_line_start()
        self._left = int.from_bytes(arguments, "little")
        self._area = min(self._area, self._model.dots - self._left)

    def _set_area(self, arguments: bytes) -> None:
        self._only_at_line_start()
        self._area = min(int.from_bytes(arguments, "little"), self._model.dots - self._left)

    def _only_at_line_start(self) -> None:
        if self._line:
            self._complain("in the middle of a line it has no effect")

    def _go_to(self, arguments: bytes) -> None:
        place = int.from_bytes(arguments, "little")
        if place > self._area:
            self._complain("is beyond the line")
            return
        self._line.at = place

    def _move_by(self, arguments: bytes) -> None:
        place = self._line.at + int.from_bytes(arguments, "little", signed=True)
        if not 0 <= place <= self._area:
            self._complain("is beyond the line")
            return
        self._line.at = place

    def _units(self, arguments: bytes) -> None:
        if arguments != b"\0\0":
            raise self._not_understood("motion units are not carried out here")

    def _to_line_start(self, arguments: bytes) -> None:
        if self._line:
            if self._of(arguments[0], 2) == 1:
                self._print_line(self._spacing)
            else:
                self._complain("what stood in the line is lost")
                self._line = _Line()

    # How letters are set

    def _of(self, value: int, choices: int) -> int:
        """A choice that may be given as a number or as its digit."""
        if 48 <= value < 48 + choices:
            return value - 48
        if value < choices:
            return value
        raise self._not_understood(f"{value} is no choice")

    def _set_mode(self, arguments: bytes) -> None:
        bits = arguments[0]
        self._style = replace(
            self._style,
            font="B" if bits & 1 else "A",
            bold=bool(bits & 8),
            high=2 if bits & 16 else 1,
            wide=2 if bits & 32 else 1,
            underline=bool(bits & 128),
        )

    def _set_size(self, arguments: bytes) -> None:
        if arguments[0] & 0x88:
            raise self._not_understood("sizes go from 1 to 8")
        self._style = replace(self._style, wide=1 + (arguments[0] >> 4), high=1 + (arguments[0] & 15))
        self._ideograph_style = replace(self._ideograph_style, wide=1, high=1)

    def _set_bold(self, arguments: bytes) -> None:
        self._style = replace(self._style, bold=bool(arguments[0] & 1))

    def _set_double_strike(self, arguments: bytes) -> None:
        self._double_strike = bool(arguments[0] & 1)

    def _set_underline(self, arguments: bytes) -> None:
        self._style = replace(self._style, underline=self._of(arguments[0], 3) > 0)

    def _set_inverse(self, arguments: bytes) -> None:
        self._style = replace(self._style, inverse=bool(arguments[0] & 1))

    def _set_font(self, arguments: bytes) -> None:
        if arguments[0] not in _FONTS:
            raise self._not_understood("no such font")
        self._style = replace(self._style, font=_FONTS[arguments[0]])

    def _set_page(self, arguments: bytes) -> None:
        if arguments[0] not in self._model.code_pages:
            raise self._not_understood("this printer has no such code page")
        self._page = arguments[0]

    def _set_country(self, arguments: bytes) -> None:
        if arguments[0] >= len(letters.COUNTRIES):
            raise self._not_understood("no such country")
        self._country = arguments[0]

    def _enter_ideographs(self, _: bytes) -> None:
        if not self._model.ideographs:
            raise self._not_understood("this printer has no ideographs")
        self._in_ideographs = True

    def _leave_ideographs(self, _: bytes) -> None:
        self._in_ideographs = False

    def _set_ideograph_mode(self, arguments: bytes) -> None:
        bits = arguments[0]
        self._ideograph_style = Style(wide=2 if bits & 4 else 1, high=2 if bits & 8 else 1, underline=bool(bits & 128))

    def _set_ideograph_size(self, arguments: bytes) -> None:
        size = 2 if arguments[0] & 1 else 1
        self._ideograph_style = replace(self._ideograph_style, wide=size, high=size)

    def _set_ideograph_underline(self, arguments: bytes) -> None:
        self._ideograph_style = replace(self._ideograph_style, underline=self._of(arguments[0], 3) > 0)

    def _set_code_system(self, arguments: bytes) -> None:
        if self._model.ideographs not in ("shift_jis", "iso2022_jp"):
            raise self._not_understood("only a Japanese printer can choose")
        self._code_system = ("iso2022_jp", "shift_jis")[self._of(arguments[0], 2)]

    # Pictures

    def _raster(self, arguments: bytes) -> None:
        across, down = int.from_bytes(arguments[1:3], "little"), int.from_bytes(arguments[3:5], "little")
        chosen = self._of(arguments[0], 4)
        if not across or not down:
            raise self._not_understood("a picture of nothing")
        self._place(_bits(arguments[5:], across * 8, down), "picture", 1 + chosen % 2, 1 + chosen // 2)

    def _place(self, image: Image.Image, kind: str, wide: int = 1, high: int = 1, says: str = "") -> None:
        """A picture of its own height, where the alignment puts it."""
        if self._line:
            self._complain("there are letters in the line")
            self._print_line(self._spacing)
        image = image.resize((image.width * wide, image.height * high), Image.Resampling.NEAREST)
        if image.width > self._area:
            ink = ImageOps.invert(image.crop((self._area, 0, image.width, image.height))).getbbox()
            if ink:
                self._paper.overflows.append(Overflow(len(self._paper.rows), f"{kind} {image.width} dots wide"))
            image = image.crop((0, 0, self._area, image.height))
        number, top = len(self._paper.rows), self._paper.length
        x = self._left + (self._area - image.width) * self._align // 2
        row = Row(number, top, image.height, pictures=[Picture(number, x, top, image, kind, says)])
        self._paper.rows.append(row)
        self._paper.length += image.height

    def _graphics_command(self, arguments: bytes) -> None:
        body = arguments[4:] if self._command.name == "GS 8 L" else arguments[2:]
        if len(body) < 2 or body[0] != 48:
            raise self._not_understood("graphics of a kind that does not exist")
        function, rest = body[1], body[2:]
        if function in (2, 50):
            self._print_graphics()
        elif function == 112 and len(rest) >= 8:
            self._store_graphics(rest)
        else:
            raise self._not_understood("this function of graphics is not carried out here")

    def _store_graphics(self, rest: bytes) -> None:
        tone, wide, high, colour = rest[:4]
        width, height = int.from_bytes(rest[4:6], "little"), int.from_bytes(rest[6:8], "little")
        across = (width + 7) // 8
        if tone != 48 or colour != 49 or wide not in (1, 2) or high not in (1, 2):
            raise self._not_understood("only one colour and one tone")
        if not width or not height or len(rest) != 8 + across * height:
            raise self._not_understood(f"{width}x{height} dots are {across * height} bytes, not {len(rest) - 8}")
        image = _bits(rest[8:], across * 8, height).crop((0, 0, width, height))
        self._graphics = image.resize((width * wide, height * high), Image.Resampling.NEAREST)

    def _print_graphics(self) -> None:
        if self._graphics is None:
            self._complain("there is no picture in store")
            return
        self._place(self._graphics, "picture")
        self._graphics = None

    def _bit_image(self, arguments: bytes) -> None:
        """Columns of dots, which stand in the line like a letter."""
        mode, columns, data = arguments[0], int.from_bytes(arguments[1:3], "little"), arguments[3:]
        if mode not in (0, 1, 32, 33) or not columns:
            raise self._not_understood("no such bit image")
        rows = 24 if mode >= 32 else 8
        upright = _bits(data, rows, columns).transpose(Image.Transpose.TRANSPOSE)
        wide = 1 if mode % 2 else 2
        image = upright.resize((columns * wide, 24), Image.Resampling.NEAREST)
        room = self._area - self._line.at
        if image.width > room:
            self._paper.overflows.append(Overflow(len(self._paper.rows), f"picture {image.width} dots wide"))
            image = image.crop((0, 0, max(0, room), 24))
        self._line.pictures.append(Picture(0, self._line.at, 0, image, "picture"))
        self._line.at += image.width

    # Codes

    def _symbol_command(self, arguments: bytes) -> None:
        kind, function, rest = arguments[2], arguments[3], arguments[4:]
        if kind != 49:
            raise self._not_understood("only QR is drawn here")
        if function == 65 and rest == b"2\0":
            return
        if function == 67 and len(rest) == 1 and 1 <= rest[0] <= 16:
            self._qr_size = rest[0]
        elif function == 69 and len(rest) == 1 and rest[0] in _LEVELS:
            self._qr_level = _LEVELS[rest[0]]
        elif function == 80 and len(rest) > 1 and rest[0] == 48:
            self._symbol = rest[1:]
        elif function == 81 and rest == b"0":
            self._draw_symbol()
        else:
            raise self._not_understood("no such function of QR")

    def _draw_symbol(self) -> None:
        if self._symbol is None:
            self._complain("there is no symbol in store")
            return
        try:
            modules = drawn_codes.qr(self._symbol, self._qr_level)
        except drawn_codes.NoCode as error:
            raise self._not_understood(str(error)) from error
        size = self._qr_size
        self._draw(modules, size, size, f"QR {self._qr_level}{size}", self._symbol.decode("utf-8", "replace"))

    def _draw(self, modules: Image.Image, wide: int, high: int, kind: str, says: str) -> None:
        """A code that is too wide is not printed at all."""
        if modules.width * wide > self._area:
            self._paper.overflows.append(Overflow(len(self._paper.rows), f"{kind} {says!r}"))
            return
        self._place(modules, kind, wide, high, says)

    def _bar_code(self, arguments: bytes) -> None:
        system = arguments[0]
        data = arguments[1:-1] if system <= 6 else arguments[2:]
        try:
            modules, says, kind = self._bars(system, data)
        except drawn_codes.NoCode as error:
            raise self._not_understood(str(error)) from error
        if self._bar_text & 1:
            self._write_below(says, modules.width)
        self._draw(modules, self._bar_width, self._bar_height, kind, says)
        if self._bar_text & 2:
            self._write_below(says, modules.width)

    def _bars(self, system: int, data: bytes) -> tuple[Image.Image, str, str]:
        if system == 73:
            modules, says = drawn_codes.code128(data)
            return modules, says, "CODE128"
        name = _RETAIL.get(system - 65 if system >= 65 else system)
        if name is None:
            raise self._not_understood("this bar code is not drawn here")
        return drawn_codes.retail(name, data), data.decode("ascii", "replace"), name.upper()

    def _write_below(self, says: str, modules: int) -> None:
        """The digits, in the middle of the bars."""
        width = modules * self._bar_width
        letter = self._pitch(self._bar_font)
        style = Style(font=self._bar_font)
        self._line.at = max(0, (width - letter * len(says)) // 2)
        for one in says:
            self._line.cells.append(Cell(0, 0, one, style, self._line.at, 0, letter, self._model.cell[1]))
            self._line.at += letter
        self._line.at = max(width, self._line.at)
        self._print_line(self._model.cell[1])

    def _set_bar_height(self, arguments: bytes) -> None:
        if not arguments[0]:
            raise self._not_understood("bars of no height")
        self._bar_height = arguments[0]

    def _set_bar_width(self, arguments: bytes) -> None:
        if not 2 <= arguments[0] <= 6:
            raise self._not_understood("modules are 2 to 6 dots wide")
        self._bar_width = arguments[0]

    def _set_bar_text(self, arguments: bytes) -> None:
        self._bar_text = self._of(arguments[0], 4)

    def _set_bar_font(self, arguments: bytes) -> None:
        if arguments[0] not in _FONTS:
            raise self._not_understood("no such font")
        self._bar_font = _FONTS[arguments[0]]

    # Knife and drawer

    def _cut(self, arguments: bytes) -> None:
        mode = arguments[0]
        if mode in (0, 48, 1, 49):
            self._knife(partial=mode in (1, 49), feed=None)
        elif mode in (65, 66):
            self._knife(partial=mode == 66, feed=arguments[1])
        else:
            raise self._not_understood("this cut is not carried out here")

    def _knife(self, *, partial: bool, feed: int | None) -> None:
        if self._line:
            self._complain("there are letters in the line, so nothing is cut")
            return
        bottom = max([row.y + row.height for row in self._paper.rows if row.cells or row.pictures], default=0)
        if feed is not None:
            self._paper.length += round(feed * self._model.unit) + KNIFE
        self._paper.cuts.append(Cut(self._paper.length, partial, self._paper.length - bottom))

    def _cut_partly(self, _: bytes) -> None:
        self._knife(partial=True, feed=None)

    def _pulse(self, arguments: bytes) -> None:
        self._paper.pulses.append(Pulse(self._of(arguments[0], 2), arguments[1] * 2))

    def _real_time(self, arguments: bytes) -> None:
        if arguments[0] == 1:
            self._paper.pulses.append(Pulse(self._of(arguments[1], 2), arguments[2] * 100))
        elif arguments[0] in (3, 7, 8):
            self._paper.settings.append(self._command.data.hex(" "))
        else:
            raise self._not_understood("this real-time request is not carried out here")


KNIFE = 110
"""Dots between the print head and the knife: what a cut with feed moves the paper by, about 14 mm."""


def _bits(data: bytes, width: int, height: int) -> Image.Image:
    """Bytes of eight dots each, in rows; a bit that is set is ink."""
    return Image.frombytes("1", (width, height), data, "raw", "1;I").convert("L")


def _nothing(_printer: _Printer, _arguments: bytes) -> None:
    """A command that has no effect outside of page mode."""


_ACTIONS: dict[str, Callable[[_Printer, bytes], None]] = {
    "LF": _Printer._line_feed,
    "CR": _Printer._carriage_return,
    "HT": _Printer._tab,
    "DLE DC4": _Printer._real_time,
    "ESC @": _Printer._initialize,
    "ESC !": _Printer._set_mode,
    "ESC -": _Printer._set_underline,
    "ESC SP": _Printer._set_letter_gap,
    "ESC $": _Printer._go_to,
    "ESC \\": _Printer._move_by,
    "ESC *": _Printer._bit_image,
    "ESC 2": _Printer._set_spacing,
    "ESC 3": _Printer._set_spacing,
    "ESC D": _Printer._set_tabs,
    "ESC E": _Printer._set_bold,
    "ESC G": _Printer._set_double_strike,
    "ESC J": _Printer._feed_dots,
    "ESC M": _Printer._set_font,
    "ESC R": _Printer._set_country,
    "ESC S": _nothing,
    "ESC T": _nothing,
    "ESC a": _Printer._set_align,
    "ESC d": _Printer._feed_lines,
    "ESC i": _Printer._cut_partly,
    "ESC m": _Printer._cut_partly,
    "ESC p": _Printer._pulse,
    "ESC t": _Printer._set_page,
    "GS !": _Printer._set_size,
    "GS B": _Printer._set_inverse,
    "GS H": _Printer._set_bar_text,
    "GS L": _Printer._set_left,
    "GS P": _Printer._units,
    "GS T": _Printer._to_line_start,
    "GS V": _Printer._cut,
    "GS W": _Printer._set_area,
    "GS f": _Printer._set_bar_font,
    "GS h": _Printer._set_bar_height,
    "GS w": _Printer._set_bar_width,
    "GS k": _Printer._bar_code,
    "GS v 0": _Printer._raster,
    "GS ( L": _Printer._graphics_command,
    "GS 8 L": _Printer._graphics_command,
    "GS ( k": _Printer._symbol_command,
    "FS &": _Printer._enter_ideographs,
    "FS .": _Printer._leave_ideographs,
    "FS !": _Printer._set_ideograph_mode,
    "FS -": _Printer._set_ideograph_underline,
    "FS C": _Printer._set_code_system,
    "FS W": _Printer._set_ideograph_size,
}
