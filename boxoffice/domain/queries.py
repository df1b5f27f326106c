"""What somebody types to find people, folded as their names are, and which parts of an answer to mark.

Of pinyin the characters are marked, of a spelling the letters that it stands for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

import msgspec

from .alphabets import APOSTROPHES, OTHER_SCRIPTS, PARTED_ASCII, PLAIN, ROUNDED, WRITTEN_OUT
from .folding import LONGEST, different, digits, squeezed
from .hanzi import Readings
from .spelling import MOST, Span, Spelling, letter, spelled, spellings


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


def query(text: str) -> Query:
    """What somebody asks for. It is empty (false) if nothing in it can be looked up."""
    found = [spelled(text, PLAIN)]
    if not ROUNDED.isdisjoint(text):
        found.append(spelled(text, WRITTEN_OUT))
    ways = [_apart(one) for one in found]
    words = tuple(
        different(word[:LONGEST] for way in ways for word in _as_transliterated(way[place]))
        for place in range(len(ways[0]))
    )
    return Query(
        words=words[:_MOST_WORDS],
        wholes=different(one.letters[:LONGEST] for one in found if one.letters),
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
        return text.lower().translate(PARTED_ASCII)
    letters = [PLAIN[ord(one)] for one in text]
    if any(len(one) != 1 or one >= OTHER_SCRIPTS for one in letters):
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
