"""In which order letters stand and which of them join: what a writing asks for before anything can be drawn.

Right-to-left texts are ordered by Unicode's rules. Where the engine that lays out text is missing, Arabic is joined
by the forms that Unicode lists.
"""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Iterator
from itertools import groupby

from .cells import letters


def is_simple(text: str) -> bool:
    """Whether each letter can stand in its cell by itself: written from left to right, and not joined."""
    return text.isascii() or all(_simple(one) for one in text)


@functools.lru_cache(maxsize=4096)
def _simple(character: str) -> bool:
    if unicodedata.bidirectional(character) in _RIGHT_TO_LEFT:
        return False
    # Indic scripts, Thai to Khmer, Mongolian: letters there move, join and stack.
    return not ("\u0900" <= character <= "\u109f" or "\u1780" <= character <= "\u18af")


def pieces(text: str) -> list[tuple[str, bool]]:
    """The text from left to right, in pieces of letters that each stand in their cells, and pieces that do not."""
    if is_simple(text):
        return [(text, True)]
    found: list[tuple[str, bool]] = []
    for piece, right_to_left in directions(text):
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


_RIGHT_TO_LEFT = frozenset(("R", "AL", "AN"))


def directions(text: str) -> Iterator[tuple[str, bool]]:
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


_FORMS = ("<isolated>", "<final>", "<initial>", "<medial>")


@functools.cache
def _joined_forms() -> dict[str, dict[str, str]]:
    forms: dict[str, dict[str, str]] = {}
    for code in range(0xFE70, 0xFEFD):
        kind, *letter = unicodedata.decomposition(chr(code)).split() or [""]
        if kind in _FORMS and len(letter) == 1:
            forms.setdefault(chr(int(letter[0], 16)), {})[kind] = chr(code)
    return forms


def visual(text: str) -> str:
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
