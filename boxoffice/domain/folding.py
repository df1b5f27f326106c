"""Words under which people are found, whatever keyboard they are asked for on.

A name is found by each of its spellings, and the question is folded alike, so that finding is comparing beginnings of
plain words. Most names part their words by spaces in one script; those go a quick way.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from .alphabets import APOSTROPHES, OTHER_SCRIPTS, PARTED_ASCII, PLAIN
from .hanzi import Readings
from .spelling import MOST, other_alphabets, spellings

LONGEST = 24
"""Letters that are kept of a word; nobody types more to find somebody."""


class Tokens(NamedTuple):
    """What a text is found by: its words, its first word, and all of it run together, each in every spelling."""

    words: Sequence[str]
    firsts: Sequence[str]
    wholes: Sequence[str]


def tokens(text: str, readings: Readings | None = None, *, person: bool = True) -> Tokens:
    """What a name (or with `person` false a company) is found by. Without `readings` there is no pinyin."""
    text = text[:MOST]
    ways = _parted_by_spaces(text)
    if ways is None:
        found = [one for one in spellings(text, readings, person=person) if one.letters]
        return Tokens(
            different(one.letters[start:end][:LONGEST] for one in found for start, end in one.words),
            different(one.letters[start:end][:LONGEST] for one in found for start, end in one.words[:1]),
            different(one.letters[:LONGEST] for one in found),
        )
    if len(ways) == 1:
        words = ways[0]
        return Tokens(words, words[:1], ["".join(words)[:LONGEST]] if words else [])
    return Tokens(
        different(word for words in ways for word in words),
        different(words[0] for words in ways if words),
        different("".join(words)[:LONGEST] for words in ways if words),
    )


def _parted_by_spaces(text: str) -> list[list[str]] | None:
    """The words in each spelling, the quick way; None for scripts and names that want a closer look."""
    if not APOSTROPHES.isdisjoint(text):
        return None
    if text.isascii():
        return [_cut(text.lower().translate(PARTED_ASCII))]
    folded = text.translate(PLAIN)
    if max(folded, default="") >= OTHER_SCRIPTS:
        return None
    return [_cut(folded), *(_cut(text.translate(alphabet)) for alphabet in other_alphabets(text))]


def _cut(folded: str) -> list[str]:
    return [word[:LONGEST] for word in folded.split()]


def different(words: Iterable[str]) -> tuple[str, ...]:
    """Each of them once, as they came."""
    return tuple(dict.fromkeys(words))


def squeezed(text: str) -> str:
    """The text in plain letters and digits, run together: how e-mail addresses and codes are kept."""
    return "".join(plain_words(text))[:LONGEST]


def plain_words(text: str) -> list[str]:
    """The words between spaces and signs, in the text's own spelling alone."""
    text = text[:MOST]
    plain = text.lower().translate(_ASCII_WORDS) if text.isascii() else text.translate(PLAIN)
    return _cut(plain)


_ASCII_WORDS = PARTED_ASCII | {ord(one): None for one in "'`"}


def digits(text: str) -> str:
    """The digits of a phone number, in plain figures."""
    return "".join(filter(str.isdecimal, text[:MOST].translate(PLAIN)))
