"""What a model of printer can do: its columns and dots, its code pages, its knife.

The facts come from python-escpos's capability file, or from a newer one that is named to `prepare`. Printers differ
most in how many letters stand on a line, so that can be set for itself, from 32 to 56.
"""

from __future__ import annotations

import functools
import hashlib
import os
import sys
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any

import msgspec

from boxoffice.errors import BadInput, DeviceTrouble, filled

LEAST_COLUMNS = 32
MOST_COLUMNS = 56
DEFAULT = "default"

_CELL, _WIDER_CELL = 12, 13
"""Dots of a letter of font A, from one to the next: 12, or 13 where the paper's width says so."""
_SMALL_CELL = 9
_HEIGHT, _SMALL_HEIGHT = 24, 17
_MOST_OF_FONT_A = 48
"""On the widest paper that is usual; more are printed in small letters."""
_DPI = 203
_NEEDLES = 0.45
"""Of a printer with needles: 72 rows an inch, but 160 dots along them."""


class Raster(StrEnum):
    """How a printer takes pictures, in the library's words."""

    RASTER = "bitImageRaster"
    GRAPHICS = "graphics"
    COLUMN = "bitImageColumn"


class Paper(msgspec.Struct, frozen=True):
    """What a document is laid out for: letters on a line, the width between the margins, and how fine dots are."""

    columns: int = 48
    millimetres: float = 72.0
    dpi: int = _DPI


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """One model of printer, as it is used here."""

    name: str = DEFAULT
    title: str = "Default"
    columns: int = 42
    """Letters on a line."""
    cell: int = _CELL
    """Dots from one letter to the next."""
    dots: int = 42 * _CELL
    """Across the paper, between the margins."""
    dpi: int = _DPI
    font: int = 0
    """The printer's font in which so many letters fit: 0 is A, 1 is B."""
    code_pages: tuple[tuple[int, str], ...] = ()
    """Slot and name, lowest slot first."""
    raster: Raster = Raster.RASTER
    qr: bool = True
    bars: bool = True
    knife: bool = True
    pulse: bool = True
    chinese: bool = True
    """It may read high bytes in pairs until it is told otherwise."""
    sheet: tuple[float, float] | None = None
    """The size of a sheet in mm, where an office printer prints it; None for a roll."""
    rows_per_dot: float = 1.0
    """How far dots stand apart downwards, to how far across; below 1 where needles print."""

    @property
    def across(self) -> int:
        """Dots that a full line of letters takes; the paper may be wider."""
        return self.columns * self.cell

    @property
    def height(self) -> int:
        """Dots from the top of a letter to its bottom."""
        return _SMALL_HEIGHT if self.font else _HEIGHT

    @property
    def pitch(self) -> int:
        """Dots from one line to the next."""
        return max(30, self.height)

    @property
    def millimetres(self) -> float:
        """The width between the margins."""
        return self.dots / self.dpi * 25.4

    @property
    def paper(self) -> Paper:
        """What is laid out for it."""
        return Paper(self.columns, self.millimetres, self.dpi)


A4 = Profile(name="A4", title="A4", columns=80, dots=80 * _CELL, dpi=144, sheet=(210.0, 297.0))
"""What an office printer takes: PDF, not ESC/POS."""
_SHEETS = {A4.name: A4}


def prepare(private: Path, models: Path | None = None) -> None:
    """Load the library with a folder for what it derives, and a newer file of printer models if one is named.

    A process reads one such file; another one takes effect with the next start. Raises `DeviceTrouble` if the file
    cannot be read.
    """
    chosen = models or (Path(named) if (named := os.environ.get(_FILE)) else None)
    mark = _mark_of(chosen) if chosen else "bundled"
    if "escpos.capabilities" in sys.modules:
        return
    # The library keeps one pickle a folder and believes it by its date alone: so each file gets its own.
    folder = private / mark
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    before = {name: os.environ.get(name) for name in (_FILE, _PICKLES)}
    os.environ[_PICKLES] = str(folder)
    if chosen:
        os.environ[_FILE] = str(chosen)
    try:
        capabilities()
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


_FILE, _PICKLES = "ESCPOS_CAPABILITIES_FILE", "ESCPOS_CAPABILITIES_PICKLE_DIR"


def _mark_of(models: Path) -> str:
    try:
        return hashlib.sha256(models.read_bytes()).hexdigest()[:16]
    except OSError as error:
        raise DeviceTrouble(
            "The file of printer models cannot be read",
            filled("{models}: {error}.", models=models, error=error.strerror),
            "Printing needs it: name another one with `boxoffice printers models --file`, or none.",
        ) from error


def capabilities() -> Mapping[str, Any]:
    """The library's file, read once in a process."""
    from escpos.capabilities import CAPABILITIES

    found: Mapping[str, Any] = CAPABILITIES
    return found


def names() -> dict[str, str]:
    """The models that can be chosen, with their titles. What shows no pictures is no printer."""
    return {
        name: str(one.get("name", name)) for name, one in sorted(capabilities()["profiles"].items()) if _raster(one)
    }


@functools.cache
def profile(name: str = DEFAULT, columns: int | None = None) -> Profile:
    """A model by its name, with its own number of columns or another one; `A4` is an office printer.

    Raises `BadInput` for a model that is not known, and for a number of columns that no paper has.
    """
    if name in _SHEETS:
        return _SHEETS[name]
    facts = capabilities()["profiles"].get(name)
    raster = _raster(facts) if facts else None
    if facts is None or raster is None:
        raise BadInput(
            filled("There is no printer model called {name}", name=name), "", "`boxoffice printers models` lists them."
        )
    if columns is not None and not LEAST_COLUMNS <= columns <= MOST_COLUMNS:
        raise BadInput(
            filled("{columns} columns do not fit", columns=columns),
            "",
            filled("Paper has from {least} to {most} of them.", least=LEAST_COLUMNS, most=MOST_COLUMNS),
        )
    features = facts["features"]
    columns = columns or _own_columns(facts)
    font, cell, dots = _fit(columns, facts)
    return Profile(
        name=name,
        title=str(facts.get("name", name)),
        columns=columns,
        cell=cell,
        dots=dots,
        dpi=_number(facts["media"].get("dpi")) or _DPI,
        font=font,
        code_pages=tuple(sorted((int(slot), str(page)) for slot, page in facts["codePages"].items())),
        raster=raster,
        qr=bool(features.get("qrCode")),
        bars=bool(features.get("barcodeB")),
        knife=bool(features.get("paperFullCut") or features.get("paperPartCut")),
        pulse=bool(features.get("pulseStandard")),
        chinese=not name.startswith("TM-"),
        rows_per_dot=1.0 if features.get("highDensity") or raster is not Raster.COLUMN else _NEEDLES,
    )


def _own_columns(facts: Mapping[str, Any]) -> int:
    """As many as the profile says; some of them give the dots of a letter in that place."""
    said, dots = _columns(facts, 0), _dots(facts)
    if said < LEAST_COLUMNS and dots:
        said = dots // _CELL
    return min(max(said, LEAST_COLUMNS), MOST_COLUMNS)


def _fit(columns: int, facts: Mapping[str, Any]) -> tuple[int, int, int]:
    """The font for so many columns, the dots of its letters, and the dots across the paper."""
    dots = _dots(facts)
    if dots is None:
        font, cell = (0, _CELL) if columns <= _MOST_OF_FONT_A else (1, _SMALL_CELL)
        return font, cell, columns * cell
    if dots // _WIDER_CELL == columns:
        return 0, _WIDER_CELL, dots
    if columns * _CELL <= dots:
        return 0, _CELL, dots
    if columns == _own_columns(facts):
        return 0, dots // columns, dots
    if columns * _SMALL_CELL <= dots:
        return 1, _SMALL_CELL, dots
    raise BadInput(
        filled("{columns} columns do not fit on the paper of this printer", columns=columns),
        filled("It has room for {letters} small letters.", letters=dots // _SMALL_CELL),
        "Set fewer, or choose another printer model.",
    )


def _dots(facts: Mapping[str, Any]) -> int | None:
    return _number(facts["media"].get("width", {}).get("pixels"))


def _columns(facts: Mapping[str, Any], font: int) -> int:
    return int(facts["fonts"].get(str(font), {}).get("columns", 0))


def _number(value: object) -> int | None:
    return value if isinstance(value, int) and value > 0 else None


def _raster(facts: Mapping[str, Any]) -> Raster | None:
    return next((one for one in Raster if facts.get("features", {}).get(one.value)), None)
