"""What each character is when somebody types it on a plain keyboard.

An alphabet turns characters into plain letters: case, accents, width and the forms of a letter are gone, what
parts words is a space, a mark that stands by itself is nothing. Beside the one for all scripts there are
those of people who write ü as ue, or Cyrillic in Latin letters.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

_MOST = 16_384


class Alphabet(dict[int, str]):
    """Folded characters by code point, each worked out when it is first met; for `str.translate`."""

    def __init__(self, fold: Callable[[str], str]) -> None:
        super().__init__()
        self._fold = fold

    def __missing__(self, code: int) -> str:
        if len(self) >= _MOST:
            self.clear()
        self[code] = folded = self._fold(chr(code))
        return folded


def _plainly(character: str) -> str:
    if character in _SILENT:
        return ""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", character).casefold())
    return "".join(map(_plain, plain))


def _plain(character: str) -> str:
    if character in _REST:
        return _REST[character]
    kind = unicodedata.category(character)
    if kind in ("Mn", "Me", "Cf"):
        return ""
    if kind == "Nd":
        return str(unicodedata.decimal(character))
    if "\u30a1" <= character <= "\u30f6":
        return chr(ord(character) - _KATAKANA_TO_HIRAGANA)
    return character if character.isalnum() or kind == "Mc" else " "


_KATAKANA_TO_HIRAGANA = 0x60
APOSTROPHES = frozenset("'’‘ʼʻ`´")
_SILENT = APOSTROPHES | frozenset("ʹ′ـ")

# What neither case folding nor decomposition brings to a plain letter.
_REST = (
    dict(zip("łøđðıŋħŧĸəǝɓɗƙɣɛɔʋƒɨʉ", "loddinhtkeebdkgeovfiu", strict=True))
    | {"þ": "th", "æ": "ae", "œ": "oe"}
    | dict(zip("ىیےکٱھہە", "يييكاههه", strict=True))
    | {"ة": "ه", "ґ": "г"}
)

PLAIN = Alphabet(_plainly)
"""Each character as itself, plainly written."""


def _other(spelled: dict[str, str]) -> Alphabet:
    return Alphabet(lambda character: spelled.get(character.lower(), PLAIN[ord(character)]))


ROUNDED = frozenset("äöüÄÖÜåÅøØ\u0308")
"""Characters for which `WRITTEN_OUT` has another spelling."""

WRITTEN_OUT = _other({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "\u0308": "e"})
"""As on a keyboard without umlauts: ü is ue, å is aa."""


def _transliteration(text: str) -> dict[str, str]:
    return {entry[0]: entry[1:] for entry in text.split()}


_LATIN = _transliteration(
    "аa бb вv гg дd еe ёe жzh зz иi йy кk лl мm нn оo пp рr сs тt уu фf хkh цts чch шsh щshch ъ ыy ь эe юyu яya"
    " єye іi їyi ґg ўu ђdj јj љlj њnj ћc џdz ѓgj ќkj ѕdz"
)
_PASSPORTS = _LATIN | _transliteration("йi юiu яia єie їi хh ъie")
_UKRAINIAN = _LATIN | _transliteration("гh иy йi")

FROM_CYRILLIC = (_other(_LATIN), _other(_PASSPORTS), _other(_UKRAINIAN))
"""Latin as English newspapers have it, as it stands in passports, and as Ukrainian is written."""

PARTED_ASCII = {code: " " for code in range(128) if not chr(code).isalnum()}
"""For `str.translate` of plain text in small letters: what is neither letter nor figure parts words."""

OTHER_SCRIPTS = "\u0590"
"""From this letter on come scripts of which a name takes a closer look: where words begin, and how it is read."""
