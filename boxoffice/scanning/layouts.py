"""Guns that type for another keyboard than the laptop's.

A gun sends places of keys, as on a US keyboard unless it was told otherwise; a German or French laptop
makes other characters of them (`z` for `y`, `&é"` for `123`). A known test code tells which pair it is, and
the way back is a table. What no table explains is not guessed at.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from itertools import permutations

import msgspec

TEST_CODE = "QWAZYM-qwazym;0123456789"
"""What the scanner test shows as a code: every known pair of layouts makes something else of it."""

# The keys from the top row to the bottom row, first as they are, then with Shift.
_KEYS = {
    "US": (
        "`1234567890-=" + "qwertyuiop[]\\" + "asdfghjkl;'" + "zxcvbnm,./",
        "~!@#$%^&*()_+" + "QWERTYUIOP{}|" + 'ASDFGHJKL:"' + "ZXCVBNM<>?",
    ),
    "DE": (
        "^1234567890ß´" + "qwertzuiopü+#" + "asdfghjklöä" + "yxcvbnm,.-",
        '°!"§$%&/()=?`' + "QWERTZUIOPÜ*'" + "ASDFGHJKLÖÄ" + "YXCVBNM;:_",
    ),
    "FR": (
        "²&é\"'(-è_çà)=" + "azertyuiop^$*" + "qsdfghjklmù" + "wxcvbn,;:!",
        "~1234567890°+" + "AZERTYUIOP¨£µ" + "QSDFGHJKLM%" + "WXCVBN?./§",
    ),
}

# A dead key and the letter after it arrive as one letter; these are the keys they came from.
_DEAD = {"\u0302": "^", "\u0308": "¨", "\u0301": "´", "\u0300": "`"}


class Mending(msgspec.Struct, frozen=True):
    """The way back from what arrived to what the code says, with the names of the two layouts."""

    gun: str = ""
    laptop: str = ""
    caps_lock: bool = False
    table: Mapping[str, str] = {}

    @property
    def needed(self) -> bool:
        """Whether there is anything to mend."""
        return bool(self.table) or self.caps_lock

    def mend(self, text: str) -> str:
        """What the code says; characters without a place in the table stay as they are."""
        if self.caps_lock:
            text = "".join(map(_swapped, text))
        return "".join(map(self._one, text)) if self.table else text

    def _one(self, character: str) -> str:
        if character in self.table:
            return self.table[character]
        decomposed = unicodedata.normalize("NFD", character)
        letter, marks = decomposed[0], decomposed[1:]
        keys = [_DEAD.get(mark, mark) for mark in marks] + [letter]
        return "".join(self.table.get(key, key) for key in keys)


def mending(gun: str, laptop: str) -> Mending:
    """The table for a gun set to one layout at a laptop set to another (`US`, `DE`, `FR`)."""
    pairs = zip("".join(_KEYS[laptop]), "".join(_KEYS[gun]), strict=True)
    return Mending(gun, laptop, table={there: here for there, here in pairs if there != here})


def detect(expected: str, arrived: str) -> Mending | None:
    """What explains that `arrived` was read from a code that says `expected`; None if nothing known does."""
    for candidate in (Mending(), *known()):
        for one in (candidate, msgspec.structs.replace(candidate, caps_lock=True)):
            if one.mend(arrived) == expected:
                return one
    return None


def known() -> tuple[Mending, ...]:
    """Every pair that can be mended, the likely ones (a US gun) first."""
    return tuple(mending(gun, laptop) for gun, laptop in permutations(_KEYS, 2))


def _swapped(character: str) -> str:
    """The other case, where a key has one: `ß` has none."""
    other = character.swapcase()
    return other if len(other) == 1 else character
