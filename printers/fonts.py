"""Letters as pictures: which face has a character, how wide a text becomes, and drawing it in its right order.

The bundled faces write Latin, Greek, Cyrillic, Arabic, Hebrew, Thai, Devanagari and the scripts of East Asia; what
they lack is looked for among the system's. A character that nobody has is drawn as a visible box, never as nothing.
Arabic is joined by Pillow's layout engine, or where that is missing by the joined forms that Unicode lists.
"""

from __future__ import annotations

import bisect
import functools
import logging
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from enum import StrEnum
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any, NamedTuple

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


class Run(msgspec.Struct, frozen=True):
    """A piece of text in one face and one direction."""

    text: str
    face: Face
    right_to_left: bool = False


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


def missing() -> list[str]:
    """What is said at start: faces that should be here and are not, and an engine that joins no letters."""
    gone = sorted({name for names in _BUNDLED.values() for name in names if not assets.exists(f"fonts/{name}")})
    said = [f"The typeface {name} is missing: some names will be printed as boxes." for name in gone]
    if not _shapes():
        said.append("The library fribidi is missing: Arabic letters are joined in a simpler way, Indic ones not.")
    return said


@functools.lru_cache(maxsize=256)
def runs(text: str, bold: bool = False, family: Family = Family.SANS) -> Sequence[Run]:
    """The text in pieces of one face each, in the order in which they stand from left to right."""
    if text.isascii():
        return (Run(text, _faces(family, bold)[0]),) if text else ()
    found: list[Run] = []
    for piece, right_to_left in _directions(text):
        parts = list(_by_face(piece, bold, family, right_to_left))
        found += reversed(parts) if right_to_left else parts
    return tuple(found)


def width_of(text: str, size: float, bold: bool = False, family: Family = Family.SANS) -> int:
    """How wide the text becomes, in dots, at a size in dots (the height of its em)."""
    return round(sum(_length(run, size, bold) for run in runs(text, bold, family)))


def em_width(text: str, bold: bool = False, family: Family = Family.SANS) -> float:
    """How wide the text is in heights of its letters: at every size, but for the roundings of that size."""
    return sum(_shaped(run) + (bold and not run.face.bold) / _WEIGHT for run in runs(text, bold, family))


def _shaped(run: Run) -> float:
    import uharfbuzz

    font, units = outlines(run.face)
    buffer = uharfbuzz.Buffer()
    buffer.add_str(run.text)
    buffer.guess_segment_properties()
    uharfbuzz.shape(font, buffer)
    return float(sum(position.x_advance for position in buffer.glyph_positions or ())) / units


@functools.cache
def outlines(face: Face) -> tuple[Any, int]:
    """A face for HarfBuzz, and the parts into which the height of its letters is divided."""
    import uharfbuzz

    opened = uharfbuzz.Face(uharfbuzz.Blob.from_file_path(face.path), face.number)
    return uharfbuzz.Font(opened), opened.upem


def draw_text(
    draw: Any,
    place: tuple[float, float],
    text: str,
    size: float,
    *,
    bold: bool = False,
    family: Family = Family.SANS,
    fill: int | str = 0,
) -> None:
    """Draw one line with a Pillow `ImageDraw`; `place` is its left end on the base line."""
    for x, y, run in pens(place, text, size, bold, family):
        font, words, features = prepared(run, size)
        draw.text((x, y), words, fill=fill, font=font, anchor="ls", **features)


class Pen(NamedTuple):
    """Where on the base line a piece of a line is drawn."""

    x: float
    y: float
    run: Run


def pens(
    place: tuple[float, float], text: str, size: float, bold: bool = False, family: Family = Family.SANS
) -> Iterator[Pen]:
    """The pieces of a line whose left end is at `place`; letters of which there are no bold ones come twice."""
    x, y = place
    before: Run | None = None
    for run in runs(text, bold, family):
        # Measured only where something follows: it costs a third of the drawing.
        x += _length(before, size, bold) if before is not None else 0.0
        before = run
        yield Pen(x, y, run)
        if bold and not run.face.bold:
            yield Pen(x + _weight(size), y, run)


def metrics(size: float, bold: bool = False, family: Family = Family.SANS) -> tuple[int, int]:
    """Dots above and below the base line that letters of this size take."""
    ascent, descent = _font(_faces(family, bold)[0], size).getmetrics()
    return ascent, descent


def covered(text: str) -> bool:
    """Whether some face has every letter of the text; else a box is drawn for those that are missing."""
    return visible(text) == text


def visible(text: str) -> str:
    """The text with a box for each letter that no face has."""
    if text.isascii():
        return text
    return "".join(letter if _face_of(letter, bold=False, family=Family.MONO) else UNKNOWN for letter in letters(text))


def is_typewriter(face: Face) -> bool:
    """Whether all its letters are as wide as a cell."""
    return Path(face.path).name in _TYPEWRITER


_WEIGHT = 24
"""Letters of which there are no bold ones are drawn twice, so far apart: a part of their size."""


def _weight(size: float) -> int:
    return max(1, round(size / _WEIGHT))


def _length(run: Run, size: float, bold: bool) -> float:
    font, words, features = prepared(run, size)
    drawn_twice = _weight(size) if bold and not run.face.bold else 0
    return float(font.getlength(words, **features)) + drawn_twice


def prepared(run: Run, size: float) -> tuple[Any, str, dict[str, str]]:
    """For Pillow: the font, the text as the engine wants it, and what the engine is told."""
    font = _font(run.face, size)
    if _shapes():
        return font, run.text, {"direction": "rtl" if run.right_to_left else "ltr"}
    return font, _visual(run.text) if run.right_to_left else run.text, {}


@functools.lru_cache(maxsize=256)
def _font(face: Face, size: float) -> Any:
    from PIL import ImageFont

    return ImageFont.truetype(face.path, size, index=face.number)


@functools.lru_cache(maxsize=256)
def plain(face: Face, size: float) -> Any:
    """The same font for Pillow where one letter is drawn by itself, and nothing is to be laid out."""
    from PIL import ImageFont

    return ImageFont.truetype(face.path, size, index=face.number, layout_engine=ImageFont.Layout.BASIC)


@functools.cache
def _shapes() -> bool:
    from PIL import features

    return bool(features.check("raqm"))


@functools.cache
def _faces(family: Family, bold: bool) -> tuple[Face, ...]:
    names = [name for name in _BUNDLED[family, bold] if assets.exists(f"fonts/{name}")]
    return tuple(Face(str(assets.path(f"fonts/{name}")), 0, bold="Bold" in name) for name in names)


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


@functools.lru_cache(maxsize=4096)
def _face_of(letter: str, bold: bool, family: Family) -> Face | None:
    return next((face for face in _faces(family, bold) if _has(face, letter)), None) or _system_face(letter)


def _by_face(text: str, bold: bool, family: Family, right_to_left: bool) -> Iterator[Run]:
    piece, current = "", None
    for letter in letters(text):
        if letter == " ":
            piece += letter
            continue
        face = _face_of(letter, bold, family)
        shown = letter if face else UNKNOWN
        face = face or _face_of(UNKNOWN, bold, family) or _faces(family, bold)[0]
        if current is not None and face != current:
            yield Run(piece, current, right_to_left)
            piece = ""
        piece, current = piece + shown, face
    if piece:
        yield Run(piece, current or _faces(family, bold)[0], right_to_left)


def _directions(text: str) -> Iterator[tuple[str, bool]]:
    """Pieces of one direction each, from left to right."""
    if not any(unicodedata.bidirectional(one) in _RIGHT_TO_LEFT for one in text):
        yield text, False
        return
    from fpdf.bidi import BidiParagraph

    characters = BidiParagraph(text, base_direction=None).get_reordered_characters()
    for level, group in groupby(characters, key=lambda one: one.embedding_level):
        piece = "".join(one.character for one in group)
        right_to_left = level % 2 == 1
        yield piece[::-1] if right_to_left else piece, right_to_left


_RIGHT_TO_LEFT = frozenset(("R", "AL", "AN"))


def pieces(text: str) -> list[tuple[str, bool]]:
    """The text from left to right, in pieces of letters that each stand in their cells, and pieces that do not."""
    if is_simple(text):
        return [(text, True)]
    found: list[tuple[str, bool]] = []
    for piece, right_to_left in _directions(text):
        if right_to_left:
            found.append((piece, False))
            continue
        for letter in letters(piece):
            simple = is_simple(letter)
            if found and (found[-1][1] is simple or letter == " "):
                found[-1] = found[-1][0] + letter, found[-1][1]
            else:
                found.append((letter, simple))
    return found


def is_simple(text: str) -> bool:
    """Whether each letter can stand in its cell by itself: written from left to right, and not joined."""
    return text.isascii() or all(_simple(one) for one in text)


@functools.lru_cache(maxsize=4096)
def _simple(character: str) -> bool:
    if unicodedata.bidirectional(character) in _RIGHT_TO_LEFT:
        return False
    # Indic scripts, Thai to Khmer, Mongolian: letters there move, join and stack.
    return not ("\u0900" <= character <= "\u109f" or "\u1780" <= character <= "\u18af")


_FORMS = ("<isolated>", "<final>", "<initial>", "<medial>")


@functools.cache
def _joined_forms() -> dict[str, dict[str, str]]:
    forms: dict[str, dict[str, str]] = {}
    for code in range(0xFE70, 0xFEFD):
        kind, *letter = unicodedata.decomposition(chr(code)).split() or [""]
        if kind in _FORMS and len(letter) == 1:
            forms.setdefault(chr(int(letter[0], 16)), {})[kind] = chr(code)
    return forms


def _visual(text: str) -> str:
    """A text that is written from right to left, joined and turned round, for an engine that does neither."""
    forms = _joined_forms()
    clusters = list(letters(text))
    joined: list[str] = []
    for index, cluster in enumerate(clusters):
        own = forms.get(cluster[0])
        if own is None:
            joined.append(_mirrored(cluster))
            continue
        before = index > 0 and "<initial>" in forms.get(clusters[index - 1][0], {})
        after = index + 1 < len(clusters) and "<final>" in forms.get(clusters[index + 1][0], {})
        after = after and "<initial>" in own
        kind = _FORMS[2 * after + before] if "<medial>" in own or not (before and after) else "<final>"
        joined.append(own.get(kind, cluster[0]) + cluster[1:])
    return "".join(reversed(joined))


def _mirrored(cluster: str) -> str:
    return cluster.translate(_MIRROR)


_MIRROR = str.maketrans("()[]{}<>«»", ")(][}{><»«")


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
