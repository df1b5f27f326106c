"""Words under which people are found, whatever keyboard they are asked for on.

A name is spelled in several ways at once (Müller: muller, mueller; 张三: 张三, zhangsan, zs; Юрий: юрии, yurii, iurii)
and so is the question, so that finding is comparing beginnings of plain words. Nothing here knows a
dictionary: how a Han character is read comes in as a function, only surnames and a few words that are
read differently from their characters stand here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum, auto
from functools import lru_cache
from itertools import islice, product
from typing import NamedTuple

import msgspec

from .alphabets import APOSTROPHES, FROM_CYRILLIC, PLAIN, ROUNDED, WRITTEN_OUT, Alphabet
from .hanzi import Readings, is_han, read_name, read_words

Span = tuple[int, int]
"""Part of a text, from a character up to before another one. Characters are Python's, not UTF-16."""

LONGEST = 24
"""Letters that are kept of a word; nobody types more to find somebody."""

MOST = 240
"""Characters of a text that are looked at."""


class Spelling(NamedTuple):
    """One way to write a text in plain letters, without spaces, and where each letter comes from."""

    letters: str
    owners: Sequence[int]
    """For each letter the character of the text that it stands for."""
    words: Sequence[Span]
    """The parts of `letters` by whose beginning the text is found."""


class Tokens(NamedTuple):
    """What a text is found by: its words, its first word, and all of it run together, each in every spelling."""

    words: Sequence[str]
    firsts: Sequence[str]
    wholes: Sequence[str]


class Query(msgspec.Struct, frozen=True):
    """A question as it was typed, folded like the names it is compared with."""

    words: tuple[tuple[str, ...], ...] = ()
    """Each word with its other spellings."""
    wholes: tuple[str, ...] = ()
    """All of it run together, in each spelling."""
    digits: str = ""
    """The digits, if it may be the end of a phone number."""
    codes: tuple[tuple[str, int | None], ...] = ()
    """What it is if it is an order code (`a7b9c`) or a ticket (`a7b9c`, 2)."""

    def __bool__(self) -> bool:
        return bool(self.words)


def tokens(text: str, readings: Readings | None = None, *, person: bool = True) -> Tokens:
    """What a name (or with `person` false a company) is found by. Without `readings` there is no pinyin."""
    text = text[:MOST]
    ways = _parted_by_spaces(text)
    if ways is None:
        found = [one for one in spellings(text, readings, person=person) if one.letters]
        return Tokens(
            _different(one.letters[start:end][:LONGEST] for one in found for start, end in one.words),
            _different(one.letters[start:end][:LONGEST] for one in found for start, end in one.words[:1]),
            _different(one.letters[:LONGEST] for one in found),
        )
    if len(ways) == 1:
        words = ways[0]
        return Tokens(words, words[:1], ["".join(words)[:LONGEST]] if words else [])
    return Tokens(
        _different(word for words in ways for word in words),
        _different(words[0] for words in ways if words),
        _different("".join(words)[:LONGEST] for words in ways if words),
    )


def _parted_by_spaces(text: str) -> list[list[str]] | None:
    """The words in each spelling, the quick way; None for scripts and names that want a closer look."""
    if not APOSTROPHES.isdisjoint(text):
        return None
    if text.isascii():
        return [_cut(text.lower().translate(_ASCII))]
    folded = text.translate(PLAIN)
    if max(folded, default="") >= _FIRST_OF_OTHER_SCRIPTS:
        return None
    return [_cut(folded), *(_cut(text.translate(alphabet)) for alphabet in _other_alphabets(text))]


def _cut(folded: str) -> list[str]:
    return [word[:LONGEST] for word in folded.split()]


def _other_alphabets(text: str) -> Iterator[Alphabet]:
    if not ROUNDED.isdisjoint(text):
        yield WRITTEN_OUT
    if _CYRILLIC.search(text):
        yield from FROM_CYRILLIC


_CYRILLIC = re.compile("[\u0400-\u052f]")
_HANGUL = re.compile("[\uac00-\ud7a3]")
_KANA = re.compile("[\u3041-\u30ff]")
_ASCII = {code: " " for code in range(128) if not chr(code).isalnum()}
_FIRST_OF_OTHER_SCRIPTS = "\u0590"


def query(text: str) -> Query:
    """What somebody asks for. It is empty (false) if nothing in it can be looked up."""
    found = [_spelled(text, PLAIN)]
    if not ROUNDED.isdisjoint(text):
        found.append(_spelled(text, WRITTEN_OUT))
    ways = [_apart(one) for one in found]
    words = tuple(
        _different(spelled[:LONGEST] for way in ways for spelled in _as_transliterated(way[place]))
        for place in range(len(ways[0]))
    )
    return Query(
        words=words[:_MOST_WORDS],
        wholes=_different(one.letters[:LONGEST] for one in found if one.letters),
        digits=_digits(text),
        codes=_codes(text),
    )


_MOST_WORDS = 8


def _as_transliterated(word: str) -> tuple[str, ...]:
    """Dmitry is how people write what letter by letter is Dmitriy."""
    if word.isascii() and word.endswith("y") and word[-2:-1] not in tuple("aeiouy"):
        return word, word[:-1] + "iy", word[:-1] + "yy"
    return (word,)


def _apart(spelling: Spelling) -> list[str]:
    """The words that do not overlap."""
    words, reached = [], 0
    for start, end in spelling.words:
        if start >= reached:
            words.append(spelling.letters[start:end])
            reached = end
    return words


def _different(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(words))


def squeezed(text: str) -> str:
    """The text in plain letters and digits, run together: how e-mail addresses and codes are kept."""
    return "".join(plain_words(text))[:LONGEST]


def plain_words(text: str) -> list[str]:
    """The words between spaces and signs, in the text's own spelling alone."""
    text = text[:MOST]
    plain = text.lower().translate(_ASCII_WORDS) if text.isascii() else text.translate(PLAIN)
    return _cut(plain)


_ASCII_WORDS = _ASCII | {ord(one): None for one in "'`"}


def digits(text: str) -> str:
    """The digits of a phone number, in plain figures."""
    return "".join(filter(str.isdecimal, text[:MOST].translate(PLAIN)))


_FEWEST_DIGITS = 4
_AROUND_DIGITS = frozenset(" +-()/.")


def _digits(text: str) -> str:
    found = digits(text)
    if len(found) < _FEWEST_DIGITS or any(letter(one) not in _FIGURES for one in text if one not in _AROUND_DIGITS):
        return ""
    return found


_FIGURES = frozenset("0123456789")


def _codes(text: str) -> tuple[tuple[str, int | None], ...]:
    """As it is, with the event's name in front (`CONF26-A7B9C`), or of one ticket (`A7B9C-2`)."""
    parts = [squeezed(part) for part in text.strip().lstrip("#").split("-")]
    if not all(parts) or " " in text.strip():
        return ()
    codes: list[tuple[str, int | None]] = [("".join(parts), None)]
    if len(parts) > 1:
        codes.append((parts[-1], None))
        if parts[-1].isdecimal() and len(parts[-1]) <= _FEWEST_DIGITS:
            codes.append((parts[-2], int(parts[-1])))
    return tuple(codes)


def marks(text: str, asked: Query, readings: Readings | None = None, *, person: bool = True) -> tuple[Span, ...]:
    """The parts of the text that answer the question, for a screen to mark; of pinyin the characters."""
    if not text or not asked:
        return ()
    plain = _letter_for_letter(text)
    if plain is None:
        return _marked_in_spellings(text, asked, readings, person=person)
    spans, complete = _marked_in_plain(plain, asked)
    if complete or text.isascii():
        return spans
    return _marked_in_spellings(text, asked, readings, person=person)


def _letter_for_letter(text: str) -> str | None:
    """The text folded, if each character is one letter and words are parted by spaces, as in most names."""
    if len(text) > MOST or not APOSTROPHES.isdisjoint(text):
        return None
    if text.isascii():
        return text.lower().translate(_ASCII)
    letters = [PLAIN[ord(one)] for one in text]
    if any(len(one) != 1 or one >= _FIRST_OF_OTHER_SCRIPTS for one in letters):
        return None
    return "".join(letters)


def _marked_in_plain(plain: str, asked: Query) -> tuple[tuple[Span, ...], bool]:
    """The parts that answer the question, and whether all of it was answered."""
    run_together = plain.replace(" ", "")
    for whole in asked.wholes:
        if run_together.startswith(whole):
            return tuple(_first_letters(plain, len(whole))), True
    found: dict[int, int] = {}
    complete = True
    for ways in asked.words:
        spans = [(at, at + len(word)) for word in ways for at in _beginnings(plain, word)]
        for start, end in spans:
            found[start] = max(end, found.get(start, 0))
        complete = complete and bool(spans)
    return tuple(sorted(found.items())), complete


def _first_letters(plain: str, many: int) -> Iterator[Span]:
    at = 0
    for word in plain.split():
        at = plain.index(word, at)
        yield at, at + min(many, len(word))
        many -= len(word)
        if many <= 0:
            return
        at += len(word)


def _beginnings(plain: str, word: str) -> Iterator[int]:
    spaced, wanted = " " + plain, " " + word
    at = spaced.find(wanted)
    while at >= 0:
        yield at
        at = spaced.find(wanted, at + 1)


def _marked_in_spellings(text: str, asked: Query, readings: Readings | None, *, person: bool) -> tuple[Span, ...]:
    found = _spellings_again(text, readings, person=person)
    marked = _marked_from_start(found, asked) or _marked_words(found, asked)
    return tuple(_spans(text, marked))


@lru_cache(maxsize=2_048)
def _spellings_again(text: str, readings: Readings | None, *, person: bool) -> list[Spelling]:
    """While somebody types, the same names come up again with every letter."""
    return spellings(text, readings, person=person)


def _marked_from_start(found: Sequence[Spelling], asked: Query) -> set[int]:
    for one in found:
        for whole in asked.wholes:
            if one.letters.startswith(whole):
                return set(one.owners[: len(whole)])
    return set()


def _marked_words(found: Sequence[Spelling], asked: Query) -> set[int]:
    marked: set[int] = set()
    for ways in asked.words:
        marked |= next(filter(None, (_marked_word(one, ways) for one in found)), set())
    return marked


def _marked_word(spelling: Spelling, ways: tuple[str, ...]) -> set[int]:
    marked: set[int] = set()
    for start, end in spelling.words:
        for word in ways:
            if spelling.letters.startswith(word, start, end):
                marked.update(spelling.owners[start : start + len(word)])
    return marked


def _spans(text: str, marked: set[int]) -> Iterator[Span]:
    """Neighbours as one part; a character's accents that stand apart go with it."""
    at = 0
    while at < len(text):
        start = at
        while at < len(text) and (at in marked or (at > start and not letter(text[at]))):
            at += 1
        if at > start:
            yield start, at
        at += 1


def spellings(text: str, readings: Readings | None = None, *, person: bool = True) -> list[Spelling]:
    """All ways in which a text is spelled, its own letters first."""
    text = text[:MOST]
    found = [_spelled(text, PLAIN)]
    if text.isascii():
        return found
    found += [_spelled(text, alphabet) for alphabet in _other_alphabets(text)]
    if _HANGUL.search(text):
        found.append(_leading_sounds(text))
    if readings is not None and any(map(_is_known_han, text)) and not _KANA.search(text):
        found += _pinyin(text, readings, person=person)
    return found


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


def _spelled(text: str, alphabet: Alphabet) -> Spelling:
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
