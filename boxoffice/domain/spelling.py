"""The ways in which a text is spelled in plain letters, and which character each letter stands for.

A name is spelled in several ways at once (Müller: muller, mueller; 张三: 张三, zhangsan, zs; Юрий: юрии, yurii, iurii).
Nothing here knows a dictionary: how a Han character is read comes in as a function.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import Enum, auto
from itertools import islice, product
from typing import NamedTuple

from .alphabets import APOSTROPHES, FROM_CYRILLIC, PLAIN, ROUNDED, WRITTEN_OUT, Alphabet
from .hanzi import Readings, is_han, read_name, read_words

Span = tuple[int, int]
"""Part of a text, from a character up to before another one. Characters are Python's, not UTF-16."""

MOST = 240
"""Characters of a text that are looked at."""


class Spelling(NamedTuple):
    """One way to write a text in plain letters, without spaces, and where each letter comes from."""

    letters: str
    owners: Sequence[int]
    """For each letter the character of the text that it stands for."""
    words: Sequence[Span]
    """The parts of `letters` by whose beginning the text is found."""


def spellings(text: str, readings: Readings | None = None, *, person: bool = True) -> list[Spelling]:
    """All ways in which a text is spelled, its own letters first."""
    text = text[:MOST]
    found = [spelled(text, PLAIN)]
    if text.isascii():
        return found
    found += [spelled(text, alphabet) for alphabet in other_alphabets(text)]
    if _HANGUL.search(text):
        found.append(_leading_sounds(text))
    if readings is not None and any(map(_is_known_han, text)) and not _KANA.search(text):
        found += _pinyin(text, readings, person=person)
    return found


def other_alphabets(text: str) -> Iterator[Alphabet]:
    """Those in which somebody may have typed it as well, by what stands in it."""
    if not ROUNDED.isdisjoint(text):
        yield WRITTEN_OUT
    if _CYRILLIC.search(text):
        yield from FROM_CYRILLIC


_CYRILLIC = re.compile("[\u0400-\u052f]")
_HANGUL = re.compile("[\uac00-\ud7a3]")
_KANA = re.compile("[\u3041-\u30ff]")


def letter(character: str) -> str:
    """What one character is folded to: letters, a space where it parts words, nothing where it is a mark."""
    return PLAIN[ord(character)]


class _Script(Enum):
    """How words of a script are found: by their beginning, or from each character or syllable on."""

    SPACED = auto()
    UNSPACED = auto()
    HANGUL = auto()


def _script(folded: str) -> _Script:
    if folded < "\u1100":
        return _Script.SPACED
    if folded <= "\u11ff":
        return _Script.HANGUL
    if is_han(folded) or "\u3005" <= folded <= "\u3007" or "\u3041" <= folded <= "\u30ff":
        return _Script.UNSPACED
    return _Script.SPACED


def _begins(folded: str, script: _Script) -> bool:
    """Whether somebody may start to type at this letter in the middle of a word."""
    return script is _Script.UNSPACED or (script is _Script.HANGUL and folded <= "\u115f")


def spelled(text: str, alphabet: Alphabet) -> Spelling:
    """The text in plain letters, character by character, and the words in it."""
    pen = _Pen()
    for owner, character in enumerate(text[:MOST]):
        if character in APOSTROPHES:
            pen.begin_within()
        for one in alphabet[ord(character)]:
            pen.write(one, owner)
    return pen.spelling()


class _Pen:
    """Writes letters down and notes where words begin."""

    def __init__(self) -> None:
        self._letters: list[str] = []
        self._owners: list[int] = []
        self._words: list[Span] = []
        self._heads: list[int] = []
        self._script = _Script.SPACED

    def write(self, letter: str, owner: int) -> None:
        """One more letter; a space ends the word."""
        if letter == " ":
            self._end_word()
            return
        script = _script(letter)
        if script is not self._script:
            self._end_word()
            self._script = script
        if not self._heads or _begins(letter, script):
            self._heads.append(len(self._letters))
        self._letters.append(letter)
        self._owners.append(owner)

    def begin_within(self) -> None:
        """What follows is found by itself, too: O'Brien by brien."""
        if self._heads:
            self._heads.append(len(self._letters))

    def spelling(self) -> Spelling:
        """All that was written."""
        self._end_word()
        return Spelling("".join(self._letters), self._owners, self._words)

    def _end_word(self) -> None:
        end = len(self._letters)
        if self._heads and self._letters[self._heads[0] :][:2] == _ARABIC_ARTICLE:
            self._heads.insert(1, self._heads[0] + 2)
        self._words.extend((head, end) for head in self._heads if head < end)
        self._heads.clear()


_ARABIC_ARTICLE = ["ا", "ل"]


def _leading_sounds(text: str) -> Spelling:
    """The first sound of each Korean syllable: 김민수 by ㄱㅁㅅ."""
    owners = [owner for owner, one in enumerate(text) if "\uac00" <= one <= "\ud7a3"]
    letters = "".join(letter(text[owner])[0] for owner in owners)
    return Spelling(letters, owners, [(0, len(letters))])


_MOST_READINGS = 8


def _is_known_han(character: str) -> bool:
    """One that this Python has heard of; each release of Unicode brings more."""
    return is_han(character) and letter(character) == character


def _pinyin(text: str, readings: Readings, *, person: bool) -> list[Spelling]:
    """Full syllables and initials, in each way in which the characters may be read."""
    owners = [owner for owner, one in enumerate(text) if _is_known_han(one)]
    characters = "".join(text[owner] for owner in owners)
    reading = read_name(characters, readings) if person else read_words(characters, readings)
    found: dict[str, Spelling] = {}
    for syllables in islice(product(*reading.choices), _MOST_READINGS):
        full = _syllables_spelled(syllables, owners, reading.surname)
        found.setdefault(full.letters, full)
        initials = "".join(one[0] for one in syllables)
        found.setdefault(initials, Spelling(initials, owners, [(0, len(initials))]))
    return sorted(found.values(), key=lambda one: -len(one.letters))


def _syllables_spelled(syllables: Sequence[str], owners: Sequence[int], surname: int) -> Spelling:
    starts = [0]
    for one in syllables:
        starts.append(starts[-1] + len(one))
    end = starts[-1]
    words = [(0, starts[surname] if surname else end)]
    if surname:
        words += [(start, end) for start in starts[surname:-1]]
    letters_owners = [owner for owner, one in zip(owners, syllables, strict=True) for _ in one]
    return Spelling("".join(syllables), letters_owners, words)
