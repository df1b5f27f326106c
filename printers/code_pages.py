"""Which letters a printer has of its own, and in which of its tables.

A letter counts only where the table is known to hold it, in one cell, and where a row of such letters reads as it was
written: tables of scripts that join, stack or run the other way are left alone, and so is every text that needs them.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping

import msgspec

from . import scripts
from .cells import width_of
from .profiles import Profile, capabilities
from .rows import Row, Span

SELECT = b"\x1bt"


def encoded(text: str, profile: Profile, page: int | None) -> tuple[bytes, int | None] | None:
    """The text in the printer's own letters with the changes of page that it needs; None if it has not all of them.

    `page` is the slot that the printer was told last; beside the bytes stands the one that it is left with.
    """
    if text.isascii():
        return text.encode("ascii"), page
    pages = _pages(profile.code_pages)
    data, start = b"", 0
    while start < len(text):
        slot, end = _reach(text, start, pages, page)
        if end == start:
            return None
        if slot != page:
            data, page = data + SELECT + bytes((slot,)), slot
        data += text[start:end].translate(pages[slot].bytes).encode("latin-1")
        start = end
    return data, page


def _reach(text: str, start: int, pages: Mapping[int, CodePage], page: int | None) -> tuple[int, int]:
    """The page that has the most of the letters from here on, and how far; the one in use where it has them all."""
    if page is not None and pages[page].reach(text, start) == len(text):
        return page, len(text)
    return max(((slot, one.reach(text, start)) for slot, one in pages.items()), key=lambda found: found[1])


class CodePage(msgspec.Struct, frozen=True):
    """One table of a printer: the byte of each of its letters that stands in one cell."""

    name: str
    bytes: Mapping[int, int]
    letters: re.Pattern[str]

    def reach(self, text: str, start: int) -> int:
        """Up to where the page has all letters."""
        found = self.letters.match(text, start)
        return found.end() if found else start


# Pages that are read in another order, in pairs of bytes, whose letters stack, or whose lower half is not ASCII.
_NOT_TRUSTED = frozenset(("CP932", "CP864", "CP720", "CP874", "CP1258", "KATAKANA", "TCVN-3-1", "TCVN-3-2", "Unknown"))


@functools.cache
def _pages(code_pages: tuple[tuple[int, str], ...]) -> dict[int, CodePage]:
    """By slot; lowest slots first, as most printers have those."""
    found: dict[int, CodePage] = {}
    for slot, name in code_pages:
        if upper := _upper_half(name):
            letters = re.compile(f"[ -~{''.join(map(re.escape, upper))}]+")
            found[slot] = CodePage(name, {ord(letter): code for letter, code in upper.items()}, letters)
    return found


def _upper_half(name: str) -> dict[str, int]:
    facts = capabilities()["encodings"].get(name, {})
    if name in _NOT_TRUSTED:
        return {}
    if "data" in facts:
        letters = list("".join(facts["data"]))
    elif "python_encode" in facts:
        letters = [bytes((code,)).decode(facts["python_encode"], errors="replace") for code in range(128, 256)]
    else:
        return {}
    return {
        letter: code
        for code, letter in enumerate(letters, start=128)
        if letter.isprintable() and letter not in " \ufffd" and width_of(letter) == 1 and scripts.is_simple(letter)
    }


def alphabets(profile: Profile) -> list[tuple[int, Row]]:
    """For each table its slot, and a row with its name and as many of its letters as fit."""
    found = []
    for slot, page in _pages(profile.code_pages).items():
        title = f"{slot:>3} {page.name:<11} "
        letters = [chr(code) for code in page.bytes if chr(code).isalpha()]
        text = (title + "".join(letters))[: profile.columns]
        found.append((slot, Row((Span(text, 0, profile.columns),))))
    return found


def in_page(text: str, slot: int, profile: Profile) -> bytes:
    """A text whose letters one table has, in that table."""
    return SELECT + bytes((slot,)) + text.translate(_pages(profile.code_pages)[slot].bytes).encode("latin-1")
