"""Foreign text, made harmless before anything lays it out.

A name may hold whatever somebody once typed or pasted: an `ESC p 0` in it would open the drawer, a `GS V` cut the
paper, an override of direction turn the rest of the line round. Control bytes become spaces, characters that only
steer a screen go, spaces of all kinds become the plain one that every code page has.
"""

from __future__ import annotations

import re
import unicodedata

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_SPACES = re.compile(r"[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]")
# Marks of direction that could reach beyond the name that holds them, soft hyphens, byte order marks, noncharacters.
_STEERING = re.compile(r"[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ufffe\uffff]")
_LONE = re.compile(r"[\ud800-\udfff]")
UNKNOWN = "\u25a1"
"""The box that stands for a character that is none, or that no typeface has."""
_HYPHENS = str.maketrans("\u2010\u2011", "--")


def clean(text: str) -> str:
    """The text on one line, composed, without anything that a printer or a line of text could take for an order."""
    if text.isascii() and text.isprintable():
        return text
    text = _CONTROLS.sub(" ", text)
    text = _SPACES.sub(" ", _STEERING.sub("", text))
    text = _LONE.sub(UNKNOWN, text).translate(_HYPHENS)
    return unicodedata.normalize("NFC", text)


def whole(text: str) -> str:
    """The text as it is, but for halves of characters, which no code could say."""
    return text if text.isascii() else _LONE.sub("\ufffd", text)
