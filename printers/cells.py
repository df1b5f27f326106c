"""How wide a text is in the cells of a printer, and where it may be broken.

A Han character takes two cells, a combining mark none; both ends of a line, the paper and the preview, count in here
and nowhere else. What belongs to one letter (marks, joined emoji) is never torn apart. The tables for that are loaded
with the first letter that needs them.
"""

from __future__ import annotations

from collections.abc import Iterator

_NOT_FIRST = frozenset("、。，．：；？！）］｝〉》」』】〕〗’”…‥ー々〻ぁぃぅぇぉっゃゅょァィゥェォッャュョ%‰℃)]}!?:;,.")
_NOT_LAST = frozenset("（［｛〈《「『【〔〖‘“([{")
_BREAK_AFTER = frozenset("-/‐–—@_")


def width_of(text: str) -> int:
    """How many cells the (cleaned) text takes."""
    if text.isascii():
        return len(text)
    from wcwidth import wcswidth

    return max(0, wcswidth(text))


def letters(text: str) -> Iterator[str]:
    """The letters as people count them, each with what stands on it."""
    if text.isascii():
        return iter(text)
    from wcwidth import iter_graphemes

    return iter_graphemes(text)


def wrap(text: str, width: int) -> list[str]:
    """The text on lines of at most `width` cells; at least one line.

    Broken at spaces, after hyphens and between wide characters; a word that is longer than a line is cut.
    """
    if width_of(text) <= width:
        return [text.rstrip() if text[-1:] == " " else text]
    lines: list[str] = []
    line, taken = "", 0
    for word in pieces(text):
        needed = width_of(word.rstrip())
        if taken and taken + needed > width:
            lines.append(line.rstrip())
            line, taken = "", 0
            word = word.lstrip()
        for piece in _cut(word, width) if needed > width else [word]:
            size = width_of(piece)
            if taken and taken + width_of(piece.rstrip()) > width:
                lines.append(line.rstrip())
                line, taken = "", 0
            line, taken = line + piece, taken + size
    lines.append(line.rstrip())
    return [one for one in lines if one] or [""]


def pieces(text: str) -> Iterator[str]:
    """Pieces between which a line may end, each with the spaces behind it."""
    piece, open_ended = "", True
    for letter in letters(text):
        if piece and _may_break(piece, letter):
            yield piece
            piece = ""
        piece += letter
    if piece or open_ended:
        yield piece


def _may_break(before: str, letter: str) -> bool:
    if letter == " ":
        return False
    if before[-1] == " ":
        return True
    if before[-1] in _BREAK_AFTER:
        return letter.isalpha()
    if letter in _NOT_FIRST or before[-1] in _NOT_LAST:
        return False
    return _stands_alone(before) or _stands_alone(letter)


def _stands_alone(text: str) -> bool:
    """Whether a line may break beside its last character: ideographs and syllables, which need no spaces."""
    last = text[-1]
    return "\u2e80" <= last <= "\ud7af" or last >= "\U00020000" or "\uff66" <= last <= "\uff9d"


def _cut(word: str, width: int) -> list[str]:
    pieces: list[str] = []
    piece, taken = "", 0
    for letter in letters(word):
        size = width_of(letter)
        if taken and taken + size > width:
            pieces.append(piece)
            piece, taken = "", 0
        piece, taken = piece + letter, taken + size
    return [*pieces, piece]
