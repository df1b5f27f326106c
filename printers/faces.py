"""Which typeface has a letter: the bundled ones first, then the system's; a visible box where nobody has it.

The bundled faces write Latin, Greek, Cyrillic, Arabic, Hebrew, Thai, Devanagari and the scripts of East Asia. Files
are read once, and only those that a letter makes necessary.
"""

from __future__ import annotations

import bisect
import functools
import logging
import sys
import unicodedata
from enum import StrEnum
from itertools import pairwise
from pathlib import Path

import msgspec

import assets

from .cells import letters
from .cleaning import UNKNOWN

log = logging.getLogger(__name__)


class Family(StrEnum):
    """How letters look: as on a badge, as in a PDF, or all of one width as on a receipt."""

    SANS = "sans"
    PLAIN = "plain"
    """TrueType throughout, which all readers of PDF know."""
    MONO = "mono"


class Face(msgspec.Struct, frozen=True):
    """One font file. `bold` says that its letters are; where they should be and are not, they are drawn twice."""

    path: str
    number: int = 0
    """Which one, in a collection."""
    bold: bool = False


_TYPEWRITER = ("DejaVuSansMono.ttf", "DejaVuSansMono-Bold.ttf")
_OTHERS = ("NotoSansThai-Regular.ttf", "NotoSansDevanagari-Regular.ttf", "DroidSansFallback.ttf")
_BUNDLED = {
    (Family.SANS, False): ("Inter-Regular.otf", "DejaVuSans.ttf", *_OTHERS),
    (Family.SANS, True): ("Inter-Bold.otf", "DejaVuSans-Bold.ttf", *_OTHERS),
    (Family.PLAIN, False): ("DejaVuSans.ttf", *_OTHERS),
    (Family.PLAIN, True): ("DejaVuSans-Bold.ttf", *_OTHERS),
    (Family.MONO, False): ("DejaVuSansMono.ttf", "DejaVuSans.ttf", *_OTHERS),
    (Family.MONO, True): ("DejaVuSansMono-Bold.ttf", "DejaVuSans-Bold.ttf", *_OTHERS),
}


def gone() -> list[str]:
    """The files of bundled faces that should be here and are not."""
    return sorted({name for names in _BUNDLED.values() for name in names if not assets.exists(f"fonts/{name}")})


@functools.cache
def bundled(family: Family, bold: bool) -> tuple[Face, ...]:
    """The faces of a family that came with us; the first one has most of what is written."""
    names = [name for name in _BUNDLED[family, bold] if assets.exists(f"fonts/{name}")]
    return tuple(Face(str(assets.path(f"fonts/{name}")), 0, bold="Bold" in name) for name in names)


def is_typewriter(face: Face) -> bool:
    """Whether all its letters are as wide as a cell."""
    return Path(face.path).name in _TYPEWRITER


def visible(text: str) -> str:
    """The text with a box for each letter that no face has."""
    if text.isascii():
        return text
    return "".join(letter if face_of(letter, bold=False, family=Family.MONO) else UNKNOWN for letter in letters(text))


@functools.lru_cache(maxsize=4096)
def face_of(letter: str, bold: bool, family: Family) -> Face | None:
    """The first face that has a letter; None if nobody has it."""
    return next((face for face in bundled(family, bold) if _has(face, letter)), None) or _system_face(letter)


class Coverage(msgspec.Struct, frozen=True):
    """The characters of a face as runs of neighbours: a face of thirty thousand has some hundred runs."""

    firsts: tuple[int, ...]
    lasts: tuple[int, ...]

    def has(self, code: int) -> bool:
        """Whether the face has the character."""
        index = bisect.bisect_right(self.firsts, code) - 1
        return index >= 0 and code <= self.lasts[index]


@functools.cache
def _coverage(face: Face) -> Coverage:
    from fontTools.ttLib import TTFont, TTLibError

    try:
        with TTFont(face.path, fontNumber=face.number, lazy=True) as font:
            codes = sorted(font.getBestCmap() or ())
    except (OSError, TTLibError) as error:
        log.info("The typeface %s cannot be read: %s", face.path, error)
        codes = []
    # One more than the code before: the same run.
    firsts = [code for before, code in pairwise([-2, *codes]) if code != before + 1]
    lasts = [code for code, after in pairwise([*codes, -2]) if after != code + 1]
    return Coverage(tuple(firsts), tuple(lasts))


_INVISIBLE = frozenset((0x200C, 0x200D, *range(0xFE00, 0xFE10)))


def _has(face: Face, letter: str) -> bool:
    coverage = _coverage(face)
    return all(coverage.has(ord(one)) or ord(one) in _INVISIBLE for one in letter)


def _system_folders() -> list[Path]:
    home = Path.home()
    if sys.platform == "darwin":
        return [home / "Library/Fonts", Path("/Library/Fonts"), Path("/System/Library/Fonts")]
    if sys.platform == "win32":
        return [Path("C:/Windows/Fonts")]
    return [home / ".local/share/fonts", home / ".fonts", Path("/usr/local/share/fonts"), Path("/usr/share/fonts")]


@functools.cache
def _system_files() -> tuple[Path, ...]:
    """The system's font files, plain weights first: a name is not to be printed in italics."""
    files = [
        path
        for folder in _system_folders()
        if folder.is_dir()
        for path in folder.rglob("*")
        if path.suffix.lower() in {".ttf", ".otf", ".ttc"} and not _is_coloured(path.stem)
    ]
    return tuple(sorted(files, key=lambda path: (not _is_plain(path.stem), path.name)))


def _is_coloured(stem: str) -> bool:
    """Emoji that are pictures: they come in one size and need colours."""
    return ("emoji" in stem.lower() and "noto" in stem.lower()) or "color" in stem.lower()


def _is_plain(stem: str) -> bool:
    name = stem.lower()
    return "sans" in name and ("regular" in name or "-" not in name)


# What nobody has given a meaning, or each machine another one: no need to read every typeface for it.
_NO_LETTERS = frozenset(("Cn", "Co", "Cs"))


@functools.lru_cache(maxsize=1024)
def _system_face(letter: str) -> Face | None:
    if any(unicodedata.category(one) in _NO_LETTERS for one in letter):
        return None
    for path in _system_files():
        face = Face(str(path))
        if _has(face, letter):
            return face
    log.info("No typeface has %s", " ".join(f"U+{ord(one):04X}" for one in letter))
    return None
